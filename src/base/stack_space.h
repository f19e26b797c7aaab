#pragma once

#include <functional>
#include <optional>
#include <type_traits>

namespace lakesmith {

// True when little is left of the stack of this thread.
bool StackSpaceIsLow();

// Runs `work` on a fresh thread with a large stack and waits for it. CHECKs that a thread can be
// made.
void RunOnFreshStack(const std::function<void()>& work);

// Runs `work` here, or on a fresh stack when this one is nearly used up. Put around each step of a
// recursion that input decides the depth of, and no depth overflows: memory alone is the limit.
// Thread-local state of the caller is not seen by `work` where the stack changes.
template <typename Work>
auto WithStackSpace(Work&& work) -> std::invoke_result_t<Work&> {
  using Outcome = std::invoke_result_t<Work&>;
  if (!StackSpaceIsLow()) [[likely]] {
    return work();
  }
  if constexpr (std::is_void_v<Outcome>) {
    RunOnFreshStack([&] { work(); });
  } else {
    std::optional<Outcome> outcome;
    RunOnFreshStack([&] { outcome.emplace(work()); });
    return *std::move(outcome);
  }
}

}  // namespace lakesmith
