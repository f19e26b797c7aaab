#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/parse.h"
#include "sql/token.h"

namespace lakesmith::sql {

// Tokens of a text with a kEnd at the end; white space and comments are left out. The text must be
// shorter than 4 GiB.
// Errors: kInvalid where a text, name or comment is not closed.
Result<std::vector<Token>> Tokenize(std::string_view text, const ParseOptions& options);

// Value of a kString or kDollarString token: quotes removed, escapes resolved.
std::string StringValue(std::string_view token_text, const ParseOptions& options);

// Name inside a kQuotedName token, doubled backticks joined.
std::string QuotedNameValue(std::string_view token_text);

// Where a piece of text ends that is skipped as a whole.
struct TextEnd {
  size_t end = 0;  // Behind its last byte; the size of the text when it is not closed.
  bool closed = true;
};

// `begin` is at the opening quote; quotes are closed by the same, doubled ones and `\` skip.
TextEnd SkipQuoted(std::string_view text, size_t begin, bool backslash_escapes);
// `begin` is at "--".
size_t SkipLineComment(std::string_view text, size_t begin);
// `begin` is at "/*"; comments nest.
TextEnd SkipBlockComment(std::string_view text, size_t begin);
// `begin` is at '$'. When no $tag$ opens there, `end` equals `begin`.
TextEnd SkipDollarQuoted(std::string_view text, size_t begin);

}  // namespace lakesmith::sql
