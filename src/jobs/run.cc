#include "jobs/run.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "base/check.h"
#include "jobs/dynamic_values.h"
#include "jobs/python_packages.h"
#include "jobs/run_json.h"
#include "jobs/run_machine.h"

namespace lakesmith::jobs {
namespace {

constexpr int kMaxNesting = 3;
constexpr size_t kMaxLogBytes = 1 << 20;

Millis Now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

// Drives one RunMachine with real time, a thread for each attempt that runs. The machine is used by
// the thread of Run only; attempts hand their ends over in `inbox_`.
class Runner {
 public:
  Runner(const bundle::Job& job, const RunOptions& options, TaskExecutor& executor, int depth,
         RunMachine machine)
      : job_(job),
        options_(options),
        executor_(executor),
        depth_(depth),
        machine_(std::move(machine)) {}

  RunRecord Run() {
    const std::stop_callback on_stop(options_.stop, [this] { Post({.cancel = true}); });
    machine_.Start(Now());
    Settle();
    while (!machine_.done()) {
      for (Message& message : WaitForMessages()) Handle(std::move(message));
      machine_.Tick(Now());
      Settle();
    }
    return std::move(machine_).TakeRecord();
  }

 private:
  // What other threads tell the one that drives.
  struct Message {
    bool cancel = false;
    int64_t task_run_id = 0;  // An attempt ended, or printed `log`.
    std::optional<TaskResult> result;
    std::string log;
  };
  struct Running {
    std::jthread thread;
    size_t task = 0;
    std::optional<size_t> iteration;
    std::string log;
  };

  void Post(Message message) {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(message));
    arrived_.notify_one();
  }

  std::deque<Message> WaitForMessages() {
    std::unique_lock lock(mutex_);
    const auto has_mail = [this] { return !inbox_.empty(); };
    if (const std::optional<Millis> due = machine_.next_due()) {
      const std::chrono::sys_time<std::chrono::milliseconds> until{std::chrono::milliseconds(*due)};
      arrived_.wait_until(lock, until, has_mail);
    } else {
      arrived_.wait(lock, has_mail);
    }
    return std::exchange(inbox_, {});
  }

  void Handle(Message message) {
    if (message.cancel) return machine_.Cancel(Now());
    Running& running = running_.at(message.task_run_id);
    if (!message.result) {
      Emit(RunEvent::Kind::kLog, &machine_.RecordOf(running.task, running.iteration), message.log);
      running.log += message.log;
      if (running.log.size() > kMaxLogBytes)
        running.log.erase(0, running.log.size() - kMaxLogBytes);
      return;
    }
    if (message.result->log.empty()) message.result->log = std::move(running.log);
    running_.erase(message.task_run_id);  // Joins; the thread has nothing left to do.
    machine_.FinishAttempt(message.task_run_id, *std::move(message.result), Now());
  }

  // Does what the machine asks for and tells of changes, until it asks for nothing more.
  void Settle() {
    while (true) {
      std::vector<MachineAction> actions = machine_.TakeActions();
      for (const size_t changed : machine_.TakeChanges()) {
        if (changed == RunMachine::kRunItself) {
          Emit(RunEvent::Kind::kRun, nullptr, "");
        } else {
          Emit(RunEvent::Kind::kTask, &machine_.record().tasks[changed], "");
        }
      }
      if (actions.empty()) return;
      for (MachineAction& action : actions) Do(action);
    }
  }

  void Do(const MachineAction& action) {
    switch (action.kind) {
      case MachineAction::Kind::kStartAttempt:
        return StartAttempt(action);
      case MachineAction::Kind::kStopAttempt:
        running_.at(action.task_run_id).thread.request_stop();
        return;
      case MachineAction::Kind::kExpandInputs: {
        const bundle::Task& task = machine_.TaskOf(action.task, std::nullopt);
        const ReferenceScope scope = ScopeOf(action);
        return machine_.SetInputs(action.task, ExpandInputs(*task.for_each_task, scope), Now());
      }
      case MachineAction::Kind::kWarn: {
        const bool of_run = action.task == RunMachine::kRunItself;
        return Emit(RunEvent::Kind::kWarning,
                    of_run ? nullptr : &machine_.RecordOf(action.task, action.iteration),
                    action.text);
      }
    }
  }

