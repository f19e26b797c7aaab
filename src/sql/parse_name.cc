#include <string>
#include <utility>
#include <vector>

#include "sql/lexer.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

Identifier Parser::TakeIdentifier() {
  const Token& token = Peek();
  const bool quoted = token.kind == TokenKind::kQuotedName;
  Identifier identifier{
      .name = quoted ? QuotedNameValue(TextOf(token)) : std::string(TextOf(token)),
      .quoted = quoted,
      .range = {token.begin, token.end}};
  Advance();
  return identifier;
}

Result<Identifier> Parser::ParseIdentifier(std::string_view what) {
  if (!AtName()) {
    return Unexpected(what);
  }
  if (Sees(TokenKind::kLeftParen, 1) && Sees("IDENTIFIER", 0) && Peek().end == Peek(1).begin &&
      Sees(TokenKind::kString, 2)) {
    return Unexpected("a plain name, not IDENTIFIER(...),");
  }
  return TakeIdentifier();
}

Result<std::vector<Identifier>> Parser::ParsePath() {
  std::vector<Identifier> path;
  do {
    path.push_back(TRY(ParseIdentifier()));
  } while (Accept(TokenKind::kDot));
  return path;
}

Result<Name> Parser::ParseMultipartName(std::string_view what) {
  const uint32_t begin = Begin();
  Name name;
  if (Sees("IDENTIFIER", 0) && Sees(TokenKind::kLeftParen, 1)) {
    Advance(2);
    name.identifier_clause = TRY(ParseExpression());
    TRY(Expect(TokenKind::kRightParen));
  } else {
    name.parts.push_back(TRY(ParseIdentifier(what)));
    while (Sees(TokenKind::kDot, 0) && SeesAny({TokenKind::kWord, TokenKind::kQuotedName}, 1)) {
      Advance();
      name.parts.push_back(TakeIdentifier());
    }
  }
  name.range = RangeFrom(begin);
  return name;
}

Result<std::vector<Identifier>> Parser::ParseIdentifierList() {
  TRY(Expect(TokenKind::kLeftParen));
  auto list = TRY(ParseList<Identifier>([this] { return ParseIdentifier(); }));
  TRY(Expect(TokenKind::kRightParen));
  return list;
}

Result<std::vector<std::vector<Identifier>>> Parser::ParsePathList() {
  TRY(Expect(TokenKind::kLeftParen));
  auto list = TRY(ParseList<std::vector<Identifier>>([this] { return ParsePath(); }));
  TRY(Expect(TokenKind::kRightParen));
  return list;
}

std::string Parser::TakeText() {
  std::string text;
  while (Peek().kind == TokenKind::kString) {
    text += StringValue(TextOf(Peek()), options_);
    Advance();
  }
  return text;
}

Result<std::string> Parser::ParseText(std::string_view what) {
  if (Peek().kind == TokenKind::kDollarString) {
    std::string text = StringValue(TextOf(Peek()), options_);
    Advance();
    return text;
  }
  if (Peek().kind != TokenKind::kString) {
    return Unexpected(what);
  }
  return TakeText();
}

Result<std::string> Parser::ParseDigits() {
  if (Peek().kind != TokenKind::kInteger) {
    return Unexpected("a whole number");
  }
  std::string digits(TextOf(Peek()));
  Advance();
  return digits;
}

Result<std::string> Parser::ParseSignedInteger() {
  const bool negative = Accept(TokenKind::kMinus);
  if (!negative) {
    Accept(TokenKind::kPlus);
  }
  return (negative ? "-" : "") + TRY(ParseDigits());
}

Result<ExpressionPtr> Parser::ParseOptionValue() {
  // A bare word is a text, unless it starts a call or an expression of several tokens.
  const bool alone = SeesAny(
      {TokenKind::kComma, TokenKind::kRightParen, TokenKind::kEnd, TokenKind::kSemicolon}, 1);
  if (Peek().kind == TokenKind::kWord && alone && !SeesAny({"TRUE", "FALSE", "NULL"})) {
    const SourceRange range{Peek().begin, Peek().end};
    std::string word(TextOf(Peek()));
    Advance();
    return MakeText(std::move(word), range);
  }
  return ParseExpression();
}

Result<Option> Parser::ParseOption(bool needs_value) {
  Option option;
  if (Peek().kind == TokenKind::kString) {
    option.key = TakeText();
  } else {
    for (const Identifier& part : TRY(ParsePath())) {
      option.key += (option.key.empty() ? "" : ".") + part.name;
    }
  }
  if (Accept(TokenKind::kEqual) ||
      (needs_value && !SeesAny({TokenKind::kComma, TokenKind::kRightParen}))) {
    option.value = TRY(ParseOptionValue());
  }
  return option;
}

Result<std::vector<Option>> Parser::ParseOptionList() {
  TRY(Expect(TokenKind::kLeftParen));
  if (Accept(TokenKind::kRightParen)) {
    return std::vector<Option>();
  }
  auto options = TRY(ParseList<Option>([this] { return ParseOption(true); }));
  TRY(Expect(TokenKind::kRightParen));
  return options;
}

Result<std::vector<Option>> Parser::ParseOptionKeyList() {
  TRY(Expect(TokenKind::kLeftParen));
  auto options = TRY(ParseList<Option>([this] { return ParseOption(false); }));
  TRY(Expect(TokenKind::kRightParen));
  return options;
}

Result<PartitionSpecification> Parser::ParsePartition() {
  TRY(Expect(TokenKind::kLeftParen));
  PartitionSpecification partition;
  partition.values = TRY(ParseList<Option>([this]() -> Result<Option> {
    Option part;
    part.key = TRY(ParseIdentifier()).name;
    if (Accept(TokenKind::kEqual)) {
      part.value = TRY(ParseExpression());
    }
    return part;
  }));
  TRY(Expect(TokenKind::kRightParen));
  return partition;
}

}  // namespace lakesmith::sql
