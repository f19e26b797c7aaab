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
  if (value.kind == ExpressionKind::kLiteral && value.value.is_null()) return "null";
  std::string name = PrettyName(value);
  if (value.kind == ExpressionKind::kStruct) {
    std::vector<std::string> parts;
    for (const ExpressionPtr& child : value.children) parts.push_back(PrettyName(*child));
    name = fmt::format("{{{}}}", fmt::join(parts, ", "));
  }
  return name;
}

// Gives the values of each column that `stack` makes a type in common, where there is one.
void WidenColumns(Expression& stack, size_t width) {
  for (size_t column = 1; column <= width; ++column) {
    std::optional<DataType> type = DataType();
    for (size_t i = column; type && i < stack.children.size(); i += width) {
      type = WiderTypeWithoutText(*type, stack.children[i]->type);
    }
    for (size_t i = column; type && i < stack.children.size(); i += width) {
      stack.children[i] = MakeCast(stack.children[i], *type, true);
    }
  }
}

// The columns of `input` that PIVOT or UNPIVOT does not use up.
std::vector<OutputColumn> UnusedColumns(const std::vector<OutputColumn>& input,
                                        const std::set<ColumnId>& used) {
  std::vector<OutputColumn> unused;
  for (const OutputColumn& column : input) {
    if (!column.hidden && used.count(column.id) == 0) unused.push_back(column);
  }
  return unused;
}

// `aggregate` over the rows where `matches` holds; null where there is none, even for a count.
ExpressionPtr PivotCell(const ExpressionPtr& aggregate, const ExpressionPtr& matches,
                        const ExpressionPtr& some) {
  const ExpressionPtr restricted =
      Rewrite(aggregate, [&matches](const ExpressionPtr& part) -> ExpressionPtr {
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
  return cell;
}

}  // namespace

Result<std::vector<ExpressionPtr>> Analyzer::PivotKeys(const sql::PivotClause& pivot,
                                                       const Scope& scope) {
  std::vector<ExpressionPtr> keys;
  keys.reserve(pivot.columns.size());
  for (const sql::Identifier& column : pivot.columns) {
    ExpressionPtr key = TRY(LookUp({column.name}, scope));
    if (!key) return Located(UnresolvedColumn({column.name}, scope), column.range);
    keys.push_back(std::move(key));
  }
  return keys;
}

Result<std::vector<ExpressionPtr>> Analyzer::PivotAggregates(const sql::PivotClause& pivot,
                                                             const Scope& scope) {
  std::vector<ExpressionPtr> aggregates;
  aggregates.reserve(pivot.aggregates.size());
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
    aggregates.push_back(std::move(value));
  }
  return aggregates;
}

// The condition that a row belongs to `value`, one of the listed ones.
Result<ExpressionPtr> Analyzer::PivotMatch(const ExpressionPtr& value,
                                           const std::vector<ExpressionPtr>& keys) {
  if (!IsFoldable(*value)) {
    return SparkError("NON_LITERAL_PIVOT_VALUES", "42K08",
                      "Literal expressions required for pivot values, found \"{}\".",
                      PrettyName(*value));
  }
  std::vector<ExpressionPtr> parts = {value};
  if (keys.size() > 1) parts = value->children;
  if (parts.size() != keys.size()) {
    return SparkError("PIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09",
                      "Invalid pivot value '{}': it has {} parts, not {}.", PrettyName(*value),
                      parts.size(), keys.size());
  }
  ExpressionPtr matches;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!WiderType(keys[i]->type, parts[i]->type)) {
      return SparkError("PIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09",
                        "Invalid pivot value '{}': value data type \"{}\" does not match pivot "
                        "column data type \"{}\".",
                        PrettyName(*value), parts[i]->type.Sql(), keys[i]->type.Sql());
    }
    ExpressionPtr equal = TRY(Compare("<=>", keys[i], MakeCast(parts[i], keys[i]->type, true)));
    matches = matches ? TRY(MakeCall("and", {matches, equal})) : equal;
  }
  return matches;
}

// One output column for each aggregate of the rows of one listed value.
Result<void> Analyzer::AddPivotCells(const sql::PivotClause& pivot, const sql::Expression& item,
                                     const ExpressionPtr& value, const ExpressionPtr& matches,
                                     const std::vector<ExpressionPtr>& aggregates,
                                     SelectState& state) {
  auto count = std::make_shared<Expression>(
      *TRY(MakeCall("count", {MakeLiteral(types::Value(int64_t{1}), DataType::Int())})));
  count->filter = matches;
  const ExpressionPtr some = TRY(
      Compare(">", ExpressionPtr(count), MakeLiteral(types::Value(int64_t{0}), DataType::Int())));
  for (size_t i = 0; i < aggregates.size(); ++i) {
    std::string name = NameOf(item, *value);
    if (aggregates.size() > 1) name += "_" + NameOf(*pivot.aggregates[i], *aggregates[i]);
    AddOutput({NextId(), std::move(name), PivotCell(aggregates[i], matches, some), true}, state);
  }
  return {};
}

