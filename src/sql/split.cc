#include <vector>

#include "sql/lexer.h"
#include "sql/parse.h"

namespace lakesmith::sql {

namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Where the text, name or comment at `position` ends; `position` when none begins there.
size_t SkipWhole(std::string_view script, size_t position) {
  const char c = script[position];
  const char next = position + 1 < script.size() ? script[position + 1] : '\0';
  if (c == '\'' || c == '"') {
    const bool raw = position > 0 && (script[position - 1] == 'r' || script[position - 1] == 'R') &&
                     (position == 1 || IsSpace(script[position - 2]) ||
                      std::string_view("(,=").find(script[position - 2]) != std::string_view::npos);
    return SkipQuoted(script, position, !raw).end;
  }
  if (c == '`') {
    return SkipQuoted(script, position, false).end;
  }
  if (c == '-' && next == '-') {
    return SkipLineComment(script, position);
  }
  if (c == '/' && next == '*') {
    return SkipBlockComment(script, position).end;
  }
  return c == '$' ? SkipDollarQuoted(script, position).end : position;
}

bool IsComment(std::string_view script, size_t position) {
  return script.substr(position, 2) == "--" || script.substr(position, 2) == "/*";
}

}  // namespace

std::vector<StatementPiece> SplitStatements(std::string_view script) {
  std::vector<StatementPiece> pieces;
  size_t begin = std::string_view::npos;  // First byte of the piece that is no space or comment.
  size_t end = 0;                         // Behind its last such byte.
  const auto finish = [&] {
    if (begin != std::string_view::npos) {
      pieces.push_back({begin, script.substr(begin, end - begin)});
    }
    begin = std::string_view::npos;
  };
  for (size_t position = 0; position < script.size();) {
    if (script[position] == ';') {
      finish();
      ++position;
      continue;
    }
    const size_t whole = SkipWhole(script, position);
    const bool counts =
        whole > position ? !IsComment(script, position) : !IsSpace(script[position]);
    const size_t next = whole > position ? whole : position + 1;
    if (counts) {
      begin = begin == std::string_view::npos ? position : begin;
      end = next;
    }
    position = next;
  }
  finish();
  return pieces;
}

}  // namespace lakesmith::sql
