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
  static const long crash_at = CrashAt();
  if (crash_at <= 0) return;
  static std::atomic<long> reached{0};
  if (++reached == crash_at) std::raise(SIGKILL);
}

}  // namespace lakesmith
