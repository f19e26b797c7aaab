#include "catalog/objects.h"

namespace lakesmith::catalog {
namespace {

constexpr std::string_view kInWarehouse = "warehouse:";

std::string StoredLocation(const std::string& location, const std::string& warehouse) {
  if (location.starts_with(warehouse + "/")) {
    return std::string(kInWarehouse) + location.substr(warehouse.size() + 1);
  }
  return location;
}

std::string LoadedLocation(const std::string& stored, const std::string& warehouse) {
  if (stored.starts_with(kInWarehouse)) return warehouse + "/" + stored.substr(kInWarehouse.size());
  return stored;
}

// Reads members and remembers the first that is missing or of the wrong kind.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {
    if (!json.is_object()) problem_ = "not an object";
  }

  std::string Text(const char* key) {
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_string()) return Fail<std::string>(key);
    return found->get<std::string>();
  }
  std::string TextOr(const char* key, const char* fallback) const {
    const auto found = json_.find(key);
    return found != json_.end() && found->is_string() ? found->get<std::string>() : fallback;
  }
  bool Flag(const char* key) const {
    const auto found = json_.find(key);
    return found != json_.end() && found->is_boolean() && found->get<bool>();
  }
  int64_t Number(const char* key) const {
    const auto found = json_.find(key);
    return found != json_.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
  }
  Properties Map(const char* key) {
    Properties map;
    const auto found = json_.find(key);
    if (found == json_.end()) return map;
    if (!found->is_object()) return Fail<Properties>(key);
    for (const auto& [name, value] : found->items()) {
      if (!value.is_string()) return Fail<Properties>(key);
      map[name] = value.get<std::string>();
    }
    return map;
  }
  std::vector<std::string> List(const char* key) {
    std::vector<std::string> list;
    const auto found = json_.find(key);
    if (found == json_.end()) return list;
    if (!found->is_array()) return Fail<std::vector<std::string>>(key);
    for (const Json& value : *found) {
      if (!value.is_string()) return Fail<std::vector<std::string>>(key);
      list.push_back(value.get<std::string>());
    }
    return list;
  }
  const Json* Member(const char* key) const {
    const auto found = json_.find(key);
    return found == json_.end() ? nullptr : &*found;
  }

  Status Finish(std::string_view what) const {
    if (problem_.empty()) return {};
    return Corrupt("catalog entry of a {}: {}", what, problem_);
  }

 private:
  template <typename T>
  T Fail(const char* key) {
    if (problem_.empty()) problem_ = fmt::format("'{}' is missing or of the wrong kind", key);
    return T();
  }

  const Json& json_;
  std::string problem_;
};

void PutUnlessEmpty(Json& json, const char* key, const Properties& map) {
  if (map.empty()) return;
  Json object = Json::object();
  for (const auto& [name, value] : map) object[name] = value;
  json[key] = std::move(object);
}

