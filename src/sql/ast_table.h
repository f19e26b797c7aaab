#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast_query.h"

namespace lakesmith::sql {

// Parts of table definitions that CREATE, ALTER and pipeline statements share.

struct IdentitySpecification {
  bool always = true;  // Else BY DEFAULT.
  std::string start;   // Digits, maybe signed; empty when not given.
  std::string step;
  bool operator==(const IdentitySpecification&) const = default;
};

enum class ConstraintKind : uint8_t {
  kPrimaryKey,
  kForeignKey,
  kUnique,
  kCheck,
  kExpect,
  kNotNull
};

enum class ViolationAction : uint8_t { kWarn, kDropRow, kFailUpdate, kQuarantine };

// CONSTRAINT name PRIMARY KEY | FOREIGN KEY | UNIQUE | CHECK, or an expectation of a pipeline.
struct TableConstraint {
  ConstraintKind constraint_kind = ConstraintKind::kCheck;
  std::string name;  // Empty when not given.
  std::vector<Identifier> columns;
  std::string timeseries_column;  // PRIMARY KEY (a, b TIMESERIES)
  Name referenced_table;          // kForeignKey
  std::vector<Identifier> referenced_columns;
  ExpressionPtr condition;  // kCheck, kExpect
  // Words after it in upper case: "RELY", "NORELY", "NOT ENFORCED", "ON DELETE NO ACTION", ...
  std::vector<std::string> characteristics;
  ViolationAction on_violation = ViolationAction::kWarn;  // kExpect
  Name quarantine_table;  // kQuarantine: ON VIOLATION QUARANTINE [INTO table]; may be empty.
  SourceRange range;
  bool operator==(const TableConstraint&) const = default;
};

// MASK function [USING COLUMNS (a, 'constant')]
struct ColumnMask {
  Name function;
  std::vector<ExpressionPtr> using_columns;
  bool operator==(const ColumnMask&) const = default;
};

struct ColumnPosition {
  bool first = false;
  Identifier after;
  bool operator==(const ColumnPosition&) const = default;
};

struct ColumnDefinition {
  std::vector<Identifier> path;  // One part, more for nested fields in ALTER TABLE.
  std::optional<TypeName> type;  // Empty in views and pipelines, where the query decides.
  bool not_null = false;
  ExpressionPtr default_value;  // Null without.
  ExpressionPtr generated_as;   // Null without.
  std::optional<IdentitySpecification> identity;
  std::optional<std::string> comment;
  std::optional<ColumnMask> mask;
  std::vector<TableConstraint> constraints;
  std::optional<ColumnPosition> position;  // ALTER TABLE ADD COLUMNS only.
  SourceRange range;

  const std::string& name() const { return path.back().name; }
  bool operator==(const ColumnDefinition&) const = default;
};

// One item of PARTITIONED BY: a column, a column with a type, or a transform such as days(ts).
struct PartitionItem {
  Identifier column;  // Empty for a transform.
  std::optional<TypeName> type;
  ExpressionPtr transform;  // A FunctionCall or a nested ColumnReference; null for a plain column.
  bool operator==(const PartitionItem&) const = default;
};

enum class ClusterByKind : uint8_t { kNone, kColumns, kAuto, kExplicitNone };

struct BucketSpecification {
  std::vector<Identifier> columns;
  std::vector<OrderItem> sorted_by;
  std::string count;  // Digits.
  bool operator==(const BucketSpecification&) const = default;
};

enum class RefreshScheduleKind : uint8_t { kNone, kEvery, kCron, kTriggerOnUpdate, kManual };

// SCHEDULE ..., TRIGGER ON UPDATE ... of pipeline datasets.
struct RefreshSchedule {
  RefreshScheduleKind schedule_kind = RefreshScheduleKind::kNone;
  std::string every_count;
  std::string every_unit;  // "HOUR", "DAY", "WEEK"
  std::string cron;
  std::string time_zone;        // AT TIME ZONE; empty without.
  ExpressionPtr at_most_every;  // An IntervalLiteral; null without.
  bool operator==(const RefreshSchedule&) const = default;
};

// WITH ROW FILTER function ON (columns)
struct RowFilter {
  Name function;
  std::vector<ExpressionPtr> columns;
  bool operator==(const RowFilter&) const = default;
};

// The clauses after the column list, in any order.
struct TableClauses {
  Name provider;  // USING delta; empty without.
  std::vector<Option> options;
  std::vector<PartitionItem> partitioned_by;
  ClusterByKind cluster_by = ClusterByKind::kNone;
  std::vector<std::vector<Identifier>> cluster_columns;  // kColumns; each may be nested.
  std::optional<BucketSpecification> bucketed_by;
  std::optional<std::string> location;
  std::optional<std::string> location_credential;  // WITH (CREDENTIAL name)
  std::optional<std::string> comment;
  std::vector<Option> properties;  // TBLPROPERTIES
  std::vector<Option> tags;        // WITH TAGS
  std::string default_collation;
  std::string row_format;  // ROW FORMAT ..., as written; empty without.
  std::string stored_as;   // STORED AS ..., as written.
  RefreshSchedule schedule;
  std::optional<RowFilter> row_filter;
  std::string refresh_policy;  // "AUTO", "INCREMENTAL", "FULL"; empty without.
  bool operator==(const TableClauses&) const = default;
};

}  // namespace lakesmith::sql
