#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "plan/catalog_lookup.h"
#include "plan/expression.h"
#include "plan/relation.h"

namespace lakesmith::sql {
class Query;
class Expression;
}  // namespace lakesmith::sql

namespace lakesmith::plan {

// Resolves names and types of a query by Spark's rules (ANSI mode).
// Errors carry Spark's error class, SQLSTATE and the place in the text.
Result<Query> Analyze(const sql::Query& query, const CatalogLookup& catalog,
                      const SessionConfig& config);

// A column that an expression may refer to, e.g. {"t", "id", BIGINT}.
struct InputColumn {
  std::vector<std::string> qualifier;
  types::StructField field;
};

// Resolves one expression against given columns: column i gets the id i + 1. For expectations,
// CHECK constraints, generated columns, defaults, conditions and assignments of UPDATE, DELETE and
// MERGE.
Result<ExpressionPtr> AnalyzeExpression(const sql::Expression& expression,
                                        const std::vector<InputColumn>& columns,
                                        const CatalogLookup& catalog, const SessionConfig& config);

// A query of one row that holds the value of an expression without columns of its own.
Query QueryOf(const Expression& expression);

// CREATE FUNCTION: the signature and one of the two kinds of body, as parsed from config.text.
struct FunctionDefinition {
  ResolvedFunction signature;
  const sql::Expression* expression = nullptr;
  const sql::Query* query = nullptr;
};
struct CheckedFunction {
  types::DataType type;  // Of the body as it is returned: a struct of the columns of a table.
  std::vector<Query::TemporaryObject> temporary_objects;
};
// Errors: what the body cannot resolve, [USER_DEFINED_FUNCTIONS...].
Result<CheckedFunction> CheckFunction(const FunctionDefinition& function,
                                      const CatalogLookup& catalog, const SessionConfig& config);

// Casts by Spark's store assignment rules (ANSI): safe casts, and narrowing ones that are checked
// at run time. Errors: [INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST].
Result<ExpressionPtr> CastForStore(ExpressionPtr expression, const types::StructField& target,
                                   const std::string& table_name);

// The query with its columns cast for and ordered as `target`. Matched by position, or by name when
// `by_name` (columns that are missing become null).
// Errors: [INSERT_COLUMN_ARITY_MISMATCH...], [INCOMPATIBLE_DATA_FOR_TABLE...].
Result<Query> AdaptForInsert(Query query, const std::vector<types::StructField>& target,
                             bool by_name, const std::string& table_name);

}  // namespace lakesmith::plan
