#include "bundle/presets.h"

#include <algorithm>
#include <cctype>
#include <span>

#include "bundle/decode.h"

namespace lakesmith::bundle {
namespace {

bool IsSet(const Yaml* value) { return value != nullptr && !value->is_null(); }

std::string TextAt(const Yaml& config, std::string_view path) {
  const Yaml* value = config.FindPath(path);
  return value != nullptr && value->is_scalar() ? value->text() : "";
}

// The entries of resources.<kind>; empty when there are none.
std::span<YamlEntry> ResourcesOf(Yaml& config, std::string_view kind) {
  Yaml* resources = config.Find("resources");
  Yaml* found = resources == nullptr ? nullptr : resources->Find(kind);
  return found == nullptr ? std::span<YamlEntry>() : std::span<YamlEntry>(found->entries());
}

Yaml& PresetsOf(Yaml& config) {
  if (!IsSet(config.Find("presets"))) config.Set("presets", Yaml::Map());
  return *config.Find("presets");
}

void FillPreset(Yaml& presets, std::string_view key, Yaml value) {
  if (!IsSet(presets.Find(key))) presets.Set(key, std::move(value));
}

void ApplyDevelopmentMode(Yaml& config, const User& user, Diagnostics& diagnostics) {
  Yaml& presets = PresetsOf(config);
  const Yaml* pause = presets.Find("trigger_pause_status");
  if (IsSet(pause) && pause->is_scalar() && pause->text() == "UNPAUSED") {
    diagnostics.Add(Severity::kError, pause->location(),
                    "target with 'mode: development' cannot set trigger_pause_status to UNPAUSED");
  }
  const auto names_user = [&](const std::string& text) {
    return text.find(user.user_name) != std::string::npos ||
           text.find(user.ShortName()) != std::string::npos;
  };
  for (const char* key : {"root_path", "file_path", "artifact_path", "state_path"}) {
    const Yaml* path = config.FindPath(std::string("workspace.") + key);
    if (path == nullptr || !path->is_scalar() || names_user(path->text())) continue;
    diagnostics.Add(
        Severity::kError, path->location(),
        fmt::format("{} must hold the user name or short name when 'mode: development' is "
                    "used, so that users do not overwrite each other; found '{}'",
                    key, path->text()));
    break;
  }
  const Yaml* prefix = presets.Find("name_prefix");
  if (IsSet(prefix) && prefix->is_scalar() && !names_user(prefix->text())) {
    diagnostics.Add(
        Severity::kError, prefix->location(),
        "name_prefix must hold the user name or ${workspace.current_user.short_name} when "
        "'mode: development' is used");
  }
  FillPreset(presets, "name_prefix", Yaml::String(fmt::format("[dev {}] ", user.ShortName())));
  if (!IsSet(presets.Find("tags"))) presets.Set("tags", Yaml::Map());
  FillPreset(*presets.Find("tags"), "dev", Yaml::String(user.ShortName()));
  FillPreset(presets, "jobs_max_concurrent_runs", Yaml::Int(4));
  FillPreset(presets, "trigger_pause_status", Yaml::String("PAUSED"));
  FillPreset(presets, "pipelines_development", Yaml::Bool(true));
}

bool EveryJobHasRunAs(Yaml& config) {
  const std::span<YamlEntry> jobs = ResourcesOf(config, "jobs");
  return std::ranges::all_of(jobs,
                             [](const YamlEntry& job) { return IsSet(job.value.Find("run_as")); });
}

void CheckProductionMode(Yaml& config, Diagnostics& diagnostics) {
  for (const YamlEntry& pipeline : ResourcesOf(config, "pipelines")) {
    const Yaml* development = pipeline.value.Find("development");
    if (!IsSet(development) || !ReadBool(*development).value_or(false)) continue;
    diagnostics.Add(Severity::kError, development->location(),
                    fmt::format("target with 'mode: production' cannot hold a pipeline with "
                                "'development: true' ('{}')",
                                pipeline.key));
  }
  // A path that was not written has no place.
  const Yaml* root_path = config.FindPath("workspace.root_path");
  if (root_path == nullptr || root_path->location().line > 0) return;
  const bool safe = IsSet(config.Find("run_as")) || EveryJobHasRunAs(config);
  const Yaml* mode = config.FindPath("bundle.mode");
  diagnostics.Add(safe ? Severity::kRecommendation : Severity::kError, mode->location(),
                  "target with 'mode: production' must set 'workspace.root_path', so that only one "
                  "copy is deployed");
}

void PrefixNames(Yaml& config, const std::string& prefix) {
  for (const char* kind : {"jobs", "pipelines", "dashboards", "alerts"}) {
    for (YamlEntry& resource : ResourcesOf(config, kind)) {
      if (!resource.value.is_map()) continue;
      Yaml* name = resource.value.Find("name");
      const bool named = IsSet(name) && name->is_scalar();
      const std::string text = named ? name->text() : std::string(kind) == "jobs" ? "Untitled" : "";
      if (text.empty()) continue;
      Yaml prefixed = Yaml::String(prefix + text);
      resource.value.Set("name",
                         named ? std::move(prefixed).AtPlaceOf(*name) : std::move(prefixed));
    }
  }
}

// "[dev ada] " as the beginning of a schema's name: "dev_ada_".
std::string SchemaPrefix(const std::string& prefix) {
  std::string normal;
  for (const char c : prefix) {
    const bool keep = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (keep) normal += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!keep && !normal.empty() && !normal.ends_with('_')) normal += '_';
  }
  if (!normal.empty() && !normal.ends_with('_')) normal += '_';
  return normal;
}

void PrefixSchemas(Yaml& config, const std::string& prefix) {
  for (YamlEntry& schema : ResourcesOf(config, "schemas")) {
    Yaml* name = schema.value.Find("name");
    if (!IsSet(name) || !name->is_scalar()) continue;
    *name = Yaml::String(SchemaPrefix(prefix) + name->text()).AtPlaceOf(*name);
  }
}

void AddTags(Yaml& config, const Yaml& tags) {
  for (const char* kind : {"jobs", "pipelines"}) {
    for (YamlEntry& resource : ResourcesOf(config, kind)) {
      if (!resource.value.is_map()) continue;
      if (!IsSet(resource.value.Find("tags"))) resource.value.Set("tags", Yaml::Map());
      Yaml& own = *resource.value.Find("tags");
      for (const YamlEntry& tag : tags.entries()) {
        if (own.is_map() && own.Find(tag.key) == nullptr) own.Set(tag.key, tag.value);
      }
    }
  }
}

void SetWhereUnset(Yaml* section, std::string_view key, const Yaml& value) {
  if (section != nullptr && section->is_map() && !IsSet(section->Find(key)))
    section->Set(key, value);
}

void PauseTriggers(Yaml& config, const Yaml& status) {
  for (YamlEntry& job : ResourcesOf(config, "jobs")) {
    for (const char* key : {"schedule", "trigger", "continuous"}) {
      SetWhereUnset(job.value.Find(key), "pause_status", status);
    }
    Yaml* triggers = job.value.Find("triggers");
    if (triggers == nullptr) continue;
    for (Yaml& trigger : triggers->items()) SetWhereUnset(&trigger, "pause_status", status);
  }
  if (status.text() != "PAUSED") return;
  for (YamlEntry& pipeline : ResourcesOf(config, "pipelines")) {
    Yaml* continuous = pipeline.value.Find("continuous");
    if (IsSet(continuous)) *continuous = Yaml::Bool(false).AtPlaceOf(*continuous);
  }
}

}  // namespace

