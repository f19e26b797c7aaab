#include "engine/session_catalog.h"

#include <algorithm>
#include <utility>

#include "base/nearest.h"
#include "catalog/catalog.h"
#include "engine/duckdb/emit.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using catalog::FoldName;

constexpr std::string_view kGlobalTemporary = "global_temp";

plan::ViewSchemaMode ViewSchemaModeOf(std::string_view text) {
  if (text == "COMPENSATION") return plan::ViewSchemaMode::kCompensation;
  if (text == "TYPE EVOLUTION") return plan::ViewSchemaMode::kTypeEvolution;
  if (text == "EVOLUTION") return plan::ViewSchemaMode::kEvolution;
  // Made while modes were off: cast, as ever.
  if (text.empty()) return plan::ViewSchemaMode::kCompensation;
  return plan::ViewSchemaMode::kBinding;
}

plan::ResolvedView ViewOf(const catalog::Relation& view, bool temporary) {
  plan::ResolvedView resolved;
  resolved.name =
      temporary ? std::vector<std::string>{view.name.name}
                : std::vector<std::string>{view.name.catalog, view.name.schema, view.name.name};
  resolved.text = view.view_text;
  resolved.columns = view.columns;
  resolved.query_columns = view.view_query_columns;
  resolved.mode = view.view_query_columns.empty() ? plan::ViewSchemaMode::kNone
                                                  : ViewSchemaModeOf(view.view_schema_mode);
  resolved.names = {view.view_namespace.catalog, view.view_namespace.schema, !temporary};
  resolved.config = view.view_config;
  resolved.temporary = temporary;
  return resolved;
}

plan::ResolvedFunction FunctionOf(const catalog::FunctionInfo& info, bool temporary) {
  plan::ResolvedFunction function;
  function.name =
      temporary ? std::vector<std::string>{info.name.name}
                : std::vector<std::string>{info.name.catalog, info.name.schema, info.name.name};
  for (const catalog::FunctionParameter& parameter : info.parameters) {
    function.parameters.push_back({parameter.name, parameter.type, parameter.default_text});
  }
  function.is_table = info.is_table;
  if (info.is_table && info.return_type.is(types::TypeId::kStruct)) {
    function.returns_table = info.return_type.fields();
  } else if (!info.return_type.is(types::TypeId::kVoid)) {
    function.returns = info.return_type;
  }
  function.body = info.body;
  function.names = {info.body_namespace.catalog, info.body_namespace.schema, !temporary};
  function.temporary = temporary;
  return function;
}

// To a query, CHAR and VARCHAR columns are text.
std::vector<types::StructField> QueryColumns(std::vector<types::StructField> columns) {
  for (types::StructField& column : columns) {
    const bool limited =
        column.type.is(types::TypeId::kChar) || column.type.is(types::TypeId::kVarchar);
    if (limited) column.type = types::DataType::String();
  }
  return columns;
}

std::string ArgumentText(const plan::TableFunctionRequest::Argument& argument) {
  return types::ToSparkText(argument.value, argument.type);
}

RelationRequest RequestOf(const plan::TableFunctionRequest& call) {
  RelationRequest request;
  request.streaming = call.stream;
  request.name = call.name;
  request.is_function = true;
  for (const auto& argument : call.arguments) request.arguments.push_back(ArgumentText(argument));
  for (const auto& [name, argument] : call.named_arguments) {
    request.named_arguments[name] = ArgumentText(argument);
  }
  request.location = call.location;
  return request;
}

Error NotADeltaTable(const TableTarget& target) {
  return Invalid("{} is not a Delta table.", target.Display())
      .WithClass("DELTA_MISSING_DELTA_TABLE", "42P01");
}

struct VersionedPath {
  std::string path;
  int64_t version = 0;
};

