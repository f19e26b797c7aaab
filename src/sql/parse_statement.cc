#include <utility>
#include <vector>

#include "base/stack_space.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

Result<StatementPtr> Parser::WholeStatement() {
  while (Accept(TokenKind::kSemicolon)) {
  }
  if (Sees(TokenKind::kEnd, 0)) {
    return Unexpected("a statement").WithClass("PARSE_EMPTY_STATEMENT", "42617");
  }
  StatementPtr statement = TRY(ParseOneStatement());
  while (Accept(TokenKind::kSemicolon)) {
  }
  if (!Sees(TokenKind::kEnd, 0)) {
    return Unexpected();
  }
  return statement;
}

Result<std::vector<StatementPtr>> Parser::WholeScript() {
  std::vector<StatementPtr> statements;
  while (true) {
    while (Accept(TokenKind::kSemicolon)) {
    }
    if (Sees(TokenKind::kEnd, 0)) {
      return statements;
    }
    statements.push_back(TRY(ParseOneStatement()));
    if (!AtEnd()) {
      return Unexpected();
    }
  }
}

Result<ExpressionPtr> Parser::WholeExpression() {
  ExpressionPtr expression = TRY(ParseNamedExpression());
  if (!Sees(TokenKind::kEnd, 0)) {
    return Unexpected();
  }
  return expression;
}

Result<QueryPtr> Parser::WholeQuery() {
  QueryPtr query = TRY(ParseQuery());
  while (Accept(TokenKind::kSemicolon)) {
  }
  if (!Sees(TokenKind::kEnd, 0)) {
    return Unexpected();
  }
  return query;
}

Result<Name> Parser::WholeName() {
  Name name = TRY(ParseMultipartName());
  if (!Sees(TokenKind::kEnd, 0)) {
    return Unexpected();
  }
  return name;
}

Result<TypeName> Parser::WholeType() {
  TypeName type = TRY(ParseType());
  if (!Sees(TokenKind::kEnd, 0)) {
    return Unexpected();
  }
  return type;
}

// "a INT, b STRING NOT NULL COMMENT 'x'", or one type.
Result<types::DataType> Parser::WholeTableSchema() {
  const bool one_type = Sees(TokenKind::kEnd, 1) ||
                        SeesAny({TokenKind::kLess, TokenKind::kLeftParen, TokenKind::kNotEqual}, 1);
  if (one_type) {
    return TRY(WholeType()).type;
  }
  std::vector<types::StructField> fields;
  std::vector<std::string> collations;
  if (!Sees(TokenKind::kEnd, 0)) {
    fields = TRY(ParseList<types::StructField>([&] { return ParseStructField(&collations); }));
  }
  if (!Sees(TokenKind::kEnd, 0)) {
    return Unexpected();
  }
  return types::DataType::Struct(std::move(fields));
}

Result<StatementPtr> Parser::ParseOneStatement() {
  parameters_ = 0;
  return WithStackSpace([this] { return DispatchStatement(); });
}

