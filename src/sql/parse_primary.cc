#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "sql/lexer.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

Result<ExpressionPtr> Parser::ParsePrimary() {
  const uint32_t begin = Begin();
  ExpressionPtr start = TRY(ParsePrimaryStart());
  return ParsePostfix(std::move(start), begin);
}

Result<ExpressionPtr> Parser::ParsePrimaryStart() {
  const uint32_t begin = Begin();
  switch (Peek().kind) {
    case TokenKind::kString:
      return TakeString();
    case TokenKind::kMinus:  // ParseUnary leaves it where a number follows.
      Advance();
      return TakeNumber(true, begin);
    case TokenKind::kLeftParen:
      return ParseParenthesized();
    case TokenKind::kStar:
      return ParseStar({}, begin);
    case TokenKind::kQuestion:
    case TokenKind::kColon:
      return ParseParameter();
    case TokenKind::kQuotedName:
      return ParseColumnOrCall();
    case TokenKind::kWord:
      return ParseWordPrimary();
    default:
      if (AtNumber()) {
        return TakeNumber(false, begin);
      }
      return Unexpected("an expression");
  }
}

// Words that begin or divide clauses. Each is a legal column name, but where something follows that
// cannot follow a column the clause is meant.
bool Parser::AtClauseWord() const {
  if (Sees("FROM", 0)) {
    return true;
  }
  if (!SeesAny({"SELECT",    "WHERE", "GROUP",   "HAVING", "ORDER",  "LIMIT",   "UNION",  "EXCEPT",
                "INTERSECT", "MINUS", "ON",      "USING",  "JOIN",   "WHEN",    "THEN",   "ELSE",
                "END",       "AND",   "OR",      "IN",     "IS",     "BETWEEN", "LIKE",   "AS",
                "WITH",      "BY",    "DESC",    "ASC",    "ROLLUP", "CUBE",    "SET",    "VALUES",
                "INNER",     "LEFT",  "RIGHT",   "FULL",   "CROSS",  "NATURAL", "WINDOW", "QUALIFY",
                "DISTINCT",  "NOT",   "LATERAL", "TABLE",  "ILIKE",  "RLIKE"})) {
    return false;
  }
  if (SeesAny({TokenKind::kQuotedName, TokenKind::kString, TokenKind::kInteger}, 1)) {
    return true;
  }
  return Sees(TokenKind::kWord, 1) &&
         !SeesAny({"AS",    "FROM",  "IS",    "IN",     "AND",   "OR",    "NOT",  "LIKE", "BETWEEN",
                   "DESC",  "ASC",   "DIV",   "NULLS",  "WHEN",  "THEN",  "ELSE", "END",  "ORDER",
                   "GROUP", "WHERE", "LIMIT", "HAVING", "UNION", "RLIKE", "ILIKE"},
                  1);
}

// NULL, TRUE or FALSE.
ExpressionPtr Parser::ParseWordLiteral() {
  const uint32_t begin = Begin();
  auto literal = Make<Literal>(begin);
  const bool null = Sees("NULL", 0);
  literal->literal_kind = null ? LiteralKind::kNull : LiteralKind::kBoolean;
  literal->text = null ? "" : Sees("TRUE", 0) ? "true" : "false";
  Advance();
  literal->range = RangeFrom(begin);
  return literal;
}

Result<ExpressionPtr> Parser::ParseExists() {
  const uint32_t begin = Begin();
  TRY(Expect("EXISTS"));
  QueryPtr query = TRY(ParseParenthesizedQuery());
  auto exists = Make<Exists>(begin);
  exists->query = std::move(query);
  return exists;
}

Result<ExpressionPtr> Parser::ParseWordPrimary() {
  if (Peek().keyword == 0) {
    if (Sees(TokenKind::kString, 1)) {
      return ParseTypedLiteral();
    }
    return ParseColumnOrCall();
  }
  const bool call = Sees(TokenKind::kLeftParen, 1);
  if (SeesAny({"NULL", "TRUE", "FALSE"}) && !call && !Sees(TokenKind::kDot, 1)) {
    return ParseWordLiteral();
  }
  if (Sees("CASE", 0) &&
      !SeesAny({TokenKind::kComma, TokenKind::kRightParen, TokenKind::kDot, TokenKind::kEnd}, 1)) {
    return ParseCase();
  }
  if (call && SeesAny({"CAST", "TRY_CAST", "SAFE_CAST"})) {
    return ParseCast(!Sees("CAST", 0));
  }
  if (call && Sees("EXISTS", 0) && Peek(1).opens_query) {
    return ParseExists();
  }
  if (AtIdentifierLiteral(0) && Sees(TokenKind::kDot, 4)) {
    return ParseColumnOrCall();
  }
  if (call && Sees("IDENTIFIER", 0)) {
    return ParseIdentifierClause();
  }
  if (call && Sees("TABLE", 0)) {
    return ParseTableArgument();
  }
  if (AtTypedLiteral()) {
    return Sees("INTERVAL", 0) ? ParseInterval() : ParseTypedLiteral();
  }
  if (AtClauseWord()) {
    return Unexpected("an expression");
  }
  return ParseColumnOrCall();
}

