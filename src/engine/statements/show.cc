#include <algorithm>
#include <utility>

#include "catalog/catalog.h"
#include "delta/partition_values.h"
#include "engine/statements/describe_internal.h"
#include "engine/statements/statement_internal.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using catalog::MatchesPattern;
using types::Value;

bool Matches(const sql::Show& statement, const std::string& name) {
  return !statement.pattern || MatchesPattern(name, *statement.pattern);
}

types::StructField FlagColumn(std::string name) {
  return {std::move(name), types::DataType::Boolean(), false};
}

// The schema that IN names, else the current one; it must exist.
Result<catalog::Namespace> SchemaOf(StatementContext& context, const sql::Show& statement) {
  catalog::Namespace ns = context.session.current;
  if (!statement.in.empty()) {
    const std::vector<std::string> parts = TRY(context.Parts(statement.in));
    ns = TRY(catalog::QualifySchema(parts, context.session.current.catalog));
  }
  Result<catalog::SchemaInfo> schema = context.session.catalog().GetSchema(ns);
  if (!schema) return std::move(schema).error().At(context.PlaceOf(statement.in.range));
  return schema->name;
}

Result<StatementResult> ShowTables(StatementContext& context, const sql::Show& statement) {
  const catalog::Namespace ns = TRY(SchemaOf(context, statement));
  std::vector<Row> rows;
  for (const catalog::Relation& relation :
       TRY(context.session.catalog().ListVisibleRelations(ns))) {
    if (!Matches(statement, relation.name.name)) continue;
    rows.push_back({Value(ns.schema), Value(relation.name.name), Value(false)});
  }
  for (const auto& [key, view] : context.session.temporary_views) {
    if (Matches(statement, view.name.name))
      rows.push_back({Value(std::string()), Value(view.name.name), Value(true)});
  }
  return RowsResult({TextColumn("namespace"), TextColumn("tableName"), FlagColumn("isTemporary")},
                    std::move(rows));
}

Result<StatementResult> ShowViews(StatementContext& context, const sql::Show& statement) {
  const catalog::Namespace ns = TRY(SchemaOf(context, statement));
  std::vector<Row> rows;
  for (const catalog::Relation& relation :
       TRY(context.session.catalog().ListVisibleRelations(ns))) {
    if (!relation.is_view() || !Matches(statement, relation.name.name)) continue;
    rows.push_back({Value(ns.schema), Value(relation.name.name), Value(false)});
  }
  for (const auto& [key, view] : context.session.temporary_views) {
    if (Matches(statement, view.name.name))
      rows.push_back({Value(std::string()), Value(view.name.name), Value(true)});
  }
  return RowsResult({TextColumn("namespace"), TextColumn("viewName"), FlagColumn("isTemporary")},
                    std::move(rows));
}

Result<StatementResult> ShowSchemas(StatementContext& context, const sql::Show& statement) {
  std::string catalog_name = context.session.current.catalog;
  if (!statement.in.empty()) catalog_name = TRY(context.Parts(statement.in)).back();
  std::vector<Row> rows;
  for (const catalog::SchemaInfo& schema :
       TRY(context.session.catalog().ListSchemas(catalog_name))) {
    if (Matches(statement, schema.name.schema)) rows.push_back({Value(schema.name.schema)});
  }
  return RowsResult({TextColumn("namespace")}, std::move(rows));
}

Result<StatementResult> ShowCatalogs(StatementContext& context, const sql::Show& statement) {
  std::vector<Row> rows;
  for (const catalog::CatalogInfo& info : TRY(context.session.catalog().ListCatalogs())) {
    if (Matches(statement, info.name)) rows.push_back({Value(info.name)});
  }
  return RowsResult({TextColumn("catalog")}, std::move(rows));
}

// The name of a table of SHOW COLUMNS, with the schema that a second IN names.
Result<std::vector<std::string>> NameIn(StatementContext& context, const sql::Show& statement) {
  std::vector<std::string> parts = TRY(context.Parts(statement.name));
  if (statement.in.empty()) return parts;
  std::vector<std::string> full = TRY(context.Parts(statement.in));
  full.push_back(parts.back());
  return full;
}

