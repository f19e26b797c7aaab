#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast_ddl.h"

namespace lakesmith::sql {

// Which change, and the fields of AlterAction that it uses.
enum class AlterKind : uint8_t {
  kRename,                 // new_name
  kAddColumns,             // columns
  kReplaceColumns,         // columns
  kDropColumns,            // column_paths, if_exists
  kRenameColumn,           // column_paths[0], new_name
  kAlterColumnType,        // column_paths[0], type, comment, position (CHANGE COLUMN gives several)
  kAlterColumnComment,     // column_paths[0], comment
  kAlterColumnPosition,    // column_paths[0], position
  kAlterColumnSetNotNull,  // column_paths[0]
  kAlterColumnDropNotNull,
  kAlterColumnSetDefault,  // column_paths[0], expression
  kAlterColumnDropDefault,
  kAlterColumnSetMask,  // column_paths[0], mask
  kAlterColumnDropMask,
  kAlterColumnSetTags,    // column_paths[0], options
  kAlterColumnUnsetTags,  // column_paths[0], options (keys)
  kAlterColumnSyncIdentity,
  kSetProperties,       // options
  kUnsetProperties,     // options (keys), if_exists
  kSetTags,             // options
  kUnsetTags,           // options (keys)
  kSetLocation,         // text, partition
  kSetManagedLocation,  // text
  kSetOwner,            // text
  kSetSerde,            // text, options
  kSetCollation,        // text: DEFAULT COLLATION
  kAddConstraint,       // constraint
  kDropConstraint,      // text (its name), if_exists, cascade; PRIMARY KEY as constraint kind
  kAddPartitions,       // partitions, if_not_exists
  kDropPartitions,      // partitions, if_exists, purge
  kRenamePartition,     // partitions[0], partitions[1]
  kRecoverPartitions,
  kClusterBy,     // cluster_by, column_paths
  kSetRowFilter,  // row_filter
  kDropRowFilter,
  kDropFeature,       // text, flag: TRUNCATE HISTORY
  kSetQuery,          // query, text: ALTER VIEW v AS
  kSetSchemaBinding,  // schema_binding
  kSetSchedule,       // schedule: ADD, ALTER or SET SCHEDULE
  kDropSchedule,
  kPredictiveOptimization,  // text: "ENABLE", "DISABLE", "INHERIT"
  kSetOptions,              // options: OPTIONS (...) of connections, catalogs
};

// col = value pairs of PARTITION (...); a part without value has a null one.
struct PartitionSpecification {
  std::vector<Option> values;
  std::optional<std::string> location;  // ADD PARTITION ... LOCATION
  bool operator==(const PartitionSpecification&) const = default;
};

struct AlterAction {
  AlterKind alter_kind = AlterKind::kRename;
  Name new_name;
  std::vector<ColumnDefinition> columns;
  std::vector<std::vector<Identifier>> column_paths;
  std::optional<TypeName> type;
  std::optional<std::string> comment;
  std::optional<ColumnPosition> position;
  bool not_null = false;
  ExpressionPtr expression;
  std::optional<ColumnMask> mask;
  std::optional<RowFilter> row_filter;
  std::vector<Option> options;
  std::string text;
  bool flag = false;
  bool if_exists = false;
  bool if_not_exists = false;
  bool purge = false;
  bool cascade = false;
  std::optional<TableConstraint> constraint;
  std::vector<PartitionSpecification> partitions;
  ClusterByKind cluster_by = ClusterByKind::kNone;
  RefreshSchedule schedule;
  SchemaBinding schema_binding = SchemaBinding::kNone;
  QueryPtr query;
  WrittenText query_text;
  SourceRange range;
  bool operator==(const AlterAction&) const = default;
};

// ALTER TABLE | VIEW | MATERIALIZED VIEW | STREAMING TABLE. Several actions only for
// ALTER COLUMN a ..., b ....
struct AlterTable : NodeOf<AlterTable, Statement> {
  static constexpr auto kKind = StatementKind::kAlterTable;
  ObjectKind object = ObjectKind::kTable;
  bool if_exists = false;
  Name name;
  std::vector<AlterAction> actions;
  bool operator==(const AlterTable&) const = default;
};

// ALTER SCHEMA | CATALOG | VOLUME | CONNECTION | ...
struct AlterObject : NodeOf<AlterObject, Statement> {
  static constexpr auto kKind = StatementKind::kAlterObject;
  ObjectKind object = ObjectKind::kSchema;
  Name name;
  AlterAction action;
  bool operator==(const AlterObject&) const = default;
};

}  // namespace lakesmith::sql
