#include "sql/lexer.h"

#include <array>
#include <optional>

#include "base/ascii.h"
#include "sql/keyword.h"
#include "sql/syntax_error.h"

namespace lakesmith::sql {

namespace {

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool IsWordByte(char c) { return IsLetter(c) || IsDigit(c); }
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

struct Symbol {
  std::string_view text;
  TokenKind kind;
};

// Longest first among those that begin alike.
constexpr auto kSymbols = std::to_array<Symbol>({
    {"?::", TokenKind::kTryCast},
    {"<=>", TokenKind::kNullSafeEqual},
    {">>>", TokenKind::kShiftRightUnsigned},
    {"::", TokenKind::kDoubleColon},
    {"==", TokenKind::kEqual},
    {"=>", TokenKind::kFatArrow},
    {"<>", TokenKind::kNotEqual},
    {"!=", TokenKind::kNotEqual},
    {"<=", TokenKind::kLessOrEqual},
    {"!>", TokenKind::kLessOrEqual},
    {">=", TokenKind::kGreaterOrEqual},
    {"!<", TokenKind::kGreaterOrEqual},
    {"<<", TokenKind::kShiftLeft},
    {">>", TokenKind::kShiftRight},
    {"->", TokenKind::kArrow},
    {"|>", TokenKind::kPipe},
    {"||", TokenKind::kConcat},
    {"(", TokenKind::kLeftParen},
    {")", TokenKind::kRightParen},
    {"[", TokenKind::kLeftBracket},
    {"]", TokenKind::kRightBracket},
    {",", TokenKind::kComma},
    {";", TokenKind::kSemicolon},
    {".", TokenKind::kDot},
    {":", TokenKind::kColon},
    {"=", TokenKind::kEqual},
    {"<", TokenKind::kLess},
    {">", TokenKind::kGreater},
    {"+", TokenKind::kPlus},
    {"-", TokenKind::kMinus},
    {"*", TokenKind::kStar},
    {"/", TokenKind::kSlash},
    {"%", TokenKind::kPercent},
    {"~", TokenKind::kTilde},
    {"&", TokenKind::kAmpersand},
    {"|", TokenKind::kBar},
    {"^", TokenKind::kCaret},
    {"?", TokenKind::kQuestion},
    {"!", TokenKind::kBang},
    {"@", TokenKind::kAt},
});

// Bytes of white space at `position`: 0 for none. Unicode spaces count, as in Spark.
size_t WhiteSpaceLength(std::string_view text, size_t position) {
  const auto byte = [&](size_t offset) {
    return position + offset < text.size() ? static_cast<unsigned char>(text[position + offset])
                                           : 0U;
  };
  const unsigned first = byte(0);
  if (first == ' ' || (first >= 9 && first <= 13)) {
    return 1;
  }
  if (first == 0xC2 && (byte(1) == 0xA0 || byte(1) == 0x85)) {
    return 2;
  }
  if (first == 0xE2 && byte(1) == 0x80 &&
      ((byte(2) >= 0x80 && byte(2) <= 0x8A) || byte(2) == 0xA8 || byte(2) == 0xA9 ||
       byte(2) == 0xAF)) {
    return 3;
  }
  if (first == 0xE2 && byte(1) == 0x81 && byte(2) == 0x9F) {
    return 3;
  }
  const bool ideographic = first == 0xE3 && byte(1) == 0x80 && byte(2) == 0x80;
  const bool byte_order_mark = first == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF;
  return ideographic || byte_order_mark ? 3 : 0;
}

class Lexer {
 public:
  Lexer(std::string_view text, const ParseOptions& options) : text_(text), options_(options) {}

  Result<std::vector<Token>> Run() {
    tokens_.reserve(text_.size() / 5 + 8);
    while (true) {
      TRY(SkipSpace());
      if (position_ >= text_.size()) {
        break;
      }
      TRY(Next());
    }
    Add(TokenKind::kEnd, text_.size());
    return std::move(tokens_);
  }

 private:
  char At(size_t offset = 0) const {
    return position_ + offset < text_.size() ? text_[position_ + offset] : '\0';
  }
  bool StartsWith(std::string_view prefix) const {
    return text_.substr(position_).starts_with(prefix);
  }

  void Add(TokenKind kind, size_t end) {
    tokens_.push_back(Token{.kind = kind,
                            .begin = static_cast<uint32_t>(position_),
                            .end = static_cast<uint32_t>(end)});
    position_ = end;
  }

