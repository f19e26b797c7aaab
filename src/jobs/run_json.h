#pragma once

#include "base/json.h"
#include "base/result.h"
#include "jobs/run.h"

namespace lakesmith::jobs {

// A run with the field names of the official tool's `jobs get-run -o json`: run_id, job_id,
// run_name, start_time, end_time, execution_duration, state, tasks, job_parameters, trigger, ...
// Times are milliseconds since 1970. Logs are left out. Holds all that RunFromJson needs.
Json RunJson(const RunRecord& run);

// Reads back what RunJson wrote, for a repair. Errors: kCorrupt.
Result<RunRecord> RunFromJson(const Json& json);

}  // namespace lakesmith::jobs
