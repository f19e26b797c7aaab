// The part of SessionCatalog that reads what commits changed: batches of streams, and the change
// data feed.
#include <algorithm>
#include <set>
#include <utility>

#include "catalog/catalog.h"
#include "delta/change_feed.h"
#include "delta/history.h"
#include "delta/version_changes.h"
#include "engine/duckdb/emit.h"
#include "engine/history_rows.h"
#include "engine/scratch_folder.h"
#include "engine/session_catalog.h"
#include "engine/statements/rows_text_internal.h"
#include "engine/write_spec.h"
#include "sql/parse.h"

namespace lakesmith::engine {
namespace {

using types::DataType;
using types::StructField;

std::string Display(const TableTarget& target) { return target.Display(); }

// Whether a commit changes or removes rows, so that a stream of appended rows cannot follow it.
bool ChangesRows(const delta::VersionChanges& commit) {
  return std::ranges::any_of(commit.removes,
                             [](const delta::RemoveFile& remove) { return remove.data_change; });
}

Error NotAppendOnly(const TableTarget& target, int64_t version) {
  return Invalid(
             "Version {} of {} updates or deletes rows, which a stream cannot follow. Set "
             "skipChangeCommits => true "
             "to leave such commits out, or refresh the stream in full.",
             version, Display(target))
      .WithClass("DELTA_SOURCE_TABLE_IGNORE_CHANGES", "0A000");
}

// Rows of changed versions, gathered as one text.
struct ChangeRows {
  RowsText rows;

