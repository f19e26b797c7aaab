#include <algorithm>

#include "base/stack_space.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "plan/visit.h"

namespace lakesmith::plan {

using sql::QueryBodyKind;
using types::DataType;

namespace {

bool HasOrder(const sql::QueryOrganization& organization) {
  return organization.order_by_all || !organization.order_by.empty() ||
         !organization.sort_by.empty() || !organization.cluster_by.empty() ||
         !organization.distribute_by.empty();
}

std::string_view OperationName(sql::SetOperator op) {
  if (op == sql::SetOperator::kUnion) return "UNION";
  return op == sql::SetOperator::kIntersect ? "INTERSECT" : "EXCEPT";
}

}  // namespace

Error WrongColumnCount(std::string_view operation, size_t left, size_t right) {
  return SparkError(
      "NUM_COLUMNS_MISMATCH", "42826",
      "{} can only be performed on inputs with the same number of columns, but the first "
      "input has {} columns and the second input has {} columns.",
      operation, left, right);
}

void DropHidden(Planned& planned) {
  std::erase_if(planned.columns, [](const OutputColumn& column) { return column.hidden; });
}

Result<Planned> Analyzer::PlanQuery(const sql::Query& query, const Scope* outer) {
  if (!query.with) return PlanBody(query, outer);
  CteFrame frame;
  frame.outer = ctes_;
  auto with = std::make_shared<WithRelation>();
  const CteFrame* before = std::exchange(ctes_, &frame);
  Result<Planned> planned = [&]() -> Result<Planned> {
    for (const sql::CommonTableExpression& cte : query.with->tables) {
      for (const VisibleCte& other : frame.tables) {
        if (!SameName(other.name, cte.name.name)) continue;
        return Located(SparkError("DUPLICATED_CTE_NAMES", "42602",
                                  "CTE definition can't have duplicate names: [`{}`].", other.name),
                       cte.name.range);
      }
      TRY(PlanCte(cte, query.with->recursive, outer, frame, with->definitions));
    }
    return PlanBody(query, outer);
  }();
  ctes_ = before;
  Planned body = TRY(std::move(planned));
  with->output = body.relation->output;
  with->inputs.push_back(std::move(body.relation));
  body.relation = std::move(with);
  return body;
}

// Always a projection, so that the relation's columns are exactly those, in order.
Result<Planned> Analyzer::Widen(Planned input, const std::vector<DataType>& types) {
  std::vector<NamedExpression> items;
  for (size_t i = 0; i < types.size(); ++i) {
    const OutputColumn& column = input.columns[i];
    ExpressionPtr value = ColumnOf(column);
    if (column.type.is(types::TypeId::kVoid) || !types[i].is(types::TypeId::kVoid)) {
      value = MakeCast(std::move(value), types[i], true);
    }
    items.push_back({NextId(), column.name, std::move(value)});
  }
  return ProjectOver(std::move(input), std::move(items));
}

Status Analyzer::RenameColumns(std::vector<OutputColumn>& columns,
                               const std::vector<sql::Identifier>& names, std::string_view what) {
  if (names.size() != columns.size()) {
    return Located(
        SparkError("ASSIGNMENT_ARITY_MISMATCH", "42802",
                   "The number of columns or variables assigned or aliased: {} does not match "
                   "the number of source expressions: {} ({}).",
                   names.size(), columns.size(), what),
        names.front().range);
  }
  for (size_t i = 0; i < names.size(); ++i) columns[i].name = names[i].name;
  return {};
}

Result<Planned> Analyzer::PlanBody(const sql::Query& query, const Scope* outer) {
  Planned planned = TRY(PlanQueryBody(*query.body, &query.organization, outer));
  return ApplyLimit(std::move(planned), query.organization, outer);
}

Result<Planned> Analyzer::PlanQueryBody(const sql::QueryBody& body,
                                        const sql::QueryOrganization* organization,
                                        const Scope* outer) {
  return WithStackSpace([&]() -> Result<Planned> {
    if (const auto* select = sql::TryAs<sql::Select>(&body)) {
      return PlanSelect(*select, organization, outer);
    }
    Planned planned;
    if (const auto* set = sql::TryAs<sql::SetOperation>(&body)) {
      planned = TRY(PlanSetOperation(*set, outer));
    } else if (const auto* values = sql::TryAs<sql::ValuesBody>(&body)) {
      planned = TRY(PlanRelation(*values->values, outer));
    } else if (const auto* table = sql::TryAs<sql::TableBody>(&body)) {
      planned = TRY(PlanRelation(*table->table, outer));
    } else if (const auto* from = sql::TryAs<sql::FromBody>(&body)) {
      planned = TRY(PlanRelation(*from->from, outer));
    } else if (const auto* subquery = sql::TryAs<sql::SubqueryBody>(&body)) {
      planned = TRY(PlanQuery(*subquery->query, outer));
    } else {
      planned = TRY(PlanPipe(sql::As<sql::PipeBody>(body), outer));
    }
    if (organization == nullptr) return planned;
    return Organize(std::move(planned), *organization, outer);
  });
}

// A UNION b UNION c ... of one kind, which the syntax tree nests on its left, becomes a balanced
// tree: generated queries have thousands of branches.
Result<Planned> Analyzer::PlanUnions(const sql::SetOperation& operation, const Scope* outer) {
  std::vector<const sql::QueryBody*> branches = {operation.right.get()};
  const sql::QueryBody* at = operation.left.get();
  while (const auto* set = sql::TryAs<sql::SetOperation>(at)) {
    if (set->op != operation.op || set->quantifier != operation.quantifier) break;
    branches.push_back(set->right.get());
    at = set->left.get();
  }
  branches.push_back(at);
  std::reverse(branches.begin(), branches.end());
  std::vector<Planned> planned;
  planned.reserve(branches.size());
  for (const sql::QueryBody* branch : branches) {
    planned.push_back(TRY(PlanQueryBody(*branch, nullptr, outer)));
    if (planned.back().columns.size() == planned.front().columns.size()) continue;
    DropHidden(planned.front());
    DropHidden(planned.back());
    if (planned.back().columns.size() != planned.front().columns.size()) {
      return Located(
          WrongColumnCount("UNION", planned.front().columns.size(), planned.back().columns.size()),
          branch->range);
    }
  }
  while (planned.size() > 1) {
    std::vector<Planned> joined;
    joined.reserve(planned.size() / 2 + 1);
    for (size_t i = 0; i + 1 < planned.size(); i += 2) {
      Result<Planned> both = CombineSets(std::move(planned[i]), std::move(planned[i + 1]),
                                         operation.op, operation.quantifier);
      if (!both) return Located(std::move(both).error(), operation.right->range);
      joined.push_back(*std::move(both));
    }
    if (planned.size() % 2 == 1) joined.push_back(std::move(planned.back()));
    planned = std::move(joined);
  }
  return std::move(planned.front());
}

Result<Planned> Analyzer::PlanSetOperation(const sql::SetOperation& operation, const Scope* outer) {
  constexpr int kManyBranches = 16;
  int branches = 1;
  const auto* nested = sql::TryAs<sql::SetOperation>(operation.left.get());
  while (branches < kManyBranches && nested != nullptr && nested->op == operation.op &&
         nested->quantifier == operation.quantifier) {
    ++branches;
    nested = sql::TryAs<sql::SetOperation>(nested->left.get());
  }
  if (operation.op == sql::SetOperator::kUnion && branches == kManyBranches) {
    return PlanUnions(operation, outer);
  }
  Planned left = TRY(PlanQueryBody(*operation.left, nullptr, outer));
  Planned right = TRY(PlanQueryBody(*operation.right, nullptr, outer));
  Result<Planned> combined =
      CombineSets(std::move(left), std::move(right), operation.op, operation.quantifier);
  if (!combined) return Located(std::move(combined).error(), operation.right->range);
  return combined;
}

Result<Planned> Analyzer::CombineSets(Planned left, Planned right, sql::SetOperator op,
                                      sql::SetQuantifier quantifier) {
  DropHidden(left);
  DropHidden(right);
  if (left.columns.size() != right.columns.size()) {
    return WrongColumnCount(OperationName(op), left.columns.size(), right.columns.size());
  }
  auto set = std::make_shared<SetOperationRelation>();
  set->operation = static_cast<SetOperationKind>(op);
  set->all = quantifier == sql::SetQuantifier::kAll;
  std::vector<DataType> types;
  for (size_t i = 0; i < left.columns.size(); ++i) {
    const OutputColumn& a = left.columns[i];
    const OutputColumn& b = right.columns[i];
    const auto wider = WiderType(a.type, b.type);
    if (!wider) {
      return SparkError(
          "INCOMPATIBLE_COLUMN_TYPE", "42825",
          "{} can only be performed on tables with compatible column types. Column {} of the "
          "second table is \"{}\" type which is not compatible with \"{}\" at the same column "
          "of the first table.",
          OperationName(op), i + 1, b.type.Sql(), a.type.Sql());
    }
    if (!set->all && wider->is(types::TypeId::kMap)) {
      return SparkError(
          "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE", "0A000",
          "Cannot have MAP type columns in a set operation, but the type of column {} is "
          "\"{}\".",
          a.name, wider->Sql());
    }
    types.push_back(*wider);
    OutputColumn column = NewColumn(a.name, *wider, a.nullable || b.nullable);
    column.generated_name = a.generated_name;
    column.qualifier = a.qualifier;
    column.same_as = a.same_as;
    set->output.push_back(std::move(column));
  }
  set->inputs.push_back(TRY(Widen(std::move(left), types)).relation);
  set->inputs.push_back(TRY(Widen(std::move(right), types)).relation);
  std::vector<OutputColumn> columns = set->output;
  return Planned{std::move(set), std::move(columns)};
}

Result<Planned> Analyzer::Organize(Planned input, const sql::QueryOrganization& organization,
                                   const Scope* outer) {
  if (!HasOrder(organization)) return input;
  auto sort = std::make_shared<SortRelation>();
  Scope scope;
  scope.outer = outer;
  scope.levels = {&input.columns};
  scope.windows = &organization.windows;
  const auto add = [&](const sql::OrderItem& item) -> Status {
    const auto* literal = sql::TryAs<sql::Literal>(item.expression.get());
    SortKey key = TRY(ResolveSortKey(item, scope));
    if (RefersTo(*key.expression, outer)) {
      return Located(CorrelatedReference(*key.expression), item.expression->range);
    }
    if (literal != nullptr && literal->literal_kind == sql::LiteralKind::kInteger) {
      const int64_t position = key.expression->value.as<int64_t>();
      key.expression = TRY(ColumnAt(position, input.columns, item.expression->range));
    }
    sort->keys.push_back(std::move(key));
    return {};
  };
  for (const sql::OrderItem& item : organization.order_by) TRY(add(item));
  for (const sql::OrderItem& item : organization.sort_by) TRY(add(item));
  for (const sql::ExpressionPtr& item : organization.cluster_by) {
    sort->keys.push_back({TRY(Resolve(*item, scope)), false, true});
  }
  for (const sql::ExpressionPtr& item : organization.distribute_by) TRY(Resolve(*item, scope));
  if (organization.order_by_all) {
    const sql::OrderItem& all = organization.order_by_all_item;
    for (const OutputColumn& column : input.columns) {
      if (column.hidden) continue;
      sort->keys.push_back({ColumnOf(column), all.descending, NullsFirst(all)});
    }
  }
  if (sort->keys.empty()) return input;
  sort->output = input.relation->output;
  sort->inputs.push_back(std::move(input.relation));
  input.relation = std::move(sort);
  return input;
}

Result<ExpressionPtr> Analyzer::LimitValue(const sql::Expression& expression, const Scope* outer,
                                           std::string_view clause) {
  Scope scope;
  scope.outer = outer;
  ExpressionPtr value = TRY(Resolve(expression, scope));
  const std::string name(clause);
  if (!IsFoldable(*value)) {
    return Located(
        SparkError("INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE", "42K0E",
                   "The {} expression must evaluate to a constant value, but got \"{}\".", name,
                   PrettyName(*value)),
        expression.range);
  }
  if (!value->type.is(types::TypeId::kInt) && !value->type.is(types::TypeId::kVoid)) {
    return Located(SparkError("INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE", "42K0E",
                              "The {} expression must be integer type, but got \"{}\".", name,
                              value->type.Sql()),
                   expression.range);
  }
  if (value->kind == ExpressionKind::kLiteral && value->value.is_null()) {
    return Located(
        SparkError("INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL", "42K0E",
                   "The evaluated {} expression must not be null, but got \"NULL\".", name),
        expression.range);
  }
  const bool negative =
      (value->kind == ExpressionKind::kLiteral && value->value.as<int64_t>() < 0) ||
      (value->kind == ExpressionKind::kCall && value->name == "negative");
  if (negative) {
    return Located(SparkError("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "42K0E",
                              "The {} expression must be equal to or greater than 0, but got {}.",
                              name, PrettyName(*value)),
                   expression.range);
  }
  return value;
}

Result<Planned> Analyzer::ApplyLimit(Planned input, const sql::QueryOrganization& organization,
                                     const Scope* outer) {
  if (!organization.limit && !organization.offset) return input;
  auto limit = std::make_shared<LimitRelation>();
  if (organization.limit) limit->limit = TRY(LimitValue(*organization.limit, outer, "limit"));
  if (organization.offset) limit->offset = TRY(LimitValue(*organization.offset, outer, "offset"));
  limit->output = input.relation->output;
  limit->inputs.push_back(std::move(input.relation));
  input.relation = std::move(limit);
  return input;
}

}  // namespace lakesmith::plan
