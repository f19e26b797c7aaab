#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bundle/resources.h"

namespace lakesmith::jobs {

// Where a run, task or attempt is in its life. Source: compatibility notes, section 8.
enum class LifeCycle {
  kQueued,
  kPending,
  kBlocked,  // Waits for tasks before it.
  kRunning,
  kWaitingForRetry,
  kTerminating,
  kTerminated,
  kSkipped,
  kInternalError,
};
// Upper-case name, e.g. "WAITING_FOR_RETRY".
std::string_view LifeCycleName(LifeCycle life_cycle);
bool IsFinal(LifeCycle life_cycle);

// How a run, task or attempt ended.
enum class Outcome {
  kSuccess,
  kSuccessWithFailures,  // Of runs only.
  kFailed,
  kTimedOut,
  kCanceled,
  kExcluded,
  kDisabled,
  kUpstreamFailed,
  kUpstreamCanceled,
  kMaximumConcurrentRunsReached,  // Of runs only.
};
// Upper-case name, e.g. "TIMEDOUT".
std::string_view OutcomeName(Outcome outcome);
// The name that `tasks.<k>.result_state` has, e.g. "upstream_failed".
std::string_view ReferenceName(Outcome outcome);
// The exit code of `bundle run` is 0 for these: success, also with failures.
bool IsGood(Outcome outcome);

// How one dependency ended, as the task that waits for it sees it.
struct DependencyEnd {
  Outcome outcome = Outcome::kSuccess;
  std::string condition;    // "true" or "false" of a condition task, else "".
  std::string_view wanted;  // The `outcome` of the edge, or "".
};

// Whether a task whose dependencies are all final starts, or how it ends without starting.
// std::nullopt: it starts. Pure. Source: compatibility notes, section 8.
std::optional<Outcome> DecideStart(bundle::RunIf run_if, std::span<const DependencyEnd> ends);

// One task of a finished graph.
struct TaskEnd {
  Outcome outcome = Outcome::kSuccess;
  bool is_leaf = false;  // No other task depends on it.
};

// The outcome of a run from its tasks, when neither the job's timeout nor a cancellation ended it.
// Pure. Source: compatibility notes, section 8.
Outcome DecideRun(std::span<const TaskEnd> ends);

}  // namespace lakesmith::jobs
