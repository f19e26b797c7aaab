#include <algorithm>

#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "plan/visit.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

const Expression* Generator(const Expression& expression) {
  const bool generator = expression.kind == ExpressionKind::kCall &&
                         expression.function->kind == FunctionKind::kGenerator;
  return generator ? &expression : nullptr;
}

// Whether the item is a name, whatever it leads to: its last part becomes the column's name.
bool IsNamedPart(const sql::Expression& item, const Expression& value) {
  if (sql::TryAs<sql::ColumnReference>(&item) == nullptr) return false;
  if (value.pretty.starts_with("lateralAliasReference(")) return true;
  return value.kind == ExpressionKind::kColumn || value.kind == ExpressionKind::kField ||
         (value.kind == ExpressionKind::kCall && (value.name == "[]" || value.name == "transform"));
}

}  // namespace

std::optional<int64_t> OrdinalOf(const sql::Expression& expression) {
  if (const auto* unary = sql::TryAs<sql::Unary>(&expression)) {
    if (unary->op != sql::UnaryOperator::kMinus) return std::nullopt;
    const auto* operand = sql::TryAs<sql::Literal>(unary->operand.get());
    if (operand == nullptr || operand->literal_kind != sql::LiteralKind::kInteger) {
      return std::nullopt;
    }
    return -std::atoll(operand->text.c_str());
  }
  const auto* literal = sql::TryAs<sql::Literal>(&expression);
  if (literal == nullptr || literal->literal_kind != sql::LiteralKind::kInteger) {
    return std::nullopt;
  }
  return std::atoll(literal->text.c_str());
}

Error WindowNotAllowed(std::string_view clause) {
  return SparkError("WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", "42601",
                    "It is not allowed to use window functions inside {} clause.", clause);
}

Result<Planned> Analyzer::PlanSource(const sql::Select& select, const Scope* outer,
                                     const Planned* input) {
  Planned source;
  if (input != nullptr) {
    source = *input;
  } else if (select.from) {
    source = TRY(PlanRelation(*select.from, outer));
  } else {
    source.relation = std::make_shared<OneRowRelation>();
  }
  if (!select.where) return source;
  Scope scope;
  scope.outer = outer;
  scope.levels = {&source.columns};
  ExpressionPtr condition = TRY(Resolve(*select.where, scope));
  if (ContainsWindow(*condition)) {
    return Located(WindowNotAllowed("WHERE"), select.where->range);
  }
  if (ContainsGenerator(*condition)) {
    return Located(SparkError("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", "42K0E",
                              "The generator is not supported: outside the SELECT clause, found: "
                              "\"{}\".",
                              PrettyName(*condition)),
                   select.where->range);
  }
  if (ContainsAggregate(*condition)) {
    return Located(SparkError("INVALID_WHERE_CONDITION", "42903",
                              "The WHERE condition \"{}\" contains invalid expressions: aggregate "
                              "functions.",
                              PrettyName(*condition)),
                   select.where->range);
  }
  Result<ExpressionPtr> checked = AsCondition(std::move(condition), "WHERE");
  if (!checked) return Located(std::move(checked).error(), select.where->range);
  source.relation = FilterOver(std::move(source.relation), DecidedCondition(*checked));
  return source;
}

