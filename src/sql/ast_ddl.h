#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast_pipeline.h"
#include "sql/ast_statement.h"
#include "sql/ast_table.h"

namespace lakesmith::sql {

enum class TableKind : uint8_t { kTable, kStreamingTable, kMaterializedView, kLiveTable };

// CREATE [OR REPLACE | OR REFRESH] TABLE | STREAMING TABLE | MATERIALIZED VIEW; REPLACE TABLE.
struct CreateTable : NodeOf<CreateTable, Statement> {
  static constexpr auto kKind = StatementKind::kCreateTable;
  TableKind table_kind = TableKind::kTable;  // LIVE TABLE is a materialized view, old spelling.
  bool live = false;                         // The word LIVE was written.
  bool or_replace = false;
  bool or_refresh = false;
  bool replace_only = false;  // REPLACE TABLE: the table must exist.
  bool temporary = false;
  bool private_table = false;
  bool external = false;
  bool if_not_exists = false;
  Name name;
  std::vector<ColumnDefinition> columns;
  std::vector<TableConstraint> constraints;  // Expectations among them.
  TableClauses clauses;
  QueryPtr query;                // AS query; null without.
  std::optional<FlowBody> flow;  // CREATE STREAMING TABLE ... FLOW ...
  bool operator==(const CreateTable&) const = default;
};

// CREATE TABLE a LIKE b
struct CreateTableLike : NodeOf<CreateTableLike, Statement> {
  static constexpr auto kKind = StatementKind::kCreateTableLike;
  bool if_not_exists = false;
  Name name;
  Name source;
  TableClauses clauses;
  bool operator==(const CreateTableLike&) const = default;
};

// CREATE TABLE a [SHALLOW | DEEP] CLONE b [VERSION AS OF ...]
struct CloneTable : NodeOf<CloneTable, Statement> {
  static constexpr auto kKind = StatementKind::kCloneTable;
  bool or_replace = false;
  bool if_not_exists = false;
  bool shallow = false;
  Name name;
  RelationPtr source;  // A TableRelation with its time travel.
  TableClauses clauses;
  bool operator==(const CloneTable&) const = default;
};

enum class SchemaBinding : uint8_t { kNone, kBinding, kCompensation, kTypeEvolution, kEvolution };

// CREATE [OR REPLACE] [[GLOBAL] TEMPORARY] VIEW; in a pipeline also TEMPORARY [STREAMING] LIVE
// VIEW.
struct CreateView : NodeOf<CreateView, Statement> {
  static constexpr auto kKind = StatementKind::kCreateView;
  bool or_replace = false;
  bool global = false;
  bool temporary = false;
  bool live = false;
  bool streaming = false;
  bool if_not_exists = false;
  Name name;
  std::vector<ColumnDefinition> columns;     // Names and comments.
  std::vector<TableConstraint> constraints;  // Expectations, in pipelines.
  std::optional<std::string> comment;
  std::vector<Option> properties;
  std::string default_collation;
  SchemaBinding schema_binding = SchemaBinding::kNone;
  QueryPtr query;          // Null for USING.
  WrittenText query_text;  // The query as written: what the catalog keeps.
  Name provider;           // CREATE TEMPORARY VIEW v USING csv OPTIONS (...)
  std::vector<Option> options;
  bool metrics = false;  // WITH METRICS LANGUAGE YAML AS $$...$$
  std::string metrics_yaml;
  bool operator==(const CreateView&) const = default;
};

struct FunctionParameter {
  Identifier name;
  std::optional<TypeName> type;
  ExpressionPtr default_value;
  std::optional<std::string> comment;
  bool operator==(const FunctionParameter&) const = default;
};

struct FunctionResource {
  std::string resource_kind;  // "JAR", "FILE", "ARCHIVE"
  std::string uri;
  bool operator==(const FunctionResource&) const = default;
};

// CREATE FUNCTION f(a INT) RETURNS INT RETURN a + 1, or AS 'class'.
struct CreateFunction : NodeOf<CreateFunction, Statement> {
  static constexpr auto kKind = StatementKind::kCreateFunction;
  bool or_replace = false;
  bool temporary = false;
  bool if_not_exists = false;
  Name name;
  std::optional<std::string> class_name;  // AS 'class' USING ...: no SQL function.
  std::vector<FunctionResource> resources;
  std::vector<FunctionParameter> parameters;
  std::optional<TypeName> return_type;  // Empty where it follows from the body.
  bool returns_table = false;
  std::vector<FunctionParameter> table_columns;  // RETURNS TABLE (...); may be empty.
  std::string language;                          // "SQL", "PYTHON"; empty when not given.
  std::optional<bool> deterministic;
  std::optional<std::string> comment;
  std::string data_access;  // "CONTAINS SQL", "READS SQL DATA", ...
  std::string security;     // "DEFINER", "INVOKER"
  std::string default_collation;
  std::vector<std::string> other_characteristics;  // "CALLED ON NULL INPUT", ...
  ExpressionPtr body_expression;                   // RETURN expression
  QueryPtr body_query;                             // RETURN query
  WrittenText written_body;                        // The body of RETURN as written.
  std::optional<std::string> foreign_body;         // Text of AS $$...$$ in another language.
  bool operator==(const CreateFunction&) const = default;
};

// Things of the catalog that are no tables. Volumes, locations and the like are recorded only.
enum class ObjectKind : uint8_t {
  kTable,
  kView,
  kMaterializedView,
  kStreamingTable,
  kSchema,
  kCatalog,
  kFunction,
  kVolume,
  kVariable,
  kColumn,
  kExternalLocation,
  kStorageCredential,
  kConnection,
  kShare,
  kRecipient,
  kProvider,
  kWidget,
  kFlow,
  kSink,
  kGroup,
  kPolicy,
  kProcedure,
  kMetastore,
  kAnyFile,
  kAnonymousFunction,
  kServer,
  kIndex,
  kModel,
};

// Upper-case words of the kind: "EXTERNAL LOCATION".
std::string_view ObjectKindText(ObjectKind kind);

// CREATE SCHEMA | CATALOG | VOLUME | EXTERNAL LOCATION | CONNECTION | WIDGET | ...
struct CreateObject : NodeOf<CreateObject, Statement> {
  static constexpr auto kKind = StatementKind::kCreateObject;
  ObjectKind object = ObjectKind::kSchema;
  std::string variant;  // "EXTERNAL" volume, "FOREIGN" catalog, widget "TEXT", "DROPDOWN", ...
  bool or_replace = false;
  bool if_not_exists = false;
  Name name;
  std::optional<std::string> comment;
  std::optional<std::string> location;          // LOCATION, or URL of an external location
  std::optional<std::string> managed_location;  // MANAGED LOCATION
  std::string default_collation;
  std::string connection_type;     // TYPE of a connection
  Name using_object;               // USING CONNECTION / SHARE / credential
  std::vector<Option> properties;  // DBPROPERTIES, PROPERTIES
  std::vector<Option> options;
  ExpressionPtr default_value;         // Widgets
  std::vector<ExpressionPtr> choices;  // Widgets: CHOICES ...; one ScalarSubquery or texts
  bool operator==(const CreateObject&) const = default;
};

// DROP kind [IF EXISTS] name [CASCADE | RESTRICT] [PURGE]; UNDROP.
struct DropObject : NodeOf<DropObject, Statement> {
  static constexpr auto kKind = StatementKind::kDropObject;
  ObjectKind object = ObjectKind::kTable;
  bool undrop = false;
  bool if_exists = false;
  bool temporary = false;  // DROP TEMPORARY FUNCTION | VARIABLE | VIEW
  bool cascade = false;
  bool restrict = false;
  bool purge = false;
  bool force = false;
  Name name;
  std::vector<Name> more_names;  // DROP TEMPORARY VARIABLE a, b
  bool operator==(const DropObject&) const = default;
};

// COMMENT ON kind name IS 'text' | NULL
struct Comment : NodeOf<Comment, Statement> {
  static constexpr auto kKind = StatementKind::kComment;
  ObjectKind object = ObjectKind::kTable;
  Name name;
  std::optional<std::string> comment;  // Empty: IS NULL.
  bool operator==(const Comment&) const = default;
};

// CONVERT TO DELTA parquet.`path` [NO STATISTICS] [PARTITIONED BY (...)]
struct ConvertToDelta : NodeOf<ConvertToDelta, Statement> {
  static constexpr auto kKind = StatementKind::kConvertToDelta;
  Name name;
  bool no_statistics = false;
  std::vector<PartitionItem> partitioned_by;
  bool operator==(const ConvertToDelta&) const = default;
};

}  // namespace lakesmith::sql
