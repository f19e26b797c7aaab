#include "jobs/run_machine.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace lakesmith::jobs {
namespace {

constexpr Millis kMillisPerSecond = 1000;

// The threshold of the rule on durations, as time after a start; 0 without one.
Millis WarningAfter(const std::optional<bundle::Health>& health) {
  if (!health) return 0;
  for (const bundle::HealthRule& rule : health->rules) {
    if (rule.metric == "RUN_DURATION_SECONDS") return rule.value * kMillisPerSecond;
  }
  return 0;
}

bool IsDue(Millis due, Millis now) { return due > 0 && due <= now; }

}  // namespace

RunMachine::RunMachine(const bundle::Job& job, std::function<double()> random)
    : job_(&job), random_(std::move(random)) {}

const bundle::Task& RunMachine::TaskOf(size_t task, const std::optional<size_t>& iteration) const {
  const bundle::Task& outer = job_->tasks[task];
  return iteration ? *outer.for_each_task->task : outer;
}

const TaskRecord& RunMachine::RecordOf(size_t task, const std::optional<size_t>& iteration) const {
  const TaskRecord& outer = record_.tasks[task];
  return iteration ? outer.iterations[*iteration] : outer;
}

TaskRecord& RunMachine::MutableRecord(const Unit& unit) {
  return const_cast<TaskRecord&>(RecordOf(unit.task, unit.iteration));
}

void RunMachine::Start(Millis now) {
  record_.life_cycle = LifeCycle::kRunning;
  record_.start_time = now;
  if (job_->timeout_seconds > 0) due_run_timeout_ = now + job_->timeout_seconds * kMillisPerSecond;
  if (const Millis after = WarningAfter(job_->health)) due_run_warning_ = now + after;
  Changed(kRunItself);
  for (Unit& unit : units_) {
    const bool disabled = job_->tasks[unit.task].disabled;
    if (disabled && unit.state == UnitState::kBlocked) {
      EndUnit(unit, Outcome::kDisabled, "disabled", now);
    }
  }
  Advance(now);
}

// Goes as far as it can without something happening outside.
void RunMachine::Advance(Millis now) {
  if (done()) return;
  bool moved = true;
  while (moved) {
    moved = false;
    for (size_t i = 0; i < job_->tasks.size(); ++i) {
      if (units_[i].state == UnitState::kBlocked) moved |= Unblock(units_[i], now);
    }
  }
  StartReady(now);
  EndLoops(now);
  const bool all_done =
      std::ranges::all_of(units_, [](const Unit& unit) { return unit.state == UnitState::kDone; });
  if (all_done) EndRun(now);
}

// Decides on a task once all before it are final. True when it did.
bool RunMachine::Unblock(Unit& unit, Millis now) {
  std::vector<DependencyEnd> ends;
  for (size_t i = 0; i < dependencies_[unit.task].size(); ++i) {
    const TaskRecord& before = record_.tasks[dependencies_[unit.task][i]];
    if (!before.outcome) return false;
    ends.push_back({*before.outcome, before.condition, wanted_[unit.task][i]});
  }
  const std::optional<Outcome> outcome = DecideStart(TaskOf(unit).run_if, ends);
  if (!outcome) {
    unit.state = UnitState::kReady;
    MutableRecord(unit).life_cycle = LifeCycle::kPending;
  } else {
    const bool excluded = *outcome == Outcome::kExcluded;
    EndUnit(unit, *outcome,
            excluded ? "left out: its conditions were not met" : "a task before it did not succeed",
            now);
  }
  return true;
}

bool RunMachine::MayStart(const Unit& unit) const {
  const auto is_running = [](const Unit& other) { return other.state == UnitState::kRunning; };
  const auto running = std::ranges::count_if(units_, is_running);
  if (max_parallel_ > 0 && running >= max_parallel_) return false;
  if (!unit.iteration) return true;
  const auto in_loop = std::ranges::count_if(units_, [&](const Unit& other) {
    const bool active = other.state == UnitState::kRunning || other.state == UnitState::kRetryWait;
    return other.iteration && other.task == unit.task && active;
  });
  return in_loop < job_->tasks[unit.task].for_each_task->concurrency;
}

void RunMachine::StartReady(Millis now) {
  for (Unit& unit : units_) {
    if (unit.state == UnitState::kReady && MayStart(unit)) StartUnit(unit, now);
  }
}

