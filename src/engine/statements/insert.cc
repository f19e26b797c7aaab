#include <algorithm>
#include <set>
#include <utility>

#include "base/nearest.h"
#include "delta/change_feed.h"
#include "delta/partition_values.h"
#include "engine/statements/dml_internal.h"
#include "engine/statements/rewrite_files_internal.h"
#include "engine/statements/table_write_internal.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using types::StructField;

// A value of PARTITION (column = value).
struct StaticPartition {
  size_t column;  // In the table.
  const sql::Expression* value;
};

struct InsertPlan {
  StatementContext::OpenTable table;
  TableShape shape;
  std::optional<TableActions> evolved;
  std::vector<StaticPartition> partitions;
  RowsText rows;
};

Result<size_t> ColumnNamed(StatementContext& context, const TableShape& shape,
                           const std::string& name, const sql::SourceRange& range) {
  const std::optional<size_t> index = shape.schema.FieldIndex(name);
  if (index) return *index;
  std::vector<std::string> names;
  for (const StructField& field : shape.fields()) names.push_back(field.name);
  std::string list;
  for (const std::string& near : NearestFew(name, names, 5))
    list += (list.empty() ? "`" : ", `") + near + "`";
  Error error = Invalid(
                    "A column, variable, or function parameter with name `{}` cannot be resolved. "
                    "Did you mean "
                    "one of the following? [{}].",
                    name, list)
                    .WithClass("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703");
  return std::move(error).At(context.PlaceOf(range));
}

// The table's columns that the query fills by position: those listed, else all but static
// partitions.
Result<std::vector<size_t>> TargetColumns(StatementContext& context, const sql::Insert& statement,
                                          const InsertPlan& plan) {
  std::vector<size_t> columns;
  std::set<size_t> seen;
  for (const sql::Identifier& column : statement.columns) {
    const size_t index = TRY(ColumnNamed(context, plan.shape, column.name, column.range));
    if (!seen.insert(index).second) {
      return Invalid("The column `{}` is listed more than once.", column.name)
          .WithClass("COLUMN_ALREADY_EXISTS", "42711");
    }
    columns.push_back(index);
  }
  if (!statement.columns.empty()) return columns;
  for (size_t i = 0; i < plan.shape.fields().size(); ++i) {
    const bool is_static = std::ranges::any_of(
        plan.partitions, [&](const StaticPartition& partition) { return partition.column == i; });
    if (!is_static) columns.push_back(i);
  }
  return columns;
}

bool IsDefaultWord(const sql::ExpressionPtr& expression) {
  const auto* reference = sql::TryAs<sql::ColumnReference>(expression);
  return reference != nullptr && reference->parts.size() == 1 && !reference->parts[0].quoted &&
         catalog::FoldName(reference->parts[0].name) == "default";
}

Result<sql::ExpressionPtr> DefaultOf(const StructField& field) {
  const auto found = field.metadata.find("CURRENT_DEFAULT");
  return sql::ParseExpression(found == field.metadata.end() ? "NULL" : found->get<std::string>());
}

// Puts the columns' defaults in place of the word DEFAULT in VALUES.
Status ReplaceDefaults(sql::Query& query, const std::vector<size_t>& targets,
                       const TableShape& shape) {
  if (!query.body || query.body->kind != sql::QueryBodyKind::kValues) return {};
  auto& relation =
      static_cast<sql::ValuesRelation&>(*static_cast<sql::ValuesBody&>(*query.body).values);
  const auto replace = [&](sql::ExpressionPtr& item, size_t position) -> Status {
    if (!IsDefaultWord(item) || position >= targets.size()) return {};
    item = TRY(DefaultOf(shape.fields()[targets[position]]));
    return {};
  };
  for (sql::ExpressionPtr& row : relation.rows) {
    if (row->kind != sql::ExpressionKind::kRow) {
      TRY(replace(row, 0));
      continue;
    }
    std::vector<sql::ExpressionPtr>& items = static_cast<sql::Row&>(*row).items;
    for (size_t i = 0; i < items.size(); ++i) TRY(replace(items[i], i));
  }
  return {};
}

Error ArityMismatch(const std::vector<StructField>& source, size_t wanted,
                    const TableShape& shape) {
  const bool few = source.size() < wanted;
  std::string table_columns;
  std::string data_columns;
  for (const StructField& field : shape.fields())
    table_columns += (table_columns.empty() ? "`" : ", `") + field.name + "`";
  for (const StructField& field : source)
    data_columns += (data_columns.empty() ? "`" : ", `") + field.name + "`";
  return Invalid("Cannot write to {}, the reason is {}:\nTable columns: {}.\nData columns: {}.",
                 shape.display, few ? "not enough data columns" : "too many data columns",
                 table_columns, data_columns)
      .WithClass(few ? "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"
                     : "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS",
                 "21S01");
}

