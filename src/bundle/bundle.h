#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/yaml.h"
#include "bundle/diagnostics.h"
#include "bundle/resources.h"

namespace lakesmith::bundle {

// Who deploys and runs: fills ${workspace.current_user.*} and development prefixes.
struct User {
  std::string user_name;  // E.g. "ada@example.com".

  // The part before `@`, with every character outside [A-Za-z0-9_] turned into `_`.
  std::string ShortName() const;
};

struct GitInfo {
  std::string branch;
  std::string commit;
  std::string origin_url;
};

struct LoadOptions {
  std::string target;  // "": DATABRICKS_BUNDLE_TARGET of `environment`, the only one, the default.
  std::vector<std::pair<std::string, std::string>> variables;  // --var, in order; the last wins.
  std::string variable_file;  // --var-file: one JSON or YAML object; "" is none.
  std::map<std::string, std::string> environment;  // BUNDLE_VAR_<name>, ${env.NAME}, ...
  User user;
  // Of a deployment: one JSON object with the values of all variables as they were, and the state
  // of git. Empty: as they are.
  std::string deployed_variables;
  std::optional<GitInfo> git;
  bool check_files = true;         // Notebooks, SQL files and libraries must exist.
  bool allow_unsupported = false;  // Unsupported task kinds become excluded tasks.
};

// A project as it is for one target: every include merged, every variable resolved.
struct Bundle {
  std::filesystem::path root;  // Folder of the root file, absolute.
  std::string root_file;       // E.g. "databricks.yml".
  std::string name;
  std::string target;
  std::string mode;  // "development", "production" or "".
  User user;
  GitInfo git;
  Workspace workspace;
  std::map<std::string, Variable> variables;
  // Resources by key.
  std::map<std::string, Job> jobs;
  std::map<std::string, Pipeline> pipelines;
  std::map<std::string, Schema> schemas;
  std::map<std::string, Volume> volumes;
  std::map<std::string, SecretScope> secret_scopes;
  std::map<std::string, Script> scripts;

  Yaml config;                     // The whole resolved configuration, with places.
  std::vector<std::string> files;  // Files that were read, relative to the root.
  Diagnostics diagnostics;

  // The resolved configuration as `bundle validate -o json` prints it.
  Json ToJson() const;
};

// The folder of the root file (databricks.yml, databricks.yaml, bundle.yml, bundle.yaml or
// lakesmith-bundle.yml), looked for in `start` and the folders above it.
// Errors: kNotFound, naming `start` and the names looked for.
Result<std::filesystem::path> FindRoot(const std::filesystem::path& start);

// Loads the bundle of a folder for one target. What is wrong in the files is in
// Bundle::diagnostics, with its place; the parts that could be understood are there all the same.
// Reads files only; takes milliseconds; needs no network.
//
// Errors: kNotFound  no root file in `root`, or it cannot be read.
//         kInvalid   two root files.
// Source: compatibility notes, sections 1 to 10.
Result<Bundle> Load(const std::filesystem::path& root, const LoadOptions& options);

// Variables of the environment of this process, for LoadOptions.
std::map<std::string, std::string> ProcessEnvironment();
// The user who runs this process: git's user.email of the folder, else the login name.
User ProcessUser(const std::filesystem::path& root);

// "Found 1 error and 2 warnings" or "Validation OK!", as the last line of `bundle validate`.
std::string ValidationVerdict(const Diagnostics& diagnostics);

// JSON schema (draft 2020-12) of the files that Load accepts, for editors.
Json BundleSchema();

}  // namespace lakesmith::bundle