  ReferenceScope ScopeOf(const MachineAction& action) const {
    const RunRecord& run = machine_.record();
    return {.run = &run,
            .task = &machine_.RecordOf(action.task, action.iteration),
            .settings = &machine_.TaskOf(action.task, action.iteration),
            .input = action.iteration ? &machine_.InputOf(action.task, *action.iteration) : nullptr,
            .trigger_time = options_.trigger_time > 0 ? options_.trigger_time : run.start_time,
            .trigger_details = &options_.trigger_details,
            .workspace_url = ""};
  }

  void StartAttempt(const MachineAction& action) {
    Result<TaskAttempt> attempt = Prepare(action);
    Running& running = running_[action.task_run_id];
    running.task = action.task;
    running.iteration = action.iteration;
    if (!attempt) {
      return Post({.task_run_id = action.task_run_id,
                   .result = TaskResult::Failure(std::move(attempt).error())});
    }
    running.thread = std::jthread([this, attempt = *std::move(attempt)](
                                      const std::stop_token& stop) { Execute(attempt, stop); });
  }

  Result<TaskAttempt> Prepare(const MachineAction& action) const {
    const TaskRecord& record = machine_.RecordOf(action.task, action.iteration);
    TaskAttempt attempt{.run_id = machine_.record().run_id,
                        .task_run_id = action.task_run_id,
                        .attempt_number = record.attempts.back().attempt_number,
                        .job_key = job_.key,
                        .label = record.task_key};
    if (action.iteration) attempt.label += fmt::format("[{}]", *action.iteration);
    attempt.task = TRY(ExpandTask(machine_.TaskOf(action.task, action.iteration), ScopeOf(action)));
    attempt.job_parameters = machine_.record().parameters;
    PushDownParameters(attempt.job_parameters, attempt.task);
    attempt.packages = PackagesOf(job_, attempt.task);
    for (const TaskRecord& other : machine_.record().tasks) {
      if (!other.values.empty()) attempt.upstream_values[other.task_key] = other.values;
    }
    return attempt;
  }

  // On the attempt's own thread.
  void Execute(const TaskAttempt& attempt, const std::stop_token& stop) {
    const auto on_log = [&](std::string_view text) {
      Post({.task_run_id = attempt.task_run_id, .log = std::string(text)});
    };
    TaskResult result;
    if (attempt.task.kind == bundle::TaskKind::kCondition) {
      result = Evaluate(*attempt.task.condition_task);
    } else if (attempt.task.kind == bundle::TaskKind::kRunJob) {
      result = RunNested(attempt, stop);
    } else if (attempt.task.kind == bundle::TaskKind::kUnsupported) {
      result.outcome = Outcome::kExcluded;
    } else {
      result = executor_.Execute(attempt, stop, on_log);
    }
    Post({.task_run_id = attempt.task_run_id, .result = std::move(result)});
  }

  static TaskResult Evaluate(const bundle::ConditionTask& condition) {
    Result<std::string> outcome = EvaluateCondition(condition);
    if (!outcome) return TaskResult::Failure(std::move(outcome).error());
    return {.condition = *std::move(outcome)};
  }

