#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "bundle/bundle.h"

namespace lakesmith::bundle {

// What was deployed of a bundle to a target: the configuration last applied, not what became of it.
struct DeploymentState {
  std::string lineage;  // Random; the same over all deployments of one state file.
  int64_t serial = 0;   // Grows by one with each deployment; 0 is none.
  std::string bundle;
  std::string target;
  GitInfo git;
  std::string user_name;                  // Who deployed.
  Json variables = Json::object();        // Values of all variables.
  std::string snapshot;                   // Id of the files that were deployed.
  std::map<std::string, Json> resources;  // By "jobs.nightly".
};

enum class PlanAction { kCreate, kUpdate, kRecreate, kDelete, kUnchanged };
// "create", "update", ...
std::string_view PlanActionName(PlanAction action);

struct PlannedChange {
  PlanAction action = PlanAction::kUnchanged;
  std::string resource;                     // "jobs.nightly"
  std::vector<std::string> changed_fields;  // Top-level fields; of updates and recreations.
};

struct DeploymentPlan {
  std::vector<PlannedChange> changes;  // In order of resource.
  std::string snapshot;                // Id of the files to deploy.
  bool files_changed = false;

  size_t Count(PlanAction action) const;
  // Nothing to do: neither resources nor files changed.
  bool empty() const;
};

// Where a deployment is kept: `.lakesmith/bundle/<target>` in the bundle's root.
std::filesystem::path DeploymentFolder(const Bundle& bundle);

// Files that are deployed, relative to the root, in byte order: all but hidden folders, what
// `.gitignore` and sync.exclude leave out, and with what sync.include takes in, what artifacts have
// built, and the wheels of Python tasks.
std::vector<std::string> DeployedFiles(const Bundle& bundle);

// What `bundle summary` shows. Text: Name, Target, Workspace, then resources grouped by type, with
// what was deployed of them.
std::string SummaryText(const Bundle& bundle, const DeploymentState& deployed);
// The resolved configuration, each resource with its `id` when it is deployed, and with
// `modified_status` "created", "updated" or "deleted" where it differs from what is.
Json SummaryJson(const Bundle& bundle, const DeploymentState& deployed);

// The state of the last deployment; one of serial 0 when there is none.
// Errors: kCorrupt, kUnsupported when a newer program wrote it.
Result<DeploymentState> ReadDeployment(const std::filesystem::path& folder);

// What deploying the bundle over `state` would do.
// Errors: kInvalid when it would delete a resource with lifecycle.prevent_destroy.
Result<DeploymentPlan> PlanDeployment(const Bundle& bundle, const DeploymentState& state);

// One line for each action, then "Plan: 1 to add, 0 to change, 0 to delete, 2 unchanged".
std::string PlanText(const DeploymentPlan& plan);
Json PlanJson(const DeploymentPlan& plan);

// Copies the files into a new snapshot and then, by one rename, makes it and the resources the
// current deployment. A crash leaves the deployment before.
// Errors: kConflict when somebody else deploys; kInvalid when a file cannot be read or written.
Result<DeploymentState> Deploy(const Bundle& bundle, const DeploymentPlan& plan, bool force_lock);

// Loads what was deployed of the bundle in `root` to a target: the files of its snapshot, with the
// variables, the user and the state of git of then. Bundle::root is the folder of the snapshot.
// Errors: kNotFound when nothing is deployed; those of Load.
Result<Bundle> LoadDeployed(const std::filesystem::path& root, const std::string& target,
                            std::map<std::string, std::string> environment);

// What Destroy would refuse. Errors: those of Destroy, but for the lock.
Status CheckDestroy(const Bundle& bundle);

// Removes what Deploy made, and nothing else. Data stays.
// Errors: kNotFound when nothing is deployed; kInvalid for prevent_destroy.
Status Destroy(const Bundle& bundle, bool force_lock);

}  // namespace lakesmith::bundle
