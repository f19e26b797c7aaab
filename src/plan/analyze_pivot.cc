#include <algorithm>
#include <set>

#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

void CollectColumns(const ExpressionPtr& expression, std::set<ColumnId>& ids) {
  Rewrite(expression, [&ids](const ExpressionPtr& part) -> ExpressionPtr {
    if (part->kind == ExpressionKind::kColumn) ids.insert(part->column);
    return nullptr;
  });
}

std::string NameOf(const sql::Expression& item, const Expression& value) {
  const auto* alias = sql::TryAs<sql::Alias>(&item);
  if (alias != nullptr) return alias->names.front().name;
  std::string name = PrettyName(value);
  if (value.kind == ExpressionKind::kStruct) {
    std::vector<std::string> parts;
    for (const ExpressionPtr& child : value.children) parts.push_back(PrettyName(*child));
    name = fmt::format("{{{}}}", fmt::join(parts, ", "));
  }
  return name;
}

}  // namespace

Result<Planned> Analyzer::PlanPivot(const sql::PivotClause& pivot, Planned input,
                                    const Scope* outer) {
  Scope scope;
  scope.outer = outer;
  scope.levels = {&input.columns};
  std::set<ColumnId> used;
  std::vector<ExpressionPtr> keys;
  for (const sql::Identifier& column : pivot.columns) {
    ExpressionPtr key = TRY(LookUp({column.name}, scope));
    if (!key) return Located(UnresolvedColumn({column.name}, scope), column.range);
    CollectColumns(key, used);
    keys.push_back(std::move(key));
  }
  std::vector<ExpressionPtr> aggregates;
  for (const sql::ExpressionPtr& item : pivot.aggregates) {
    ExpressionPtr value = TRY(Resolve(Unaliased(*item), scope));
    if (!ContainsAggregate(*value)) {
      return Located(
          SparkError("PIVOT_AFTER_GROUP_BY.NON_AGGREGATE", "42K0E",
                     "Aggregate expression required for pivot, but \"{}\" did not appear in any "
                     "aggregate function.",
                     PrettyName(*value)),
          item->range);
    }
    CollectColumns(value, used);
    aggregates.push_back(std::move(value));
  }
  SelectState state;
  state.relation = input.relation;
  state.base = input.columns;
  state.aggregated = true;
  for (const OutputColumn& column : input.columns) {
    if (column.hidden || used.count(column.id) > 0) continue;
    state.groups.push_back({column.id, column.name, ColumnOf(column)});
    AddOutput({NextId(), column.name, ColumnOf(column)}, state);
  }
  for (const sql::ExpressionPtr& item : pivot.values) {
    ExpressionPtr value = TRY(Resolve(Unaliased(*item), scope));
    if (!IsFoldable(*value)) {
      return Located(SparkError("NON_LITERAL_PIVOT_VALUES", "42K08",
                                "Literal expressions required for pivot values, found \"{}\".",
                                PrettyName(*value)),
                     item->range);
    }
    std::vector<ExpressionPtr> parts = {value};
    if (keys.size() > 1) parts = value->children;
    if (parts.size() != keys.size()) {
      return Located(SparkError("PIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09",
                                "Invalid pivot value '{}': it has {} parts, not {}.",
                                PrettyName(*value), parts.size(), keys.size()),
                     item->range);
    }
    ExpressionPtr matches;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (!WiderType(keys[i]->type, parts[i]->type)) {
        return Located(
            SparkError("PIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09",
                       "Invalid pivot value '{}': value data type \"{}\" does not match pivot "
                       "column data type \"{}\".",
                       PrettyName(*value), parts[i]->type.Sql(), keys[i]->type.Sql()),
            item->range);
      }
      ExpressionPtr equal = TRY(Compare("<=>", keys[i], MakeCast(parts[i], keys[i]->type, true)));
      matches = matches ? TRY(MakeCall("and", {matches, equal})) : equal;
    }
    auto count = std::make_shared<Expression>(
        *TRY(MakeCall("count", {MakeLiteral(types::Value(int64_t{1}), DataType::Int())})));
    count->filter = matches;
    ExpressionPtr some = TRY(
        Compare(">", ExpressionPtr(count), MakeLiteral(types::Value(int64_t{0}), DataType::Int())));
    for (size_t i = 0; i < aggregates.size(); ++i) {
      const ExpressionPtr restricted =
          Rewrite(aggregates[i], [&matches](const ExpressionPtr& part) -> ExpressionPtr {
            if (part->kind != ExpressionKind::kCall ||
                part->function->kind != FunctionKind::kAggregate) {
              return nullptr;
            }
            auto copy = std::make_shared<Expression>(*part);
            copy->filter = matches;
            return copy;
          });
      auto cell = std::make_shared<Expression>();
      cell->kind = ExpressionKind::kCase;
      cell->type = restricted->type;
      cell->children = {some, restricted};
      std::string name = NameOf(*item, *value);
      if (aggregates.size() > 1) name += "_" + NameOf(*pivot.aggregates[i], *aggregates[i]);
      AddOutput({NextId(), std::move(name), cell, true}, state);
    }
  }
  for (NamedExpression& item : state.items) {
    item.expression = TRY(OverAggregate(item.expression, state));
  }
  TRY(BuildAggregate(state));
  Planned planned = ProjectOver({std::move(state.relation), {}}, state.items);
  planned.columns = state.output;
  for (OutputColumn& column : planned.columns) column.qualifier.clear();
  return planned;
}

