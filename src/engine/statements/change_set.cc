#include <filesystem>
#include <utility>

#include "catalog/catalog.h"
#include "delta/data_skipping.h"
#include "delta/deletion_vector.h"
#include "delta/statistics.h"
#include "engine/statements/change_set_internal.h"

namespace lakesmith::engine {
namespace {

using types::DataType;
using types::StructField;

constexpr size_t kFixedColumns = 4;

StructField LongColumn(std::string name) { return {std::move(name), DataType::Long()}; }

std::string ColumnRange(size_t first, size_t count) {
  std::string items;
  for (size_t i = 0; i < count; ++i) {
    items += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", RowsColumn(first + i), RowsColumn(i));
  }
  return items;
}

std::vector<std::string> PathsOf(const std::vector<delta::AddFilePtr>& files) {
  std::vector<std::string> paths;
  for (const delta::AddFilePtr& file : files) paths.push_back(file->path);
  return paths;
}

// Rows of one query, small enough to hold.
Result<std::vector<Row>> RunSmall(StatementContext& context, const RowsText& rows) {
  const std::unique_ptr<RowStream> stream = TRY(context.session.connection->Query(rows.ToQuery()));
  return Collect(*stream);
}

}  // namespace

Result<std::unique_ptr<ChangeSet>> ChangeSet::Write(StatementContext& context, const RowsText& rows,
                                                    size_t table_columns, bool has_new,
                                                    bool has_old) {
  std::unique_ptr<ChangeSet> set(new ChangeSet(context.session.catalog().warehouse()));
  set->table_columns_ = table_columns;
  set->has_new_ = has_new;
  set->has_old_ = has_old;
  WriteSpec spec;
  spec.root = set->scratch_.path();
  spec.compression = ParquetCompression::kSnappy;
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    // Plain columns: the table's own names and ids mean nothing here.
    spec.columns.push_back({RowsColumn(i), rows.columns[i].type});
  }
  set->columns_ = spec.columns;
  RowsText plain = rows;
  plain.columns = spec.columns;
  for (const WrittenFile& file :
       TRY(context.session.connection->WriteParquet(plain.ToQuery(), spec))) {
    set->files_.push_back((std::filesystem::path(spec.root) / file.path).string());
  }
  TRY(set->Count(context));
  return set;
}

RowsText ChangeSet::Select(const std::string& items, const std::string& where,
                           std::vector<StructField> columns) const {
  FileScan scan;
  scan.format = FileFormat::kParquet;
  scan.files = files_;
  scan.columns = columns_;
  RowsText rows = RowsOfScan(std::move(scan), columns_);
  rows.sql = fmt::format("SELECT {} FROM ({}) AS q WHERE {}", items, rows.sql, where);
  rows.columns = std::move(columns);
  return rows;
}

Status ChangeSet::Count(StatementContext& context) {
  if (files_.empty()) return {};
  RowsText tags =
      Select("k3::BIGINT AS k0, max(k0)::BIGINT AS k1, count(*) AS k2", "true GROUP BY k3",
             {LongColumn("tag"), LongColumn("action"), LongColumn("rows")});
  for (const Row& row : TRY(RunSmall(context, tags))) {
    const int tag = static_cast<int>(row[0].as<int64_t>());
    counts_[tag] = row[2].as<int64_t>();
    if (row[1].as<int64_t>() != static_cast<int64_t>(ChangeAction::kDelete))
      adding_tags_.insert(tag);
  }
  RowsText by_file =
      Select("k1 AS k0, count(DISTINCT k2) AS k1, count(*) AS k2", "k1 IS NOT NULL GROUP BY k1",
             {LongColumn("file"), LongColumn("rows"), LongColumn("all")});
  for (const Row& row : TRY(RunSmall(context, by_file))) {
    rows_by_file_[row[0].as<int64_t>()] = row[1].as<int64_t>();
    has_duplicates_ |= row[1].as<int64_t>() != row[2].as<int64_t>();
  }
  return {};
}

RowsText ChangeSet::Positions() const {
  return Select("DISTINCT k1 AS k0, k2 AS k1", "k1 IS NOT NULL",
                {LongColumn("file"), LongColumn("row")});
}

RowsText ChangeSet::NewRows() const {
  std::vector<StructField> columns(
      columns_.begin() + kFixedColumns,
      columns_.begin() + static_cast<ptrdiff_t>(kFixedColumns + table_columns_));
  return Select(ColumnRange(kFixedColumns, table_columns_), "k0 IN (1, 2)", std::move(columns));
}

