#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "catalog/names.h"
#include "types/data_type.h"

namespace lakesmith::catalog {

using Properties = std::map<std::string, std::string>;

// What every object of the catalog may carry.
struct ObjectNotes {
  std::string comment;
  Properties properties;
  Properties tags;
  // Privileges are recorded for projects that state them; nothing is enforced on one machine.
  // Principal to privileges, upper case.
  std::map<std::string, std::vector<std::string>> grants;
  std::string owner;
  int64_t created_millis = 0;  // Since the epoch.
};

struct CatalogInfo {
  std::string name;
  ObjectNotes notes;
};

struct SchemaInfo {
  Namespace name;
  std::string location;  // Absolute folder for managed tables; empty: below the warehouse.
  ObjectNotes notes;
};

enum class RelationKind { kManagedTable, kExternalTable, kView };

// A table or view. Of a Delta table the columns, comment and properties are in its log, not here.
struct Relation {
  QualifiedName name;
  RelationKind kind = RelationKind::kManagedTable;
  ObjectNotes notes;
  Properties column_tags;  // "column.tag" to value.

  // Tables.
  std::string provider = "delta";              // Lower case: delta, parquet, csv, json, text.
  std::string location;                        // Absolute folder.
  Properties options;                          // Of a provider other than Delta.
  std::vector<std::string> partition_columns;  // Of a provider other than Delta.

  // Views, and tables of a provider other than Delta.
  std::vector<types::StructField> columns;

  // Views: the text of the query and what it was resolved against when it was made.
  std::string view_text;
  Namespace view_namespace;
  Properties view_config;
  std::vector<std::string> view_query_columns;  // What the query called `columns`.
  // BINDING, COMPENSATION, TYPE EVOLUTION or EVOLUTION; empty: BINDING that is not shown.
  std::string view_schema_mode;

  bool is_view() const { return kind == RelationKind::kView; }
};

struct FunctionParameter {
  std::string name;
  types::DataType type;
  std::optional<std::string> default_text;  // SQL expression.
  std::string comment;
};

// A function written in SQL.
struct FunctionInfo {
  QualifiedName name;
  std::vector<FunctionParameter> parameters;
  types::DataType return_type;  // A struct of the columns when `is_table`.
  bool is_table = false;
  std::string body;  // Expression or query text.
  Namespace body_namespace;
  bool deterministic = true;
  ObjectNotes notes;
};

struct VolumeInfo {
  QualifiedName name;
  bool external = false;
  std::string location;  // Absolute folder.
  ObjectNotes notes;
};

// JSON as kept on disk. Folders below `warehouse` are stored relative to it, so that a warehouse
// may be moved. From... errors: kCorrupt names what is missing.
Json ToJson(const CatalogInfo& info);
Json ToJson(const SchemaInfo& info, const std::string& warehouse);
Json ToJson(const Relation& relation, const std::string& warehouse);
Json ToJson(const FunctionInfo& function);
Json ToJson(const VolumeInfo& volume, const std::string& warehouse);
Result<CatalogInfo> CatalogFromJson(const Json& json);
Result<SchemaInfo> SchemaFromJson(const Json& json, const std::string& warehouse);
Result<Relation> RelationFromJson(const Json& json, const std::string& warehouse);
Result<FunctionInfo> FunctionFromJson(const Json& json);
Result<VolumeInfo> VolumeFromJson(const Json& json, const std::string& warehouse);

}  // namespace lakesmith::catalog
