// OPTIMIZE, VACUUM, RESTORE, REORG.
#include "delta/maintenance.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "delta/deletion_vector.h"
#include "delta/history.h"
#include "delta/statistics.h"
#include "engine/statements/change_set_internal.h"
#include "engine/statements/rewrite_files_internal.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using types::DataType;
using types::Value;

constexpr int64_t kHourMillis = 3600LL * 1000;

Result<std::vector<size_t>> ZOrderColumns(StatementContext& context, const sql::Optimize& statement,
                                          const TableShape& shape) {
  std::vector<size_t> columns;
  for (const std::vector<sql::Identifier>& path : statement.zorder_by) {
    const std::optional<size_t> index = shape.schema.FieldIndex(path.front().name);
    if (!index || path.size() > 1) {
      Error error =
          Invalid("`{}` is not a top-level column of {}.", path.front().name, shape.display)
              .WithClass("DELTA_ZORDERING_COLUMN_DOES_NOT_EXIST", "42703");
      return std::move(error).At(context.PlaceOf(path.front().range));
    }
    for (const std::string& partition : shape.partition_columns) {
      if (catalog::FoldName(partition) != catalog::FoldName(path.front().name)) continue;
      return Invalid(
                 "`{}` is a partition column. Z-ordering can only be performed on data columns.",
                 partition)
          .WithClass("DELTA_ZORDERING_ON_PARTITION_COLUMN", "42P10");
    }
    columns.push_back(*index);
  }
  return columns;
}

Value FileSizes(const std::vector<int64_t>& sizes) {
  types::StructValue value;
  const auto [low, high] = std::ranges::minmax_element(sizes);
  int64_t total = 0;
  for (const int64_t size : sizes) total += size;
  const auto count = static_cast<int64_t>(sizes.size());
  value.fields = {
      count == 0 ? Value() : Value(*low), count == 0 ? Value() : Value(*high),
      count == 0 ? Value(0.0) : Value(static_cast<double>(total) / static_cast<double>(count)),
      Value(count), Value(total)};
  return Value(std::move(value));
}

StatementResult OptimizeResult(const StatementContext::OpenTable& table, const Rewrite& rewrite) {
  const DataType sizes = DataType::Struct({{"min", DataType::Long()},
                                           {"max", DataType::Long()},
                                           {"avg", DataType::Double()},
                                           {"totalFiles", DataType::Long()},
                                           {"totalSize", DataType::Long()}});
  const DataType metrics = DataType::Struct({{"numFilesAdded", DataType::Long()},
                                             {"numFilesRemoved", DataType::Long()},
                                             {"filesAdded", sizes},
                                             {"filesRemoved", sizes}});
  std::vector<int64_t> added;
  std::vector<int64_t> removed;
  for (const delta::AddFile& file : rewrite.added.files) added.push_back(file.size_bytes);
  for (const delta::AddFilePtr& file : rewrite.removed) removed.push_back(file->size_bytes);
  types::StructValue value;
  value.fields = {Value(static_cast<int64_t>(added.size())),
                  Value(static_cast<int64_t>(removed.size())), FileSizes(added),
                  FileSizes(removed)};
  StatementResult result =
      RowsResult({TextColumn("path"), {"metrics", metrics}},
                 {{Value("file:" + table.target.location), Value(std::move(value))}});
  result.kind = "OPTIMIZE";
  return result;
}

Result<StatementResult> CommitRewrite(StatementContext& context,
                                      const StatementContext::OpenTable& table,
                                      const Rewrite& rewrite, delta::OperationInfo operation) {
  StatementResult result = OptimizeResult(table, rewrite);
  result.metrics.table_version = table.snapshot->version();
  if (rewrite.removed.empty()) return result;
  delta::Transaction transaction(context.session.tables().At(table.target.location),
                                 table.snapshot);
  PutInto(rewrite, transaction);
  operation.metrics = RewriteMetrics(rewrite);
  const delta::CommitOutcome outcome = TRY(transaction.Commit(operation));
  ReportCommit(result, operation, outcome, rewrite.added);
  return result;
}

Result<std::optional<delta::Predicate>> PartitionFilter(StatementContext& context,
                                                        const sql::ExpressionPtr& where,
                                                        const StatementContext::OpenTable& table) {
  if (!where) return std::optional<delta::Predicate>();
  const auto inputs = TableInputs(table.snapshot->schema().fields(), table.target, std::nullopt);
  const plan::ExpressionPtr condition =
      TRY(plan::AnalyzeExpression(*where, inputs, context.catalog, context.config));
  return std::optional<delta::Predicate>(PredicateOf(*condition, table.snapshot->schema()));
}

