#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/relation.h"
#include "sql/ast.h"

namespace lakesmith::plan {

// A relation and the names by which its columns are reached at this place of the query.
struct Planned {
  RelationPtr relation;
  std::vector<OutputColumn> columns;
};

// What names may mean where an expression stands. Scopes live on the stack of the analysis.
struct Scope {
  const Scope* outer = nullptr;  // Of the enclosing query: a hit there is a correlation.
  // Column lists in order of precedence.
  std::vector<const std::vector<OutputColumn>*> levels;
  // Of a SQL function: its parameters, which all queries of its body see.
  bool is_function = false;
  // Items of the select list so far, for lateral column aliases.
  const std::vector<NamedExpression>* aliases = nullptr;
  // Where those may not be used, as the error calls it: WINDOW, AGGREGATE_FUNC.
  std::string_view alias_ban;
  // Lambda parameters; then the scope around the lambda follows in `around`.
  const std::vector<LambdaParameter>* parameters = nullptr;
  const Scope* around = nullptr;
  // Inside an aggregate function of HAVING or ORDER BY input columns come before output ones.
  std::vector<const std::vector<OutputColumn>*> aggregate_levels;
  // HAVING: aggregates over these columns may stand in its subqueries.
  bool takes_aggregates = false;
  const std::vector<std::pair<sql::Identifier, sql::WindowSpecification>>* windows = nullptr;
};

// A common table expression in sight.
struct VisibleCte {
  std::string name;
  int id = 0;
  std::vector<OutputColumn> columns;
};
struct CteFrame {
  const CteFrame* outer = nullptr;
  std::vector<VisibleCte> tables;
};

// Columns that a generator makes.
struct Generated {
  ExpressionPtr call;
  std::vector<OutputColumn> columns;
  bool outer = false;
};

// One SELECT while it is worked out.
struct SelectState {
  RelationPtr relation;
  std::vector<OutputColumn> base;      // Columns of FROM.
  std::vector<NamedExpression> items;  // The select list.
  std::vector<OutputColumn> output;    // One of each item.
  std::vector<NamedExpression> groups;
  std::vector<std::vector<size_t>> sets;
  std::vector<NamedExpression> aggregates;
  std::vector<NamedExpression> windows;
  std::vector<NamedExpression> hidden;  // Sort keys that are not selected.
  // Items that subqueries of HAVING refer to: computed before it.
  std::vector<NamedExpression> early;
  std::vector<Generated> generators;
  bool aggregated = false;
  bool ungrouped = false;  // No GROUP BY is written.
  bool has_star = false;
  bool keeps_hidden = false;  // |> EXTEND: what is reached by qualified names only stays so.
  bool has_sets = false;
  bool distinct = false;
};

}  // namespace lakesmith::plan
