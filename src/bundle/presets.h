#pragma once

#include "base/yaml.h"
#include "bundle/bundle.h"

namespace lakesmith::bundle {

// Fills in the presets that bundle.mode implies and checks what the mode forbids, then changes the
// resources by the presets: prefixes of names, tags, pauses, limits. Source: compatibility notes,
// section 3.
void ApplyModeAndPresets(Yaml& config, const User& user, Diagnostics& diagnostics);

// Copies the bundle's run_as onto jobs and pipelines that have none.
void ApplyRunAs(Yaml& config, Diagnostics& diagnostics);

}  // namespace lakesmith::bundle
