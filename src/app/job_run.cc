#include "app/job_run.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <thread>

#include "app/run_display.h"
#include "app/run_notifier.h"
#include "app/run_recorder.h"
#include "jobs/run_json.h"

namespace lakesmith::app {
namespace {

namespace fs = std::filesystem;
using RunClock = std::chrono::steady_clock;

constexpr auto kTurnPoll = std::chrono::milliseconds(200);
constexpr auto kCancelPoll = std::chrono::milliseconds(500);

// Sleeps; false when a stop was requested meanwhile.
bool SleepUnless(const std::stop_token& stop, std::chrono::milliseconds time) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  return !changed.wait_for(lock, stop, time, [&stop] { return stop.stop_requested(); }) &&
         !stop.stop_requested();
}

// The highest number of an attempt in the record.
int64_t HighestAttempt(const std::vector<jobs::TaskRecord>& tasks) {
  int64_t highest = 0;
  for (const jobs::TaskRecord& task : tasks) {
    for (const jobs::AttemptRecord& attempt : task.attempts)
      highest = std::max(highest, attempt.run_id);
    highest = std::max(highest, HighestAttempt(task.iterations));
  }
  return highest;
}

// The folder that the job's file-arrival trigger watches, or "".
std::string WatchedFolder(const bundle::Job& job) {
  if (job.trigger && job.trigger->file_arrival) return job.trigger->file_arrival->url.value;
  for (const bundle::Trigger& trigger : job.triggers) {
    if (trigger.file_arrival) return trigger.file_arrival->url.value;
  }
  return "";
}

// Ends what a killed process left under way in the record.
void EndUnfinished(std::vector<jobs::TaskRecord>& tasks) {
  for (jobs::TaskRecord& task : tasks) {
    for (jobs::AttemptRecord& attempt : task.attempts) {
      if (attempt.outcome) continue;
      attempt.life_cycle = jobs::LifeCycle::kInternalError;
      attempt.outcome = jobs::Outcome::kFailed;
      attempt.error = "the process that ran it ended before it did";
      attempt.end_time = state::NowMicros() / 1000;
    }
    EndUnfinished(task.iterations);
  }
}

}  // namespace

fs::path OpenProject::LogFolder(int64_t run_id) const {
  return project.StateFile().parent_path() / "logs" / std::to_string(run_id);
}

Result<OpenProject> OpenProjectOf(const fs::path& root, const std::string& warehouse) {
  OpenProject opened;
  opened.project = TRY(FindProject(root, warehouse));
  opened.store = TRY(state::Store::Open(opened.project.StateFile().string()));
  opened.queue = TRY(state::RunQueue::Open(opened.project.StateFile().string()));
  return opened;
}

Json RunRequest::ToJson() const {
  Json json = {{"parameters", parameters}, {"deployed", deployed}, {"trigger_type", trigger_type}};
  if (!only.empty()) json["only"] = only;
  if (repair) json["repair"] = true;
  if (!rerun_tasks.empty()) json["rerun_tasks"] = rerun_tasks;
  if (trigger_time_millis != 0) json["trigger_time"] = trigger_time_millis;
  if (!trigger_details.empty()) json["trigger_details"] = trigger_details;
  return json;
}

RunRequest RunRequest::FromJson(const Json& json) {
  RunRequest request;
  if (json.contains("parameters"))
    request.parameters = json["parameters"].get<std::map<std::string, std::string>>();
  request.deployed = json.value("deployed", false);
  request.trigger_type = json.value("trigger_type", "onetime");
  request.only = json.value("only", "");
  request.repair = json.value("repair", false);
  if (json.contains("rerun_tasks"))
    request.rerun_tasks = json["rerun_tasks"].get<std::vector<std::string>>();
  request.trigger_time_millis = json.value("trigger_time", int64_t{0});
  request.trigger_details = json.value("trigger_details", Json::object());
  return request;
}

state::JobLimits LimitsOf(const bundle::Job& job) {
  return {.max_concurrent_runs = job.max_concurrent_runs, .queueing = job.queue.enabled};
}

state::QueuedRun NewRun(const bundle::Bundle& bundle, const bundle::Job& job,
                        const RunRequest& request) {
  state::QueuedRun run;
  run.bundle = bundle.name;
  run.target = bundle.target;
  run.job_key = job.key;
  run.job_name = job.name;
  run.request = request.ToJson();
  return run;
}

std::string LogFileName(const jobs::TaskRecord& task, int attempt_number) {
  return fmt::format("{}.{}.log", LabelOf(task), attempt_number);
}

JobRun::JobRun(const bundle::Bundle& bundle, const bundle::Job& job, OpenProject& opened,
               RunWatcher watcher)
    : bundle_(bundle),
      job_(job),
      opened_(opened),
      watcher_(std::move(watcher)),
      lake_(opened.project),
      executor_(bundle, lake_, *opened.store, watcher_.on_dataset) {}

Status JobRun::WaitForTurn(const state::QueuedRun& run, const std::stop_token& stop) {
  bool told = false;
  while (true) {
    TRY(opened_.queue->MarkInterrupted());  // A dead process keeps nobody waiting.
    const bool mine = TRY(opened_.queue->Claim(run.run_id, LimitsOf(job_)));
    if (mine) return {};
    if (!told && watcher_.on_line) {
      watcher_.on_line(fmt::format("run {} waits: job '{}' runs at most {} at a time", run.run_id,
                                   job_.key, job_.max_concurrent_runs));
    }
    told = true;
    if (!SleepUnless(stop, kTurnPoll)) {
      TRY(opened_.queue->RequestCancel(run.run_id));
      return Cancelled("run {} was canceled before it started", run.run_id);
    }
  }
}