void ApplyModeAndPresets(Yaml& config, const User& user, Diagnostics& diagnostics) {
  const std::string mode = TextAt(config, "bundle.mode");
  if (mode == "development") ApplyDevelopmentMode(config, user, diagnostics);
  if (mode == "production") CheckProductionMode(config, diagnostics);
  const Yaml* found = config.Find("presets");
  if (!IsSet(found)) return;
  const Yaml presets = *found;
  const auto preset = [&](std::string_view key) -> const Yaml* {
    const Yaml* value = presets.Find(key);
    return IsSet(value) ? value : nullptr;
  };
  if (const Yaml* prefix = preset("name_prefix"); prefix != nullptr && prefix->is_scalar()) {
    PrefixNames(config, prefix->text());
    PrefixSchemas(config, prefix->text());
  }
  if (const Yaml* tags = preset("tags")) AddTags(config, *tags);
  if (const Yaml* limit = preset("jobs_max_concurrent_runs")) {
    for (YamlEntry& job : ResourcesOf(config, "jobs")) {
      SetWhereUnset(&job.value, "max_concurrent_runs", *limit);
    }
  }
  if (const Yaml* status = preset("trigger_pause_status");
      status != nullptr && status->is_scalar()) {
    PauseTriggers(config, *status);
  }
  if (const Yaml* development = preset("pipelines_development")) {
    for (YamlEntry& pipeline : ResourcesOf(config, "pipelines")) {
      SetWhereUnset(&pipeline.value, "development", *development);
    }
  }
}

void ApplyRunAs(Yaml& config, Diagnostics& diagnostics) {
  const Yaml* run_as = config.Find("run_as");
  if (!IsSet(run_as) || !run_as->is_map()) return;
  const bool user = IsSet(run_as->Find("user_name"));
  const bool principal = IsSet(run_as->Find("service_principal_name"));
  if (user == principal) {
    diagnostics.Add(Severity::kError, run_as->location(),
                    "'run_as' takes exactly one of 'user_name' and 'service_principal_name'");
    return;
  }
  const Yaml copy = *run_as;
  for (const char* kind : {"jobs", "pipelines"}) {
    for (YamlEntry& resource : ResourcesOf(config, kind)) {
      SetWhereUnset(&resource.value, "run_as", copy);
    }
  }
}

}  // namespace lakesmith::bundle
