#include "app/statement_runner.h"

#include <chrono>
#include <cstdio>

#include "app/error_text.h"
#include "app/terminal.h"
#include "engine/row_stream.h"
#include "sql/parse.h"

namespace lakesmith::app {
namespace {

using Clock = std::chrono::steady_clock;

void PrintError(const Error& error, std::string_view text) {
  std::fflush(stdout);
  const bool cancelled = error.code() == ErrorCode::kCancelled;
  fmt::print(stderr, "{}\n", cancelled ? "cancelled" : ErrorText(error, text, Terminal::Error()));
}

}  // namespace

bool StatementRunner::RunScript(std::string_view script, const std::string& file) {
  for (const sql::StatementPiece& piece : sql::SplitStatements(script)) {
    if (!RunStatement(script, piece.offset, piece.text, file)) return false;
  }
  return true;
}

bool StatementRunner::RunStatement(std::string_view script, size_t offset,
                                   std::string_view statement, const std::string& file) {
  const Clock::time_point started = Clock::now();
  // Blanks in front keep the columns of errors those of the script.
  const SourceLocation place = sql::LocationOf(script, offset);
  const std::string text =
      std::string(static_cast<size_t>(place.column - 1), ' ') + std::string(statement);
  engine::ExecuteOptions options;
  options.file = file;
  options.first_line = place.line;
  options.lineage = options_.lineage;
  const Result<engine::StatementResult> result = session_.Execute(text, options);
  if (!result) {
    PrintError(result.error(), script);
    return false;
  }
  if (!options_.quiet && !result->notice.empty()) fmt::print(stderr, "note: {}\n", result->notice);
  const Terminal& terminal = Terminal::Out();
  const OutputOptions output{.format = options_.format,
                             .zone = session_.TimeZone(),
                             .terminal = terminal.interactive() ? &terminal : nullptr};
  const Result<int64_t> rows = WriteRows(*result->rows, output, stdout);
  if (!rows) {
    PrintError(rows.error(), script);
    return false;
  }
  const int64_t micros =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started).count();
  if (options_.remarks) PrintRemark(*result, *rows, micros);
  return true;
}

void StatementRunner::PrintRemark(const engine::StatementResult& result, int64_t rows,
                                  int64_t microseconds) const {
  std::string what = result.columns.empty() ? "done" : Plural(rows, "row");
  if (result.metrics.rows_affected > 0)
    what = fmt::format("{} affected", Plural(result.metrics.rows_affected, "row"));
  if (result.metrics.table_version)
    what += fmt::format(", version {}", *result.metrics.table_version);
  fmt::print(stderr, "{}\n",
             Terminal::Error().Styled(fmt::format("({}, {})", what, DurationText(microseconds)),
                                      Style::kDim));
}

}  // namespace lakesmith::app
