#pragma once

#include <string>
#include <string_view>

namespace lakesmith {

// Letters and digits of ASCII alone, whatever the locale: names of formats, options and keywords.
// Other bytes are left as they are.

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

constexpr char LowerByte(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr char UpperByte(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

inline std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = LowerByte(c);
  return lower;
}

// Without the blanks and line ends around it.
constexpr std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace lakesmith
