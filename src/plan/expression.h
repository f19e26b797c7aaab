#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::plan {

// Names one column of one relation within one analyzed query; no two relations of a query share an
// id, so a reference needs no qualifier and correlation is a reference to a column of an enclosing
// relation.
using ColumnId = int32_t;

struct Expression;
struct Function;  // A row of the function registry, see function_registry.h.
struct Relation;

// Expressions are immutable once built, so they are shared freely, across threads too.
using ExpressionPtr = std::shared_ptr<const Expression>;
using RelationPtr = std::shared_ptr<const Relation>;

enum class ExpressionKind : uint8_t {
  kLiteral,         // `value`
  kColumn,          // `column`, `name`
  kCall,            // `function`, `children`; aggregates may have `distinct`, `filter`, `order_by`
  kCast,            // one child; `try_cast`, `implicit`
  kCase,            // children: when, then, when, then, ..., [else]
  kField,           // one child, a struct; `field_index`, `name`
  kLambda,          // one child, the body; `parameters`
  kLambdaVariable,  // `column` as named by the lambda's parameters, `name`
  kWindow,          // first child is the call; `partition_by`, `order_by`, `frame`
  kSubquery,        // `relation`, `subquery`; IN has the needle's parts as children
  kStruct,          // one child a field of `type`
};

enum class SubqueryKind : uint8_t {
  kScalar,
  kExists,
  kIn,
};

struct SortKey {
  ExpressionPtr expression;
  bool descending = false;
  bool nulls_first = true;
};

enum class FrameUnit : uint8_t { kRows, kRange };
enum class FrameBoundKind : uint8_t {
  kUnboundedPreceding,
  kPreceding,
  kCurrentRow,
  kFollowing,
  kUnboundedFollowing
};

struct FrameBound {
  FrameBoundKind kind = FrameBoundKind::kUnboundedPreceding;
  ExpressionPtr offset;  // Of kPreceding and kFollowing; never negative.
};

struct WindowFrame {
  FrameUnit unit = FrameUnit::kRange;
  FrameBound start;
  FrameBound end{FrameBoundKind::kCurrentRow, nullptr};
};

struct LambdaParameter {
  ColumnId id = 0;
  std::string name;
  types::DataType type;
};

// A typed, resolved expression with Spark's type and nullability. One struct for all kinds: which
// members count is said beside each kind.
struct Expression {
  ExpressionKind kind = ExpressionKind::kLiteral;
  types::DataType type;
  bool nullable = true;
  std::vector<ExpressionPtr> children;

  types::Value value;
  ColumnId column = 0;
  // Column, field or lambda variable: its name. Call: the function name as the user wrote it.
  std::string name;
  const Function* function = nullptr;
  bool distinct = false;
  bool ignore_nulls = false;
  bool try_cast = false;
  // A cast that coercion added: not part of the automatic column name.
  bool implicit = false;
  size_t field_index = 0;
  ExpressionPtr filter;
  std::vector<SortKey> order_by;
  std::vector<ExpressionPtr> partition_by;
  std::optional<WindowFrame> frame;
  std::vector<LambdaParameter> parameters;
  SubqueryKind subquery = SubqueryKind::kScalar;
  RelationPtr relation;
  // Spark's text where it does not follow from the members, e.g. of what was rewritten.
  std::string pretty;
  // Where the expression was written; errors raised on it point there.
  SourceLocation location;
};

ExpressionPtr MakeLiteral(types::Value value, types::DataType type);
ExpressionPtr MakeNull(types::DataType type);
// A value of a numeric type as a double.
double ConstantNumber(const types::Value& value, const types::DataType& type);
ExpressionPtr MakeColumn(ColumnId id, std::string name, types::DataType type, bool nullable);
// The child itself when it has that type already.
ExpressionPtr MakeCast(ExpressionPtr child, types::DataType type, bool implicit);

// Spark's automatic column name: "count(1)", "CAST(x AS INT)", "(a + b)".
std::string PrettyName(const Expression& expression);

// Whether the tree, not counting subqueries' insides, has an aggregate outside a window.
bool ContainsAggregate(const Expression& expression);
bool ContainsWindow(const Expression& expression);
bool ContainsGenerator(const Expression& expression);
// Whether the value depends on no column, subquery or volatile function.
bool IsFoldable(const Expression& expression);
// Same tree, whatever the locations.
bool SameExpression(const Expression& a, const Expression& b);

}  // namespace lakesmith::plan
