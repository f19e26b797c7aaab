#include "bundle/target.h"

#include <algorithm>

#include "bundle/decode.h"
#include "bundle/shape_check.h"

namespace lakesmith::bundle {
namespace {

// The targets, whatever the key is spelled like; null without any.
const Yaml* Targets(const Yaml& config) {
  const Yaml* targets = config.Find("targets");
  return targets != nullptr && targets->is_map() ? targets : nullptr;
}

// The target to use when none is named.
std::string DefaultTarget(const Yaml& targets, Diagnostics& diagnostics) {
  if (targets.entries().size() == 1) return targets.entries()[0].key;
  const YamlEntry* chosen = nullptr;
  for (const YamlEntry& entry : targets.entries()) {
    const Yaml* is_default = entry.value.Find("default");
    if (is_default == nullptr || !ReadBool(*is_default).value_or(false)) continue;
    if (chosen != nullptr) {
      diagnostics.Add(
          Severity::kError, is_default->location(),
          fmt::format("target '{}' is 'default: true' already; only one can be", chosen->key));
      return "";
    }
    chosen = &entry;
  }
  if (chosen != nullptr) return chosen->key;
  std::string names;
  for (const YamlEntry& entry : targets.entries()) names += (names.empty() ? "" : ", ") + entry.key;
  diagnostics.Add(
      Severity::kError, targets.location(),
      fmt::format("please specify target: -t with one of {}, or 'default: true' in one of "
                  "them",
                  names));
  return "";
}

std::string NamedTarget(const LoadOptions& options) {
  if (!options.target.empty()) return options.target;
  const auto found = options.environment.find("DATABRICKS_BUNDLE_TARGET");
  return found == options.environment.end() ? "" : found->second;
}

void SetDefault(Yaml& map, std::string_view key, const std::string& value) {
  const Yaml* existing = map.Find(key);
  if (existing == nullptr || existing->is_null()) map.Set(key, Yaml::String(value));
}

// `~` at the beginning of a workspace path is the user's home there.
void ExpandHome(Yaml& workspace, const std::string& user_name) {
  for (YamlEntry& entry : workspace.entries()) {
    if (!entry.key.ends_with("_path") || !entry.value.is_string()) continue;
    const std::string& text = entry.value.text();
    if (text != "~" && !text.starts_with("~/")) continue;
    entry.value =
        Yaml::String("/Workspace/Users/" + user_name + text.substr(1)).AtPlaceOf(entry.value);
  }
}

void FillWorkspace(Yaml& config, const User& user) {
  if (config.Find("workspace") == nullptr) config.Set("workspace", Yaml::Map());
  Yaml& workspace = *config.Find("workspace");
  if (workspace.is_null()) workspace = Yaml::Map();
  SetDefault(workspace, "host", "");
  SetDefault(workspace, "root_path", "~/.bundle/${bundle.name}/${bundle.target}");
  SetDefault(workspace, "file_path", "${workspace.root_path}/files");
  SetDefault(workspace, "resource_path", "${workspace.root_path}/resources");
  SetDefault(workspace, "artifact_path", "${workspace.root_path}/artifacts");
  SetDefault(workspace, "state_path", "${workspace.root_path}/state");
  ExpandHome(workspace, user.user_name);
  Yaml me = Yaml::Map();
  me.Set("userName", Yaml::String(user.user_name));
  me.Set("short_name", Yaml::String(user.ShortName()));
  std::string friendly = user.ShortName();
  std::ranges::replace(friendly, '_', '-');
  me.Set("domain_friendly_name", Yaml::String(friendly));
  me.Set("id", Yaml::String(user.user_name));
  workspace.Set("current_user", std::move(me));
}

}  // namespace

std::string ChooseTarget(const Yaml& config, const LoadOptions& options, Diagnostics& diagnostics) {
  const Yaml* targets = Targets(config);
  std::string named = NamedTarget(options);
  if (targets == nullptr || targets->entries().empty()) {
    if (named.empty() || named == "default") return "default";
    const Yaml* bundle = config.Find("bundle");
    diagnostics.Add(Severity::kError, bundle == nullptr ? SourceLocation() : bundle->location(),
                    fmt::format("target '{}' is not declared: the bundle has no targets", named));
    return "";
  }
  if (named.empty()) return DefaultTarget(*targets, diagnostics);
  if (targets->Find(named) != nullptr) return named;
  std::vector<std::string> names;
  for (const YamlEntry& entry : targets->entries()) names.push_back(entry.key);
  diagnostics.Add(
      Severity::kError, targets->location(),
      fmt::format("target '{}' is not declared{}", named, DidYouMeanOrKnown(named, names)));
  return "";
}

void ApplyTarget(Yaml& config, const std::string& target, const LoadOptions& options,
                 const ReferenceValue& value_of, Diagnostics& diagnostics) {
  const Yaml* targets = Targets(config);
  const Yaml* found = targets == nullptr ? nullptr : targets->Find(target);
  const Yaml section = found == nullptr ? Yaml() : *found;
  config.Remove("targets");
  config.Remove("include");
  if (config.Find("bundle") == nullptr || config.Find("bundle")->is_null()) {
    config.Set("bundle", Yaml::Map());
  }
  for (const YamlEntry& entry : section.entries()) {
    if (entry.key == "variables" || entry.key == "default" || entry.key == "mode") continue;
    if (entry.key == "git") {
      Yaml bundle = Yaml::Map();
      bundle.Set("git", entry.value);
      MergeInto(*config.Find("bundle"), bundle, value_of, diagnostics);
    } else if (entry.key == "run_as" || config.Find(entry.key) == nullptr) {
      config.Set(entry.key, entry.value);
    } else {
      MergeInto(*config.Find(entry.key), entry.value, value_of, diagnostics);
    }
  }
  Yaml& bundle = *config.Find("bundle");
  bundle.Set("target", Yaml::String(target));
  if (const Yaml* mode = section.Find("mode"); mode != nullptr && mode->is_scalar()) {
    bundle.Set("mode", *mode);
  }
  FillWorkspace(config, options.user);
}

}  // namespace lakesmith::bundle
