#include "app/result_output.h"

#include <algorithm>
#include <array>
#include <memory>

#include "app/row_writer_internal.h"
#include "base/json.h"
#include "base/nearest.h"
#include "base/redaction.h"

namespace lakesmith::app {
namespace {

constexpr std::array<std::string_view, 6> kFormatNames = {"table", "csv",      "json",
                                                          "jsonl", "markdown", "vertical"};
constexpr size_t kFlushBytes = 1 << 16;

class CsvWriter final : public RowWriter {
 public:
  CsvWriter(const Columns& columns, const OutputOptions& options)
      : columns_(columns), options_(options) {}

  void Begin(std::string& out) override {
    for (size_t index = 0; index < columns_.size(); ++index) {
      if (index > 0) out += ',';
      AddText(columns_[index].name, out);
    }
    out += '\n';
  }
  // Null is nothing, an empty text is "".
  void Add(const engine::Row& row, std::string& out) override {
    for (size_t index = 0; index < row.size(); ++index) {
      if (index > 0) out += ',';
      if (!row[index].is_null())
        AddText(types::ToSparkText(row[index], columns_[index].type, options_.zone), out);
    }
    out += '\n';
  }
  void End(std::string& /*out*/) override {}

 private:
  static void AddText(std::string_view text, std::string& out) {
    if (!text.empty() && text.find_first_of(",\"\n\r") == std::string_view::npos) {
      out += text;
      return;
    }
    out += '"';
    for (const char letter : text) {
      out.append(letter == '"' ? 2 : 1, letter);
    }
    out += '"';
  }

  const Columns& columns_;
  const OutputOptions& options_;
};

// One object a row: an array of them, or one on each line.
class JsonWriter final : public RowWriter {
 public:
  JsonWriter(const Columns& columns, const OutputOptions& options)
      : columns_(columns), options_(options), lines_(options.format == OutputFormat::kJsonLines) {
    for (const types::StructField& column : columns) {
      keys_.push_back(JsonText(Json(column.name)));
    }
  }

  void Begin(std::string& out) override {
    if (!lines_) out += '[';
  }
  void Add(const engine::Row& row, std::string& out) override {
    if (!lines_) out += first_ ? "\n " : ",\n ";
    first_ = false;
    out += '{';
    for (size_t index = 0; index < row.size(); ++index) {
      if (index > 0) out += ',';
      out += keys_[index];
      out += ':';
      out += JsonText(types::ToBatchJson(row[index], columns_[index].type, options_.zone));
    }
    out += lines_ ? "}\n" : "}";
  }
  void End(std::string& out) override {
    if (!lines_) out += first_ ? "]\n" : "\n]\n";
  }

 private:
  const Columns& columns_;
  const OutputOptions& options_;
  const bool lines_;
  bool first_ = true;
  std::vector<std::string> keys_;
};

class MarkdownWriter final : public RowWriter {
 public:
  MarkdownWriter(const Columns& columns, const OutputOptions& options)
      : columns_(columns), options_(options) {}

  void Begin(std::string& out) override {
    std::string rule = "|";
    for (const types::StructField& column : columns_) {
      AddCell(column.name, out);
      rule += column.type.IsNumeric() ? " ---: |" : " --- |";
    }
    out += "|\n" + rule + "\n";
  }
  void Add(const engine::Row& row, std::string& out) override {
    for (size_t index = 0; index < row.size(); ++index) {
      AddCell(CellText(row[index], columns_[index].type, options_.zone), out);
    }
    out += "|\n";
  }
  void End(std::string& /*out*/) override {}

 private:
  static void AddCell(std::string_view text, std::string& out) {
    out += "| ";
    for (const char letter : text) {
      if (letter == '|') out += '\\';
      out += letter;
    }
    out += ' ';
  }

  const Columns& columns_;
  const OutputOptions& options_;
};

// One line a column, for rows that are too wide for a table.
class VerticalWriter final : public RowWriter {
 public:
  VerticalWriter(const Columns& columns, const OutputOptions& options)
      : columns_(columns), options_(options) {
    for (const types::StructField& column : columns) {
      width_ = std::max(width_, DisplayWidth(column.name));
    }
  }

