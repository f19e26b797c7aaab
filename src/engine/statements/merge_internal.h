#pragma once

#include <string>
#include <vector>

#include "engine/statements/dml_internal.h"

namespace lakesmith::engine {

// The column of the table that `a.b = value` assigns.
Result<size_t> AssignedColumn(StatementContext& context, const sql::Assignment& assignment,
                              const TableShape& shape);

// What each column of the table becomes, cast for it. Columns without assignment keep their value
// (they are the first columns of `inputs`) or get their default.
Result<std::vector<plan::ExpressionPtr>> AssignedValues(
    StatementContext& context, const std::vector<sql::Assignment>& assignments,
    const std::vector<plan::InputColumn>& inputs, const TableShape& shape, bool keep_others);
Result<plan::ExpressionPtr> DefaultValue(StatementContext& context, const types::StructField& field,
                                         const std::string& display);

}  // namespace lakesmith::engine
