#pragma once

#include "base/yaml.h"
#include "bundle/diagnostics.h"
#include "bundle/resources.h"

namespace lakesmith::bundle {

// Notices of a job and its tasks that nobody would get: destinations that are not there, events and
// health rules of metrics that do not exist here, a duration list without its rule.
void CheckNotifications(const Job& job, const Yaml& config, Diagnostics& diagnostics);

}  // namespace lakesmith::bundle
