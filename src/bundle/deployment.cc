#include "bundle/deployment.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <random>
#include <utility>

#include "bundle/config_files.h"
#include "bundle/glob.h"
#include "bundle/paths.h"

namespace lakesmith::bundle {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;
constexpr const char* kStateFile = "state.json";

// Fields that cannot be changed on what exists.
const std::map<std::string, std::vector<std::string>>& ImmutableFields() {
  static const std::map<std::string, std::vector<std::string>> kFields = {
      {"pipelines", {"storage", "catalog"}},
      {"schemas", {"name", "catalog_name"}},
      {"volumes", {"name", "catalog_name", "schema_name", "volume_type"}}};
  return kFields;
}

std::map<std::string, Json> ResourcesOf(const Bundle& bundle) {
  std::map<std::string, Json> resources;
  const Json json = bundle.ToJson();
  if (!json.contains("resources") || !json["resources"].is_object()) return resources;
  for (const auto& [kind, by_key] : json["resources"].items()) {
    if (!by_key.is_object()) continue;
    for (const auto& [key, resource] : by_key.items()) {
      resources[fmt::format("{}.{}", kind, key)] = resource;
    }
  }
  return resources;
}

uint64_t Hash(uint64_t hash, std::string_view bytes) {
  constexpr uint64_t kPrime = 1'099'511'628'211U;  // FNV-1a.
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return hash;
}

// Changes whenever a name or the content of a file does.
Result<std::string> SnapshotId(const Bundle& bundle) {
  uint64_t hash = 14'695'981'039'346'656'037U;
  for (const std::string& file : DeployedFiles(bundle)) {
    const std::string text = TRY(ReadTextFile(bundle.root / file));
    hash = Hash(hash, fmt::format("{}\n{}\n", file, text.size()));
    hash = Hash(hash, text);
  }
  return fmt::format("{:016x}", hash);
}

// One line of a .gitignore.
struct IgnoreRule {
  std::string pattern;
  bool negated = false;
  bool folders_only = false;
  bool anchored = false;
};

std::vector<IgnoreRule> ReadIgnoreRules(const fs::path& root) {
  std::vector<IgnoreRule> rules;
  std::ifstream stream(root / ".gitignore");
  for (std::string line; std::getline(stream, line);) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    IgnoreRule rule;
    rule.negated = line[0] == '!';
    if (rule.negated) line.erase(0, 1);
    rule.folders_only = line.ends_with('/');
    if (rule.folders_only) line.pop_back();
    rule.anchored = line.find('/') != std::string::npos;
    rule.pattern = line.starts_with('/') ? line.substr(1) : line;
    rules.push_back(std::move(rule));
  }
  return rules;
}

// Whether the rules leave out a path; the last one that fits decides.
bool IsIgnored(const std::vector<IgnoreRule>& rules, const std::string& path, bool is_folder) {
  bool ignored = false;
  const std::string name = path.substr(path.find_last_of('/') + 1);
  for (const IgnoreRule& rule : rules) {
    if (rule.folders_only && !is_folder) continue;
    if (MatchGlob(rule.pattern, rule.anchored ? path : name)) ignored = !rule.negated;
  }
  return ignored;
}

std::vector<std::string> PatternsAt(const Bundle& bundle, const char* path) {
  std::vector<std::string> patterns;
  const Yaml* list = bundle.config.FindPath(path);
  for (const Yaml& item : list == nullptr ? std::vector<Yaml>() : list->items()) {
    if (item.is_string()) patterns.push_back(item.text());
  }
  return patterns;
}

bool IsWheelHere(const std::string& path) {
  return path.ends_with(".whl") && !path.starts_with('/') && path.find("://") == std::string::npos;
}

void AddWheels(const Task& task, std::vector<std::string>& patterns) {
  for (const TaskLibrary& library : task.libraries) {
    if (IsWheelHere(library.whl.value)) patterns.push_back(library.whl.value);
  }
  if (task.for_each_task && task.for_each_task->task)
    AddWheels(*task.for_each_task->task, patterns);
}

