// Session::Write: a query's rows into one table by one commit, rules counted on the way.
#include <utility>

#include "catalog/catalog.h"
#include "delta/protocol.h"
#include "delta/schema.h"
#include "engine/duckdb/functions/rule_counter.h"
#include "engine/statements/dml_internal.h"
#include "engine/statements/rewrite_files_internal.h"
#include "engine/statements/table_write_internal.h"
#include "sql/parse.h"

namespace lakesmith::engine {
namespace {

using types::StructField;

// One write while it is planned.
struct DatasetWrite {
  catalog::QualifiedName name;
  std::optional<catalog::TableCreation> creation;  // Of a table to be made or replaced.
  std::string location;
  delta::SnapshotPtr snapshot;          // Null: there is no table yet.
  std::optional<TableActions> actions;  // New protocol and metadata, when they change.
  TableShape shape;
};

// The rules' predicates over the rows, as text of the engine.
Result<std::vector<std::string>> PredicateTexts(StatementContext& context,
                                                const WriteRequest& request, RowsText& rows) {
  std::vector<plan::InputColumn> inputs;
  for (const StructField& column : rows.columns) inputs.push_back({{}, column});
  std::vector<std::string> texts;
  for (const Expectation& rule : request.expectations) {
    Result<sql::ExpressionPtr> parsed = sql::ParseExpression(rule.predicate);
    if (!parsed)
      return std::move(parsed)
          .error()
          .Within(fmt::format("expectation '{}'", rule.name))
          .At(rule.location);
    plan::SessionConfig config = context.config;
    config.text = rule.predicate;
    Result<plan::ExpressionPtr> analyzed =
        plan::AnalyzeExpression(**parsed, inputs, context.catalog, config);
    if (!analyzed) {
      return std::move(analyzed)
          .error()
          .Within(fmt::format("expectation '{}'", rule.name))
          .At(rule.location);
    }
    if (!(*analyzed)->type.is(types::TypeId::kBoolean)) {
      return Invalid("expectation '{}' is of type {}; it must be a condition", rule.name,
                     (*analyzed)->type.Sql())
          .At(rule.location);
    }
    texts.push_back(TakeReferences(rows, TRY(context.Emit(*analyzed, RowsColumn))));
  }
  return texts;
}

std::string RowText(const std::vector<StructField>& columns, const std::string& hidden_prefix) {
  std::string text;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!hidden_prefix.empty() && columns[i].name.starts_with(hidden_prefix)) continue;
    text += fmt::format("{}{} || coalesce(CAST({} AS VARCHAR), 'null')", text.empty() ? "" : " || ",
                        EngineText(fmt::format("\n - {} : ", columns[i].name)), RowsColumn(i));
  }
  return text;
}

// An expression of the engine that fails with what the rule says and the row.
std::string ViolationText(const Expectation& rule, const std::vector<StructField>& columns) {
  const std::string message =
      rule.message.empty()
          ? fmt::format("Expectation '{}' ({}) is violated by the row:", rule.name, rule.predicate)
          : rule.message;
  return RaiseText(rule.error_class.empty() ? "EXPECTATION_VIOLATION" : rule.error_class, "22000",
                   message, RowText(columns, rule.hidden_prefix));
}

// Counts each rule on each row, drops rows by kDropRow rules and fails the query by kFail rules.
Result<RowsText> ApplyRules(StatementContext& context, const WriteRequest& request,
                            const RuleCounter& counter, RowsText rows) {
  const std::vector<std::string> predicates = TRY(PredicateTexts(context, request, rows));
  int64_t drop_mask = 0;
  std::string failures;
  std::string arguments;
  for (size_t i = 0; i < predicates.size(); ++i) {
    const Expectation& rule = request.expectations[i];
    if (rule.action == ViolationAction::kDropRow) drop_mask |= int64_t{1} << i;
    if (rule.action == ViolationAction::kFail) {
      failures += fmt::format("WHEN ({}) IS NOT TRUE THEN {} ", predicates[i],
                              ViolationText(rule, rows.columns));
    }
    arguments += fmt::format(", CAST(({}) AS BOOLEAN)", predicates[i]);
  }
  std::string kept;
  std::string items;
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    const std::string column = RowsColumn(i);
    const bool checks = i == 0 && !failures.empty();
    items += fmt::format("{} AS {}, ",
                         checks ? fmt::format("CASE {} ELSE k0 END", failures) : column, column);
    kept += (i == 0 ? "" : ", ") + column;
  }
  rows.sql = fmt::format(
      "SELECT {} FROM (SELECT {} {}({}::BIGINT, {}::BIGINT{}) AS kept FROM ({}) AS q) AS q WHERE "
      "kept",
      kept, items, kCountRulesFunction, counter.id(), drop_mask, arguments, rows.sql);
  rows.native_functions.emplace_back(kCountRulesFunction);
  return rows;
}

