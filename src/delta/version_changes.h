#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "delta/actions.h"
#include "delta/table.h"

namespace lakesmith::delta {

// What one commit did to a table: for streams and the change data feed.
struct VersionChanges {
  int64_t version = 0;
  int64_t timestamp_ms = 0;  // Of the commit.
  std::vector<AddFile> adds;
  std::vector<RemoveFile> removes;
  std::vector<CdcFile> change_data;
  std::optional<Metadata> metadata;  // Set when the commit changed it.
};

// The commits from `first` to `last`, both included, oldest first.
// Errors: kNotFound  a commit is not there, because it was cleaned up or not yet made.
Result<std::vector<VersionChanges>> ReadVersionChanges(const Table& table, int64_t first,
                                                       int64_t last);

}  // namespace lakesmith::delta
