#include <utility>

#include "delta/data_skipping.h"
#include "delta/statistics.h"
#include "engine/statements/change_set_internal.h"
#include "engine/statements/in_place_internal.h"
#include "engine/statements/rewrite_files_internal.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

bool HasUnknown(const delta::Predicate& predicate) {
  if (predicate.kind == delta::Predicate::Kind::kUnknown) return true;
  for (const delta::Predicate& child : predicate.children) {
    if (HasUnknown(child)) return true;
  }
  return false;
}

int64_t SumLive(const std::vector<delta::AddFilePtr>& files) {
  int64_t sum = 0;
  for (const delta::AddFilePtr& file : files) {
    const std::optional<int64_t> live = delta::LiveRecords(*file);
    if (!live) return -1;
    sum += *live;
  }
  return sum;
}

DeleteOutcome WholeFiles(std::vector<delta::AddFilePtr> files) {
  DeleteOutcome outcome;
  outcome.rows_deleted = SumLive(files);
  outcome.changes.removed = std::move(files);
  return outcome;
}

// A condition on partition columns alone removes files without reading them; nullopt when it is not
// one.
std::optional<DeleteOutcome> DeletePartitions(const delta::Snapshot& snapshot,
                                              const delta::Predicate& predicate) {
  if (HasUnknown(predicate)) return std::nullopt;
  const delta::FileSkipper skipper(snapshot, predicate);
  if (!skipper.OnlyPartitionColumns()) return std::nullopt;
  std::vector<delta::AddFilePtr> files;
  for (const delta::AddFilePtr& file : snapshot.files()) {
    if (skipper.AllMatchPartition(*file)) files.push_back(file);
  }
  return WholeFiles(std::move(files));
}

std::string ColumnList(size_t count) {
  std::string list;
  for (size_t i = 0; i < count; ++i) list += (i == 0 ? "" : ", ") + RowsColumn(i);
  return list;
}

// Positions, and with a change feed the values, of the rows to delete.
Result<RowsText> DeletedRows(StatementContext& context, const StatementContext::OpenTable& table,
                             const TableShape& shape, const plan::ExpressionPtr& condition,
                             const delta::Predicate& predicate) {
  RowsText rows = TargetRows(context, table, shape, CandidateFiles(*table.snapshot, predicate));
  const size_t count = shape.fields().size();
  const std::string where = TakeReferences(rows, TRY(context.Emit(condition, RowsColumn)));
  const bool feed = shape.properties.enable_change_data_feed;
  rows.sql = fmt::format("SELECT 0::INTEGER, {}, {}, 0::INTEGER{}{} FROM ({}) AS q WHERE ({})",
                         RowsColumn(count), RowsColumn(count + 1), feed ? ", " : "",
                         feed ? ColumnList(count) : "", rows.sql, where);
  rows.columns = {{"action", types::DataType::Int()},
                  {"file", types::DataType::Long()},
                  {"row", types::DataType::Long()},
                  {"tag", types::DataType::Int()}};
  if (feed) rows.columns.insert(rows.columns.end(), shape.fields().begin(), shape.fields().end());
  EmittedQuery query = rows.ToQuery();
  return RowsOf(std::move(query));
}

Result<DeleteOutcome> DeleteMatches(StatementContext& context,
                                    const StatementContext::OpenTable& table,
                                    const TableShape& shape, const plan::ExpressionPtr& condition,
                                    const delta::Predicate& predicate) {
  Stopwatch watch;
  const MatchCounts matches = TRY(CountMatches(context, table, shape, condition, predicate));
  DeleteOutcome outcome;
  outcome.scan_ms = watch.LapMs();
  outcome.rows_deleted = 0;
  for (const auto& [file, count] : matches) outcome.rows_deleted += count;
  if (outcome.rows_deleted > 0)
    outcome.changes = TRY(DeleteInPlace(context, table, shape, condition, matches));
  outcome.rewrite_ms = watch.LapMs();
  return outcome;
}

Result<StatementResult> DeleteOnce(StatementContext& context,
                                   const StatementContext::OpenTable& table,
                                   const plan::ExpressionPtr& condition,
                                   const std::string& written) {
  const Stopwatch watch;
  delta::Transaction transaction(context.session.tables().At(table.target.location),
                                 table.snapshot);
  DeleteOutcome outcome{.rows_deleted = 0};
  if (!IsCommitted(context, *table.snapshot))
    outcome = TRY(DeleteRows(context, table, condition, transaction));
  const FileChanges& changes = outcome.changes;
  StatementResult result = RowsResult({{"num_affected_rows", types::DataType::Long()}},
                                      {{types::Value(outcome.rows_deleted)}});
  result.kind = "DELETE";
  result.metrics.rows_affected = outcome.rows_deleted;
  if (changes.removed.empty() && changes.marked.empty()) {
    result.metrics.table_version = table.snapshot->version();
    return result;
  }
  changes.PutInto(transaction);
  delta::OperationInfo operation;
  operation.name = "DELETE";
  operation.parameters = {
      {"predicate",
       JsonList(written.empty() ? std::vector<std::string>{} : std::vector<std::string>{written})}};
  operation.metrics = {{"numRemovedFiles", static_cast<int64_t>(changes.removed.size())},
                       {"numRemovedBytes", changes.removed_bytes()},
                       {"numAddedFiles", static_cast<int64_t>(changes.added.files.size())},
                       {"numAddedBytes", changes.added.size_bytes},
                       {"numCopiedRows", changes.rows_copied},
                       {"numAddedChangeFiles", static_cast<int64_t>(changes.change_data.size())}};
  AddVectorMetrics(changes, "num", operation.metrics);
  if (outcome.rows_deleted >= 0)
    operation.metrics.emplace_back("numDeletedRows", outcome.rows_deleted);
  operation.metrics.emplace_back("executionTimeMs", watch.TotalMs());
  operation.metrics.emplace_back("scanTimeMs", outcome.scan_ms);
  operation.metrics.emplace_back("rewriteTimeMs", outcome.rewrite_ms);
  if (!TRY(ApplyExtras(transaction, context.commit, operation))) return result;
  const delta::CommitOutcome committed = TRY(transaction.Commit(operation));
  ReportCommit(result, operation, committed, changes.added);
  return result;
}

}  // namespace

