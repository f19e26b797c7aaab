#pragma once

namespace lakesmith {

// A place between two writes where a crash is worth a test. Where the environment variable
// LAKESMITH_CRASH_AT is a number n, the process kills itself (SIGKILL) at the n-th such place that
// it reaches; else nothing happens. Threads may call it at once.
void CrashPoint();

}  // namespace lakesmith
