#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "delta/snapshot.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::delta {

// Of text to text: partition values, tags, configuration.
types::DataType TextMap();

// Columns of a checkpoint file of the snapshot, in the order of the values of CheckpointRows.
types::DataType CheckpointSchema(const Snapshot& snapshot, bool v2);

// Makes the rows of a checkpoint one after the other, so that no second copy of the table's state
// is held. The snapshot must live as long and must have its tombstones.
class CheckpointRows {
 public:
  // Tombstones deleted at or before `tombstone_cutoff_ms` are left out.
  CheckpointRows(const Snapshot& snapshot, bool v2, int64_t tombstone_cutoff_ms);
  ~CheckpointRows();

  // Fills `row` with one value per column; false at the end.
  bool Next(std::vector<types::Value>* row);
  // Number of actions in all.
  int64_t count() const;

 private:
  struct Parsed;

  const Snapshot& snapshot_;
  types::DataType schema_;
  std::unique_ptr<Parsed> parsed_;
  std::vector<std::pair<size_t, types::Value>>
      others_;  // Column and value of actions that are not of a file.
  std::vector<RemoveFilePtr> tombstones_;
  size_t next_ = 0;
};

}  // namespace lakesmith::delta
