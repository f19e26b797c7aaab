#include "app/argument_values.h"

#include <array>
#include <string>

#include "base/ascii.h"

namespace lakesmith::app {
namespace {

constexpr int64_t kMillion = 1000000;

// Reads "12.34" in millionths; `position` is moved past it. -1 when there is no number, or a too
// large one.
int64_t ReadMillionths(std::string_view text, size_t& position) {
  int64_t value = 0;
  const size_t start = position;
  for (; position < text.size() && IsDigit(text[position]); ++position) {
    value = value * 10 + (text[position] - '0');
    if (value > 1000000000000) return -1;
  }
  if (position == start) return -1;
  value *= kMillion;
  if (position == text.size() || text[position] != '.') return value;
  int64_t unit = kMillion / 10;
  for (++position; position < text.size() && IsDigit(text[position]); ++position) {
    if (unit == 0) return -1;
    value += (text[position] - '0') * unit;
    unit /= 10;
  }
  return value;
}

}  // namespace

Result<int32_t> ParseShare(std::string_view text) {
  size_t position = 0;
  const int64_t millionths = ReadMillionths(text, position);
  if (millionths < 0 || millionths > kMillion || position != text.size()) {
    return Invalid("'{}' is not a share; write a number from 0 to 1, such as 0.02", text);
  }
  return static_cast<int32_t>(millionths);
}

Result<int64_t> ParseSize(std::string_view text) {
  struct Unit {
    std::string_view name;
    int64_t bytes;
  };
  static constexpr std::array<Unit, 12> kUnits = {{{"", 1},
                                                   {"B", 1},
                                                   {"KB", 1000},
                                                   {"MB", 1000000},
                                                   {"GB", 1000000000},
                                                   {"TB", 1000000000000},
                                                   {"KIB", 1024},
                                                   {"MIB", 1048576},
                                                   {"GIB", 1073741824},
                                                   {"TIB", 1099511627776},
                                                   {"M", 1000000},
                                                   {"G", 1000000000}}};
  size_t position = 0;
  const int64_t millionths = ReadMillionths(text, position);
  std::string unit;
  for (; position < text.size(); ++position) {
    if (text[position] == ' ') continue;
    unit += static_cast<char>(text[position] >= 'a' && text[position] <= 'z' ? text[position] - 32
                                                                             : text[position]);
  }
  for (const Unit& known : kUnits) {
    if (millionths < 0 || unit != known.name) continue;
    const auto bytes = static_cast<__int128>(millionths) * known.bytes / kMillion;
    if (bytes < (static_cast<__int128>(1) << 60)) return static_cast<int64_t>(bytes);
  }
  return Invalid("'{}' is not a size; write a number with a unit, such as 500MB or 1.5GiB", text);
}

}  // namespace lakesmith::app