  void Begin(std::string& /*out*/) override {}
  void Add(const engine::Row& row, std::string& out) override {
    out += fmt::format("-[ row {} ]{:-<{}}\n", ++count_, "", 30);
    for (size_t index = 0; index < row.size(); ++index) {
      out.append(static_cast<size_t>(width_ - DisplayWidth(columns_[index].name)), ' ');
      out += columns_[index].name + ": ";
      out += types::ToSparkText(row[index], columns_[index].type, options_.zone) + "\n";
    }
  }
  void End(std::string& /*out*/) override {}

 private:
  const Columns& columns_;
  const OutputOptions& options_;
  int width_ = 0;
  int64_t count_ = 0;
};

std::unique_ptr<RowWriter> NewWriter(const Columns& columns, const OutputOptions& options) {
  switch (options.format) {
    case OutputFormat::kTable:
      return NewTableWriter(columns, options);
    case OutputFormat::kCsv:
      return std::make_unique<CsvWriter>(columns, options);
    case OutputFormat::kJson:
    case OutputFormat::kJsonLines:
      return std::make_unique<JsonWriter>(columns, options);
    case OutputFormat::kMarkdown:
      return std::make_unique<MarkdownWriter>(columns, options);
    case OutputFormat::kVertical:
      break;
  }
  return std::make_unique<VerticalWriter>(columns, options);
}

// A secret is struck out before cells are cut and measured; Flush finds those inside of lists and
// maps.
void RedactRow(engine::Row& row) {
  const Redactor& redactor = Redactor::OfProcess();
  if (redactor.empty()) return;
  for (types::Value& value : row) {
    if (const auto* text = std::get_if<std::string>(&value.storage()))
      value = types::Value(redactor.Redact(*text));
  }
}

Status Flush(std::string& text, std::FILE* out) {
  if (!Redactor::OfProcess().empty()) text = Redactor::OfProcess().Redact(text);
  if (!text.empty() &&
      (std::fwrite(text.data(), 1, text.size(), out) != text.size() || std::fflush(out) != 0)) {
    return Unavailable("the output cannot be written");
  }
  text.clear();
  return {};
}

}  // namespace

Result<OutputFormat> ParseOutputFormat(std::string_view name) {
  for (size_t index = 0; index < kFormatNames.size(); ++index) {
    if (name == kFormatNames[index]) return static_cast<OutputFormat>(index);
  }
  const std::vector<std::string> names(kFormatNames.begin(), kFormatNames.end());
  const std::string near = Nearest(name, names);
  return Invalid("unknown format '{}'; {}", name,
                 near.empty() ? "one of table, csv, json, jsonl, markdown, vertical"
                              : fmt::format("closest: '{}'", near));
}

Result<int64_t> WriteRows(engine::RowStream& rows, const OutputOptions& options, std::FILE* out) {
  if (rows.columns().empty()) return 0;
  const std::unique_ptr<RowWriter> writer = NewWriter(rows.columns(), options);
  std::string text;
  writer->Begin(text);
  int64_t count = 0;
  while (true) {
    Result<std::vector<engine::Row>> batch = rows.Next();
    if (!batch) {
      TRY(Flush(text, out));
      return std::move(batch).error();
    }
    if (batch->empty()) break;
    for (engine::Row& row : *batch) {
      RedactRow(row);
      writer->Add(row, text);
      if (text.size() >= kFlushBytes) TRY(Flush(text, out));
    }
    count += static_cast<int64_t>(batch->size());
  }
  writer->End(text);
  TRY(Flush(text, out));
  return count;
}

std::string CellText(const types::Value& value, const types::DataType& type,
                     const types::TimeZone& zone) {
  if (value.is_null()) return "NULL";
  std::string text = types::ToSparkText(value, type, zone);
  if (text.find_first_of("\n\r\t") == std::string::npos) return text;
  std::string line;
  for (const char letter : text) {
    if (letter == '\n') {
      line += "↵";
    } else {
      line += letter == '\r' || letter == '\t' ? ' ' : letter;
    }
  }
  return line;
}

}  // namespace lakesmith::app