// Patterns of files that tools have made, which `.gitignore` usually leaves out.
std::vector<std::string> BuiltPatterns(const Bundle& bundle) {
  std::vector<std::string> patterns;
  for (const auto& [key, job] : bundle.jobs) {
    for (const Task& task : job.tasks) AddWheels(task, patterns);
    for (const JobEnvironment& environment : job.environments) {
      for (const LocatedText& dependency : environment.spec.dependencies) {
        if (IsWheelHere(dependency.value)) patterns.push_back(PathFromRoot(dependency));
      }
    }
  }
  const Yaml* artifacts = bundle.config.Find("artifacts");
  for (const YamlEntry& artifact :
       artifacts == nullptr ? std::vector<YamlEntry>() : artifacts->entries()) {
    const Yaml* files = artifact.value.Find("files");
    for (const Yaml& file : files == nullptr ? std::vector<Yaml>() : files->items()) {
      const Yaml* source = file.Find("source");
      if (source != nullptr && source->is_scalar()) patterns.push_back(source->text());
    }
  }
  return patterns;
}

bool MatchesAny(const std::vector<std::string>& patterns, const std::string& file) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    const bool below = file.starts_with(pattern + "/");
    return below || MatchGlob(pattern, file);
  });
}

// Only one deployment of a target at a time, over processes. The file says who holds it.
class DeploymentLock {
 public:
  static Result<DeploymentLock> Take(const Bundle& bundle, bool force) {
    const fs::path folder = DeploymentFolder(bundle);
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return Invalid("cannot make {}: {}", folder.string(), error.message());
    const fs::path path = folder / "deploy.lock";
    if (force) fs::remove(path, error);
    const int file = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (file < 0) {
      const Result<std::string> holder = ReadTextFile(path);
      return Conflict("another deployment holds {}{}; --force-lock takes it", path.string(),
                      holder ? " (" + *holder + ")" : "");
    }
    const std::string text =
        fmt::format("{} since {}", bundle.user.user_name, static_cast<int64_t>(std::time(nullptr)));
    const ssize_t written = write(file, text.data(), text.size());
    close(file);
    if (written < 0) return Invalid("cannot write {}", path.string());
    return DeploymentLock(path);
  }
  DeploymentLock(DeploymentLock&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  DeploymentLock& operator=(DeploymentLock&&) = delete;
  ~DeploymentLock() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove(path_, ignored);
  }

