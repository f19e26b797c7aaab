#include "types/variant_text.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/ascii.h"
#include "types/value.h"

namespace lakesmith::types {
namespace {

constexpr size_t kMaxDecimalDigits = 38;

bool IsNumberByte(char c) {
  return IsDigit(c) || c == '.' || c == 'e' || c == 'E' || c == '-' || c == '+';
}

// Digits that a decimal keeps: those from the first one that is not zero on.
bool IsDecimal(std::string_view number, size_t point) {
  if (number.find_first_of("eE") != std::string_view::npos) return false;
  const auto zero = [](char c) { return c == '0' || c == '-' || c == '.'; };
  const size_t scale = number.size() - std::min(point + 1, number.size());
  const std::string_view kept(std::ranges::find_if_not(number, zero), number.end());
  const size_t digits = static_cast<size_t>(std::ranges::count_if(kept, IsDigit));
  return digits <= kMaxDecimalDigits && scale <= kMaxDecimalDigits;
}

// Where the string ends that begins at `at`.
size_t StringEnd(std::string_view json, size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return std::min(at + 1, json.size());
}

}  // namespace

bool IsPlainInVariant(std::string_view number) {
  bool fraction = false;
  for (const char c : number) {
    if (c == 'e' || c == 'E') return false;
    fraction = fraction || c == '.';
  }
  return number.size() <= kMaxDecimalDigits && !(fraction && number.back() == '0');
}

void AppendVariantNumber(std::string_view number, std::string& out) {
  const size_t point = number.find('.');
  if (!IsDecimal(number, point)) {
    out += DoubleText(std::strtod(std::string(number).c_str(), nullptr));
    return;
  }
  while (point != std::string_view::npos && number.ends_with('0')) number.remove_suffix(1);
  if (number.ends_with('.')) number.remove_suffix(1);
  out += number == "-0" ? "0" : number;
}

std::string VariantText(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  size_t copied = 0;
  for (size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      at = StringEnd(json, at);
      continue;
    }
    if (!IsDigit(json[at]) && json[at] != '-') {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < json.size() && IsNumberByte(json[end])) ++end;
    if (const std::string_view number = json.substr(at, end - at); !IsPlainInVariant(number)) {
      out.append(json, copied, at - copied);
      AppendVariantNumber(number, out);
      copied = end;
    }
    at = end;
  }
  return out.append(json, copied);
}

}  // namespace lakesmith::types
