#include <algorithm>
#include <chrono>
#include <set>

#include "delta/checkpoint.h"
#include "delta/checkpoint_schema_internal.h"
#include "delta/log_listing_internal.h"
#include "delta/paths.h"
#include "delta/protocol.h"
#include "delta/replay_internal.h"

namespace lakesmith::delta {
namespace {

constexpr int64_t kMsPerDay = 24LL * 3600 * 1000;

// Points readers to the checkpoint. Only a hint: an older version never replaces a newer one on
// purpose, but may.
Status WriteLastCheckpoint(const Table& table, const Snapshot& snapshot, int64_t action_count,
                           int64_t size_bytes) {
  const Json json = {{"version", snapshot.version()},
                     {"size", action_count},
                     {"sizeInBytes", size_bytes},
                     {"numOfAddFiles", static_cast<int64_t>(snapshot.files().size())}};
  return table.store->Put(storage::JoinPath(table.LogFolder(), "_last_checkpoint"), JsonText(json));
}

// Deletes sidecars that no checkpoint needs any more and that are older than a day.
Status CleanUpSidecars(const Table& table, const LogListing& listing) {
  const std::vector<storage::ObjectInfo> files =
      TRY(table.store->List(storage::JoinPath(table.LogFolder(), "_sidecars")));
  if (files.empty()) return {};
  std::set<std::string, std::less<>> needed;
  for (const CheckpointFiles& checkpoint : listing.checkpoints) {
    for (const std::string& name : TRY(SidecarsOf(table, checkpoint))) needed.insert(name);
  }
  for (const storage::ObjectInfo& file : files) {
    if (needed.contains(storage::BaseName(file.path)) ||
        file.modified_ms > table.now_ms() - kMsPerDay)
      continue;
    TRY(table.store->Delete(file.path));
  }
  return {};
}

// The newest checkpoint at or before the newest commit that is older than the cutoff; -1 without
// one.
int64_t OldestToKeep(const LogListing& listing, int64_t cutoff_ms) {
  int64_t expired = -1;
  for (const CommitFile& commit : listing.commits) {
    if (commit.modified_ms <= cutoff_ms) expired = commit.version;
  }
  int64_t keep = -1;
  for (const CheckpointFiles& checkpoint : listing.checkpoints) {
    if (checkpoint.version <= expired) keep = checkpoint.version;
  }
  return keep;
}

std::vector<std::string> ExpiredFiles(const LogListing& listing, int64_t keep) {
  std::vector<std::string> paths;
  // Checkpoints first: a crash in between must not leave one whose commits are gone while it looks
  // newest of old.
  for (const CheckpointFiles& checkpoint : listing.checkpoints) {
    if (checkpoint.version < keep)
      paths.insert(paths.end(), checkpoint.paths.begin(), checkpoint.paths.end());
  }
  for (const CompactedFile& file : listing.compacted) {
    if (file.first <= keep) paths.push_back(file.path);
  }
  for (const CommitFile& commit : listing.commits) {
    if (commit.version < keep) paths.push_back(commit.path);
  }
  for (const auto& [version, path] : listing.checksums) {
    if (version < keep) paths.push_back(path);
  }
  return paths;
}

}  // namespace

Result<int64_t> WriteCheckpoint(const Table& table, std::optional<int64_t> version) {
  if (!table.parquet) return Unsupported("{}: writing a checkpoint needs an engine", table.root);
  const SnapshotPtr snapshot = TRY(Snapshot::Load(table, {.version = version, .tombstones = true}));
  const bool v2 = snapshot->properties().checkpoint_policy_v2 &&
                  HasFeature(snapshot->protocol(), "v2Checkpoint");
  const std::string padded = PaddedVersion(snapshot->version());
  const std::string name = v2 ? fmt::format("{}.checkpoint.{}.parquet", padded, NewUuid())
                              : padded + ".checkpoint.parquet";
  const std::string path = storage::JoinPath(table.LogFolder(), name);

  const int64_t tombstone_cutoff_ms =
      table.now_ms() - snapshot->properties().deleted_file_retention_ms;
  CheckpointRows rows(*snapshot, v2, tombstone_cutoff_ms);
  const int64_t size_bytes = TRY(table.parquet->Write(
      path, CheckpointSchema(*snapshot, v2),
      [&](std::vector<types::Value>* row) -> Result<bool> { return rows.Next(row); }));
  TRY(WriteLastCheckpoint(table, *snapshot, rows.count(), size_bytes));
  const bool is_protected = HasFeature(snapshot->protocol(), "checkpointProtection");
  if (snapshot->properties().enable_expired_log_cleanup && !is_protected) {
    TRY(CleanUpLog(table, snapshot->properties().log_retention_ms));
  }
  return snapshot->version();
}

Result<int64_t> CleanUpLog(const Table& table, int64_t log_retention_ms, LogCutoff cutoff) {
  const int64_t oldest_ms = table.now_ms() - log_retention_ms;
  const int64_t cutoff_ms =
      cutoff == LogCutoff::kExact ? oldest_ms : oldest_ms - oldest_ms % kMsPerDay;
  LogListing listing = TRY(ListLog(table));
  const int64_t keep = OldestToKeep(listing, cutoff_ms);
  if (keep < 0) return 0;
  const std::vector<std::string> paths = ExpiredFiles(listing, keep);
  for (const std::string& path : paths) TRY(table.store->Delete(path));
  if (!paths.empty()) {
    std::erase_if(listing.checkpoints,
                  [&](const CheckpointFiles& checkpoint) { return checkpoint.version < keep; });
    TRY(CleanUpSidecars(table, listing));
  }
  return static_cast<int64_t>(paths.size());
}

}  // namespace lakesmith::delta
