// ORDER BY and its kin, and what else stands over the select list.
#include <algorithm>

#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "plan/visit.h"

namespace lakesmith::plan {
namespace {

bool ContainsPredicateSubquery(const Expression& expression) {
  if (expression.kind == ExpressionKind::kSubquery &&
      expression.subquery != SubqueryKind::kScalar) {
    return true;
  }
  return std::any_of(expression.children.begin(), expression.children.end(),
                     [](const ExpressionPtr& child) { return ContainsPredicateSubquery(*child); });
}

// Whether the expression refers to nothing but these columns.
bool UsesOnly(const ExpressionPtr& expression, const std::vector<OutputColumn>& columns) {
  bool only = true;
  Rewrite(expression, [&](const ExpressionPtr& part) -> ExpressionPtr {
    if (part->kind == ExpressionKind::kColumn) {
      only = only &&
             std::any_of(columns.begin(), columns.end(),
                         [&part](const OutputColumn& column) { return column.id == part->column; });
    }
    if (part->kind == ExpressionKind::kSubquery || part->kind == ExpressionKind::kWindow)
      only = false;
    return nullptr;
  });
  return only && !ContainsAggregate(*expression);
}

}  // namespace

bool NullsFirst(const sql::OrderItem& item) {
  return item.nulls == sql::NullOrder::kDefault ? !item.descending
                                                : item.nulls == sql::NullOrder::kFirst;
}

Error NotSortable(const Expression& key) {
  return SparkError("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "42K09",
                    "Cannot resolve \"{}\" due to data type mismatch: the `sortorder` does not "
                    "support ordering on type \"{}\".",
                    PrettyName(key), key.type.Sql());
}

Result<ExpressionPtr> Analyzer::ResolveOverOutput(const sql::Expression& expression,
                                                  const Scope* outer, SelectState& state,
                                                  const sql::Select& select, bool having) {
  Scope scope;
  scope.outer = outer;
  // HAVING prefers what is grouped by to an alias of the same name.
  std::vector<OutputColumn> grouped;
  std::vector<OutputColumn> computed;  // Of grouping sets, by their automatic names.
  for (const NamedExpression& group : state.groups) {
    const auto column = std::ranges::find(state.base, group.id, &OutputColumn::id);
    if (column != state.base.end()) {
      if (having) grouped.push_back(*column);
    } else if (state.has_sets) {
      computed.emplace_back(group.id, group.name, group.expression->type, true);
    }
  }
  scope.levels = {&grouped, &state.output, &state.base, &computed};
  scope.aggregate_levels = {&state.base, &state.output};
  scope.windows = &select.windows;
  scope.takes_aggregates = having;
  Result<ExpressionPtr> resolved = Resolve(expression, scope);
  if (resolved || resolved.error().error_class() != "INVALID_EXTRACT_BASE_FIELD_TYPE") {
    return resolved;
  }
  // An item of the select list has no such part, but a column of FROM may.
  scope.levels = {&state.base, &state.output};
  Result<ExpressionPtr> over_base = Resolve(expression, scope);
  return over_base ? over_base : resolved;
}

// Puts the items' expressions in place of the output columns.
ExpressionPtr WithItems(const ExpressionPtr& expression,
                        const std::vector<NamedExpression>& items) {
  return Rewrite(expression, [&items](const ExpressionPtr& part) -> ExpressionPtr {
    if (part->kind != ExpressionKind::kColumn) return nullptr;
    for (const NamedExpression& item : items) {
      if (item.id == part->column) return item.expression;
    }
    return nullptr;
  });
}

namespace {

bool IsGroup(const SelectState& state, const Expression& value) {
  return value.kind == ExpressionKind::kColumn &&
         std::ranges::any_of(state.groups, [&value](const NamedExpression& group) {
           return SameExpression(*group.expression, value);
         });
}

// Whether there is an aggregate other than grouping() and grouping_id(), which windows let through.
bool ComputesAggregate(const Expression& value) {
  const bool grouping = value.name == "grouping" || value.name == "grouping_id";
  if (grouping || !ContainsAggregate(value)) return false;
  const bool in_children = std::ranges::any_of(
      value.children, [](const ExpressionPtr& child) { return ContainsAggregate(*child); });
  return !in_children || std::ranges::any_of(value.children, [](const ExpressionPtr& child) {
    return ComputesAggregate(*child);
  });
}

// Spark resolves a sort key neither below the windows of a grouped query, nor below HAVING over a
// join that hides columns.
bool HidesSortKey(const Expression& value, const sql::Select& select, const SelectState& state) {
  if (!state.aggregated || state.groups.empty()) return false;
  const bool windows = !state.windows.empty();
  const bool hides =
      std::any_of(state.base.begin(), state.base.end(),
                  [](const OutputColumn& column) { return column.hidden && !column.is_metadata; });
  return (windows && ComputesAggregate(value)) ||
         (hides && select.having && !IsGroup(state, value));
}

}  // namespace

Result<SortKey> Analyzer::SelectSortKey(const sql::OrderItem& item, const sql::Select& select,
                                        const Scope* outer, SelectState& state) {
  SortKey key;
  key.descending = item.descending;
  key.nulls_first = NullsFirst(item);
  if (const auto ordinal = OrdinalOf(*item.expression)) {
    key.expression = TRY(ColumnAt(*ordinal, state.output, item.expression->range));
    return key;
  }
  Result<ExpressionPtr> value = ResolveOverOutput(*item.expression, outer, state, select, false);
  if (value) value = SortExpression(*value, select, outer, state);
  if (!value) return Located(std::move(value).error(), item.expression->range);
  key.expression = *std::move(value);
  return key;
}

// `value` of ORDER BY over the output of `state`; what is not in the select list becomes a hidden
// column of it.
Result<ExpressionPtr> Analyzer::SortExpression(const ExpressionPtr& value,
                                               const sql::Select& select, const Scope* outer,
                                               SelectState& state) {
  if (ContainsPredicateSubquery(*value)) {
    return SparkError("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY",
                      "0A000", "IN and EXISTS subqueries are not supported in ORDER BY.");
  }
  if (!IsOrderable(value->type)) return NotSortable(*value);
  if (UsesOnly(value, state.output)) return value;
  if (HidesSortKey(*value, select, state)) {
    return SparkError("UNSUPPORTED_EXPR_FOR_OPERATOR", "42K0E",
                      "ORDER BY \"{}\" of this grouped query can only name columns of the select "
                      "list; give the expression an alias there.",
                      PrettyName(*value));
  }
  if (RefersTo(*value, outer)) return CorrelatedReference(*value);
  ExpressionPtr over = TRY(OverBase(WithItems(value, state.items), state));
  over = TakeWindows(over, state);
  for (size_t i = 0; i < state.items.size(); ++i) {
    if (SameExpression(*state.items[i].expression, *over)) return ColumnOf(state.output[i]);
  }
  if (state.distinct) {
    return SparkError("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703",
                      "\"{}\" of ORDER BY is not in the select list, as SELECT DISTINCT demands.",
                      PrettyName(*value));
  }
  const ColumnId id = NextId();
  ExpressionPtr column = MakeColumn(id, "", over->type, over->nullable);
  state.hidden.push_back({id, "", std::move(over)});
  return column;
}

Status Analyzer::PrepareOrder(const sql::QueryOrganization& organization, const sql::Select& select,
                              const Scope* outer, SelectState& state, std::vector<SortKey>& keys) {
  for (const sql::OrderItem& item : organization.order_by) {
    keys.push_back(TRY(SelectSortKey(item, select, outer, state)));
  }
  for (const sql::OrderItem& item : organization.sort_by) {
    keys.push_back(TRY(SelectSortKey(item, select, outer, state)));
  }
  for (const sql::ExpressionPtr& item : organization.cluster_by) {
    sql::OrderItem order;
    order.expression = item;
    keys.push_back(TRY(SelectSortKey(order, select, outer, state)));
  }
  for (const sql::ExpressionPtr& item : organization.distribute_by) {
    TRY(ResolveOverOutput(*item, outer, state, select, false));
  }
  if (!organization.order_by_all) return {};
  const sql::OrderItem& all = organization.order_by_all_item;
  if (HasColumnAll(state.output) || HasColumnAll(state.base)) {
    sql::OrderItem item = all;
    item.expression = ColumnAll();
    keys.push_back(TRY(SelectSortKey(item, select, outer, state)));
    return {};
  }
  for (const OutputColumn& column : state.output) {
    keys.push_back({ColumnOf(column), all.descending, NullsFirst(all)});
  }
  return {};
}

// `planned` sorted; the columns that only the keys need are left out after that.
Planned Analyzer::SortSelect(Planned planned, std::vector<SortKey> keys, const SelectState& state) {
  auto sort = std::make_shared<SortRelation>();
  sort->keys = std::move(keys);
  sort->output = planned.relation->output;
  sort->inputs.push_back(std::move(planned.relation));
  planned.relation = std::move(sort);
  if (state.hidden.empty()) return planned;
  std::vector<NamedExpression> visible;
  for (const OutputColumn& column : state.output) {
    visible.push_back({NextId(), column.name, ColumnOf(column)});
  }
  Planned result = ProjectOver(std::move(planned), std::move(visible));
  for (size_t i = 0; i < state.output.size(); ++i) {
    result.columns[i].qualifier = state.output[i].qualifier;
    result.columns[i].metadata = state.output[i].metadata;
    result.columns[i].generated_name = state.output[i].generated_name;
    result.columns[i].same_as = state.output[i].same_as;
  }
  return result;
}

Result<ExpressionPtr> Analyzer::ColumnAt(int64_t position, const std::vector<OutputColumn>& columns,
                                         const sql::SourceRange& range) {
  if (position >= 1 && position <= static_cast<int64_t>(columns.size())) {
    return ColumnOf(columns[static_cast<size_t>(position - 1)]);
  }
  return Located(SparkError("ORDER_BY_POS_OUT_OF_RANGE", "42805",
                            "ORDER BY position {} is not in select list (valid range is [1, {}]).",
                            position, columns.size()),
                 range);
}

}  // namespace lakesmith::plan
