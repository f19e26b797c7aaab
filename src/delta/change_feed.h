#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "delta/actions.h"
#include "delta/row_bitmap.h"
#include "delta/snapshot.h"
#include "delta/table.h"

namespace lakesmith::delta {

// What one commit did, for readers that follow a table version by version.
struct CommittedChanges {
  int64_t version = 0;
  int64_t timestamp_ms = 0;
  std::vector<AddFile> adds;
  std::vector<RemoveFile> removes;
  std::vector<CdcFile> change_data;
  std::optional<Protocol> protocol;
  std::optional<Metadata> metadata;
  std::optional<std::string> operation;

  // Whether rows that a reader has seen were changed or deleted (removes that are not mere
  // rearrangement).
  bool ChangesOldRows() const;
};

// The commits of versions `from` to `to`, both included; up to the newest when `to` is empty, which
// gives an empty list when `from` is one after it. Errors: kNotFound  a version is not there (any
// more), with the range that is.
Result<std::vector<CommittedChanges>> ReadCommits(const Table& table, int64_t from,
                                                  std::optional<int64_t> to = std::nullopt);

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
  std::string path;  // As in the log.
  PartitionValues partition_values;
  int64_t size_bytes = 0;
  std::optional<DeletionVectorDescriptor> deletion_vector;  // Rows to leave out.
  std::optional<RowBitmap> only_rows;                       // If set: these rows and no others.
};

struct ChangeFeed {
  SnapshotPtr end;                // Its schema is the one in which all rows are shown.
  std::vector<ChangeFile> files;  // In order of version.
};

// The files behind table_changes('t', from, to).
//
// Errors: kInvalid      the range is empty, or the change data feed was off at some version in it.
//         kNotFound     a version is not there.
//         kUnsupported  the schema changed within the range so that older rows do not fit.
// Source: Delta protocol, "Change Data Files".
Result<ChangeFeed> PlanChangeFeed(const Table& table, int64_t from,
                                  std::optional<int64_t> to = std::nullopt);

}  // namespace lakesmith::delta
