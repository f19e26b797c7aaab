#include <algorithm>

#include "delta/checkpoint.h"
#include "delta/post_commit_internal.h"
#include "delta/version_checksum.h"

namespace lakesmith::delta {
namespace {

// Files and bytes before the commit: by the checksum of the version before, or by the snapshot if
// it is that version.
std::optional<VersionChecksum> ChecksumBefore(const PendingCommit& pending, int64_t version) {
  if (version == 0) return VersionChecksum{};
  if (pending.snapshot && pending.snapshot->version() == version - 1)
    return ChecksumOf(*pending.snapshot);
  Result<VersionChecksum> before = ReadVersionChecksum(pending.table, version - 1);
  if (!before) return std::nullopt;
  return *std::move(before);
}

// Files that are in the table already may be added again to say more of them, which changes no
// count.
bool MayRestate(const PendingCommit& pending) {
  return pending.removes.empty() &&
         std::ranges::any_of(pending.adds, [](const AddFile& file) { return !file.data_change; });
}

void WriteChecksum(const PendingCommit& pending, const CommittedState& committed) {
  if (MayRestate(pending)) return;
  std::optional<VersionChecksum> checksum = ChecksumBefore(pending, committed.version);
  if (!checksum) return;
  for (const AddFile& file : pending.adds) {
    ++checksum->num_files;
    checksum->table_size_bytes += file.size_bytes;
  }
  for (const RemoveFile& file : pending.removes) {
    if (!file.size_bytes) return;
    --checksum->num_files;
    checksum->table_size_bytes -= *file.size_bytes;
  }
  checksum->protocol = committed.protocol;
  checksum->metadata = committed.metadata;
  checksum->txn_id = committed.txn_id;
  checksum->in_commit_timestamp_ms = committed.in_commit_timestamp_ms;
  // Optional: readers replay the log where it is missing.
  (void)WriteVersionChecksum(pending.table, committed.version, *checksum);
}

}  // namespace

std::optional<int64_t> AfterCommit(const PendingCommit& pending, const CommittedState& committed) {
  WriteChecksum(pending, committed);
  const Result<TableProperties> properties =
      TableProperties::Parse(committed.metadata.configuration);
  const int64_t interval =
      properties ? properties->checkpoint_interval : TableProperties().checkpoint_interval;
  if (committed.version == 0 || committed.version % interval != 0 || !pending.table.parquet)
    return std::nullopt;
  // A checkpoint only makes reading faster: a failure here is made good by the next one.
  if (!WriteCheckpoint(pending.table, committed.version)) return std::nullopt;
  return committed.version;
}

}  // namespace lakesmith::delta