Result<StatementResult> ShowColumns(StatementContext& context, const sql::Show& statement) {
  const std::vector<std::string> parts = TRY(NameIn(context, statement));
  std::vector<Row> rows;
  for (const types::StructField& column :
       TRY(RelationColumns(context, parts, statement.name.range))) {
    rows.push_back({Value(column.name)});
  }
  return RowsResult({TextColumn("col_name")}, std::move(rows));
}

Result<StatementResult> ShowTableProperties(StatementContext& context, const sql::Show& statement) {
  const std::map<std::string, std::string> properties =
      TRY(RelationProperties(context, TRY(context.Parts(statement.name)), statement.name.range));
  if (statement.key) {
    const auto found = properties.find(*statement.key);
    const std::string text = found == properties.end()
                                 ? fmt::format("Table does not have property: {}", *statement.key)
                                 : found->second;
    return RowsResult({TextColumn("key"), TextColumn("value")},
                      {{Value(*statement.key), Value(text)}});
  }
  std::vector<Row> rows;
  for (const auto& [key, value] : properties) rows.push_back({Value(key), Value(value)});
  return RowsResult({TextColumn("key"), TextColumn("value")}, std::move(rows));
}

Result<StatementResult> ShowPartitions(StatementContext& context, const sql::Show& statement) {
  const StatementContext::OpenTable table = TRY(context.OpenDelta(statement.name));
  const delta::Snapshot& snapshot = *table.snapshot;
  std::vector<types::StructField> columns;
  for (const size_t index : snapshot.partition_columns())
    columns.push_back(snapshot.schema().fields()[index]);
  if (columns.empty()) {
    return Invalid("{} is not partitioned.", table.target.Display())
        .WithClass("INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY", "42601");
  }
  std::map<std::string, Row> distinct;
  for (const delta::AddFilePtr& file : snapshot.files()) {
    Row row;
    for (const size_t index : snapshot.partition_columns()) {
      const std::string* text =
          file->PartitionText(snapshot.physical_schema().fields()[index].name);
      const std::optional<std::string> value =
          text == nullptr ? std::nullopt : std::optional(*text);
      row.push_back(TRY(delta::ParsePartitionValue(value, snapshot.schema().fields()[index].type)));
    }
    distinct.try_emplace(delta::PartitionFolder(file->partition_values), std::move(row));
  }
  std::vector<Row> rows;
  for (auto& [folder, row] : distinct) rows.push_back(std::move(row));
  return RowsResult(std::move(columns), std::move(rows));
}

Result<StatementResult> ShowFunctions(StatementContext& context, const sql::Show& statement) {
  std::vector<std::string> names;
  if (statement.scope != "USER") {
    for (const std::string& name : BuiltinFunctionNames()) names.push_back(name);
  }
  if (statement.scope != "SYSTEM") {
    const catalog::Namespace ns = TRY(SchemaOf(context, statement));
    for (const catalog::FunctionInfo& info : TRY(context.session.catalog().ListFunctions(ns))) {
      names.push_back(fmt::format("{}.{}.{}", info.name.catalog, info.name.schema, info.name.name));
    }
    for (const auto& [key, info] : context.session.temporary_functions)
      names.push_back(info.name.name);
  }
  std::optional<std::string> pattern = statement.pattern;
  if (!pattern && !statement.name.empty()) pattern = statement.name.last();
  std::ranges::sort(names);
  std::vector<Row> rows;
  for (const std::string& name : names) {
    const std::string last = name.substr(name.rfind('.') + 1);
    if (!pattern || MatchesPattern(last, *pattern)) rows.push_back({Value(name)});
  }
  return RowsResult({TextColumn("function")}, std::move(rows));
}

Result<StatementResult> ShowVolumes(StatementContext& context, const sql::Show& statement) {
  const catalog::Namespace ns = TRY(SchemaOf(context, statement));
  std::vector<Row> rows;
  for (const catalog::VolumeInfo& volume : TRY(context.session.catalog().ListVolumes(ns))) {
    if (Matches(statement, volume.name.name))
      rows.push_back({Value(ns.schema), Value(volume.name.name)});
  }
  return RowsResult({TextColumn("database"), TextColumn("volume_name")}, std::move(rows));
}

