#include "app/bundle_run.h"

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <stop_token>

#include "app/error_text.h"
#include "app/interrupt.h"
#include "app/job_run.h"
#include "app/lake.h"
#include "app/lake_executor.h"
#include "app/progress.h"
#include "app/run_display.h"
#include "app/run_view.h"
#include "app/terminal.h"
#include "jobs/run.h"
#include "jobs/run_json.h"

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

// What the display of a run shows of its events.
class RunDisplay {
 public:
  explicit RunDisplay(ProgressDisplay& display) : display_(display) {}

  RunWatcher Watcher() {
    return {.on_line = [this](const std::string& line) { display_.Line(line); },
            .on_event = [this](const jobs::RunEvent& event) { OnEvent(event); },
            .on_dataset =
                [this](const std::string& label, const pipeline::DatasetProgress& dataset) {
                  display_.Put(RowOf(label, dataset));
                }};
  }

 private:
  void OnEvent(const jobs::RunEvent& event) {
    switch (event.kind) {
      case jobs::RunEvent::Kind::kTask:
        display_.Put(RowOf(*event.task));
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

  ProgressDisplay& display_;
};

std::string Verdict(std::string_view kind, const std::string& name, std::string_view state,
                    int64_t microseconds) {
  return fmt::format("{} '{}': {} in {}", kind, name, state, DurationText(microseconds));
}

}  // namespace

void RunInForeground(const bundle::Bundle& bundle, const bundle::Job& job, OpenProject& opened,
                     const state::QueuedRun& run, bool json, Context& context) {
  ProgressDisplay display(ModeOf(context), stderr, Terminal::Error());
  RunDisplay run_display(display);
  StopOnSignal signals(display);
  JobRun job_run(bundle, job, opened, run_display.Watcher());
  const Result<jobs::RunRecord> record = job_run.Execute(run, signals.token());
  display.Finish();
  if (!record) return context.Fail(record.error());
  const bool good = record->outcome && jobs::IsGood(*record->outcome);
  PrintFailures(*record, job_run.executor(), bundle.root);
  if (json) {
    Json shown = jobs::RunJson(*record);
    shown["trigger"] = TriggerWord(record->trigger_type);
    PrintJson(shown);
  } else if (!context.quiet) {
    const std::string_view outcome =
        record->outcome ? jobs::OutcomeName(*record->outcome) : "ended";
    PrintTable(display,
               Verdict("job", job.name, outcome, (record->end_time - record->start_time) * 1000),
               good);
  }
  if (!good) context.exit_code = kFailed;
}

void RunJobCommand(const bundle::Bundle& bundle, const bundle::Job& job, bool deployed,
                   const RunArguments& arguments, const BundleOptions& options, Context& context) {
  Result<std::map<std::string, std::string>> parameters = RunParameters(arguments);
  if (!parameters) return context.FailUsage(parameters.error());
  RunRequest request;
  request.parameters = *std::move(parameters);
  request.only = arguments.only;
  request.deployed = deployed;
  // The project's own folder: a deployment lies below it.
  Result<OpenProject> opened = OpenProjectOf(".", arguments.warehouse);
  if (!opened) return context.Fail(opened.error());
  const Result<state::QueuedRun> run =
      opened->queue->Add(NewRun(bundle, job, request), LimitsOf(job));
  if (!run) return context.Fail(run.error());
  if (run->state == state::RunState::kSkipped)
    return context.Fail(Conflict("run {} was skipped: {}", run->run_id, run->error));
  RunInForeground(bundle, job, *opened, *run, options.json(), context);
}

void RunPipelineCommand(const bundle::Bundle& bundle, const bundle::Pipeline& pipeline,
                        const RunArguments& arguments, const BundleOptions& options,
                        Context& context) {
  Result<std::map<std::string, std::string>> parameters = RunParameters(arguments);
  if (!parameters) return context.FailUsage(parameters.error());
  const Result<OpenProject> opened = OpenProjectOf(".", arguments.warehouse);
  if (!opened) return context.Fail(opened.error());

  Lake lake(opened->project);
  ProgressDisplay display(ModeOf(context), stderr, Terminal::Error());
  StopOnSignal signals(display);
  pipeline::PipelineSpec spec = SpecOf(bundle, pipeline, opened->project.root);
  spec.parameters.insert(parameters->begin(), parameters->end());
  secrets::Vault vault(*opened->store, bundle::ProcessEnvironment());
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
  host.state = opened->store.get();
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
