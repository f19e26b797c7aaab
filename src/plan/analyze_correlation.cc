// What a subquery says of the query around it: references, aggregates, and what Spark refuses.
#include <algorithm>

#include "base/stack_space.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "plan/visit.h"

namespace lakesmith::plan {

using types::DataType;

namespace {

// The columns that one query sees, with those of the lambdas' surroundings; not of its outer query.
void AddColumnsHere(const Scope& scope, std::set<ColumnId>& ids) {
  for (const Scope* at = &scope; at != nullptr;
       at = at->parameters != nullptr ? at->around : nullptr) {
    for (const auto* levels : {&at->levels, &at->aggregate_levels}) {
      for (const auto* level : *levels) {
        for (const OutputColumn& column : *level) ids.insert(column.id);
      }
    }
  }
}

const Scope* QueryScope(const Scope& scope) {
  const Scope* at = &scope;
  while (at->parameters != nullptr && at->around != nullptr) at = at->around;
  return at;
}

void AddNames(const Relation& relation, const std::set<ColumnId>& outer,
              std::vector<std::string>& names);

void AddNames(const Expression& expression, const std::set<ColumnId>& outer,
              std::vector<std::string>& names) {
  WithStackSpace([&] {
    if (expression.kind == ExpressionKind::kColumn && outer.contains(expression.column)) {
      names.push_back(expression.name);
    }
    ForEachPart(expression, [&](const Expression& part) { AddNames(part, outer, names); });
    return 0;
  });
}

void AddNames(const Relation& relation, const std::set<ColumnId>& outer,
              std::vector<std::string>& names) {
  WithStackSpace([&] {
    ForEachExpression(relation, [&](const Expression& part) { AddNames(part, outer, names); });
    ForEachInput(relation, [&](const Relation& input) { AddNames(input, outer, names); });
    return 0;
  });
}

bool IsIn(const Expression& expression) {
  return expression.kind == ExpressionKind::kSubquery && expression.subquery == SubqueryKind::kIn;
}

bool IsCallOf(const Expression& expression, std::string_view name) {
  return expression.kind == ExpressionKind::kCall && expression.name == name;
}

bool IsNotIn(const Expression& expression) {
  return IsCallOf(expression, "not") && IsIn(*expression.children.front());
}

bool IsNullLiteral(const Expression& expression) {
  if (expression.kind == ExpressionKind::kCast) return IsNullLiteral(*expression.children.front());
  return expression.kind == ExpressionKind::kLiteral && expression.value.is_null();
}

ExpressionPtr FalseWhenNull(const ExpressionPtr& condition) {
  auto call = std::make_shared<Expression>(
      *CallOf("coalesce", {condition, MakeLiteral(types::Value(false), DataType::Boolean())},
              DataType::Boolean()));
  call->nullable = false;
  call->pretty = PrettyName(*condition);
  return call;
}

ExpressionPtr NotOf(const ExpressionPtr& operand) {
  return CallOf("not", {operand}, DataType::Boolean());
}

// NOT (NOT a), NOT (a AND b), NOT (a OR b) with the negation moved inside, as Spark does before it
// looks at subqueries; null when it is none of them.
ExpressionPtr NotBelow(const ExpressionPtr& expression) {
  if (!IsCallOf(*expression, "not") || !ContainsSubquery(*expression)) return nullptr;
  const ExpressionPtr& inner = expression->children.front();
  ExpressionPtr result;
  if (IsCallOf(*inner, "not")) {
    result = inner->children.front();
  } else if (IsCallOf(*inner, "and") || IsCallOf(*inner, "or")) {
    result = CallOf(inner->name == "and" ? "or" : "and",
                    {NotOf(inner->children[0]), NotOf(inner->children[1])}, DataType::Boolean());
  } else {
    return nullptr;
  }
  return WithPretty(result, PrettyName(*expression));
}

// The same for the whole tree.
ExpressionPtr WithNotBelow(const ExpressionPtr& expression) {
  if (!ContainsSubquery(*expression)) return expression;
  return WithStackSpace([&]() -> ExpressionPtr {
    if (const ExpressionPtr pushed = NotBelow(expression)) return WithNotBelow(pushed);
    return *MapParts(expression, [](const ExpressionPtr& part) -> Result<ExpressionPtr> {
      return WithNotBelow(part);
    });
  });
}

}  // namespace

std::set<ColumnId> ColumnsInSight(const Scope& scope) {
  std::set<ColumnId> ids;
  AddColumnsHere(scope, ids);
  return ids;
}

bool RefersTo(const Expression& expression, const Scope* scope) {
  if (scope == nullptr) return false;
  const std::set<ColumnId> ids = ColumnsInSight(*scope);
  if (ids.empty()) return false;
  const std::set<ColumnId> used = ColumnsOf(expression);
  return std::any_of(used.begin(), used.end(), [&ids](ColumnId id) { return ids.contains(id); });
}

std::string OuterNames(const Relation& relation, const Scope& scope) {
  std::vector<std::string> names;
  AddNames(relation, ColumnsInSight(scope), names);
  return fmt::format("{}", fmt::join(names, ", "));
}

Error CorrelatedReference(const Expression& expression) {
  return SparkError("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE", "0A000",
                    "Expressions referencing the outer query are not supported outside of "
                    "WHERE/HAVING clauses: \"{}\".",
                    PrettyName(expression));
}

ExpressionPtr Decided(const ExpressionPtr& value) {
  if (!ContainsSubquery(*value)) return value;
  return Rewrite(WithNotBelow(value), [](const ExpressionPtr& part) -> ExpressionPtr {
    if (IsIn(*part)) {
      const bool unknown = part->children.size() == 1 && IsNullLiteral(*part->children.front());
      return unknown ? nullptr : FalseWhenNull(part);
    }
    if (!IsCallOf(*part, "not")) return nullptr;
    const ExpressionPtr& inner = part->children.front();
    if (!IsCallOf(*inner, "coalesce") || !IsIn(*inner->children.front())) return nullptr;
    auto negated = std::make_shared<Expression>(*part);
    negated->pretty = PrettyName(*part);
    negated->children = {inner->children.front()};
    return FalseWhenNull(negated);
  });
}

ExpressionPtr DecidedCondition(const ExpressionPtr& condition) {
  if (!ContainsSubquery(*condition)) return condition;
  return WithStackSpace([&]() -> ExpressionPtr {
    const ExpressionPtr pushed = NotBelow(condition);
    if (pushed) return DecidedCondition(pushed);
    if (IsIn(*condition) || IsNotIn(*condition)) return condition;
    if (!IsCallOf(*condition, "and")) return Decided(condition);
    auto both = std::make_shared<Expression>(*condition);
    both->pretty = PrettyName(*condition);
    for (ExpressionPtr& child : both->children) child = DecidedCondition(child);
    return both;
  });
}

// An aggregate function in a subquery of HAVING may be one of the query around: it is then when
// all its columns are that query's. Null: it is not.
Result<ExpressionPtr> Analyzer::OuterAggregate(const ExpressionPtr& aggregate, const Scope& scope) {
  const Scope* outer = QueryScope(scope)->outer;
  if (outer == nullptr) return ExpressionPtr();
  const std::set<ColumnId> around = ColumnsInSight(*outer);
  const std::set<ColumnId> used = ColumnsOf(*aggregate);
  const auto is_outer = [&around](ColumnId id) { return around.contains(id); };
  if (std::none_of(used.begin(), used.end(), is_outer)) return ExpressionPtr();
  if (!std::all_of(used.begin(), used.end(), is_outer)) {
    return SparkError(
        "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES",
        "0A000",
        "Found an aggregate function in a correlated predicate that has both outer and local "
        "references, which is not supported: {}.",
        PrettyName(*aggregate));
  }
  if (!QueryScope(*outer)->takes_aggregates) return ExpressionPtr();
  for (const auto& [id, known] : outer_aggregates_) {
    if (SameExpression(*known, *aggregate)) {
      return MakeColumn(id, PrettyName(*aggregate), aggregate->type, aggregate->nullable);
    }
  }
  const ColumnId id = NextId();
  outer_aggregates_.emplace_back(id, aggregate);
  return MakeColumn(id, PrettyName(*aggregate), aggregate->type, aggregate->nullable);
}

// What the subqueries of a condition need of this query: its aggregates, and items of the select
// list, which the condition stands below.
Status Analyzer::TakeOuterAggregates(const Expression& condition, SelectState& state) {
  if (!ContainsSubquery(condition)) return {};
  const std::set<ColumnId> used = ColumnsOf(condition);
  Scope here;
  here.levels = {&state.base, &state.output};
  for (const auto& [id, aggregate] : outer_aggregates_) {
    const ColumnId wanted = id;
    const bool known = std::ranges::any_of(
        state.aggregates, [wanted](const NamedExpression& one) { return one.id == wanted; });
    if (!used.contains(id) || known || !RefersTo(*aggregate, &here)) continue;
    state.aggregated = true;
    state.aggregates.push_back({id, PrettyName(*aggregate), WithItems(aggregate, state.items)});
  }
  for (const NamedExpression& item : state.items) {
    if (used.contains(item.id)) state.early.push_back(item);
  }
  return {};
}

// No outer columns above an aggregation, as Spark has it.
Status Analyzer::CheckCorrelation(const SelectState& state, const Scope* outer) const {
  if (!state.aggregated || outer == nullptr) return {};
  for (const auto* list : {&state.items, &state.groups}) {
    for (const NamedExpression& item : *list) {
      if (RefersTo(*item.expression, outer)) return CorrelatedReference(*item.expression);
    }
  }
  return {};
}

}  // namespace lakesmith::plan
