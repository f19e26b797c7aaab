#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace lakesmith::app {

// Where a project keeps its tables and its history.
struct Project {
  std::filesystem::path
      root;  // Folder of databricks.yml or lakesmith.yml; else the working folder.
  std::filesystem::path warehouse;  // Absolute.
  bool found = false;               // False when no project file was found.
  // Limits of the embedded engine; 0: four fifths of the machine's memory, one thread for each
  // core.
  int64_t memory_limit_bytes = 0;
  int threads = 0;

  // File of runs, events and deployments: beside the warehouse.
  std::filesystem::path StateFile() const { return warehouse.parent_path() / "state.db"; }
};

// The project of `start` or of the nearest folder above it. Its warehouse is `warehouse` when that
// is given, else the environment's LAKESMITH_WAREHOUSE, else what `warehouse:` of lakesmith.yml
// says (relative to that file), else .lakesmith/warehouse. Limits are those of `limits:` there; the
// environment's LAKESMITH_MEMORY_LIMIT wins. Errors: kInvalid for a wrong lakesmith.yml, with its
// place.
Result<Project> FindProject(const std::filesystem::path& start, const std::string& warehouse);

}  // namespace lakesmith::app
