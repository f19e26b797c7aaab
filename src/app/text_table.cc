#include "app/text_table.h"

#include <algorithm>

namespace lakesmith::app {
namespace {

std::string Line(const std::vector<std::string>& cells, const std::vector<int>& widths) {
  std::string line;
  for (size_t index = 0; index < cells.size(); ++index) {
    line += cells[index];
    if (index + 1 == cells.size()) break;
    line.append(static_cast<size_t>(widths[index] - DisplayWidth(cells[index])) + 2, ' ');
  }
  return line;
}

}  // namespace

std::string TextTable(const std::vector<std::string>& heading,
                      const std::vector<std::vector<std::string>>& rows, const Terminal& terminal) {
  std::vector<int> widths;
  for (size_t index = 0; index < heading.size(); ++index) {
    int width = DisplayWidth(heading[index]);
    for (const std::vector<std::string>& row : rows) {
      width = std::max(width, DisplayWidth(row[index]));
    }
    widths.push_back(width);
  }
  std::string text = terminal.Styled(Line(heading, widths), Style::kBold) + "\n";
  for (const std::vector<std::string>& row : rows) {
    text += Line(row, widths) + "\n";
  }
  return text;
}

}  // namespace lakesmith::app
