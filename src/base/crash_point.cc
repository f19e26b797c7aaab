#include "base/crash_point.h"

#include <atomic>
#include <csignal>
#include <cstdlib>

namespace lakesmith {
namespace {

long CrashAt() {
  const char* text = std::getenv("LAKESMITH_CRASH_AT");
  return text == nullptr ? 0 : std::strtol(text, nullptr, 10);
}

}  // namespace

void CrashPoint() {
  static const long kCrashAt = CrashAt();
  if (kCrashAt <= 0) return;
  static std::atomic<long> reached{0};
  if (++reached == kCrashAt) std::raise(SIGKILL);
}

}  // namespace lakesmith
