#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delta/actions.h"
#include "delta/table.h"
#include "delta/table_properties.h"
#include "types/data_type.h"

namespace lakesmith::delta {

class Snapshot;
using SnapshotPtr = std::shared_ptr<const Snapshot>;

struct LoadOptions {
  std::optional<int64_t> version;       // VERSION AS OF; the newest when neither is given.
  std::optional<int64_t> timestamp_ms;  // TIMESTAMP AS OF: the newest version not later than this.
  bool tombstones = false;  // Also keep the removed files: VACUUM and checkpoints need them.
};

// What replaying a log gives; Snapshot makes it immutable.
struct SnapshotState {
  std::string root;
  int64_t version = -1;
  int64_t timestamp_ms = 0;
  int64_t commit_modified_ms = 0;  // Of the commit file, to notice a table that was made anew.
  Protocol protocol;
  Metadata metadata;
  TableProperties properties;
  types::DataType schema;
  types::DataType physical_schema;
  std::vector<size_t> partition_columns;
  std::vector<AddFilePtr> files;
  std::vector<RemoveFilePtr> tombstones;
  bool has_tombstones = false;
  std::map<std::string, SetTransaction, std::less<>> transactions;
  std::map<std::string, DomainMetadata, std::less<>> domains;
  std::optional<int64_t> in_commit_timestamp_ms;
  std::optional<int64_t> checkpoint_version;
};

// State of one table at one version: the outcome of replaying its log. Immutable, so threads share
// it freely.
class Snapshot {
 public:
  // Replays the log, starting at the newest usable checkpoint.
  //
  // Errors: kNotFound     no table at the root, or the version is gone or not yet there (the
  // message has the range).
  //         kUnsupported  the table asks for a reader version or feature that we lack, by name.
  //         kCorrupt      a commit is missing or an action is malformed.
  // Source: Delta protocol, "Action Reconciliation".
  static Result<SnapshotPtr> Load(const Table& table, const LoadOptions& options = {});

  // The newest version, reading only the commits after `previous`; `previous` itself when there are
  // none. Falls back to Load when the log between was cleaned up or the table was made anew.
  static Result<SnapshotPtr> Refresh(const Table& table, const SnapshotPtr& previous);

  // Whether a commit or checkpoint is under the root.
  static Result<bool> TableExists(const Table& table);

  explicit Snapshot(SnapshotState state);

  const std::string& root() const { return state_.root; }
  int64_t version() const { return state_.version; }
  // When the version was committed: in-commit timestamp, or the time of the commit file.
  int64_t timestamp_ms() const { return state_.timestamp_ms; }
  const Protocol& protocol() const { return state_.protocol; }
  const Metadata& metadata() const { return state_.metadata; }
  const TableProperties& properties() const { return state_.properties; }
  // A struct type with logical names and all field metadata.
  const types::DataType& schema() const { return state_.schema; }
  // The same with physical names: what is in files, statistics and partition values. See
  // column_mapping.h.
  const types::DataType& physical_schema() const { return state_.physical_schema; }
  // Positions in the schema of the partition columns, in their order.
  const std::vector<size_t>& partition_columns() const { return state_.partition_columns; }
  bool IsPartitionColumn(size_t column) const;

  // Live files, ordered by path.
  const std::vector<AddFilePtr>& files() const { return state_.files; }
  // Removed files that the log still names; empty unless asked for when loading.
  const std::vector<RemoveFilePtr>& tombstones() const { return state_.tombstones; }
  bool has_tombstones() const { return state_.has_tombstones; }

  // The newest version that application `app_id` wrote.
  std::optional<int64_t> TransactionVersion(std::string_view app_id) const;
  const std::map<std::string, SetTransaction, std::less<>>& transactions() const {
    return state_.transactions;
  }
  const std::map<std::string, DomainMetadata, std::less<>>& domains() const {
    return state_.domains;
  }

  // The in-commit timestamp of this version; nullopt when the feature is off.
  std::optional<int64_t> in_commit_timestamp_ms() const { return state_.in_commit_timestamp_ms; }
  // Version of the checkpoint from which this was loaded; nullopt without one.
  std::optional<int64_t> checkpoint_version() const { return state_.checkpoint_version; }

  const SnapshotState& state() const { return state_; }

 private:
  SnapshotState state_;
};

}  // namespace lakesmith::delta
