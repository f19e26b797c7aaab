#include <string>
#include <utility>
#include <vector>

#include "base/stack_space.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

// Whether a clause begins here, so that the word is no alias. Every one of these words may be a
// name, so what follows decides where it can.
bool Parser::AtClause() const {
  if (SeesAny({"FROM", "FOR", "ON", "UNION", "INTERSECT", "SETMINUS"})) {
    return true;
  }
  const bool ends =
      SeesAny({TokenKind::kComma, TokenKind::kRightParen, TokenKind::kEnd, TokenKind::kSemicolon},
              1) ||
      SeesAny({"FROM"}, 1);
  if (SeesAny({"WHERE", "HAVING", "QUALIFY", "EXCEPT", "MINUS", "LIMIT", "OFFSET", "USING"})) {
    return !ends;
  }
  if (Sees("GROUPING", 0)) {
    return Sees("SETS", 1);
  }
  if (SeesAny({"MAP", "REDUCE"})) {
    return !ends && SeesAny({TokenKind::kWord, TokenKind::kQuotedName}, 1);
  }
  if (SeesAny({"GROUP", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "KEYS"})) {
    return Sees("BY", 1) || (Sees("KEYS", 0) && Sees(TokenKind::kLeftParen, 1));
  }
  if (Sees("WINDOW", 0)) {
    return Sees("AS", 2);
  }
  if (Sees("LATERAL", 0)) {
    return Sees("VIEW", 1);
  }
  if (Sees("INSERT", 0)) {
    return SeesAny({"INTO", "OVERWRITE"}, 1);
  }
  return (Sees("NULLS", 0) && SeesAny({"FIRST", "LAST"}, 1)) ||
         (SeesAny({"IGNORE", "RESPECT"}) && Sees("NULLS", 1)) || (Sees("INTO", 0) && !ends);
}

Result<QueryBodyPtr> Parser::ParseSelect() {
  const uint32_t begin = Begin();
  Ptr<Select> select(new Select);
  TRY(ParseSelectList(select.get()));
  if (Accept("FROM")) {
    select->from = TRY(ParseFrom());
  }
  TRY(ParseSelectClauses(select.get()));
  select->range = RangeFrom(begin);
  return select;
}

// FROM t; FROM t SELECT a WHERE b.
Result<QueryBodyPtr> Parser::ParseFromFirst() {
  const uint32_t begin = Begin();
  TRY(Expect("FROM"));
  RelationPtr from = TRY(ParseFrom());
  if (!At("SELECT") && !SeesAny({"MAP", "REDUCE"})) {
    auto body = Make<FromBody>(begin);
    body->from = std::move(from);
    return body;
  }
  Ptr<Select> select(new Select);
  TRY(ParseSelectList(select.get()));
  while (Sees("LATERAL", 0)) {
    from = TRY(ParseLateralView(std::move(from), begin));
  }
  select->from = std::move(from);
  TRY(ParseSelectClauses(select.get()));
  select->range = RangeFrom(begin);
  return select;
}

Status Parser::ParseSelectList(Select* select) {
  if (AcceptAny({"MAP", "REDUCE"}) != 0) {
    return ParseTransform(select);
  }
  TRY(Expect("SELECT"));
  while (Sees(TokenKind::kHintStart, 0)) {
    for (Hint& hint : TRY(ParseHints())) {
      select->hints.push_back(std::move(hint));
    }
  }
  if (SeesAny({"DISTINCT", "ALL"}) &&
      !SeesAny({TokenKind::kComma, TokenKind::kDot, TokenKind::kEnd, TokenKind::kRightParen}, 1) &&
      !Sees("FROM", 1)) {
    select->quantifier = AcceptSetQuantifier();
  }
  if (Sees("TRANSFORM", 0) && Sees(TokenKind::kLeftParen, 1)) {
    const uint32_t close = Peek(1).match;
    const KeywordId after = close == 0 ? KeywordId{0} : tokens_[close + 1].keyword;
    if (after == Keyword("USING").id || after == Keyword("ROW").id ||
        after == Keyword("RECORDWRITER").id) {
      Advance();
      return ParseTransform(select);
    }
  }
  select->items = TRY(ParseList<ExpressionPtr>([this] { return ParseNamedExpression(); }));
  return {};
}

Status Parser::ParseSelectClauses(Select* select) {
  if (Accept("WHERE")) {
    select->where = TRY(ParseExpression());
  }
  if (AtAll({"GROUP", "BY"})) {
    select->group_by = TRY(ParseGroupBy(false));
  }
  if (Accept("HAVING")) {
    select->having = TRY(ParseExpression());
  }
  if (Accept("QUALIFY")) {
    select->qualify = TRY(ParseExpression());
  }
  if (At("WINDOW")) {
    select->windows = TRY(ParseWindows());
  }
  if (!select->qualify && Accept("QUALIFY")) {
    select->qualify = TRY(ParseExpression());
  }
  return {};
}

// /*+ BROADCAST(t), REPARTITION(3) */
Result<std::vector<Hint>> Parser::ParseHints() {
  TRY(Expect(TokenKind::kHintStart));
  std::vector<Hint> hints;
  while (!Accept(TokenKind::kHintEnd)) {
    Hint hint;
    hint.name = TRY(ParseIdentifier("a hint"));
    if (Accept(TokenKind::kLeftParen)) {
      if (!Sees(TokenKind::kRightParen, 0)) {
        hint.arguments = TRY(ParseList<ExpressionPtr>([this] { return ParseValueExpression(); }));
      }
      TRY(Expect(TokenKind::kRightParen));
    }
    hints.push_back(std::move(hint));
    Accept(TokenKind::kComma);
  }
  return hints;
}

