#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "sql/lexer.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

namespace {

struct NumberForm {
  TokenKind token;
  LiteralKind literal;
  size_t suffix;  // Its length.
};

constexpr auto kNumberForms = std::to_array<NumberForm>({
    {TokenKind::kInteger, LiteralKind::kInteger, 0},
    {TokenKind::kDecimal, LiteralKind::kDecimal, 0},
    {TokenKind::kExponent, LiteralKind::kDouble, 0},
    {TokenKind::kByte, LiteralKind::kByte, 1},
    {TokenKind::kShort, LiteralKind::kShort, 1},
    {TokenKind::kLong, LiteralKind::kLong, 1},
    {TokenKind::kFloat, LiteralKind::kFloat, 1},
    {TokenKind::kDouble, LiteralKind::kDouble, 1},
    {TokenKind::kBigDecimal, LiteralKind::kDecimal, 2},
});

const NumberForm* NumberFormOf(TokenKind kind) {
  const auto* found = std::find_if(kNumberForms.begin(), kNumberForms.end(),
                                   [kind](const NumberForm& form) { return form.token == kind; });
  return found == kNumberForms.end() ? nullptr : found;
}

bool IsHexadecimal(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

bool Parser::AtNumber(size_t ahead) const { return NumberFormOf(Peek(ahead).kind) != nullptr; }

ExpressionPtr Parser::TakeNumber(bool negative, uint32_t begin) {
  const NumberForm* form = NumberFormOf(Peek().kind);
  std::string_view digits = TextOf(Peek());
  digits.remove_suffix(form->suffix);
  Advance();
  auto literal = Make<Literal>(begin);
  literal->literal_kind = form->literal;
  literal->text = (negative ? "-" : "") + std::string(digits);
  return literal;
}

Ptr<Literal> Parser::MakeText(std::string text, SourceRange range) const {
  Ptr<Literal> literal(new Literal);
  literal->literal_kind = LiteralKind::kString;
  literal->text = std::move(text);
  literal->range = range;
  return literal;
}

ExpressionPtr Parser::TakeString() {
  const uint32_t begin = Begin();
  std::string text = TakeText();
  return MakeText(std::move(text), RangeFrom(begin));
}

// At a word that has a value behind it: DATE '...', X'1F', INTERVAL 1 DAY.
bool Parser::AtTypedLiteral() const {
  if (!Sees("INTERVAL", 0)) {
    return Sees(TokenKind::kString, 1) && !AtClauseWord();
  }
  if (Sees(TokenKind::kString, 1) || AtNumber(1)) {
    return true;
  }
  return SeesAny({TokenKind::kMinus, TokenKind::kPlus}, 1) &&
         (AtNumber(2) || Sees(TokenKind::kString, 2)) && AtIntervalUnit(3);
}

Result<ExpressionPtr> Parser::ParseTypedLiteral() {
  struct Prefix {
    Keyword word;
    LiteralKind kind;
  };
  static constexpr Prefix kPrefixes[] = {
      {"DATE", LiteralKind::kDate},
      {"TIME", LiteralKind::kTime},
      {"TIMESTAMP", LiteralKind::kTimestamp},
      {"TIMESTAMP_LTZ", LiteralKind::kTimestampLtz},
      {"TIMESTAMP_NTZ", LiteralKind::kTimestampNtz},
      {"X", LiteralKind::kBinary},
  };
  const uint32_t begin = Begin();
  for (const Prefix& prefix : kPrefixes) {
    if (!Sees(prefix.word, 0)) {
      continue;
    }
    Advance();
    std::string text = TakeText();
    if (prefix.kind == LiteralKind::kBinary &&
        !std::all_of(text.begin(), text.end(), IsHexadecimal)) {
      return ErrorAt(RangeFrom(begin), "The value of a typed literal of X is hexadecimal digits")
          .WithClass("INVALID_TYPED_LITERAL", "42604");
    }
    auto literal = Make<Literal>(begin);
    literal->literal_kind = prefix.kind;
    literal->text = std::move(text);
    return literal;
  }
  return ErrorAt({Peek().begin, Peek().end},
                 fmt::format("Literals of the type \"{}\" are not supported; there are DATE, TIME, "
                             "TIMESTAMP, TIMESTAMP_LTZ, TIMESTAMP_NTZ, INTERVAL and X",
                             UpperText(Peek())))
      .WithClass("UNSUPPORTED_TYPED_LITERAL", "0A000");
}

bool Parser::AtIntervalUnit(size_t ahead) const {
  return SeesAny({"YEAR",         "YEARS",       "MONTH",        "MONTHS",     "WEEK",
                  "WEEKS",        "DAY",         "DAYS",         "HOUR",       "HOURS",
                  "MINUTE",       "MINUTES",     "SECOND",       "SECONDS",    "MILLISECOND",
                  "MILLISECONDS", "MICROSECOND", "MICROSECONDS", "NANOSECOND", "NANOSECONDS"},
                 ahead);
}

Result<std::string> Parser::ParseIntervalUnit() {
  if (!AtIntervalUnit()) {
    return Unexpected("a unit such as DAY or MONTHS");
  }
  std::string unit = UpperText(Peek());
  if (unit.ends_with('S')) {
    unit.pop_back();
  }
  Advance();
  return unit;
}

Result<IntervalLiteral::Part> Parser::ParseIntervalPart() {
  IntervalLiteral::Part part;
  const bool negative = Accept(TokenKind::kMinus);
  if (!negative) {
    Accept(TokenKind::kPlus);
  }
  if (Sees(TokenKind::kString, 0)) {
    part.quoted = true;
    part.negated = negative;
    part.value = TakeText();
  } else if (SeesAny({TokenKind::kInteger, TokenKind::kDecimal})) {
    part.value = (negative ? "-" : "") + std::string(TextOf(Peek()));
    Advance();
  } else {
    return Unexpected("a number or a text between quotes");
  }
  part.unit = TRY(ParseIntervalUnit());
  return part;
}

Result<ExpressionPtr> Parser::ParseInterval() {
  const uint32_t begin = Begin();
  Advance();
  Ptr<IntervalLiteral> interval(new IntervalLiteral);
  size_t strings = 0;
  while (Sees(TokenKind::kString, strings)) {
    ++strings;
  }
  if (strings > 0 && !AtIntervalUnit(strings)) {
    interval->is_text = true;
    interval->text = TakeText();
    interval->range = RangeFrom(begin);
    return interval;
  }
  const auto at_part = [this] {
    const size_t sign = SeesAny({TokenKind::kMinus, TokenKind::kPlus}) ? 1 : 0;
    return SeesAny({TokenKind::kString, TokenKind::kInteger, TokenKind::kDecimal}, sign) &&
           AtIntervalUnit(sign + 1);
  };
  do {
    interval->parts.push_back(TRY(ParseIntervalPart()));
  } while (at_part());
  if (interval->parts.size() == 1 && Sees("TO", 0) && AtIntervalUnit(1)) {
    Advance();
    interval->to_unit = TRY(ParseIntervalUnit());
  }
  interval->range = RangeFrom(begin);
  return interval;
}

}  // namespace lakesmith::sql