void RunMachine::StartUnit(Unit& unit, Millis now) {
  TaskRecord& record = MutableRecord(unit);
  if (record.start_time == 0) record.start_time = now;
  record.life_cycle = LifeCycle::kRunning;
  const bool is_loop = !unit.iteration && TaskOf(unit).kind == bundle::TaskKind::kForEach;
  if (is_loop) {
    StartLoop(unit, now);
  } else {
    StartAttempt(unit, now);
  }
  Changed(unit.task);
}

void RunMachine::StartLoop(Unit& unit, Millis now) {
  unit.state = UnitState::kLooping;
  unit.attempt_start = now;
  const bundle::Task& task = TaskOf(unit);
  if (task.timeout_seconds > 0) unit.due_timeout = now + task.timeout_seconds * kMillisPerSecond;
  if (const Millis after = WarningAfter(task.health)) unit.due_warning = now + after;
  actions_.push_back({.kind = MachineAction::Kind::kExpandInputs, .task = unit.task});
}

void RunMachine::StartAttempt(Unit& unit, Millis now) {
  const bundle::Task& task = TaskOf(unit);
  unit.state = UnitState::kRunning;
  unit.stop = StopReason::kNone;
  unit.attempt_start = now;
  unit.task_run_id = next_task_run_id_++;
  unit.due_timeout = task.timeout_seconds > 0 ? now + task.timeout_seconds * kMillisPerSecond : 0;
  const Millis warning_after = WarningAfter(task.health);
  unit.due_warning = warning_after > 0 ? now + warning_after : 0;
  TaskRecord& record = MutableRecord(unit);
  record.attempts.push_back({.run_id = unit.task_run_id,
                             .attempt_number = static_cast<int>(record.attempts.size()),
                             .start_time = now});
  actions_.push_back({.kind = MachineAction::Kind::kStartAttempt,
                      .task = unit.task,
                      .iteration = unit.iteration,
                      .task_run_id = unit.task_run_id});
}

void RunMachine::SetInputs(size_t task, Result<std::vector<Json>> inputs, Millis now) {
  Unit& loop = units_[task];
  if (loop.state != UnitState::kLooping) return;  // Stopped meanwhile.
  if (!inputs) {
    EndUnit(loop, Outcome::kFailed, inputs.error().message(), now);
    return Advance(now);
  }
  inputs_[task] = *std::move(inputs);
  record_.tasks[task].iterations.clear();  // Those of a run that is repaired.
  for (size_t i = 0; i < inputs_[task].size(); ++i) {
    record_.tasks[task].iterations.push_back({.task_key = TaskOf(task, i).task_key.value,
                                              .iteration = static_cast<int>(i),
                                              .kind = TaskOf(task, i).kind,
                                              .life_cycle = LifeCycle::kPending});
    units_.push_back({.task = task, .iteration = i, .state = UnitState::kReady});
  }
  Advance(now);
}

Outcome RunMachine::OutcomeOf(const Unit& unit, const TaskResult& result) {
  if (IsGood(result.outcome)) return Outcome::kSuccess;
  switch (unit.stop) {
    case StopReason::kNone:
      return result.outcome;
    case StopReason::kTimeout:
    case StopReason::kRunTimeout:
      return Outcome::kTimedOut;
    case StopReason::kCancel:
      return Outcome::kCanceled;
  }
  CHECK(!"a valid reason");
}

void RunMachine::FinishAttempt(int64_t task_run_id, TaskResult result, Millis now) {
  const auto found = std::ranges::find_if(units_, [&](const Unit& unit) {
    return unit.task_run_id == task_run_id && unit.state == UnitState::kRunning;
  });
  CHECK(found != units_.end());
  Unit& unit = *found;
  const Outcome outcome = OutcomeOf(unit, result);
  TaskRecord& record = MutableRecord(unit);
  AttemptRecord& attempt = record.attempts.back();
  attempt.life_cycle = LifeCycle::kTerminated;
  attempt.outcome = outcome;
  attempt.end_time = now;
  attempt.error = result.error ? result.error->ToString() : "";
  if (outcome == Outcome::kTimedOut && unit.stop == StopReason::kTimeout) {
    attempt.error = fmt::format("timed out after {} s", TaskOf(unit).timeout_seconds);
  }
  attempt.output = std::move(result.output);
  attempt.log = std::move(result.log);
  // The last write of a value wins, over attempts too.
  for (const auto& [key, value] : result.values.items()) record.values[key] = value;
  record.condition = result.condition;
  unit.due_timeout = 0;
  unit.due_warning = 0;
  if (ShouldRetry(unit, outcome, result)) {
    unit.due_retry = std::max(RetryTime(unit), now);
    ++unit.retries_used;
    unit.state = UnitState::kRetryWait;
    record.life_cycle = LifeCycle::kWaitingForRetry;
    record.message = attempt.error;
    Changed(unit.task);
    return Tick(now);
  }
  EndUnit(unit, outcome, attempt.error, now);
  Advance(now);
}

