#include "delta/snapshot.h"

#include <algorithm>
#include <ranges>

#include "delta/history.h"
#include "delta/replay_internal.h"

namespace lakesmith::delta {
namespace {

Result<std::string> ReadLogFile(const Table& table, const std::string& path) {
  Result<std::string> bytes = table.store->Read(path);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) {
    // Listed a moment ago, so it was cleaned up meanwhile.
    return Unavailable("{}: was deleted while the table was read; try again", path);
  }
  return bytes;
}

// Applies commits, newest first, and returns the commitInfo of the newest.
Result<std::string> ReplayFiles(const Table& table, const std::vector<std::string>& paths,
                                Replay* replay) {
  std::string newest_info;
  bool is_newest = true;
  for (const std::string& path : paths | std::views::reverse) {
    CommitContent content = TRY(ParseCommit(TRY(ReadLogFile(table, path)), path));
    if (is_newest) newest_info = std::move(content.commit_info);
    is_newest = false;
    replay->Apply(std::move(content));
  }
  return newest_info;
}

// Fills in what depends on the commit of the version itself.
Status SetTimes(const Table& table, const std::optional<CommitFile>& commit,
                std::string commit_info, SnapshotState* state) {
  if (commit) {
    state->commit_modified_ms = commit->modified_ms;
    state->timestamp_ms = commit->modified_ms;
  }
  if (!state->properties.enable_in_commit_timestamps) return {};
  if (commit_info.empty() && commit) {
    const std::string bytes = TRY(ReadLogFile(table, commit->path));
    commit_info = TRY(ParseCommit(bytes, commit->path)).commit_info;
  }
  state->in_commit_timestamp_ms = InCommitTimestampOf(commit_info);
  if (state->in_commit_timestamp_ms) state->timestamp_ms = *state->in_commit_timestamp_ms;
  return {};
}

Result<SnapshotPtr> LoadSegment(const Table& table, const LogSegment& segment,
                                const LoadOptions& options) {
  Replay replay(table.root);
  replay.KeepTombstones(options.tombstones);
  std::string commit_info = TRY(ReplayFiles(table, segment.replay, &replay));
  if (segment.checkpoint) TRY(ReadCheckpoint(table, *segment.checkpoint, &replay));
  SnapshotState state = TRY(std::move(replay).Finish(table.now_ms()));
  state.version = segment.version;
  if (segment.checkpoint) {
    state.checkpoint_version = segment.checkpoint->version;
    state.timestamp_ms = segment.checkpoint->modified_ms;
  }
  TRY(SetTimes(table, segment.last_commit, std::move(commit_info), &state));
  return std::make_shared<const Snapshot>(std::move(state));
}

Error NoTable(const Table& table) {
  return NotFound("{}: not a Delta table (no commit under _delta_log)", table.root)
      .WithClass("DELTA_TABLE_NOT_FOUND", "42P01");
}

// A listing that reaches back far enough for `version`: from the hinted checkpoint, if that one is
// there.
Result<LogListing> ListFor(const Table& table, std::optional<int64_t> version) {
  const std::optional<int64_t> hint = LastCheckpointHint(table);
  if (hint && *hint <= version.value_or(*hint)) {
    LogListing listing = TRY(ListLog(table, *hint));
    if (!listing.checkpoints.empty()) return listing;
  }
  return ListLog(table);
}

// A checkpoint that reads well but lacks actions was written so: there the log is wrong, not the
// disk.
bool IsDamage(const Error& error) {
  return error.code() == ErrorCode::kCorrupt && error.error_class() != "DELTA_STATE_RECOVER_ERROR";
}

// A damaged checkpoint is passed over as long as an older one, or the whole log, is there.
Result<SnapshotPtr> LoadListed(const Table& table, LogListing listing, const LoadOptions& options) {
  std::optional<Error> first_error;
  while (true) {
    const Result<LogSegment> segment = SegmentFor(listing, table, options.version);
    if (!segment) return first_error ? *first_error : segment.error();
    Result<SnapshotPtr> snapshot = LoadSegment(table, *segment, options);
    if (snapshot || !segment->checkpoint || !IsDamage(snapshot.error())) return snapshot;
    if (!first_error) {
      first_error = snapshot.error();
      listing = TRY(ListLog(table));
    }
    std::erase_if(listing.checkpoints, [&](const CheckpointFiles& checkpoint) {
      return checkpoint.version > segment->checkpoint->version ||
             (checkpoint.version == segment->checkpoint->version &&
              checkpoint.kind >= segment->checkpoint->kind);
    });
  }
}

// Whether the commits go on from `version` without a gap.
bool Continues(const LogListing& listing, int64_t version) {
  for (const CommitFile& commit : listing.commits) {
    if (commit.version != version++) return false;
  }
  return !listing.commits.empty();
}

}  // namespace

Snapshot::Snapshot(SnapshotState state) : state_(std::move(state)) {}

Result<SnapshotPtr> Snapshot::Load(const Table& table, const LoadOptions& options) {
  LoadOptions resolved = options;
  if (options.timestamp_ms) {
    resolved.version = TRY(VersionAtTime(table, *options.timestamp_ms));
    resolved.timestamp_ms.reset();
  }
  LogListing listing = TRY(ListFor(table, resolved.version));
  if (listing.empty()) return NoTable(table);
  return LoadListed(table, std::move(listing), resolved);
}

Result<SnapshotPtr> Snapshot::Refresh(const Table& table, const SnapshotPtr& previous) {
  const LoadOptions options{.tombstones = previous->has_tombstones()};
  LogListing listing = TRY(ListLog(table, previous->version()));
  const bool usable = Continues(listing, previous->version()) &&
                      listing.commits.front().modified_ms == previous->state().commit_modified_ms;
  if (!usable) return Load(table, options);
  if (listing.commits.size() == 1) return previous;

  std::vector<std::string> paths;
  for (const CommitFile& commit : listing.commits | std::views::drop(1))
    paths.push_back(commit.path);
  Replay replay(table.root);
  replay.KeepTombstones(options.tombstones);
  std::string commit_info = TRY(ReplayFiles(table, paths, &replay));
  replay.ApplyBase(*previous);
  SnapshotState state = TRY(std::move(replay).Finish(table.now_ms()));
  state.version = listing.commits.back().version;
  state.checkpoint_version = previous->checkpoint_version();
  TRY(SetTimes(table, listing.commits.back(), std::move(commit_info), &state));
  return std::make_shared<const Snapshot>(std::move(state));
}

Result<bool> Snapshot::TableExists(const Table& table) {
  const LogListing listing = TRY(ListLog(table));
  return !listing.empty();
}

bool Snapshot::IsPartitionColumn(size_t column) const {
  return std::ranges::find(state_.partition_columns, column) != state_.partition_columns.end();
}

std::optional<int64_t> Snapshot::TransactionVersion(std::string_view app_id) const {
  const auto found = state_.transactions.find(app_id);
  if (found == state_.transactions.end()) return std::nullopt;
  return found->second.version;
}

}  // namespace lakesmith::delta