Result<Planned> Analyzer::PlanPivot(const sql::PivotClause& pivot, const Planned& input,
                                    const Scope* outer) {
  Scope scope;
  scope.outer = outer;
  scope.levels = {&input.columns};
  const std::vector<ExpressionPtr> keys = TRY(PivotKeys(pivot, scope));
  const std::vector<ExpressionPtr> aggregates = TRY(PivotAggregates(pivot, scope));
  std::set<ColumnId> used;
  for (const ExpressionPtr& key : keys) CollectColumns(key, used);
  for (const ExpressionPtr& aggregate : aggregates) CollectColumns(aggregate, used);
  SelectState state;
  state.relation = input.relation;
  state.base = input.columns;
  state.aggregated = true;
  for (const OutputColumn& column : UnusedColumns(input.columns, used)) {
    state.groups.push_back({column.id, column.name, ColumnOf(column)});
    AddOutput({NextId(), column.name, ColumnOf(column)}, state);
  }
  for (const sql::ExpressionPtr& item : pivot.values) {
    const ExpressionPtr value = TRY(Resolve(Unaliased(*item), scope));
    const Result<ExpressionPtr> matches = PivotMatch(value, keys);
    if (!matches) return Located(matches.error(), item->range);
    TRY(AddPivotCells(pivot, *item, value, *matches, aggregates, state));
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

// The call of `stack` that makes a row of each listed group of columns; `used` gets those columns.
Result<ExpressionPtr> Analyzer::UnpivotStack(const sql::UnpivotClause& unpivot, const Scope& scope,
                                             std::set<ColumnId>& used) {
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
      path.reserve(parts.size());
      for (const sql::Identifier& part : parts) path.push_back(part.name);
      ExpressionPtr value = TRY(LookUp(path, scope));
      if (!value) return Located(UnresolvedColumn(path, scope), parts.front().range);
      CollectColumns(value, used);
      names.push_back(path.back());
      values.push_back(std::move(value));
    }
    if (values.size() != unpivot.value_columns.size()) {
      return SparkError(
          "UNPIVOT_VALUE_SIZE_MISMATCH", "428C4",
          "All unpivot value columns must have the same size as there are value column names "
          "({}).",
          unpivot.value_columns.size());
    }
    const std::string name =
        item.alias ? item.alias->name : fmt::format("{}", fmt::join(names, "_"));
    stack->children.push_back(MakeLiteral(types::Value(name), DataType::String()));
    stack->children.insert(stack->children.end(), values.begin(), values.end());
  }
  WidenColumns(*stack, unpivot.value_columns.size() + 1);
  return ExpressionPtr(std::move(stack));
}

// True where one of `values` is not null.
Result<ExpressionPtr> Analyzer::AnyPresent(const std::vector<OutputColumn>& values) {
  ExpressionPtr any;
  for (const OutputColumn& value : values) {
    ExpressionPtr present = TRY(MakeCall("isnotnull", {ColumnOf(value)}));
    any = any ? TRY(MakeCall("or", {any, present})) : present;
  }
  return any;
}

Result<Planned> Analyzer::PlanUnpivot(const sql::UnpivotClause& unpivot, Planned input,
                                      const Scope* outer) {
  Scope scope;
  scope.outer = outer;
  scope.levels = {&input.columns};
  std::set<ColumnId> used;
  Result<Generated> made = MakeGenerator(TRY(UnpivotStack(unpivot, scope, used)));
  if (!made) {
    return SparkError("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09",
                      "Unpivot value columns must share a least common type, some types do not.");
  }
  Generated generated = *std::move(made);
  generated.columns[0].name = unpivot.name_column.name;
  for (size_t i = 0; i < unpivot.value_columns.size(); ++i) {
    generated.columns[i + 1].name = unpivot.value_columns[i].name;
  }
  std::vector<OutputColumn> kept = UnusedColumns(input.columns, used);
  kept.insert(kept.end(), generated.columns.begin(), generated.columns.end());
  const std::vector<OutputColumn> values(generated.columns.begin() + 1, generated.columns.end());
  Planned planned = Generate(std::move(input), std::move(generated), false);
  if (!unpivot.include_nulls.value_or(false)) {
    planned.relation = FilterOver(std::move(planned.relation), TRY(AnyPresent(values)));
  }
  for (OutputColumn& column : kept) column.qualifier.clear();
  planned.columns = std::move(kept);
  return planned;
}

}  // namespace lakesmith::plan
