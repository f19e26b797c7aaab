#include "delta/change_feed.h"

#include <algorithm>
#include <map>

#include "delta/commit_reader_internal.h"
#include "delta/deletion_vector.h"
#include "delta/log_listing_internal.h"
#include "delta/paths.h"
#include "delta/schema.h"

namespace lakesmith::delta {
namespace {

using types::DataType;

Result<CommittedChanges> ReadOne(const Table& table, const CommitFile& commit,
                                 int64_t file_time_ms) {
  const std::string bytes = TRY(table.store->Read(commit.path));
  CommitContent content = TRY(ParseCommit(bytes, commit.path));
  CommittedChanges changes{
      .version = commit.version,
      .timestamp_ms = InCommitTimestampOf(content.commit_info).value_or(file_time_ms),
      .adds = std::move(content.adds),
      .removes = std::move(content.removes),
      .change_data = std::move(content.change_data),
      .protocol = std::move(content.protocol),
      .metadata = std::move(content.metadata)};
  const Result<Json> info = ParseJson(content.commit_info);
  if (info && info->is_object() && info->contains("operation") &&
      (*info)["operation"].is_string()) {
    changes.operation = (*info)["operation"].get<std::string>();
  }
  return changes;
}

Error OutOfRange(const Table& table, int64_t version, const LogListing& listing) {
  const int64_t oldest =
      listing.commits.empty() ? listing.newest() : listing.commits.front().version;
  return NotFound("{}: the commit of version {} is not there; versions {} to {} are", table.root,
                  version, oldest, listing.newest())
      .WithClass("DELTA_VERSION_NOT_FOUND", "22003");
}

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

  Status Add(CommittedChanges&& commit) {
    commit_ = std::move(commit);
    if (!commit_.change_data.empty()) {
      for (const CdcFile& file : commit_.change_data) AddChangeData(file);
      return {};
    }
    std::map<std::string, const RemoveFile*> removed;
    for (const RemoveFile& file : commit_.removes) {
      if (file.data_change) removed[CanonicalPath(file.path, table_.root)] = &file;
    }
    for (const AddFile& file : commit_.adds) {
      if (!file.data_change) continue;
      const auto pair = removed.find(CanonicalPath(file.path, table_.root));
      if (pair == removed.end()) {
        AddWhole(ChangeFile::Kind::kInsert, file.path, file.partition_values, file.size_bytes,
                 file.deletion_vector);
        continue;
      }
      TRY(AddDifference(*pair->second, file));
      removed.erase(pair);
    }
    for (const auto& [path, file] : removed) {
      AddWhole(ChangeFile::Kind::kDelete, file->path, file->partition_values,
               file->size_bytes.value_or(0), file->deletion_vector);
    }
    return {};
  }

 private:
  ChangeFile Base(ChangeFile::Kind kind) const {
    return {.version = commit_.version, .timestamp_ms = commit_.timestamp_ms, .kind = kind};
  }

  void AddChangeData(const CdcFile& file) {
    ChangeFile change = Base(ChangeFile::Kind::kChangeData);
    change.path = file.path;
    change.partition_values = file.partition_values;
    change.size_bytes = file.size_bytes;
    files_->push_back(std::move(change));
  }

  void AddWhole(ChangeFile::Kind kind, const std::string& path, const PartitionValues& values,
                int64_t size_bytes, const std::optional<DeletionVectorDescriptor>& vector) {
    ChangeFile change = Base(kind);
    change.path = path;
    change.partition_values = values;
    change.size_bytes = size_bytes;
    change.deletion_vector = vector;
    files_->push_back(std::move(change));
  }

  Result<RowBitmap> RowsOf(const std::optional<DeletionVectorDescriptor>& vector) const {
    if (!vector) return RowBitmap();
    return ReadDeletionVector(table_, *vector);
  }

  // The same file with another deletion vector: only the rows in which the two differ changed.
  Status AddDifference(const RemoveFile& before, const AddFile& after) {
    const RowBitmap old_rows = TRY(RowsOf(before.deletion_vector));
    const RowBitmap new_rows = TRY(RowsOf(after.deletion_vector));
    AddRows(ChangeFile::Kind::kDelete, after, new_rows, old_rows);
    AddRows(ChangeFile::Kind::kInsert, after, old_rows, new_rows);
    return {};
  }

  void AddRows(ChangeFile::Kind kind, const AddFile& file, RowBitmap rows, const RowBitmap& less) {
    rows.Subtract(less);
    if (rows.empty()) return;
    AddWhole(kind, file.path, file.partition_values, file.size_bytes, std::nullopt);
    files_->back().only_rows = std::move(rows);
  }

  const Table& table_;
  std::vector<ChangeFile>* files_;
  CommittedChanges commit_;
};

}  // namespace

bool CommittedChanges::ChangesOldRows() const {
  return std::ranges::any_of(removes, &RemoveFile::data_change);
}

Result<std::vector<CommittedChanges>> ReadCommits(const Table& table, int64_t from,
                                                  std::optional<int64_t> to) {
  const LogListing listing = TRY(ListLog(table));
  std::vector<CommittedChanges> commits;
  const int64_t last = to.value_or(listing.newest());
  if (last > listing.newest() || from < 0)
    return OutOfRange(table, from < 0 ? from : last, listing);
  int64_t next = from;
  int64_t time_ms = 0;
  for (const CommitFile& commit : listing.commits) {
    time_ms = std::max(commit.modified_ms, time_ms + 1);
    if (commit.version < next || commit.version > last) continue;
    if (commit.version != next) break;
    commits.push_back(TRY(ReadOne(table, commit, time_ms)));
    ++next;
  }
  if (next <= last) return OutOfRange(table, next, listing);
  return commits;
}

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
  std::vector<CommittedChanges> commits = TRY(ReadCommits(table, from, feed.end->version()));
  std::vector<std::pair<int64_t, Metadata>> states = {{from, start->metadata()}};
  FeedPlanner planner(table, &feed.files);
  for (CommittedChanges& commit : commits) {
    if (commit.metadata) {
      if (!FeedIsOn(*commit.metadata)) return FeedIsOff(table, commit.version);
      states.emplace_back(commit.version, *commit.metadata);
    }
    TRY(planner.Add(std::move(commit)));
  }
  TRY(CheckSchemas(table, states, *feed.end));
  return feed;
}

}  // namespace lakesmith::delta