  Status SkipSpace() {
    while (position_ < text_.size()) {
      if (const size_t space = WhiteSpaceLength(text_, position_)) {
        position_ += space;
      } else if (StartsWith("--")) {
        position_ = SkipLineComment(text_, position_);
      } else if (StartsWith("/*") && At(2) != '+') {
        const TextEnd comment = SkipBlockComment(text_, position_);
        if (!comment.closed) {
          return SyntaxError(text_, position_, 2, "Found an unclosed comment; close it with */")
              .WithClass("UNCLOSED_BRACKETED_COMMENT", "42601");
        }
        position_ = comment.end;
      } else {
        break;
      }
    }
    return {};
  }

  Status Next() {
    const char c = At();
    if (IsDigit(c) || (c == '.' && IsDigit(At(1)))) {
      Number();
      return {};
    }
    if (c == '\'' || c == '"') {
      return Quoted(position_, !options_.escaped_string_literals);
    }
    if ((c == 'r' || c == 'R') && (At(1) == '\'' || At(1) == '"')) {
      return Quoted(position_ + 1, false);
    }
    if (c == '`') {
      return Quoted(position_, false);
    }
    if (IsLetter(c)) {
      Word(WordEnd(position_));
      return {};
    }
    if (c == '$') {
      const TextEnd dollar = SkipDollarQuoted(text_, position_);
      if (!dollar.closed) {
        return SyntaxError(text_, position_, 2, "Found a text that is not closed");
      }
      if (dollar.end > position_) {
        Add(TokenKind::kDollarString, dollar.end);
        return {};
      }
    }
    SymbolToken();
    return {};
  }

  Status Quoted(size_t quote, bool backslash_escapes) {
    const char kind = text_[quote];
    const TextEnd end = SkipQuoted(text_, quote, backslash_escapes && kind != '`');
    if (!end.closed) {
      return SyntaxError(text_, position_, 1,
                         fmt::format("Found a {} that is not closed; close it with {}",
                                     kind == '`' ? "name" : "text", kind));
    }
    const bool name = kind == '`' || (kind == '"' && options_.double_quoted_identifiers);
    Add(name ? TokenKind::kQuotedName : TokenKind::kString, end.end);
    return {};
  }

  size_t WordEnd(size_t position) const {
    while (position < text_.size() && IsWordByte(text_[position]) &&
           WhiteSpaceLength(text_, position) == 0) {
      ++position;
    }
    return position;
  }

  void Word(size_t end) {
    const KeywordId keyword = FindKeyword(text_.substr(position_, end - position_));
    Add(TokenKind::kWord, end);
    tokens_.back().keyword = keyword;
  }

  size_t DigitsEnd(size_t position) const {
    while (position < text_.size() && IsDigit(text_[position])) {
      ++position;
    }
    return position;
  }

  // End of an exponent at `position`, or `position` when there is none.
  size_t ExponentEnd(size_t position) const {
    if (position >= text_.size() || Upper(text_[position]) != 'E') {
      return position;
    }
    size_t digits = position + 1;
    if (digits < text_.size() && (text_[digits] == '+' || text_[digits] == '-')) {
      ++digits;
    }
    const size_t end = DigitsEnd(digits);
    return end > digits ? end : position;
  }

  // Kind and length of the suffix at `position`; empty when a word goes on there.
  struct Suffix {
    TokenKind kind;
    size_t end;
  };
  std::optional<Suffix> SuffixAt(size_t position, TokenKind plain, bool integral) const {
    const size_t word_end = WordEnd(position);
    const std::string_view word = text_.substr(position, word_end - position);
    if (word.empty()) {
      return Suffix{plain, position};
    }
    const char first = Upper(word[0]);
    if (word.size() == 2 && first == 'B' && Upper(word[1]) == 'D') {
      return Suffix{TokenKind::kBigDecimal, word_end};
    }
    if (word.size() != 1) {
      return std::nullopt;
    }
    if (first == 'D') return Suffix{TokenKind::kDouble, word_end};
    if (first == 'F') return Suffix{TokenKind::kFloat, word_end};
    if (integral && first == 'L') return Suffix{TokenKind::kLong, word_end};
    if (integral && first == 'S') return Suffix{TokenKind::kShort, word_end};
    if (integral && first == 'Y') return Suffix{TokenKind::kByte, word_end};
    return std::nullopt;
  }