 private:
  explicit DeploymentLock(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

Status WriteAtomically(const fs::path& path, const std::string& text) {
  const fs::path temporary = path.string() + ".new";
  {
    std::ofstream stream(temporary, std::ios::binary);
    stream << text;
    if (!stream.flush()) return Invalid("cannot write {}", temporary.string());
  }
  std::error_code error;
  fs::rename(temporary, path, error);
  if (error) return Invalid("cannot write {}: {}", path.string(), error.message());
  return {};
}

Status CopyFiles(const Bundle& bundle, const fs::path& snapshot) {
  std::error_code error;
  if (fs::exists(snapshot, error)) return {};
  const fs::path temporary = snapshot.string() + ".new";
  fs::remove_all(temporary, error);
  for (const std::string& file : DeployedFiles(bundle)) {
    fs::create_directories((temporary / file).parent_path(), error);
    fs::copy_file(bundle.root / file, temporary / file, error);
    if (error) return Invalid("cannot deploy {}: {}", file, error.message());
  }
  fs::create_directories(temporary, error);
  fs::rename(temporary, snapshot, error);
  if (error) return Invalid("cannot write {}: {}", snapshot.string(), error.message());
  return {};
}

Json StateJson(const DeploymentState& state) {
  return {{"format", kFormat},
          {"lineage", state.lineage},
          {"serial", state.serial},
          {"bundle", state.bundle},
          {"target", state.target},
          {"git",
           {{"branch", state.git.branch},
            {"commit", state.git.commit},
            {"origin_url", state.git.origin_url}}},
          {"user_name", state.user_name},
          {"variables", state.variables},
          {"snapshot", state.snapshot},
          {"resources", Json(state.resources)}};
}

std::string NewLineage() {
  std::random_device random;
  return fmt::format("{:08x}-{:08x}-{:08x}", random(), random(), random());
}

std::vector<std::string> ChangedFields(const Json& before, const Json& after) {
  std::vector<std::string> fields;
  for (const auto& [name, value] : after.items()) {
    if (!before.contains(name) || before[name] != value) fields.push_back(name);
  }
  for (const auto& [name, value] : before.items()) {
    if (!after.contains(name)) fields.push_back(name);
  }
  return fields;
}

PlanAction ChangeAction(const std::string& resource, const std::vector<std::string>& fields) {
  if (fields.empty()) return PlanAction::kUnchanged;
  const auto immutable = ImmutableFields().find(resource.substr(0, resource.find('.')));
  if (immutable == ImmutableFields().end()) return PlanAction::kUpdate;
  const bool recreate = std::ranges::any_of(fields, [&](const std::string& field) {
    return std::ranges::find(immutable->second, field) != immutable->second.end();
  });
  return recreate ? PlanAction::kRecreate : PlanAction::kUpdate;
}

Status CheckMayDelete(const std::string& resource, const Json& config) {
  const bool is_protected = config.is_object() && config.contains("lifecycle") &&
                            config["lifecycle"].is_object() &&
                            config["lifecycle"].value("prevent_destroy", false);
  if (!is_protected) return {};
  return Invalid("{} was deployed with lifecycle.prevent_destroy; deploy it without that first",
                 resource);
}

}  // namespace

std::string_view PlanActionName(PlanAction action) {
  constexpr std::string_view kNames[] = {"create", "update", "recreate", "delete", "unchanged"};
  return kNames[static_cast<size_t>(action)];
}

size_t DeploymentPlan::Count(PlanAction action) const {
  return static_cast<size_t>(std::ranges::count(changes, action, &PlannedChange::action));
}

bool DeploymentPlan::empty() const {
  return !files_changed && Count(PlanAction::kUnchanged) == changes.size();
}

fs::path DeploymentFolder(const Bundle& bundle) {
  return bundle.root / ".lakesmith" / "bundle" / bundle.target;
}

std::vector<std::string> DeployedFiles(const Bundle& bundle) {
  const std::vector<IgnoreRule> rules = ReadIgnoreRules(bundle.root);
  const std::vector<std::string> include = PatternsAt(bundle, "sync.include");
  const std::vector<std::string> exclude = PatternsAt(bundle, "sync.exclude");
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator walk(bundle.root, error);
  for (const fs::recursive_directory_iterator end; !error && walk != end; walk.increment(error)) {
    const std::string path = walk->path().lexically_relative(bundle.root).generic_string();
    std::error_code ignored;
    const bool is_folder = walk->is_directory(ignored);
    const bool hidden_folder = is_folder && walk->path().filename().string().starts_with('.');
    const bool left_out = IsIgnored(rules, path, is_folder);
    if (is_folder) {
      if (hidden_folder || (left_out && include.empty())) walk.disable_recursion_pending();
      continue;
    }
    const bool parent_left_out = [&] {
      for (size_t slash = path.find('/'); slash != std::string::npos;
           slash = path.find('/', slash + 1)) {
        if (IsIgnored(rules, path.substr(0, slash), true)) return true;
      }
      return false;
    }();
    const bool taken = (!left_out && !parent_left_out) || MatchesAny(include, path);
    if (taken && !MatchesAny(exclude, path) && walk->is_regular_file(ignored))
      files.push_back(path);
  }
  for (const std::string& pattern : BuiltPatterns(bundle))
    std::ranges::copy(ExpandGlob(bundle.root, pattern), std::back_inserter(files));
  std::ranges::sort(files);
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

Result<DeploymentState> ReadDeployment(const fs::path& folder) {
  const fs::path path = folder / kStateFile;
  if (!fs::exists(path)) return DeploymentState();
  const std::string text = TRY(ReadTextFile(path));
  const Result<Json> json = ParseJson(text);
  if (!json || !json->is_object() || !json->contains("format") ||
      !(*json)["format"].is_number_integer()) {
    return Corrupt("{} is no state of a deployment", path.string());
  }
  if ((*json)["format"].get<int>() > kFormat) {
    return Unsupported("{} was written by a newer version of this program", path.string());
  }
  DeploymentState state;
  state.lineage = json->value("lineage", "");
  state.serial = json->value("serial", int64_t{0});
  state.bundle = json->value("bundle", "");
  state.target = json->value("target", "");
  state.user_name = json->value("user_name", "");
  state.variables = json->value("variables", Json::object());
  state.snapshot = json->value("snapshot", "");
  if (json->contains("git") && (*json)["git"].is_object()) {
    state.git.branch = (*json)["git"].value("branch", "");
    state.git.commit = (*json)["git"].value("commit", "");
    state.git.origin_url = (*json)["git"].value("origin_url", "");
  }
  if (json->contains("resources") && (*json)["resources"].is_object()) {
    for (const auto& [name, config] : (*json)["resources"].items()) state.resources[name] = config;
  }
  return state;
}

Result<DeploymentPlan> PlanDeployment(const Bundle& bundle, const DeploymentState& state) {
  DeploymentPlan plan;
  const std::map<std::string, Json> wanted = ResourcesOf(bundle);
  for (const auto& [name, config] : wanted) {
    const auto before = state.resources.find(name);
    if (before == state.resources.end()) {
      plan.changes.push_back({.action = PlanAction::kCreate, .resource = name});
      continue;
    }
    std::vector<std::string> fields = ChangedFields(before->second, config);
    const PlanAction action = ChangeAction(name, fields);
    plan.changes.push_back(
        {.action = action, .resource = name, .changed_fields = std::move(fields)});
  }
  for (const auto& [name, config] : state.resources) {
    if (wanted.contains(name)) continue;
    TRY(CheckMayDelete(name, config));
    plan.changes.push_back({.action = PlanAction::kDelete, .resource = name});
  }
  std::ranges::stable_sort(plan.changes, {}, &PlannedChange::resource);
  plan.snapshot = TRY(SnapshotId(bundle));
  plan.files_changed = plan.snapshot != state.snapshot;
  return plan;
}

std::string PlanText(const DeploymentPlan& plan) {
  std::string text;
  for (const PlannedChange& change : plan.changes) {
    if (change.action == PlanAction::kUnchanged) continue;
    text += fmt::format("{} {}\n", PlanActionName(change.action), change.resource);
  }
  const size_t recreated = plan.Count(PlanAction::kRecreate);
  return text + fmt::format("Plan: {} to add, {} to change, {} to delete, {} unchanged\n",
                            plan.Count(PlanAction::kCreate) + recreated,
                            plan.Count(PlanAction::kUpdate),
                            plan.Count(PlanAction::kDelete) + recreated,
                            plan.Count(PlanAction::kUnchanged));
}

Json PlanJson(const DeploymentPlan& plan) {
  Json resources = Json::object();
  for (const PlannedChange& change : plan.changes) {
    resources[change.resource] = {{"action", PlanActionName(change.action)},
                                  {"changed_fields", change.changed_fields}};
  }
  return {{"plan", std::move(resources)},
          {"snapshot", plan.snapshot},
          {"files_changed", plan.files_changed}};
}

Result<DeploymentState> Deploy(const Bundle& bundle, const DeploymentPlan& plan, bool force_lock) {
  const fs::path folder = DeploymentFolder(bundle);
  const DeploymentLock lock = TRY(DeploymentLock::Take(bundle, force_lock));
  DeploymentState state = TRY(ReadDeployment(folder));
  if (state.lineage.empty()) state.lineage = NewLineage();
  ++state.serial;
  state.bundle = bundle.name;
  state.target = bundle.target;
  state.git = bundle.git;
  state.user_name = bundle.user.user_name;
  state.variables = Json::object();
  for (const auto& [name, variable] : bundle.variables)
    state.variables[name] = variable.value.ToJson();
  state.snapshot = plan.snapshot;
  state.resources = ResourcesOf(bundle);
  TRY(CopyFiles(bundle, folder / "snapshots" / plan.snapshot));
  TRY(WriteAtomically(folder / kStateFile, StateJson(state).dump(2) + "\n"));
  return state;
}

Result<Bundle> LoadDeployed(const fs::path& root, const std::string& target,
                            std::map<std::string, std::string> environment) {
  const fs::path folder = root / ".lakesmith" / "bundle" / target;
  const DeploymentState state = TRY(ReadDeployment(folder));
  if (state.serial == 0) {
    return NotFound("nothing is deployed to target '{0}'; run: lakesmith bundle deploy -t {0}",
                    target);
  }
  LoadOptions options;
  options.target = target;
  options.environment = std::move(environment);
  options.user.user_name = state.user_name;
  options.deployed_variables = JsonText(state.variables);
  options.git = state.git;
  return Load(folder / "snapshots" / state.snapshot, options);
}

Status CheckDestroy(const Bundle& bundle) {
  const DeploymentState state = TRY(ReadDeployment(DeploymentFolder(bundle)));
  if (state.serial == 0) {
    return NotFound("nothing of bundle '{}' is deployed to target '{}'", bundle.name,
                    bundle.target);
  }
  for (const auto& [name, config] : state.resources) TRY(CheckMayDelete(name, config));
  return {};
}

Status Destroy(const Bundle& bundle, bool force_lock) {
  TRY(CheckDestroy(bundle));
  const fs::path folder = DeploymentFolder(bundle);
  const DeploymentLock lock = TRY(DeploymentLock::Take(bundle, force_lock));
  std::error_code error;
  fs::remove(folder / kStateFile, error);
  fs::remove_all(folder / "snapshots", error);
  if (error) return Invalid("cannot remove {}: {}", folder.string(), error.message());
  return {};
}

}  // namespace lakesmith::bundle
