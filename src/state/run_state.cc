#include <array>
#include <utility>

#include "state/state.h"

namespace lakesmith::state {
namespace {

constexpr std::array<std::pair<RunState, std::string_view>, 8> kNames = {{
    {RunState::kQueued, "QUEUED"},
    {RunState::kRunning, "RUNNING"},
    {RunState::kSucceeded, "SUCCEEDED"},
    {RunState::kFailed, "FAILED"},
    {RunState::kCanceled, "CANCELED"},
    {RunState::kSkipped, "SKIPPED"},
    {RunState::kTimedOut, "TIMED_OUT"},
    {RunState::kInterrupted, "INTERRUPTED"},
}};

}  // namespace

std::string_view RunStateName(RunState state) { return kNames[static_cast<size_t>(state)].second; }

Result<RunState> RunStateFromName(std::string_view name) {
  for (const auto& [state, text] : kNames) {
    if (text == name) return state;
  }
  return Corrupt("'{}' is not the state of a run", name);
}

bool IsFinal(RunState state) { return state != RunState::kQueued && state != RunState::kRunning; }

}  // namespace lakesmith::state
