#pragma once

#include "bundle/bundle.h"

namespace lakesmith::bundle {

// Checks the {{references}} of a job's tasks as far as they are known before it runs: names of
// parameters, tasks, parts of times, and that a task whose value is used comes before.
// `tree` is the job in the resolved configuration.
void CheckDynamicReferences(const Job& job, const Yaml& tree, Diagnostics& diagnostics);

}  // namespace lakesmith::bundle
