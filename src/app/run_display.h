#pragma once

#include <string>

#include "app/progress.h"
#include "jobs/run.h"
#include "pipeline/pipeline.h"

namespace lakesmith::app {

// A task of a run, or an iteration of it, as a row of the display.
ProgressRow RowOf(const jobs::TaskRecord& task);

// A dataset of a pipeline as a row below the task of that label; "" for a pipeline that runs on its
// own.
ProgressRow RowOf(const std::string& label, const pipeline::DatasetProgress& dataset);

// "load", or "load[3]" for an iteration.
std::string LabelOf(const jobs::TaskRecord& task);

}  // namespace lakesmith::app