Result<GroupBy> Parser::ParseGroupBy(bool aliases) {
  TRY(ExpectAll({"GROUP", "BY"}));
  GroupBy group;
  if (Sees("ALL", 0) && !SeesAny({TokenKind::kComma, TokenKind::kDot, TokenKind::kLeftParen}, 1)) {
    Advance();
    group.all = true;
    return group;
  }
  group.items =
      TRY(ParseList<GroupingItem>([this, aliases] { return ParseGroupingItem(aliases); }));
  if (AcceptAll({"WITH", "ROLLUP"})) {
    group.suffix = GroupingKind::kRollup;
  } else if (AcceptAll({"WITH", "CUBE"})) {
    group.suffix = GroupingKind::kCube;
  } else if (AcceptAll({"GROUPING", "SETS"})) {
    group.suffix = GroupingKind::kSets;
    TRY(Expect(TokenKind::kLeftParen));
    group.suffix_sets =
        TRY(ParseList<std::vector<ExpressionPtr>>([this] { return ParseGroupingSet(); }));
    TRY(Expect(TokenKind::kRightParen));
  }
  return group;
}

// (a, b), () or a.
Result<std::vector<ExpressionPtr>> Parser::ParseGroupingSet() {
  const uint32_t close = Peek().match;
  const bool whole = Sees(TokenKind::kLeftParen, 0) && !Peek().opens_query && close != 0 &&
                     (tokens_[close + 1].kind == TokenKind::kComma ||
                      tokens_[close + 1].kind == TokenKind::kRightParen);
  std::vector<ExpressionPtr> set;
  if (!whole) {
    set.push_back(TRY(ParseExpression()));
    return set;
  }
  Advance();
  if (!Sees(TokenKind::kRightParen, 0)) {
    set = TRY(ParseExpressionList());
  }
  TRY(Expect(TokenKind::kRightParen));
  return set;
}

Result<GroupingItem> Parser::ParseGroupingFunction(GroupingKind kind) {
  GroupingItem item;
  item.grouping_kind = kind;
  TRY(Expect(TokenKind::kLeftParen));
  if (kind != GroupingKind::kSets) {
    item.sets = TRY(ParseList<std::vector<ExpressionPtr>>([this] { return ParseGroupingSet(); }));
  } else {
    item.nested = TRY(ParseList<GroupingItem>([this]() -> Result<GroupingItem> {
      if (SeesAny({"ROLLUP", "CUBE", "GROUPING"})) {
        return ParseGroupingItem(false);
      }
      GroupingItem set;
      set.grouping_kind = GroupingKind::kSets;
      set.sets.push_back(TRY(ParseGroupingSet()));
      return set;
    }));
  }
  TRY(Expect(TokenKind::kRightParen));
  return item;
}

Result<GroupingItem> Parser::ParseGroupingItem(bool alias) {
  if (SeesAny({"ROLLUP", "CUBE"}) && Sees(TokenKind::kLeftParen, 1)) {
    const GroupingKind kind = Sees("CUBE", 0) ? GroupingKind::kCube : GroupingKind::kRollup;
    Advance();
    return ParseGroupingFunction(kind);
  }
  if (AcceptAll({"GROUPING", "SETS"})) {
    return WithStackSpace([this] { return ParseGroupingFunction(GroupingKind::kSets); });
  }
  GroupingItem item;
  item.expression = alias ? TRY(ParseNamedExpression()) : TRY(ParseExpression());
  return item;
}

// Text of ROW FORMAT ... as written; empty without.
std::string Parser::TakeRowFormat() {
  if (!AtAll({"ROW", "FORMAT"})) {
    return "";
  }
  const uint32_t begin = Begin();
  Advance(2);
  if (Accept("SERDE")) {
    TakeText();
    if (AcceptAll({"WITH", "SERDEPROPERTIES"}) && Peek().match != 0) {
      position_ = Peek().match + 1;
    }
  } else {
    // DELIMITED and its parts: each ends in a text.
    while (SeesAny({"DELIMITED", "FIELDS", "COLLECTION", "ITEMS", "MAP", "KEYS", "LINES", "NULL",
                    "DEFINED", "AS", "TERMINATED", "ESCAPED", "BY"}) &&
           !(Sees("AS", 0) && !Sees(TokenKind::kString, 1))) {
      Advance();
      TakeText();
    }
  }
  return std::string(TextBetween(begin, RangeFrom(begin).end));
}

// Behind TRANSFORM, MAP or REDUCE.
Status Parser::ParseTransform(Select* select) {
  TransformClause transform;
  if (Accept(TokenKind::kLeftParen)) {
    AcceptSetQuantifier();
    transform.inputs = TRY(ParseExpressionList());
    TRY(Expect(TokenKind::kRightParen));
  } else {
    transform.inputs = TRY(ParseExpressionList());
  }
  transform.input_format = TakeRowFormat();
  if (Accept("RECORDWRITER")) {
    TRY(ParseText());
  }
  TRY(Expect("USING"));
  transform.script = TRY(ParseText());
  if (Accept("AS")) {
    transform.has_output = true;
    const bool parenthesized = Accept(TokenKind::kLeftParen);
    using Output = std::pair<Identifier, std::optional<TypeName>>;
    transform.outputs = TRY(ParseList<Output>([this]() -> Result<Output> {
      Output output;
      output.first = TRY(ParseIdentifier("a column"));
      if (Peek().kind == TokenKind::kWord && !AtClause()) {
        output.second = TRY(ParseType());
      }
      return output;
    }));
    if (parenthesized) {
      TRY(Expect(TokenKind::kRightParen));
    }
  }
  transform.output_format = TakeRowFormat();
  if (Accept("RECORDREADER")) {
    TRY(ParseText());
  }
  select->transform = std::move(transform);
  return {};
}

}  // namespace lakesmith::sql