Result<ExpressionPtr> Parser::ParseColumnOrCall() {
  const uint32_t begin = Begin();
  if (Sees(TokenKind::kArrow, 1)) {
    std::vector<Identifier> parameters;
    parameters.push_back(TakeIdentifier());
    return ParseLambdaBody(std::move(parameters), begin);
  }
  Name name;
  TRY(ParseNamePart(&name));
  while (Sees(TokenKind::kDot, 0)) {
    if (Sees(TokenKind::kStar, 1)) {
      Advance();
      return ParseStar(std::move(name.parts), begin);
    }
    if (!SeesAny({TokenKind::kWord, TokenKind::kQuotedName}, 1)) {
      break;
    }
    Advance();
    TRY(ParseNamePart(&name));
  }
  name.range = RangeFrom(begin);
  if (Sees(TokenKind::kLeftParen, 0)) {
    return ParseFunctionCall(std::move(name), begin);
  }
  auto column = Make<ColumnReference>(begin);
  column->parts = std::move(name.parts);
  return column;
}

Result<ExpressionPtr> Parser::ParseStar(std::vector<Identifier> qualifier, uint32_t begin) {
  TRY(Expect(TokenKind::kStar));
  Ptr<Star> star(new Star);
  star->qualifier = std::move(qualifier);
  if (Sees("EXCEPT", 0) && Sees(TokenKind::kLeftParen, 1) && !Peek(1).opens_query) {
    Advance();
    star->except = TRY(ParsePathList());
  }
  star->range = RangeFrom(begin);
  return star;
}

Result<ExpressionPtr> Parser::ParseIdentifierClause() {
  const uint32_t begin = Begin();
  Advance(2);
  ExpressionPtr argument = TRY(ParseExpression());
  TRY(Expect(TokenKind::kRightParen));
  if (Sees(TokenKind::kLeftParen, 0)) {
    Name name;
    name.identifier_clause = std::move(argument);
    name.range = RangeFrom(begin);
    return ParseFunctionCall(std::move(name), begin);
  }
  auto clause = Make<IdentifierClause>(begin);
  clause->argument = std::move(argument);
  return clause;
}

Result<ExpressionPtr> Parser::ParseParameter() {
  const uint32_t begin = Begin();
  Ptr<Parameter> parameter(new Parameter);
  if (Accept(TokenKind::kQuestion)) {
    parameter->position = parameters_++;
  } else {
    Advance();
    parameter->name = TRY(ParseIdentifier("the name of a parameter")).name;
  }
  parameter->range = RangeFrom(begin);
  return parameter;
}

Result<ExpressionPtr> Parser::ParseLambdaBody(std::vector<Identifier> parameters, uint32_t begin) {
  TRY(Expect(TokenKind::kArrow));
  ExpressionPtr body = TRY(ParseExpression());
  auto lambda = Make<Lambda>(begin);
  lambda->parameters = std::move(parameters);
  lambda->body = std::move(body);
  return lambda;
}

bool Parser::AtLambdaList() const {
  const uint32_t close = Peek().match;
  return close != 0 && tokens_[close + 1].kind == TokenKind::kArrow;
}

Result<ExpressionPtr> Parser::ParseParenthesized() {
  const uint32_t begin = Begin();
  if (Peek().opens_query) {
    QueryPtr query = TRY(ParseParenthesizedQuery());
    auto subquery = Make<ScalarSubquery>(begin);
    subquery->query = std::move(query);
    return subquery;
  }
  if (AtLambdaList()) {
    auto parameters = TRY(ParseIdentifierList());
    return ParseLambdaBody(std::move(parameters), begin);
  }
  TRY(Expect(TokenKind::kLeftParen));
  ExpressionPtr first = TRY(ParseNamedExpression());
  if (!Accept(TokenKind::kComma)) {
    if (first->kind == ExpressionKind::kAlias) {
      return Unexpected("',' (a name is for the fields of a row of several)");
    }
    TRY(Expect(TokenKind::kRightParen));
    return first;
  }
  Ptr<Row> row(new Row);
  row->items.push_back(std::move(first));
  do {
    row->items.push_back(TRY(ParseNamedExpression()));
  } while (Accept(TokenKind::kComma));
  TRY(Expect(TokenKind::kRightParen));
  row->range = RangeFrom(begin);
  return row;
}

