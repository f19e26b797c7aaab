#include <algorithm>
#include <numeric>

#include "app/row_writer_internal.h"

namespace lakesmith::app {
namespace {

// Rows that decide the widths of the columns.
constexpr size_t kSampleRows = 1000;
constexpr int kNarrowestColumn = 8;

struct Cell {
  std::string text;
  bool is_null = false;
};

class TableWriter final : public RowWriter {
 public:
  TableWriter(const Columns& columns, const OutputOptions& options)
      : columns_(columns), options_(options) {}

  void Begin(std::string& /*out*/) override {}

  void Add(const engine::Row& row, std::string& out) override {
    std::vector<Cell> cells;
    cells.reserve(row.size());
    for (size_t index = 0; index < row.size(); ++index) {
      cells.push_back({.text = CellText(row[index], columns_[index].type, options_.zone),
                       .is_null = row[index].is_null()});
    }
    if (started_) return AddLine(cells, out);
    sample_.push_back(std::move(cells));
    if (sample_.size() >= kSampleRows) Start(out);
  }

  void End(std::string& out) override {
    if (!started_) Start(out);
    AddRule("└", "┴", "┘", out);
  }

 private:
  void Start(std::string& out) {
    started_ = true;
    MeasureColumns();
    FitToTerminal();
    AddRule("┌", "┬", "┐", out);
    AddHeader(out);
    AddRule("├", "┼", "┤", out);
    for (const std::vector<Cell>& cells : sample_) {
      AddLine(cells, out);
    }
    sample_.clear();
  }

  void MeasureColumns() {
    for (size_t index = 0; index < columns_.size(); ++index) {
      int width = DisplayWidth(columns_[index].name);
      for (const std::vector<Cell>& cells : sample_) {
        width = std::max(width, DisplayWidth(cells[index].text));
      }
      widths_.push_back(width);
    }
  }

  // On a terminal the widest columns are cut until the table fits; a file gets every letter.
  void FitToTerminal() {
    if (options_.terminal == nullptr || !options_.terminal->interactive()) return;
    cuts_ = true;
    const int room = options_.terminal->Width() - 1 - 3 * static_cast<int>(widths_.size());
    while (std::accumulate(widths_.begin(), widths_.end(), 0) > room) {
      const auto widest = std::ranges::max_element(widths_);
      if (*widest <= kNarrowestColumn) break;
      --*widest;
    }
  }

  void AddRule(std::string_view left, std::string_view middle, std::string_view right,
               std::string& out) const {
    out += left;
    for (size_t index = 0; index < widths_.size(); ++index) {
      if (index > 0) out += middle;
      for (int column = 0; column < widths_[index] + 2; ++column) {
        out += "─";
      }
    }
    out += right;
    out += '\n';
  }

  void AddHeader(std::string& out) const {
    for (size_t index = 0; index < columns_.size(); ++index) {
      AddCell({.text = columns_[index].name}, index, true, out);
    }
    out += "│\n";
  }

  void AddLine(const std::vector<Cell>& cells, std::string& out) const {
    for (size_t index = 0; index < cells.size(); ++index) {
      AddCell(cells[index], index, false, out);
    }
    out += "│\n";
  }

  void AddCell(const Cell& cell, size_t index, bool is_header, std::string& out) const {
    const std::string text = cuts_ ? CutToWidth(cell.text, widths_[index]) : cell.text;
    const auto blanks = static_cast<size_t>(std::max(0, widths_[index] - DisplayWidth(text)));
    const bool right = columns_[index].type.IsNumeric();
    out += "│ ";
    if (right) out.append(blanks, ' ');
    out += Styled(text, cell.is_null, is_header);
    if (!right) out.append(blanks, ' ');
    out += ' ';
  }

  std::string Styled(const std::string& text, bool is_null, bool is_header) const {
    if (options_.terminal == nullptr || (!is_null && !is_header)) return text;
    return options_.terminal->Styled(text, is_header ? Style::kBold : Style::kDim);
  }

  const Columns& columns_;
  const OutputOptions& options_;
  bool started_ = false;
  bool cuts_ = false;
  std::vector<std::vector<Cell>> sample_;
  std::vector<int> widths_;
};

}  // namespace

std::unique_ptr<RowWriter> NewTableWriter(const Columns& columns, const OutputOptions& options) {
  return std::make_unique<TableWriter>(columns, options);
}

}  // namespace lakesmith::app
