#include <unistd.h>

#include <CLI/App.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/bundle_run.h"
#include "app/command.h"
#include "app/job_run.h"
#include "app/run_view.h"
#include "app/text_table.h"
#include "bundle/deployment.h"

namespace lakesmith::app {
namespace {

constexpr char kRunsExamples[] =
    "  lakesmith runs list --limit 5\n"
    "  lakesmith runs list --job retail_medallion --active-only\n"
    "  lakesmith runs get 3\n"
    "  lakesmith runs get-output 3\n"
    "  lakesmith runs logs 3 --follow\n"
    "  lakesmith runs cancel 3\n"
    "  lakesmith runs repair 3                             what did not succeed, and all after it";
constexpr char kJobsExamples[] =
    "  lakesmith jobs list\n"
    "  lakesmith jobs list-runs --job-id retail_medallion --limit 1\n"
    "  lakesmith jobs get-run 3\n"
    "  lakesmith jobs runs get --run-id 3 | jq '.tasks[] | .task_key'      the older spelling";

struct RunsArguments {
  std::string job;
  std::string target;
  int64_t limit = 20;
  int64_t offset = 0;
  int64_t run_id = 0;
  std::string task;
  std::string warehouse;
  std::string output = "text";
  bool active_only = false;
  bool completed_only = false;
  bool follow = false;