Result<StatementPtr> Parser::DispatchStatement() {
  struct Entry {
    Keyword first;
    Result<StatementPtr> (Parser::*parse)();
  };
  static constexpr Entry kEntries[] = {
      {"CREATE", &Parser::ParseCreate},     {"REPLACE", &Parser::ParseReplaceTable},
      {"DROP", &Parser::ParseDrop},         {"UNDROP", &Parser::ParseUndrop},
      {"ALTER", &Parser::ParseAlter},       {"COMMENT", &Parser::ParseComment},
      {"INSERT", &Parser::ParseInsert},     {"TRUNCATE", &Parser::ParseTruncate},
      {"COPY", &Parser::ParseCopy},         {"LOAD", &Parser::ParseLoad},
      {"OPTIMIZE", &Parser::ParseOptimize}, {"VACUUM", &Parser::ParseVacuum},
      {"RESTORE", &Parser::ParseRestore},   {"REORG", &Parser::ParseReorg},
      {"ANALYZE", &Parser::ParseAnalyze},   {"REFRESH", &Parser::ParseRefresh},
      {"CACHE", &Parser::ParseCache},       {"UNCACHE", &Parser::ParseUncache},
      {"CLEAR", &Parser::ParseClearCache},  {"MSCK", &Parser::ParseMsck},
      {"REPAIR", &Parser::ParseMsck},       {"FSCK", &Parser::ParseFsck},
      {"GENERATE", &Parser::ParseGenerate}, {"CONVERT", &Parser::ParseConvert},
      {"USE", &Parser::ParseUse},           {"SET", &Parser::ParseSet},
      {"RESET", &Parser::ParseReset},       {"DECLARE", &Parser::ParseDeclare},
      {"EXECUTE", &Parser::ParseExecute},   {"SHOW", &Parser::ParseShow},
      {"DESCRIBE", &Parser::ParseDescribe}, {"DESC", &Parser::ParseDescribe},
      {"EXPLAIN", &Parser::ParseExplain},   {"GRANT", &Parser::ParseGrant},
      {"REVOKE", &Parser::ParseGrant},      {"DENY", &Parser::ParseGrant},
      {"CALL", &Parser::ParseCall},         {"ADD", &Parser::ParseResource},
      {"LIST", &Parser::ParseResource},     {"APPLY", &Parser::ParseApplyChanges},
      {"AUTO", &Parser::ParseApplyChanges}, {"REMOVE", &Parser::ParseRemoveWidget},
  };
  for (const Entry& entry : kEntries) {
    if (At(entry.first)) {
      return (this->*entry.parse)();
    }
  }
  return ParseQueryOrDml();
}

// Statements that WITH may stand before: queries, MERGE, UPDATE, DELETE, FROM ... INSERT.
Result<StatementPtr> Parser::ParseQueryOrDml() {
  const uint32_t begin = Begin();
  std::optional<WithClause> with;
  if (At("WITH")) {
    with = TRY(ParseWith());
  }
  if (At("MERGE")) {
    return ParseMerge(std::move(with));
  }
  if (At("UPDATE")) {
    return ParseUpdate(std::move(with));
  }
  if (At("DELETE")) {
    return ParseDelete(std::move(with));
  }
  if (with && Sees("INSERT", 0)) {
    // WITH ... INSERT INTO t query: the tables belong to the query.
    StatementPtr statement = TRY(ParseInsert());
    static_cast<Insert*>(statement.get())->query->with = std::move(with);
    statement->range = RangeFrom(begin);
    return statement;
  }
  if (Sees("FROM", 0) && SeesMultiInsert()) {
    return ParseMultiInsert(std::move(with), begin);
  }
  QueryPtr query = TRY(ParseQueryAfterWith(std::move(with), begin));
  auto statement = Make<QueryStatement>(begin);
  statement->query = std::move(query);
  return statement;
}

// Whether FROM here is that of FROM relation INSERT ...
bool Parser::SeesMultiInsert() const {
  for (size_t index = position_; index < tokens_.size(); ++index) {
    const Token& token = tokens_[index];
    if (token.kind == TokenKind::kLeftParen && token.match != 0) {
      index = token.match;
    } else if (token.kind == TokenKind::kSemicolon) {
      return false;
    } else if (token.keyword == Keyword("INSERT").id &&
               (tokens_[index + 1].keyword == Keyword("INTO").id ||
                tokens_[index + 1].keyword == Keyword("OVERWRITE").id)) {
      return true;
    }
  }
  return false;
}

Result<StatementPtr> Parser::ParseExplain() {
  const uint32_t begin = Begin();
  TRY(Expect("EXPLAIN"));
  Ptr<Explain> explain(new Explain);
  if (Accept("EXTENDED")) {
    explain->mode = ExplainMode::kExtended;
  } else if (Accept("CODEGEN")) {
    explain->mode = ExplainMode::kCodegen;
  } else if (Accept("COST")) {
    explain->mode = ExplainMode::kCost;
  } else if (Accept("FORMATTED")) {
    explain->mode = ExplainMode::kFormatted;
  } else if (Accept("LOGICAL")) {
    explain->mode = ExplainMode::kLogical;
  }
  explain->statement = TRY(ParseOneStatement());
  explain->range = RangeFrom(begin);
  return explain;
}

}  // namespace lakesmith::sql
