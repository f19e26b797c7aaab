#include <string>
#include <utility>
#include <vector>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

// Whether the keyword stands between the '(' here and its ')', outside inner parentheses.
bool Parser::SeesInside(Keyword keyword) const {
  const size_t close = Peek().match;
  for (size_t index = position_ + 1; index < close; ++index) {
    const Token& token = tokens_[index];
    if (token.kind == TokenKind::kLeftParen && token.match != 0) {
      index = token.match;
    } else if (token.keyword == keyword.id &&
               tokens_[index - 1].keyword != Keyword("DISTINCT").id) {
      return true;
    }
  }
  return false;
}

Result<ExpressionPtr> Parser::ParseSpecialCall(const Name& name, uint32_t begin) {
  const Token& word = tokens_[position_ - 1];
  if (name.parts.size() != 1 || word.kind != TokenKind::kWord || word.keyword == 0) {
    return ExpressionPtr();
  }
  const auto is = [&](std::initializer_list<Keyword> keywords) {
    for (const Keyword keyword : keywords) {
      if (keyword.id == word.keyword) return true;
    }
    return false;
  };
  if (is({"EXTRACT"}) && SeesInside("FROM")) {
    return ParseExtract(name, begin);
  }
  if (is({"TRIM"}) && SeesInside("FROM")) {
    return ParseTrim(name, begin);
  }
  if (is({"SUBSTR", "SUBSTRING"}) && SeesInside("FROM")) {
    return ParseSubstring(name, begin);
  }
  if (is({"OVERLAY"}) && SeesInside("PLACING")) {
    return ParseOverlay(name, begin);
  }
  if (is({"POSITION"}) && SeesInside("IN")) {
    return ParsePosition(name, begin);
  }
  if (is({"TIMESTAMPADD", "DATEADD", "DATE_ADD", "TIMESTAMPDIFF", "DATEDIFF", "DATE_DIFF",
          "TIMEDIFF"}) &&
      SeesAny({TokenKind::kWord, TokenKind::kString}, 1) && Sees(TokenKind::kComma, 2)) {
    return ParseDatetimeUnitCall(name, begin);
  }
  return ExpressionPtr();
}

Result<ExpressionPtr> Parser::ParseExtract(const Name& name, uint32_t begin) {
  Advance();
  Identifier field = TRY(ParseIdentifier("a field such as YEAR"));
  TRY(Expect("FROM"));
  std::vector<ExpressionPtr> arguments;
  arguments.push_back(MakeText(std::move(field.name), field.range));
  arguments.push_back(TRY(ParseValueExpression()));
  TRY(Expect(TokenKind::kRightParen));
  return MakeCall(name, CallSyntax::kExtract, std::move(arguments), begin);
}

Result<ExpressionPtr> Parser::ParseTrim(const Name& name, uint32_t begin) {
  Advance();
  CallSyntax syntax = CallSyntax::kTrimBoth;
  if (Accept("LEADING")) {
    syntax = CallSyntax::kTrimLeading;
  } else if (Accept("TRAILING")) {
    syntax = CallSyntax::kTrimTrailing;
  } else {
    Accept("BOTH");
  }
  ExpressionPtr characters;
  if (!At("FROM")) {
    characters = TRY(ParseValueExpression());
  }
  TRY(Expect("FROM"));
  std::vector<ExpressionPtr> arguments;
  arguments.push_back(TRY(ParseValueExpression()));
  if (characters) {
    arguments.push_back(std::move(characters));
  }
  TRY(Expect(TokenKind::kRightParen));
  Name canonical = name;
  canonical.parts[0].name = syntax == CallSyntax::kTrimLeading    ? "ltrim"
                            : syntax == CallSyntax::kTrimTrailing ? "rtrim"
                                                                  : "trim";
  return MakeCall(std::move(canonical), syntax, std::move(arguments), begin);
}

Result<ExpressionPtr> Parser::ParseSubstring(const Name& name, uint32_t begin) {
  Advance();
  std::vector<ExpressionPtr> arguments;
  arguments.push_back(TRY(ParseValueExpression()));
  TRY(Expect("FROM"));
  arguments.push_back(TRY(ParseValueExpression()));
  if (Accept("FOR")) {
    arguments.push_back(TRY(ParseValueExpression()));
  }
  TRY(Expect(TokenKind::kRightParen));
  return MakeCall(name, CallSyntax::kSubstring, std::move(arguments), begin);
}

Result<ExpressionPtr> Parser::ParseOverlay(const Name& name, uint32_t begin) {
  Advance();
  std::vector<ExpressionPtr> arguments;
  arguments.push_back(TRY(ParseValueExpression()));
  TRY(Expect("PLACING"));
  arguments.push_back(TRY(ParseValueExpression()));
  TRY(Expect("FROM"));
  arguments.push_back(TRY(ParseValueExpression()));
  if (Accept("FOR")) {
    arguments.push_back(TRY(ParseValueExpression()));
  }
  TRY(Expect(TokenKind::kRightParen));
  return MakeCall(name, CallSyntax::kOverlay, std::move(arguments), begin);
}

Result<ExpressionPtr> Parser::ParsePosition(const Name& name, uint32_t begin) {
  Advance();
  std::vector<ExpressionPtr> arguments;
  arguments.push_back(TRY(ParseValueExpression()));
  TRY(Expect("IN"));
  arguments.push_back(TRY(ParseValueExpression()));
  TRY(Expect(TokenKind::kRightParen));
  return MakeCall(name, CallSyntax::kPosition, std::move(arguments), begin);
}

// Null where the first argument is no unit: a plain call then.
Result<ExpressionPtr> Parser::ParseDatetimeUnitCall(const Name& name, uint32_t begin) {
  const Token& unit = Peek(1);
  const SourceRange range{unit.begin, unit.end};
  size_t commas = 0;
  for (size_t index = position_ + 1; index < Peek().match; ++index) {
    const Token& token = tokens_[index];
    commas += token.kind == TokenKind::kComma ? 1 : 0;
    index = token.kind == TokenKind::kLeftParen && token.match != 0 ? token.match : index;
  }
  if (commas != 2) {
    return ExpressionPtr();
  }
  if (unit.kind == TokenKind::kString) {
    return ErrorAt(range, fmt::format("The unit of {} is a word such as DAY, without quotes",
                                      name.parts[0].name))
        .WithClass("INVALID_PARAMETER_VALUE.DATETIME_UNIT", "22023");
  }
  static constexpr std::initializer_list<Keyword> kUnits = {
      "YEAR", "QUARTER", "MONTH",  "WEEK",        "DAY",        "DAYOFYEAR",
      "HOUR", "MINUTE",  "SECOND", "MILLISECOND", "MICROSECOND"};
  if (!SeesAny(kUnits, 1)) {
    return ExpressionPtr();
  }
  std::string text = UpperText(unit);
  Advance(3);
  std::vector<ExpressionPtr> arguments;
  arguments.push_back(MakeText(std::move(text), range));
  do {
    arguments.push_back(TRY(ParseExpression()));
  } while (Accept(TokenKind::kComma));
  TRY(Expect(TokenKind::kRightParen));
  return MakeCall(name, CallSyntax::kDatetimeUnit, std::move(arguments), begin);
}

}  // namespace lakesmith::sql