// "/lake/t@v3": a path with the version to read behind it.
std::optional<VersionedPath> AsVersionedPath(const std::string& path) {
  const size_t at = path.rfind("@v");
  if (at == std::string::npos || at + 2 == path.size() || path.size() - at > 20)
    return std::nullopt;
  const std::string digits = path.substr(at + 2);
  if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return VersionedPath{path.substr(0, at), std::stoll(digits)};
}

}  // namespace

std::optional<PathName> AsPathName(const std::vector<std::string>& parts) {
  if (parts.size() != 2) return std::nullopt;
  const std::string format = FoldName(parts[0]);
  const bool known = format == "delta" || format == "parquet" || format == "csv" ||
                     format == "json" || format == "text" || format == "binaryfile";
  if (!known || parts[1].find('/') == std::string::npos) return std::nullopt;
  return PathName{format, LocalPath(parts[1])};
}

std::string LocalPath(const std::string& path) {
  std::string local = path;
  if (local.starts_with("file:")) {
    local = local.substr(5);
    while (local.starts_with("//")) local = local.substr(1);
  }
  local = std::filesystem::absolute(local).lexically_normal().string();
  while (local.size() > 1 && local.ends_with('/')) local.pop_back();
  return local;
}

Result<TableTarget> FindTable(const SessionState& state, const std::vector<std::string>& parts) {
  if (const std::optional<PathName> path = AsPathName(parts)) {
    return TableTarget{
        {path->format, path->path}, std::nullopt, path->path, path->format == "delta"};
  }
  const catalog::QualifiedName name = TRY(catalog::Qualify(parts, state.current));
  const catalog::Relation relation = TRY(state.catalog().GetRelation(name));
  if (relation.is_view()) {
    return Invalid("{} is a view. Use a table here.", relation.name.ToString())
        .WithClass("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "42809");
  }
  return TableTarget{{relation.name.catalog, relation.name.schema, relation.name.name},
                     relation,
                     relation.location,
                     relation.provider == "delta"};
}

Result<std::optional<types::Value>> SessionCatalog::EvaluateConstant(
    const plan::Expression& expression) const {
  const EmittedQuery query = TRY(Emit(plan::QueryOf(expression)));
  const std::unique_ptr<RowStream> stream = TRY(state_.connection->Query(query));
  const std::vector<Row> rows = TRY(Collect(*stream));
  if (rows.size() != 1) return Internal("a constant gave {} rows", rows.size());
  return std::optional<types::Value>(rows[0][0]);
}

Result<delta::SnapshotPtr> SessionCatalog::SnapshotOf(const std::string& location) const {
  const auto found = snapshots_.find(location);
  if (found != snapshots_.end()) return found->second;
  delta::SnapshotPtr snapshot = TRY(state_.tables().Newest(location));
  snapshots_[location] = snapshot;
  return snapshot;
}

void SessionCatalog::ForgetSnapshots() {
  snapshots_.clear();
  scanned_.clear();
}

std::optional<plan::ResolvedRelation> SessionCatalog::FindTemporary(
    const std::vector<std::string>& parts) const {
  const bool global = parts.size() == 2 && FoldName(parts[0]) == kGlobalTemporary;
  if (parts.size() != 1 && !global) return std::nullopt;
  const std::string key =
      global ? fmt::format("{}.{}", kGlobalTemporary, FoldName(parts[1])) : FoldName(parts[0]);
  const auto found = state_.temporary_views.find(key);
  if (found == state_.temporary_views.end()) return std::nullopt;
  return ViewOf(found->second, true);
}

Result<plan::ResolvedRelation> SessionCatalog::FindRelation(const plan::RelationName& name,
                                                            const plan::NameScope& scope) const {
  if (resolver_ != nullptr) {
    RelationRequest request;
    request.streaming = name.stream;
    request.name = name.parts;
    request.default_catalog = scope.catalog;
    request.default_schema = scope.schema;
    request.options = name.options;
    request.location = name.location;
    const std::optional<RelationReplacement> replacement = TRY(resolver_->Resolve(request));
    if (replacement) return Replace(*replacement, name);
  }
  if (!scope.stored) {
    std::optional<plan::ResolvedRelation> view = FindTemporary(name.parts);
    if (view) return *std::move(view);
  }
  if (AsPathName(name.parts)) return FindByPath(name);

  catalog::Namespace current = state_.current;
  if (!scope.catalog.empty()) current.catalog = scope.catalog;
  if (!scope.schema.empty()) current.schema = scope.schema;
  const catalog::QualifiedName full = TRY(catalog::Qualify(name.parts, current));
  const std::optional<catalog::Relation> relation = TRY(state_.catalog().FindRelation(full));
  if (!relation) {
    std::vector<std::string> also;
    for (const auto& [key, view] : state_.temporary_views) also.push_back(view.name.name);
    Error missing = state_.catalog().RelationNotFound(full, std::move(also));
    return std::move(missing).At(name.location);
  }
  return FromCatalog(*relation, name);
}

Result<plan::ResolvedRelation> SessionCatalog::FromCatalog(const catalog::Relation& relation,
                                                           const plan::RelationName& name) const {
  if (relation.is_view()) {
    if (name.time_travel) {
      return Invalid("{} is a view: only tables can be read as of a version or time.",
                     relation.name.ToString())
          .WithClass("UNSUPPORTED_FEATURE.TIME_TRAVEL", "0A000");
    }
    return plan::ResolvedRelation(ViewOf(relation, false));
  }
  std::vector<std::string> parts = {relation.name.catalog, relation.name.schema,
                                    relation.name.name};
  if (relation.provider == "delta")
    return DeltaTable(std::move(parts), relation.location, name.time_travel);
  FilesRelation files;
  files.paths = {relation.location};
  files.format = relation.provider;
  files.options = relation.options;
  files.schema = relation.columns;
  Result<plan::ResolvedRelation> resolved = Files(files);
  if (resolved) std::get<plan::ResolvedTable>(*resolved).name = std::move(parts);
  return resolved;
}

Result<plan::ResolvedRelation> SessionCatalog::FindByPath(const plan::RelationName& name) const {
  const PathName path = *AsPathName(name.parts);
  if (path.format == "delta") {
    const bool exists = TRY(state_.tables().Exists(path.path));
    const std::optional<VersionedPath> versioned = AsVersionedPath(path.path);
    if (!exists && versioned && !name.time_travel && TRY(state_.tables().Exists(versioned->path))) {
      plan::TimeTravel travel;
      travel.version = versioned->version;
      return DeltaTable({"delta", versioned->path}, versioned->path, travel);
    }
    if (!exists) {
      Error missing = NotFound("delta.`{}`: there is no Delta table at this path.", path.path)
                          .WithClass("DELTA_PATH_DOES_NOT_EXIST", "42K03");
      return std::move(missing).At(name.location);
    }
    return DeltaTable({"delta", path.path}, path.path, name.time_travel);
  }
  FilesRelation files;
  files.paths = {path.path};
  files.format = path.format;
  return Files(files);
}

Result<plan::ResolvedRelation> SessionCatalog::DeltaTable(
    std::vector<std::string> name, const std::string& location,
    const std::optional<plan::TimeTravel>& travel) const {
  delta::SnapshotPtr snapshot;
  if (travel && (travel->version || travel->timestamp)) {
    delta::LoadOptions options;
    options.version = travel->version;
    if (travel->timestamp) options.timestamp_ms = travel->timestamp->micros / 1000;
    snapshot = TRY(state_.tables().Load(location, options));
  } else {
    snapshot = TRY(SnapshotOf(location));
    scanned_.insert(location);
  }
  plan::ResolvedTable table;
  table.name = std::move(name);
  table.columns = QueryColumns(snapshot->schema().fields());
  DeltaScan scan{.table = state_.tables().At(location), .snapshot = std::move(snapshot)};
  table.metadata_column = MetadataColumn(scan);
  table.handle = std::make_shared<ScanHandle>(std::move(scan));
  return plan::ResolvedRelation(std::move(table));
}

Result<plan::ResolvedRelation> SessionCatalog::Replace(const RelationReplacement& replacement,
                                                       const plan::RelationName& name) const {
  if (const auto* query = std::get_if<QueryRelation>(&replacement)) {
    plan::ResolvedView view;
    view.name = name.parts;
    view.text = query->query.tree != nullptr ? sql::ToSql(*query->query.tree) : query->query.text;
    const bool placed = !query->catalog.empty();
    view.names.catalog = placed ? query->catalog : state_.current.catalog;
    view.names.schema = placed ? query->schema : state_.current.schema;
    return plan::ResolvedRelation(std::move(view));
  }
  if (const auto* appends = std::get_if<DeltaAppendsRelation>(&replacement))
    return AppendedRows(*appends);
  if (const auto* files = std::get_if<FilesRelation>(&replacement)) return Files(*files);
  const auto& table = std::get<DeltaTableRelation>(replacement);
  const TableTarget target = TRY(FindTable(state_, table.table));
  if (!target.is_delta) return NotADeltaTable(target);
  std::optional<plan::TimeTravel> travel;
  if (table.version) travel = plan::TimeTravel{table.version, std::nullopt};
  return DeltaTable(target.parts, target.location, travel);
}

Result<std::optional<plan::ResolvedRelation>> SessionCatalog::FindTableFunction(
    const plan::TableFunctionRequest& request) const {
  if (resolver_ != nullptr) {
    const std::optional<RelationReplacement> replacement =
        TRY(resolver_->Resolve(RequestOf(request)));
    if (replacement) {
      plan::RelationName name;
      name.parts = request.name;
      name.location = request.location;
      return std::optional<plan::ResolvedRelation>(TRY(Replace(*replacement, name)));
    }
  }
  const std::string name = request.name.empty() ? "" : FoldName(request.name.back());
  if (name == "read_files") return std::optional<plan::ResolvedRelation>(TRY(ReadFiles(request)));
  if (name == "describe_history")
    return std::optional<plan::ResolvedRelation>(TRY(History(request)));
  if (name == "table_changes")
    return std::optional<plan::ResolvedRelation>(TRY(TableChanges(request)));
  return std::optional<plan::ResolvedRelation>();
}

Result<std::optional<plan::ResolvedFunction>> SessionCatalog::FindFunction(
    const std::vector<std::string>& parts, const plan::NameScope& scope) const {
  if (parts.size() == 1 && !scope.stored) {
    const auto found = state_.temporary_functions.find(FoldName(parts[0]));
    if (found != state_.temporary_functions.end()) {
      return std::optional<plan::ResolvedFunction>(FunctionOf(found->second, true));
    }
  }
  if (parts.empty() || parts.size() > 3) return std::optional<plan::ResolvedFunction>();
  catalog::Namespace current = state_.current;
  if (!scope.catalog.empty()) current = {scope.catalog, scope.schema};
  const catalog::QualifiedName name = TRY(catalog::Qualify(parts, current));
  const std::optional<catalog::FunctionInfo> info = TRY(state_.catalog().FindFunction(name));
  if (!info) return std::optional<plan::ResolvedFunction>();
  return std::optional<plan::ResolvedFunction>(FunctionOf(*info, false));
}

bool IsVariableName(const std::vector<std::string>& parts) {
  if (parts.empty() || parts.size() > 3) return false;
  if (parts.size() >= 2 && FoldName(parts[parts.size() - 2]) != "session") return false;
  return parts.size() < 3 || FoldName(parts[0]) == "system";
}

std::optional<plan::CatalogLookup::Variable> SessionCatalog::FindVariable(
    const std::vector<std::string>& parts) const {
  if (!IsVariableName(parts)) return std::nullopt;
  const auto found = state_.variables.find(FoldName(parts.back()));
  if (found == state_.variables.end()) return std::nullopt;
  return Variable{found->second.type, found->second.value};
}

}  // namespace lakesmith::engine
