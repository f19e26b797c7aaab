#pragma once

#include <string>

#include "base/yaml.h"
#include "bundle/bundle.h"
#include "bundle/merge.h"

namespace lakesmith::bundle {

// The name of the target that the options ask for: by name, by DATABRICKS_BUNDLE_TARGET, the only
// one, the default one, or "default" when the bundle has none. "" after an error was told.
std::string ChooseTarget(const Yaml& config, const LoadOptions& options, Diagnostics& diagnostics);

// Gives each variable its value for the target, as the key `value` of its entry, and removes what
// is not valid. Errors for names that are not declared and variables without a value.
// Source: compatibility notes, section 2.
void AssignVariables(Yaml& config, const std::string& target, const std::filesystem::path& root,
                     const LoadOptions& options, Diagnostics& diagnostics);

// Merges everything of the target but its variables over the root, removes the targets, and fills
// in bundle.target, bundle.mode and the paths of the workspace.
void ApplyTarget(Yaml& config, const std::string& target, const LoadOptions& options,
                 const ReferenceValue& value_of, Diagnostics& diagnostics);

}  // namespace lakesmith::bundle
