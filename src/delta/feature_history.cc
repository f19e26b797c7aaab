#include "delta/feature_history.h"

#include <algorithm>

#include "delta/commit_reader_internal.h"
#include "delta/log_listing_internal.h"
#include "delta/snapshot.h"

namespace lakesmith::delta {
namespace {

bool IsUsed(const Metadata& metadata, const FeatureTraces& traces) {
  const bool by_property = std::ranges::any_of(traces.properties, [&](const std::string& key) {
    const auto found = metadata.configuration.find(key);
    return found != metadata.configuration.end() && found->second != "false" &&
           found->second != "none" && found->second != "classic";
  });
  return by_property || std::ranges::any_of(traces.field_metadata, [&](const std::string& key) {
           return metadata.schema_string.find('"' + key + '"') != std::string::npos;
         });
}

bool IsUsed(const CommitContent& commit, const FeatureTraces& traces) {
  if (commit.metadata && IsUsed(*commit.metadata, traces)) return true;
  return traces.deletion_vectors && std::ranges::any_of(commit.adds, [](const AddFile& file) {
           return file.deletion_vector.has_value();
         });
}

bool IsUsed(const Snapshot& snapshot, const FeatureTraces& traces) {
  if (IsUsed(snapshot.metadata(), traces)) return true;
  return traces.deletion_vectors &&
         std::ranges::any_of(snapshot.files(), [](const AddFilePtr& file) {
           return file->deletion_vector.has_value();
         });
}

// The first version that can be read: that of the oldest checkpoint, unless the log begins at 0.
std::optional<int64_t> OldestState(const LogListing& listing) {
  if (!listing.commits.empty() && listing.commits.front().version == 0) return std::nullopt;
  if (listing.checkpoints.empty()) return std::nullopt;
  return listing.checkpoints.front().version;
}

}  // namespace

Result<std::optional<int64_t>> NewestVersionWith(const Table& table, const FeatureTraces& traces) {
  const LogListing listing = TRY(ListLog(table));
  std::optional<int64_t> newest;
  const auto note = [&](int64_t version) { newest = std::max(newest.value_or(version), version); };
  if (const std::optional<int64_t> oldest = OldestState(listing)) {
    const SnapshotPtr state = TRY(Snapshot::Load(table, {.version = oldest}));
    if (IsUsed(*state, traces)) note(*oldest);
  }
  for (const CheckpointFiles& checkpoint : listing.checkpoints) {
    if (traces.v2_checkpoints && checkpoint.kind == CheckpointFiles::Kind::kV2)
      note(checkpoint.version);
  }
  for (const CommitFile& commit : listing.commits) {
    const std::string bytes = TRY(table.store->Read(commit.path));
    const CommitContent content = TRY(ParseCommit(bytes, commit.path));
    if (commit.version < traces.before_version || IsUsed(content, traces)) note(commit.version);
  }
  return newest;
}

}  // namespace lakesmith::delta
