#include "plan/lineage.h"

#include <algorithm>

#include "base/stack_space.h"
#include "plan/function_registry.h"
#include "plan/visit.h"

namespace lakesmith::plan {

namespace {

using Direct = std::map<SourceColumn, DirectReach>;
using Indirect = std::map<SourceColumn, std::set<IndirectReach>>;

// What flows into a value.
struct Flow {
  Direct direct;
  Indirect indirect;
};

void Add(Direct& into, const Direct& from, DirectReach least) {
  for (const auto& [source, reach] : from) {
    DirectReach& known = into.try_emplace(source, DirectReach::kIdentity).first->second;
    known = std::max({known, reach, least});
  }
}

void Add(Indirect& into, const Indirect& from) {
  for (const auto& [source, reaches] : from) into[source].insert(reaches.begin(), reaches.end());
}

void Add(Flow& into, const Flow& from, DirectReach least) {
  Add(into.direct, from.direct, least);
  Add(into.indirect, from.indirect);
}

// All of a flow decides about something by `reach`.
void AddIndirect(Indirect& into, const Flow& from, IndirectReach reach) {
  for (const auto& [source, direct] : from.direct) into[source].insert(reach);
  Add(into, from.indirect);
}

class Tracer {
 public:
  // Fills in the flows of the relation's columns and returns what decides about its rows.
  Indirect Trace(const Relation& relation) {
    return WithStackSpace([&] { return TraceKind(relation); });
  }

  const Flow& FlowOf(ColumnId column) { return flows_[column]; }

 private:
  Indirect TraceKind(const Relation& relation);
  Indirect TraceInputs(const Relation& relation);
  Indirect TraceAggregate(const AggregateRelation& aggregate);
  Indirect TraceSetOperation(const SetOperationRelation& operation);
  Indirect TraceWith(const WithRelation& with);
  void TraceValues(const ValuesRelation& values);
  void TraceScan(const ScanRelation& scan);
  Indirect TraceCteReference(const CteReferenceRelation& reference);
  void Define(const std::vector<NamedExpression>& items);

  Flow Of(const Expression& expression) {
    return WithStackSpace([&] { return OfKind(expression); });
  }
  Flow OfKind(const Expression& expression);
  Flow OfCase(const Expression& expression);
  Flow OfWindow(const Expression& window);
  Flow OfSubquery(const Expression& subquery);