  void Add(RowsText more) {
    if (rows.sql.empty()) {
      rows = std::move(more);
      return;
    }
    const std::string text = TakeReferences(rows, std::move(more));
    rows.sql += " UNION ALL " + text;
  }
};

RowsText WholeFiles(const delta::Table& place, const delta::SnapshotPtr& snapshot,
                    std::vector<std::string> paths, const std::vector<StructField>& fields) {
  DeltaScan scan{.table = place, .snapshot = snapshot};
  scan.only_files = std::move(paths);
  return RowsOfScan(std::move(scan), fields);
}

// What the commits of a range added.
struct AppendedFiles {
  std::vector<std::string> paths;
  std::vector<std::pair<int64_t, std::vector<std::string>>> by_version;
  // By an OPTIMIZE within the range: files are then read as of their own version.
  bool rewritten = false;
};

Result<AppendedFiles> FilesAppended(const delta::Table& place, const delta::Snapshot& snapshot,
                                    const DeltaAppendsRelation& appends,
                                    const TableTarget& target) {
  std::set<std::string> live;
  for (const delta::AddFilePtr& file : snapshot.files()) live.insert(file->path);
  AppendedFiles appended;
  for (const delta::VersionChanges& commit :
       TRY(delta::ReadVersionChanges(place, appends.after_version + 1, appends.through_version))) {
    if (ChangesRows(commit)) {
      if (!appends.skip_change_commits) return NotAppendOnly(target, commit.version);
      continue;
    }
    std::vector<std::string> added;
    for (const delta::AddFile& add : commit.adds) {
      if (!add.data_change) continue;
      appended.rewritten |= !live.contains(add.path);
      added.push_back(add.path);
    }
    appended.paths.insert(appended.paths.end(), added.begin(), added.end());
    if (!added.empty()) appended.by_version.emplace_back(commit.version, std::move(added));
  }
  return appended;
}

}  // namespace

Result<plan::ResolvedRelation> SessionCatalog::AppendedRows(
    const DeltaAppendsRelation& appends) const {
  const TableTarget target = TRY(FindTable(state_, appends.table));
  if (!target.is_delta) return Invalid("{} is not a Delta table.", target.Display());
  const delta::Table place = state_.tables().At(target.location);
  delta::LoadOptions at;
  at.version = appends.through_version;
  const delta::SnapshotPtr newest = TRY(state_.tables().Newest(target.location));
  const delta::SnapshotPtr snapshot = newest->version() == appends.through_version
                                          ? newest
                                          : TRY(state_.tables().Load(target.location, at));
  DeltaScan scan{.table = place, .snapshot = snapshot};
  if (appends.after_version >= 0) {
    AppendedFiles appended = TRY(FilesAppended(place, *snapshot, appends, target));
    if (appended.rewritten) {
      ChangeRows by_version;
      for (auto& [version, paths] : appended.by_version) {
        at.version = version;
        by_version.Add(WholeFiles(place, TRY(state_.tables().Load(target.location, at)),
                                  std::move(paths), snapshot->schema().fields()));
      }
      return Materialised(target.parts, snapshot->schema().fields(), by_version.rows);
    }
    scan.only_files = std::move(appended.paths);
  }
  plan::ResolvedTable table;
  table.name = target.parts;
  table.columns = snapshot->schema().fields();
  table.metadata_column = MetadataColumn(scan);
  table.handle = std::make_shared<ScanHandle>(std::move(scan));
  return plan::ResolvedRelation(std::move(table));
}

namespace {

constexpr const char* kChangeType = "_change_type";

std::vector<StructField> FeedColumns(const delta::Snapshot& snapshot) {
  std::vector<StructField> columns = snapshot.schema().fields();
  columns.push_back({kChangeType, DataType::String()});
  columns.push_back({"_commit_version", DataType::Long()});
  columns.push_back({"_commit_timestamp", DataType::Timestamp()});
  return columns;
}

// Puts the commit's columns behind `count` columns (and the change type, unless it is the column
// after them).
void AddCommitColumns(RowsText& rows, size_t count, const std::string& change_type,
                      const delta::ChangeFile& change, const std::vector<StructField>& columns) {
  std::string items;
  for (size_t i = 0; i < count; ++i) items += RowsColumn(i) + ", ";
  items += fmt::format("{} AS {}, {}::BIGINT AS {}, make_timestamptz({}) AS {}", change_type,
                       RowsColumn(count), change.version, RowsColumn(count + 1),
                       change.timestamp_ms * 1000, RowsColumn(count + 2));
  rows.sql = fmt::format("SELECT {} FROM ({}) AS q", items, rows.sql);
  rows.columns = columns;
}

// A file of the change data feed; its partition values are in the log alone.
RowsText CdcRows(const delta::Table& place, const delta::Snapshot& snapshot,
                 const delta::AddFile& file) {
  FileScan scan;
  scan.format = FileFormat::kParquet;
  scan.files = {place.FullPath(file.path)};
  const std::vector<StructField>& physical = snapshot.physical_schema().fields();
  for (size_t i = 0; i < physical.size(); ++i) {
    if (!snapshot.IsPartitionColumn(i))
      scan.columns.push_back({physical[i].name, physical[i].type});
  }
  scan.columns.push_back({kChangeType, DataType::String()});
  const std::vector<StructField> stored = scan.columns;
  RowsText rows = RowsOfScan(std::move(scan), stored);
  std::string items;
  size_t next = 0;
  for (size_t i = 0; i < physical.size(); ++i) {
    std::string item = RowsColumn(next);
    if (snapshot.IsPartitionColumn(i)) {
      const auto value =
          std::ranges::find(file.partition_values, physical[i].name, &delta::PartitionValue::name);
      const bool is_null = value == file.partition_values.end() || !value->value;
      item = fmt::format("CAST({} AS {})", is_null ? "NULL" : EngineText(*value->value),
                         DuckDbTypeName(physical[i].type));
    } else {
      ++next;
    }
    items += fmt::format("{} AS c{}, ", item, i);
  }
  rows.sql = fmt::format("SELECT {}{} AS change FROM ({}) AS q", items, RowsColumn(next), rows.sql);
  std::string names;
  for (size_t i = 0; i <= physical.size(); ++i) names += (i == 0 ? "" : ", ") + RowsColumn(i);
  rows.sql = fmt::format("SELECT * FROM ({}) AS q({})", rows.sql, names);
  return rows;
}

// Rows of the files from position `begin` on that have the same version and kind; says where they
// end.
size_t AddSimilarFiles(const delta::Table& place, const delta::ChangeFeed& feed, size_t begin,
                       ChangeRows& out) {
  const delta::ChangeFile& first = feed.files[begin];
  const std::vector<StructField>& fields = feed.end->schema().fields();
  const std::vector<StructField> columns = FeedColumns(*feed.end);
  if (first.kind == delta::ChangeFile::Kind::kChangeData) {
    RowsText rows = CdcRows(place, *feed.end, first.file);
    AddCommitColumns(rows, fields.size(), RowsColumn(fields.size()), first, columns);
    out.Add(std::move(rows));
    return begin + 1;
  }
  std::vector<delta::AddFilePtr> files;
  size_t next = begin;
  for (; next < feed.files.size(); ++next) {
    const delta::ChangeFile& change = feed.files[next];
    if (change.version != first.version || change.kind != first.kind) break;
    files.push_back(std::make_shared<const delta::AddFile>(change.file));
  }
  const bool inserted = first.kind == delta::ChangeFile::Kind::kInsert;
  RowsText rows = RowsOfScan(
      DeltaScan{.table = place, .snapshot = delta::WithFiles(*feed.end, std::move(files))}, fields);
  AddCommitColumns(rows, fields.size(), EngineText(inserted ? "insert" : "delete"), first, columns);
  out.Add(std::move(rows));
  return next;
}

// The first version at or after a time; the versions before the log begins count as version 0.
Result<int64_t> FirstVersionFrom(const delta::Table& place, int64_t timestamp_ms) {
  const Result<int64_t> before = delta::VersionAtTime(place, timestamp_ms - 1);
  if (before) return *before + 1;
  if (before.error().error_class() == "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION") return 0;
  return before.error();
}

}  // namespace

Result<int64_t> SessionCatalog::ChangesFrom(const delta::Table& place,
                                            const plan::TableFunctionRequest::Argument& argument,
                                            bool begins) const {
  if (const auto* version = std::get_if<int64_t>(&argument.value.storage())) return *version;
  std::optional<types::Value> time = argument.value;
  if (argument.type.IsString()) {
    const plan::ExpressionPtr cast = plan::MakeCast(
        plan::MakeLiteral(argument.value, argument.type), DataType::Timestamp(), false);
    time = TRY(EvaluateConstant(*cast));
  }
  const auto* instant = time ? std::get_if<types::TimestampValue>(&time->storage()) : nullptr;
  if (instant != nullptr) {
    const int64_t timestamp_ms = instant->micros / 1000;
    return begins ? FirstVersionFrom(place, timestamp_ms)
                  : delta::VersionAtTime(place, timestamp_ms);
  }
  return Invalid("table_changes needs versions as numbers, or timestamps, not {}",
                 argument.type.Sql())
      .WithClass("DELTA_UNSUPPORTED_TABLE_CHANGES_ARGUMENT", "42K09");
}

// The table that the first argument names.
Result<TableTarget> SessionCatalog::NamedTable(const plan::TableFunctionRequest& request) const {
  const std::string name =
      types::ToSparkText(request.arguments[0].value, request.arguments[0].type);
  std::vector<std::string> parts;
  for (const sql::Identifier& part : TRY(sql::ParseName(name)).parts) parts.push_back(part.name);
  return FindTable(state_, parts);
}

Result<plan::ResolvedRelation> SessionCatalog::TableChanges(
    const plan::TableFunctionRequest& request) const {
  if (request.arguments.size() < 2 || request.arguments.size() > 3) {
    return Invalid(
               "table_changes takes the name of a table, the first version, and maybe the last "
               "one.")
        .WithClass("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605");
  }
  const TableTarget target = TRY(NamedTable(request));
  const delta::Table place = state_.tables().At(target.location);
  const delta::SnapshotPtr end = TRY(SnapshotOf(target.location));
  const int64_t first = TRY(ChangesFrom(place, request.arguments[1], true));
  const int64_t last = request.arguments.size() == 3
                           ? TRY(ChangesFrom(place, request.arguments[2], false))
                           : end->version();
  if (!end->properties().enable_change_data_feed) {
    return Invalid(
               "{} has no change data feed. Enable it by SET TBLPROPERTIES "
               "('delta.enableChangeDataFeed' = 'true').",
               target.Display())
        .WithClass("DELTA_MISSING_CHANGE_DATA", "KD002");
  }
  if (first > last || last > end->version()) {
    return Invalid("The range of versions {} to {} is not within 0 to {}.", first, last,
                   end->version())
        .WithClass("DELTA_INVALID_CDC_RANGE", "22003");
  }
  const delta::ChangeFeed feed = TRY(delta::PlanChangeFeed(place, first, last));
  ChangeRows changes;
  for (size_t next = 0; next < feed.files.size();) {
    next = AddSimilarFiles(place, feed, next, changes);
  }
  const std::vector<StructField> columns = FeedColumns(*feed.end);
  return Materialised(request.name, columns, changes.rows);
}

// The rows of (DESCRIBE HISTORY t) in FROM.
Result<plan::ResolvedRelation> SessionCatalog::History(
    const plan::TableFunctionRequest& request) const {
  if (request.arguments.size() != 1) {
    return Invalid("describe_history takes the name of a table.")
        .WithClass("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605");
  }
  const TableTarget target = TRY(NamedTable(request));
  RowsScan scan;
  scan.columns = HistoryColumns();
  scan.rows = std::make_shared<const std::vector<Row>>(
      TRY(HistoryRows(state_.tables().At(target.location), std::nullopt)));
  plan::ResolvedTable table;
  table.name = request.name;
  table.columns = scan.columns;
  table.handle = std::make_shared<ScanHandle>(std::move(scan));
  return plan::ResolvedRelation(std::move(table));
}

Result<plan::ResolvedRelation> SessionCatalog::Materialised(std::vector<std::string> name,
                                                            const std::vector<StructField>& columns,
                                                            const RowsText& rows) const {
  FileScan scan;
  scan.format = FileFormat::kParquet;
  if (!rows.sql.empty()) {
    auto scratch = std::make_shared<ScratchFolder>(state_.catalog().warehouse());
    WriteSpec spec;
    spec.root = scratch->path();
    spec.compression = ParquetCompression::kSnappy;
    for (const StructField& column : columns) spec.columns.push_back({column.name, column.type});
    for (const WrittenFile& file : TRY(state_.connection->WriteParquet(rows.ToQuery(), spec))) {
      scan.files.push_back((std::filesystem::path(spec.root) / file.path).string());
    }
    state_.scratch.push_back(std::move(scratch));
  }
  for (const StructField& column : columns) scan.columns.push_back({column.name, column.type});
  plan::ResolvedTable table;
  table.name = std::move(name);
  table.columns = scan.columns;
  table.handle = std::make_shared<ScanHandle>(std::move(scan));
  return plan::ResolvedRelation(std::move(table));
}

}  // namespace lakesmith::engine
