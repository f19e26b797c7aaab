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
  const bool clause = Sees("IDENTIFIER", 0) && Sees(TokenKind::kLeftParen, 1);
  if (clause && Sees(TokenKind::kString, 2)) {
    return ParseIdentifierLiteral();
  }
  return TakeIdentifier();
}

bool Parser::AtIdentifierLiteral(size_t ahead) const {
  return !options_.legacy_identifier_clause && Sees("IDENTIFIER", ahead) &&
         Sees(TokenKind::kLeftParen, ahead + 1) && Sees(TokenKind::kString, ahead + 2) &&
         Sees(TokenKind::kRightParen, ahead + 3);
}

// IDENTIFIER('a') where one identifier stands.
Result<Identifier> Parser::ParseIdentifierLiteral() {
  if (!AtIdentifierLiteral(0)) {
    return Unexpected("a plain name, not IDENTIFIER(...),");
  }
  Name name;
  TRY(ParseNamePart(&name));
  if (name.parts.size() != 1) {
    return ErrorAt(name.parts[0].range, "IDENTIFIER(...) holds several parts where one stands");
  }
  return std::move(name.parts[0]);
}

// One identifier, or the parts that IDENTIFIER('a.b') holds.
Status Parser::ParseNamePart(Name* name) {
  if (!AtIdentifierLiteral(0)) {
    name->parts.push_back(TakeIdentifier());
    return {};
  }
  const SourceRange range{Peek().begin, Peek(3).end};
  Advance(2);
  const std::string text = TakeText();
  Advance();
  auto parsed = ParseName(text, options_);
  if (!parsed) {
    return ErrorAt(range, fmt::format("'{}' is no name", text));
  }
  for (Identifier& part : parsed->parts) {
    part.range = range;
    part.quoted = true;
    name->parts.push_back(std::move(part));
  }
  return {};
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
  const bool parts_follow = AtIdentifierLiteral(0) && Sees(TokenKind::kDot, 4);
  if (Sees("IDENTIFIER", 0) && Sees(TokenKind::kLeftParen, 1) && !parts_follow) {
    Advance(2);
    name.identifier_clause = TRY(ParseExpression());
    TRY(Expect(TokenKind::kRightParen));
    name.range = RangeFrom(begin);
    return name;
  }
  if (!AtName()) {
    return Unexpected(what);
  }
  TRY(ParseNamePart(&name));
  while (Sees(TokenKind::kDot, 0) && SeesAny({TokenKind::kWord, TokenKind::kQuotedName}, 1)) {
    Advance();
    TRY(ParseNamePart(&name));
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
  option.range = {Peek().begin, Peek().end};
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