  std::map<ColumnId, Flow> flows_;
  std::map<int, Indirect> cte_rows_;
};

void Tracer::Define(const std::vector<NamedExpression>& items) {
  std::map<ColumnId, Flow> fresh;
  for (const NamedExpression& item : items) fresh[item.id] = Of(*item.expression);
  for (auto& [id, flow] : fresh) flows_[id] = std::move(flow);
}

Indirect Tracer::TraceInputs(const Relation& relation) {
  Indirect rows;
  for (const RelationPtr& input : relation.inputs) Add(rows, Trace(*input));
  return rows;
}

Indirect Tracer::TraceAggregate(const AggregateRelation& aggregate) {
  Indirect rows = TraceInputs(aggregate);
  Define(aggregate.groups);
  Define(aggregate.aggregates);
  for (const NamedExpression& group : aggregate.groups) {
    AddIndirect(rows, flows_[group.id], IndirectReach::kGroupBy);
  }
  return rows;
}

Indirect Tracer::TraceSetOperation(const SetOperationRelation& operation) {
  Indirect rows = TraceInputs(operation);
  const bool both = operation.operation != SetOperationKind::kExcept;
  for (size_t side = 0; side < operation.inputs.size(); ++side) {
    const std::vector<OutputColumn>& columns = operation.inputs[side]->output;
    for (size_t i = 0; i < operation.output.size() && i < columns.size(); ++i) {
      const Flow from = flows_[columns[i].id];
      if (side == 0 || both) Add(flows_[operation.output[i].id], from, DirectReach::kIdentity);
      if (operation.operation != SetOperationKind::kUnion)
        AddIndirect(rows, from, IndirectReach::kFilter);
    }
  }
  return rows;
}

Indirect Tracer::TraceWith(const WithRelation& with) {
  for (const CteDefinition& cte : with.definitions) {
    cte_rows_[cte.id] = Trace(*cte.relation);
    if (!cte.recursive) continue;
    // What a step adds may flow on in the next one: twice reaches all.
    for (int step = 0; step < 2; ++step) {
      Add(cte_rows_[cte.id], Trace(*cte.recursive));
      const std::vector<OutputColumn>& anchor = cte.relation->output;
      for (size_t i = 0; i < anchor.size() && i < cte.recursive->output.size(); ++i) {
        const Flow from = flows_[cte.recursive->output[i].id];
        Add(flows_[anchor[i].id], from, DirectReach::kIdentity);
      }
    }
  }
  return TraceInputs(with);
}

void Tracer::TraceValues(const ValuesRelation& values) {
  for (const auto& row : values.rows) {
    for (size_t i = 0; i < row.size() && i < values.output.size(); ++i) {
      Add(flows_[values.output[i].id], Of(*row[i]), DirectReach::kIdentity);
    }
  }
}

void Tracer::TraceScan(const ScanRelation& scan) {
  for (size_t i = 0; i < scan.output.size(); ++i) {
    const std::string& column =
        i < scan.source_columns.size() ? scan.source_columns[i] : scan.output[i].name;
    flows_[scan.output[i].id].direct[{scan.table_name, column}] = DirectReach::kIdentity;
  }
}

Indirect Tracer::TraceCteReference(const CteReferenceRelation& reference) {
  for (size_t i = 0; i < reference.output.size() && i < reference.source.size(); ++i) {
    const Flow from = flows_[reference.source[i]];
    Add(flows_[reference.output[i].id], from, DirectReach::kIdentity);
  }
  return cte_rows_[reference.cte];
}

Indirect Tracer::TraceKind(const Relation& relation) {
  switch (relation.kind) {
    case RelationKind::kScan:
      TraceScan(static_cast<const ScanRelation&>(relation));
      return {};
    case RelationKind::kValues:
      TraceValues(static_cast<const ValuesRelation&>(relation));
      return {};
    case RelationKind::kProject: {
      Indirect rows = TraceInputs(relation);
      Define(static_cast<const ProjectRelation&>(relation).expressions);
      return rows;
    }
    case RelationKind::kFilter: {
      Indirect rows = TraceInputs(relation);
      AddIndirect(rows, Of(*static_cast<const FilterRelation&>(relation).condition),
                  IndirectReach::kFilter);
      return rows;
    }
    case RelationKind::kAggregate:
      return TraceAggregate(static_cast<const AggregateRelation&>(relation));
    case RelationKind::kWindow: {
      Indirect rows = TraceInputs(relation);
      Define(static_cast<const WindowRelation&>(relation).windows);
      return rows;
    }
    case RelationKind::kGenerate: {
      Indirect rows = TraceInputs(relation);
      const auto& generate = static_cast<const GenerateRelation&>(relation);
      const Flow from = Of(*generate.generator);
      for (const OutputColumn& column : generate.generated)
        Add(flows_[column.id], from, DirectReach::kTransformation);
      return rows;
    }
    case RelationKind::kJoin: {
      Indirect rows = TraceInputs(relation);
      const auto& join = static_cast<const JoinRelation&>(relation);
      if (join.condition) AddIndirect(rows, Of(*join.condition), IndirectReach::kJoin);
      return rows;
    }
    case RelationKind::kSetOperation:
      return TraceSetOperation(static_cast<const SetOperationRelation&>(relation));
    case RelationKind::kSort: {
      Indirect rows = TraceInputs(relation);
      for (const SortKey& key : static_cast<const SortRelation&>(relation).keys)
        AddIndirect(rows, Of(*key.expression), IndirectReach::kSort);
      return rows;
    }
    case RelationKind::kWith:
      return TraceWith(static_cast<const WithRelation&>(relation));
    case RelationKind::kCteReference:
      return TraceCteReference(static_cast<const CteReferenceRelation&>(relation));
    case RelationKind::kOneRow:
    case RelationKind::kRange:
    case RelationKind::kLimit:
    case RelationKind::kDistinct:
    case RelationKind::kSample:
      break;
  }
  return TraceInputs(relation);
}

Flow Tracer::OfCase(const Expression& expression) {
  Flow flow;
  for (size_t i = 0; i < expression.children.size(); ++i) {
    const Flow part = Of(*expression.children[i]);
    const bool condition = i % 2 == 0 && i + 1 < expression.children.size();
    if (condition) {
      AddIndirect(flow.indirect, part, IndirectReach::kConditional);
    } else {
      Add(flow, part, DirectReach::kTransformation);
    }
  }
  return flow;
}

Flow Tracer::OfWindow(const Expression& window) {
  Flow flow = Of(*window.children.front());
  for (const ExpressionPtr& part : window.partition_by)
    AddIndirect(flow.indirect, Of(*part), IndirectReach::kWindow);
  for (const SortKey& key : window.order_by)
    AddIndirect(flow.indirect, Of(*key.expression), IndirectReach::kWindow);
  return flow;
}

Flow Tracer::OfSubquery(const Expression& subquery) {
  Flow flow;
  for (const ExpressionPtr& needle : subquery.children)
    Add(flow, Of(*needle), DirectReach::kTransformation);
  Add(flow.indirect, Trace(*subquery.relation));
  if (subquery.subquery == SubqueryKind::kExists) return flow;
  const bool scalar = subquery.subquery == SubqueryKind::kScalar;
  for (const OutputColumn& column : subquery.relation->output) {
    const Flow from = flows_[column.id];
    Add(flow, from, scalar ? DirectReach::kIdentity : DirectReach::kTransformation);
    if (scalar) break;
  }
  return flow;
}

Flow Tracer::OfKind(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kColumn:
      return flows_[expression.column];
    case ExpressionKind::kCase:
      return OfCase(expression);
    case ExpressionKind::kWindow:
      return OfWindow(expression);
    case ExpressionKind::kSubquery:
      return OfSubquery(expression);
    default:
      break;
  }
  const bool call = expression.kind == ExpressionKind::kCall;
  const bool aggregate = call && expression.function->kind != FunctionKind::kScalar &&
                         expression.function->kind != FunctionKind::kGenerator;
  const bool conditional = call && expression.function->name == "if";
  Flow flow;
  for (size_t i = 0; i < expression.children.size(); ++i) {
    const Flow part = Of(*expression.children[i]);
    if (conditional && i == 0) {
      AddIndirect(flow.indirect, part, IndirectReach::kConditional);
    } else {
      Add(flow, part, aggregate ? DirectReach::kAggregation : DirectReach::kTransformation);
    }
  }
  if (expression.filter) AddIndirect(flow.indirect, Of(*expression.filter), IndirectReach::kFilter);
  for (const SortKey& key : expression.order_by)
    AddIndirect(flow.indirect, Of(*key.expression), IndirectReach::kSort);
  return flow;
}

}  // namespace