// Adds the static partition values as columns of the rows.
Status AddStaticColumns(StatementContext& context, InsertPlan& plan, RowsText& rows,
                        ColumnSources& sources) {
  std::string items;
  for (size_t i = 0; i < rows.columns.size(); ++i) items += (i == 0 ? "" : ", ") + RowsColumn(i);
  for (const StaticPartition& partition : plan.partitions) {
    const plan::ExpressionPtr value =
        TRY(plan::AnalyzeExpression(*partition.value, {}, context.catalog, context.config));
    const std::string text = TakeReferences(rows, TRY(context.Emit(value, RowsColumn)));
    items += fmt::format(", {} AS {}", text, RowsColumn(rows.columns.size()));
    sources[partition.column] = rows.columns.size();
    rows.columns.push_back({plan.shape.fields()[partition.column].name, value->type});
  }
  rows.sql = fmt::format("SELECT {} FROM ({}) AS q", items, rows.sql);
  return {};
}

Result<RowsText> PlanRows(StatementContext& context, const sql::Insert& statement,
                          InsertPlan& plan) {
  sql::QueryPtr query = statement.query;
  const std::vector<size_t> targets = TRY(TargetColumns(context, statement, plan));
  TRY(ReplaceDefaults(*query, targets, plan.shape));
  const plan::Query analyzed = TRY(context.Analyze(*query));
  const bool evolve =
      statement.with_schema_evolution ||
      context.session.settings.IsTrue("spark.databricks.delta.schema.autoMerge.enabled");
  if (evolve && (statement.by_name || statement.with_schema_evolution)) {
    plan.evolved = TRY(EvolveSchema(*plan.table.snapshot, analyzed.columns, plan.shape.display));
    if (plan.evolved) plan.shape = plan.evolved->shape;
  }
  RowsText rows = RowsOf(TRY(Emit(analyzed)));
  ColumnSources sources(plan.shape.fields().size());
  const bool by_name =
      statement.by_name || (evolve && statement.with_schema_evolution && statement.columns.empty());
  if (by_name) {
    sources = TRY(SourcesByName(analyzed.columns, plan.shape));
  } else {
    if (analyzed.columns.size() != targets.size()) {
      return ArityMismatch(analyzed.columns, targets.size(), plan.shape);
    }
    for (size_t i = 0; i < targets.size(); ++i) sources[targets[i]] = i;
  }
  if (!plan.partitions.empty()) TRY(AddStaticColumns(context, plan, rows, sources));
  return ShapeRows(context, std::move(rows), sources, plan.shape);
}

Result<std::vector<StaticPartition>> StaticPartitions(StatementContext& context,
                                                      const sql::Insert& statement,
                                                      const TableShape& shape) {
  std::vector<StaticPartition> partitions;
  for (const sql::Option& option : statement.partition.values) {
    const size_t column = TRY(ColumnNamed(context, shape, option.key, statement.table.range));
    const bool is_partition =
        std::ranges::any_of(shape.partition_columns, [&](const std::string& name) {
          return catalog::FoldName(name) == catalog::FoldName(option.key);
        });
    if (!is_partition) {
      return Invalid("`{}` is not a partition column of {}.", option.key, shape.display)
          .WithClass("NON_PARTITION_COLUMN", "42000");
    }
    if (option.value) partitions.push_back({column, option.value.get()});
  }
  return partitions;
}

// The condition `column <=> value AND ...` of static partitions.
Result<plan::ExpressionPtr> PartitionCondition(StatementContext& context, const InsertPlan& plan) {
  std::string text;
  for (const StaticPartition& partition : plan.partitions) {
    text +=
        fmt::format("{}{} <=> CAST({} AS {})", text.empty() ? "" : " AND ",
                    types::QuoteIdentifierIfNeeded(plan.shape.fields()[partition.column].name),
                    sql::ToSql(*partition.value), plan.shape.fields()[partition.column].type.Sql());
  }
  const sql::ExpressionPtr condition = TRY(sql::ParseExpression(text));
  return plan::AnalyzeExpression(*condition,
                                 TableInputs(plan.shape.fields(), plan.table.target, std::nullopt),
                                 context.catalog, context.config);
}

