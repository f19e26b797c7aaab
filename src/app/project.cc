#include "app/project.h"

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "base/nearest.h"
#include "base/yaml.h"

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

// What lakesmith.yml says about the warehouse; "" when it is silent.
Result<std::string> WarehouseOf(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::string();
  const std::string text((std::istreambuf_iterator<char>(stream)),
                         std::istreambuf_iterator<char>());
  const Yaml yaml = TRY(ParseYaml(text, kOwnFile));
  for (const YamlEntry& entry : yaml.entries()) {
    // Sections that other commands read.
    static const std::vector<std::string> kKnown = {"warehouse", "connections", "engine", "limits",
                                                    "notifications"};
    if (std::ranges::find(kKnown, entry.key) != kKnown.end()) continue;
    const std::string near = Nearest(entry.key, kKnown);
    return Invalid("unknown key '{}'{}", entry.key,
                   near.empty() ? "" : fmt::format("; closest: '{}'", near))
        .At(entry.value.location());
  }
  const Yaml* warehouse = yaml.Find("warehouse");
  if (warehouse == nullptr || warehouse->is_null()) return std::string();
  if (!warehouse->is_string())
    return Invalid("'warehouse' must be the path of a folder").At(warehouse->location());
  return warehouse->string_value();
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
  fs::path place = wanted.empty() ? fs::path() : fs::absolute(wanted);
  if (wanted.empty()) {
    const std::string configured = TRY(WarehouseOf(project.root / kOwnFile));
    place = project.root /
            (configured.empty() ? fs::path(".lakesmith") / "warehouse" : fs::path(configured));
  }
  project.warehouse = place.lexically_normal();
  if (project.warehouse.filename().empty()) project.warehouse = project.warehouse.parent_path();
  return project;
}

}  // namespace lakesmith::app
