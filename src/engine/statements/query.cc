#include <utility>

#include "engine/statements/statement_internal.h"
#include "sql/print.h"

namespace lakesmith::engine {

Result<StatementResult> RunQuery(StatementContext& context, const sql::Query& query) {
  const plan::Query analyzed = TRY(context.Analyze(query));
  const EmittedQuery emitted = TRY(Emit(analyzed));
  StatementResult result;
  result.rows = TRY(context.session.connection->Query(emitted));
  result.columns = analyzed.columns;
  result.kind = "SELECT";
  return result;
}

Result<StatementResult> RunExplain(StatementContext& context, const sql::Explain& statement) {
  const auto* query = sql::TryAs<sql::QueryStatement>(statement.statement);
  if (query == nullptr) {
    return Unsupported("EXPLAIN is for queries; this statement has no plan to show.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  const plan::Query analyzed = TRY(context.Analyze(*query->query));
  const EmittedQuery emitted = TRY(Emit(analyzed));
  std::string text = TRY(context.session.connection->Explain(emitted, false));
  if (statement.mode != sql::ExplainMode::kSimple)
    text = "== Engine Text ==\n" + emitted.sql + "\n\n" + text;
  StatementResult result =
      RowsResult({TextColumn("plan")}, {{types::Value("== Physical Plan ==\n" + text)}});
  result.kind = "EXPLAIN";
  return result;
}

}  // namespace lakesmith::engine
