#include "delta/change_feed.h"

#include <algorithm>
#include <map>

#include "delta/deletion_vector.h"
#include "delta/paths.h"
#include "delta/schema.h"
#include "delta/statistics.h"
#include "delta/version_changes.h"

namespace lakesmith::delta {
namespace {

using types::DataType;

bool FeedIsOn(const Metadata& metadata) {
  const auto found = metadata.configuration.find("delta.enableChangeDataFeed");
  return found != metadata.configuration.end() && found->second == "true";
}

Error FeedIsOff(const Table& table, int64_t version) {
  return Invalid(
             "{}: version {} recorded no changes, because the table property "
             "'delta.enableChangeDataFeed' was "
             "not true then; start at a later version",
             table.root, version)
      .WithClass("DELTA_MISSING_CHANGE_DATA", "KD002");
}

// Whether rows written with `old_schema` can be shown with `schema`.
bool Fits(const DataType& old_schema, const DataType& schema) {
  return std::ranges::all_of(old_schema.fields(), [&](const types::StructField& field) {
    const std::optional<size_t> index = schema.FieldIndex(field.name);
    if (!index) return false;
    const DataType& type = schema.fields()[*index].type;
    if (field.type.is(types::TypeId::kStruct) && type.is(types::TypeId::kStruct))
      return Fits(field.type, type);
    return SameTypeIgnoringNullability(field.type, type) || IsLegalWidening(field.type, type) ||
           field.type.is(types::TypeId::kVoid);
  });
}

Status CheckSchemas(const Table& table, const std::vector<std::pair<int64_t, Metadata>>& states,
                    const Snapshot& end) {
  for (const auto& [version, metadata] : states) {
    if (metadata.schema_string == end.metadata().schema_string) continue;
    const DataType schema = TRY(ParseSchema(metadata.schema_string));
    if (Fits(schema, end.schema())) continue;
    return Unsupported(
               "{}: the schema of version {} does not fit that of version {} (columns were "
               "dropped, renamed or "
               "changed); read the two parts of the range for themselves",
               table.root, version, end.version())
        .WithClass("DELTA_CHANGE_DATA_FEED_INCOMPATIBLE_SCHEMA_CHANGE", "0AKDC");
  }
  return {};
}

// Turns the commits of a range into files of changes.
class FeedPlanner {
 public:
  FeedPlanner(const Table& table, std::vector<ChangeFile>* files) : table_(table), files_(files) {}

  Status Add(const VersionChanges& commit) {
    if (!commit.change_data.empty()) {
      for (const CdcFile& file : commit.change_data) AddChangeData(commit, file);
      return {};
    }
    std::map<std::string, const RemoveFile*> removed;
    for (const RemoveFile& file : commit.removes) {
      if (file.data_change) removed[CanonicalPath(file.path, table_.root)] = &file;
    }
    for (const AddFile& file : commit.adds) {
      if (!file.data_change) continue;
      const auto pair = removed.find(CanonicalPath(file.path, table_.root));
      if (pair == removed.end()) {
        Push(commit, ChangeFile::Kind::kInsert, file);
        continue;
      }
      TRY(AddDifference(commit, *pair->second, file));
      removed.erase(pair);
    }
    for (const auto& [path, file] : removed)
      Push(commit, ChangeFile::Kind::kDelete, Restored(*file));
    return {};
  }

 private:
  // The file as it was before the tombstone.
  static AddFile Restored(const RemoveFile& file) {
    return {.path = file.path,
            .partition_values = file.partition_values,
            .size_bytes = file.size_bytes.value_or(0),
            .deletion_vector = file.deletion_vector,
            .base_row_id = file.base_row_id,
            .default_row_commit_version = file.default_row_commit_version};
  }

  void Push(const VersionChanges& commit, ChangeFile::Kind kind, AddFile file) {
    files_->push_back({.version = commit.version,
                       .timestamp_ms = commit.timestamp_ms,
                       .kind = kind,
                       .file = std::move(file)});
  }

  void AddChangeData(const VersionChanges& commit, const CdcFile& file) {
    Push(commit, ChangeFile::Kind::kChangeData,
         {.path = file.path,
          .partition_values = file.partition_values,
          .size_bytes = file.size_bytes});
  }

  Result<RowBitmap> RowsOf(const std::optional<DeletionVectorDescriptor>& vector) const {
    if (!vector) return RowBitmap();
    return ReadDeletionVector(table_, *vector);
  }

  // The same file with another deletion vector: only the rows in which the two differ changed.
  Status AddDifference(const VersionChanges& commit, const RemoveFile& before,
                       const AddFile& after) {
    const RowBitmap old_rows = TRY(RowsOf(before.deletion_vector));
    const RowBitmap new_rows = TRY(RowsOf(after.deletion_vector));
    TRY(AddRows(commit, ChangeFile::Kind::kDelete, after, new_rows, old_rows));
    return AddRows(commit, ChangeFile::Kind::kInsert, after, old_rows, new_rows);
  }

  Status AddRows(const VersionChanges& commit, ChangeFile::Kind kind, AddFile file, RowBitmap rows,
                 const RowBitmap& less) {
    rows.Subtract(less);
    if (rows.empty()) return {};
    const std::optional<int64_t> count = NumRecords(file.stats);
    if (!count) {
      return Corrupt("{}: file '{}' has a deletion vector, but its statistics lack 'numRecords'",
                     table_.root, file.path);
    }
    RowBitmap hidden;
    hidden.AddRange(0, static_cast<uint64_t>(*count));
    hidden.Subtract(rows);
    file.deletion_vector.reset();
    if (!hidden.empty()) file.deletion_vector = InlineDeletionVector(hidden);
    Push(commit, kind, std::move(file));
    return {};
  }

  const Table& table_;
  std::vector<ChangeFile>* files_;
};

}  // namespace

Result<ChangeFeed> PlanChangeFeed(const Table& table, int64_t from, std::optional<int64_t> to) {
  if (to && *to < from) {
    return Invalid("{}: the change data feed cannot run from version {} back to {}", table.root,
                   from, *to)
        .WithClass("DELTA_INVALID_CDC_RANGE", "22003");
  }
  ChangeFeed feed;
  feed.end = TRY(Snapshot::Load(table, {.version = to}));
  const SnapshotPtr start = TRY(Snapshot::Load(table, {.version = from}));
  if (!FeedIsOn(start->metadata())) return FeedIsOff(table, from);
  const std::vector<VersionChanges> commits =
      TRY(ReadVersionChanges(table, from, feed.end->version()));
  std::vector<std::pair<int64_t, Metadata>> states = {{from, start->metadata()}};
  FeedPlanner planner(table, &feed.files);
  for (const VersionChanges& commit : commits) {
    if (commit.metadata) {
      if (!FeedIsOn(*commit.metadata)) return FeedIsOff(table, commit.version);
      states.emplace_back(commit.version, *commit.metadata);
    }
    TRY(planner.Add(commit));
  }
  TRY(CheckSchemas(table, states, *feed.end));
  return feed;
}

SnapshotPtr WithFiles(const Snapshot& base, std::vector<AddFilePtr> files) {
  SnapshotState state = base.state();
  state.files = std::move(files);
  return std::make_shared<const Snapshot>(std::move(state));
}

}  // namespace lakesmith::delta
