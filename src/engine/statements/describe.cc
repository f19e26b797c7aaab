#include <algorithm>
#include <span>
#include <utility>

#include "catalog/catalog.h"
#include "delta/history.h"
#include "engine/history_rows.h"
#include "engine/statements/describe_internal.h"
#include "engine/statements/table_write_internal.h"
#include "engine/statements/view_internal.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using types::DataType;
using types::StructField;
using types::Value;

std::vector<StructField> DescribeColumns() {
  return {TextColumn("col_name"), TextColumn("data_type"), TextColumn("comment", true)};
}

void Line(std::vector<Row>& rows, std::string name, std::string type,
          std::optional<std::string> comment = "") {
  rows.push_back({Value(std::move(name)), Value(std::move(type)),
                  comment ? Value(*std::move(comment)) : Value()});
}

std::optional<std::string> CommentOf(const StructField& field) {
  const std::string comment = field.Comment();
  return comment.empty() ? std::nullopt : std::optional(comment);
}

void AddColumnLines(const std::vector<StructField>& columns,
                    const std::vector<std::string>& partition_columns, std::vector<Row>& rows) {
  for (const StructField& column : columns)
    Line(rows, column.name, column.type.SimpleString(), CommentOf(column));
  if (partition_columns.empty()) return;
  Line(rows, "# Partition Information", "");
  Line(rows, "# col_name", "data_type", "comment");
  for (const std::string& name : partition_columns) {
    const std::optional<size_t> index = DataType::Struct(columns).FieldIndex(name);
    if (index)
      Line(rows, columns[*index].name, columns[*index].type.SimpleString(),
           CommentOf(columns[*index]));
  }
}

std::string PropertiesText(const std::map<std::string, std::string>& properties) {
  std::string text;
  for (const auto& [key, value] : properties)
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", key, value);
  return "[" + text + "]";
}

std::string TimeText(const StatementContext& context, int64_t millis) {
  return types::WallClockText(context.session.zone.ToLocal(millis * 1000));
}

Result<plan::ResolvedRelation> Find(StatementContext& context,
                                    const std::vector<std::string>& parts,
                                    const sql::SourceRange& range) {
  plan::RelationName name;
  name.parts = parts;
  name.location = context.PlaceOf(range);
  return context.catalog.FindRelation(name, {});
}

// The catalog's entry of a name; nullopt for paths and temporary views.
Result<std::optional<catalog::Relation>> Entry(StatementContext& context,
                                               const std::vector<std::string>& parts) {
  if (AsPathName(parts)) return std::optional<catalog::Relation>();
  if (parts.size() == 1 && context.session.temporary_views.contains(catalog::FoldName(parts[0]))) {
    return std::optional<catalog::Relation>();
  }
  const catalog::QualifiedName name = TRY(catalog::Qualify(parts, context.session.current));
  return context.session.catalog().FindRelation(name);
}

const DeltaScan* DeltaOf(const plan::ResolvedRelation& relation) {
  const auto* table = std::get_if<plan::ResolvedTable>(&relation);
  if (table == nullptr) return nullptr;
  const auto* handle = dynamic_cast<const ScanHandle*>(table->handle.get());
  return handle == nullptr ? nullptr : std::get_if<DeltaScan>(&handle->source);
}

void AddTableDetails(StatementContext& context, const std::optional<catalog::Relation>& entry,
                     const delta::Snapshot& snapshot, std::vector<Row>& rows) {
  Line(rows, "", "");
  Line(rows, "# Detailed Table Information", "");
  if (entry) {
    Line(rows, "Name",
         fmt::format("{}.{}.{}", entry->name.catalog, entry->name.schema, entry->name.name));
    Line(rows, "Type",
         entry->kind == catalog::RelationKind::kManagedTable ? "MANAGED" : "EXTERNAL");
    Line(rows, "Created Time", TimeText(context, entry->notes.created_millis));
  }
  if (snapshot.metadata().description) Line(rows, "Comment", *snapshot.metadata().description);
  Line(rows, "Location", "file:" + snapshot.root());
  Line(rows, "Provider", "delta");
  if (entry && !entry->notes.owner.empty()) Line(rows, "Owner", entry->notes.owner);
  Line(rows, "Table Properties", PropertiesText(snapshot.metadata().configuration));
  if (!entry) return;
  for (const auto& [key, value] : entry->notes.tags) Line(rows, "Tag " + key, value);
  for (const auto& [key, value] : entry->notes.properties) Line(rows, key, value);
}

