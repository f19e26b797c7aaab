#include <algorithm>
#include <set>

#include "delta/deletion_vector.h"
#include "delta/maintenance.h"
#include "delta/paths.h"
#include "delta/protocol.h"

namespace lakesmith::delta {
namespace {

std::string KeyOf(const AddFile& file, const std::string& root) {
  std::string key = CanonicalPath(file.path, root);
  if (file.deletion_vector) key += '\n' + file.deletion_vector->UniqueId();
  return key;
}

std::set<std::string> KeysOf(const Snapshot& snapshot) {
  std::set<std::string> keys;
  for (const AddFilePtr& file : snapshot.files()) keys.insert(KeyOf(*file, snapshot.root()));
  return keys;
}

// Files of `a` that `b` does not have with the same deletion vector.
std::vector<AddFilePtr> Difference(const Snapshot& a, const Snapshot& b) {
  const std::set<std::string> keys = KeysOf(b);
  std::vector<AddFilePtr> files;
  for (const AddFilePtr& file : a.files()) {
    if (!keys.contains(KeyOf(*file, a.root()))) files.push_back(file);
  }
  return files;
}

int64_t SizeOf(const std::vector<AddFilePtr>& files) {
  int64_t size_bytes = 0;
  for (const AddFilePtr& file : files) size_bytes += file->size_bytes;
  return size_bytes;
}

Status CheckFilesExist(const Table& table, const std::vector<AddFilePtr>& files, int64_t version) {
  for (const AddFilePtr& file : files) {
    std::vector<std::string> paths = {table.FullPath(file->path)};
    if (file->deletion_vector) {
      const std::string vector = DeletionVectorPath(table, *file->deletion_vector);
      if (!vector.empty()) paths.push_back(vector);
    }
    for (const std::string& path : paths) {
      if (const Result<storage::ObjectInfo> info = table.store->Stat(path); !info) {
        return NotFound(
                   "{}: version {} cannot be restored, because its file {} is gone (VACUUM deletes "
                   "removed files)",
                   table.root, version, path)
            .WithClass("DELTA_RESTORE_MISSING_FILES", "42K0M");
      }
    }
  }
  return {};
}

// The old metadata, less what must never go back.
Metadata RestoredMetadata(const Snapshot& target, const Snapshot& newest) {
  constexpr const char* kMaxColumnId = "delta.columnMapping.maxColumnId";
  Metadata metadata = target.metadata();
  const int64_t highest =
      std::max(target.properties().max_column_id, newest.properties().max_column_id);
  if (metadata.configuration.contains(kMaxColumnId))
    metadata.configuration[kMaxColumnId] = std::to_string(highest);
  constexpr const char* kProtectedBefore = "delta.requireCheckpointProtectionBeforeVersion";
  const auto& newest_properties = newest.metadata().configuration;
  if (const auto found = newest_properties.find(kProtectedBefore); found != newest_properties.end())
    metadata.configuration[kProtectedBefore] = found->second;
  return metadata;
}

}  // namespace

Result<RestoreOutcome> Restore(const Table& table, const LoadOptions& target_options) {
  const SnapshotPtr newest = TRY(Snapshot::Load(table));
  const SnapshotPtr target = TRY(Snapshot::Load(table, target_options));
  const std::vector<AddFilePtr> adds = Difference(*target, *newest);
  const std::vector<AddFilePtr> removes = Difference(*newest, *target);
  TRY(CheckFilesExist(table, adds, target->version()));

  Transaction transaction(table, newest);
  transaction.ReadWholeTable();
  for (const AddFilePtr& file : removes) transaction.Remove(*file);
  for (const AddFilePtr& file : adds) {
    AddFile added = *file;
    added.data_change = true;
    transaction.Add(std::move(added));
  }
  Metadata metadata = RestoredMetadata(*target, *newest);
  if (!(metadata == newest->metadata())) transaction.SetMetadata(std::move(metadata));
  const Protocol protocol = MergeProtocols(newest->protocol(), target->protocol());
  if (!(protocol == newest->protocol())) transaction.SetProtocol(protocol);

  RestoreOutcome outcome{.restored_files = static_cast<int64_t>(adds.size()),
                         .removed_files = static_cast<int64_t>(removes.size()),
                         .restored_bytes = SizeOf(adds),
                         .removed_bytes = SizeOf(removes),
                         .files_after = static_cast<int64_t>(target->files().size()),
                         .bytes_after = SizeOf(target->files())};
  const Json version = target_options.timestamp_ms ? Json(nullptr) : Json(target->version());
  const Json timestamp =
      target_options.timestamp_ms ? Json(*target_options.timestamp_ms) : Json(nullptr);
  outcome.commit =
      TRY(transaction.Commit({.name = "RESTORE",
                              .parameters = {{"version", version}, {"timestamp", timestamp}},
                              .metrics = {{"tableSizeAfterRestore", outcome.bytes_after},
                                          {"numOfFilesAfterRestore", outcome.files_after},
                                          {"numRemovedFiles", outcome.removed_files},
                                          {"numRestoredFiles", outcome.restored_files},
                                          {"removedFilesSize", outcome.removed_bytes},
                                          {"restoredFilesSize", outcome.restored_bytes}}}));
  return outcome;
}

}  // namespace lakesmith::delta
