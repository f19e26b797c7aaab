#include "app/project.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "base/nearest.h"
#include "base/yaml.h"
#include "delta/table_properties.h"

namespace lakesmith::app {
namespace {

namespace fs = std::filesystem;

constexpr char kOwnFile[] = "lakesmith.yml";
constexpr std::array<std::string_view, 5> kProjectFiles = {"databricks.yml", "databricks.yaml",
                                                           "bundle.yml", "bundle.yaml", kOwnFile};

bool HoldsProject(const fs::path& folder) {
  std::error_code ignored;
  for (const std::string_view name : kProjectFiles) {
    if (fs::is_regular_file(folder / name, ignored)) return true;
  }
  return false;
}

// Errors: kInvalid names a key that the section does not have.
Status CheckKeys(const Yaml& section, const std::vector<std::string>& known) {
  for (const YamlEntry& entry : section.entries()) {
    if (std::ranges::find(known, entry.key) != known.end()) continue;
    const std::string near = Nearest(entry.key, known);
    return Invalid("unknown key '{}'{}", entry.key,
                   near.empty() ? "" : fmt::format("; closest: '{}'", near))
        .At(entry.value.location());
  }
  return {};
}

Status ReadLimits(const Yaml& limits, Project& project) {
  TRY(CheckKeys(limits, {"memory", "threads"}));
  if (const Yaml* memory = limits.Find("memory"); memory != nullptr && !memory->is_null()) {
    const Result<int64_t> bytes =
        delta::ParseByteSize(memory->is_scalar() ? memory->text() : "a list");
    if (!bytes || *bytes <= 0)
      return Invalid("'memory' must be a size such as 4GB").At(memory->location());
    project.memory_limit_bytes = *bytes;
  }
  if (const Yaml* threads = limits.Find("threads"); threads != nullptr && !threads->is_null()) {
    const std::string text = threads->is_scalar() ? threads->text() : "";
    const bool digits = !text.empty() && text.size() < 5 &&
                        text.find_first_not_of("0123456789") == std::string::npos;
    project.threads = digits ? std::stoi(text) : 0;
    if (project.threads == 0)
      return Invalid("'threads' must be a whole number from 1").At(threads->location());
  }
  return {};
}

// Takes the limits from lakesmith.yml; returns its warehouse, "" when it is silent.
Result<std::string> ReadOwn(const fs::path& file, Project& project) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::string();
  const std::string text((std::istreambuf_iterator<char>(stream)),
                         std::istreambuf_iterator<char>());
  const Yaml yaml = TRY(ParseYaml(text, kOwnFile));
  // Sections besides those read here are for other commands.
  TRY(CheckKeys(yaml, {"warehouse", "connections", "engine", "limits", "notifications"}));
  if (const Yaml* limits = yaml.Find("limits")) TRY(ReadLimits(*limits, project));
  const Yaml* warehouse = yaml.Find("warehouse");
  if (warehouse == nullptr || warehouse->is_null()) return std::string();
  if (!warehouse->is_string())
    return Invalid("'warehouse' must be the path of a folder").At(warehouse->location());
  return warehouse->string_value();
}

Status ReadEnvironment(Project& project) {
  const char* memory = std::getenv("LAKESMITH_MEMORY_LIMIT");
  if (memory == nullptr || *memory == '\0') return {};
  const Result<int64_t> bytes = delta::ParseByteSize(memory);
  if (!bytes || *bytes <= 0)
    return Invalid("LAKESMITH_MEMORY_LIMIT must be a size such as 4GB, not '{}'", memory);
  project.memory_limit_bytes = *bytes;
  return {};
}

}  // namespace

Result<Project> FindProject(const fs::path& start, const std::string& warehouse) {
  Project project{.root = fs::absolute(start).lexically_normal(), .warehouse = {}};
  for (fs::path folder = project.root;; folder = folder.parent_path()) {
    if (HoldsProject(folder)) {
      project.root = folder;
      project.found = true;
      break;
    }
    if (folder == folder.parent_path()) break;
  }
  const char* inherited = std::getenv("LAKESMITH_WAREHOUSE");
  const std::string wanted = warehouse.empty() && inherited != nullptr ? inherited : warehouse;
  const std::string configured = TRY(ReadOwn(project.root / kOwnFile, project));
  TRY(ReadEnvironment(project));
  fs::path place = wanted.empty() ? fs::path() : fs::absolute(wanted);
  if (wanted.empty()) {
    place = project.root /
            (configured.empty() ? fs::path(".lakesmith") / "warehouse" : fs::path(configured));
  }
  project.warehouse = place.lexically_normal();
  if (project.warehouse.filename().empty()) project.warehouse = project.warehouse.parent_path();
  return project;
}

}  // namespace lakesmith::app
