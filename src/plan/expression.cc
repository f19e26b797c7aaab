#include "plan/expression.h"

#include <algorithm>

#include "plan/function_registry.h"

namespace lakesmith::plan {

using types::DataType;

namespace {

// Whether `test` holds for the expression or one below it. Does not enter subqueries.
template <typename Test>
bool AnyOf(const Expression& expression, const Test& test) {
  if (test(expression)) return true;
  for (const ExpressionPtr& child : expression.children) {
    if (AnyOf(*child, test)) return true;
  }
  if (expression.filter && AnyOf(*expression.filter, test)) return true;
  for (const SortKey& key : expression.order_by) {
    if (AnyOf(*key.expression, test)) return true;
  }
  for (const ExpressionPtr& part : expression.partition_by) {
    if (AnyOf(*part, test)) return true;
  }
  return false;
}

bool SameList(const std::vector<ExpressionPtr>& a, const std::vector<ExpressionPtr>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const ExpressionPtr& x, const ExpressionPtr& y) { return SameExpression(*x, *y); });
}

// a + b is b + a.
bool SameSwapped(const Expression& a, const Expression& b) {
  if (a.kind != ExpressionKind::kCall || a.children.size() != 2 || b.children.size() != 2)
    return false;
  const std::string_view name = a.function->name;
  const bool commutes = name == "+" || name == "*" || name == "=" || name == "and" ||
                        name == "or" || name == "<=>" || name == "&" || name == "|" || name == "^";
  return commutes && SameExpression(*a.children[0], *b.children[1]) &&
         SameExpression(*a.children[1], *b.children[0]);
}

bool SameOptional(const ExpressionPtr& a, const ExpressionPtr& b) {
  if (!a || !b) return !a && !b;
  return SameExpression(*a, *b);
}

bool SameKeys(const std::vector<SortKey>& a, const std::vector<SortKey>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const SortKey& x, const SortKey& y) {
    return x.descending == y.descending && x.nulls_first == y.nulls_first &&
           SameExpression(*x.expression, *y.expression);
  });
}

bool SameFrame(const std::optional<WindowFrame>& a, const std::optional<WindowFrame>& b) {
  if (!a || !b) return !a && !b;
  return a->unit == b->unit && a->start.kind == b->start.kind && a->end.kind == b->end.kind &&
         SameOptional(a->start.offset, b->start.offset) &&
         SameOptional(a->end.offset, b->end.offset);
}

bool IsAggregateCall(const Expression& expression) {
  return expression.kind == ExpressionKind::kCall &&
         expression.function->kind == FunctionKind::kAggregate;
}

// The aggregate under OVER is no aggregate of its query, but its arguments may hold one.
bool HasAggregate(const Expression& expression) {
  if (expression.kind == ExpressionKind::kWindow) {
    const Expression& call = *expression.children.front();
    const auto inside = [](const ExpressionPtr& child) { return HasAggregate(*child); };
    return std::any_of(call.children.begin(), call.children.end(), inside) ||
           std::any_of(expression.partition_by.begin(), expression.partition_by.end(), inside) ||
           std::any_of(expression.order_by.begin(), expression.order_by.end(),
                       [](const SortKey& key) { return HasAggregate(*key.expression); });
  }
  if (IsAggregateCall(expression)) return true;
  return std::any_of(expression.children.begin(), expression.children.end(),
                     [](const ExpressionPtr& child) { return HasAggregate(*child); });
}

}  // namespace

ExpressionPtr MakeLiteral(types::Value value, DataType type) {
  auto literal = std::make_shared<Expression>();
  literal->kind = ExpressionKind::kLiteral;
  literal->nullable = value.is_null();
  literal->value = std::move(value);
  literal->type = std::move(type);
  return literal;
}

ExpressionPtr MakeNull(DataType type) { return MakeLiteral(types::Value(), std::move(type)); }

ExpressionPtr MakeColumn(ColumnId id, std::string name, DataType type, bool nullable) {
  auto column = std::make_shared<Expression>();
  column->kind = ExpressionKind::kColumn;
  column->column = id;
  column->name = std::move(name);
  column->type = std::move(type);
  column->nullable = nullable;
  return column;
}

ExpressionPtr MakeCast(ExpressionPtr child, DataType type, bool implicit) {
  if (implicit && types::SameTypeIgnoringNullability(child->type, type)) return child;
  auto cast = std::make_shared<Expression>();
  cast->kind = ExpressionKind::kCast;
  cast->type = std::move(type);
  cast->nullable = child->nullable;
  cast->implicit = implicit;
  cast->location = child->location;
  cast->children.push_back(std::move(child));
  return cast;
}

bool ContainsAggregate(const Expression& expression) { return HasAggregate(expression); }

bool ContainsWindow(const Expression& expression) {
  return AnyOf(expression,
               [](const Expression& part) { return part.kind == ExpressionKind::kWindow; });
}

bool ContainsGenerator(const Expression& expression) {
  return AnyOf(expression, [](const Expression& part) {
    return part.kind == ExpressionKind::kCall && part.function->kind == FunctionKind::kGenerator;
  });
}

bool IsFoldable(const Expression& expression) {
  return !AnyOf(expression, [](const Expression& part) {
    return part.kind == ExpressionKind::kColumn || part.kind == ExpressionKind::kSubquery ||
           part.kind == ExpressionKind::kWindow || part.kind == ExpressionKind::kLambdaVariable ||
           (part.kind == ExpressionKind::kCall &&
            (part.function->kind != FunctionKind::kScalar || part.function->is_volatile));
  });
}

bool SameExpression(const Expression& a, const Expression& b) {
  if (&a == &b) return true;
  if (a.kind != b.kind || a.function != b.function || a.column != b.column ||
      a.distinct != b.distinct || a.ignore_nulls != b.ignore_nulls || a.try_cast != b.try_cast ||
      a.field_index != b.field_index || a.relation != b.relation) {
    return false;
  }
  return types::SameTypeIgnoringNullability(a.type, b.type) && a.value == b.value &&
         (SameList(a.children, b.children) || SameSwapped(a, b)) &&
         SameOptional(a.filter, b.filter) && SameKeys(a.order_by, b.order_by) &&
         SameList(a.partition_by, b.partition_by) && SameFrame(a.frame, b.frame);
}

}  // namespace lakesmith::plan