bool RunMachine::ShouldRetry(const Unit& unit, Outcome outcome, const TaskResult& result) const {
  const bundle::Task& task = TaskOf(unit);
  if (stop_ != StopReason::kNone || task.kind == bundle::TaskKind::kCondition) return false;
  if (unit.iteration && units_[unit.task].stop != StopReason::kNone) return false;
  const bool retryable =
      outcome == Outcome::kFailed || (outcome == Outcome::kTimedOut && task.retry_on_timeout);
  if (!retryable || (result.permanent && task.retry_on != "all")) return false;
  return task.max_retries < 0 || unit.retries_used < task.max_retries;
}

// Counted from the start of the attempt that failed. Source: compatibility notes, section 8.
Millis RunMachine::RetryTime(const Unit& unit) {
  const bundle::Task& task = TaskOf(unit);
  auto wait = static_cast<double>(task.min_retry_interval_millis);
  if (task.retry_backoff) {
    wait *= std::pow(task.retry_backoff->multiplier, unit.retries_used);
    if (task.retry_backoff->max_millis) {
      wait = std::min(wait, static_cast<double>(*task.retry_backoff->max_millis));
    }
    const double drawn = random_ ? random_() : 0;
    wait *= 1 - task.retry_backoff->jitter * drawn;
  }
  constexpr double kLongest = 1e15;
  return unit.attempt_start + static_cast<Millis>(std::min(wait, kLongest));
}

void RunMachine::EndUnit(Unit& unit, Outcome outcome, std::string message, Millis now) {
  unit.state = UnitState::kDone;
  unit.due_timeout = 0;
  unit.due_warning = 0;
  TaskRecord& record = MutableRecord(unit);
  record.life_cycle = LifeCycle::kTerminated;
  record.outcome = outcome;
  record.message = std::move(message);
  record.end_time = now;
  if (record.start_time == 0) record.start_time = now;
  Changed(unit.task);
}

// Ends for-each tasks whose iterations have all ended.
void RunMachine::EndLoops(Millis now) {
  bool ended = false;
  for (size_t task = 0; task < job_->tasks.size(); ++task) {
    Unit& loop = units_[task];
    if (loop.state != UnitState::kLooping || !inputs_.contains(task)) continue;
    const std::vector<TaskRecord>& iterations = record_.tasks[task].iterations;
    const auto is_open = [](const TaskRecord& record) { return !record.outcome; };
    if (std::ranges::any_of(iterations, is_open)) continue;
    const auto failed = std::ranges::count_if(
        iterations, [](const TaskRecord& record) { return !IsGood(*record.outcome); });
    Outcome outcome = failed == 0 ? Outcome::kSuccess : Outcome::kFailed;
    if (failed > 0 && loop.stop != StopReason::kNone)
      outcome = OutcomeOf(loop, {.outcome = outcome});
    EndUnit(loop, outcome,
            failed == 0 ? "" : fmt::format("{} of {} iterations failed", failed, iterations.size()),
            now);
    ended = true;
  }
  if (ended) Advance(now);
}

void RunMachine::EndRun(Millis now) {
  if (done()) return;
  std::vector<bool> is_leaf(job_->tasks.size(), true);
  for (const std::vector<size_t>& dependencies : dependencies_) {
    for (const size_t before : dependencies) is_leaf[before] = false;
  }
  std::vector<TaskEnd> ends;
  for (size_t i = 0; i < record_.tasks.size(); ++i) {
    ends.push_back({*record_.tasks[i].outcome, is_leaf[i]});
  }
  record_.outcome = DecideRun(ends);
  if (stop_ == StopReason::kRunTimeout) {
    record_.outcome = Outcome::kTimedOut;
    record_.message = fmt::format("timed out after {} s", job_->timeout_seconds);
  }
  if (stop_ == StopReason::kCancel) record_.outcome = Outcome::kCanceled;
  record_.life_cycle = LifeCycle::kTerminated;
  record_.end_time = now;
  Changed(kRunItself);
}

