#include "pipeline/flow_resolver.h"

#include <algorithm>
#include <utility>

#include "engine/read_files.h"
#include "sql/parse.h"

namespace lakesmith::pipeline {
namespace {

using types::DataType;
using types::StructField;

Status RefuseFolderColumns(const connect::ReadFiles& read,
                           const std::vector<connect::InputFile>& files) {
  if (read.partition_columns && read.partition_columns->empty()) return {};
  const auto inside = std::ranges::find_if(
      files, [](const connect::InputFile& file) { return !file.partition_values.empty(); });
  if (inside == files.end()) return {};
  return Unsupported(
      "'{}' lies in a folder '{}=...': columns from folder names are not supported yet; "
      "partitionColumns => '' reads "
      "the files without them",
      inside->path, inside->partition_values[0].first);
}

Result<std::vector<StructField>> ColumnsOf(engine::Session& session, const connect::ReadFiles& read,
                                           const engine::FilesRelation& relation) {
  if (read.schema) {
    Result<DataType> declared = sql::ParseTableSchema(*read.schema);
    if (!declared) return std::move(declared).error().Within("option 'schema'");
    return declared->fields();
  }
  if (relation.paths.empty()) {
    return Invalid(
        "read_files finds no file in '{}' to learn the columns from; put files there or give "
        "schema => '...'",
        read.list.path);
  }
  std::vector<StructField> columns = TRY(session.InferSchema(relation));
  if (relation.format != "parquet") {
    for (StructField& column : columns) {
      column.type = engine::TypeFromText(column.type, read.infer_column_types);
    }
  }
  TRY(engine::ApplySchemaHints(read.schema_hints, columns));
  return columns;
}

engine::RelationReplacement QueryOf(const DatasetDefinition& view) {
  const FlowDefinition& query = view.flows.front();
  return engine::QueryRelation{.query = {.text = query.source->text(), .tree = query.query.get()},
                               .catalog = query.current.catalog,
                               .schema = query.current.schema};
}

}  // namespace

std::string TableInput::SourceKey() const {
  return "table:" + catalog::FoldName(name.catalog + "." + name.schema + "." + name.name);
}

FlowResolver::FlowResolver(const Graph& graph, const FlowDefinition& flow, std::string base_folder)
    : graph_(graph), flow_(flow), base_folder_(std::move(base_folder)) {}

Result<FlowResolver::Replacement> FlowResolver::Resolve(const engine::RelationRequest& request) {
  if (!request.is_function) return ResolveTable(request);
  if (request.name.empty() || catalog::FoldName(request.name.back()) != "read_files") {
    return Replacement();
  }
  Result<connect::ReadFiles> read =
      connect::ParseReadFiles(request.arguments, request.named_arguments, base_folder_);
  if (!read) return std::move(read).error().At(request.location);
  Result<Replacement> replacement = request.streaming ? StreamFiles(*read) : ReadFiles(*read);
  if (!replacement && replacement.error().location().line == 0) {
    return std::move(replacement).error().At(request.location);
  }
  return replacement;
}

Result<FlowResolver::Replacement> FlowResolver::ResolveTable(
    const engine::RelationRequest& request) {
  TableInput table;
  if (request.streaming) table.options = TRY(ParseStreamOptions(request.options));
  catalog::Namespace current = flow_.current;
  if (!request.default_catalog.empty()) current = {request.default_catalog, request.default_schema};
  table.dataset = graph_.Find(request.name, current);
  if (table.dataset) {
    const DatasetDefinition& dataset = graph_.datasets()[*table.dataset];
    if (!dataset.IsStored()) return Replacement(QueryOf(dataset));
    table.name = dataset.name;
  } else {
    // delta.`/path` and its like.
    if (request.name.size() == 2 && request.name[1].find('/') != std::string::npos)
      return Replacement();
    table.name = TRY(catalog::Qualify(request.name, current));
  }
  Replacement replacement = TRY(request.streaming ? StreamTable(table) : ReadTable(table));
  if (replacement || request.name.size() == 3) return replacement;
  // The session may stand in another schema than the flow: only the full name is sure.
  const std::string full = catalog::QuoteParts(table.Parts());
  return Replacement(
      engine::QueryRelation{.query = {.text = "SELECT * FROM " + full, .tree = nullptr}});
}

Result<engine::FilesRelation> RelationOfFiles(engine::Session& session,
                                              const connect::ReadFiles& read,
                                              const std::vector<connect::InputFile>& files) {
  TRY(RefuseFolderColumns(read, files));
  engine::FilesRelation relation;
  for (const connect::InputFile& file : files) relation.paths.push_back(file.path);
  connect::FileFormat format = connect::FileFormat::kParquet;
  if (read.format) {
    format = *read.format;
  } else if (!files.empty()) {
    format = TRY(connect::InferFormat(files));
  } else if (!read.schema) {
    return Invalid("read_files finds no file in '{}'; put files there or give format and schema",
                   read.list.path);
  }
  relation.format = connect::FileFormatName(format);
  relation.options = read.format_options;
  relation.schema = TRY(ColumnsOf(session, read, relation));
  return relation;
}

engine::FilesRelation EmptyRelation(std::vector<types::StructField> columns) {
  engine::FilesRelation relation;
  relation.format = "parquet";
  relation.schema = std::move(columns);
  return relation;
}

DataType MergeSchemas(const DataType& known, const DataType& found) {
  std::vector<StructField> fields = known.fields();
  for (const StructField& field : found.fields()) {
    if (!known.FieldIndex(field.name)) fields.push_back(field);
  }
  return DataType::Struct(std::move(fields));
}

}  // namespace lakesmith::pipeline