// The columns of a new table: those declared, void ones with the query's type, then the query's
// further ones.
std::vector<StructField> NewColumns(const WriteRequest& request,
                                    const std::vector<StructField>& query) {
  std::vector<StructField> columns = request.columns;
  const types::DataType source = types::DataType::Struct(query);
  for (StructField& column : columns) {
    const std::optional<size_t> from = source.FieldIndex(column.name);
    if (column.type.is(types::TypeId::kVoid) && from) column.type = query[*from].type;
  }
  const types::DataType declared = types::DataType::Struct(columns);
  for (StructField field : query) {
    if (!columns.empty() && declared.FieldIndex(field.name)) continue;
    field.nullable = true;
    field.metadata = Json::object();
    columns.push_back(std::move(field));
  }
  return columns;
}

Status PlanCreation(StatementContext& context, const WriteRequest& request,
                    const std::vector<StructField>& query, DatasetWrite& write) {
  const bool replace = request.mode == WriteMode::kCreateOrReplace;
  const std::string location = request.location.empty() ? "" : LocalPath(request.location);
  write.creation.emplace(TRY(context.session.catalog().BeginTable(write.name, replace, location)));
  write.location = write.creation->location();
  const bool exists = TRY(context.session.tables().Exists(write.location));
  if (exists) write.snapshot = TRY(context.catalog.SnapshotOf(write.location));
  TableDefinition definition;
  definition.fields = NewColumns(request, query);
  definition.partition_columns = request.partition_columns;
  definition.properties = request.properties;
  if (!request.comment.empty()) definition.comment = request.comment;
  write.actions = TRY(DefineTable(definition, write.name.ToString()));
  if (write.snapshot != nullptr) {
    write.actions->metadata.id = write.snapshot->metadata().id;
    write.actions->protocol =
        delta::MergeProtocols(write.snapshot->protocol(), write.actions->protocol);
  }
  write.shape = write.actions->shape;
  return {};
}

Status PlanExisting(StatementContext& context, const WriteRequest& request,
                    const std::vector<StructField>& query, DatasetWrite& write) {
  const TableTarget target = TRY(FindTable(context.session, request.target));
  if (!target.is_delta) return Invalid("{} is not a Delta table.", target.Display());
  write.location = target.location;
  write.snapshot = TRY(context.catalog.SnapshotOf(target.location));
  write.shape = ShapeOf(target, *write.snapshot);
  if (request.evolve_schema)
    write.actions = TRY(EvolveSchema(*write.snapshot, query, write.shape.display));
  if (write.actions) write.shape = write.actions->shape;
  return {};
}

WriteMetrics MetricsOf(const WriteRequest& request, const RuleCounter* counter,
                       const WrittenRows& written) {
  WriteMetrics metrics;
  metrics.rows_written = written.row_count;
  metrics.rows_read = counter == nullptr ? written.row_count : counter->rows();
  metrics.rows_dropped = metrics.rows_read - metrics.rows_written;
  metrics.files_written = static_cast<int64_t>(written.files.size());
  metrics.bytes_written = written.size_bytes;
  for (size_t i = 0; i < request.expectations.size(); ++i) {
    const int64_t passed = counter->passed(i);
    metrics.expectations.push_back(
        {request.expectations[i].name, passed, metrics.rows_read - passed});
  }
  return metrics;
}