Result<ExpressionPtr> Parser::ParseCase() {
  const uint32_t begin = Begin();
  Advance();
  Ptr<Case> expression(new Case);
  if (!At("WHEN")) {
    expression->operand = TRY(ParseExpression());
  }
  TRY(Expect("WHEN"));
  do {
    Case::Branch branch;
    branch.when = TRY(ParseExpression());
    TRY(Expect("THEN"));
    branch.then = TRY(ParseExpression());
    expression->branches.push_back(std::move(branch));
  } while (Accept("WHEN"));
  if (Accept("ELSE")) {
    expression->otherwise = TRY(ParseExpression());
  }
  TRY(Expect("END"));
  expression->range = RangeFrom(begin);
  return expression;
}

Result<ExpressionPtr> Parser::ParseCast(bool is_try) {
  const uint32_t begin = Begin();
  Advance(2);
  Ptr<Cast> cast(new Cast);
  cast->is_try = is_try;
  cast->operand = TRY(ParseExpression());
  TRY(Expect("AS"));
  cast->type = TRY(ParseType());
  TRY(Expect(TokenKind::kRightParen));
  cast->range = RangeFrom(begin);
  return cast;
}

Result<ExpressionPtr> Parser::ParsePostfix(ExpressionPtr base, uint32_t begin) {
  while (true) {
    if (Sees(TokenKind::kDot, 0)) {
      base = TRY(ParseFieldAccess(std::move(base), begin));
    } else if (Accept(TokenKind::kLeftBracket)) {
      ExpressionPtr index = TRY(ParseValueExpression());
      TRY(Expect(TokenKind::kRightBracket));
      auto subscript = Make<Subscript>(begin);
      subscript->base = std::move(base);
      subscript->index = std::move(index);
      base = std::move(subscript);
    } else if (SeesAny({TokenKind::kDoubleColon, TokenKind::kTryCast})) {
      const bool is_try = Sees(TokenKind::kTryCast, 0);
      Advance();
      TypeName type = TRY(ParseType());
      auto cast = Make<Cast>(begin);
      cast->is_try = is_try;
      cast->operand = std::move(base);
      cast->type = std::move(type);
      base = std::move(cast);
    } else if (Sees(TokenKind::kColon, 0)) {
      base = TRY(ParseSemiStructured(std::move(base), begin));
    } else if (Accept("COLLATE")) {
      auto collation = TRY(ParsePath());
      auto collate = Make<Collate>(begin);
      collate->operand = std::move(base);
      collate->collation = std::move(collation);
      base = std::move(collate);
    } else {
      return base;
    }
  }
}

Result<ExpressionPtr> Parser::ParseFieldAccess(ExpressionPtr base, uint32_t begin) {
  Advance();
  Identifier field = TRY(ParseIdentifier("a field name"));
  auto access = Make<FieldAccess>(begin);
  access->base = std::move(base);
  access->field = std::move(field);
  return access;
}

// [0], ['key'], [*]
Result<SemiStructured::Step> Parser::ParseBracketStep() {
  SemiStructured::Step step;
  Advance();
  if (Sees(TokenKind::kString, 0)) {
    step.step_kind = SemiStructured::StepKind::kKey;
    step.name = TakeText();
  } else if (Accept(TokenKind::kStar)) {
    step.step_kind = SemiStructured::StepKind::kAll;
  } else {
    const SourceRange range{Peek().begin, Peek().end};
    const std::string digits = TRY(ParseDigits());
    step.step_kind = SemiStructured::StepKind::kIndex;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), step.index);
    if (parsed.ec != std::errc()) {
      return ErrorAt(range, "The index is too large");
    }
  }
  TRY(Expect(TokenKind::kRightBracket));
  return step;
}

Result<ExpressionPtr> Parser::ParseSemiStructured(ExpressionPtr base, uint32_t begin) {
  Ptr<SemiStructured> path(new SemiStructured);
  Advance();
  while (true) {
    if (Sees(TokenKind::kLeftBracket, 0)) {
      path->path.push_back(TRY(ParseBracketStep()));
    } else {
      const Identifier field = TRY(ParseIdentifier("a field or [index]"));
      path->path.push_back({.step_kind = SemiStructured::StepKind::kField,
                            .name = field.name,
                            .quoted = field.quoted});
    }
    if (Sees(TokenKind::kLeftBracket, 0)) {
      continue;
    }
    if (!Accept(TokenKind::kDot)) {
      break;
    }
  }
  path->base = std::move(base);
  path->range = RangeFrom(begin);
  return path;
}

}  // namespace lakesmith::sql
