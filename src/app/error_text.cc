#include "app/error_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/redaction.h"

namespace lakesmith::app {
namespace {

std::string_view LineOf(std::string_view text, int line) {
  for (; line > 1; --line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return "";
    text.remove_prefix(end + 1);
  }
  return text.substr(0, std::min(text.find('\n'), text.size()));
}

// Bytes before the character of number `column`, from 1.
size_t BytesBefore(std::string_view line, int column) {
  size_t bytes = 0;
  for (int left = column - 1; left > 0 && bytes < line.size(); --left) {
    ++bytes;
    while (bytes < line.size() && (static_cast<unsigned char>(line[bytes]) & 0xC0) == 0x80) {
      ++bytes;
    }
  }
  return bytes;
}

}  // namespace

std::string MessageWithPlace(const Error& error) {
  const bool has_class = error.error_class().empty() || error.message().starts_with('[');
  const std::string prefix = has_class ? "" : fmt::format("[{}] ", error.error_class());
  return Redactor::OfProcess().Redact(prefix + error.ToString());
}

std::string ErrorText(const Error& error, std::string_view text, const Terminal& terminal) {
  std::string shown = terminal.Styled("error:", Style::kRed) + " " + MessageWithPlace(error);
  const SourceLocation& place = error.location();
  if (place.line == 0 || place.column == 0 || error.message().find('^') != std::string::npos)
    return shown;
  const std::string_view line = LineOf(text, place.line);
  if (line.empty()) return shown;
  std::string excerpt(line);
  std::ranges::replace(excerpt, '\t', ' ');
  const int blanks = DisplayWidth(line.substr(0, BytesBefore(line, place.column)));
  return fmt::format("{}\n  {}\n  {:{}}{}", shown, excerpt, "", blanks,
                     terminal.Styled("^", Style::kRed));
}

}  // namespace lakesmith::app
