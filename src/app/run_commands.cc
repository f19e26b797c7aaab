// The commands that make and execute runs: run-now, repair, and the hidden one of workers.
#include <CLI/App.hpp>
#include <csignal>
#include <cstdio>
#include <memory>

#include "app/bundle_run.h"
#include "app/interrupt.h"
#include "app/job_run.h"
#include "app/run_view.h"
#include "bundle/deployment.h"

namespace lakesmith::app {
namespace {

// The bundle that a run uses: what was deployed, or the working copy.
Result<bundle::Bundle> BundleOf(const Project& project, const std::string& target, bool deployed) {
  bundle::Bundle loaded;
  if (deployed) {
    loaded = TRY(bundle::LoadDeployed(project.root, target, bundle::ProcessEnvironment()));
  } else {
    bundle::LoadOptions options;
    options.target = target;
    options.environment = bundle::ProcessEnvironment();
    options.user = bundle::ProcessUser(project.root);
    loaded = TRY(bundle::Load(project.root, options));
  }
  TRY(loaded.diagnostics.ToStatus());
  return loaded;
}

Result<const bundle::Job*> JobOf(const bundle::Bundle& bundle, const std::string& key) {
  const Runnable found = TRY(FindRunnable(bundle, "jobs." + key));
  return found.job;
}

struct RunNowArguments : RunArguments {
  std::string job;
  std::string job_parameters;  // One JSON object.
  std::string token;
};

Result<RunRequest> RequestOf(const RunNowArguments& arguments) {
  RunRequest request;
  request.only = arguments.only;
  request.deployed = true;
  request.parameters = TRY(RunParameters(arguments));
  if (arguments.job_parameters.empty()) return request;
  const Json json = TRY(ParseJson(arguments.job_parameters));
  if (!json.is_object()) return Invalid("--job-parameters needs a JSON object");
  for (const auto& [name, value] : json.items())
    request.parameters[name] = value.is_string() ? value.get<std::string>() : JsonText(value);
  return request;
}

// Hands the run to the scheduler of the target, or to a worker when there is none.
Status HandOver(const OpenProject& opened, const state::QueuedRun& run, bool json,
                const Context& context) {
  const bool scheduled = TRY(opened.queue->HasScheduler(run.bundle, run.target));
  if (!scheduled && run.state == state::RunState::kQueued) TRY(StartWorker(opened, run.run_id));
  if (json) {
    PrintJson({{"run_id", run.run_id}, {"number_in_job", run.run_id}});
  } else if (!context.quiet) {
    fmt::print("run {} of job '{}' is under way; follow it with: lakesmith runs logs {} --follow\n",
               run.run_id, run.job_key, run.run_id);
  }
  return {};
}

Status RunNow(const RunNowArguments& arguments, const BundleOptions& options, Context& context) {
  const bundle::Bundle working = TRY(LoadBundle(options, context));
  TRY(working.diagnostics.ToStatus());
  OpenProject opened = TRY(OpenProjectOf(working.root, arguments.warehouse));
  const bundle::Bundle bundle = TRY(BundleOf(opened.project, working.target, true));
  const bundle::Job* job = TRY(JobOf(bundle, arguments.job));
  const RunRequest request = TRY(RequestOf(arguments));
  state::QueuedRun run = NewRun(bundle, *job, request);
  run.token = arguments.token;
  run.unattended = arguments.no_wait;
  if (run.token.size() > 64) return Invalid("--idempotency-token has at most 64 characters");
  run = TRY(opened.queue->Add(run, LimitsOf(*job)));
  if (run.state == state::RunState::kSkipped)
    return Conflict("run {} was skipped: {}", run.run_id, run.error);
  const bool known = run.state != state::RunState::kQueued;  // By its token.
  if (arguments.no_wait || known) return HandOver(opened, run, options.json(), context);
  RunInForeground(bundle, *job, opened, run, options.json(), context);
  return {};
}

struct RepairArguments {
  int64_t run_id = 0;
  std::vector<std::string> rerun_tasks;
  std::vector<std::string> parameters;
  bool all_failed = false;
  bool no_wait = false;
  std::string warehouse;
  std::string output = "text";
};

Status Repair(const RepairArguments& arguments, Context& context) {
  OpenProject opened = TRY(OpenProjectOf(".", arguments.warehouse));
  TRY(opened.queue->MarkInterrupted());
  const state::QueuedRun before = TRY(opened.queue->Get(arguments.run_id));
  RunRequest request = RunRequest::FromJson(before.request);
  request.repair = true;
  request.rerun_tasks = arguments.rerun_tasks;
  RunArguments given;
  given.parameters = arguments.parameters;
  for (const auto& [name, value] : TRY(RunParameters(given))) request.parameters[name] = value;
  const bundle::Bundle bundle = TRY(BundleOf(opened.project, before.target, request.deployed));
  const bundle::Job* job = TRY(JobOf(bundle, before.job_key));
  TRY(opened.queue->Requeue(before.run_id, request.ToJson(), arguments.no_wait));
  const state::QueuedRun run = TRY(opened.queue->Get(before.run_id));
  const bool json = arguments.output == "json";
  if (arguments.no_wait) return HandOver(opened, run, json, context);
  RunInForeground(bundle, *job, opened, run, json, context);
  return {};
}

struct ExecuteArguments {
  int64_t run_id = 0;
  std::string root = ".";
  std::string warehouse;
};

// Ends a run that cannot even begin.
Status EndUnstarted(const OpenProject& opened, int64_t run_id, const Error& error) {
  if (error.code() != ErrorCode::kConflict && error.code() != ErrorCode::kCancelled) {
    TRY(opened.queue->Finish(run_id, state::RunState::kFailed, error.ToString(), Json()));
  }
  return error;
}

Status Execute(const ExecuteArguments& arguments) {
  OpenProject opened = TRY(OpenProjectOf(arguments.root, arguments.warehouse));
  const state::QueuedRun run = TRY(opened.queue->Get(arguments.run_id));
  if (state::IsFinal(run.state)) return Conflict("run {} has ended", run.run_id);
  const RunRequest request = RunRequest::FromJson(run.request);
  const Result<bundle::Bundle> bundle = BundleOf(opened.project, run.target, request.deployed);
  if (!bundle) return EndUnstarted(opened, run.run_id, bundle.error());
  const Result<const bundle::Job*> job = JobOf(*bundle, run.job_key);
  if (!job) return EndUnstarted(opened, run.run_id, job.error());
  std::stop_source stop;
  const InterruptWatcher signals([&stop](int /*signal*/) { stop.request_stop(); });
  JobRun job_run(*bundle, **job, opened, {});
  const Result<jobs::RunRecord> record = job_run.Execute(run, stop.get_token());
  if (!record) return record.error();
  return {};
}

}  // namespace

void AddRunNowCommand(CLI::App& jobs, const char* examples, Context& context) {
  CLI::App* command = jobs.add_subcommand("run-now", "Run a job as it was deployed");
  command->footer(examples);
  const auto options = std::make_shared<BundleOptions>();
  const auto arguments = std::make_shared<RunNowArguments>();
  command->add_option("JOB_ID,--job-id", arguments->job, "Key of the job")->required();
  AddBundleOptions(*command, *options);
  command->add_option("--params", arguments->parameters, "Parameters of the job")
      ->type_name("A=B,C=D")
      ->allow_extra_args(false);
  command->add_option("--job-parameters", arguments->job_parameters, "The same as a JSON object")
      ->type_name("JSON");
  command->add_option("--only", arguments->only, "Tasks to run; +a adds what a needs")
      ->type_name("A,+B,C+");
  command->add_option("--idempotency-token", arguments->token, "The same token runs only once")
      ->type_name("TEXT");
  command->add_flag("--no-wait", arguments->no_wait, "Returns at once; the run goes on by itself");
  command
      ->add_option("--warehouse", arguments->warehouse,
                   "Folder of the tables (that of the project)")
      ->type_name("DIR");
  command->callback([options, arguments, &context] {
    if (const Status done = RunNow(*arguments, *options, context); !done)
      context.Fail(done.error());
  });
}

void AddRepairCommand(CLI::App& group, const std::string& name, const char* examples,
                      Context& context) {
  CLI::App* command =
      group.add_subcommand(name, "Run again what did not succeed, and all after it");
  command->footer(examples);
  const auto arguments = std::make_shared<RepairArguments>();
  command->add_option("RUN_ID,--run-id", arguments->run_id, "Number of the run")->required();
  command->add_option("--rerun-tasks", arguments->rerun_tasks, "Only these, and all after them")
      ->type_name("A,B")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_flag("--rerun-all-failed-tasks", arguments->all_failed, "What is done anyway");
  command->add_option("--params", arguments->parameters, "Other parameters than before")
      ->type_name("A=B,C=D")
      ->allow_extra_args(false);
  command->add_flag("--no-wait", arguments->no_wait, "Returns at once; the run goes on by itself");
  command->add_option("-o,--output", arguments->output, "text or json (text)")->type_name("FORMAT");
  command
      ->add_option("--warehouse", arguments->warehouse,
                   "Folder of the tables (that of the project)")
      ->type_name("DIR");
  command->callback([arguments, &context] {
    if (const Status done = Repair(*arguments, context); !done) context.Fail(done.error());
  });
}

void AddExecuteCommand(CLI::App& runs, Context& context) {
  CLI::App* command = runs.add_subcommand("execute", "Execute a run that waits, in this process");
  command->group("");  // For workers, not for people.
  const auto arguments = std::make_shared<ExecuteArguments>();
  command->add_option("RUN_ID", arguments->run_id, "Number of the run")->required();
  command->add_option("--root", arguments->root, "Folder of the project");
  command->add_option("--warehouse", arguments->warehouse, "Folder of the tables");
  command->callback([arguments, &context] {
    if (const Status done = Execute(*arguments); !done) context.Fail(done.error());
  });
}

}  // namespace lakesmith::app
