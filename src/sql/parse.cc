#include "sql/parse.h"

#include <utility>

#include "sql/lexer.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

namespace {

bool IsName(const Token& token) {
  return token.kind == TokenKind::kWord || token.kind == TokenKind::kQuotedName;
}

// Whether the '(' at `open` encloses a query. Inner parentheses are decided already.
bool OpensQuery(const std::vector<Token>& tokens, size_t open) {
  const Token& first = tokens[open + 1];
  if (first.kind == TokenKind::kLeftParen) {
    if (!first.opens_query || first.match == 0) {
      return false;
    }
    const Token& after = tokens[first.match + 1];
    static constexpr Keyword kGoOn[] = {"UNION",      "EXCEPT",  "MINUS", "SETMINUS",
                                        "INTERSECT",  "ORDER",   "LIMIT", "OFFSET",
                                        "DISTRIBUTE", "CLUSTER", "SORT"};
    for (const Keyword keyword : kGoOn) {
      if (after.keyword == keyword.id) {
        return true;
      }
    }
    return after.kind == TokenKind::kRightParen || after.kind == TokenKind::kPipe;
  }
  const Token& second = tokens[std::min(open + 2, tokens.size() - 1)];
  if (first.keyword == Keyword("SELECT").id) {
    return second.kind != TokenKind::kComma && second.kind != TokenKind::kRightParen;
  }
  if (first.keyword == Keyword("WITH").id) {
    return IsName(second);
  }
  if (first.keyword == Keyword("FROM").id) {
    return IsName(second) || second.kind == TokenKind::kLeftParen;
  }
  if (first.keyword == Keyword("TABLE").id) {
    return IsName(second) && second.keyword != Keyword("IS").id;
  }
  if (first.keyword == Keyword("VALUES").id) {
    return second.kind == TokenKind::kLeftParen || second.kind == TokenKind::kString ||
           second.kind == TokenKind::kInteger || second.kind == TokenKind::kDecimal ||
           second.keyword == Keyword("NULL").id;
  }
  if (first.keyword == Keyword("MAP").id || first.keyword == Keyword("REDUCE").id) {
    return IsName(second) && second.keyword != Keyword("IS").id &&
           second.keyword != Keyword("AS").id;
  }
  return false;
}

// Pairs parentheses and finds those that enclose queries, so that the parser need not look far
// ahead.
void MatchParentheses(std::vector<Token>* tokens) {
  std::vector<uint32_t> open;
  for (size_t i = 0; i < tokens->size(); ++i) {
    if ((*tokens)[i].kind == TokenKind::kLeftParen) {
      open.push_back(static_cast<uint32_t>(i));
    } else if ((*tokens)[i].kind == TokenKind::kRightParen && !open.empty()) {
      (*tokens)[open.back()].match = static_cast<uint32_t>(i);
      open.pop_back();
    }
  }
  for (size_t i = tokens->size(); i-- > 0;) {
    if ((*tokens)[i].kind == TokenKind::kLeftParen) {
      (*tokens)[i].opens_query = OpensQuery(*tokens, i);
    }
  }
}

// Parses, and where that fails parses again for the message.
template <typename T>
Result<T> Run(std::string_view text, const ParseOptions& options, Result<T> (Parser::*parse)()) {
  std::vector<Token> tokens = TRY(Tokenize(text, options));
  MatchParentheses(&tokens);
  std::vector<Token> copy = tokens;
  Parser parser(text, std::move(tokens), options, false);
  Result<T> parsed = (parser.*parse)();
  if (parsed) {
    return parsed;
  }
  Parser explaining(text, std::move(copy), options, true);
  return (explaining.*parse)();
}

}  // namespace

Result<StatementPtr> ParseStatement(std::string_view text, const ParseOptions& options) {
  return Run<StatementPtr>(text, options, &Parser::WholeStatement);
}

Result<std::vector<StatementPtr>> ParseStatements(std::string_view text,
                                                  const ParseOptions& options) {
  return Run<std::vector<StatementPtr>>(text, options, &Parser::WholeScript);
}

Result<ExpressionPtr> ParseExpression(std::string_view text, const ParseOptions& options) {
  return Run<ExpressionPtr>(text, options, &Parser::WholeExpression);
}

Result<QueryPtr> ParseQuery(std::string_view text, const ParseOptions& options) {
  return Run<QueryPtr>(text, options, &Parser::WholeQuery);
}

Result<Name> ParseName(std::string_view text, const ParseOptions& options) {
  return Run<Name>(text, options, &Parser::WholeName);
}

Result<types::DataType> ParseDataType(std::string_view text) {
  return TRY(Run<TypeName>(text, ParseOptions(), &Parser::WholeType)).type;
}

Result<types::DataType> ParseTableSchema(std::string_view text) {
  return Run<types::DataType>(text, ParseOptions(), &Parser::WholeTableSchema);
}

}  // namespace lakesmith::sql
