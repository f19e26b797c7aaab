#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "delta/actions.h"
#include "delta/snapshot.h"
#include "delta/table.h"

namespace lakesmith::delta {

// Rows of one file that belong to the change data feed.
struct ChangeFile {
  enum class Kind {
    kChangeData,  // The file has a column `_change_type`.
    kInsert,      // The rows were inserted.
    kDelete,      // The rows were deleted.
  };

  int64_t version = 0;
  int64_t timestamp_ms = 0;
  Kind kind = Kind::kInsert;
  // What to read. Where a commit changed a file's deletion vector, an inline vector hides the rows
  // that did not change, so that a scan of this file gives just the changed ones.
  AddFile file;
};

struct ChangeFeed {
  SnapshotPtr end;                // Its schema is the one in which all rows are shown.
  std::vector<ChangeFile> files;  // In order of version.
};

// The files behind table_changes('t', from, to); `to` is the newest version when empty.
//
// Errors: kInvalid      the range is empty, or the change data feed was off at some version in it.
//         kNotFound     a version is not there.
//         kUnsupported  the schema changed within the range so that older rows do not fit.
// Source: Delta protocol, "Change Data Files".
Result<ChangeFeed> PlanChangeFeed(const Table& table, int64_t from,
                                  std::optional<int64_t> to = std::nullopt);

// `base` with these files in place of its own: a scan of it reads them with the schema of `base`.
SnapshotPtr WithFiles(const Snapshot& base, std::vector<AddFilePtr> files);

}  // namespace lakesmith::delta