// Removes the files of the partitions that rows were written to.
void RemoveTouchedPartitions(const InsertPlan& plan, const WrittenRows& written,
                             delta::Transaction& transaction,
                             std::vector<delta::AddFilePtr>& removed) {
  std::set<std::string> touched;
  for (const delta::AddFile& file : written.files)
    touched.insert(delta::PartitionFolder(file.partition_values));
  for (const delta::AddFilePtr& file : plan.table.snapshot->files()) {
    if (!touched.contains(delta::PartitionFolder(file->partition_values))) continue;
    transaction.Remove(*file);
    removed.push_back(file);
  }
}

void RemoveAll(const InsertPlan& plan, delta::Transaction& transaction,
               std::vector<delta::AddFilePtr>& removed) {
  transaction.ReadWholeTable();
  for (const delta::AddFilePtr& file : plan.table.snapshot->files()) {
    transaction.Remove(*file);
    removed.push_back(file);
  }
}

// Rows that do not meet the condition of REPLACE WHERE fail the statement.
Result<RowsText> RequireCondition(StatementContext& context, RowsText rows,
                                  const plan::ExpressionPtr& condition, const std::string& text) {
  const std::string emitted = TakeReferences(rows, TRY(context.Emit(condition, RowsColumn)));
  std::string items =
      fmt::format("CASE WHEN ({}) IS NOT TRUE THEN {} ELSE k0 END AS k0", emitted,
                  RaiseText("DELTA_REPLACE_WHERE_MISMATCH", "44000",
                            fmt::format("Written data does not conform to partial table overwrite "
                                        "condition or constraint '{}'.",
                                        text)));
  for (size_t i = 1; i < rows.columns.size(); ++i) items += ", " + RowsColumn(i);
  rows.sql = fmt::format("SELECT {} FROM ({}) AS q", items, rows.sql);
  return rows;
}

void AddRemovedMetrics(const std::vector<delta::AddFilePtr>& removed,
                       delta::OperationInfo& operation) {
  int64_t bytes = 0;
  for (const delta::AddFilePtr& file : removed) bytes += file->size_bytes;
  operation.metrics.emplace_back("numRemovedFiles", static_cast<int64_t>(removed.size()));
  operation.metrics.emplace_back("numRemovedBytes", bytes);
}

delta::OperationInfo WriteOperation(const InsertPlan& plan, bool overwrite,
                                    const WrittenRows& written) {
  delta::OperationInfo operation;
  operation.name = "WRITE";
  operation.parameters = {{"mode", overwrite ? "Overwrite" : "Append"},
                          {"partitionBy", JsonList(plan.shape.partition_columns)}};
  operation.metrics = {{"numFiles", static_cast<int64_t>(written.files.size())},
                       {"numOutputRows", written.row_count},
                       {"numOutputBytes", written.size_bytes}};
  return operation;
}

struct Replaced {
  plan::ExpressionPtr condition;  // Null: not by condition.
  std::string text;
};

Result<Replaced> ReplacedRows(StatementContext& context, const sql::Insert& statement,
                              const InsertPlan& plan) {
  if (statement.mode == sql::InsertMode::kReplaceWhere) {
    const std::vector<plan::InputColumn> inputs =
        TableInputs(plan.shape.fields(), plan.table.target, std::nullopt);
    return Replaced{TRY(plan::AnalyzeExpression(*statement.replace_where, inputs, context.catalog,
                                                context.config)),
                    sql::ToSql(*statement.replace_where)};
  }
  if (statement.mode == sql::InsertMode::kOverwrite && !plan.partitions.empty()) {
    return Replaced{TRY(PartitionCondition(context, plan)), ""};
  }
  return Replaced{};
}

// A commit with change data files is read by those alone: the inserted rows then need theirs too.
Status AddInsertedChanges(StatementContext& context, const InsertPlan& plan,
                          const WrittenRows& written, delta::Transaction& transaction) {
  std::vector<delta::AddFilePtr> files;
  for (const delta::AddFile& file : written.files)
    files.push_back(std::make_shared<const delta::AddFile>(file));
  RowsText rows =
      RowsOfScan(DeltaScan{.table = context.session.tables().At(plan.table.target.location),
                           .snapshot = delta::WithFiles(*plan.table.snapshot, std::move(files))},
                 plan.shape.fields());
  rows.sql = fmt::format("SELECT *, 'insert' AS {} FROM ({}) AS q",
                         RowsColumn(plan.shape.fields().size()), rows.sql);
  rows.columns.push_back(TextColumn("_change_type"));
  for (delta::CdcFile& file :
       TRY(WriteChangeData(context, rows, plan.shape, plan.table.target.location)))
    transaction.AddChangeData(std::move(file));
  return {};
}

