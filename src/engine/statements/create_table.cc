#include <algorithm>
#include <set>
#include <utility>

#include "catalog/catalog.h"
#include "delta/protocol.h"
#include "engine/session_files_internal.h"
#include "engine/statements/alter_internal.h"
#include "engine/statements/table_write_internal.h"
#include "engine/statements/view_internal.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using types::StructField;

std::string ConstraintName(const sql::TableConstraint& constraint, size_t position) {
  return constraint.name.empty() ? fmt::format("constraint_{}", position + 1) : constraint.name;
}

Error RefusedYet(StatementContext& context, const sql::SourceRange& range, std::string_view what) {
  Error error =
      Unsupported("{} is not supported yet.", what).WithClass("UNSUPPORTED_FEATURE", "0A000");
  return std::move(error).At(context.PlaceOf(range));
}

// What CREATE TABLE says, gathered from its parts.
struct TableText {
  TableDefinition definition;
  std::string provider = "delta";
  std::string location;
  std::map<std::string, std::string> options;
  catalog::ObjectNotes notes;  // What is recorded without effect: keys, tags.
  std::string notice;
};

Status AddConstraint(StatementContext& context, const sql::TableConstraint& constraint,
                     size_t position, TableText& table) {
  const std::string name = ConstraintName(constraint, position);
  switch (constraint.constraint_kind) {
    case sql::ConstraintKind::kCheck:
      table.definition.properties["delta.constraints." + catalog::FoldName(name)] =
          sql::ToSql(*constraint.condition);
      return {};
    case sql::ConstraintKind::kPrimaryKey:
    case sql::ConstraintKind::kForeignKey:
    case sql::ConstraintKind::kUnique:
      // Keys inform readers; no engine enforces them.
      table.notes.properties["constraint." + name] = context.WrittenAs(constraint.range);
      return {};
    case sql::ConstraintKind::kNotNull:
      return {};
    case sql::ConstraintKind::kExpect:
      return RefusedYet(context, constraint.range, "An expectation outside a pipeline");
  }
  return {};
}

Status AddPartitions(StatementContext& context, const sql::TableClauses& clauses,
                     TableText& table) {
  for (const sql::PartitionItem& item : clauses.partitioned_by) {
    if (item.transform) {
      return Unsupported(
                 "Partitioning by {} is not supported; Delta tables are partitioned by columns.",
                 sql::ToSql(*item.transform))
          .WithClass("UNSUPPORTED_FEATURE", "0A000");
    }
    if (item.type) {
      table.definition.fields.push_back({item.column.name, TRY(context.TypeOf(*item.type))});
    }
    table.definition.partition_columns.push_back(item.column.name);
  }
  return {};
}

// A managed table of another file format is kept as a Delta table: only we read its files, and so
// every statement works on it.
void KeepAsDelta(TableText& table) {
  static const std::set<std::string> kFormats = {"parquet", "csv",  "json", "orc",
                                                 "avro",    "text", "hive"};
  if (kFormats.count(table.provider) == 0) return;
  table.notice = fmt::format("USING {}: the table is kept as a Delta table{}", table.provider,
                             table.notice.empty() ? "" : ". " + table.notice);
  table.provider = "delta";
  table.options.clear();
}

// CLUSTER BY of a table that is kept as Delta only because we read no managed files of its format
// is noted; who asks for a Delta table expects the layout, and is told that it does not come.
Status AddClustering(StatementContext& context, const sql::TableClauses& clauses,
                     const sql::SourceRange& place, TableText& table) {
  if (clauses.cluster_by != sql::ClusterByKind::kColumns &&
      clauses.cluster_by != sql::ClusterByKind::kAuto) {
    return {};
  }
  if (table.provider == "delta") {
    return ClusteringRefused("CREATE TABLE ... CLUSTER BY").At(context.PlaceOf(place));
  }
  std::string columns;
  for (const auto& column : clauses.cluster_columns) {
    std::string dotted;
    for (const sql::Identifier& part : column) dotted += (dotted.empty() ? "" : ".") + part.name;
    columns += (columns.empty() ? "" : ",") + dotted;
  }
  table.notes.properties["clusterBy"] = columns.empty() ? "AUTO" : columns;
  table.notice = "CLUSTER BY is recorded; files are not clustered.";
  return {};
}