void RunMachine::Cancel(Millis now) { StopAll(StopReason::kCancel, now); }

void RunMachine::StopAll(StopReason reason, Millis now) {
  if (done() || stop_ != StopReason::kNone) return;
  stop_ = reason;
  record_.life_cycle = LifeCycle::kTerminating;
  due_run_timeout_ = 0;
  due_run_warning_ = 0;
  Changed(kRunItself);
  for (Unit& unit : units_) {
    if (unit.state == UnitState::kRunning) {
      StopUnit(unit, reason);
    } else if (unit.state == UnitState::kLooping && inputs_.contains(unit.task)) {
      unit.stop = reason;
    } else if (unit.state == UnitState::kRetryWait || unit.state == UnitState::kLooping) {
      unit.stop = reason;
      EndUnit(unit, OutcomeOf(unit, {.outcome = Outcome::kCanceled}), "the run was stopped", now);
    } else if (unit.state != UnitState::kDone) {
      EndUnit(unit, Outcome::kCanceled, "the run was stopped", now);
    }
  }
  Advance(now);
}

void RunMachine::StopUnit(Unit& unit, StopReason reason) {
  if (unit.stop != StopReason::kNone) return;
  unit.stop = reason;
  unit.due_timeout = 0;
  MutableRecord(unit).life_cycle = LifeCycle::kTerminating;
  actions_.push_back({.kind = MachineAction::Kind::kStopAttempt,
                      .task = unit.task,
                      .iteration = unit.iteration,
                      .task_run_id = unit.task_run_id});
  Changed(unit.task);
}

void RunMachine::Warn(const Unit& unit) {
  const TaskRecord& record = RecordOf(unit.task, unit.iteration);
  actions_.push_back(
      {.kind = MachineAction::Kind::kWarn,
       .task = unit.task,
       .iteration = unit.iteration,
       .text = fmt::format("task '{}' has been running for more than {} s", record.task_key,
                           WarningAfter(TaskOf(unit).health) / kMillisPerSecond)});
}

// The iterations of a for-each task that timed out stop with it.
void RunMachine::StopLoops(Millis now) {
  for (Unit& unit : units_) {
    if (!unit.iteration || units_[unit.task].stop == StopReason::kNone) continue;
    if (unit.state == UnitState::kRunning) StopUnit(unit, units_[unit.task].stop);
    if (unit.state == UnitState::kReady || unit.state == UnitState::kRetryWait) {
      EndUnit(unit, Outcome::kCanceled, "the for-each task was stopped", now);
    }
  }
}

void RunMachine::Tick(Millis now) {
  if (done()) return;
  if (IsDue(due_run_timeout_, now)) return StopAll(StopReason::kRunTimeout, now);
  if (IsDue(due_run_warning_, now)) {
    due_run_warning_ = 0;
    actions_.push_back({.kind = MachineAction::Kind::kWarn,
                        .task = kRunItself,
                        .text = fmt::format("the run has been running for more than {} s",
                                            WarningAfter(job_->health) / kMillisPerSecond)});
  }
  for (Unit& unit : units_) {
    if (IsDue(unit.due_warning, now)) {
      unit.due_warning = 0;
      Warn(unit);
    }
    if (IsDue(unit.due_timeout, now)) {
      unit.due_timeout = 0;
      if (unit.state == UnitState::kRunning) StopUnit(unit, StopReason::kTimeout);
      if (unit.state == UnitState::kLooping) unit.stop = StopReason::kTimeout;
    }
    const bool retry = unit.state == UnitState::kRetryWait && unit.due_retry <= now;
    if (retry) unit.state = UnitState::kReady;
  }
  StopLoops(now);
  Advance(now);
}

std::optional<Millis> RunMachine::next_due() const {
  std::optional<Millis> next;
  const auto consider = [&](Millis due) {
    if (due > 0 && (!next || due < *next)) next = due;
  };
  consider(due_run_timeout_);
  consider(due_run_warning_);
  for (const Unit& unit : units_) {
    consider(unit.due_timeout);
    consider(unit.due_warning);
    if (unit.state == UnitState::kRetryWait) consider(unit.due_retry);
  }
  return next;
}

}  // namespace lakesmith::jobs