Result<StatementResult> InsertOnce(StatementContext& context, const sql::Insert& statement) {
  InsertPlan plan;
  plan.table = TRY(context.OpenDelta(statement.table));
  if (IsCommitted(context, *plan.table.snapshot)) return EmptyResult("INSERT");
  plan.shape = ShapeOf(plan.table.target, *plan.table.snapshot);
  plan.partitions = TRY(StaticPartitions(context, statement, plan.shape));
  RowsText rows = TRY(PlanRows(context, statement, plan));
  const Replaced replaced = TRY(ReplacedRows(context, statement, plan));
  if (!replaced.text.empty()) {
    rows = TRY(RequireCondition(context, std::move(rows), replaced.condition, replaced.text));
  }
  delta::Transaction transaction(context.session.tables().At(plan.table.target.location),
                                 plan.table.snapshot);
  if (context.catalog.Reads(plan.table.target.location)) transaction.ReadWholeTable();
  const WrittenRows written = TRY(WriteRows(context, rows, plan.shape, plan.table.target.location));

  const bool overwrite = statement.mode != sql::InsertMode::kInto;
  delta::OperationInfo operation = WriteOperation(plan, overwrite, written);
  std::vector<delta::AddFilePtr> removed;
  const bool dynamic = catalog::FoldName(context.session.settings.GetOr(
                           "spark.sql.sources.partitionOverwriteMode", "STATIC")) == "dynamic" &&
                       !plan.shape.partition_columns.empty();
  if (replaced.condition != nullptr) {
    const DeleteOutcome deleted =
        TRY(DeleteRows(context, plan.table, replaced.condition, transaction));
    deleted.changes.PutInto(transaction);
    removed = deleted.changes.removed;
    if (!replaced.text.empty()) operation.parameters.emplace_back("predicate", replaced.text);
    if (!deleted.changes.change_data.empty())
      TRY(AddInsertedChanges(context, plan, written, transaction));
    operation.metrics.emplace_back("numDeletedRows", deleted.rows_deleted);
    operation.metrics.emplace_back("numCopiedRows", deleted.changes.rows_copied);
    operation.metrics.emplace_back("numAddedChangeFiles",
                                   static_cast<int64_t>(deleted.changes.change_data.size()));
  } else if (overwrite && dynamic) {
    RemoveTouchedPartitions(plan, written, transaction, removed);
    operation.parameters.emplace_back("isDynamicPartitionOverwrite", true);
  } else if (overwrite) {
    RemoveAll(plan, transaction, removed);
  }
  if (overwrite) AddRemovedMetrics(removed, operation);
  if (plan.evolved) {
    transaction.SetProtocol(plan.evolved->protocol);
    transaction.SetMetadata(plan.evolved->metadata);
  }
  for (const delta::AddFile& file : written.files) transaction.Add(file);
  StatementResult result = EmptyResult("INSERT");
  if (!TRY(ApplyExtras(transaction, context.commit, operation))) return result;
  const delta::CommitOutcome outcome = TRY(transaction.Commit(operation));
  result.metrics.rows_affected = written.row_count;
  ReportCommit(result, operation, outcome, written);
  return result;
}

Error NotYet(std::string_view what) {
  return Unsupported("{} is not supported yet.", what).WithClass("UNSUPPORTED_FEATURE", "0A000");
}

}  // namespace

Result<StatementResult> RunInsert(StatementContext& context, const sql::Insert& statement) {
  if (statement.directory) return NotYet("INSERT OVERWRITE DIRECTORY");
  if (statement.mode == sql::InsertMode::kReplaceUsing) return NotYet("INSERT ... REPLACE USING");
  if (statement.mode == sql::InsertMode::kReplaceOn) return NotYet("INSERT ... REPLACE ON");
  TRY(TakeWriteOptions(context, statement.table_options));
  StatementResult result =
      TRY(RetryOnConflict(context, [&] { return InsertOnce(context, statement); }));
  AutoCompact(context, TRY(context.Table(statement.table)));
  return result;
}

Result<StatementResult> RunMultiInsert(StatementContext& context,
                                       const sql::MultiInsert& statement) {
  StatementResult last = EmptyResult("INSERT");
  for (const sql::StatementPtr& part : statement.inserts) {
    sql::StatementPtr copy = part;
    auto& insert = static_cast<sql::Insert&>(*copy);
    if (!insert.query || insert.query->body->kind != sql::QueryBodyKind::kSelect)
      return NotYet("This FROM ... INSERT");
    static_cast<sql::Select&>(*insert.query->body).from = statement.from;
    if (statement.with && !insert.query->with) insert.query->with = statement.with;
    last = TRY(RunInsert(context, insert));
  }
  return last;
}

}  // namespace lakesmith::engine
