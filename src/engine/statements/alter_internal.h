#pragma once

#include "delta/transaction.h"
#include "engine/statements/statement_internal.h"
#include "sql/ast.h"

namespace lakesmith::engine {

// What an ALTER of columns makes of a table's schema.
struct SchemaEdit {
  types::DataType schema;
  std::vector<std::string> partition_columns;  // By the names that hold afterwards.
  delta::OperationInfo operation;
  // Condition that every row must meet before the change; null for none.
  sql::ExpressionPtr not_null_check;
};
Result<SchemaEdit> EditSchema(StatementContext& context, const StatementContext::OpenTable& table,
                              const sql::AlterAction& action);

// Rewrites what a feature left in the table, then drops it from the protocol.
Status DropTableFeature(StatementContext& context, const StatementContext::OpenTable& table,
                        const sql::AlterAction& action);

// CLUSTER BY of a Delta table; `statement` says where it was asked for.
Error ClusteringRefused(std::string_view statement);

// Keeps in the catalog what an ALTER says that has no effect on data: tags, owner.
Status RecordAction(StatementContext& context, const catalog::QualifiedName& name,
                    const sql::AlterAction& action);

}  // namespace lakesmith::engine
