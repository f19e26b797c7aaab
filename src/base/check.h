#pragma once

namespace lakesmith {

// Prints the condition and its place to standard error and stops the process.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace lakesmith

// States what holds whatever the input is. A failed CHECK is our own defect: it stops the process
// in every build, so that nothing wrong is written.
#define CHECK(condition)                                        \
  do {                                                          \
    if (!(condition)) [[unlikely]] {                            \
      ::lakesmith::CheckFailed(#condition, __FILE__, __LINE__); \
    }                                                           \
  } while (false)
