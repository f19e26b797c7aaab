#include <algorithm>

#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"

namespace lakesmith::plan {

using sql::PipeOperatorKind;

namespace {

sql::ExpressionPtr StarItem() { return sql::ExpressionPtr(new sql::Star()); }

}  // namespace

Result<Planned> Analyzer::PlanPipe(const sql::PipeBody& pipe, const Scope* outer) {
  Planned input = TRY(PlanQueryBody(*pipe.input, nullptr, outer));
  switch (pipe.pipe_kind) {
    case PipeOperatorKind::kSelect: {
      const auto& select = sql::As<sql::Select>(*pipe.select);
      Planned planned = TRY(PlanSelect(select, nullptr, outer, &input));
      return planned;
    }
    case PipeOperatorKind::kExtend:
      return PipeExtend(pipe, input, outer);
    case PipeOperatorKind::kSet:
      return PipeSet(pipe, std::move(input), outer);
    case PipeOperatorKind::kDrop:
      return PipeDrop(pipe, std::move(input), outer);
    case PipeOperatorKind::kAs:
      for (OutputColumn& column : input.columns) column.qualifier = {pipe.alias.name};
      return input;
    case PipeOperatorKind::kWhere: {
      sql::Select select;
      select.where = pipe.condition;
      return PlanSource(select, outer, &input);
    }
    case PipeOperatorKind::kPivot:
    case PipeOperatorKind::kUnpivot: {
      Planned planned;
      if (const auto* pivot = sql::TryAs<sql::PivotRelation>(pipe.relation.get())) {
        planned = TRY(PlanPivot(pivot->pivot, input, outer));
      } else {
        const auto& unpivot = sql::As<sql::UnpivotRelation>(*pipe.relation);
        planned = TRY(PlanUnpivot(unpivot.unpivot, std::move(input), outer));
      }
      if (pipe.relation->alias) TRY(ApplyAlias(planned, *pipe.relation->alias));
      return planned;
    }
    case PipeOperatorKind::kSample:
      return ApplySample(std::move(input), *pipe.relation->sample, outer);
    case PipeOperatorKind::kJoin:
      return Join(std::move(input), {}, sql::As<sql::JoinRelation>(*pipe.relation), outer);
    case PipeOperatorKind::kSetOperation: {
      Planned right = TRY(PlanQueryBody(*pipe.right, nullptr, outer));
      return CombineSets(std::move(input), std::move(right), pipe.set_operator, pipe.quantifier);
    }
    case PipeOperatorKind::kOrganize: {
      Planned ordered = TRY(Organize(std::move(input), pipe.organization, outer));
      return ApplyLimit(std::move(ordered), pipe.organization, outer);
    }
    case PipeOperatorKind::kAggregate:
      return PipeAggregate(pipe, input, outer);
  }
  return Internal("unknown pipe operator");
}

namespace {

// A position in GROUP BY becomes the name of that column.
Status ResolveGroupPosition(sql::GroupingItem& item, const std::vector<OutputColumn>& columns) {
  const auto* literal = sql::TryAs<sql::Literal>(item.expression.get());
  if (literal == nullptr || literal->literal_kind != sql::LiteralKind::kInteger) return {};
  const int64_t position = std::atoll(literal->text.c_str());
  if (position < 1 || position > static_cast<int64_t>(columns.size())) {
    return SparkError("GROUP_BY_POS_OUT_OF_RANGE", "42805",
                      "GROUP BY position {} is not in select list (valid range is [1, {}]).",
                      position, columns.size());
  }
  auto* reference = new sql::ColumnReference();
  sql::Identifier name;
  name.name = columns[static_cast<size_t>(position - 1)].name;
  reference->parts.push_back(std::move(name));
  item.expression = sql::ExpressionPtr(reference);
  return {};
}

}  // namespace

Status Analyzer::CheckPipeAggregate(const sql::Expression& item, const Planned& input,
                                    const Scope* outer) {
  Scope scope;
  scope.outer = outer;
  scope.levels = {&input.columns};
  const ExpressionPtr value = TRY(Resolve(Unaliased(item), scope));
  if (ContainsAggregate(*value)) return {};
  return Located(
      SparkError("PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION", "0A000",
                 "Non-grouping expression {} is provided as an argument to the |> AGGREGATE "
                 "pipe operator but does not contain any aggregate function; please update "
                 "it to include an aggregate function and then retry the query again.",
                 PrettyName(*value)),
      item.range);
}

Result<Planned> Analyzer::PipeExtend(const sql::PipeBody& pipe, const Planned& input,
                                     const Scope* outer) {
  sql::Select select;
  select.items.push_back(StarItem());
  for (const sql::ExpressionPtr& item : pipe.items) {
    Scope scope;
    scope.outer = outer;
    scope.levels = {&input.columns};
    const Result<ExpressionPtr> value = Resolve(Unaliased(*item), scope);
    if (value && ContainsAggregate(**value)) {
      return Located(
          SparkError("PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION", "0A000",
                     "Aggregate function {} is not allowed when using the pipe operator "
                     "|> EXTEND clause; please use the pipe operator |> AGGREGATE clause "
                     "instead.",
                     PrettyName(**value)),
          item->range);
    }
    if (sql::TryAs<sql::Star>(item.get()) != nullptr) {
      return Located(SparkError("INVALID_USAGE_OF_STAR_OR_REGEX", "42000",
                                "Invalid usage of '*' in |> EXTEND."),
                     item->range);
    }
    select.items.push_back(item);
  }
  return PlanSelect(select, nullptr, outer, &input);
}

// The grouping expressions come first in the output, then the aggregates.
Result<Planned> Analyzer::PipeAggregate(const sql::PipeBody& pipe, const Planned& input,
                                        const Scope* outer) {
  sql::Select select;
  if (pipe.group_by) {
    sql::GroupBy group_by = *pipe.group_by;
    if (group_by.all || group_by.suffix != sql::GroupingKind::kPlain) {
      return Unsupported("GROUP BY ALL and grouping sets after |> AGGREGATE are not supported")
          .WithClass("UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE", "0A000");
    }
    for (sql::GroupingItem& item : group_by.items) {
      if (item.grouping_kind != sql::GroupingKind::kPlain) {
        return Unsupported("grouping sets after |> AGGREGATE are not supported")
            .WithClass("UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE", "0A000");
      }
      TRY(ResolveGroupPosition(item, input.columns));
      select.items.push_back(item.expression);
      if (const auto* alias = sql::TryAs<sql::Alias>(item.expression.get())) {
        sql::ExpressionPtr operand = alias->operand;
        item.expression = std::move(operand);
      }
    }
    select.group_by = std::move(group_by);
  }
  for (const sql::ExpressionPtr& item : pipe.items) {
    if (sql::TryAs<sql::Star>(item.get()) == nullptr) {
      TRY(CheckPipeAggregate(*item, input, outer));
    }
    select.items.push_back(item);
  }
  if (select.items.empty()) {
    return SparkError("PARSE_SYNTAX_ERROR", "42601",
                      "|> AGGREGATE needs an aggregate or GROUP BY.");
  }
  if (!select.group_by) {
    sql::GroupBy none;
    select.group_by = std::move(none);
  }
  return PlanSelect(select, nullptr, outer, &input);
}

Result<Planned> Analyzer::PipeSet(const sql::PipeBody& pipe, Planned input, const Scope* outer) {
  for (const sql::ExpressionPtr& item : pipe.items) {
    const auto& alias = sql::As<sql::Alias>(*item);
    const std::string& name = alias.names.front().name;
    Scope scope;
    scope.outer = outer;
    scope.levels = {&input.columns};
    ExpressionPtr value = TRY(Resolve(*alias.operand, scope));
    if (ContainsAggregate(*value)) {
      return Located(
          SparkError("PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION", "0A000",
                     "Aggregate function {} is not allowed when using the pipe operator |> SET "
                     "clause; please use the pipe operator |> AGGREGATE clause instead.",
                     PrettyName(*value)),
          item->range);
    }
    SelectState state;
    state.base = input.columns;
    bool found = false;
    for (const OutputColumn& column : input.columns) {
      if (column.hidden && !column.is_metadata) {
        state.output.push_back(column);
        state.items.push_back({column.id, column.name, ColumnOf(column)});
      }
      if (column.hidden) continue;
      const bool set = SameName(column.name, name);
      found = found || set;
      AddOutput({NextId(), column.name, set ? TakeWindows(value, state) : ColumnOf(column)}, state);
    }
    if (!found) return Located(UnresolvedColumn({name}, scope), item->range);
    if (!state.windows.empty()) {
      auto window = std::make_shared<WindowRelation>();
      window->output = input.relation->output;
      for (const NamedExpression& one : state.windows) {
        window->output.push_back({one.id, one.name, one.expression->type, true});
      }
      window->windows = std::move(state.windows);
      window->inputs.push_back(std::move(input.relation));
      input.relation = std::move(window);
    }
    input = ProjectOver(std::move(input), state.items);
    input.columns = state.output;
  }
  return input;
}

// DROP of fields is a projection; that of columns only hides them.
Result<Planned> Analyzer::PipeDrop(const sql::PipeBody& pipe, Planned input, const Scope* outer) {
  const bool fields = std::ranges::any_of(pipe.drop_columns, [&](const auto& parts) {
    std::vector<std::string> path;
    for (const sql::Identifier& part : parts) path.push_back(part.name);
    Scope scope;
    scope.levels = {&input.columns};
    const Result<ExpressionPtr> found = LookUp(path, scope);
    return found && *found && (*found)->kind != ExpressionKind::kColumn;
  });
  if (fields) {
    sql::Select select;
    auto* star = new sql::Star();
    star->except = pipe.drop_columns;
    select.items.push_back(sql::ExpressionPtr(star));
    return PlanSelect(select, nullptr, outer, &input);
  }
  std::set<std::string> dropped;
  for (const auto& parts : pipe.drop_columns) {
    std::vector<std::string> path;
    for (const sql::Identifier& part : parts) path.push_back(part.name);
    Scope scope;
    scope.levels = {&input.columns};
    ExpressionPtr column = TRY(LookUp(path, scope));
    if (!column && dropped.contains(Lower(path.back()))) {
      return Located(SparkError("EXCEPT_OVERLAPPING_COLUMNS", "42702",
                                "Columns in an EXCEPT list must be distinct and non-overlapping, "
                                "but got {} twice.",
                                DottedName(path)),
                     parts.front().range);
    }
    dropped.insert(Lower(path.back()));
    if (!column || column->kind != ExpressionKind::kColumn) {
      return Located(UnresolvedColumn(path, scope), parts.front().range);
    }
    std::erase_if(input.columns,
                  [&column](const OutputColumn& one) { return one.id == column->column; });
  }
  return input;
}

}  // namespace lakesmith::plan