std::string SchemaModeOf(const catalog::Relation& view) {
  return view.view_schema_mode.empty() ? "BINDING" : view.view_schema_mode;
}

// [`a`, `b`]
std::string QueryColumnsText(const catalog::Relation& view) {
  std::string text;
  for (const std::string& name : view.view_query_columns)
    text += (text.empty() ? "" : ", ") + catalog::QuoteParts(std::span(&name, 1));
  return "[" + text + "]";
}

// The columns as they are now: those of a view that follows its query may have changed.
std::vector<StructField> ViewColumns(StatementContext& context, const plan::ResolvedView& view) {
  if (!plan::FollowsTypes(view.mode)) return view.columns;
  const auto query = sql::ParseQuery("SELECT * FROM " + catalog::QuoteParts(view.name));
  if (!query) return view.columns;
  Result<plan::Query> analyzed = context.Analyze(**query);
  return analyzed ? std::move(analyzed)->columns : view.columns;
}

void AddViewDetails(StatementContext& context, const catalog::Relation& view,
                    std::vector<Row>& rows) {
  Line(rows, "", "");
  Line(rows, "# Detailed Table Information", "");
  Line(rows, "Catalog", view.name.catalog);
  Line(rows, "Database", view.name.schema);
  Line(rows, "Table", view.name.name);
  Line(rows, "Created Time", TimeText(context, view.notes.created_millis));
  Line(rows, "Last Access", "UNKNOWN");
  Line(rows, "Created By", "Lakesmith");
  Line(rows, "Type", "VIEW");
  if (!view.notes.comment.empty()) Line(rows, "Comment", view.notes.comment);
  if (!view.notes.properties.empty())
    Line(rows, "Table Properties", PropertiesText(view.notes.properties));
  Line(rows, "View Text", view.view_text);
  Line(rows, "View Original Text", view.view_text);
  if (ShowsSchemaMode(context.session)) Line(rows, "View Schema Mode", SchemaModeOf(view));
  Line(rows, "View Catalog and Namespace",
       fmt::format("{}.{}", view.view_namespace.catalog, view.view_namespace.schema));
  Line(rows, "View Query Output Columns", QueryColumnsText(view));
}

Result<StatementResult> DescribeColumn(const std::vector<StructField>& columns,
                                       const std::vector<sql::Identifier>& path) {
  DataType type = DataType::Struct(columns);
  std::string name;
  std::string comment;
  for (const sql::Identifier& part : path) {
    const std::optional<size_t> index =
        type.is(types::TypeId::kStruct) ? type.FieldIndex(part.name) : std::nullopt;
    if (!index) {
      return Invalid("A column with name `{}` cannot be resolved.", part.name)
          .WithClass("UNRESOLVED_COLUMN", "42703");
    }
    const StructField field = type.fields()[*index];
    name += (name.empty() ? "" : ".") + field.name;
    comment = field.Comment();
    type = field.type;
  }
  return RowsResult(
      {TextColumn("info_name"), TextColumn("info_value")},
      {{Value(std::string("col_name")), Value(name)},
       {Value(std::string("data_type")), Value(type.SimpleString())},
       {Value(std::string("comment")), Value(comment.empty() ? std::string("NULL") : comment)}});
}

Result<StatementResult> DescribeTable(StatementContext& context, const sql::Describe& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  const plan::ResolvedRelation relation = TRY(Find(context, parts, statement.name.range));
  const std::vector<StructField> columns =
      TRY(RelationColumns(context, parts, statement.name.range));
  if (!statement.column.empty()) return DescribeColumn(columns, statement.column);
  std::vector<Row> rows;
  const DeltaScan* scan = DeltaOf(relation);
  const std::optional<catalog::Relation> entry = TRY(Entry(context, parts));
  std::vector<std::string> partitions;
  if (scan != nullptr) partitions = scan->snapshot->metadata().partition_columns;
  AddColumnLines(columns, partitions, rows);
  if (statement.extended || statement.formatted) {
    if (scan != nullptr) AddTableDetails(context, entry, *scan->snapshot, rows);
    if (entry && entry->is_view()) AddViewDetails(context, *entry, rows);
  }
  return RowsResult(DescribeColumns(), std::move(rows));
}

