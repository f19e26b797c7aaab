#include "app/run_recorder.h"

#include <algorithm>
#include <utility>

namespace lakesmith::app {
namespace {

constexpr int64_t kMicrosPerMilli = 1000;

}  // namespace

state::RunState StateOf(jobs::LifeCycle life_cycle, std::optional<jobs::Outcome> outcome) {
  if (!outcome) {
    return life_cycle == jobs::LifeCycle::kRunning || life_cycle == jobs::LifeCycle::kTerminating
               ? state::RunState::kRunning
               : state::RunState::kQueued;
  }
  switch (*outcome) {
    case jobs::Outcome::kSuccess:
    case jobs::Outcome::kSuccessWithFailures:
      return state::RunState::kSucceeded;
    case jobs::Outcome::kFailed:
      return state::RunState::kFailed;
    case jobs::Outcome::kTimedOut:
      return state::RunState::kTimedOut;
    case jobs::Outcome::kCanceled:
      return state::RunState::kCanceled;
    default:
      return state::RunState::kSkipped;
  }
}

Result<RunRecorder> RunRecorder::Begin(state::Store& store, const std::string& job_key,
                                       const std::string& job_name, const std::string& target) {
  state::Run run;
  run.job_key = job_key;
  run.job_name = job_name;
  run.target = target;
  run.trigger = "manual";
  run.state = state::RunState::kRunning;
  run.started = state::NowMicros();
  run.run_id = TRY(store.BeginRun(run));
  return RunRecorder(store, std::move(run));
}

void RunRecorder::Keep(Status status) {
  if (!status && first_error_) first_error_ = std::move(status);
}

void RunRecorder::Put(const jobs::TaskRecord& task) {
  for (const jobs::AttemptRecord& attempt : task.attempts) {
    state::TaskAttempt kept;
    kept.run_id = run_.run_id;
    kept.task_key =
        task.iteration ? fmt::format("{}[{}]", task.task_key, *task.iteration) : task.task_key;
    kept.attempt = attempt.attempt_number + 1;
    kept.kind = bundle::TaskKindName(task.kind);
    kept.state = StateOf(attempt.life_cycle, attempt.outcome);
    kept.started = attempt.start_time * kMicrosPerMilli;
    kept.ended = attempt.end_time * kMicrosPerMilli;
    kept.error = attempt.error;
    kept.output = attempt.output;
    Keep(store_->PutTaskAttempt(kept));
  }
}

Status RunRecorder::End(const jobs::RunRecord& run) {
  for (const jobs::TaskRecord& task : run.tasks) {
    Put(task);
  }
  run_.state = StateOf(run.life_cycle, run.outcome);
  run_.ended = state::NowMicros();
  run_.error = run.message;
  for (const auto& [name, value] : run.parameters) {
    run_.parameters[name] = value;
  }
  Keep(store_->UpdateRun(run_));
  return first_error_;
}

Status RunRecorder::Fail(const Error& error) {
  run_.state = state::RunState::kFailed;
  run_.ended = state::NowMicros();
  run_.error = error.ToString();
  Keep(store_->UpdateRun(run_));
  return first_error_;
}

}  // namespace lakesmith::app
