#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "delta/table.h"

namespace lakesmith::delta {

// What a table feature leaves in a log, by which its use is known.
struct FeatureTraces {
  std::vector<std::string> properties;
  std::vector<std::string> field_metadata;  // Keys in the metadata of the schema's fields.
  bool deletion_vectors = false;
  bool v2_checkpoints = false;
  // Versions before this one count too.
  int64_t before_version = 0;
};

// The newest version that is still in the log and uses the feature; nullopt without one. Reads all
// commits there are, and the state of the oldest version.
//
// Errors: those of Snapshot::Load; kCorrupt for a commit that cannot be read.
Result<std::optional<int64_t>> NewestVersionWith(const Table& table, const FeatureTraces& traces);

}  // namespace lakesmith::delta