Result<StatementResult> DescribeSchema(StatementContext& context, const sql::Describe& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  const catalog::Namespace name =
      TRY(catalog::QualifySchema(parts, context.session.current.catalog));
  Result<catalog::SchemaInfo> schema = context.session.catalog().GetSchema(name);
  if (!schema) return std::move(schema).error().At(context.PlaceOf(statement.name.range));
  const std::string location = schema->location.empty()
                                   ? fmt::format("{}/{}/{}", context.session.catalog().warehouse(),
                                                 catalog::FileNameOf(schema->name.catalog),
                                                 catalog::FileNameOf(schema->name.schema))
                                   : schema->location;
  std::vector<Row> rows;
  const auto line = [&](std::string key, std::string value) {
    rows.push_back({Value(std::move(key)), Value(std::move(value))});
  };
  line("Catalog Name", schema->name.catalog);
  line("Namespace Name", schema->name.schema);
  line("Comment", schema->notes.comment);
  line("Location", "file:" + location);
  line("Owner", schema->notes.owner);
  if (statement.extended) {
    std::string text;
    for (const auto& [key, value] : schema->notes.properties) {
      text += fmt::format("{}({},{})", text.empty() ? "" : ", ", key, value);
    }
    line("Properties", text.empty() ? "" : "(" + text + ")");
  }
  return RowsResult({TextColumn("info_name"), TextColumn("info_value", true)}, std::move(rows));
}

Result<StatementResult> DescribeCatalog(StatementContext& context, const sql::Describe& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  const catalog::CatalogInfo info = TRY(context.session.catalog().GetCatalog(parts.back()));
  return RowsResult({TextColumn("info_name"), TextColumn("info_value", true)},
                    {{Value(std::string("Catalog Name")), Value(info.name)},
                     {Value(std::string("Comment")), Value(info.notes.comment)},
                     {Value(std::string("Owner")), Value(info.notes.owner)}});
}

Value TextMap(const std::vector<std::pair<std::string, std::string>>& entries) {
  types::MapValue map;
  for (const auto& [key, value] : entries) map.entries.emplace_back(Value(key), Value(value));
  return Value(std::move(map));
}

