#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/stack_space.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

bool Parser::AtQuery(size_t ahead) const {
  const Token& token = Peek(ahead);
  if (token.kind == TokenKind::kLeftParen) {
    return token.opens_query;
  }
  if (SeesAny({"SELECT", "WITH"}, ahead)) {
    return !SeesAny({TokenKind::kComma, TokenKind::kRightParen, TokenKind::kDot, TokenKind::kEnd},
                    ahead + 1);
  }
  if (SeesAny({"VALUES"}, ahead)) {
    return !SeesAny({TokenKind::kComma, TokenKind::kRightParen, TokenKind::kDot, TokenKind::kEnd,
                     TokenKind::kEqual},
                    ahead + 1);
  }
  return SeesAny({"TABLE", "FROM"}, ahead) &&
         (SeesAny({TokenKind::kWord, TokenKind::kQuotedName}, ahead + 1) ||
          (Sees("FROM", ahead) && Sees(TokenKind::kLeftParen, ahead + 1)));
}

Result<QueryPtr> Parser::ParseQuery() {
  return WithStackSpace([this]() -> Result<QueryPtr> {
    const uint32_t begin = Begin();
    std::optional<WithClause> with;
    if (At("WITH")) {
      with = TRY(ParseWith());
    }
    return ParseQueryAfterWith(std::move(with), begin);
  });
}

Result<QueryPtr> Parser::ParseParenthesizedQuery() {
  TRY(Expect(TokenKind::kLeftParen));
  QueryPtr query = TRY(ParseQuery());
  TRY(Expect(TokenKind::kRightParen));
  return query;
}

Result<QueryPtr> Parser::ParseQueryAfterWith(std::optional<WithClause> with, uint32_t begin) {
  QueryPtr query(new Query);
  query->with = std::move(with);
  const uint32_t body_begin = Begin();
  query->body = TRY(ParseSetOperations(false));
  while (Accept(TokenKind::kPipe)) {
    query->body = TRY(ParsePipeOperator(std::move(query->body), body_begin));
  }
  query->organization = TRY(ParseOrganization());
  query->range = RangeFrom(begin);
  return query;
}

Result<WithClause> Parser::ParseWith() {
  TRY(Expect("WITH"));
  WithClause with;
  if (Sees("RECURSIVE", 0) && !SeesAny({"AS"}, 1) && !Sees(TokenKind::kLeftParen, 1)) {
    Advance();
    with.recursive = true;
  }
  with.tables = TRY(ParseList<CommonTableExpression>([this] { return ParseCommonTable(); }));
  return with;
}

Result<CommonTableExpression> Parser::ParseCommonTable() {
  CommonTableExpression table;
  table.name = TRY(ParseIdentifier("the name of a common table expression"));
  if (Sees(TokenKind::kLeftParen, 0) && !Peek().opens_query) {
    table.columns = TRY(ParseIdentifierList());
  }
  if (AcceptAll({"MAX", "RECURSION", "LEVEL"})) {
    table.max_recursion = TRY(ParseDigits());
  }
  Accept("AS");
  table.query = TRY(ParseParenthesizedQuery());
  return table;
}

SetQuantifier Parser::AcceptSetQuantifier() {
  if (Accept("ALL")) {
    return SetQuantifier::kAll;
  }
  return Accept("DISTINCT") ? SetQuantifier::kDistinct : SetQuantifier::kNone;
}

std::optional<SetOperator> Parser::AcceptSetOperator(bool intersect_only) {
  if (options_.equal_set_operators && intersect_only) {
    return std::nullopt;
  }
  if (intersect_only || (options_.equal_set_operators && At("INTERSECT"))) {
    return Accept("INTERSECT") ? std::optional(SetOperator::kIntersect) : std::nullopt;
  }
  if (Accept("UNION")) {
    return SetOperator::kUnion;
  }
  if (AcceptAny({"EXCEPT", "MINUS", "SETMINUS"}) != 0) {
    return SetOperator::kExcept;
  }
  return std::nullopt;
}

// INTERSECT binds closer than UNION and EXCEPT.
Result<QueryBodyPtr> Parser::ParseSetOperations(bool intersect_only) {
  const uint32_t begin = Begin();
  QueryBodyPtr left = intersect_only ? TRY(ParseQueryPrimary()) : TRY(ParseSetOperations(true));
  while (const auto op = AcceptSetOperator(intersect_only)) {
    const SetQuantifier quantifier = AcceptSetQuantifier();
    QueryBodyPtr right = intersect_only ? TRY(ParseQueryPrimary()) : TRY(ParseSetOperations(true));
    auto operation = Make<SetOperation>(begin);
    operation->op = *op;
    operation->quantifier = quantifier;
    operation->left = std::move(left);
    operation->right = std::move(right);
    left = std::move(operation);
  }
  return left;
}

