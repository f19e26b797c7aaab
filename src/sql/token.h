#pragma once

#include <cstdint>
#include <string_view>

namespace lakesmith::sql {

enum class TokenKind : uint8_t {
  kEnd,
  kWord,          // Unquoted; `word` is its keyword when it is one.
  kQuotedName,    // `name`
  kString,        // '...', "...", r'...'
  kDollarString,  // $$...$$, $tag$...$tag$
  kInteger,       // 12
  kDecimal,       // 1.5, .5, 1.
  kExponent,      // 1e3, 1.5e-3
  kByte,          // 1Y
  kShort,         // 1S
  kLong,          // 1L
  kFloat,         // 1.5F
  kDouble,        // 1.5D
  kBigDecimal,    // 1.5BD
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kComma,
  kSemicolon,
  kDot,
  kColon,
  kDoubleColon,
  kTryCast,  // ?::
  kEqual,
  kNullSafeEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kTilde,
  kAmpersand,
  kBar,
  kConcat,
  kCaret,
  kShiftLeft,
  kShiftRight,
  kShiftRightUnsigned,
  kArrow,     // ->
  kFatArrow,  // =>
  kPipe,      // |>
  kQuestion,
  kBang,
  kAt,
  kHintStart,  // /*+
  kHintEnd,
  kUnknown,  // A character of no meaning in SQL.
};

// Number of a keyword in the table of keyword.cc; 0 is none.
using KeywordId = uint16_t;

struct Token {
  TokenKind kind = TokenKind::kEnd;
  bool opens_query = false;  // '(' that encloses a query.
  KeywordId keyword = 0;     // kWord
  uint32_t begin = 0;        // Bytes [begin, end) of the text.
  uint32_t end = 0;
  uint32_t match = 0;  // '(': index of the token that closes it; 0 when nothing does.
};

// How the symbol is written, for messages: "')'". Empty for kinds that have no fixed text.
std::string_view TokenKindText(TokenKind kind);

}  // namespace lakesmith::sql