Result<Planned> Analyzer::PlanSelect(const sql::Select& select,
                                     const sql::QueryOrganization* organization, const Scope* outer,
                                     const Planned* input) {
  if (select.transform) {
    return Unsupported("SELECT TRANSFORM runs a script, which is not supported")
        .WithClass("UNSUPPORTED_FEATURE.TRANSFORM", "0A000");
  }
  SelectState state;
  state.ungrouped = !select.group_by;
  Planned source = TRY(PlanSource(select, outer, input));
  state.relation = std::move(source.relation);
  state.base = std::move(source.columns);
  state.distinct = select.quantifier == sql::SetQuantifier::kDistinct;
  std::vector<std::pair<sql::Identifier, sql::WindowSpecification>> windows = select.windows;
  if (organization != nullptr) {
    windows.insert(windows.end(), organization->windows.begin(), organization->windows.end());
  }
  Scope scope;
  scope.outer = outer;
  scope.levels = {&state.base};
  scope.aliases = &state.items;
  scope.windows = &windows;
  TRY(PlanTimeWindows(select, scope, state));
  for (const sql::ExpressionPtr& item : select.items) TRY(AddItem(*item, scope, state));
  state.aggregated =
      select.group_by.has_value() || select.having ||
      std::any_of(state.items.begin(), state.items.end(),
                  [](const NamedExpression& item) { return ContainsAggregate(*item.expression); });
  for (const Generated& generated : state.generators) {
    state.aggregated = state.aggregated || ContainsAggregate(*generated.call);
  }
  if (state.aggregated && state.generators.size() > 1) {
    return SparkError(
        "UNSUPPORTED_GENERATOR.MULTI_GENERATOR", "42K0E",
        "The generator is not supported: only one generator allowed per SELECT clause but found "
        "{}.",
        state.generators.size());
  }
  if (select.group_by) TRY(ResolveGroups(select, scope, state));
  state.keeps_hidden = input != nullptr && state.has_star && !state.aggregated && !state.distinct;
  return FinishSelect(select, organization, outer, state);
}

void Analyzer::AddOutput(NamedExpression item, SelectState& state) {
  OutputColumn column;
  column.id = item.id;
  column.name = item.name;
  column.type = item.expression->type;
  column.nullable = item.expression->nullable;
  column.generated_name = item.generated_name;
  if (item.expression->kind == ExpressionKind::kColumn) {
    for (const OutputColumn& base : state.base) {
      if (base.id != item.expression->column) continue;
      if (!item.aliased) {
        column.qualifier = base.qualifier;
        column.same_as = base.same_as == 0 ? base.id : base.same_as;
      }
      column.metadata = base.metadata;
      column.generated_name = base.generated_name && !item.aliased;
      break;
    }
  }
  state.output.push_back(std::move(column));
  state.items.push_back(std::move(item));
}

namespace {

bool IsVariantPath(const Expression& value) {
  if (value.kind == ExpressionKind::kCast) return IsVariantPath(*value.children.front());
  return value.kind == ExpressionKind::kCall && value.name == "variant_get";
}

Status CheckDistinct(const OutputColumn& column) {
  const bool map = column.type.is(types::TypeId::kMap);
  if (!map && !column.type.is(types::TypeId::kVariant)) return {};
  return SparkError(map ? "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE"
                        : "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE",
                    "0A000",
                    "Cannot have {} type columns in DISTINCT, but the type of column `{}` is "
                    "\"{}\".",
                    map ? "MAP" : "VARIANT", column.name, column.type.Sql());
}

}  // namespace

Status Analyzer::AddItem(const sql::Expression& item, const Scope& scope, SelectState& state) {
  if (const auto* star = sql::TryAs<sql::Star>(&item)) {
    Result<std::vector<NamedExpression>> columns = ExpandStar(*star, scope);
    if (!columns) return Located(std::move(columns).error(), item.range);
    state.has_star = true;
    AddStarItems(*std::move(columns), state);
    return {};
  }
  if (auto columns = TRY(ExpandRegex(item, scope))) {
    AddStarItems(*std::move(columns), state);
    return {};
  }
  const auto* alias = sql::TryAs<sql::Alias>(&item);
  ExpressionPtr value = Decided(TRY(Resolve(alias == nullptr ? item : *alias->operand, scope)));
  if (Generator(*value) != nullptr) {
    Status added = AddGeneratorItem(alias, value, state);
    if (!added) return Located(std::move(added).error(), item.range);
    return {};
  }
  if (ContainsGenerator(*value)) {
    return Located(SparkError("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "42K0E",
                              "The generator is not supported: nested in expressions \"{}\".",
                              PrettyName(*value)),
                   item.range);
  }
  if (value->name == "window" && value->kind == ExpressionKind::kCall && alias == nullptr) {
    AddOutput({NextId(), "window", std::move(value), true}, state);
    return {};
  }
  std::string name;
  bool generated = false;
  if (alias != nullptr) {
    name = alias->names.front().name;
  } else if (IsNamedPart(item, *value)) {
    name = sql::As<sql::ColumnReference>(item).parts.back().name;
  } else if (const std::string step = LastStep(item); !step.empty() && IsVariantPath(*value)) {
    name = step;
  } else if (value->kind == ExpressionKind::kCast && value->pretty.empty() &&
             value->children.front()->kind == ExpressionKind::kColumn) {
    name = value->children.front()->name;  // A cast column keeps its name.
  } else {
    name = PrettyName(*value);
    generated = value->kind != ExpressionKind::kColumn && value->kind != ExpressionKind::kLiteral;
  }
  AddOutput({NextId(), std::move(name), std::move(value), alias != nullptr, generated}, state);
  return {};
}

