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

void PutAttempts(state::Store& store, int64_t run_id, const jobs::TaskRecord& task) {
  for (const jobs::AttemptRecord& attempt : task.attempts) {
    state::TaskAttempt kept;
    kept.run_id = run_id;
    kept.task_key =
        task.iteration ? fmt::format("{}[{}]", task.task_key, *task.iteration) : task.task_key;
    kept.attempt = attempt.attempt_number + 1;
    kept.kind = bundle::TaskKindName(task.kind);
    kept.state = StateOf(attempt.life_cycle, attempt.outcome);
    kept.started = attempt.start_time * kMicrosPerMilli;
    kept.ended = attempt.end_time * kMicrosPerMilli;
    kept.error = attempt.error;
    kept.output = attempt.output;
    if (const Status put = store.PutTaskAttempt(kept); !put) return;
  }
}

}  // namespace lakesmith::app