delta::OperationInfo OperationOf(const WriteRequest& request, const DatasetWrite& write,
                                 const WriteMetrics& metrics) {
  delta::OperationInfo operation;
  const bool creates = write.creation.has_value();
  const bool append = request.mode == WriteMode::kAppend;
  operation.name = !creates                    ? "WRITE"
                   : write.snapshot != nullptr ? "CREATE OR REPLACE TABLE AS SELECT"
                                               : "CREATE TABLE AS SELECT";
  if (!creates) operation.parameters.emplace_back("mode", append ? "Append" : "Overwrite");
  operation.parameters.emplace_back("partitionBy", JsonList(write.shape.partition_columns));
  operation.metrics = {{"numFiles", metrics.files_written},
                       {"numOutputRows", metrics.rows_written},
                       {"numOutputBytes", metrics.bytes_written}};
  return operation;
}

Result<WriteMetrics> Commit(StatementContext& context, const WriteRequest& request,
                            DatasetWrite& write, WriteMetrics metrics, const WrittenRows& written) {
  delta::Transaction transaction(context.session.tables().At(write.location), write.snapshot);
  delta::OperationInfo operation = OperationOf(request, write, metrics);
  if (!TRY(ApplyExtras(transaction, request.commit, operation))) {
    metrics = {};
    metrics.skipped = true;
    metrics.version = write.snapshot->version();
    return metrics;
  }
  if (write.actions) {
    transaction.SetProtocol(write.actions->protocol);
    transaction.SetMetadata(write.actions->metadata);
  }
  if (write.snapshot != nullptr && request.mode != WriteMode::kAppend) {
    transaction.ReadWholeTable();
    for (const delta::AddFilePtr& file : write.snapshot->files()) transaction.Remove(*file);
  } else if (context.catalog.Reads(write.location)) {
    transaction.ReadWholeTable();
  }
  for (const delta::AddFile& file : written.files) transaction.Add(file);
  const delta::CommitOutcome outcome = TRY(transaction.Commit(operation));
  metrics.version = outcome.version;
  if (write.creation) TRY(write.creation->Finish({}));
  return metrics;
}

// Whether the table has the batch already, so that nothing needs to run.
bool IsDone(const WriteRequest& request, const DatasetWrite& write) {
  if (!request.commit.txn || write.snapshot == nullptr) return false;
  const std::optional<int64_t> last =
      write.snapshot->TransactionVersion(request.commit.txn->app_id);
  return last && *last >= request.commit.txn->version;
}

}  // namespace

Result<WriteMetrics> ExecuteWrite(SessionState& session, const WriteRequest& request) {
  if (request.expectations.size() > 62)
    return Unsupported("more than 62 expectations on one dataset");
  ExecuteOptions options;
  options.file = request.file;
  options.resolver = request.resolver;
  StatementContext context(session, request.query.text, options);
  sql::QueryPtr parsed;
  if (request.query.tree == nullptr) parsed = TRY(sql::ParseQuery(request.query.text));
  const plan::Query query =
      TRY(context.Analyze(request.query.tree != nullptr ? *request.query.tree : *parsed));

  DatasetWrite write;
  write.name = TRY(catalog::Qualify(request.target, session.current));
  const bool creates =
      request.mode == WriteMode::kCreate || request.mode == WriteMode::kCreateOrReplace;
  if (creates) {
    TRY(PlanCreation(context, request, query.columns, write));
  } else {
    TRY(PlanExisting(context, request, query.columns, write));
  }
  if (IsDone(request, write)) {
    WriteMetrics metrics;
    metrics.skipped = true;
    metrics.version = write.snapshot->version();
    return metrics;
  }
  RowsText rows = RowsOf(TRY(Emit(query)));
  std::unique_ptr<RuleCounter> counter;
  if (!request.expectations.empty()) {
    counter = std::make_unique<RuleCounter>(request.expectations.size());
    rows = TRY(ApplyRules(context, request, *counter, std::move(rows)));
  }
  const ColumnSources sources = TRY(SourcesByName(query.columns, write.shape));
  rows = TRY(ShapeRows(context, std::move(rows), sources, write.shape));
  const WrittenRows written = TRY(WriteRows(context, rows, write.shape, write.location));
  WriteMetrics metrics =
      TRY(Commit(context, request, write, MetricsOf(request, counter.get(), written), written));
  if (write.shape.properties.auto_compact)
    AutoCompact(context, TRY(FindTable(session, request.target)));
  return metrics;
}

}  // namespace lakesmith::engine
