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

  const std::string& root() const { return root_; }
  int64_t version() const { return version_; }
  // When the version was committed: in-commit timestamp, or the time of the commit file.
  int64_t timestamp_ms() const { return timestamp_ms_; }
  const Protocol& protocol() const { return protocol_; }
  const Metadata& metadata() const { return metadata_; }
  const TableProperties& properties() const { return properties_; }
  // A struct type with logical names and all field metadata.
  const types::DataType& schema() const { return schema_; }
  // The same with physical names: what is in files, statistics and partition values. See
  // column_mapping.h.
  const types::DataType& physical_schema() const { return physical_schema_; }
  // Positions in the schema of the partition columns, in their order.
  const std::vector<size_t>& partition_columns() const { return partition_columns_; }
  bool IsPartitionColumn(size_t column) const;

  // Live files, ordered by path.
  const std::vector<AddFilePtr>& files() const { return files_; }
  // Removed files that are not expired; empty unless asked for when loading.
  const std::vector<RemoveFilePtr>& tombstones() const { return tombstones_; }
  bool has_tombstones() const { return has_tombstones_; }

  // The newest version that application `app_id` wrote.
  std::optional<int64_t> TransactionVersion(std::string_view app_id) const;
  const std::map<std::string, SetTransaction, std::less<>>& transactions() const {
    return transactions_;
  }
  const std::map<std::string, DomainMetadata, std::less<>>& domains() const { return domains_; }

  // The in-commit timestamp of this version; nullopt when the feature is off.
  std::optional<int64_t> in_commit_timestamp_ms() const { return in_commit_timestamp_ms_; }
  // Version of the checkpoint from which this was loaded; nullopt without one.
  std::optional<int64_t> checkpoint_version() const { return checkpoint_version_; }

 private:
  struct Parts;
  friend class SnapshotBuilder;
  Snapshot() = default;

  std::string root_;
  int64_t version_ = -1;
  int64_t timestamp_ms_ = 0;
  Protocol protocol_;
  Metadata metadata_;
  TableProperties properties_;
  types::DataType schema_;
  types::DataType physical_schema_;
  std::vector<size_t> partition_columns_;
  std::vector<AddFilePtr> files_;
  std::vector<RemoveFilePtr> tombstones_;
  bool has_tombstones_ = false;
  std::map<std::string, SetTransaction, std::less<>> transactions_;
  std::map<std::string, DomainMetadata, std::less<>> domains_;
  std::optional<int64_t> in_commit_timestamp_ms_;
  std::optional<int64_t> checkpoint_version_;
};

}  // namespace lakesmith::delta
