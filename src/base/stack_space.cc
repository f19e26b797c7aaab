#include "base/stack_space.h"

#include <pthread.h>

#include <cstddef>
#include <cstdint>

#include "base/check.h"

namespace lakesmith {

namespace {

// Kept free for what runs between two checks: frames of sanitizer builds are large.
constexpr size_t kMarginBytes = 512 << 10;
// Only touched pages cost memory.
constexpr size_t kFreshStackBytes = 256 << 20;

// Lowest address that this thread may use before it has to change stacks.
uintptr_t StackLimit() {
  pthread_attr_t attributes;
  void* lowest = nullptr;
  size_t size = 0;
  CHECK(pthread_getattr_np(pthread_self(), &attributes) == 0);
  CHECK(pthread_attr_getstack(&attributes, &lowest, &size) == 0);
  pthread_attr_destroy(&attributes);
  // A stack of less than twice the margin is used to its half.
  return reinterpret_cast<uintptr_t>(lowest) + (size < 2 * kMarginBytes ? size / 2 : kMarginBytes);
}

void* RunWork(void* work) {
  (*static_cast<const std::function<void()>*>(work))();
  return nullptr;
}

}  // namespace

bool StackSpaceIsLow() {
  thread_local const uintptr_t kLimit = StackLimit();
  return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < kLimit;
}

void RunOnFreshStack(const std::function<void()>& work) {
  pthread_attr_t attributes;
  pthread_t thread;
  CHECK(pthread_attr_init(&attributes) == 0);
  CHECK(pthread_attr_setstacksize(&attributes, kFreshStackBytes) == 0);
  CHECK(pthread_create(&thread, &attributes, RunWork, const_cast<std::function<void()>*>(&work)) ==
        0);
  CHECK(pthread_join(thread, nullptr) == 0);
  pthread_attr_destroy(&attributes);
}

}  // namespace lakesmith