Result<QueryBodyPtr> Parser::ParseQueryPrimary() {
  const uint32_t begin = Begin();
  if (Sees(TokenKind::kLeftParen, 0)) {
    if (!Peek().opens_query) {
      Advance();
      return Unexpected("a query");
    }
    QueryPtr query = TRY(ParseParenthesizedQuery());
    auto body = Make<SubqueryBody>(begin);
    body->query = std::move(query);
    return body;
  }
  if (At("SELECT") || (SeesAny({"MAP", "REDUCE"}) && SeesAny({TokenKind::kWord}, 1))) {
    return ParseSelect();
  }
  if (At("VALUES")) {
    RelationPtr values = TRY(ParseValues());
    auto body = Make<ValuesBody>(begin);
    body->values = std::move(values);
    return body;
  }
  if (Accept("TABLE")) {
    Ptr<TableRelation> table(new TableRelation);
    const uint32_t name_begin = Begin();
    table->name = TRY(ParseMultipartName("a table"));
    TRY(ParseTableModifiers(table.get()));
    table->range = RangeFrom(name_begin);
    auto body = Make<TableBody>(begin);
    body->table = std::move(table);
    return body;
  }
  if (At("FROM")) {
    return ParseFromFirst();
  }
  return Unexpected("a query");
}

bool Parser::AtOrganization() const {
  if (SeesAny({"ORDER", "SORT", "CLUSTER", "DISTRIBUTE"})) {
    return Sees("BY", 1);
  }
  return SeesAny({"LIMIT", "OFFSET", "WINDOW"});
}

Status Parser::ParseOrderBy(QueryOrganization* organization) {
  TRY(Expect("BY"));
  if (Sees("ALL", 0) && !SeesAny({TokenKind::kDot, TokenKind::kLeftParen, TokenKind::kComma}, 1)) {
    Advance();
    organization->order_by_all = true;
    ParseDirection(&organization->order_by_all_item);
    return {};
  }
  organization->order_by = TRY(ParseList<OrderItem>([this] { return ParseOrderItem(); }));
  return {};
}

Result<QueryOrganization> Parser::ParseOrganization() {
  QueryOrganization organization;
  const uint32_t begin = Begin();
  if (Accept("ORDER")) {
    TRY(ParseOrderBy(&organization));
  }
  if (AcceptAll({"CLUSTER", "BY"})) {
    organization.cluster_by = TRY(ParseExpressionList());
  }
  if (AcceptAll({"DISTRIBUTE", "BY"})) {
    organization.distribute_by = TRY(ParseExpressionList());
  }
  if (AcceptAll({"SORT", "BY"})) {
    organization.sort_by = TRY(ParseList<OrderItem>([this] { return ParseOrderItem(); }));
  }
  const size_t orders = !organization.order_by.empty() + !organization.cluster_by.empty() +
                        (!organization.distribute_by.empty() || !organization.sort_by.empty());
  if (orders > 1 || (organization.order_by_all && orders > 0)) {
    return ErrorAt(RangeFrom(begin),
                   "of ORDER BY, CLUSTER BY and DISTRIBUTE BY with SORT BY a query may have one")
        .WithClass("UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES", "0A000");
  }
  if (At("WINDOW")) {
    organization.windows = TRY(ParseWindows());
  }
  if (Accept("LIMIT")) {
    if (Accept("ALL")) {
      organization.limit_all = true;
    } else {
      organization.limit = TRY(ParseExpression());
    }
  }
  if (Accept("OFFSET")) {
    organization.offset = TRY(ParseExpression());
  }
  return organization;
}

Result<std::vector<std::pair<Identifier, WindowSpecification>>> Parser::ParseWindows() {
  using Window = std::pair<Identifier, WindowSpecification>;
  TRY(Expect("WINDOW"));
  return ParseList<Window>([this]() -> Result<Window> {
    Window window;
    window.first = TRY(ParseIdentifier("the name of a window"));
    TRY(Expect("AS"));
    window.second = TRY(ParseWindow());
    return window;
  });
}

}  // namespace lakesmith::sql
