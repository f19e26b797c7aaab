#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "bundle/resources.h"
#include "jobs/outcome.h"
#include "jobs/task_executor.h"

namespace lakesmith::jobs {

// Milliseconds since 1970-01-01T00:00:00 UTC; 0 where it has not happened.
using Millis = int64_t;

// One attempt of a task or of an iteration of it.
struct AttemptRecord {
  int64_t run_id = 0;
  int attempt_number = 0;  // 0 is the first.
  LifeCycle life_cycle = LifeCycle::kRunning;
  std::optional<Outcome> outcome;
  Millis start_time = 0;
  Millis end_time = 0;
  std::string error;
  Json output = Json::object();
  std::string log;
};

// One task of a run, or one iteration of a for-each task.
struct TaskRecord {
  std::string task_key;
  std::optional<int> iteration;  // Of a for-each task, from 0.
  bundle::TaskKind kind = bundle::TaskKind::kNone;
  LifeCycle life_cycle = LifeCycle::kBlocked;
  std::optional<Outcome> outcome;
  std::string condition;
  std::string message;  // Why it failed or was left out, one line.
  Millis start_time = 0;
  Millis end_time = 0;
  Json values = Json::object();
  std::vector<AttemptRecord> attempts;
  std::vector<TaskRecord> iterations;
  std::vector<std::string> depends_on;
};

// How a run ended before it was repaired.
struct EarlierEnd {
  Millis start_time = 0;
  Millis end_time = 0;
  LifeCycle life_cycle = LifeCycle::kTerminated;
  std::optional<Outcome> outcome;
  std::string message;
};

// A whole run. Kept by the caller; see state/state.h.
struct RunRecord {
  int64_t run_id = 0;
  std::string job_key;
  std::string run_name;
  std::string trigger_type = "onetime";
  std::map<std::string, std::string> parameters;  // As used: defaults filled in.
  LifeCycle life_cycle = LifeCycle::kPending;
  std::optional<Outcome> outcome;
  std::string message;
  Millis start_time = 0;
  Millis end_time = 0;
  int repair_count = 0;
  std::vector<EarlierEnd> earlier_ends;  // One for each repair, the first end first.
  std::vector<TaskRecord> tasks;         // In the order of the job.
};

// Something that a display or a log wants to know. Sent by one thread at a time.
struct RunEvent {
  enum class Kind {
    kRun,     // `run` changed its state.
    kTask,    // `task` changed its state.
    kLog,     // `task` printed `text`.
    kWarning  // `text` is of interest, e.g. a duration rule was exceeded.
  };
  Kind kind = Kind::kTask;
  const RunRecord* run = nullptr;    // Never null; valid during the call only.
  const TaskRecord* task = nullptr;  // Null for kRun.
  std::string text;
};

struct RunOptions {
  int64_t run_id = 1;
  int64_t first_task_run_id = 1;                  // Attempts are numbered from here.
  std::map<std::string, std::string> parameters;  // Override the defaults of the job.
  std::string only;                               // "a,+b,c+"; "" is all. Section 8.
  std::string trigger_type = "onetime";
  Millis trigger_time = 0;  // Scheduled instant; 0 is the start of the run.
  // What {{job.trigger.*}} tells: "location" of file_arrival; of table_update "updated_tables" and
  // "tables", by name with "version" and "commit_timestamp".
  Json trigger_details = Json::object();
  int max_parallel_tasks = 0;  // 0: no limit.
  std::stop_token stop;        // A request cancels the run.
  // A finished run to repair: successful tasks are kept with their values.
  const RunRecord* repair_of = nullptr;
  std::vector<std::string> rerun_tasks;  // Of a repair; empty: all that did not succeed.
  // Finds the job that a run_job_task names; empty: such tasks fail.
  std::function<const bundle::Job*(const std::string& job_key)> find_job;
  // Tells of every change; may be empty.
  std::function<void(const RunEvent&)> on_event;
};

// Runs a job to its end: tasks in the order of the graph, independent ones in parallel, with
// conditions, for-each, nested jobs, retries and timeouts. What the runner cannot do itself goes to
// `executor`. Returns once nothing runs any more.
//
// Errors: kInvalid  an unknown parameter or task name in the options, a graph with a cycle.
//         A task that fails is no error: see RunRecord::outcome.
Result<RunRecord> RunJob(const bundle::Job& job, const RunOptions& options, TaskExecutor& executor);

}  // namespace lakesmith::jobs
