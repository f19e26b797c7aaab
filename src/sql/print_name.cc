#include <algorithm>
#include <string>
#include <string_view>

#include "sql/keyword.h"
#include "sql/print.h"
#include "sql/printer_internal.h"

namespace lakesmith::sql {

namespace {

bool IsPlainWord(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9');
  });
}

// Words that mean something else in a place where a name stands.
bool IsHardWord(std::string_view name) {
  static constexpr Keyword kHard[] = {
      "ALL",       "AND",       "ANTI",       "AS",         "ASC",     "BETWEEN",  "BY",
      "CASE",      "CAST",      "CROSS",      "CUBE",       "DESC",    "DISTINCT", "ELSE",
      "END",       "EXCEPT",    "EXISTS",     "FALSE",      "FOR",     "FROM",     "FULL",
      "GROUP",     "HAVING",    "IDENTIFIER", "ILIKE",      "IN",      "INNER",    "INTERSECT",
      "INTERVAL",  "IS",        "JOIN",       "LATERAL",    "LEFT",    "LIKE",     "LIMIT",
      "MINUS",     "NATURAL",   "NOT",        "NULL",       "OFFSET",  "ON",       "OR",
      "ORDER",     "PIVOT",     "QUALIFY",    "RIGHT",      "RLIKE",   "ROLLUP",   "SELECT",
      "SEMI",      "SET",       "SETMINUS",   "STREAM",     "TABLE",   "THEN",     "TRUE",
      "TRY_CAST",  "SAFE_CAST", "UNION",      "UNPIVOT",    "USING",   "VALUES",   "WHEN",
      "WHERE",     "WINDOW",    "WITH",       "CONSTRAINT", "MAP",     "REDUCE",   "GROUPING",
      "REGEXP",    "DIV",       "OVER",       "FILTER",     "REPLACE", "COLLATE",  "TABLESAMPLE",
      "WATERMARK", "VERSION",   "TIMESTAMP",  "CHANGES"};
  const KeywordId word = FindKeyword(name);
  return word != 0 && std::any_of(std::begin(kHard), std::end(kHard),
                                  [word](Keyword hard) { return hard.id == word; });
}

}  // namespace

std::string QuoteNameAlways(std::string_view name) {
  std::string quoted = "`";
  for (const char c : name) {
    quoted += c == '`' ? "``" : std::string(1, c);
  }
  return quoted + "`";
}

std::string QuoteText(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    switch (c) {
      case '\'':
        quoted += "\\'";
        break;
      case '\\':
        quoted += "\\\\";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '\r':
        quoted += "\\r";
        break;
      case '\0':
        quoted += "\\000";
        break;
      default:
        quoted += c;
    }
  }
  return quoted + "'";
}

std::string QuoteName(std::string_view name) {
  return IsPlainWord(name) && !IsHardWord(name) ? std::string(name) : QuoteNameAlways(name);
}

}  // namespace lakesmith::sql