Result<StatementResult> OptimizeOnce(StatementContext& context, const sql::Optimize& statement) {
  const StatementContext::OpenTable table = TRY(context.OpenDelta(statement.table));
  const TableShape shape = ShapeOf(table.target, *table.snapshot);
  const std::vector<size_t> zorder = TRY(ZOrderColumns(context, statement, shape));
  delta::OptimizeOptions options;
  options.where = TRY(PartitionFilter(context, statement.where, table));
  options.all_files = !zorder.empty() || statement.full;
  if (shape.properties.target_file_size_bytes) {
    options.target_size_bytes = *shape.properties.target_file_size_bytes;
    options.min_size_bytes = *shape.properties.target_file_size_bytes;
  }
  const Rewrite rewrite = TRY(RewriteBins(
      context, table, shape, TRY(delta::PlanOptimize(*table.snapshot, options)), zorder));
  std::vector<std::string> names;
  for (const size_t column : zorder) names.push_back(shape.fields()[column].name);
  delta::OperationInfo operation;
  operation.name = "OPTIMIZE";
  operation.parameters = {
      {"predicate", JsonList(statement.where ? std::vector{sql::ToSql(*statement.where)}
                                             : std::vector<std::string>{})},
      {"zOrderBy", JsonList(names)},
      {"clusterBy", "[]"},
      {"auto", false}};
  return CommitRewrite(context, table, rewrite, std::move(operation));
}

Result<StatementResult> PurgeOnce(StatementContext& context, const sql::Reorg& statement) {
  const StatementContext::OpenTable table = TRY(context.OpenDelta(statement.table));
  const TableShape shape = ShapeOf(table.target, *table.snapshot);
  Rewrite rewrite;
  for (const delta::AddFilePtr& file : table.snapshot->files()) {
    if (!file->deletion_vector) continue;
    rewrite.Add({file}, TRY(RewriteFiles(context, table, shape, {file})));
  }
  delta::OperationInfo operation;
  operation.name = "REORG";
  operation.parameters = {{"predicate", "[]"}, {"applyPurge", "true"}};
  return CommitRewrite(context, table, rewrite, std::move(operation));
}

}  // namespace

Result<StatementResult> RunOptimize(StatementContext& context, const sql::Optimize& statement) {
  return RetryOnConflict(context, [&] { return OptimizeOnce(context, statement); });
}

Result<StatementResult> RunReorg(StatementContext& context, const sql::Reorg& statement) {
  if (statement.apply != "PURGE" || statement.where) {
    return Unsupported(
               "REORG TABLE ... APPLY (PURGE) without WHERE is supported; this form is not.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  return RetryOnConflict(context, [&] { return PurgeOnce(context, statement); });
}

Result<StatementResult> RunVacuum(StatementContext& context, const sql::Vacuum& statement) {
  const StatementContext::OpenTable table = TRY(context.OpenDelta(statement.table));
  delta::VacuumOptions options;
  options.dry_run = statement.dry_run;
  options.lite = statement.lite;
  options.retention_check =
      context.session.settings.IsTrue("spark.databricks.delta.retentionDurationCheck.enabled");
  if (!statement.retain_hours.empty()) {
    options.retention_ms =
        std::llround(std::stod(statement.retain_hours) * static_cast<double>(kHourMillis));
  }
  const delta::VacuumOutcome outcome =
      TRY(delta::Vacuum(context.session.tables().At(table.target.location), options));
  std::vector<Row> rows;
  if (statement.dry_run) {
    for (const std::string& file : outcome.files) rows.push_back({Value("file:" + file)});
  } else {
    rows.push_back({Value("file:" + table.target.location)});
  }
  StatementResult result = RowsResult({TextColumn("path")}, std::move(rows));
  result.kind = "VACUUM";
  result.metrics.rows_affected = static_cast<int64_t>(outcome.files.size());
  return result;
}

Result<StatementResult> RunRestore(StatementContext& context, const sql::Restore& statement) {
  const StatementContext::OpenTable table = TRY(context.OpenDelta(statement.table));
  delta::LoadOptions options;
  const StatementContext::Constant point = TRY(context.Evaluate(*statement.point));
  if (statement.unit == sql::TimeTravelKind::kVersion) {
    const auto* version = std::get_if<int64_t>(&point.value.storage());
    const auto* text = std::get_if<std::string>(&point.value.storage());
    if (version == nullptr && text == nullptr)
      return Invalid("RESTORE needs the number of a version.");
    options.version = version != nullptr ? *version : std::stoll(*text);
  } else {
    options.timestamp_ms = TRY(context.EvaluateTimestamp(*statement.point)).micros / 1000;
  }
  const delta::RestoreOutcome outcome =
      TRY(delta::Restore(context.session.tables().At(table.target.location), options));
  StatementResult result =
      RowsResult({{"table_size_after_restore", DataType::Long()},
                  {"num_of_files_after_restore", DataType::Long()},
                  {"num_removed_files", DataType::Long()},
                  {"num_restored_files", DataType::Long()},
                  {"removed_files_size", DataType::Long()},
                  {"restored_files_size", DataType::Long()}},
                 {{Value(outcome.bytes_after), Value(outcome.files_after),
                   Value(outcome.removed_files), Value(outcome.restored_files),
                   Value(outcome.removed_bytes), Value(outcome.restored_bytes)}});
  result.kind = "RESTORE";
  result.metrics.table_version = outcome.commit.version;
  return result;
}

}  // namespace lakesmith::engine
