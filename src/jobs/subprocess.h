#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakesmith::jobs {

// A program to run as a child process.
struct Subprocess {
  std::vector<std::string> arguments;              // The first is the program, searched on PATH.
  std::filesystem::path folder;                    // Working folder; empty: that of this process.
  std::map<std::string, std::string> environment;  // The whole of it.
  std::string input;                               // Given on standard input.
};

struct SubprocessEnd {
  int exit_code = 0;  // 128 + signal when a signal ended it.
  bool stopped = false;
  std::string output;  // Standard output and error in the order they came, at most the last MiB.
};

// Runs a child in a process group of its own to its end. When `stop` is requested the whole group
// gets SIGTERM, and SIGKILL after five seconds; children that it left behind are killed as well.
// `on_output` takes pieces of its output as they come, on the calling thread; may be empty.
//
// Errors: kNotFound when the program is not there; kInternal when the system refuses.
Result<SubprocessEnd> RunSubprocess(const Subprocess& subprocess, const std::stop_token& stop,
                                    const std::function<void(std::string_view)>& on_output);

}  // namespace lakesmith::jobs
