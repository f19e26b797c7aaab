#include "sql/parse.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "sql/lexer.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

ParseOptions OptionsUnder(const std::map<std::string, std::string>& settings) {
  const auto is = [&](const char* key, std::string_view value, bool fallback = false) {
    const auto found = settings.find(key);
    return found == settings.end() ? fallback : Lower(found->second) == value;
  };
  ParseOptions options;
  options.ansi = is("spark.sql.ansi.enabled", "true", true);
  options.double_quoted_identifiers = is("spark.sql.ansi.doubleQuotedIdentifiers", "true");
  options.escaped_string_literals = is("spark.sql.parser.escapedStringLiterals", "true");
  options.single_character_pipe =
      !is("spark.sql.parser.singleCharacterPipeOperator.enabled", "false");
  options.equal_set_operators = is("spark.sql.legacy.setopsPrecedence.enabled", "true");
  options.legacy_identifier_clause = is("spark.sql.legacy.identifierClause", "true");
  options.timestamp_ntz = is("spark.sql.timestampType", "timestamp_ntz");
  return options;
}

namespace {

bool IsName(const Token& token) {
  return token.kind == TokenKind::kWord || token.kind == TokenKind::kQuotedName;
}

// Whether an expression can begin here that is no continuation of one: `VALUES` is a name before `=
// 1`.
bool StartsRow(const Token& token) {
  switch (token.kind) {
    case TokenKind::kWord:
      for (const Keyword keyword :
           std::initializer_list<Keyword>{"AND", "OR", "IS", "IN", "AS", "NOT", "LIKE", "ILIKE",
                                          "RLIKE", "BETWEEN", "DIV", "COLLATE", "REGEXP"}) {
        if (token.keyword == keyword.id) return false;
      }
      return true;
    case TokenKind::kLeftParen:
    case TokenKind::kQuotedName:
    case TokenKind::kString:
    case TokenKind::kQuestion:
    case TokenKind::kTilde:
      return true;
    default:
      return token.kind >= TokenKind::kInteger && token.kind <= TokenKind::kBigDecimal;
  }
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
    return StartsRow(second);
  }
  if (first.keyword == Keyword("MAP").id || first.keyword == Keyword("REDUCE").id) {
    return IsName(second) && second.keyword != Keyword("IS").id &&
           second.keyword != Keyword("AS").id;
  }
  return false;
}

// Whether the '|' at `bar` is written for "|>": a pipe operator follows, and no name that happens
// to be called so.
bool IsSingleCharacterPipe(const std::vector<Token>& tokens, size_t bar) {
  const auto token = [&](size_t ahead) -> const Token& {
    return tokens[std::min(bar + ahead, tokens.size() - 1)];
  };
  const auto is = [&](size_t ahead, std::initializer_list<Keyword> keywords) {
    return std::any_of(keywords.begin(), keywords.end(),
                       [&](Keyword keyword) { return token(ahead).keyword == keyword.id; });
  };
  if (is(1, {"SELECT", "WHERE", "AS"})) {
    return true;
  }
  if (is(1, {"LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "SEMI", "ANTI"})) {
    return is(2, {"JOIN", "OUTER", "SEMI", "ANTI", "LEFT", "RIGHT", "INNER", "FULL"});
  }
  if (is(1, {"ORDER", "SORT", "CLUSTER", "DISTRIBUTE"})) {
    return is(2, {"BY"});
  }
  if (is(1, {"PIVOT", "UNPIVOT", "TABLESAMPLE"})) {
    return token(2).kind == TokenKind::kLeftParen;
  }
  return is(1, {"EXTEND", "SET", "DROP", "AGGREGATE", "JOIN", "LIMIT", "OFFSET", "UNION", "EXCEPT",
                "INTERSECT", "MINUS"}) &&
         (IsName(token(2)) || token(2).kind == TokenKind::kInteger ||
          token(2).kind == TokenKind::kString);
}

// Pairs parentheses and finds those that enclose queries, so that the parser need not look far
// ahead.
void MatchParentheses(const ParseOptions& options, std::vector<Token>* tokens) {
  std::vector<uint32_t> open;
  for (size_t i = 0; i < tokens->size(); ++i) {
    if ((*tokens)[i].kind == TokenKind::kLeftParen) {
      open.push_back(static_cast<uint32_t>(i));
    } else if ((*tokens)[i].kind == TokenKind::kRightParen && !open.empty()) {
      (*tokens)[open.back()].match = static_cast<uint32_t>(i);
      open.pop_back();
    } else if ((*tokens)[i].kind == TokenKind::kBar && options.single_character_pipe &&
               IsSingleCharacterPipe(*tokens, i)) {
      (*tokens)[i].kind = TokenKind::kPipe;
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
  MatchParentheses(options, &tokens);
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