void PutUnlessEmpty(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

void PutNotes(Json& json, const ObjectNotes& notes) {
  PutUnlessEmpty(json, "comment", notes.comment);
  PutUnlessEmpty(json, "properties", notes.properties);
  PutUnlessEmpty(json, "tags", notes.tags);
  PutUnlessEmpty(json, "owner", notes.owner);
  if (!notes.grants.empty()) json["grants"] = notes.grants;
  json["created"] = notes.created_millis;
}

ObjectNotes ReadNotes(Reader& reader) {
  ObjectNotes notes;
  notes.comment = reader.TextOr("comment", "");
  notes.properties = reader.Map("properties");
  notes.tags = reader.Map("tags");
  notes.owner = reader.TextOr("owner", "");
  notes.created_millis = reader.Number("created");
  if (const Json* grants = reader.Member("grants"); grants != nullptr && grants->is_object()) {
    for (const auto& [principal, privileges] : grants->items()) {
      Reader entry(*grants);
      notes.grants[principal] = entry.List(principal.c_str());
    }
  }
  return notes;
}

void PutName(Json& json, const QualifiedName& name) {
  json["catalog"] = name.catalog;
  json["schema"] = name.schema;
  json["name"] = name.name;
}

QualifiedName ReadName(Reader& reader) {
  return {reader.Text("catalog"), reader.Text("schema"), reader.Text("name")};
}

Json NamespaceJson(const Namespace& ns) { return Json::array({ns.catalog, ns.schema}); }

Namespace ReadNamespace(Reader& reader, const char* key) {
  const std::vector<std::string> parts = reader.List(key);
  return parts.size() == 2 ? Namespace{parts[0], parts[1]} : Namespace{};
}

Json ColumnsJson(const std::vector<types::StructField>& columns) {
  return types::DataType::Struct(columns).ToJson();
}

Result<std::vector<types::StructField>> ReadColumns(const Reader& reader) {
  const Json* json = reader.Member("columns");
  if (json == nullptr) return std::vector<types::StructField>{};
  const types::DataType type = TRY(types::DataType::FromJson(*json));
  if (!type.is(types::TypeId::kStruct)) return Corrupt("catalog entry: 'columns' is not a struct");
  return type.fields();
}

std::string_view KindName(RelationKind kind) {
  switch (kind) {
    case RelationKind::kManagedTable:
      return "managed";
    case RelationKind::kExternalTable:
      return "external";
    case RelationKind::kView:
      return "view";
  }
  return "";
}

Result<RelationKind> KindFromName(const std::string& name) {
  if (name == "managed") return RelationKind::kManagedTable;
  if (name == "external") return RelationKind::kExternalTable;
  if (name == "view") return RelationKind::kView;
  return Corrupt("catalog entry of a relation: unknown kind '{}'", name);
}

}  // namespace

Json ToJson(const CatalogInfo& info) {
  Json json = {{"name", info.name}};
  PutNotes(json, info.notes);
  return json;
}

Result<CatalogInfo> CatalogFromJson(const Json& json) {
  Reader reader(json);
  CatalogInfo info{reader.Text("name"), ReadNotes(reader)};
  TRY(reader.Finish("catalog"));
  return info;
}

Json ToJson(const SchemaInfo& info, const std::string& warehouse) {
  Json json = {{"catalog", info.name.catalog}, {"name", info.name.schema}};
  PutUnlessEmpty(json, "location", StoredLocation(info.location, warehouse));
  PutNotes(json, info.notes);
  return json;
}

Result<SchemaInfo> SchemaFromJson(const Json& json, const std::string& warehouse) {
  Reader reader(json);
  SchemaInfo info;
  info.name = {reader.Text("catalog"), reader.Text("name")};
  info.location = LoadedLocation(reader.TextOr("location", ""), warehouse);
  info.notes = ReadNotes(reader);
  TRY(reader.Finish("schema"));
  return info;
}

Json ToJson(const Relation& relation, const std::string& warehouse) {
  Json json = {{"kind", KindName(relation.kind)}};
  PutName(json, relation.name);
  if (relation.is_view()) {
    json["text"] = relation.view_text;
    json["namespace"] = NamespaceJson(relation.view_namespace);
    PutUnlessEmpty(json, "config", relation.view_config);
    if (!relation.view_query_columns.empty()) json["queryColumns"] = relation.view_query_columns;
    if (!relation.view_schema_mode.empty()) json["schemaMode"] = relation.view_schema_mode;
  } else {
    json["provider"] = relation.provider;
    json["location"] = StoredLocation(relation.location, warehouse);
    PutUnlessEmpty(json, "options", relation.options);
    if (!relation.partition_columns.empty()) json["partitionColumns"] = relation.partition_columns;
  }
  if (!relation.columns.empty()) json["columns"] = ColumnsJson(relation.columns);
  PutUnlessEmpty(json, "columnTags", relation.column_tags);
  PutNotes(json, relation.notes);
  return json;
}

