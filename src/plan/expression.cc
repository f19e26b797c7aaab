#include "plan/expression.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/check.h"
#include "base/stack_space.h"
#include "plan/function_registry.h"
#include "plan/relation.h"
#include "plan/visit.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

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

double ConstantNumber(const types::Value& value, const DataType& type) {
  CHECK(type.IsNumeric() && !value.is_null());
  if (type.IsIntegral()) return static_cast<double>(value.as<int64_t>());
  if (type.is(TypeId::kDouble)) return value.as<double>();
  if (type.is(TypeId::kFloat)) return value.as<float>();
  const auto& decimal = value.as<types::DecimalValue>();
  return static_cast<double>(decimal.unscaled) / std::pow(10, decimal.scale);
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

namespace {

// Compares trees, whatever the ids of columns that their subqueries make.
class Comparison {
 public:
  bool Same(const Expression& a, const Expression& b) {
    return WithStackSpace([&] { return SameParts(a, b); });
  }

 private:
  bool SameParts(const Expression& a, const Expression& b);
  bool SameRelation(const Relation& a, const Relation& b) {
    return WithStackSpace([&] { return SameOperator(a, b); });
  }
  bool SameOperator(const Relation& a, const Relation& b);
  // What is neither an input nor an expression.
  static bool SameDetails(const Relation& a, const Relation& b);

  bool SameList(const std::vector<ExpressionPtr>& a, const std::vector<ExpressionPtr>& b) {
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(),
        [this](const ExpressionPtr& x, const ExpressionPtr& y) { return Same(*x, *y); });
  }
  // a + b is b + a.
  bool SameSwapped(const Expression& a, const Expression& b) {
    if (a.kind != ExpressionKind::kCall || a.children.size() != 2 || b.children.size() != 2)
      return false;
    const std::string_view name = a.function->name;
    const bool commutes = name == "+" || name == "*" || name == "=" || name == "and" ||
                          name == "or" || name == "<=>" || name == "&" || name == "|" ||
                          name == "^";
    return commutes && Same(*a.children[0], *b.children[1]) && Same(*a.children[1], *b.children[0]);
  }
  bool SameOptional(const ExpressionPtr& a, const ExpressionPtr& b) {
    if (!a || !b) return !a && !b;
    return Same(*a, *b);
  }
  bool SameKeys(const std::vector<SortKey>& a, const std::vector<SortKey>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [this](const SortKey& x, const SortKey& y) {
                        return x.descending == y.descending && x.nulls_first == y.nulls_first &&
                               Same(*x.expression, *y.expression);
                      });
  }
  bool SameFrame(const std::optional<WindowFrame>& a, const std::optional<WindowFrame>& b) {
    if (!a || !b) return !a && !b;
    return a->unit == b->unit && a->start.kind == b->start.kind && a->end.kind == b->end.kind &&
           SameOptional(a->start.offset, b->start.offset) &&
           SameOptional(a->end.offset, b->end.offset);
  }
  bool SameColumn(ColumnId a, ColumnId b) const {
    const auto made = columns_.find(a);
    return made == columns_.end() ? a == b : made->second == b;
  }
  void Match(const std::vector<OutputColumn>& a, const std::vector<OutputColumn>& b) {
    for (size_t i = 0; i < a.size(); ++i) columns_[a[i].id] = b[i].id;
  }

  // Columns that a subquery of the first tree makes, and their like in the second.
  std::map<ColumnId, ColumnId> columns_;
};

bool Comparison::SameParts(const Expression& a, const Expression& b) {
  if (&a == &b && columns_.empty()) return true;
  if (a.kind != b.kind || a.function != b.function || !SameColumn(a.column, b.column) ||
      a.distinct != b.distinct || a.ignore_nulls != b.ignore_nulls || a.try_cast != b.try_cast ||
      a.field_index != b.field_index || a.subquery != b.subquery ||
      a.parameters.size() != b.parameters.size()) {
    return false;
  }
  for (size_t i = 0; i < a.parameters.size(); ++i)
    columns_[a.parameters[i].id] = b.parameters[i].id;
  if (!a.relation != !b.relation) return false;
  if (a.relation && a.relation != b.relation && !SameRelation(*a.relation, *b.relation))
    return false;
  return types::SameTypeIgnoringNullability(a.type, b.type) && a.value == b.value &&
         (SameList(a.children, b.children) || SameSwapped(a, b)) &&
         SameOptional(a.filter, b.filter) && SameKeys(a.order_by, b.order_by) &&
         SameList(a.partition_by, b.partition_by) && SameFrame(a.frame, b.frame);
}

bool Comparison::SameDetails(const Relation& a, const Relation& b) {
  switch (a.kind) {
    case RelationKind::kScan: {
      const auto& x = static_cast<const ScanRelation&>(a);
      const auto& y = static_cast<const ScanRelation&>(b);
      return x.table_name == y.table_name && x.source_columns == y.source_columns;
    }
    case RelationKind::kJoin: {
      const auto& x = static_cast<const JoinRelation&>(a);
      const auto& y = static_cast<const JoinRelation&>(b);
      return x.join == y.join && x.lateral == y.lateral;
    }
    case RelationKind::kSetOperation: {
      const auto& x = static_cast<const SetOperationRelation&>(a);
      const auto& y = static_cast<const SetOperationRelation&>(b);
      return x.operation == y.operation && x.all == y.all;
    }
    case RelationKind::kAggregate: {
      const auto& x = static_cast<const AggregateRelation&>(a);
      const auto& y = static_cast<const AggregateRelation&>(b);
      return x.sets == y.sets && x.global == y.global;
    }
    case RelationKind::kCteReference:
      return static_cast<const CteReferenceRelation&>(a).cte ==
             static_cast<const CteReferenceRelation&>(b).cte;
    case RelationKind::kOneRow:
    case RelationKind::kValues:
    case RelationKind::kRange:
    case RelationKind::kProject:
    case RelationKind::kFilter:
    case RelationKind::kDistinct:
    case RelationKind::kWindow:
      return true;
    case RelationKind::kLimit: {
      const auto& x = static_cast<const LimitRelation&>(a);
      const auto& y = static_cast<const LimitRelation&>(b);
      return !x.limit == !y.limit && !x.offset == !y.offset;
    }
    case RelationKind::kGenerate:
    case RelationKind::kSort:
    case RelationKind::kSample:
    case RelationKind::kWith:
      return false;  // Not worth the code: they count as different.
  }
  return false;
}

bool Comparison::SameOperator(const Relation& a, const Relation& b) {
  if (a.kind != b.kind || a.inputs.size() != b.inputs.size() ||
      a.output.size() != b.output.size() || !SameDetails(a, b)) {
    return false;
  }
  for (size_t i = 0; i < a.inputs.size(); ++i) {
    if (!SameRelation(*a.inputs[i], *b.inputs[i])) return false;
  }
  std::vector<const Expression*> left;
  std::vector<const Expression*> right;
  ForEachExpression(a, [&left](const Expression& part) { left.push_back(&part); });
  ForEachExpression(b, [&right](const Expression& part) { right.push_back(&part); });
  const bool same =
      std::equal(left.begin(), left.end(), right.begin(), right.end(),
                 [this](const Expression* x, const Expression* y) { return Same(*x, *y); });
  if (same) Match(a.output, b.output);
  return same;
}

}  // namespace

bool SameExpression(const Expression& a, const Expression& b) { return Comparison().Same(a, b); }

}  // namespace lakesmith::plan
