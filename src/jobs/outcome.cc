#include "jobs/outcome.h"

#include <algorithm>

#include "base/check.h"

namespace lakesmith::jobs {
namespace {

bool IsFailure(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSuccess:
    case Outcome::kSuccessWithFailures:
    case Outcome::kExcluded:
    case Outcome::kDisabled:
      return false;
    default:
      return true;
  }
}

bool IsExcluded(Outcome outcome) {
  return outcome == Outcome::kExcluded || outcome == Outcome::kDisabled;
}

bool IsCancellation(Outcome outcome) {
  return outcome == Outcome::kCanceled || outcome == Outcome::kUpstreamCanceled;
}

// How a task ends that needed successes and did not get them.
Outcome UpstreamOutcome(std::span<const DependencyEnd> ends) {
  bool canceled_only = true;
  for (const DependencyEnd& end : ends) {
    if (IsFailure(end.outcome) && !IsCancellation(end.outcome)) canceled_only = false;
  }
  return canceled_only ? Outcome::kUpstreamCanceled : Outcome::kUpstreamFailed;
}

}  // namespace

std::string_view LifeCycleName(LifeCycle life_cycle) {
  switch (life_cycle) {
    case LifeCycle::kQueued:
      return "QUEUED";
    case LifeCycle::kPending:
      return "PENDING";
    case LifeCycle::kBlocked:
      return "BLOCKED";
    case LifeCycle::kRunning:
      return "RUNNING";
    case LifeCycle::kWaitingForRetry:
      return "WAITING_FOR_RETRY";
    case LifeCycle::kTerminating:
      return "TERMINATING";
    case LifeCycle::kTerminated:
      return "TERMINATED";
    case LifeCycle::kSkipped:
      return "SKIPPED";
    case LifeCycle::kInternalError:
      return "INTERNAL_ERROR";
  }
  CHECK(!"a valid life cycle");
}

bool IsFinal(LifeCycle life_cycle) {
  return life_cycle == LifeCycle::kTerminated || life_cycle == LifeCycle::kSkipped ||
         life_cycle == LifeCycle::kInternalError;
}

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSuccess:
      return "SUCCESS";
    case Outcome::kSuccessWithFailures:
      return "SUCCESS_WITH_FAILURES";
    case Outcome::kFailed:
      return "FAILED";
    case Outcome::kTimedOut:
      return "TIMEDOUT";
    case Outcome::kCanceled:
      return "CANCELED";
    case Outcome::kExcluded:
      return "EXCLUDED";
    case Outcome::kDisabled:
      return "DISABLED";
    case Outcome::kUpstreamFailed:
      return "UPSTREAM_FAILED";
    case Outcome::kUpstreamCanceled:
      return "UPSTREAM_CANCELED";
    case Outcome::kMaximumConcurrentRunsReached:
      return "MAXIMUM_CONCURRENT_RUNS_REACHED";
  }
  CHECK(!"a valid outcome");
}

std::string_view ReferenceName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSuccess:
    case Outcome::kSuccessWithFailures:
      return "success";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kTimedOut:
      return "timedout";
    case Outcome::kCanceled:
      return "canceled";
    case Outcome::kExcluded:
    case Outcome::kDisabled:
      return "excluded";
    case Outcome::kUpstreamFailed:
      return "upstream_failed";
    case Outcome::kUpstreamCanceled:
      return "upstream_canceled";
    case Outcome::kMaximumConcurrentRunsReached:
      return "evicted";
  }
  CHECK(!"a valid outcome");
}

bool IsGood(Outcome outcome) {
  return outcome == Outcome::kSuccess || outcome == Outcome::kSuccessWithFailures;
}

std::optional<Outcome> DecideStart(bundle::RunIf run_if, std::span<const DependencyEnd> ends) {
  if (ends.empty()) return std::nullopt;
  for (const DependencyEnd& end : ends) {
    if (!end.wanted.empty() && !IsFailure(end.outcome) && end.condition != end.wanted) {
      return Outcome::kExcluded;
    }
  }
  const auto is_excluded = [](const DependencyEnd& end) { return IsExcluded(end.outcome); };
  if (std::ranges::all_of(ends, is_excluded)) return Outcome::kExcluded;

  const auto failures =
      std::ranges::count_if(ends, [](const DependencyEnd& end) { return IsFailure(end.outcome); });
  const auto count = static_cast<std::ptrdiff_t>(ends.size());
  using bundle::RunIf;
  switch (run_if) {
    case RunIf::kAllSuccess:
    case RunIf::kNoneFailed:  // That one was executed is known: not all are excluded.
      if (failures == 0) return std::nullopt;
      return UpstreamOutcome(ends);
    case RunIf::kAtLeastOneSuccess:
      if (failures < count) return std::nullopt;
      return UpstreamOutcome(ends);
    case RunIf::kAllDone:
      return std::nullopt;
    case RunIf::kAtLeastOneFailed:
      return failures > 0 ? std::nullopt : std::optional(Outcome::kExcluded);
    case RunIf::kAllFailed:
      return failures == count ? std::nullopt : std::optional(Outcome::kExcluded);
  }
  CHECK(!"a valid run_if");
}

Outcome DecideRun(std::span<const TaskEnd> ends) {
  Outcome outcome = Outcome::kSuccess;
  for (const TaskEnd& end : ends) {
    if (!IsFailure(end.outcome)) continue;
    if (end.is_leaf) return Outcome::kFailed;
    outcome = Outcome::kSuccessWithFailures;
  }
  return outcome;
}

}  // namespace lakesmith::jobs
