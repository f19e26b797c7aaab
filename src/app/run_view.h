#pragma once

#include <string>

#include "app/job_run.h"
#include "base/json.h"
#include "state/run_queue.h"

namespace lakesmith::app {

// A run with the field names of the official tool, whether it waits, runs or has ended. Of a run
// whose process is gone, what it had under way is shown as failed.
Json RunViewJson(const state::QueuedRun& run);

// "run 3 of job 'retail' (dev): SUCCEEDED, started ..., took 2 s", then a table of its attempts.
std::string RunViewText(const state::QueuedRun& run);

// A table of runs.
std::string RunListText(const std::vector<state::QueuedRun>& runs);

// What a run or an attempt gave: metadata, output, error, logs. `task_run_id` 0 is the whole run.
// Errors: kNotFound.
Result<Json> RunOutputJson(const OpenProject& opened, const state::QueuedRun& run,
                           int64_t task_run_id);

// Prints what the tasks of a run have printed, each line behind its task; with `follow` until the
// run has ended. Errors: those of the state file.
Status PrintLogs(const OpenProject& opened, int64_t run_id, const std::string& task, bool follow);

// What started a run, as the Jobs API says it: "ONE_TIME", "PERIODIC", "FILE_ARRIVAL", ...
std::string TriggerWord(const std::string& trigger);

void PrintJson(const Json& json);

}  // namespace lakesmith::app
