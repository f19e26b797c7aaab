#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/statements/statement_internal.h"

namespace lakesmith::engine {

// What SHOW and DESCRIBE tell of tables and views. Each finds temporary views, then the catalog,
// then paths; a name that is not found is an error at `range`.

Result<std::vector<types::StructField>> RelationColumns(StatementContext& context,
                                                        const std::vector<std::string>& parts,
                                                        const sql::SourceRange& range);
// Table properties: of a Delta table those of its log, and its reader and writer version.
Result<std::map<std::string, std::string>> RelationProperties(StatementContext& context,
                                                              const std::vector<std::string>& parts,
                                                              const sql::SourceRange& range);
// A statement that makes the same table or view.
Result<std::string> CreateText(StatementContext& context, const std::vector<std::string>& parts,
                               const sql::SourceRange& range);
// The text of SHOW TABLE EXTENDED.
Result<std::string> RelationInformation(StatementContext& context,
                                        const catalog::Relation& relation);
// Recorded privileges: principal to privileges.
Result<std::map<std::string, std::vector<std::string>>> GrantsOn(
    StatementContext& context, sql::ObjectKind kind, const std::vector<std::string>& parts);
std::vector<std::string> BuiltinFunctionNames();
Result<StatementResult> DescribeFunction(StatementContext& context, const sql::Describe& statement);

}  // namespace lakesmith::engine
