// Common table expressions, recursive ones above all.
#include <utility>

#include "base/stack_space.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "plan/visit.h"

namespace lakesmith::plan {

using types::DataType;

namespace {

constexpr int kRecursionLimit = 100;

// Whether the relation, or a subquery in it, reads that common table expression.
bool ReadsCte(const Relation& relation, int cte);

bool ReadsCte(const Expression& expression, int cte) {
  return WithStackSpace([&] {
    bool reads = expression.relation && ReadsCte(*expression.relation, cte);
    ForEachPart(expression, [&](const Expression& part) { reads = reads || ReadsCte(part, cte); });
    return reads;
  });
}

bool ReadsCte(const Relation& relation, int cte) {
  return WithStackSpace([&] {
    bool reads = relation.kind == RelationKind::kCteReference &&
                 static_cast<const CteReferenceRelation&>(relation).cte == cte;
    ForEachExpression(relation,
                      [&](const Expression& part) { reads = reads || ReadsCte(part, cte); });
    ForEachInput(relation, [&](const Relation& input) { reads = reads || ReadsCte(input, cte); });
    return reads;
  });
}

// Whether a scalar subquery in the expression reads it.
bool ReadsAsValue(const Expression& expression, int cte) {
  const bool scalar =
      expression.kind == ExpressionKind::kSubquery && expression.subquery == SubqueryKind::kScalar;
  if (scalar && ReadsCte(*expression.relation, cte)) return true;
  bool reads = false;
  ForEachPart(expression,
              [&](const Expression& part) { reads = reads || ReadsAsValue(part, cte); });
  return reads;
}

Error MisplacedRecursion() {
  return SparkError(
      "INVALID_RECURSIVE_REFERENCE.PLACE", "42836",
      "Invalid recursive reference found inside WITH RECURSIVE clause. Recursive references "
      "cannot be used on the right side of left outer/semi/anti joins, on the left side of right "
      "outer joins, in full outer joins, in aggregates, window functions, sorts or scalar "
      "subqueries.");
}

// Recursion may not go through what needs all rows of a step, or rows that another side lacks.
Status CheckRecursion(const Relation& relation, int cte, bool inside) {
  if (relation.kind == RelationKind::kCteReference) {
    if (!inside || static_cast<const CteReferenceRelation&>(relation).cte != cte) return {};
    return MisplacedRecursion();
  }
  bool as_value = false;
  ForEachExpression(
      relation, [&](const Expression& part) { as_value = as_value || ReadsAsValue(part, cte); });
  if (as_value) return MisplacedRecursion();
  inside = inside || relation.kind == RelationKind::kAggregate ||
           relation.kind == RelationKind::kWindow || relation.kind == RelationKind::kSort;
  if (relation.kind == RelationKind::kJoin) {
    const JoinKind kind = static_cast<const JoinRelation&>(relation).join;
    const bool left = kind == JoinKind::kRight || kind == JoinKind::kFull;
    const bool right =
        kind != JoinKind::kInner && kind != JoinKind::kCross && kind != JoinKind::kRight;
    TRY(CheckRecursion(*relation.inputs[0], cte, inside || left));
    return CheckRecursion(*relation.inputs[1], cte, inside || right);
  }
  Status status;
  ForEachInput(relation, [&](const Relation& input) {
    if (status) status = CheckRecursion(input, cte, inside);
  });
  return status;
}

// The anchor says what types the columns have, those of the step must fit in.
Status CheckStepType(const DataType& anchor, const DataType& step) {
  const auto wider = WiderType(anchor, step);
  if (wider && types::SameTypeIgnoringNullability(*wider, anchor)) return {};
  return SparkError(
      "CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE", "42825",
      "Failed to merge incompatible data types \"{}\" and \"{}\" of the anchor and the "
      "recursive part. Cast the column in either of them.",
      anchor.Sql(), step.Sql());
}

Status CheckRecursiveQuery(const sql::Query& query) {
  const sql::QueryOrganization& end = query.organization;
  if (end.order_by.empty() && !end.limit && !end.offset) return {};
  return SparkError("INVALID_RECURSIVE_CTE", "42836",
                    "Invalid recursive definition found. A recursive query is an UNION ALL of an "
                    "anchor and a part that refers to it, without ORDER BY, LIMIT or OFFSET.");
}

}  // namespace

Status Analyzer::PlanCte(const sql::CommonTableExpression& cte, bool recursive, const Scope* outer,
                         CteFrame& frame, std::vector<CteDefinition>& definitions) {
  const auto* set = sql::TryAs<sql::SetOperation>(cte.query->body.get());
  if (recursive && set != nullptr && set->op == sql::SetOperator::kUnion) {
    const size_t before = definitions.size();
    CteDefinition definition = TRY(PlanRecursiveCte(cte, outer, frame, definitions));
    const bool refers = ReadsCte(*definition.recursive, definition.id);
    if (refers && !definition.recursive_all) {
      return Located(
          SparkError("UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE", "42836",
                     "The UNION operator is not yet supported within recursive common table "
                     "expressions (WITH clauses that refer to themselves, directly or "
                     "indirectly). Please use UNION ALL instead."),
          cte.query->range);
    }
    if (refers) {
      TRY(CheckRecursion(*definition.recursive, definition.id, false));
      TRY(CheckRecursiveQuery(*cte.query));
      definitions.push_back(std::move(definition));
      return {};
    }
    definitions.resize(before);
    frame.tables.pop_back();
  }
  Planned planned = TRY(PlanQuery(*cte.query, outer));
  DropHidden(planned);
  if (!cte.columns.empty()) TRY(RenameColumns(planned.columns, cte.columns, "CTE"));
  CteDefinition definition;
  definition.id = ++last_cte_;
  definition.name = cte.name.name;
  definition.relation = std::move(planned.relation);
  frame.tables.push_back({cte.name.name, definition.id, std::move(planned.columns)});
  definitions.push_back(std::move(definition));
  return {};
}

Result<CteDefinition> Analyzer::PlanRecursiveCte(const sql::CommonTableExpression& cte,
                                                 const Scope* outer, CteFrame& frame,
                                                 std::vector<CteDefinition>& definitions) {
  // What its own WITH defines stands before it: both of its parts may read that.
  CteFrame inner;
  inner.outer = &frame;
  const CteFrame* before = std::exchange(ctes_, &inner);
  Result<CteDefinition> planned = [&]() -> Result<CteDefinition> {
    const bool has_with = cte.query->with.has_value();
    for (size_t i = 0; has_with && i < cte.query->with->tables.size(); ++i) {
      TRY(PlanCte(cte.query->with->tables[i], cte.query->with->recursive, outer, inner,
                  definitions));
    }
    return PlanRecursion(cte, outer, frame);
  }();
  ctes_ = before;
  return planned;
}

Result<CteDefinition> Analyzer::PlanRecursion(const sql::CommonTableExpression& cte,
                                              const Scope* outer, CteFrame& frame) {
  const auto& set = sql::As<sql::SetOperation>(*cte.query->body);
  Planned anchor = TRY(PlanQueryBody(*set.left, nullptr, outer));
  DropHidden(anchor);
  if (!cte.columns.empty()) TRY(RenameColumns(anchor.columns, cte.columns, "CTE"));
  std::vector<DataType> types;
  for (const OutputColumn& column : anchor.columns) types.push_back(column.type);
  anchor = TRY(Widen(std::move(anchor), types));
  CteDefinition definition;
  definition.id = ++last_cte_;
  definition.name = cte.name.name;
  definition.level_limit =
      cte.max_recursion.empty() ? kRecursionLimit : std::atoi(cte.max_recursion.c_str());
  definition.recursive_all = set.quantifier == sql::SetQuantifier::kAll;
  frame.tables.push_back({cte.name.name, definition.id, anchor.columns});
  Planned step = TRY(PlanQueryBody(*set.right, nullptr, outer));
  DropHidden(step);
  if (step.columns.size() != anchor.columns.size()) {
    return WrongColumnCount("UNION", anchor.columns.size(), step.columns.size());
  }
  for (size_t i = 0; i < types.size(); ++i) {
    TRY(CheckStepType(types[i], step.columns[i].type));
  }
  step = TRY(Widen(std::move(step), types));
  definition.relation = std::move(anchor.relation);
  definition.recursive = std::move(step.relation);
  return definition;
}

Planned Analyzer::ReferToCte(const VisibleCte& cte) {
  auto reference = std::make_shared<CteReferenceRelation>();
  reference->cte = cte.id;
  std::map<ColumnId, ColumnId> repeated;
  for (const OutputColumn& column : cte.columns) {
    OutputColumn fresh = NewColumn(column.name, column.type, column.nullable);
    fresh.generated_name = column.generated_name;
    fresh.qualifier = {cte.name};
    if (column.same_as != 0) {
      fresh.same_as = repeated.try_emplace(column.same_as, fresh.id).first->second;
    }
    reference->source.push_back(column.id);
    reference->output.push_back(std::move(fresh));
  }
  std::vector<OutputColumn> columns = reference->output;
  return {std::move(reference), std::move(columns)};
}

}  // namespace lakesmith::plan