std::vector<plan::InputColumn> TableInputs(const std::vector<types::StructField>& fields,
                                           const TableTarget& target,
                                           const std::optional<sql::TableAlias>& alias) {
  std::vector<std::string> qualifier = target.parts;
  if (alias && !alias->name.name.empty()) qualifier = {alias->name.name};
  std::vector<plan::InputColumn> inputs;
  for (const types::StructField& field : fields) inputs.push_back({qualifier, field});
  return inputs;
}

Result<DeleteOutcome> DeleteRows(StatementContext& context,
                                 const StatementContext::OpenTable& table,
                                 const plan::ExpressionPtr& condition,
                                 delta::Transaction& transaction) {
  if (condition == nullptr) {
    transaction.ReadWholeTable();
    return WholeFiles(table.snapshot->files());
  }
  const TableShape shape = ShapeOf(table.target, *table.snapshot);
  const delta::Predicate predicate = PredicateOf(*condition, shape.schema);
  transaction.ReadMatching(predicate);
  if (std::optional<DeleteOutcome> whole = DeletePartitions(*table.snapshot, predicate))
    return *std::move(whole);
  if (ChangesInPlace(shape, condition))
    return DeleteMatches(context, table, shape, condition, predicate);
  Stopwatch watch;
  const RowsText rows = TRY(DeletedRows(context, table, shape, condition, predicate));
  const std::unique_ptr<ChangeSet> changes = TRY(ChangeSet::Write(
      context, rows, shape.fields().size(), false, shape.properties.enable_change_data_feed));
  DeleteOutcome outcome;
  outcome.scan_ms = watch.LapMs();
  outcome.rows_deleted = 0;
  for (const auto& [file, count] : changes->rows_by_file()) outcome.rows_deleted += count;
  if (outcome.rows_deleted > 0)
    outcome.changes = TRY(ApplyChanges(context, table, shape, *changes));
  outcome.rewrite_ms = watch.LapMs();
  return outcome;
}

Result<StatementResult> RunDelete(StatementContext& context, const sql::Delete& statement) {
  const auto* target = sql::TryAs<sql::TableRelation>(statement.target);
  if (target == nullptr) return Internal("DELETE without a table");
  if (statement.with)
    return Unsupported("WITH before DELETE is not supported.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  StatementResult result = TRY(RetryOnConflict(context, [&]() -> Result<StatementResult> {
    const StatementContext::OpenTable table = TRY(context.OpenDelta(target->name));
    plan::ExpressionPtr condition;
    if (statement.where) {
      const auto inputs =
          TableInputs(table.snapshot->schema().fields(), table.target, target->alias);
      condition =
          TRY(plan::AnalyzeExpression(*statement.where, inputs, context.catalog, context.config));
    }
    return DeleteOnce(context, table, condition,
                      statement.where ? sql::ToSql(*statement.where) : "");
  }));
  AutoCompact(context, TRY(context.Table(target->name)));
  return result;
}

Result<StatementResult> RunTruncate(StatementContext& context, const sql::Truncate& statement) {
  if (!statement.partition.values.empty()) {
    return Unsupported(
               "TRUNCATE of partitions of a Delta table is not supported. Use DELETE FROM ... "
               "WHERE.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  return RetryOnConflict(context, [&]() -> Result<StatementResult> {
    const Stopwatch watch;
    const StatementContext::OpenTable table = TRY(context.OpenDelta(statement.table));
    delta::Transaction transaction(context.session.tables().At(table.target.location),
                                   table.snapshot);
    const DeleteOutcome outcome = TRY(DeleteRows(context, table, nullptr, transaction));
    outcome.changes.PutInto(transaction);
    delta::OperationInfo operation;
    operation.name = "TRUNCATE";
    operation.metrics = {{"numRemovedFiles", static_cast<int64_t>(outcome.changes.removed.size())},
                         {"executionTimeMs", watch.TotalMs()}};
    const delta::CommitOutcome committed = TRY(transaction.Commit(operation));
    StatementResult result = EmptyResult("TRUNCATE");
    ReportCommit(result, operation, committed, {});
    return result;
  });
}

}  // namespace lakesmith::engine
