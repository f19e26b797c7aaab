#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast_statement.h"

namespace lakesmith::sql {

enum class ColumnSelectionKind : uint8_t { kNone, kList, kAllExcept };

// (a, b) or * EXCEPT (a, b)
struct ColumnSelection {
  ColumnSelectionKind selection_kind = ColumnSelectionKind::kNone;
  std::vector<Identifier> columns;
  bool operator==(const ColumnSelection&) const = default;
};

enum class ScdType : uint8_t { kType1, kType2, kBitemporal };

// What follows AUTO CDC INTO target (or APPLY CHANGES INTO target).
struct AutoCdc {
  RelationPtr source;  // Table, table function or subquery; its `stream` says STREAM was written.
  std::vector<Identifier> keys;
  ExpressionPtr sequence_by;    // A Row for (a, b).
  ExpressionPtr delete_when;    // Null without.
  ExpressionPtr truncate_when;  // Null without.
  bool ignore_null_updates = false;
  ColumnSelection ignore_null_updates_on;
  ColumnSelection columns;
  ScdType stored_as = ScdType::kType1;
  bool stored_as_given = false;
  ColumnSelection track_history_on;
  std::string system_sequence_by;  // Empty without.
  std::string columns_to_update;   // Empty without.
  SourceRange range;
  bool operator==(const AutoCdc&) const = default;
};

enum class FlowKind : uint8_t { kInsert, kReplaceWhere, kAutoCdc };

// The right side of CREATE FLOW ... AS and of CREATE STREAMING TABLE ... FLOW.
struct FlowBody {
  FlowKind flow_kind = FlowKind::kInsert;
  bool once = false;
  Name target;  // Empty inside CREATE STREAMING TABLE.
  bool by_name = false;
  std::vector<Identifier> columns;  // INSERT INTO t (a, b)
  ExpressionPtr replace_where;      // kReplaceWhere
  QueryPtr query;                   // kInsert, kReplaceWhere
  std::optional<AutoCdc> auto_cdc;  // kAutoCdc
  bool operator==(const FlowBody&) const = default;
};

// CREATE FLOW name AS ..., and the old APPLY CHANGES INTO target (its `name` is empty: the flow is
// named after the target).
struct CreateFlow : NodeOf<CreateFlow, Statement> {
  static constexpr auto kKind = StatementKind::kCreateFlow;
  Name name;
  std::optional<std::string> comment;
  FlowBody flow;
  bool operator==(const CreateFlow&) const = default;
};

// CREATE SINK name [USING provider] OPTIONS (...)
struct CreateSink : NodeOf<CreateSink, Statement> {
  static constexpr auto kKind = StatementKind::kCreateSink;
  Name name;
  Name provider;
  std::vector<Option> options;
  bool operator==(const CreateSink&) const = default;
};

}  // namespace lakesmith::sql