void Analyzer::AddStarItems(std::vector<NamedExpression> columns, SelectState& state) {
  for (NamedExpression& column : columns) {
    column.id = NextId();
    AddOutput(std::move(column), state);
  }
}

Status Analyzer::AddGeneratorItem(const sql::Alias* alias, const ExpressionPtr& call,
                                  SelectState& state) {
  Generated generated = TRY(MakeGenerator(call));
  if (alias != nullptr) {
    if (alias->names.size() != generated.columns.size()) {
      return SparkError(
          "UDTF_ALIAS_NUMBER_MISMATCH", "42802",
          "The number of aliases supplied in the AS clause does not match the number of columns "
          "output by the generator. Expected {} aliases, but got {}.",
          generated.columns.size(), alias->names.size());
    }
    for (size_t i = 0; i < alias->names.size(); ++i)
      generated.columns[i].name = alias->names[i].name;
  }
  for (const OutputColumn& column : generated.columns) {
    AddOutput({NextId(), column.name, ColumnOf(column), true}, state);
  }
  state.generators.push_back(std::move(generated));
  return {};
}

Result<ExpressionPtr> Analyzer::OverBase(const ExpressionPtr& expression, SelectState& state) {
  if (state.aggregated) return OverAggregate(expression, state);
  return expression;
}

namespace {

// Windows over other windows come after those.
void AddWindows(SelectState& state) {
  std::vector<NamedExpression> left = std::move(state.windows);
  while (!left.empty()) {
    std::set<ColumnId> ids;
    for (const NamedExpression& item : left) ids.insert(item.id);
    auto window = std::make_shared<WindowRelation>();
    window->output = state.relation->output;
    std::vector<NamedExpression> later;
    for (NamedExpression& item : left) {
      const std::set<ColumnId> used = ColumnsOf(*item.expression);
      const bool waits =
          std::ranges::any_of(used, [&ids](ColumnId id) { return ids.contains(id); });
      if (waits) {
        later.push_back(std::move(item));
        continue;
      }
      window->output.push_back({item.id, item.name, item.expression->type, true});
      window->windows.push_back(std::move(item));
    }
    window->inputs.push_back(std::move(state.relation));
    state.relation = std::move(window);
    left = std::move(later);
  }
}

// The items that subqueries of HAVING refer to, beside the columns that are there.
void AddEarlyItems(SelectState& state) {
  if (state.early.empty()) return;
  auto project = std::make_shared<ProjectRelation>();
  project->output = state.relation->output;
  for (const OutputColumn& column : project->output) {
    project->expressions.push_back({column.id, column.name, ColumnOf(column)});
  }
  for (const NamedExpression& early : state.early) {
    const auto item = std::ranges::find(state.items, early.id, &NamedExpression::id);
    project->output.emplace_back(early.id, early.name, item->expression->type, true);
    project->expressions.push_back(*item);
  }
  project->inputs.push_back(std::move(state.relation));
  state.relation = std::move(project);
}

void KeepHidden(SelectState& state) {
  for (const OutputColumn& column : state.base) {
    if (!column.hidden || column.is_metadata) continue;
    state.output.push_back(column);
    state.items.push_back({column.id, column.name, ColumnOf(column)});
  }
}

}  // namespace

