#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::plan {

struct Expression;

// VERSION AS OF / TIMESTAMP AS OF, already evaluated.
struct TimeTravel {
  std::optional<int64_t> version;
  std::optional<types::TimestampValue> timestamp;
};

// A relation as the user names it: one to three parts, or {"delta", "/path"}.
struct RelationName {
  std::vector<std::string> parts;
  std::optional<TimeTravel> time_travel;
  bool stream = false;  // Written with STREAM.
  // WITH (key = value): options of the read, values as text.
  std::map<std::string, std::string> options;
  SourceLocation location;
};

// A call of a table function that only the session can answer, such as read_files and
// table_changes.
struct TableFunctionRequest {
  struct Argument {
    types::Value value;  // Arguments are constants.
    types::DataType type;
  };
  std::vector<std::string> name;
  std::vector<Argument> arguments;
  std::map<std::string, Argument> named_arguments;  // Names in lower case.
  bool stream = false;
  SourceLocation location;
};

// What an engine needs to scan a table; opaque here. The engine's catalog makes it, its emitter
// reads it.
struct TableHandle {
  virtual ~TableHandle() = default;
};

// A table that can be scanned.
struct ResolvedTable {
  std::vector<std::string> name;            // catalog, schema, table; or delta, path.
  std::vector<types::StructField> columns;  // In the order of `*`.
  std::shared_ptr<const TableHandle> handle;
  // `_metadata`, where the files of the table can be told; the engine's emitter knows it by name.
  std::optional<types::StructField> metadata_column;
};

// Where unqualified names of a text are looked up; empty: in the current catalog and schema.
struct NameScope {
  std::string catalog;
  std::string schema;
  // The text of an object of the catalog: it does not see temporary objects.
  bool stored = false;
};

// How a view follows changes of what it reads: CREATE VIEW ... WITH SCHEMA.
enum class ViewSchemaMode : uint8_t {
  kNone,           // The columns are those of the query.
  kBinding,        // Types may only become narrower.
  kCompensation,   // Values are cast to the types of the view.
  kTypeEvolution,  // Names stay, types follow.
  kEvolution,      // Names and types follow.
};

// Whether the types of the view's columns are those of its query now.
constexpr bool FollowsTypes(ViewSchemaMode mode) {
  return mode == ViewSchemaMode::kTypeEvolution || mode == ViewSchemaMode::kEvolution;
}

// A stored query. `columns` are the names (and comments) given at creation, and the types then.
struct ResolvedView {
  std::vector<std::string> name;
  std::string text;  // The query, without CREATE VIEW ... AS.
  std::vector<types::StructField> columns;
  // The names that the query gave to these columns then; empty: matched by position.
  std::vector<std::string> query_columns;
  ViewSchemaMode mode = ViewSchemaMode::kNone;
  NameScope names;
  std::map<std::string, std::string> config;
  bool temporary = false;
};

using ResolvedRelation = std::variant<ResolvedTable, ResolvedView>;

// A function written in SQL.
struct SqlFunctionParameter {
  std::string name;
  types::DataType type;
  std::optional<std::string> default_text;
};
struct ResolvedFunction {
  std::vector<std::string> name;
  std::vector<SqlFunctionParameter> parameters;
  std::optional<types::DataType> returns;         // Scalar; nullopt: that of the body.
  std::vector<types::StructField> returns_table;  // Table functions.
  bool is_table = false;
  std::string body;  // An expression, or a query.
  NameScope names;
  bool temporary = false;
};

// What a session knows by name. Called from one thread by one analysis; must give the same answer
// all through it.
class CatalogLookup {
 public:
  virtual ~CatalogLookup() = default;

  // Temporary views first, then the catalog; missing parts come from the scope.
  // Errors: kNotFound with Spark's class and near names.
  virtual Result<ResolvedRelation> FindRelation(const RelationName& name,
                                                const NameScope& scope) const = 0;
  // Asked for a table function that the analyzer does not know itself; nullopt when the session
  // does not either. Errors: kInvalid for wrong arguments.
  virtual Result<std::optional<ResolvedRelation>> FindTableFunction(
      const TableFunctionRequest& request) const {
    (void)request;
    return std::optional<ResolvedRelation>();
  }
  // SQL functions of the catalog and temporary ones; nullopt when there is none.
  virtual Result<std::optional<ResolvedFunction>> FindFunction(
      const std::vector<std::string>& parts, const NameScope& scope) const = 0;
  // A session variable's type and value; nullopt when there is none.
  struct Variable {
    types::DataType type;
    types::Value value;
  };
  virtual std::optional<Variable> FindVariable(const std::vector<std::string>& parts) const = 0;

  // The value of an expression without columns, such as date_sub(current_date(), 1): for places
  // where only a constant may stand. nullopt when the session cannot evaluate.
  virtual Result<std::optional<types::Value>> EvaluateConstant(const Expression& expression) const {
    (void)expression;
    return std::optional<types::Value>();
  }

  virtual std::string CurrentCatalog() const = 0;
  virtual std::string CurrentSchema() const = 0;
};

// Settings that change what a query means.
struct SessionConfig {
  std::string time_zone = "UTC";
  std::string current_user = "user";
  types::TimestampValue now;  // What current_timestamp() is, all through one statement.
  // spark.sql.* and parameters set by the user, keys as written.
  std::map<std::string, std::string> settings;
  // The text that the tree was parsed from: errors point into it. Empty: errors have no place.
  std::string_view text;
  // The value of secret(scope, key); empty: there are no secrets here.
  std::function<Result<std::string>(const std::string& scope, const std::string& key)> read_secret;
  // Values for `:name` (key "name") and `?` (keys "1", "2", ...).
  std::map<std::string, std::pair<types::DataType, types::Value>> parameters;

  // The value of `key`, or `fallback`.
  std::string Get(const std::string& key, const std::string& fallback) const;
};

}  // namespace lakesmith::plan
