#include <CLI/App.hpp>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "app/bundle_options.h"
#include "app/command.h"
#include "app/project.h"
#include "app/text_table.h"
#include "state/state.h"

namespace lakesmith::app {
namespace {

constexpr char kRunsExamples[] =
    "  lakesmith runs list --limit 5\n"
    "  lakesmith runs list --job retail_medallion\n"
    "  lakesmith runs get 3\n"
    "  lakesmith runs get-output 3 -o json";
constexpr char kJobsExamples[] =
    "  lakesmith jobs list\n"
    "  lakesmith jobs list-runs --job-id retail_medallion --limit 1\n"
    "  lakesmith jobs get-run 3\n"
    "  lakesmith jobs runs get --run-id 3                  the older spelling of the same";

struct RunsArguments {
  std::string job;
  int64_t limit = 20;
  int64_t run_id = 0;
  std::string warehouse;
  std::string output = "text";

  bool json() const { return output == "json"; }
};

Result<std::unique_ptr<state::Store>> OpenState(const RunsArguments& arguments) {
  if (arguments.output != "text" && arguments.output != "json") {
    return Invalid("unknown output '{}'; one of text, json", arguments.output);
  }
  const Project project = TRY(FindProject(".", arguments.warehouse));
  if (!std::filesystem::exists(project.StateFile())) {
    return NotFound("{}: no run has been recorded for this project", project.StateFile().string());
  }
  return state::Store::Open(project.StateFile().string());
}

std::string LocalTime(state::Micros micros) {
  if (micros == 0) return "";
  const auto seconds = static_cast<std::time_t>(micros / 1000000);
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
  return text;
}

std::string Took(state::Micros started, state::Micros ended) {
  return ended > started && started > 0 ? DurationText(ended - started) : "";
}

int64_t Millis(state::Micros micros) { return micros / 1000; }

// Names of the Jobs API for a state of ours.
Json StateJson(state::RunState state, const std::string& message) {
  const bool over = state::IsFinal(state);
  std::string result;
  switch (state) {
    case state::RunState::kSucceeded:
      result = "SUCCESS";
      break;
    case state::RunState::kTimedOut:
      result = "TIMEDOUT";
      break;
    case state::RunState::kInterrupted:
      result = "FAILED";
      break;
    default:
      if (over) result = state::RunStateName(state);
  }
  const bool skipped = state == state::RunState::kSkipped;
  const std::string_view life = skipped ? "SKIPPED"
                                : over  ? "TERMINATED"
                                        : state::RunStateName(state);
  const std::string text =
      state == state::RunState::kInterrupted ? "the process that ran it is gone" : message;
  return {{"life_cycle_state", life}, {"result_state", result}, {"state_message", text}};
}

Json RunJson(const state::Run& run, const std::vector<state::TaskAttempt>& attempts) {
  Json tasks = Json::array();
  for (const state::TaskAttempt& attempt : attempts) {
    tasks.push_back({{"task_key", attempt.task_key},
                     {"attempt_number", attempt.attempt - 1},
                     {"state", StateJson(attempt.state, attempt.error)},
                     {"start_time", Millis(attempt.started)},
                     {"end_time", Millis(attempt.ended)}});
  }
  return {{"run_id", run.run_id},
          {"job_id", run.job_key},
          {"run_name", run.job_name},
          {"target", run.target},
          {"start_time", Millis(run.started)},
          {"end_time", Millis(run.ended)},
          {"setup_duration", 0},
          {"execution_duration", run.ended > 0 ? Millis(run.ended - run.started) : 0},
          {"cleanup_duration", 0},
          {"state", StateJson(run.state, run.error)},
          {"tasks", tasks},
          {"job_parameters", run.parameters},
          {"trigger", run.trigger}};
}

void PrintRunsJson(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

Status ListRuns(const RunsArguments& arguments) {
  const std::unique_ptr<state::Store> store = TRY(OpenState(arguments));
  const std::vector<state::Run> runs = TRY(store->ListRuns(arguments.job, arguments.limit));
  if (arguments.json()) {
    Json list = Json::array();
    for (const state::Run& run : runs) {
      list.push_back(RunJson(run, TRY(store->ListTaskAttempts(run.run_id))));
    }
    PrintRunsJson(list);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const state::Run& run : runs) {
    rows.push_back({std::to_string(run.run_id), run.job_key, run.target,
                    std::string(state::RunStateName(run.state)), LocalTime(run.started),
                    Took(run.started, run.ended)});
  }
  fmt::print(
      "{}", TextTable({"run", "job", "target", "state", "started", "took"}, rows, Terminal::Out()));
  return {};
}

Status GetRun(const RunsArguments& arguments) {
  const std::unique_ptr<state::Store> store = TRY(OpenState(arguments));
  const state::Run run = TRY(store->GetRun(arguments.run_id));
  const std::vector<state::TaskAttempt> attempts = TRY(store->ListTaskAttempts(arguments.run_id));
  if (arguments.json()) {
    PrintRunsJson(RunJson(run, attempts));
    return {};
  }
  fmt::print("run {} of job '{}' ({}): {}, started {}, took {}\n", run.run_id, run.job_key,
             run.target, state::RunStateName(run.state), LocalTime(run.started),
             Took(run.started, run.ended));
  std::vector<std::vector<std::string>> rows;
  for (const state::TaskAttempt& attempt : attempts) {
    rows.push_back({attempt.task_key, std::to_string(attempt.attempt),
                    std::string(state::RunStateName(attempt.state)), LocalTime(attempt.started),
                    Took(attempt.started, attempt.ended),
                    attempt.error.substr(0, attempt.error.find('\n'))});
  }
  fmt::print("{}", TextTable({"task", "attempt", "state", "started", "took", "error"}, rows,
                             Terminal::Out()));
  return {};
}

Status GetOutput(const RunsArguments& arguments) {
  const std::unique_ptr<state::Store> store = TRY(OpenState(arguments));
  const state::Run run = TRY(store->GetRun(arguments.run_id));
  const std::vector<state::TaskAttempt> attempts = TRY(store->ListTaskAttempts(arguments.run_id));
  Json outputs = Json::array();
  for (const state::TaskAttempt& attempt : attempts) {
    outputs.push_back({{"task_key", attempt.task_key},
                       {"attempt_number", attempt.attempt - 1},
                       {"error", attempt.error},
                       {"output", attempt.output}});
  }
  PrintRunsJson({{"metadata", RunJson(run, attempts)}, {"outputs", outputs}});
  return {};
}

using Action = Status (*)(const RunsArguments&);

// A command that takes the options of all of these commands, and a run's number when `needs_run`.
void AddAction(CLI::App& group, const std::string& name, const std::string& description,
               const char* examples, bool needs_run, Action action, Context& context) {
  CLI::App* command = group.add_subcommand(name, description);
  command->footer(examples);
  const auto arguments = std::make_shared<RunsArguments>();
  command->add_option("-o,--output", arguments->output, "text or json (text)")->type_name("FORMAT");
  command
      ->add_option("--warehouse", arguments->warehouse,
                   "Folder of the tables (that of the project)")
      ->type_name("DIR");
  if (needs_run) {
    command->add_option("RUN_ID,--run-id", arguments->run_id, "Number of the run")->required();
  } else {
    command->add_option("--job,--job-id", arguments->job, "Key of a job (all jobs)")
        ->type_name("KEY");
    command->add_option("--limit", arguments->limit, "At most so many, newest first (20)")
        ->type_name("N");
  }
  command->callback([arguments, action, &context] {
    if (const Status status = action(*arguments); !status) context.Fail(status.error());
  });
}

void AddRunActions(CLI::App& group, const char* examples, Context& context) {
  AddAction(group, "list", "List runs, newest first", examples, false, ListRuns, context);
  AddAction(group, "get", "Show a run with its tasks", examples, true, GetRun, context);
  AddAction(group, "get-output", "Show what the tasks of a run gave, as JSON", examples, true,
            GetOutput, context);
}

void ListJobs(const BundleOptions& options, Context& context) {
  const Result<bundle::Bundle> loaded = LoadBundle(options, context);
  if (!loaded) return context.Fail(loaded.error());
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, job] : loaded->jobs) {
    list.push_back(
        {{"job_id", key}, {"settings", {{"name", job.name}, {"description", job.description}}}});
    rows.push_back(
        {key, job.name, Plural(static_cast<int64_t>(job.tasks.size()), "task"), job.description});
  }
  if (options.json()) return PrintRunsJson(list);
  fmt::print("{}", TextTable({"job", "name", "tasks", "description"}, rows, Terminal::Out()));
}

}  // namespace

void AddRunsCommands(CLI::App& program, Context& context) {
  CLI::App* jobs = program.add_subcommand("jobs", "List jobs of the project and their runs");
  jobs->footer(kJobsExamples);
  CLI::App* list = jobs->add_subcommand("list", "List the jobs of the project");
  list->footer(kJobsExamples);
  const auto options = std::make_shared<BundleOptions>();
  AddBundleOptions(*list, *options);
  list->callback([options, &context] { ListJobs(*options, context); });
  AddAction(*jobs, "list-runs", "List runs, newest first", kJobsExamples, false, ListRuns, context);
  AddAction(*jobs, "get-run", "Show a run with its tasks", kJobsExamples, true, GetRun, context);
  AddAction(*jobs, "get-run-output", "Show what the tasks of a run gave, as JSON", kJobsExamples,
            true, GetOutput, context);
  AddRunActions(
      *jobs->add_subcommand("runs", "The older spelling of list-runs, get-run and get-run-output"),
      kJobsExamples, context);
  CLI::App* runs = program.add_subcommand("runs", "List and show what ran");
  runs->footer(kRunsExamples);
  AddRunActions(*runs, kRunsExamples, context);
}

}  // namespace lakesmith::app
