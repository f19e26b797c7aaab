#include <algorithm>
#include <set>

#include "delta/deletion_vector.h"
#include "delta/maintenance.h"
#include "delta/paths.h"
#include "delta/protocol.h"

namespace lakesmith::delta {
namespace {

// Paths relative to the root.
using PathSet = std::set<std::string, std::less<>>;

std::vector<std::string_view> Components(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

// What a crash of ours leaves behind: see storage::TemporaryPath.
bool IsAbandonedTemporary(std::string_view name) {
  return name.starts_with('.') && name.ends_with(".tmp");
}

// Hidden names belong to others; partition folders and the change data feed belong to the table all
// the same.
bool IsHidden(std::string_view component, bool is_first) {
  if (!component.starts_with('_') && !component.starts_with('.')) return false;
  if (component.starts_with('_') && component.find('=') != std::string_view::npos) return false;
  return !(is_first && component == "_change_data");
}

bool BelongsToTable(std::string_view path) {
  const std::vector<std::string_view> parts = Components(path);
  if (IsAbandonedTemporary(parts.back())) return true;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (IsHidden(parts[i], i == 0)) return false;
  }
  return true;
}

class Vacuumer {
 public:
  Vacuumer(Table table, const VacuumOptions& options)
      : table_(std::move(table)), options_(options) {}

  Result<VacuumOutcome> Run() {
    const SnapshotPtr snapshot = TRY(Snapshot::Load(table_, {.tombstones = true}));
    TRY(CheckWritable(snapshot->protocol(), table_.root));
    const int64_t table_retention_ms = snapshot->properties().deleted_file_retention_ms;
    const int64_t retention_ms = options_.retention_ms.value_or(table_retention_ms);
    TRY(CheckRetention(retention_ms, table_retention_ms));
    cutoff_ms_ = table_.now_ms() - retention_ms;
    CollectNeeded(*snapshot);
    VacuumOutcome outcome = TRY(options_.lite ? FromTombstones(*snapshot) : FromListing());
    std::ranges::sort(outcome.files);
    if (options_.dry_run) return outcome;
    for (const std::string& path : outcome.files) TRY(table_.store->Delete(path));
    return outcome;
  }

 private:
  Status CheckRetention(int64_t retention_ms, int64_t table_retention_ms) const {
    if (retention_ms < 0)
      return Invalid("{}: VACUUM cannot keep files for a negative time", table_.root);
    if (!options_.retention_check || retention_ms >= table_retention_ms) return {};
    return Invalid(
               "{}: VACUUM would delete files removed less than {} hours ago, which running "
               "queries and time "
               "travel may still need (it was asked to keep {} hours); raise RETAIN, lower the "
               "table property "
               "'delta.deletedFileRetentionDuration', or turn the check off with "
               "spark.databricks.delta.retentionDurationCheck.enabled=false",
               table_.root, table_retention_ms / 3'600'000, retention_ms / 3'600'000)
        .WithClass("DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT", "22003");
  }

  void Need(const std::string& path, const std::optional<DeletionVectorDescriptor>& vector) {
    needed_.insert(CanonicalPath(path, table_.root));
    if (!vector) return;
    const std::string file = DeletionVectorPath(table_, *vector);
    if (!file.empty()) needed_.insert(CanonicalPath(EncodePath(file), table_.root));
  }

  void CollectNeeded(const Snapshot& snapshot) {
    for (const AddFilePtr& file : snapshot.files()) Need(file->path, file->deletion_vector);
    for (const RemoveFilePtr& file : snapshot.tombstones()) {
      if (file->deletion_timestamp_ms.value_or(0) >= cutoff_ms_)
        Need(file->path, file->deletion_vector);
    }
  }

  Result<VacuumOutcome> FromTombstones(const Snapshot& snapshot) const {
    VacuumOutcome outcome;
    PathSet seen;
    for (const RemoveFilePtr& file : snapshot.tombstones()) {
      PathSet paths = {CanonicalPath(file->path, table_.root)};
      if (file->deletion_vector) {
        const std::string vector = DeletionVectorPath(table_, *file->deletion_vector);
        if (!vector.empty()) paths.insert(CanonicalPath(EncodePath(vector), table_.root));
      }
      for (const std::string& path : paths) {
        // Files outside the root are never ours to delete.
        if (IsAbsolutePath(EncodePath(path)) || needed_.contains(path) || !seen.insert(path).second)
          continue;
        const Result<storage::ObjectInfo> info =
            table_.store->Stat(storage::JoinPath(table_.root, path));
        if (info) Take(*info, &outcome);
      }
    }
    return outcome;
  }

  Result<VacuumOutcome> FromListing() const {
    const std::vector<storage::ObjectInfo> files = TRY(table_.store->ListRecursive(table_.root));
    const PathSet nested = NestedTables(files);
    VacuumOutcome outcome;
    PathSet folders;
    for (const storage::ObjectInfo& file : files) {
      const std::string path = Relative(file.path);
      const size_t slash = path.rfind('/');
      const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
      folders.insert(folder);
      if (file.modified_ms >= cutoff_ms_ || needed_.contains(path) || !BelongsToTable(path))
        continue;
      if (!IsBelowAny(folder, nested)) Take(file, &outcome);
    }
    outcome.folders_scanned = static_cast<int64_t>(folders.size());
    return outcome;
  }

  std::string Relative(const std::string& path) const {
    return path.substr(table_.root.size() + 1);
  }

  // Folders below the root that are tables of their own.
  PathSet NestedTables(const std::vector<storage::ObjectInfo>& files) const {
    PathSet tables;
    for (const storage::ObjectInfo& file : files) {
      const std::string path = Relative(file.path);
      const size_t log = path.find("/_delta_log/");
      if (log != std::string::npos) tables.insert(path.substr(0, log));
    }
    return tables;
  }

  static bool IsBelowAny(const std::string& folder, const PathSet& tables) {
    return std::ranges::any_of(tables, [&](const std::string& table) {
      return folder == table || folder.starts_with(table + "/");
    });
  }

  static void Take(const storage::ObjectInfo& file, VacuumOutcome* outcome) {
    outcome->files.push_back(file.path);
    outcome->size_bytes += file.size_bytes;
  }

  Table table_;
  const VacuumOptions& options_;
  int64_t cutoff_ms_ = 0;
  PathSet needed_;
};

}  // namespace

Result<VacuumOutcome> Vacuum(Table table, const VacuumOptions& options) {
  return Vacuumer(std::move(table), options).Run();
}

}  // namespace lakesmith::delta
