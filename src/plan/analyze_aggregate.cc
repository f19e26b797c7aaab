#include <algorithm>

#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

using Sets = std::vector<std::vector<size_t>>;

// All prefixes, the longest first: (a, b), (a), ().
Sets RollupSets(const Sets& parts) {
  Sets sets;
  for (size_t count = parts.size() + 1; count-- > 0;) {
    std::vector<size_t> set;
    for (size_t i = 0; i < count; ++i) set.insert(set.end(), parts[i].begin(), parts[i].end());
    sets.push_back(std::move(set));
  }
  return sets;
}

Sets CubeSets(const Sets& parts) {
  Sets sets;
  for (uint64_t mask = 0; mask < (uint64_t{1} << parts.size()); ++mask) {
    std::vector<size_t> set;
    for (size_t i = 0; i < parts.size(); ++i) {
      if ((mask >> i & 1) == 0) set.insert(set.end(), parts[i].begin(), parts[i].end());
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

Sets Product(const Sets& a, const Sets& b) {
  Sets sets;
  for (const auto& left : a) {
    for (const auto& right : b) {
      std::vector<size_t> set = left;
      set.insert(set.end(), right.begin(), right.end());
      sets.push_back(std::move(set));
    }
  }
  return sets;
}

Error NoGroupBy() {
  return SparkError("MISSING_GROUP_BY", "42803",
                    "The query does not include a GROUP BY clause. Add GROUP BY or turn it into "
                    "the window functions using OVER clauses.");
}

bool IsGroupingName(const std::string& name) { return name == "grouping" || name == "grouping_id"; }

Error NotGrouped(const Expression& column) {
  return SparkError(
      "MISSING_AGGREGATION", "42803",
      "The non-aggregating expression \"{}\" is based on columns which are not participating in "
      "the GROUP BY clause. Add the columns or the expression to the GROUP BY, aggregate the "
      "expression, or use \"any_value({})\" if you do not care which of the values within a group "
      "is returned.",
      PrettyName(column), PrettyName(column));
}

}  // namespace

Result<ExpressionPtr> Analyzer::GroupExpression(const sql::Expression& expression,
                                                const Scope& scope, SelectState& state) {
  const std::optional<int64_t> ordinal = OrdinalOf(expression);
  if (ordinal && config_.Get("spark.sql.groupByOrdinal", "true") != "false") {
    const int64_t position = *ordinal;
    if (state.has_star) {
      return SparkError(
          "STAR_GROUP_BY_POS", "0A000",
          "Star (*) is not allowed in a select list when GROUP BY an ordinal position is used.");
    }
    if (position < 1 || position > static_cast<int64_t>(state.items.size())) {
      return SparkError("GROUP_BY_POS_OUT_OF_RANGE", "42805",
                        "GROUP BY position {} is not in select list (valid range is [1, {}]).",
                        position, state.items.size());
    }
    const ExpressionPtr& item = state.items[static_cast<size_t>(position - 1)].expression;
    if (ContainsAggregate(*item)) {
      return SparkError(
          "GROUP_BY_POS_AGGREGATE", "42903",
          "GROUP BY {} refers to an expression {} that contains an aggregate function. "
          "Aggregate functions are not allowed in GROUP BY.",
          position, PrettyName(*item));
    }
    return item;
  }
  ExpressionPtr value = Decided(TRY(Resolve(expression, scope)));
  if (value->pretty.starts_with("lateralAliasReference(")) {
    for (const NamedExpression& item : state.items) {
      if (item.aliased && SameExpression(*item.expression, *value)) value = item.expression;
    }
  }
  if (ContainsAggregate(*value)) {
    return SparkError("GROUP_BY_AGGREGATE", "42903",
                      "Aggregate functions are not allowed in GROUP BY, but found {}.",
                      PrettyName(*value));
  }
  if (value->type.is(TypeId::kVariant)) {
    return SparkError(
        "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE", "42822",
        "The expression \"{}\" cannot be used as a grouping expression because its data type "
        "\"{}\" is not an orderable data type.",
        PrettyName(*value), value->type.Sql());
  }
  return value;
}

bool HasColumnAll(const std::vector<OutputColumn>& columns) {
  return std::any_of(columns.begin(), columns.end(), [](const OutputColumn& column) {
    return !column.hidden && SameName(column.name, "all");
  });
}

sql::ExpressionPtr ColumnAll() {
  sql::Ptr<sql::ColumnReference> column(new sql::ColumnReference());
  sql::Identifier name;
  name.name = "all";
  column->parts.push_back(std::move(name));
  return column;
}

Result<size_t> Analyzer::AddGroup(const sql::Expression& expression, const Scope& scope,
                                  SelectState& state) {
  Result<ExpressionPtr> resolved = GroupExpression(expression, scope, state);
  if (!resolved) return Located(std::move(resolved).error(), expression.range);
  const ExpressionPtr value = *std::move(resolved);
  for (size_t i = 0; i < state.groups.size(); ++i) {
    if (SameExpression(*state.groups[i].expression, *value)) return i;
  }
  const bool plain = value->kind == ExpressionKind::kColumn;
  state.groups.push_back({plain ? value->column : NextId(), PrettyName(*value), value});
  return state.groups.size() - 1;
}

Result<Sets> Analyzer::SetsOf(const sql::GroupingItem& item, const Scope& scope,
                              SelectState& state) {
  if (item.grouping_kind == sql::GroupingKind::kPlain) {
    return Sets{{TRY(AddGroup(*item.expression, scope, state))}};
  }
  state.has_sets = true;
  if (item.grouping_kind == sql::GroupingKind::kSets && !item.nested.empty()) {
    Sets sets;
    for (const sql::GroupingItem& nested : item.nested) {
      for (auto& set : TRY(SetsOf(nested, scope, state))) sets.push_back(std::move(set));
    }
    return sets;
  }
  Sets parts;
  for (const auto& expressions : item.sets) {
    std::vector<size_t> part;
    if (expressions.empty() && item.grouping_kind != sql::GroupingKind::kSets) {
      return SparkError("PARSE_SYNTAX_ERROR", "42601",
                        "Empty set in ROLLUP grouping sets is not supported.");
    }
    for (const sql::ExpressionPtr& expression : expressions) {
      part.push_back(TRY(AddGroup(*expression, scope, state)));
    }
    parts.push_back(std::move(part));
  }
  if (item.grouping_kind == sql::GroupingKind::kSets) return parts;
  if (parts.size() > 12 && item.grouping_kind == sql::GroupingKind::kCube) {
    return SparkError("GROUPING_SIZE_LIMIT_EXCEEDED", "54000",
                      "Grouping sets size cannot be greater than 4096.");
  }
  return item.grouping_kind == sql::GroupingKind::kRollup ? RollupSets(parts) : CubeSets(parts);
}

Status Analyzer::ResolveGroups(const sql::Select& select, const Scope& scope, SelectState& state) {
  const sql::GroupBy& group_by = *select.group_by;
  if (group_by.all && HasColumnAll(state.base)) {
    TRY(AddGroup(*ColumnAll(), scope, state));
    return {};
  }
  if (group_by.all) return GroupByAll(state);
  Sets sets = {{}};
  for (const sql::GroupingItem& item : group_by.items) {
    sets = Product(sets, TRY(SetsOf(item, scope, state)));
  }
  if (group_by.suffix != sql::GroupingKind::kPlain) {
    state.has_sets = true;
    sql::GroupingItem suffix;
    suffix.grouping_kind = group_by.suffix;
    suffix.sets = group_by.suffix_sets;
    if (group_by.suffix != sql::GroupingKind::kSets) {
      for (const sql::GroupingItem& item : group_by.items) suffix.sets.push_back({item.expression});
    }
    sets = TRY(SetsOf(suffix, scope, state));
  }
  if (state.has_sets) state.sets = std::move(sets);
  return {};
}

Status Analyzer::GroupByAll(SelectState& state) {
  for (const NamedExpression& item : state.items) {
    const Expression& value = *item.expression;
    const bool generated = std::any_of(
        state.generators.begin(), state.generators.end(), [&value](const Generated& generator) {
          return std::any_of(generator.columns.begin(), generator.columns.end(),
                             [&value](const OutputColumn& column) {
                               return value.kind == ExpressionKind::kColumn &&
                                      column.id == value.column;
                             });
        });
    if (generated || ContainsAggregate(value) || ContainsWindow(value)) continue;
    if (IsFoldable(value)) continue;
    const bool plain = value.kind == ExpressionKind::kColumn;
    state.groups.push_back({plain ? value.column : NextId(), PrettyName(value), item.expression});
  }
  return {};
}

namespace {

// Whether these are the groups, all of them, in their order.
bool IsGroupList(const std::vector<ExpressionPtr>& columns,
                 const std::vector<NamedExpression>& groups) {
  return std::equal(columns.begin(), columns.end(), groups.begin(), groups.end(),
                    [](const ExpressionPtr& column, const NamedExpression& group) {
                      return SameExpression(*column, *group.expression);
                    });
}

}  // namespace

Result<ExpressionPtr> Analyzer::GroupingCall(const Expression& call, SelectState& state) {
  if (!state.has_sets) {
    return SparkError("UNSUPPORTED_GROUPING_EXPRESSION", "42K0E",
                      "grouping()/grouping_id() can only be used with GroupingSets/Cube/Rollup.");
  }
  auto copy = std::make_shared<Expression>(call);
  copy->pretty = PrettyName(call);
  copy->children.clear();
  for (const ExpressionPtr& child : call.children) {
    const ExpressionPtr* wanted = &child;
    while ((*wanted)->kind == ExpressionKind::kCast && (*wanted)->implicit) {
      wanted = &(*wanted)->children.front();
    }
    const auto found = std::find_if(state.groups.begin(), state.groups.end(),
                                    [wanted](const NamedExpression& group) {
                                      return SameExpression(*group.expression, **wanted);
                                    });
    if (found == state.groups.end()) {
      return SparkError("GROUPING_COLUMN_MISMATCH", "42803",
                        "Column of grouping ({}) can't be found in grouping columns.",
                        PrettyName(**wanted));
    }
    copy->children.push_back(found->expression);
  }
  if (call.name == "grouping_id" && !copy->children.empty() &&
      !IsGroupList(copy->children, state.groups)) {
    return SparkError("GROUPING_ID_COLUMN_MISMATCH", "42803",
                      "Columns of grouping_id ({}) does not match grouping columns.",
                      PrettyName(call));
  }
  if (copy->children.empty()) {
    for (const NamedExpression& group : state.groups) copy->children.push_back(group.expression);
  }
  return ExpressionPtr(copy);
}

namespace {

// `expression`, a grouping expression, above the aggregation.
ExpressionPtr GroupColumn(const NamedExpression& group, const Expression& expression) {
  if (group.expression->kind == ExpressionKind::kColumn) {
    return MakeColumn(group.id, expression.name, expression.type, true);
  }
  auto column = std::make_shared<Expression>(
      *MakeColumn(group.id, group.name, expression.type, expression.nullable));
  column->pretty = PrettyName(expression);
  return column;
}

}  // namespace

// The column that stands for `aggregate`, one of the aggregation's own or a new one.
Result<ExpressionPtr> Analyzer::AggregateColumn(const ExpressionPtr& call, SelectState& state) {
  const bool grouping = IsGroupingName(call->name);
  ExpressionPtr aggregate = call;
  if (grouping) aggregate = TRY(GroupingCall(*call, state));
  for (const NamedExpression& known : state.aggregates) {
    if (!SameExpression(*known.expression, *aggregate)) continue;
    return MakeColumn(known.id, known.name, aggregate->type, aggregate->nullable);
  }
  const bool windows =
      std::any_of(aggregate->children.begin(), aggregate->children.end(),
                  [](const ExpressionPtr& child) { return ContainsWindow(*child); });
  if (windows && !grouping) {
    return SparkError("AGGREGATE_FUNCTION_WITH_WINDOW_FUNCTION", "42903",
                      "It is not allowed to use a window function inside an aggregate function.");
  }
  state.aggregates.push_back({NextId(), PrettyName(*aggregate), aggregate});
  const NamedExpression& added = state.aggregates.back();
  return MakeColumn(added.id, added.name, aggregate->type, aggregate->nullable);
}

// The function under OVER runs after the aggregation: only its parts are looked into.
Result<ExpressionPtr> Analyzer::WindowOverAggregate(const Expression& window, SelectState& state) {
  auto copy = std::make_shared<Expression>(window);
  copy->pretty = PrettyName(window);
  copy->children[0] = TRY(MapParts(window.children[0], [this, &state](const ExpressionPtr& part) {
    return OverAggregate(part, state);
  }));
  for (ExpressionPtr& part : copy->partition_by) part = TRY(OverAggregate(part, state));
  for (SortKey& key : copy->order_by) key.expression = TRY(OverAggregate(key.expression, state));
  return ExpressionPtr(copy);
}

Result<ExpressionPtr> Analyzer::OverAggregate(const ExpressionPtr& expression, SelectState& state) {
  for (const NamedExpression& group : state.groups) {
    if (SameExpression(*group.expression, *expression)) return GroupColumn(group, *expression);
  }
  switch (expression->kind) {
    case ExpressionKind::kCall:
      if (expression->function->kind == FunctionKind::kAggregate) {
        return AggregateColumn(expression, state);
      }
      break;
    case ExpressionKind::kColumn: {
      const bool base =
          std::any_of(state.base.begin(), state.base.end(),
                      [&](const OutputColumn& column) { return column.id == expression->column; });
      if (base && state.ungrouped) return NoGroupBy();
      if (base) return NotGrouped(*expression);
      return expression;
    }
    case ExpressionKind::kWindow:
      return WindowOverAggregate(*expression, state);
    default:
      break;
  }
  return MapParts(expression,
                  [this, &state](const ExpressionPtr& part) { return OverAggregate(part, state); });
}

ExpressionPtr Analyzer::TakeWindows(const ExpressionPtr& expression, SelectState& state) {
  if (!ContainsWindow(*expression)) return expression;
  return Rewrite(expression, [this, &state](const ExpressionPtr& part) -> ExpressionPtr {
    if (part->kind != ExpressionKind::kWindow) return nullptr;
    for (const NamedExpression& known : state.windows) {
      if (SameExpression(*known.expression, *part)) {
        return MakeColumn(known.id, known.name, part->type, true);
      }
    }
    state.windows.push_back({NextId(), PrettyName(*part), part});
    return MakeColumn(state.windows.back().id, state.windows.back().name, part->type, true);
  });
}

Status Analyzer::BuildAggregate(SelectState& state) {
  auto aggregate = std::make_shared<AggregateRelation>();
  aggregate->global = state.groups.empty() && !state.has_sets;
  for (const NamedExpression& group : state.groups) {
    if (group.expression->type.is(TypeId::kVariant)) return NotGrouped(*group.expression);
    aggregate->output.push_back({group.id, group.name, group.expression->type, true});
  }
  for (const NamedExpression& item : state.aggregates) {
    aggregate->output.push_back(
        {item.id, item.name, item.expression->type, item.expression->nullable});
  }
  aggregate->groups = state.groups;
  aggregate->sets = state.sets;
  aggregate->aggregates = state.aggregates;
  aggregate->inputs.push_back(std::move(state.relation));
  state.relation = std::move(aggregate);
  return {};
}

}  // namespace lakesmith::plan
