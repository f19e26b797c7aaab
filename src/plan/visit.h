#pragma once

#include <functional>
#include <set>

#include "plan/relation.h"

namespace lakesmith::plan {

// Calls `visit` for the direct parts of an expression: children, filter, sort keys, partitions,
// frame offsets. Not for the relation of a subquery.
void ForEachPart(const Expression& expression, const std::function<void(const Expression&)>& visit);

// Calls `visit` for each expression that the relation itself holds, not those of its inputs.
void ForEachExpression(const Relation& relation,
                       const std::function<void(const Expression&)>& visit);

// The relation's inputs, and those of the common table expressions that it defines.
void ForEachInput(const Relation& relation, const std::function<void(const Relation&)>& visit);

bool ContainsSubquery(const Expression& expression);

// All columns that the expression refers to, those of its subqueries too.
std::set<ColumnId> ColumnsOf(const Expression& expression);

}  // namespace lakesmith::plan
