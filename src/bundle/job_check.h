#pragma once

#include "base/yaml.h"
#include "bundle/bundle.h"

namespace lakesmith::bundle {

// Checks one job: its tasks and their graph, triggers, parameters. `config` is the whole resolved
// configuration. Source: compatibility notes, sections 4 to 6.
void CheckJob(const Job& job, const Yaml& config, Diagnostics& diagnostics);

}  // namespace lakesmith::bundle
