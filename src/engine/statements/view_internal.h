#pragma once

#include "engine/statements/statement_internal.h"

namespace lakesmith::engine {

// Whether the schema mode of views is told; off with spark.sql.legacy.viewSchemaBindingMode.
bool ShowsSchemaMode(const SessionState& session);

// ALTER VIEW of a view of the catalog.
Result<StatementResult> AlterView(StatementContext& context, const sql::AlterTable& statement,
                                  const catalog::QualifiedName& name);

}  // namespace lakesmith::engine