Result<Relation> RelationFromJson(const Json& json, const std::string& warehouse) {
  Reader reader(json);
  Relation relation;
  relation.name = ReadName(reader);
  const std::string kind = reader.Text("kind");
  TRY(reader.Finish("relation"));
  relation.kind = TRY(KindFromName(kind));
  if (relation.is_view()) {
    relation.view_text = reader.Text("text");
    relation.view_namespace = ReadNamespace(reader, "namespace");
    relation.view_config = reader.Map("config");
    relation.view_query_columns = reader.List("queryColumns");
    relation.view_schema_mode = reader.TextOr("schemaMode", "");
  } else {
    relation.provider = reader.Text("provider");
    relation.location = LoadedLocation(reader.Text("location"), warehouse);
    relation.options = reader.Map("options");
    relation.partition_columns = reader.List("partitionColumns");
  }
  relation.columns = TRY(ReadColumns(reader));
  relation.column_tags = reader.Map("columnTags");
  relation.notes = ReadNotes(reader);
  TRY(reader.Finish("relation"));
  return relation;
}

Json ToJson(const FunctionInfo& function) {
  Json json = Json::object();
  PutName(json, function.name);
  Json parameters = Json::array();
  for (const FunctionParameter& parameter : function.parameters) {
    Json entry = {{"name", parameter.name}, {"type", parameter.type.ToJson()}};
    if (parameter.default_text) entry["default"] = *parameter.default_text;
    PutUnlessEmpty(entry, "comment", parameter.comment);
    parameters.push_back(std::move(entry));
  }
  json["parameters"] = std::move(parameters);
  json["returns"] = function.return_type.ToJson();
  json["table"] = function.is_table;
  json["body"] = function.body;
  json["namespace"] = NamespaceJson(function.body_namespace);
  json["deterministic"] = function.deterministic;
  PutNotes(json, function.notes);
  return json;
}

Result<FunctionInfo> FunctionFromJson(const Json& json) {
  Reader reader(json);
  FunctionInfo function;
  function.name = ReadName(reader);
  function.is_table = reader.Flag("table");
  function.deterministic = reader.Flag("deterministic");
  function.body = reader.Text("body");
  function.body_namespace = ReadNamespace(reader, "namespace");
  function.notes = ReadNotes(reader);
  TRY(reader.Finish("function"));
  if (const Json* returns = reader.Member("returns"); returns != nullptr) {
    function.return_type = TRY(types::DataType::FromJson(*returns));
  }
  const Json* parameters = reader.Member("parameters");
  if (parameters == nullptr) return function;
  for (const Json& entry : *parameters) {
    Reader part(entry);
    FunctionParameter parameter;
    parameter.name = part.Text("name");
    parameter.comment = part.TextOr("comment", "");
    if (part.Member("default") != nullptr) parameter.default_text = part.Text("default");
    const Json* type = part.Member("type");
    TRY(part.Finish("function parameter"));
    if (type != nullptr) parameter.type = TRY(types::DataType::FromJson(*type));
    function.parameters.push_back(std::move(parameter));
  }
  return function;
}

Json ToJson(const VolumeInfo& volume, const std::string& warehouse) {
  Json json = Json::object();
  PutName(json, volume.name);
  json["external"] = volume.external;
  json["location"] = StoredLocation(volume.location, warehouse);
  PutNotes(json, volume.notes);
  return json;
}

Result<VolumeInfo> VolumeFromJson(const Json& json, const std::string& warehouse) {
  Reader reader(json);
  VolumeInfo volume;
  volume.name = ReadName(reader);
  volume.external = reader.Flag("external");
  volume.location = LoadedLocation(reader.Text("location"), warehouse);
  volume.notes = ReadNotes(reader);
  TRY(reader.Finish("volume"));
  return volume;
}

}  // namespace lakesmith::catalog