  bool json() const { return output == "json"; }
};

Result<OpenProject> OpenRuns(const RunsArguments& arguments) {
  if (arguments.output != "text" && arguments.output != "json") {
    return Invalid("unknown output '{}'; one of text, json", arguments.output);
  }
  const Project project = TRY(FindProject(".", arguments.warehouse));
  if (!std::filesystem::exists(project.StateFile())) {
    return NotFound("{}: no run has been recorded for this project", project.StateFile().string());
  }
  return OpenProjectOf(".", arguments.warehouse);
}

// The run of that number, or the run that the attempt of that number belongs to.
Result<state::QueuedRun> FindRun(const OpenProject& opened, int64_t run_id) {
  const bool attempt = run_id > kAttemptsOfRun;
  return opened.queue->Get(attempt ? run_id / kAttemptsOfRun : run_id);
}

Status ListRuns(const RunsArguments& arguments) {
  const OpenProject opened = TRY(OpenRuns(arguments));
  const std::vector<state::QueuedRun> runs =
      TRY(opened.queue->List({.job_key = arguments.job,
                              .target = arguments.target,
                              .active_only = arguments.active_only,
                              .completed_only = arguments.completed_only,
                              .limit = arguments.limit,
                              .offset = arguments.offset}));
  if (!arguments.json()) {
    fmt::print("{}", RunListText(runs));
    return {};
  }
  Json list = Json::array();
  for (const state::QueuedRun& run : runs) list.push_back(RunViewJson(run));
  PrintJson(list);
  return {};
}

Status GetRun(const RunsArguments& arguments) {
  const OpenProject opened = TRY(OpenRuns(arguments));
  const state::QueuedRun run = TRY(FindRun(opened, arguments.run_id));
  if (!arguments.json()) {
    fmt::print("{}", RunViewText(run));
    return {};
  }
  Json json = RunViewJson(run);
  const std::vector<Json> deliveries = TRY(opened.queue->ListDeliveries(run.run_id));
  if (!deliveries.empty()) json["notifications"] = deliveries;
  PrintJson(json);
  return {};
}

Status GetOutput(const RunsArguments& arguments) {
  const OpenProject opened = TRY(OpenRuns(arguments));
  const state::QueuedRun run = TRY(FindRun(opened, arguments.run_id));
  const int64_t attempt = arguments.run_id == run.run_id ? 0 : arguments.run_id;
  PrintJson(TRY(RunOutputJson(opened, run, attempt)));
  return {};
}

Status Cancel(const RunsArguments& arguments) {
  const OpenProject opened = TRY(OpenRuns(arguments));
  const state::QueuedRun run = TRY(FindRun(opened, arguments.run_id));
  return opened.queue->RequestCancel(run.run_id);
}

Status Logs(const RunsArguments& arguments) {
  const OpenProject opened = TRY(OpenRuns(arguments));
  const state::QueuedRun run = TRY(FindRun(opened, arguments.run_id));
  return PrintLogs(opened, run.run_id, arguments.task, arguments.follow);
}

using RunsAction = Status (*)(const RunsArguments&);

// What a command takes besides the common options.
struct Shape {
  const char* name;
  const char* description;
  bool run_id = false;
  bool filter = false;
  bool logs = false;
  const char* output = "text";  // The default of -o.
};

void AddFilterOptions(CLI::App& command, RunsArguments& arguments) {
  command.add_option("--job,--job-id", arguments.job, "Key of a job (all jobs)")->type_name("KEY");
  command.add_option("-t,--target", arguments.target, "Target of the bundle (all targets)")
      ->type_name("NAME");
  command.add_option("--limit", arguments.limit, "At most so many, newest first (20)")
      ->type_name("N");
  command.add_option("--offset", arguments.offset, "Leaves out so many")->type_name("N");
  command.add_flag("--active-only", arguments.active_only, "What waits or runs");
  command.add_flag("--completed-only", arguments.completed_only, "What has ended");
}

void AddRunsAction(CLI::App& group, const char* examples, const Shape& shape, RunsAction action,
                   Context& context) {
  CLI::App* command = group.add_subcommand(shape.name, shape.description);
  command->footer(examples);
  const auto arguments = std::make_shared<RunsArguments>();
  arguments->output = shape.output;
  command
      ->add_option("-o,--output", arguments->output, fmt::format("text or json ({})", shape.output))
      ->type_name("FORMAT");
  command
      ->add_option("--warehouse", arguments->warehouse,
                   "Folder of the tables (that of the project)")
      ->type_name("DIR");
  if (shape.run_id) {
    command->add_option("RUN_ID,--run-id", arguments->run_id, "Number of the run or of an attempt")
        ->required();
  }
  if (shape.filter) AddFilterOptions(*command, *arguments);
  if (shape.logs) {
    command->add_flag("-f,--follow", arguments->follow, "Goes on until the run has ended");
    command->add_option("--task", arguments->task, "Of this task only")->type_name("KEY");
  }
  command->callback([arguments, action, &context] {
    if (const Status status = action(*arguments); !status) context.Fail(status.error());
  });
}

// The names of the same commands in `jobs` and in the groups of runs.
struct Names {
  const char* list;
  const char* get;
  const char* get_output;
  const char* cancel;
  const char* repair;
};

// `json` is what programs expect of the spellings of the official tool.
void AddRunActions(CLI::App& group, const char* examples, const Names& names, const char* json,
                   Context& context) {
  AddRunsAction(group, examples,
                {.name = names.list, .description = "List runs, newest first", .filter = true},
                ListRuns, context);
  AddRunsAction(group, examples,
                {.name = names.get,
                 .description = "Show a run with its tasks",
                 .run_id = true,
                 .output = json},
                GetRun, context);
  AddRunsAction(group, examples,
                {.name = names.get_output,
                 .description = "Show what a run or an attempt gave, as JSON",
                 .run_id = true,
                 .output = "json"},
                GetOutput, context);
  AddRunsAction(group, examples,
                {.name = names.cancel,
                 .description = "Stop a run, or take it out of the queue",
                 .run_id = true},
                Cancel, context);
  AddRepairCommand(group, names.repair, examples, context);
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
  if (options.json()) return PrintJson(list);
  fmt::print("{}", TextTable({"job", "name", "tasks", "description"}, rows, Terminal::Out()));
}

void GetJob(const BundleOptions& options, const std::string& key, Context& context) {
  const Result<bundle::Bundle> loaded = LoadBundle(options, context);
  if (!loaded) return context.Fail(loaded.error());
  const Result<Runnable> found = FindRunnable(*loaded, "jobs." + key);
  if (!found) return context.Fail(found.error());
  const Result<bundle::DeploymentState> state =
      bundle::ReadDeployment(bundle::DeploymentFolder(*loaded));
  Json settings = loaded->ToJson()["resources"]["jobs"][key];
  PrintJson({{"job_id", key},
             {"creator_user_name", loaded->user.user_name},
             {"deployed", state && state->resources.contains("jobs." + key)},
             {"settings", std::move(settings)}});
}

}  // namespace

void AddRunsCommands(CLI::App& program, Context& context) {
  CLI::App* jobs = program.add_subcommand("jobs", "Jobs of the project: list, run, and their runs");
  jobs->footer(kJobsExamples);
  const auto options = std::make_shared<BundleOptions>();
  CLI::App* list = jobs->add_subcommand("list", "List the jobs of the project");
  list->footer(kJobsExamples);
  AddBundleOptions(*list, *options);
  list->callback([options, &context] { ListJobs(*options, context); });
  const auto key = std::make_shared<std::string>();
  CLI::App* get = jobs->add_subcommand("get", "Show a job's settings, as JSON");
  get->footer(kJobsExamples);
  get->add_option("JOB_ID,--job-id", *key, "Key of the job")->required();
  AddBundleOptions(*get, *options);
  get->callback([options, key, &context] { GetJob(*options, *key, context); });
  AddRunNowCommand(*jobs, kJobsExamples, context);
  AddRunActions(*jobs, kJobsExamples,
                {"list-runs", "get-run", "get-run-output", "cancel-run", "repair-run"}, "json",
                context);
  const Names plain = {"list", "get", "get-output", "cancel", "repair"};
  CLI::App* older = jobs->add_subcommand("runs", "The older spelling of the commands above");
  older->footer(kJobsExamples);
  AddRunActions(*older, kJobsExamples, plain, "json", context);

  CLI::App* runs = program.add_subcommand("runs", "What ran: list, show, follow, cancel, repair");
  runs->footer(kRunsExamples);
  AddRunActions(*runs, kRunsExamples, plain, "text", context);
  AddRunsAction(*runs, kRunsExamples,
                {.name = "logs",
                 .description = "Print what the tasks of a run have printed",
                 .run_id = true,
                 .logs = true},
                Logs, context);
  AddExecuteCommand(*runs, context);
}

}  // namespace lakesmith::app
