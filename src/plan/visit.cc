#include "plan/visit.h"

#include "base/stack_space.h"

namespace lakesmith::plan {

namespace {

using Visit = std::function<void(const Expression&)>;

void VisitNamed(const std::vector<NamedExpression>& items, const Visit& visit) {
  for (const NamedExpression& item : items) visit(*item.expression);
}

void VisitIf(const ExpressionPtr& expression, const Visit& visit) {
  if (expression) visit(*expression);
}

void AddColumns(const Relation& relation, std::set<ColumnId>& columns);

void AddColumns(const Expression& expression, std::set<ColumnId>& columns) {
  WithStackSpace([&] {
    if (expression.kind == ExpressionKind::kColumn) columns.insert(expression.column);
    ForEachPart(expression, [&](const Expression& part) { AddColumns(part, columns); });
    if (expression.relation) AddColumns(*expression.relation, columns);
    return 0;
  });
}

void AddColumns(const Relation& relation, std::set<ColumnId>& columns) {
  WithStackSpace([&] {
    ForEachExpression(relation, [&](const Expression& part) { AddColumns(part, columns); });
    ForEachInput(relation, [&](const Relation& input) { AddColumns(input, columns); });
    return 0;
  });
}

}  // namespace

void ForEachPart(const Expression& expression, const Visit& visit) {
  for (const ExpressionPtr& child : expression.children) VisitIf(child, visit);
  VisitIf(expression.filter, visit);
  for (const SortKey& key : expression.order_by) visit(*key.expression);
  for (const ExpressionPtr& part : expression.partition_by) visit(*part);
  if (!expression.frame) return;
  VisitIf(expression.frame->start.offset, visit);
  VisitIf(expression.frame->end.offset, visit);
}

void ForEachExpression(const Relation& relation, const Visit& visit) {
  switch (relation.kind) {
    case RelationKind::kValues:
      for (const auto& row : static_cast<const ValuesRelation&>(relation).rows) {
        for (const ExpressionPtr& cell : row) visit(*cell);
      }
      return;
    case RelationKind::kRange: {
      const auto& range = static_cast<const RangeRelation&>(relation);
      for (const ExpressionPtr& part : {range.start, range.end, range.step}) visit(*part);
      return;
    }
    case RelationKind::kProject:
      return VisitNamed(static_cast<const ProjectRelation&>(relation).expressions, visit);
    case RelationKind::kFilter:
      return visit(*static_cast<const FilterRelation&>(relation).condition);
    case RelationKind::kAggregate: {
      const auto& aggregate = static_cast<const AggregateRelation&>(relation);
      VisitNamed(aggregate.groups, visit);
      return VisitNamed(aggregate.aggregates, visit);
    }
    case RelationKind::kWindow:
      return VisitNamed(static_cast<const WindowRelation&>(relation).windows, visit);
    case RelationKind::kGenerate:
      return visit(*static_cast<const GenerateRelation&>(relation).generator);
    case RelationKind::kJoin:
      return VisitIf(static_cast<const JoinRelation&>(relation).condition, visit);
    case RelationKind::kSort:
      for (const SortKey& key : static_cast<const SortRelation&>(relation).keys)
        visit(*key.expression);
      return;
    case RelationKind::kLimit: {
      const auto& limit = static_cast<const LimitRelation&>(relation);
      VisitIf(limit.limit, visit);
      return VisitIf(limit.offset, visit);
    }
    case RelationKind::kScan:
    case RelationKind::kOneRow:
    case RelationKind::kSetOperation:
    case RelationKind::kDistinct:
    case RelationKind::kSample:
    case RelationKind::kWith:
    case RelationKind::kCteReference:
      return;
  }
}

void ForEachInput(const Relation& relation, const std::function<void(const Relation&)>& visit) {
  if (relation.kind == RelationKind::kWith) {
    for (const CteDefinition& cte : static_cast<const WithRelation&>(relation).definitions) {
      visit(*cte.relation);
      if (cte.recursive) visit(*cte.recursive);
    }
  }
  for (const RelationPtr& input : relation.inputs) visit(*input);
}

bool ContainsSubquery(const Expression& expression) {
  return WithStackSpace([&] {
    if (expression.kind == ExpressionKind::kSubquery) return true;
    bool found = false;
    ForEachPart(expression,
                [&](const Expression& part) { found = found || ContainsSubquery(part); });
    return found;
  });
}

std::set<ColumnId> ColumnsOf(const Expression& expression) {
  std::set<ColumnId> columns;
  AddColumns(expression, columns);
  return columns;
}

}  // namespace lakesmith::plan
