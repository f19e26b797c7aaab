#include "sql/syntax_error.h"

#include <algorithm>

#include "sql/parse.h"

namespace lakesmith::sql {

namespace {

constexpr size_t kWidestLine = 120;
constexpr size_t kWidestCaret = 40;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

size_t CharacterCount(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

// The source line of `offset` and a line with carets; long lines are cut around the place.
std::string SourceExcerpt(std::string_view text, size_t offset, size_t length) {
  const size_t line_begin = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
  const size_t line_end = std::min(text.find('\n', offset), text.size());
  size_t begin = line_begin;
  if (offset - begin > kWidestLine / 2) {
    begin = offset - kWidestLine / 2;
    while (begin < offset && IsContinuation(text[begin])) {
      ++begin;
    }
  }
  std::string_view line = text.substr(begin, std::min(line_end - begin, kWidestLine));
  while (!line.empty() && begin + line.size() < line_end &&
         IsContinuation(text[begin + line.size()])) {
    line.remove_suffix(1);
  }
  std::string excerpt = "\n  ";
  for (const char c : line) {
    excerpt.push_back(c == '\t' || c == '\r' ? ' ' : c);
  }
  const size_t carets = std::min(length, line_end > offset ? line_end - offset : 1);
  return excerpt + "\n  " + std::string(CharacterCount(text.substr(begin, offset - begin)), ' ') +
         std::string(std::clamp<size_t>(carets, 1, kWidestCaret), '^');
}

}  // namespace

Error SyntaxError(std::string_view text, size_t offset, size_t length, std::string_view message) {
  return Error(ErrorCode::kInvalid,
               std::string(message) + SourceExcerpt(text, std::min(offset, text.size()), length))
      .WithClass("PARSE_SYNTAX_ERROR", "42601")
      .At(LocationOf(text, offset));
}

SourceLocation LocationOf(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const size_t line_begin = before.rfind('\n') + 1;
  return SourceLocation{
      .file = "",
      .line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
      .column = static_cast<int>(CharacterCount(before.substr(line_begin))) + 1};
}

}  // namespace lakesmith::sql
