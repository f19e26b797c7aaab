#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/job_run.h"
#include "bundle/bundle.h"
#include "bundle/deployment.h"

namespace lakesmith::app {

// What goes with a deployment beside copying its files. See bundle/deployment.h.

// Errors: kInvalid when the target wants another git branch than the one that is checked out.
Status CheckBranch(const bundle::Bundle& bundle);

// Errors: kConflict, naming a run of the bundle's target that waits or runs.
Status CheckNoActiveRuns(const bundle::Bundle& bundle, OpenProject& opened);

// Whether the bundle wants CheckNoActiveRuns at each deployment.
bool WantsNoActiveRuns(const bundle::Bundle& bundle);

// Runs `experimental.scripts.<phase>`, if there is one, in the bundle's root.
// Errors: kInvalid when it fails, at its place.
Status RunPhase(const bundle::Bundle& bundle, std::string_view phase);

// Runs `artifacts.*.build`, each in its `path`. Errors: kInvalid when one fails, at its place.
Status BuildArtifacts(const bundle::Bundle& bundle);

// Makes the schemas, volumes and secret scopes of the bundle that are not there yet.
// Errors: those of the statements that make them.
Status MakeResources(const bundle::Bundle& bundle, OpenProject& opened);

// Removes the data of what was deployed: tables and views of its pipelines, then its volumes, its
// schemas when nothing else is in them, and its secret scopes. Returns what was removed and what
// was left, a line for each. Errors: those of reading the pipelines and of the statements.
Result<std::vector<std::string>> RemoveData(const bundle::Bundle& deployed, OpenProject& opened);

}  // namespace lakesmith::app
