#include <atomic>

#include "engine/statements/rows_text_internal.h"

namespace lakesmith::engine {
namespace {

std::string FreshScanId() {
  static std::atomic<uint64_t> counter = 0;
  return fmt::format("rows{}", counter.fetch_add(1));
}

std::string ScanCall(std::string_view id) { return fmt::format("lakesmith_scan('{}')", id); }

void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Gives each scan an id of its own and uses it in `sql`.
void RenameScans(std::string& sql, std::vector<ScanBinding>& scans) {
  for (ScanBinding& scan : scans) {
    std::string fresh = FreshScanId();
    ReplaceAll(sql, ScanCall(scan.id), ScanCall(fresh));
    scan.id = std::move(fresh);
  }
}

}  // namespace

std::string RowsColumn(size_t index) { return fmt::format("k{}", index); }

EmittedQuery RowsText::ToQuery() const {
  EmittedQuery query;
  query.sql = sql;
  query.scans = scans;
  query.native_functions = native_functions;
  query.columns = columns;
  return query;
}

RowsText RowsOf(EmittedQuery query) {
  RowsText rows;
  rows.columns = std::move(query.columns);
  RenameScans(query.sql, query.scans);
  std::string names;
  for (size_t i = 0; i < rows.columns.size(); ++i) names += (i == 0 ? "" : ", ") + RowsColumn(i);
  rows.sql = fmt::format("SELECT * FROM ({}) AS q({})", query.sql, names);
  rows.scans = std::move(query.scans);
  rows.native_functions = std::move(query.native_functions);
  return rows;
}

RowsText RowsOfScan(decltype(ScanBinding::source) source, std::vector<types::StructField> columns,
                    const std::vector<types::StructField>& extra) {
  RowsText rows;
  rows.columns = std::move(columns);
  rows.columns.insert(rows.columns.end(), extra.begin(), extra.end());
  std::string items;
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    items += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", EngineName(rows.columns[i].name),
                         RowsColumn(i));
  }
  ScanBinding binding{FreshScanId(), std::move(source)};
  rows.sql = fmt::format("SELECT {} FROM {}", items, ScanCall(binding.id));
  rows.scans.push_back(std::move(binding));
  return rows;
}

template <typename Piece>
std::string TakeReferences(RowsText& into, Piece piece) {
  RenameScans(piece.sql, piece.scans);
  for (ScanBinding& scan : piece.scans) into.scans.push_back(std::move(scan));
  for (std::string& function : piece.native_functions)
    into.native_functions.push_back(std::move(function));
  return std::move(piece.sql);
}

template std::string TakeReferences(RowsText& into, EmittedExpression piece);
template std::string TakeReferences(RowsText& into, RowsText piece);

std::string EngineText(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

std::string EngineName(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string RaiseText(std::string_view error_class, std::string_view sql_state,
                      std::string_view message, std::string_view values) {
  const std::string text = EngineText(fmt::format("[{}:{}] {}", error_class, sql_state, message));
  if (values.empty()) return fmt::format("error({})", text);
  return fmt::format("error({} || coalesce({}, ''))", text, values);
}

}  // namespace lakesmith::engine
