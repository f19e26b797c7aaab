#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "base/result.h"
#include "delta/commit_reader_internal.h"
#include "delta/log_listing_internal.h"
#include "delta/snapshot.h"

namespace lakesmith::delta {

// Reconciles actions, newest commits first; the first action seen of a key decides.
class Replay {
 public:
  explicit Replay(std::string root) { state_.root = std::move(root); }

  // Everything in one commit, compaction or JSON checkpoint. Call for newer ones first.
  void Apply(CommitContent&& content);

  // Single actions of a checkpoint, which holds no key twice: after all commits.
  void ApplyCheckpointAdd(AddFilePtr file);
  void ApplyCheckpointRemove(RemoveFile&& file);
  // The state of an older snapshot, in place of a checkpoint.
  void ApplyBase(const Snapshot& base);

  void KeepTombstones(bool keep) { state_.has_tombstones = keep; }
  bool keeps_tombstones() const { return state_.has_tombstones; }

  // Checks protocol and metadata, parses the schema and puts files in order.
  // Errors: kCorrupt without protocol or metadata. kUnsupported by the reader gate.
  Result<SnapshotState> Finish(int64_t now_ms) &&;

 private:
  void SortFiles();
  // Whether the key is seen for the first time; remembers it.
  bool IsNew(const std::string& path, const std::optional<DeletionVectorDescriptor>& vector);
  bool WasSeen(const std::string& path, const std::optional<DeletionVectorDescriptor>& vector);
  const std::string& KeyOf(const std::string& path,
                           const std::optional<DeletionVectorDescriptor>& vector);

  SnapshotState state_;
  bool has_protocol_ = false;
  bool has_metadata_ = false;
  bool has_base_ = false;
  bool has_derived_ = false;  // Schema and properties are those of the base.
  size_t sorted_from_ = 0;    // Files from this position on are in order already.
  std::unordered_set<std::string> seen_;
  std::string key_;
};

// Reads a checkpoint of any kind into `replay`.
// Errors: kCorrupt when a part of it is damaged; kUnsupported without a Parquet library.
Status ReadCheckpoint(const Table& table, const CheckpointFiles& checkpoint, Replay* replay);

// File names of the sidecars that a checkpoint refers to.
Result<std::vector<std::string>> SidecarsOf(const Table& table, const CheckpointFiles& checkpoint);

// Derives properties, schema and partition columns from the metadata.
Status FillDerived(SnapshotState* state);

}  // namespace lakesmith::delta