template <typename T>
Value OrNull(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

Result<StatementResult> DescribeHistory(StatementContext& context, const sql::Describe& statement) {
  const StatementContext::OpenTable table = TRY(context.OpenDelta(statement.name));
  std::optional<int64_t> limit;
  if (!statement.limit.empty()) limit = std::stoll(statement.limit);
  return RowsResult(HistoryColumns(),
                    TRY(HistoryRows(context.session.tables().At(table.target.location), limit)));
}

Value TextArray(const std::vector<std::string>& items) {
  types::ArrayValue array;
  for (const std::string& item : items) array.elements.emplace_back(item);
  return Value(std::move(array));
}

Result<StatementResult> DescribeDetail(StatementContext& context, const sql::Describe& statement) {
  const StatementContext::OpenTable table = TRY(context.OpenDelta(statement.name));
  const delta::TableDetail detail = delta::DetailOf(*table.snapshot);
  const DataType text = DataType::String();
  const DataType texts = DataType::Array(text);
  const auto time = [](std::optional<int64_t> millis) {
    return millis ? Value(types::TimestampValue{*millis * 1000}) : Value();
  };
  std::string name;
  if (table.target.relation) {
    const catalog::QualifiedName& full = table.target.relation->name;
    name = fmt::format("{}.{}.{}", full.catalog, full.schema, full.name);
  }
  std::vector<StructField> columns = {{"format", text},
                                      {"id", text},
                                      {"name", text},
                                      {"description", text},
                                      {"location", text},
                                      {"createdAt", DataType::Timestamp()},
                                      {"lastModified", DataType::Timestamp()},
                                      {"partitionColumns", texts},
                                      {"clusteringColumns", texts},
                                      {"numFiles", DataType::Long()},
                                      {"sizeInBytes", DataType::Long()},
                                      {"properties", DataType::Map(text, text)},
                                      {"minReaderVersion", DataType::Int()},
                                      {"minWriterVersion", DataType::Int()},
                                      {"tableFeatures", texts}};
  Row row = {Value(detail.format),
             Value(detail.id),
             name.empty() ? Value() : Value(name),
             OrNull(detail.description),
             Value("file:" + detail.location),
             time(detail.created_at_ms),
             time(detail.last_modified_ms),
             TextArray(detail.partition_columns),
             TextArray(detail.clustering_columns),
             Value(detail.num_files),
             Value(detail.size_bytes),
             TextMap(detail.properties),
             Value(int64_t{detail.min_reader_version}),
             Value(int64_t{detail.min_writer_version}),
             TextArray(detail.table_features)};
  return RowsResult(std::move(columns), {std::move(row)});
}

Result<StatementResult> Describe(StatementContext& context, const sql::Describe& statement) {
  switch (statement.describe_kind) {
    case sql::DescribeKind::kTable:
      return DescribeTable(context, statement);
    case sql::DescribeKind::kQuery: {
      std::vector<Row> rows;
      AddColumnLines(TRY(context.Analyze(*statement.query)).columns, {}, rows);
      return RowsResult(DescribeColumns(), std::move(rows));
    }
    case sql::DescribeKind::kFunction:
      return DescribeFunction(context, statement);
    case sql::DescribeKind::kSchema:
      return DescribeSchema(context, statement);
    case sql::DescribeKind::kCatalog:
      return DescribeCatalog(context, statement);
    case sql::DescribeKind::kHistory:
      return DescribeHistory(context, statement);
    case sql::DescribeKind::kDetail:
      return DescribeDetail(context, statement);
    case sql::DescribeKind::kVolume: {
      const std::vector<std::string> parts = TRY(context.Parts(statement.name));
      const catalog::VolumeInfo volume = TRY(context.session.catalog().GetVolume(
          TRY(catalog::Qualify(parts, context.session.current))));
      return RowsResult(
          {TextColumn("name"), TextColumn("catalog"), TextColumn("database"),
           TextColumn("volumeType"), TextColumn("storageLocation"), TextColumn("comment", true)},
          {{Value(volume.name.name), Value(volume.name.catalog), Value(volume.name.schema),
            Value(std::string(volume.external ? "EXTERNAL" : "MANAGED")), Value(volume.location),
            Value(volume.notes.comment)}});
    }
    default:
      return Unsupported(
                 "This DESCRIBE statement is not supported: nothing of the kind is kept on this "
                 "machine.")
          .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
}

}  // namespace

Result<std::vector<StructField>> RelationColumns(StatementContext& context,
                                                 const std::vector<std::string>& parts,
                                                 const sql::SourceRange& range) {
  const plan::ResolvedRelation relation = TRY(Find(context, parts, range));
  if (const auto* view = std::get_if<plan::ResolvedView>(&relation))
    return ViewColumns(context, *view);
  if (const DeltaScan* scan = DeltaOf(relation)) return scan->snapshot->schema().fields();
  return std::get<plan::ResolvedTable>(relation).columns;
}

Result<std::map<std::string, std::string>> RelationProperties(StatementContext& context,
                                                              const std::vector<std::string>& parts,
                                                              const sql::SourceRange& range) {
  const plan::ResolvedRelation relation = TRY(Find(context, parts, range));
  if (const DeltaScan* scan = DeltaOf(relation)) {
    std::map<std::string, std::string> properties = scan->snapshot->metadata().configuration;
    const delta::Protocol& protocol = scan->snapshot->protocol();
    properties["delta.minReaderVersion"] = std::to_string(protocol.min_reader_version);
    properties["delta.minWriterVersion"] = std::to_string(protocol.min_writer_version);
    for (const std::string& feature : protocol.writer_features) {
      properties["delta.feature." + feature] = "supported";
    }
    return properties;
  }
  const std::optional<catalog::Relation> entry = TRY(Entry(context, parts));
  return entry ? entry->notes.properties : std::map<std::string, std::string>();
}

Result<std::string> CreateText(StatementContext& context, const std::vector<std::string>& parts,
                               const sql::SourceRange& range) {
  const plan::ResolvedRelation relation = TRY(Find(context, parts, range));
  const std::optional<catalog::Relation> entry = TRY(Entry(context, parts));
  const std::string name =
      entry ? fmt::format("{}.{}.{}", types::QuoteIdentifierIfNeeded(entry->name.catalog),
                          types::QuoteIdentifierIfNeeded(entry->name.schema),
                          types::QuoteIdentifierIfNeeded(entry->name.name))
            : catalog::QuoteParts(parts);
  const std::vector<StructField> columns = TRY(RelationColumns(context, parts, range));
  std::string list;
  const bool is_view = std::holds_alternative<plan::ResolvedView>(relation);
  for (const StructField& column : columns) {
    list += list.empty() ? "\n  " : ",\n  ";
    list += types::QuoteIdentifierIfNeeded(column.name);
    if (!is_view) list += " " + column.type.Sql() + (column.nullable ? "" : " NOT NULL");
    if (!column.Comment().empty()) list += " COMMENT " + sql::QuoteText(column.Comment());
  }
  if (is_view) {
    std::string clauses;
    if (entry && !entry->notes.comment.empty())
      clauses += fmt::format("COMMENT {}\n", sql::QuoteText(entry->notes.comment));
    if (entry && ShowsSchemaMode(context.session))
      clauses += fmt::format("WITH SCHEMA {}\n", SchemaModeOf(*entry));
    return fmt::format("CREATE VIEW {} ({})\n{}AS {}\n", name, list, clauses,
                       std::get<plan::ResolvedView>(relation).text);
  }
  std::string text = fmt::format("CREATE TABLE {} ({})\n", name, list);
  const DeltaScan* scan = DeltaOf(relation);
  if (scan == nullptr) return text;
  const delta::Metadata& metadata = scan->snapshot->metadata();
  text += "USING delta\n";
  if (!metadata.partition_columns.empty()) {
    std::string names;
    for (const std::string& column : metadata.partition_columns) {
      names += (names.empty() ? "" : ", ") + types::QuoteIdentifierIfNeeded(column);
    }
    text += fmt::format("PARTITIONED BY ({})\n", names);
  }
  if (metadata.description)
    text += fmt::format("COMMENT {}\n", sql::QuoteText(*metadata.description));
  if (entry && entry->kind == catalog::RelationKind::kExternalTable) {
    text += fmt::format("LOCATION {}\n", sql::QuoteText("file:" + entry->location));
  }
  std::string properties;
  for (const auto& [key, value] : TRY(RelationProperties(context, parts, range))) {
    properties += fmt::format("{}  {} = {}", properties.empty() ? "\n" : ",\n", sql::QuoteText(key),
                              sql::QuoteText(value));
  }
  return text + fmt::format("TBLPROPERTIES ({})\n", properties);
}

Result<std::string> RelationInformation(StatementContext& context,
                                        const catalog::Relation& relation) {
  std::string text = fmt::format(
      "Catalog: {}\nDatabase: {}\nTable: {}\nCreated Time: {}\nType: {}\n", relation.name.catalog,
      relation.name.schema, relation.name.name, TimeText(context, relation.notes.created_millis),
      relation.is_view()                                      ? "VIEW"
      : relation.kind == catalog::RelationKind::kManagedTable ? "MANAGED"
                                                              : "EXTERNAL");
  if (relation.is_view()) {
    text += fmt::format("View Text: {0}\nView Original Text: {0}\n", relation.view_text);
    if (ShowsSchemaMode(context.session))
      text += fmt::format("View Schema Mode: {}\n", SchemaModeOf(relation));
    return text + fmt::format("View Catalog and Namespace: {}.{}\nView Query Output Columns: {}\n",
                              relation.view_namespace.catalog, relation.view_namespace.schema,
                              QueryColumnsText(relation));
  }
  return text +
         fmt::format("Provider: {}\nLocation: file:{}\n", relation.provider, relation.location);
}

Result<StatementResult> RunDescribe(StatementContext& context, const sql::Describe& statement) {
  StatementResult result = TRY(Describe(context, statement));
  result.kind = "DESCRIBE";
  return result;
}

}  // namespace lakesmith::engine
