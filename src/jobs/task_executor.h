#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "bundle/resources.h"
#include "jobs/outcome.h"

namespace lakesmith::jobs {

// One attempt of one task, ready to run: {{references}} are replaced and job parameters are pushed
// down into the task's own named parameters.
struct TaskAttempt {
  int64_t run_id = 0;       // Of the job run.
  int64_t task_run_id = 0;  // Of this attempt.
  int attempt_number = 0;   // 0 is the first.
  std::string job_key;
  std::string label;  // Task key, for an iteration with its number: "load[3]".
  bundle::Task task;
  std::map<std::string, std::string> job_parameters;
  Json upstream_values = Json::object();  // Task values of the run so far, by task key.
  Json packages = Json::array();          // What Python needs installed; see python_packages.h.
};

// What an attempt left behind.
struct TaskResult {
  // kSuccess, kFailed, kTimedOut, kCanceled, and kExcluded for a kind that does not run here.
  Outcome outcome = Outcome::kSuccess;
  std::optional<Error> error;    // Why it did not succeed.
  bool permanent = false;        // The same attempt would fail again: not retried.
  std::string condition;         // "true" or "false" of a condition task.
  Json values = Json::object();  // Task values that it set.
  Json output = Json::object();  // E.g. rows of a SQL task, the text a notebook ended with.
  std::string log;               // Captured output.

  static TaskResult Success() { return {}; }
  // Permanent for errors of the input (kInvalid, kNotFound, kUnsupported); kCancelled is kCanceled.
  static TaskResult Failure(Error error);
};

// Runs tasks of the kinds that need an engine: pipeline_task and sql_task, SQL notebooks. Given by
// the program; a test gives its own. Called by several threads at once.
class TaskExecutor {
 public:
  virtual ~TaskExecutor() = default;

  // Runs the attempt to its end on the calling thread. When `stop` is requested (cancellation or
  // timeout) it ends soon, leaving nothing running. `on_log` takes pieces of output as they come;
  // it may be called from any thread, and not after Execute has returned.
  virtual TaskResult Execute(const TaskAttempt& attempt, const std::stop_token& stop,
                             const std::function<void(std::string_view)>& on_log) = 0;
};

}  // namespace lakesmith::jobs