Result<Planned> Analyzer::PlanUnpivot(const sql::UnpivotClause& unpivot, Planned input,
                                      const Scope* outer) {
  Scope scope;
  scope.outer = outer;
  scope.levels = {&input.columns};
  std::set<ColumnId> used;
  const size_t width = unpivot.value_columns.size();
  auto stack = std::make_shared<Expression>();
  stack->kind = ExpressionKind::kCall;
  stack->name = "stack";
  stack->function = &FindFunctions("stack").front();
  stack->children.push_back(
      MakeLiteral(types::Value(static_cast<int64_t>(unpivot.items.size())), DataType::Int()));
  for (const auto& item : unpivot.items) {
    std::vector<std::string> names;
    std::vector<ExpressionPtr> values;
    for (const auto& parts : item.columns) {
      std::vector<std::string> path;
      for (const sql::Identifier& part : parts) path.push_back(part.name);
      ExpressionPtr value = TRY(LookUp(path, scope));
      if (!value) return Located(UnresolvedColumn(path, scope), parts.front().range);
      CollectColumns(value, used);
      names.push_back(path.back());
      values.push_back(std::move(value));
    }
    if (values.size() != width) {
      return SparkError(
          "UNPIVOT_VALUE_SIZE_MISMATCH", "428C4",
          "All unpivot value columns must have the same size as there are value column names "
          "({}).",
          width);
    }
    const std::string name =
        item.alias ? item.alias->name : fmt::format("{}", fmt::join(names, "_"));
    stack->children.push_back(MakeLiteral(types::Value(name), DataType::String()));
    stack->children.insert(stack->children.end(), values.begin(), values.end());
  }
  Result<Generated> made = MakeGenerator(stack);
  if (!made) {
    return SparkError("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09",
                      "Unpivot value columns must share a least common type, some types do not.");
  }
  Generated generated = *std::move(made);
  generated.columns[0].name = unpivot.name_column.name;
  for (size_t i = 0; i < width; ++i) generated.columns[i + 1].name = unpivot.value_columns[i].name;
  std::vector<OutputColumn> kept;
  for (const OutputColumn& column : input.columns) {
    if (!column.hidden && used.count(column.id) == 0) kept.push_back(column);
  }
  kept.insert(kept.end(), generated.columns.begin(), generated.columns.end());
  std::vector<OutputColumn> values(generated.columns.begin() + 1, generated.columns.end());
  Planned planned = Generate(std::move(input), std::move(generated), false);
  if (!unpivot.include_nulls.value_or(false)) {
    ExpressionPtr any;
    for (const OutputColumn& value : values) {
      ExpressionPtr present = TRY(MakeCall("isnotnull", {ColumnOf(value)}));
      any = any ? TRY(MakeCall("or", {any, present})) : present;
    }
    auto filter = std::make_shared<FilterRelation>();
    filter->condition = std::move(any);
    filter->output = planned.relation->output;
    filter->inputs.push_back(std::move(planned.relation));
    planned.relation = std::move(filter);
  }
  for (OutputColumn& column : kept) column.qualifier.clear();
  planned.columns = std::move(kept);
  return planned;
}

}  // namespace lakesmith::plan