// The condition of HAVING or QUALIFY, null when there is none.
Result<ExpressionPtr> Analyzer::HavingCondition(const sql::ExpressionPtr& source,
                                                const sql::Select& select, const Scope* outer,
                                                SelectState& state) {
  if (!source) return ExpressionPtr();
  const bool is_having = &source == &select.having;
  Result<ExpressionPtr> checked =
      AsHaving(WithItems(TRY(ResolveOverOutput(*source, outer, state, select, true)), state.items));
  if (!checked) return Located(std::move(checked).error(), source->range);
  if (is_having && ContainsWindow(**checked)) {
    return Located(WindowNotAllowed("HAVING"), source->range);
  }
  const bool windows = is_having || ContainsWindow(**checked) ||
                       std::ranges::any_of(state.items, [](const NamedExpression& item) {
                         return ContainsWindow(*item.expression);
                       });
  if (!windows) {
    return Located(SparkError("QUALIFY_REQUIRES_WINDOW_FUNCTION", "42903",
                              "The QUALIFY clause requires at least one window function in the "
                              "current SELECT list or the QUALIFY condition."),
                   source->range);
  }
  if (ContainsAggregate(**checked)) state.aggregated = true;
  TRY(TakeOuterAggregates(**checked, state));
  return DecidedCondition(*checked);
}

// The condition of HAVING above the aggregation, where only groups and aggregates are.
Result<ExpressionPtr> Analyzer::OverHaving(const ExpressionPtr& condition,
                                           const sql::Expression& source, SelectState& state) {
  Result<ExpressionPtr> over = OverBase(condition, state);
  if (over || over.error().error_class() != "MISSING_AGGREGATION") return over;
  return Located(SparkError("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703",
                            "HAVING \"{}\" names a column that is neither grouped by nor in an "
                            "aggregate function.",
                            PrettyName(*condition)),
                 source.range);
}

// HAVING and QUALIFY over the aggregation; the select list goes over it as well.
Result<std::pair<ExpressionPtr, ExpressionPtr>> Analyzer::SelectConditions(
    const sql::Select& select, const Scope* outer, SelectState& state) {
  ExpressionPtr having = TRY(HavingCondition(select.having, select, outer, state));
  ExpressionPtr qualify = TRY(HavingCondition(select.qualify, select, outer, state));
  for (NamedExpression& item : state.items) {
    item.expression = TakeWindows(TRY(OverBase(item.expression, state)), state);
  }
  for (Generated& generated : state.generators) {
    generated.call = TRY(OverBase(generated.call, state));
  }
  if (having) having = TRY(OverHaving(having, *select.having, state));
  if (qualify) qualify = TakeWindows(TRY(OverBase(qualify, state)), state);
  return std::pair(std::move(having), std::move(qualify));
}

Result<Planned> Analyzer::FinishSelect(const sql::Select& select,
                                       const sql::QueryOrganization* organization,
                                       const Scope* outer, SelectState& state) {
  TRY(CheckCorrelation(state, outer));
  const auto [having, qualify] = TRY(SelectConditions(select, outer, state));
  std::vector<SortKey> keys;
  if (organization != nullptr) TRY(PrepareOrder(*organization, select, outer, state, keys));

  if (state.aggregated) TRY(BuildAggregate(state));
  AddEarlyItems(state);
  if (having) state.relation = FilterOver(std::move(state.relation), having);
  for (Generated& generated : state.generators) {
    state.relation = Generate({state.relation, {}}, std::move(generated), false).relation;
  }
  if (!state.windows.empty()) AddWindows(state);
  if (qualify) state.relation = FilterOver(std::move(state.relation), qualify);

  if (state.keeps_hidden) KeepHidden(state);
  std::vector<NamedExpression> items = state.items;
  items.insert(items.end(), state.hidden.begin(), state.hidden.end());
  Planned planned = ProjectOver({std::move(state.relation), {}}, std::move(items));
  planned.columns = state.output;
  if (state.distinct) {
    for (const OutputColumn& column : state.output) TRY(CheckDistinct(column));
    auto distinct = std::make_shared<DistinctRelation>();
    distinct->output = planned.relation->output;
    distinct->inputs.push_back(std::move(planned.relation));
    planned.relation = std::move(distinct);
  }
  if (keys.empty()) return planned;
  return SortSelect(std::move(planned), std::move(keys), state);
}

}  // namespace lakesmith::plan