Result<StatementResult> ShowTableExtended(StatementContext& context, const sql::Show& statement) {
  const catalog::Namespace ns = TRY(SchemaOf(context, statement));
  std::vector<Row> rows;
  for (const catalog::Relation& relation :
       TRY(context.session.catalog().ListVisibleRelations(ns))) {
    if (!Matches(statement, relation.name.name)) continue;
    const std::string information = TRY(RelationInformation(context, relation));
    rows.push_back({Value(ns.schema), Value(relation.name.name), Value(false), Value(information)});
  }
  return RowsResult({TextColumn("namespace"), TextColumn("tableName"), FlagColumn("isTemporary"),
                     TextColumn("information")},
                    std::move(rows));
}

Result<StatementResult> ShowVariables(StatementContext& context) {
  std::vector<Row> rows;
  for (const auto& [key, variable] : context.session.variables) {
    rows.push_back(
        {Value(variable.name), Value(variable.type.SimpleString()), Value(variable.default_text)});
  }
  return RowsResult({TextColumn("name"), TextColumn("data_type"), TextColumn("default_value")},
                    std::move(rows));
}

Result<StatementResult> ShowGrants(StatementContext& context, const sql::Show& statement) {
  std::vector<Row> rows;
  if (!statement.name.empty()) {
    const std::vector<std::string> parts = TRY(context.Parts(statement.name));
    for (const auto& [principal, privileges] : TRY(GrantsOn(context, statement.object, parts))) {
      if (!statement.principal.empty() && statement.principal != principal) continue;
      for (const std::string& privilege : privileges) {
        rows.push_back({Value(principal), Value(privilege),
                        Value(std::string(sql::ObjectKindText(statement.object))),
                        Value(catalog::QuoteParts(parts))});
      }
    }
  }
  return RowsResult({TextColumn("Principal"), TextColumn("ActionType"), TextColumn("ObjectType"),
                     TextColumn("ObjectKey")},
                    std::move(rows));
}

Result<StatementResult> Show(StatementContext& context, const sql::Show& statement) {
  switch (statement.show_kind) {
    case sql::ShowKind::kTables:
      return ShowTables(context, statement);
    case sql::ShowKind::kTableExtended:
      return ShowTableExtended(context, statement);
    case sql::ShowKind::kViews:
      return ShowViews(context, statement);
    case sql::ShowKind::kSchemas:
      return ShowSchemas(context, statement);
    case sql::ShowKind::kCatalogs:
      return ShowCatalogs(context, statement);
    case sql::ShowKind::kColumns:
      return ShowColumns(context, statement);
    case sql::ShowKind::kFunctions:
      return ShowFunctions(context, statement);
    case sql::ShowKind::kPartitions:
      return ShowPartitions(context, statement);
    case sql::ShowKind::kCreateTable: {
      const std::string text =
          TRY(CreateText(context, TRY(context.Parts(statement.name)), statement.name.range));
      return RowsResult({TextColumn("createtab_stmt")}, {{Value(text)}});
    }
    case sql::ShowKind::kTableProperties:
      return ShowTableProperties(context, statement);
    case sql::ShowKind::kCurrentSchema:
      return RowsResult(
          {TextColumn("catalog"), TextColumn("namespace")},
          {{Value(context.session.current.catalog), Value(context.session.current.schema)}});
    case sql::ShowKind::kVolumes:
      return ShowVolumes(context, statement);
    case sql::ShowKind::kGrants:
      return ShowGrants(context, statement);
    case sql::ShowKind::kVariables:
      return ShowVariables(context);
    default:
      return Unsupported(
                 "This SHOW statement is not supported: nothing of the kind is kept on this "
                 "machine.")
          .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
}

}  // namespace

Result<StatementResult> RunShow(StatementContext& context, const sql::Show& statement) {
  StatementResult result = TRY(Show(context, statement));
  result.kind = "SHOW";
  return result;
}

}  // namespace lakesmith::engine