  TaskResult RunNested(const TaskAttempt& attempt, const std::stop_token& stop) {
    const bundle::RunJobTask& nested = *attempt.task.run_job_task;
    const bundle::Job* job = options_.find_job ? options_.find_job(nested.job_id.value) : nullptr;
    if (job == nullptr) {
      return TaskResult::Failure(
          NotFound("job '{}' is not here", nested.job_id.value).At(nested.job_id.location));
    }
    if (depth_ >= kMaxNesting) {
      return TaskResult::Failure(Invalid("run_job_task is nested deeper than {} jobs", kMaxNesting)
                                     .At(nested.job_id.location));
    }
    RunOptions options{.run_id = attempt.task_run_id,
                       .first_task_run_id = attempt.task_run_id * 1000 + 1,
                       .trigger_type = "run_job_task",
                       .stop = stop,
                       .find_job = options_.find_job};
    for (const bundle::JobParameter& parameter : job->parameters) {
      const auto same = attempt.job_parameters.find(parameter.name.value);
      if (same != attempt.job_parameters.end()) options.parameters.insert(*same);
    }
    for (const auto& [name, value] : nested.job_parameters) options.parameters[name] = value;
    // What its tasks print is part of what this task prints.
    options.on_event = [this, id = attempt.task_run_id](const RunEvent& event) {
      if (event.kind == RunEvent::Kind::kLog) Post({.task_run_id = id, .log = event.text});
      const std::lock_guard lock(event_mutex_);
      if (options_.on_event) options_.on_event(event);
    };
    return RunChild(*job, options);
  }

  TaskResult RunChild(const bundle::Job& job, const RunOptions& options) {
    Result<RunMachine> machine = RunMachine::Make(job, options);
    if (!machine) return TaskResult::Failure(std::move(machine).error());
    const RunRecord run = Runner(job, options, executor_, depth_ + 1, *std::move(machine)).Run();
    TaskResult result;
    result.output["run_job_output"] = {
        {"job_id", job.key}, {"run_id", run.run_id}, {"tasks", RunJson(run)["tasks"]}};
    if (IsGood(*run.outcome)) return result;
    const bool canceled = *run.outcome == Outcome::kCanceled;
    result.outcome = canceled ? Outcome::kCanceled : Outcome::kFailed;
    std::string message = fmt::format("job '{}' ended {}", job.key, OutcomeName(*run.outcome));
    for (const TaskRecord& task : run.tasks) {
      if (!task.outcome || IsGood(*task.outcome) || task.attempts.empty()) continue;
      message += fmt::format("; its task '{}': {}", task.task_key, task.message);
    }
    result.error = Unavailable("{}", message).At(job.location);
    return result;
  }

  void Emit(RunEvent::Kind kind, const TaskRecord* task, std::string text) {
    if (!options_.on_event) return;
    const std::lock_guard lock(event_mutex_);
    options_.on_event(
        {.kind = kind, .run = &machine_.record(), .task = task, .text = std::move(text)});
  }

  const bundle::Job& job_;
  const RunOptions& options_;
  TaskExecutor& executor_;
  const int depth_;
  RunMachine machine_;
  std::mutex event_mutex_;  // Serialises on_event of this run and of nested ones.
  std::mutex mutex_;        // Guards inbox_.
  std::condition_variable arrived_;
  std::deque<Message> inbox_;
  std::map<int64_t, Running> running_;  // By task run id. Last: its threads use the members above.
};

}  // namespace

TaskResult TaskResult::Failure(Error error) {
  TaskResult result;
  switch (error.code()) {
    case ErrorCode::kCancelled:
      result.outcome = Outcome::kCanceled;
      break;
    case ErrorCode::kInvalid:
    case ErrorCode::kNotFound:
    case ErrorCode::kUnsupported:
      result.outcome = Outcome::kFailed;
      result.permanent = true;
      break;
    default:
      result.outcome = Outcome::kFailed;
  }
  result.error = std::move(error);
  return result;
}

Result<RunRecord> RunJob(const bundle::Job& job, const RunOptions& options,
                         TaskExecutor& executor) {
  auto generator = std::make_shared<std::minstd_rand>(std::random_device()());
  const auto random = [generator] { return std::generate_canonical<double, 24>(*generator); };
  RunMachine machine = TRY(RunMachine::Make(job, options, random));
  return Runner(job, options, executor, 0, std::move(machine)).Run();
}

}  // namespace lakesmith::jobs