std::vector<ColumnLineage> TraceLineage(const Query& query) {
  Tracer tracer;
  const Indirect rows = tracer.Trace(*query.root);
  std::vector<ColumnLineage> columns;
  for (size_t i = 0; i < query.columns.size(); ++i) {
    const Flow& flow = tracer.FlowOf(query.root->output[i].id);
    ColumnLineage column{query.columns[i].name, query.columns[i].type, flow.direct, flow.indirect};
    Add(column.indirect, rows);
    columns.push_back(std::move(column));
  }
  return columns;
}

std::string_view ReachName(DirectReach reach) {
  switch (reach) {
    case DirectReach::kIdentity:
      return "identity";
    case DirectReach::kTransformation:
      return "transformation";
    case DirectReach::kAggregation:
      return "aggregation";
  }
  return "";
}

std::string_view ReachName(IndirectReach reach) {
  switch (reach) {
    case IndirectReach::kFilter:
      return "filter";
    case IndirectReach::kJoin:
      return "join";
    case IndirectReach::kGroupBy:
      return "group_by";
    case IndirectReach::kSort:
      return "sort";
    case IndirectReach::kWindow:
      return "window";
    case IndirectReach::kConditional:
      return "conditional";
  }
  return "";
}

}  // namespace lakesmith::plan
