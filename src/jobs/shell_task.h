#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>

#include "bundle/resources.h"
#include "jobs/task_executor.h"

namespace lakesmith::jobs {

// Where processes of a bundle run.
struct ProcessHost {
  std::filesystem::path root;                      // Of the bundle: where its files are.
  std::filesystem::path folder;                    // Working folder; empty: the root.
  std::map<std::string, std::string> environment;  // What they inherit.
  std::filesystem::path program_folder;            // Of `lakesmith`: put first on PATH.
  std::filesystem::path python_folder;             // Of the package lakesmith_runtime.
};

// The environment of a process: what is inherited, LAKESMITH_* of the attempt, `added` over it, and
// the program's folder first on PATH.
std::map<std::string, std::string> TaskEnvironment(const ProcessHost& host,
                                                   const TaskAttempt& attempt,
                                                   const std::map<std::string, std::string>& added);

// Runs the command line of a shell task by /bin/sh, to its end. An exit code other than 0 is a
// failure that may be retried. Lines of output of the form `::task-value NAME=VALUE` set task
// values; VALUE is JSON, or else a text.
TaskResult RunShellTask(const TaskAttempt& attempt, const ProcessHost& host,
                        const std::stop_token& stop,
                        const std::function<void(std::string_view)>& on_log);

// The task values that lines of the output set.
Json TaskValuesOf(std::string_view output);

}  // namespace lakesmith::jobs
