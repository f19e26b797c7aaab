#include "app/bundle_run.h"

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <stop_token>

#include "app/error_text.h"
#include "app/interrupt.h"
#include "app/lake.h"
#include "app/lake_executor.h"
#include "app/progress.h"
#include "app/run_display.h"
#include "app/run_recorder.h"
#include "app/terminal.h"
#include "jobs/run.h"

namespace lakesmith::app {
namespace {

// Lines of a failed task's output that are shown.
constexpr size_t kLogLines = 20;
constexpr int kInterruptedExit = 130;

ProgressDisplay::Mode ModeOf(const Context& context) {
  if (context.quiet) return ProgressDisplay::Mode::kSilent;
  return Terminal::Error().interactive() ? ProgressDisplay::Mode::kLive
                                         : ProgressDisplay::Mode::kLines;
}

// The first signal asks the run to stop, the second ends the process.
class StopOnSignal {
 public:
  explicit StopOnSignal(ProgressDisplay& display)
      : watcher_([this, &display](int /*signal*/) {
          if (source_.stop_requested()) _exit(kInterruptedExit);
          display.Line("stopping; once more to end at once");
          source_.request_stop();
        }) {}
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  InterruptWatcher watcher_;
};

// The error with the line of the bundle's file that it names.
void PrintErrorOf(const std::string& what, const Error& error, const std::filesystem::path& root) {
  std::string text;
  if (!error.location().file.empty()) {
    std::ifstream file(root / error.location().file, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  const std::string shown = ErrorText(error, text, Terminal::Error());
  fmt::print(stderr, "{}{}\n",
             what.empty() ? "" : Terminal::Error().Styled(what + ": ", Style::kBold), shown);
}

std::string LastLines(const std::string& log) {
  size_t start = log.size();
  for (size_t lines = 0; start > 0; --start) {
    if (log[start - 1] == '\n' && start < log.size() && ++lines == kLogLines) break;
  }
  return log.substr(start);
}

void PrintFailures(const jobs::RunRecord& run, const LakeExecutor& executor,
                   const std::filesystem::path& root) {
  for (const jobs::TaskRecord& task : run.tasks) {
    if (!task.outcome || jobs::IsGood(*task.outcome) || task.attempts.empty()) continue;
    if (*task.outcome == jobs::Outcome::kCanceled) continue;
    const std::string& log = task.attempts.back().log;
    if (!log.empty()) fmt::print(stderr, "{}\n", LastLines(log));
    const std::optional<Error> error = executor.ErrorOf(LabelOf(task));
    PrintErrorOf(task.task_key, error ? *error : Internal("{}", task.message), root);
  }
}

void PrintTable(const ProgressDisplay& display, const std::string& verdict, bool good) {
  for (const std::string& line :
       display.FinalTable(Terminal::Out().interactive() ? Terminal::Out().Width() : 160)) {
    fmt::print("{}\n", line);
  }
  fmt::print("{}\n", Terminal::Out().Styled(verdict, good ? Style::kGreen : Style::kRed));
  std::fflush(stdout);
}

Json TaskJson(const jobs::TaskRecord& task) {
  return {{"task_key", LabelOf(task)},
          {"run_id", task.attempts.empty() ? 0 : task.attempts.back().run_id},
          {"attempt_number", task.attempts.empty() ? 0 : task.attempts.back().attempt_number},
          {"depends_on", task.depends_on},
          {"state",
           {{"life_cycle_state", jobs::LifeCycleName(task.life_cycle)},
            {"result_state", task.outcome ? jobs::OutcomeName(*task.outcome) : ""},
            {"state_message", task.message}}},
          {"start_time", task.start_time},
          {"end_time", task.end_time},
          {"output", task.attempts.empty() ? Json::object() : task.attempts.back().output}};
}

void PrintRunJson(const jobs::RunRecord& run) {
  Json tasks = Json::array();
  for (const jobs::TaskRecord& task : run.tasks) {
    tasks.push_back(TaskJson(task));
  }
  const Json json = {{"run_id", run.run_id},
                     {"job_id", run.job_key},
                     {"run_name", run.run_name},
                     {"start_time", run.start_time},
                     {"end_time", run.end_time},
                     {"execution_duration", run.end_time - run.start_time},
                     {"state",
                      {{"life_cycle_state", jobs::LifeCycleName(run.life_cycle)},
                       {"result_state", run.outcome ? jobs::OutcomeName(*run.outcome) : ""},
                       {"state_message", run.message}}},
                     {"tasks", tasks},
                     {"job_parameters", run.parameters}};
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

// One run of a job with all that it needs.
class JobRun {
 public:
  JobRun(const bundle::Bundle& bundle, const bundle::Job& job, Lake& lake, state::Store& state,
         ProgressDisplay& display)
      : bundle_(bundle),
        job_(job),
        display_(display),
        executor_(bundle, lake, state,
                  [this](const std::string& label, const pipeline::DatasetProgress& dataset) {
                    display_.Put(RowOf(label, dataset));
                  }) {}

  Result<jobs::RunRecord> Run(RunRecorder& recorder, jobs::RunOptions options) {
    options.run_id = recorder.run_id();
    options.find_job = [this](const std::string& key) -> const bundle::Job* {
      const auto found = bundle_.jobs.find(key);
      return found == bundle_.jobs.end() ? nullptr : &found->second;
    };
    options.on_event = [this, &recorder](const jobs::RunEvent& event) { OnEvent(event, recorder); };
    return jobs::RunJob(job_, options, executor_);
  }

  const LakeExecutor& executor() const { return executor_; }

 private:
  void OnEvent(const jobs::RunEvent& event, RunRecorder& recorder) {
    switch (event.kind) {
      case jobs::RunEvent::Kind::kTask:
        display_.Put(RowOf(*event.task));
        recorder.Put(*event.task);
        break;
      case jobs::RunEvent::Kind::kLog:
        NoteLog(*event.task, event.text);
        break;
      case jobs::RunEvent::Kind::kWarning:
        display_.Line("warning: " + event.text);
        break;
      case jobs::RunEvent::Kind::kRun:
        break;
    }
  }

  // The last line that a task has printed stands beside it.
  void NoteLog(const jobs::TaskRecord& task, const std::string& text) {
    std::string line = text.substr(0, text.find_last_not_of(" \r\n") + 1);
    line = line.substr(line.find_last_of("\r\n") + 1);
    if (!line.empty()) display_.Note(LabelOf(task), line);
  }

  const bundle::Bundle& bundle_;
  const bundle::Job& job_;
  ProgressDisplay& display_;
  LakeExecutor executor_;
};

struct Opened {
  Project project;
  std::unique_ptr<state::Store> state;
};

Result<Opened> OpenProject(const bundle::Bundle& bundle, const std::string& warehouse) {
  Opened opened;
  opened.project = TRY(FindProject(bundle.root, warehouse));
  opened.state = TRY(state::Store::Open(opened.project.StateFile().string()));
  return opened;
}

std::string Verdict(std::string_view kind, const std::string& name, std::string_view state,
                    int64_t microseconds) {
  return fmt::format("{} '{}': {} in {}", kind, name, state, DurationText(microseconds));
}

}  // namespace

void RunJobCommand(const bundle::Bundle& bundle, const bundle::Job& job,
                   const RunArguments& arguments, const BundleOptions& options, Context& context) {
  Result<std::map<std::string, std::string>> parameters = RunParameters(arguments);
  if (!parameters) return context.FailUsage(parameters.error());
  const Result<Opened> opened = OpenProject(bundle, arguments.warehouse);
  if (!opened) return context.Fail(opened.error());
  Result<RunRecorder> recorder =
      RunRecorder::Begin(*opened->state, job.key, job.name, bundle.target);
  if (!recorder) return context.Fail(recorder.error());

  Lake lake(opened->project);
  ProgressDisplay display(ModeOf(context), stderr, Terminal::Error());
  StopOnSignal signals(display);
  JobRun job_run(bundle, job, lake, *opened->state, display);
  jobs::RunOptions run_options;
  run_options.parameters = *std::move(parameters);
  run_options.only = arguments.only;
  run_options.stop = signals.token();
  const Result<jobs::RunRecord> run = job_run.Run(*recorder, run_options);
  display.Finish();
  const Status kept = run ? recorder->End(*run) : recorder->Fail(run.error());
  if (!kept) context.Fail(kept.error());
  if (!run) return context.Fail(run.error());

  const bool good = run->outcome && jobs::IsGood(*run->outcome);
  PrintFailures(*run, job_run.executor(), bundle.root);
  if (options.json()) {
    PrintRunJson(*run);
  } else if (!context.quiet) {
    PrintTable(display,
               Verdict("job", job.name, run->outcome ? jobs::OutcomeName(*run->outcome) : "ended",
                       (run->end_time - run->start_time) * 1000),
               good);
  }
  if (!good) context.exit_code = kFailed;
}

void RunPipelineCommand(const bundle::Bundle& bundle, const bundle::Pipeline& pipeline,
                        const RunArguments& arguments, const BundleOptions& options,
                        Context& context) {
  Result<std::map<std::string, std::string>> parameters = RunParameters(arguments);
  if (!parameters) return context.FailUsage(parameters.error());
  const Result<Opened> opened = OpenProject(bundle, arguments.warehouse);
  if (!opened) return context.Fail(opened.error());

  Lake lake(opened->project);
  ProgressDisplay display(ModeOf(context), stderr, Terminal::Error());
  StopOnSignal signals(display);
  pipeline::PipelineSpec spec = SpecOf(bundle, pipeline);
  spec.parameters.insert(parameters->begin(), parameters->end());
  secrets::Vault vault(*opened->state, bundle::ProcessEnvironment());
  if (const Status expanded = ExpandSecrets(vault, spec); !expanded)
    return context.Fail(expanded.error());
  pipeline::UpdateOptions update_options;
  update_options.full_refresh_all = arguments.full_refresh_all;
  update_options.full_refresh = arguments.full_refresh;
  update_options.refresh = arguments.refresh;
  update_options.validate_only = arguments.validate_only;
  update_options.stop = signals.token();
  pipeline::UpdateHost host;
  host.open_session = [&lake] { return lake.OpenSession(); };
  host.state = opened->state.get();
  host.on_dataset = [&display](const pipeline::DatasetProgress& dataset) {
    display.Put(RowOf("", dataset));
  };
  const Result<pipeline::UpdateResult> update = pipeline::RunUpdate(spec, update_options, host);
  display.Finish();
  if (!update) {
    PrintErrorOf("", update.error(), bundle.root);
    context.exit_code = kFailed;
    return;
  }
  for (const pipeline::DatasetProgress& dataset : update->datasets) {
    if (dataset.error) PrintErrorOf(dataset.name, *dataset.error, bundle.root);
  }
  const bool good = update->state == pipeline::UpdateState::kCompleted;
  if (options.json()) {
    fmt::print("{}\n", JsonText(UpdateJson(*update)));
  } else if (!context.quiet) {
    PrintTable(display,
               Verdict("pipeline", spec.name, pipeline::UpdateStateName(update->state),
                       update->elapsed.count()),
               good);
  }
  if (!good) context.exit_code = kFailed;
}

}  // namespace lakesmith::app
