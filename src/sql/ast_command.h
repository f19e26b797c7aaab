#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast_alter.h"
#include "sql/ast_statement.h"

namespace lakesmith::sql {

enum class UseTarget : uint8_t { kSchema, kCatalog };

// USE [SCHEMA | DATABASE | NAMESPACE] name; USE CATALOG name; SET CATALOG name.
struct Use : NodeOf<Use, Statement> {
  static constexpr auto kKind = StatementKind::kUse;
  UseTarget target = UseTarget::kSchema;
  bool explicit_schema = false;  // A word such as SCHEMA was written: `USE a` may be a catalog.
  Name name;
  bool operator==(const Use&) const = default;
};

// SET; SET -v; SET key; SET key = value
struct Set : NodeOf<Set, Statement> {
  static constexpr auto kKind = StatementKind::kSet;
  bool verbose = false;              // SET -v
  std::string key;                   // Empty: show all.
  std::optional<std::string> value;  // As written, without a quoting of the whole; empty: show.
  bool operator==(const Set&) const = default;
};

// RESET [key]
struct Reset : NodeOf<Reset, Statement> {
  static constexpr auto kKind = StatementKind::kReset;
  std::string key;
  bool operator==(const Reset&) const = default;
};

// SET TIME ZONE 'zone' | LOCAL | INTERVAL ...
struct SetTimeZone : NodeOf<SetTimeZone, Statement> {
  static constexpr auto kKind = StatementKind::kSetTimeZone;
  bool local = false;
  std::optional<std::string> zone;
  ExpressionPtr interval;
  bool operator==(const SetTimeZone&) const = default;
};

// DECLARE [OR REPLACE] [VARIABLE] a, b [type] [DEFAULT | = expression]
struct DeclareVariable : NodeOf<DeclareVariable, Statement> {
  static constexpr auto kKind = StatementKind::kDeclareVariable;
  bool or_replace = false;
  std::vector<Name> names;
  std::optional<TypeName> type;
  ExpressionPtr default_value;
  bool operator==(const DeclareVariable&) const = default;
};

// SET VARIABLE a = 1, b = 2; SET VARIABLE (a, b) = (SELECT ...)
struct SetVariable : NodeOf<SetVariable, Statement> {
  static constexpr auto kKind = StatementKind::kSetVariable;
  struct Item {
    Name name;
    ExpressionPtr value;  // Null with `query`. DEFAULT is a ColumnReference.
    bool operator==(const Item&) const = default;
  };
  std::vector<Item> items;
  QueryPtr query;  // All names from one row.
  bool operator==(const SetVariable&) const = default;
};

// EXECUTE IMMEDIATE text [INTO a, b] [USING expression [AS name], ...]
struct ExecuteImmediate : NodeOf<ExecuteImmediate, Statement> {
  static constexpr auto kKind = StatementKind::kExecuteImmediate;
  ExpressionPtr text;
  std::vector<Name> into;
  std::vector<ExpressionPtr> arguments;  // Alias nodes where named.
  bool operator==(const ExecuteImmediate&) const = default;
};

enum class ShowKind : uint8_t {
  kTables,         // in, pattern
  kTableExtended,  // in, pattern, partition
  kViews,          // in, pattern
  kMaterializedViews,
  kStreamingTables,
  kSchemas,          // in, pattern
  kCatalogs,         // pattern
  kColumns,          // name, in
  kFunctions,        // scope, name or pattern, in
  kPartitions,       // name, partition
  kCreateTable,      // name, as_serde
  kTableProperties,  // name, key
  kCurrentSchema,
  kVolumes,  // in, pattern
  kGrants,   // object, name, principal
  kVariables,
  kUsers,   // pattern
  kGroups,  // pattern
  kExternalLocations,
  kStorageCredentials,
  kConnections,
  kShares,
  kRecipients,
  kProviders,
  kProcedures,     // in
  kCollations,     // pattern
  kTablesDropped,  // in
  kCachedTables,
  kPolicies,  // name
};

struct Show : NodeOf<Show, Statement> {
  static constexpr auto kKind = StatementKind::kShow;
  ShowKind show_kind = ShowKind::kTables;
  Name name;
  Name in;                             // IN or FROM; empty: the current one.
  std::optional<std::string> pattern;  // LIKE 'pattern' or a bare text
  std::string scope;                   // Functions: "USER", "SYSTEM", "ALL"; empty means all.
  std::optional<std::string> key;      // SHOW TBLPROPERTIES t (key)
  PartitionSpecification partition;
  bool as_serde = false;
  bool as_json = false;
  ObjectKind object = ObjectKind::kTable;  // Grants
  std::string principal;                   // Grants
  bool operator==(const Show&) const = default;
};

enum class DescribeKind : uint8_t {
  kTable,     // name, extended, formatted, partition, column, as_json
  kQuery,     // query
  kFunction,  // name, extended
  kSchema,    // name, extended
  kCatalog,   // name, extended
  kHistory,   // DESCRIBE HISTORY t [LIMIT n]
  kDetail,    // DESCRIBE DETAIL t
  kVolume,
  kExternalLocation,
  kStorageCredential,
  kConnection,
  kShare,
  kRecipient,
  kProvider,
  kProcedure,
};

struct Describe : NodeOf<Describe, Statement> {
  static constexpr auto kKind = StatementKind::kDescribe;
  DescribeKind describe_kind = DescribeKind::kTable;
  Name name;
  bool extended = false;
  bool formatted = false;
  bool as_json = false;
  PartitionSpecification partition;
  std::vector<Identifier> column;  // DESCRIBE t column
  QueryPtr query;
  std::string limit;  // kHistory; digits
  bool operator==(const Describe&) const = default;
};

enum class GrantAction : uint8_t { kGrant, kRevoke, kDeny };

// GRANT privileges ON kind name TO principal; REVOKE ... FROM; DENY ... TO.
struct Grant : NodeOf<Grant, Statement> {
  static constexpr auto kKind = StatementKind::kGrant;
  GrantAction action = GrantAction::kGrant;
  std::vector<std::string> privileges;  // Upper case: "SELECT", "USE SCHEMA", "ALL PRIVILEGES"
  ObjectKind object = ObjectKind::kTable;
  bool object_given = false;  // ON t means a table.
  Name name;
  std::string principal;
  bool grant_option = false;
  bool operator==(const Grant&) const = default;
};

// CALL procedure(arguments)
struct Call : NodeOf<Call, Statement> {
  static constexpr auto kKind = StatementKind::kCall;
  Name name;
  std::vector<FunctionArgument> arguments;
  bool operator==(const Call&) const = default;
};

// ADD JAR path; LIST FILES; ...
struct Resource : NodeOf<Resource, Statement> {
  static constexpr auto kKind = StatementKind::kResource;
  std::string action;         // "ADD", "LIST"
  std::string resource_kind;  // "JAR", "FILE", "ARCHIVE" and their plurals
  std::string text;           // The rest, as written.
  bool operator==(const Resource&) const = default;
};

}  // namespace lakesmith::sql