Status AddClauses(StatementContext& context, const sql::TableClauses& clauses,
                  const sql::SourceRange& place, TableText& table) {
  if (!clauses.provider.empty()) table.provider = catalog::FoldName(clauses.provider.last());
  TRY(AddClustering(context, clauses, place, table));
  table.options = TRY(context.OptionTexts(clauses.options));
  if (clauses.location) table.location = *clauses.location;
  const auto path = table.options.find("path");
  if (table.location.empty() && path != table.options.end()) table.location = path->second;
  if (!table.location.empty()) table.location = LocalPath(table.location);
  if (table.location.empty()) KeepAsDelta(table);
  table.definition.comment = clauses.comment;
  for (auto& [key, value] : TRY(context.OptionTexts(clauses.properties))) {
    table.definition.properties[key] = value;
  }
  table.notes.tags = TRY(context.OptionTexts(clauses.tags));
  if (clauses.bucketed_by) {
    return Unsupported("Bucketed tables are not supported.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  return AddPartitions(context, clauses, table);
}

Result<StructField> FieldOf(StatementContext& context, const sql::ColumnDefinition& column) {
  StructField field{column.name(), types::DataType::Void(), !column.not_null};
  if (column.type) field.type = TRY(context.TypeOf(*column.type));
  if (column.comment) field.metadata["comment"] = *column.comment;
  if (column.default_value) {
    field.metadata["CURRENT_DEFAULT"] = sql::ToSql(*column.default_value);
    field.metadata["EXISTS_DEFAULT"] = sql::ToSql(*column.default_value);
  }
  if (column.generated_as) {
    field.metadata["delta.generationExpression"] = sql::ToSql(*column.generated_as);
  }
  if (column.identity)
    return RefusedYet(
        context, column.range,
        fmt::format("The identity column `{}` (Delta feature identityColumns)", column.name()));
  for (const sql::TableConstraint& constraint : column.constraints) {
    if (constraint.constraint_kind == sql::ConstraintKind::kPrimaryKey) field.nullable = false;
  }
  return field;
}

Result<TableText> Gather(StatementContext& context, const sql::CreateTable& statement) {
  TableText table;
  for (const sql::ColumnDefinition& column : statement.columns) {
    table.definition.fields.push_back(TRY(FieldOf(context, column)));
  }
  TRY(AddClauses(context, statement.clauses, statement.range, table));
  size_t position = 0;
  for (const sql::ColumnDefinition& column : statement.columns) {
    for (const sql::TableConstraint& constraint : column.constraints) {
      TRY(AddConstraint(context, constraint, position++, table));
    }
  }
  for (const sql::TableConstraint& constraint : statement.constraints) {
    TRY(AddConstraint(context, constraint, position++, table));
  }
  const bool has_default = std::ranges::any_of(
      table.definition.fields,
      [](const StructField& field) { return field.metadata.contains("CURRENT_DEFAULT"); });
  if (has_default)
    table.definition.properties.try_emplace("delta.feature.allowColumnDefaults", "supported");
  return table;
}

// Operation and parameters as Delta for Spark writes them.
delta::OperationInfo CreateOperation(const TableText& table, std::string name, bool managed) {
  delta::OperationInfo operation;
  operation.name = std::move(name);
  Json properties = Json::object();
  for (const auto& [key, value] : table.definition.properties) properties[key] = value;
  operation.parameters = {
      {"partitionBy", JsonList(table.definition.partition_columns)},
      {"clusterBy", "[]"},
      {"description", table.definition.comment ? Json(*table.definition.comment) : Json()},
      {"isManaged", managed ? "true" : "false"},
      {"properties", JsonText(properties)}};
  return operation;
}

catalog::Relation EntryOf(const TableText& table) {
  catalog::Relation entry;
  entry.provider = table.provider;
  entry.notes = table.notes;
  entry.options = table.options;
  return entry;
}

// CREATE TABLE ... LOCATION of a folder that holds a Delta table makes it known under the name.
Result<StatementResult> RegisterExisting(StatementContext& context,
                                         catalog::TableCreation& creation, const TableText& table) {
  const delta::SnapshotPtr snapshot = TRY(context.session.tables().Newest(creation.location()));
  const types::DataType declared = types::DataType::Struct(table.definition.fields);
  if (!table.definition.fields.empty() &&
      !types::SameTypeIgnoringNullability(declared, snapshot->schema())) {
    return Invalid(
               "The columns given for {} differ from those of the Delta table at {}:\ngiven: "
               "{}\nthere: {}",
               creation.name().ToString(), creation.location(), declared.SimpleString(),
               snapshot->schema().SimpleString())
        .WithClass("DELTA_CREATE_TABLE_SCHEME_MISMATCH", "42KD7");
  }
  TRY(creation.Finish(EntryOf(table)));
  return EmptyResult("CREATE TABLE");
}

// A table of files in another format is an entry of the catalog; its folder stays as it is.
Result<StatementResult> CreateFileTable(StatementContext& context, catalog::TableCreation& creation,
                                        const TableText& table) {
  catalog::Relation entry = EntryOf(table);
  entry.columns = table.definition.fields;
  entry.partition_columns = table.definition.partition_columns;
  entry.notes.comment = table.definition.comment.value_or("");
  entry.notes.properties.insert(table.definition.properties.begin(),
                                table.definition.properties.end());
  if (entry.columns.empty()) {
    FilesRelation files;
    files.paths = {creation.location()};
    files.format = table.provider;
    files.options = table.options;
    entry.columns = TRY(InferFileSchema(context.session, files));
  }
  TRY(creation.Finish(std::move(entry)));
  return EmptyResult("CREATE TABLE");
}

Result<StatementResult> CommitEmptyTable(StatementContext& context,
                                         catalog::TableCreation& creation, const TableText& table,
                                         const delta::SnapshotPtr& replaced) {
  if (table.definition.fields.empty()) {
    return Invalid("{} has no columns. Give columns, a query, or the location of a table.",
                   creation.name().ToString())
        .WithClass("DELTA_MISSING_SCHEMA", "42601");
  }
  TableActions actions = TRY(DefineTable(table.definition, creation.name().ToString()));
  delta::Transaction transaction(context.session.tables().At(creation.location()), replaced);
  if (replaced != nullptr) {
    transaction.ReadWholeTable();
    actions.metadata.id = replaced->metadata().id;
    actions.protocol = delta::MergeProtocols(replaced->protocol(), actions.protocol);
    for (const delta::AddFilePtr& file : replaced->files()) transaction.Remove(*file);
  }
  transaction.SetProtocol(actions.protocol);
  transaction.SetMetadata(actions.metadata);
  const delta::OperationInfo operation = CreateOperation(
      table, replaced != nullptr ? "REPLACE TABLE" : "CREATE TABLE", creation.managed());
  const delta::CommitOutcome outcome = TRY(transaction.Commit(operation));
  TRY(creation.Finish(EntryOf(table)));
  StatementResult result = EmptyResult("CREATE TABLE");
  result.notice = table.notice;
  ReportCommit(result, operation, outcome, {});
  return result;
}

// The columns of a table made from a query: declared ones win, the query fills in the rest.
void TakeQueryColumns(const std::vector<StructField>& query_columns, TableText& table) {
  if (!table.definition.fields.empty()) return;
  for (StructField field : query_columns) {
    field.nullable = true;
    field.metadata = Json::object();
    table.definition.fields.push_back(std::move(field));
  }
}

Result<StatementResult> CreateFromQuery(StatementContext& context, catalog::TableCreation& creation,
                                        TableText table, const sql::CreateTable& statement,
                                        const delta::SnapshotPtr& replaced) {
  const plan::Query query = TRY(context.Analyze(*statement.query));
  TRY(CheckColumnNames(query.columns));
  TakeQueryColumns(query.columns, table);
  TableActions actions = TRY(DefineTable(table.definition, creation.name().ToString()));
  const ColumnSources sources = TRY(SourcesByPosition(query.columns, actions.shape));
  const RowsText rows = TRY(ShapeRows(context, RowsOf(TRY(Emit(query))), sources, actions.shape));
  const WrittenRows written = TRY(WriteRows(context, rows, actions.shape, creation.location()));

  delta::Transaction transaction(context.session.tables().At(creation.location()), replaced);
  if (replaced != nullptr) {
    transaction.ReadWholeTable();
    actions.metadata.id = replaced->metadata().id;
    actions.protocol = delta::MergeProtocols(replaced->protocol(), actions.protocol);
    for (const delta::AddFilePtr& file : replaced->files()) transaction.Remove(*file);
  }
  transaction.SetProtocol(actions.protocol);
  transaction.SetMetadata(actions.metadata);
  for (const delta::AddFile& file : written.files) transaction.Add(file);
  const std::string name = statement.replace_only ? "REPLACE TABLE AS SELECT"
                           : statement.or_replace ? "CREATE OR REPLACE TABLE AS SELECT"
                                                  : "CREATE TABLE AS SELECT";
  delta::OperationInfo operation = CreateOperation(table, name, creation.managed());
  operation.metrics = {{"numFiles", static_cast<int64_t>(written.files.size())},
                       {"numOutputRows", written.row_count},
                       {"numOutputBytes", written.size_bytes}};
  const delta::CommitOutcome outcome = TRY(transaction.Commit(operation));
  TRY(creation.Finish(EntryOf(table)));
  StatementResult result = EmptyResult("CREATE TABLE AS SELECT");
  result.notice = table.notice;
  result.metrics.rows_affected = written.row_count;
  ReportCommit(result, operation, outcome, written);
  return result;
}

}  // namespace

Result<StatementResult> RunCreateTable(StatementContext& context,
                                       const sql::CreateTable& statement) {
  if (statement.table_kind != sql::TableKind::kTable) {
    return Unsupported(
               "Streaming tables and materialized views are datasets of a pipeline. Put the "
               "statement into a "
               "source file of a pipeline and run that.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  TableText table = TRY(Gather(context, statement));
  if (const std::optional<PathName> path = AsPathName(parts)) {
    return Unsupported(
               "CREATE TABLE delta.`{0}` is not supported. Use CREATE TABLE name LOCATION '{0}'.",
               path->path)
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  const catalog::QualifiedName name = TRY(catalog::Qualify(parts, context.session.current));
  catalog::Catalog& catalog = context.session.catalog();
  const bool exists = TRY(catalog.FindRelation(name)).has_value();
  if (exists && statement.if_not_exists) return EmptyResult("CREATE TABLE");
  if (!exists && statement.replace_only) {
    return std::move(catalog.RelationNotFound(name)).At(context.PlaceOf(statement.name.range));
  }
  const bool replace = statement.or_replace || statement.replace_only;
  Result<catalog::TableCreation> creation = catalog.BeginTable(name, replace, table.location);
  if (!creation) return std::move(creation).error().At(context.PlaceOf(statement.name.range));

  if (table.provider != "delta" && table.provider != "parquet" && table.provider != "csv" &&
      table.provider != "json") {
    return Unsupported("Tables USING {} are not supported; delta, parquet, csv and json are.",
                       table.provider)
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  if (table.provider != "delta") {
    if (!statement.query) return CreateFileTable(context, *creation, table);
    return Unsupported("CREATE TABLE AS SELECT writes Delta tables only, not {}.", table.provider)
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  delta::SnapshotPtr replaced;
  const bool has_log = TRY(context.session.tables().Exists(creation->location()));
  if (has_log && !replace && !statement.query) return RegisterExisting(context, *creation, table);
  if (has_log && !replace) {
    return Invalid("There is a Delta table at {} already.", creation->location())
        .WithClass("DELTA_PATH_EXISTS", "42K04");
  }
  if (has_log) replaced = TRY(context.session.tables().Newest(creation->location()));
  if (statement.query)
    return CreateFromQuery(context, *creation, std::move(table), statement, replaced);
  return CommitEmptyTable(context, *creation, table, replaced);
}

Result<StatementResult> RunCreateTableLike(StatementContext& context,
                                           const sql::CreateTableLike& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  const catalog::QualifiedName name = TRY(catalog::Qualify(parts, context.session.current));
  const StatementContext::OpenTable source = TRY(context.OpenDelta(statement.source));
  const bool exists = TRY(context.session.catalog().FindRelation(name)).has_value();
  if (exists && statement.if_not_exists) return EmptyResult("CREATE TABLE");
  TableText table;
  TRY(AddClauses(context, statement.clauses, statement.range, table));
  table.definition.fields = source.snapshot->schema().fields();
  table.definition.partition_columns = source.snapshot->metadata().partition_columns;
  for (const auto& [key, value] : source.snapshot->metadata().configuration) {
    if (!key.starts_with("delta.columnMapping"))
      table.definition.properties.try_emplace(key, value);
  }
  catalog::TableCreation creation =
      TRY(context.session.catalog().BeginTable(name, false, table.location));
  return CommitEmptyTable(context, creation, table, nullptr);
}

}  // namespace lakesmith::engine
