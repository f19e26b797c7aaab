#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast_expression.h"

namespace lakesmith::sql {

enum class NullOrder : uint8_t { kDefault, kFirst, kLast };

struct OrderItem {
  ExpressionPtr expression;
  bool descending = false;
  NullOrder nulls = NullOrder::kDefault;  // Default: first ascending, last descending.
  bool operator==(const OrderItem&) const = default;
};

enum class FrameUnit : uint8_t { kRows, kRange };
enum class FrameBoundKind : uint8_t {
  kUnboundedPreceding,
  kPreceding,
  kCurrentRow,
  kFollowing,
  kUnboundedFollowing,
};

struct FrameBound {
  FrameBoundKind bound_kind = FrameBoundKind::kCurrentRow;
  ExpressionPtr offset;  // kPreceding and kFollowing.
  bool operator==(const FrameBound&) const = default;
};

struct WindowFrame {
  FrameUnit unit = FrameUnit::kRange;
  FrameBound start;
  std::optional<FrameBound> end;  // Empty: the current row.
  bool operator==(const WindowFrame&) const = default;
};

// OVER name, OVER (name), or OVER (PARTITION BY ... ORDER BY ... frame).
struct WindowSpecification {
  std::string reference;  // Name of a window of the WINDOW clause; then the rest is empty.
  std::vector<ExpressionPtr> partition_by;
  std::vector<OrderItem> order_by;
  std::optional<WindowFrame> frame;
  SourceRange range;
  bool operator==(const WindowSpecification&) const = default;
};

struct FunctionArgument {
  std::string name;  // name => value; empty for a positional argument.
  ExpressionPtr value;
  bool operator==(const FunctionArgument&) const = default;
};

enum class NullTreatment : uint8_t { kNone, kIgnore, kRespect };

// How the call was written. In all forms `arguments` are in the order of the plain call.
enum class CallSyntax : uint8_t {
  kPlain,         // f(a, b)
  kExtract,       // EXTRACT(field FROM source): extract('field', source)
  kSubstring,     // SUBSTRING(a FROM b FOR c): substring(a, b, c)
  kOverlay,       // OVERLAY(a PLACING b FROM c FOR d): overlay(a, b, c, d)
  kPosition,      // POSITION(a IN b): position(a, b)
  kTrimBoth,      // TRIM([BOTH] [chars] FROM text): trim, arguments (text[, chars])
  kTrimLeading,   // TRIM(LEADING ...): ltrim, arguments (text[, chars])
  kTrimTrailing,  // TRIM(TRAILING ...): rtrim, arguments (text[, chars])
  kDatetimeUnit,  // TIMESTAMPADD(unit, n, t), DATEDIFF(unit, a, b), ...: the first argument is a
                  // string literal with the unit in upper case
};

struct FunctionCall : NodeOf<FunctionCall, Expression> {
  static constexpr auto kKind = ExpressionKind::kFunctionCall;
  Name name;
  CallSyntax syntax = CallSyntax::kPlain;
  bool distinct = false;
  std::vector<FunctionArgument> arguments;
  NullTreatment nulls = NullTreatment::kNone;
  std::vector<OrderItem> within_group;  // WITHIN GROUP (ORDER BY ...)
  ExpressionPtr filter;                 // FILTER (WHERE ...); null without.
  std::optional<WindowSpecification> over;
  bool operator==(const FunctionCall&) const = default;
};

// TABLE(t) or TABLE(query) as an argument of a table function.
struct TableArgument : NodeOf<TableArgument, Expression> {
  static constexpr auto kKind = ExpressionKind::kTableArgument;
  Name table;      // Either this
  QueryPtr query;  // or this.
  std::vector<ExpressionPtr> partition_by;
  bool with_single_partition = false;
  std::vector<OrderItem> order_by;
  bool operator==(const TableArgument&) const = default;
};

}  // namespace lakesmith::sql
