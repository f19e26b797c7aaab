#include "plan/lineage.h"

#include "engine/statements/statement_internal.h"
#include "sql/parse.h"
#include "types/data_type.h"

namespace lakesmith::engine {

namespace {

// The query that the statement runs or stores; null when it has none.
const sql::Query* QueryOf(const sql::Statement& statement) {
  if (const auto* query = sql::TryAs<sql::QueryStatement>(&statement)) return query->query.get();
  if (const auto* table = sql::TryAs<sql::CreateTable>(&statement)) return table->query.get();
  if (const auto* view = sql::TryAs<sql::CreateView>(&statement)) return view->query.get();
  if (const auto* insert = sql::TryAs<sql::Insert>(&statement)) return insert->query.get();
  return nullptr;
}

// `main`.`default`.`city` as main.default.city: quoted where it must be. What is no name stays.
std::string ShownTable(const std::string& table) {
  const Result<sql::Name> name = sql::ParseName(table);
  if (!name) return table;
  std::string shown;
  for (const sql::Identifier& part : name->parts) {
    shown += (shown.empty() ? "" : ".") + types::QuoteIdentifierIfNeeded(part.name);
  }
  return shown;
}

Row RowOf(const plan::ColumnLineage& column, const plan::SourceColumn& source,
          std::string_view reach, std::string_view how) {
  return {types::Value(column.name), types::Value(ShownTable(source.table)),
          types::Value(source.column), types::Value(std::string(reach)),
          types::Value(std::string(how))};
}

}  // namespace

Result<StatementResult> RunLineage(StatementContext& context, const sql::Statement& statement) {
  const sql::Query* query = QueryOf(statement);
  if (query == nullptr) {
    return Unsupported("Lineage is for queries, CREATE TABLE AS, CREATE VIEW and INSERT.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  const plan::Query analyzed = TRY(context.Analyze(*query));
  std::vector<Row> rows;
  for (const plan::ColumnLineage& column : plan::TraceLineage(analyzed)) {
    for (const auto& [source, reach] : column.direct)
      rows.push_back(RowOf(column, source, "direct", plan::ReachName(reach)));
    for (const auto& [source, reaches] : column.indirect) {
      for (const plan::IndirectReach reach : reaches)
        rows.push_back(RowOf(column, source, "indirect", plan::ReachName(reach)));
    }
    if (column.direct.empty() && column.indirect.empty()) {
      rows.push_back({types::Value(column.name), types::Value(), types::Value(), types::Value(),
                      types::Value()});
    }
  }
  StatementResult result = RowsResult(
      {TextColumn("output_column"), TextColumn("source_table", true),
       TextColumn("source_column", true), TextColumn("reach", true), TextColumn("how", true)},
      std::move(rows));
  result.kind = "LINEAGE";
  return result;
}

}  // namespace lakesmith::engine