RowsText ChangeSet::NewImages(const std::vector<StructField>& fields) const {
  std::vector<StructField> columns = fields;
  columns.push_back(TextColumn("_change_type"));
  const std::string type = "CASE k0 WHEN 1 THEN 'update_postimage' ELSE 'insert' END";
  return Select(fmt::format("{}, {} AS {}", ColumnRange(kFixedColumns, table_columns_), type,
                            RowsColumn(table_columns_)),
                "k0 IN (1, 2)", std::move(columns));
}

RowsText ChangeSet::OldImages(const std::vector<StructField>& fields) const {
  std::vector<StructField> columns = fields;
  columns.push_back(TextColumn("_change_type"));
  const std::string type = "CASE k0 WHEN 1 THEN 'update_preimage' ELSE 'delete' END";
  const size_t first = kFixedColumns + (has_new_ ? table_columns_ : 0);
  return Select(fmt::format("{}, {} AS {}", ColumnRange(first, table_columns_), type,
                            RowsColumn(table_columns_)),
                "k0 IN (0, 1)", std::move(columns));
}

RowsText TargetRows(StatementContext& context, const StatementContext::OpenTable& table,
                    const TableShape& shape, const std::vector<delta::AddFilePtr>& files) {
  const std::vector<StructField>& own = table.snapshot->schema().fields();
  DeltaScan scan{.table = context.session.tables().At(table.target.location),
                 .snapshot = table.snapshot};
  scan.only_files = PathsOf(files);
  RowsText rows =
      RowsOfScan(std::move(scan), own, {LongColumn(kFileIndexColumn), LongColumn(kRowIndexColumn)});
  if (shape.fields().size() == own.size()) return rows;
  std::string items = ColumnRange(0, own.size());
  for (size_t i = own.size(); i < shape.fields().size(); ++i) {
    items += fmt::format(", NULL::{} AS {}", DuckDbTypeName(shape.fields()[i].type), RowsColumn(i));
  }
  const size_t count = shape.fields().size();
  items += fmt::format(", {} AS {}, {} AS {}", RowsColumn(own.size()), RowsColumn(count),
                       RowsColumn(own.size() + 1), RowsColumn(count + 1));
  rows.sql = fmt::format("SELECT {} FROM ({}) AS q", items, rows.sql);
  rows.columns = shape.fields();
  rows.columns.push_back(LongColumn(kFileIndexColumn));
  rows.columns.push_back(LongColumn(kRowIndexColumn));
  return rows;
}

std::vector<delta::AddFilePtr> CandidateFiles(const delta::Snapshot& snapshot,
                                              const delta::Predicate& predicate) {
  const delta::FileSkipper skipper(snapshot, predicate);
  std::vector<delta::AddFilePtr> files;
  for (const delta::AddFilePtr& file : snapshot.files()) {
    if (skipper.CanMatch(*file)) files.push_back(file);
  }
  return files;
}

int64_t FileChanges::removed_bytes() const {
  int64_t bytes = 0;
  for (const delta::AddFilePtr& file : removed) bytes += file->size_bytes;
  return bytes;
}

int64_t Stopwatch::Since(Clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - time).count();
}

int64_t Stopwatch::LapMs() {
  const int64_t elapsed = Since(lap_);
  lap_ = Clock::now();
  return elapsed;
}

void AddVectorMetrics(const FileChanges& changes, const std::string& prefix,
                      OperationMetrics& metrics) {
  int64_t updated = 0;
  int64_t removed = 0;
  for (const auto& [file, vector] : changes.marked) updated += file->deletion_vector ? 1 : 0;
  for (const delta::AddFilePtr& file : changes.removed) removed += file->deletion_vector ? 1 : 0;
  metrics.emplace_back(prefix + "DeletionVectorsAdded",
                       static_cast<int64_t>(changes.marked.size()));
  metrics.emplace_back(prefix + "DeletionVectorsUpdated", updated);
  metrics.emplace_back(prefix + "DeletionVectorsRemoved", removed + updated);
}

void FileChanges::PutInto(delta::Transaction& transaction) const {
  for (const delta::AddFilePtr& file : removed) transaction.Remove(*file);
  for (const auto& [file, vector] : marked) (void)transaction.ReplaceDeletionVector(*file, vector);
  for (const delta::AddFile& file : added.files) transaction.Add(file);
  for (const delta::CdcFile& file : change_data) transaction.AddChangeData(file);
}

}  // namespace lakesmith::engine