  // A word may begin with digits, so what looks like a number may be a name: 1a.
  void Number() {
    const size_t whole_end = DigitsEnd(position_);
    if (whole_end < text_.size() && text_[whole_end] == '.') {
      const size_t fraction_end = DigitsEnd(whole_end + 1);
      const size_t exponent_end = ExponentEnd(fraction_end);
      const TokenKind plain =
          exponent_end > fraction_end ? TokenKind::kExponent : TokenKind::kDecimal;
      if (const auto suffix = SuffixAt(exponent_end, plain, false)) {
        return Add(suffix->kind, suffix->end);
      }
      if (whole_end == position_) {
        return Add(TokenKind::kDot, position_ + 1);
      }
    }
    const size_t exponent_end = ExponentEnd(whole_end);
    if (exponent_end > whole_end) {
      if (const auto suffix = SuffixAt(exponent_end, TokenKind::kExponent, false)) {
        return Add(suffix->kind, suffix->end);
      }
    }
    if (const auto suffix = SuffixAt(whole_end, TokenKind::kInteger, true)) {
      return Add(suffix->kind, suffix->end);
    }
    Word(WordEnd(position_));
  }

  void SymbolToken() {
    if (StartsWith("/*+")) {
      in_hint_ = true;
      return Add(TokenKind::kHintStart, position_ + 3);
    }
    if (in_hint_ && StartsWith("*/")) {
      in_hint_ = false;
      return Add(TokenKind::kHintEnd, position_ + 2);
    }
    for (const Symbol& symbol : kSymbols) {
      if (symbol.text[0] == At() && StartsWith(symbol.text)) {
        return Add(symbol.kind, position_ + symbol.text.size());
      }
    }
    Add(TokenKind::kUnknown, position_ + 1);
  }

  std::string_view text_;
  const ParseOptions& options_;
  size_t position_ = 0;
  bool in_hint_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> Tokenize(std::string_view text, const ParseOptions& options) {
  if (text.size() >= UINT32_MAX) {
    return Invalid("a text of {} bytes is too long to parse", text.size());
  }
  return Lexer(text, options).Run();
}

std::string_view TokenKindText(TokenKind kind) {
  if (kind == TokenKind::kHintEnd) {
    return "*/";
  }
  for (const Symbol& symbol : kSymbols) {
    if (symbol.kind == kind) {
      return symbol.text;
    }
  }
  return "";
}

TextEnd SkipQuoted(std::string_view text, size_t begin, bool backslash_escapes) {
  const char quote = text[begin];
  size_t position = begin + 1;
  while (position < text.size()) {
    const bool escape = backslash_escapes && text[position] == '\\';
    const bool is_quote = text[position] == quote;
    const bool doubled = is_quote && position + 1 < text.size() && text[position + 1] == quote;
    if (is_quote && !doubled) return {position + 1, true};
    position += escape || doubled ? 2 : 1;
  }
  return {text.size(), false};
}

size_t SkipLineComment(std::string_view text, size_t begin) {
  size_t position = begin;
  while (position < text.size() && text[position] != '\n' && text[position] != '\r') {
    // A backslash at the end of the line carries the comment on.
    position +=
        text[position] == '\\' && position + 1 < text.size() && text[position + 1] == '\n' ? 2 : 1;
  }
  return position;
}

TextEnd SkipBlockComment(std::string_view text, size_t begin) {
  size_t position = begin + 2;
  size_t depth = 1;
  while (position + 1 < text.size()) {
    if (text[position] == '*' && text[position + 1] == '/') {
      position += 2;
      if (--depth == 0) {
        return {position, true};
      }
    } else if (text[position] == '/' && text[position + 1] == '*') {
      position += 2;
      ++depth;
    } else {
      ++position;
    }
  }
  return {text.size(), false};
}

TextEnd SkipDollarQuoted(std::string_view text, size_t begin) {
  size_t tag_end = begin + 1;
  while (tag_end < text.size() && IsWordByte(text[tag_end])) {
    ++tag_end;
  }
  if (tag_end >= text.size() || text[tag_end] != '$') {
    return {begin, true};
  }
  const std::string_view tag = text.substr(begin, tag_end + 1 - begin);
  const size_t close = text.find(tag, tag_end + 1);
  if (close == std::string_view::npos) {
    return {text.size(), false};
  }
  return {close + tag.size(), true};
}

}  // namespace lakesmith::sql
