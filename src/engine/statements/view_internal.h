#pragma once

#include "engine/statements/statement_internal.h"

namespace lakesmith::engine {

// Whether the schema mode of views is told; off with spark.sql.legacy.viewSchemaBindingMode.
bool ShowsSchemaMode(const SessionState& session);

// What outlives the session, a VIEW or FUNCTION, may not name what only the session knows. Errors:
// [INVALID_TEMP_OBJ_REFERENCE].
Status CheckNoTemporary(std::string_view kind, const std::string& name,
                        const std::vector<plan::Query::TemporaryObject>& objects);

// Names of columns differ, whatever their case. Errors: [COLUMN_ALREADY_EXISTS].
Status CheckColumnNames(const std::vector<types::StructField>& columns);

// ALTER VIEW of a view of the catalog.
Result<StatementResult> AlterView(StatementContext& context, const sql::AlterTable& statement,
                                  const catalog::QualifiedName& name);

}  // namespace lakesmith::engine
