#include <utility>

#include "delta/statistics.h"
#include "engine/statements/in_place_internal.h"
#include "plan/function_registry.h"
#include "plan/visit.h"

namespace lakesmith::engine {
namespace {

std::vector<delta::AddFilePtr> FilesOf(const delta::Snapshot& snapshot,
                                       const MatchCounts& matches) {
  std::vector<delta::AddFilePtr> files;
  files.reserve(matches.size());
  for (const auto& [index, rows] : matches)
    files.push_back(snapshot.files()[static_cast<size_t>(index)]);
  return files;
}

Result<std::string> ConditionText(StatementContext& context, RowsText& rows,
                                  const plan::ExpressionPtr& condition) {
  if (condition == nullptr) return std::string("true");
  return TakeReferences(rows, TRY(context.Emit(condition, RowsColumn)));
}

// All rows change, so the log says how many each file has; nullopt when a file does not say.
std::optional<MatchCounts> LoggedCounts(const delta::Snapshot& snapshot) {
  MatchCounts matches;
  for (size_t i = 0; i < snapshot.files().size(); ++i) {
    const std::optional<int64_t> live = delta::LiveRecords(*snapshot.files()[i]);
    if (!live) return std::nullopt;
    if (*live > 0) matches[static_cast<int64_t>(i)] = *live;
  }
  return matches;
}

bool IsVolatile(const plan::Expression& expression) {
  bool found = expression.function != nullptr && expression.function->is_volatile;
  plan::ForEachPart(expression,
                    [&](const plan::Expression& part) { found = found || IsVolatile(part); });
  return found;
}

}  // namespace

bool ChangesInPlace(const TableShape& shape, const plan::ExpressionPtr& condition) {
  if (shape.properties.enable_deletion_vectors || shape.properties.enable_change_data_feed)
    return false;
  return condition == nullptr || (!plan::ContainsSubquery(*condition) && !IsVolatile(*condition));
}

Result<MatchCounts> CountMatches(StatementContext& context,
                                 const StatementContext::OpenTable& table, const TableShape& shape,
                                 const plan::ExpressionPtr& condition,
                                 const delta::Predicate& predicate) {
  if (condition == nullptr) {
    if (std::optional<MatchCounts> logged = LoggedCounts(*table.snapshot)) return *logged;
  }
  RowsText rows = TargetRows(context, table, shape, CandidateFiles(*table.snapshot, predicate));
  const std::string where = TRY(ConditionText(context, rows, condition));
  rows.sql = fmt::format("SELECT {0} AS k0, count(*) AS k1 FROM ({1}) AS q WHERE ({2}) GROUP BY 1",
                         RowsColumn(shape.fields().size()), rows.sql, where);
  rows.columns = {{"file", types::DataType::Long()}, {"rows", types::DataType::Long()}};
  const std::unique_ptr<RowStream> stream = TRY(context.session.connection->Query(rows.ToQuery()));
  MatchCounts matches;
  for (const Row& row : TRY(Collect(*stream))) matches[row[0].as<int64_t>()] = row[1].as<int64_t>();
  return matches;
}

Result<FileChanges> DeleteInPlace(StatementContext& context,
                                  const StatementContext::OpenTable& table, const TableShape& shape,
                                  const plan::ExpressionPtr& condition,
                                  const MatchCounts& matches) {
  FileChanges out;
  out.removed = FilesOf(*table.snapshot, matches);
  std::vector<delta::AddFilePtr> partly;
  for (const auto& [index, deleted] : matches) {
    const delta::AddFilePtr& file = table.snapshot->files()[static_cast<size_t>(index)];
    if (delta::LiveRecords(*file) != deleted) partly.push_back(file);
  }
  if (partly.empty()) return out;
  RowsText rows = TargetRows(context, table, shape, partly);
  const std::string where = TRY(ConditionText(context, rows, condition));
  std::string items;
  for (size_t i = 0; i < shape.fields().size(); ++i) items += (i == 0 ? "" : ", ") + RowsColumn(i);
  rows.sql = fmt::format("SELECT {} FROM ({}) AS q WHERE ({}) IS NOT TRUE", items, rows.sql, where);
  rows.columns = shape.fields();
  out.added = TRY(WriteRows(context, rows, shape, table.target.location));
  out.rows_copied = out.added.row_count;
  return out;
}

Result<FileChanges> UpdateInPlace(StatementContext& context,
                                  const StatementContext::OpenTable& table, const TableShape& shape,
                                  const std::vector<plan::ExpressionPtr>& values,
                                  const plan::ExpressionPtr& condition,
                                  const MatchCounts& matches) {
  FileChanges out;
  out.removed = FilesOf(*table.snapshot, matches);
  RowsText rows = TargetRows(context, table, shape, out.removed);
  const size_t count = shape.fields().size();
  const std::string flag = RowsColumn(count);
  const std::string where = TRY(ConditionText(context, rows, condition));
  std::string columns;
  std::string items;
  for (size_t i = 0; i < count; ++i) {
    const std::string column = RowsColumn(i);
    const std::string value = TakeReferences(rows, TRY(context.Emit(values[i], RowsColumn)));
    columns += column + ", ";
    items += value == column ? column + ", "
                             : fmt::format("CASE WHEN {} THEN {} ELSE {} END AS {}, ", flag, value,
                                           column, column);
  }
  rows.sql = fmt::format("SELECT {0}{1} FROM (SELECT {2}({3}) IS TRUE AS {1} FROM ({4}) AS q) AS q",
                         items, flag, columns, where, rows.sql);
  rows.columns = shape.fields();
  rows.columns.push_back({"changed", types::DataType::Boolean()});
  rows = TRY(FinishRows(context, std::move(rows), shape, 1, flag));
  columns.resize(columns.size() - 2);
  rows.sql = fmt::format("SELECT {} FROM ({}) AS q", columns, rows.sql);
  rows.columns = shape.fields();
  out.added = TRY(WriteRows(context, rows, shape, table.target.location));
  int64_t updated = 0;
  for (const auto& [index, changed] : matches) updated += changed;
  out.rows_copied = out.added.row_count - updated;
  return out;
}

}  // namespace lakesmith::engine