Result<jobs::RunRecord> JobRun::Execute(const state::QueuedRun& run, const std::stop_token& stop) {
  TRY(WaitForTurn(run, stop));
  // Another process asks by a mark in the state file.
  std::stop_source cancel;
  const std::stop_callback forward(stop, [&cancel] { cancel.request_stop(); });
  const std::jthread watch([&](const std::stop_token& ended) {
    while (SleepUnless(ended, kCancelPoll)) {
      if (opened_.queue->IsCancelRequested(run.run_id).value_or(false)) cancel.request_stop();
    }
  });
  RunNotifier notifier(bundle_, job_, opened_, run.run_id);
  notifier_ = &notifier;
  Result<jobs::RunRecord> record = Run(run, cancel.get_token());
  notifier_ = nullptr;
  if (record) {
    TRY(opened_.queue->Finish(run.run_id, StateOf(record->life_cycle, record->outcome),
                              record->message, jobs::RunJson(*record)));
    notifier.OnEnd(*record);
  } else {
    TRY(opened_.queue->Finish(run.run_id, state::RunState::kFailed, record.error().ToString(),
                              Json()));
  }
  return record;
}

Result<jobs::RunRecord> JobRun::Run(const state::QueuedRun& run, const std::stop_token& stop) {
  const RunRequest request = RunRequest::FromJson(run.request);
  jobs::RunOptions options;
  options.run_id = run.run_id;
  options.first_task_run_id = run.run_id * kAttemptsOfRun + 1;
  options.parameters = request.parameters;
  options.only = request.only;
  options.trigger_type = request.trigger_type;
  options.trigger_time = request.trigger_time_millis;
  options.trigger_details = request.trigger_details;
  // A run by hand looks where the trigger would.
  const std::string watched = WatchedFolder(job_);
  if (options.trigger_details.empty() && !watched.empty())
    options.trigger_details["location"] = watched;
  options.stop = stop;
  std::optional<jobs::RunRecord> before;
  if (request.repair && !run.record.is_null()) {
    before = TRY(jobs::RunFromJson(run.record));
    EndUnfinished(before->tasks);
    if (!before->outcome) {
      before->life_cycle = jobs::LifeCycle::kInternalError;
      before->outcome = jobs::Outcome::kFailed;
    }
    options.repair_of = &*before;
    options.rerun_tasks = request.rerun_tasks;
    options.first_task_run_id =
        std::max(options.first_task_run_id, HighestAttempt(before->tasks) + 1);
  }
  options.find_job = [this](const std::string& key) -> const bundle::Job* {
    const auto found = bundle_.jobs.find(key);
    return found == bundle_.jobs.end() ? nullptr : &found->second;
  };
  options.on_event = [this, &run](const jobs::RunEvent& event) { OnEvent(run.run_id, event); };
  return jobs::RunJob(job_, options, executor_);
}

void JobRun::OnEvent(int64_t run_id, const jobs::RunEvent& event) {
  const bool own = event.run->run_id == run_id;  // Not of a job that a task runs.
  if (own && event.kind == jobs::RunEvent::Kind::kLog) AppendLog(run_id, *event.task, event.text);
  if (own) Keep(run_id, event);
  if (own && notifier_ != nullptr) notifier_->OnEvent(event);
  if (watcher_.on_event) watcher_.on_event(event);
}

// Writes the record at each change. A record that takes long to write, of thousands of iterations,
// is written less often, but always when a task has ended: a repair goes on from there. The state
// file lagging behind is no reason to stop a run.
void JobRun::Keep(int64_t run_id, const jobs::RunEvent& event) {
  const bool changed = event.kind == jobs::RunEvent::Kind::kTask ||
                       (event.kind == jobs::RunEvent::Kind::kRun && !event.run->outcome);
  if (!changed) return;
  const RunClock::time_point started = RunClock::now();
  const bool ended = event.task != nullptr && event.task->outcome && !event.task->iteration;
  if (started < next_save_ && !ended) return;
  if (event.task != nullptr) PutAttempts(*opened_.store, run_id, *event.task);
  const Status saved = opened_.queue->SaveRecord(run_id, jobs::RunJson(*event.run));
  if (!saved && watcher_.on_line) watcher_.on_line("warning: " + saved.error().ToString());
  next_save_ = RunClock::now() + 10 * (RunClock::now() - started) - std::chrono::milliseconds(50);
}

void JobRun::AppendLog(int64_t run_id, const jobs::TaskRecord& task, const std::string& text) {
  const fs::path folder = opened_.LogFolder(run_id);
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  const int attempt = task.attempts.empty() ? 0 : task.attempts.back().attempt_number;
  std::ofstream(folder / LogFileName(task, attempt), std::ios::app | std::ios::binary) << text;
}

Result<pid_t> StartWorker(const OpenProject& opened, int64_t run_id) {
  const fs::path folder = opened.LogFolder(run_id);
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const std::string log = (folder / "worker.log").string();
  const std::string number = std::to_string(run_id);
  const std::string root = opened.project.root.string();
  const std::string warehouse = opened.project.warehouse.string();
  const std::string path = program.string();
  const char* const arguments[] = {path.c_str(), "runs",       "execute",     number.c_str(),
                                   "--root",     root.c_str(), "--warehouse", warehouse.c_str(),
                                   nullptr};
  const pid_t child = fork();
  if (child < 0) return Unavailable("fork: {}", std::strerror(errno));
  if (child == 0) {
    // A session of its own: it outlives the terminal and the scheduler.
    setsid();
    const int null = open("/dev/null", O_RDONLY);
    const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(null, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execv(arguments[0], const_cast<char* const*>(arguments));
    _exit(127);
  }
  return child;
}

}  // namespace lakesmith::app
