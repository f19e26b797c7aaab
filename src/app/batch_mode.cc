#include "app/batch_mode.h"

#include <string>

#include "app/error_text.h"
#include "base/redaction.h"
#include "engine/row_stream.h"
#include "types/value.h"

namespace lakesmith::app {
namespace {

std::string ColumnsText(const std::vector<types::StructField>& columns) {
  Json list = Json::array();
  for (const types::StructField& column : columns) {
    list.push_back({{"name", column.name}, {"type", column.type.SimpleString()}});
  }
  return JsonText(list);
}

void AddRow(const engine::Row& row, const std::vector<types::StructField>& columns,
            const types::TimeZone& zone, std::string& text) {
  text += '[';
  for (size_t index = 0; index < row.size(); ++index) {
    if (index > 0) text += ',';
    text += JsonText(types::ToBatchJson(row[index], columns[index].type, zone));
  }
  text += ']';
}

// The answer to one statement: its rows are all read before the first byte is sent, because a row
// may fail.
Result<std::string> Answer(engine::Session& session, const std::string& statement,
                           const engine::ExecuteOptions& options) {
  const engine::StatementResult result = TRY(session.Execute(statement, options));
  std::string text =
      fmt::format(R"({{"ok":true,"columns":{},"rows":[)", ColumnsText(result.columns));
  const types::TimeZone zone = session.TimeZone();
  bool first = true;
  while (true) {
    const std::vector<engine::Row> rows = TRY(result.rows->Next());
    if (rows.empty()) break;
    for (const engine::Row& row : rows) {
      if (!first) text += ',';
      first = false;
      AddRow(row, result.columns, zone, text);
    }
  }
  return text + "]}";
}

Status Send(std::string line, std::FILE* out) {
  if (!Redactor::OfProcess().empty()) line = Redactor::OfProcess().Redact(line);
  if (std::fwrite(line.data(), 1, line.size(), out) != line.size() ||
      std::fputc('\n', out) == EOF || std::fflush(out) != 0) {
    return Unavailable("the answer cannot be written");
  }
  return {};
}

bool IsEnd(const std::string& line) { return line == ";" || line == ";\r"; }

bool IsBlank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

constexpr std::string_view kParameters = "@parameters ";

// Values of :name markers, all of them strings, from a line `@parameters {"name": "value"}`.
Result<engine::ExecuteOptions> ReadParameters(const std::string& line) {
  const Result<Json> json = ParseJson(std::string_view(line).substr(kParameters.size()));
  if (!json || !json->is_object())
    return Invalid("@parameters needs a JSON object of names and texts");
  engine::ExecuteOptions options;
  for (const auto& [name, value] : json->items()) {
    if (!value.is_string()) return Invalid("@parameters: '{}' is no text", name);
    options.named_parameters.emplace(name, types::Value(value.get<std::string>()));
    options.parameter_types.emplace(name, types::DataType::String());
  }
  return options;
}

}  // namespace

Json ErrorAnswer(const Error& error) {
  return {{"ok", false},
          {"error", MessageWithPlace(error)},
          {"errorClass", error.error_class()},
          {"sqlState", error.sql_state()}};
}

Status RunBatchMode(engine::Session& session, std::istream& in, std::FILE* out) {
  std::string statement;
  std::string line;
  Result<engine::ExecuteOptions> options = engine::ExecuteOptions();
  while (true) {
    const bool more = static_cast<bool>(std::getline(in, line));
    if (more && IsBlank(statement) && line.starts_with(kParameters)) {
      options = ReadParameters(line);
      continue;
    }
    if (more && !IsEnd(line)) {
      statement += line + "\n";
      continue;
    }
    // The last statement may lack its end.
    if (!more && IsBlank(statement)) return {};
    const Result<std::string> answer =
        options ? Answer(session, statement, *options) : options.error();
    TRY(Send(answer ? *answer : JsonText(ErrorAnswer(answer.error())), out));
    if (!more) return {};
    statement.clear();
  }
}

}  // namespace lakesmith::app
