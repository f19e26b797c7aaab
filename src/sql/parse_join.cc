#include <optional>
#include <string>
#include <utility>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

// Joins and pivots behind a relation.
Result<RelationPtr> Parser::ParseJoins(RelationPtr left, uint32_t begin) {
  while (true) {
    if (AtPivot()) {
      left = TRY(ParsePivotOrUnpivot(std::move(left), begin));
      continue;
    }
    bool natural = false;
    const auto type = AcceptJoin(&natural);
    if (!type) {
      return left;
    }
    Ptr<JoinRelation> join(new JoinRelation);
    join->type = *type;
    join->natural = natural;
    join->left = std::move(left);
    TRY(ParseJoinRight(join.get()));
    join->range = RangeFrom(begin);
    left = std::move(join);
  }
}

// Takes the words up to and with JOIN, or none of them.
std::optional<JoinType> Parser::AcceptJoin(bool* natural) {
  size_t ahead = 0;
  *natural = Sees("NATURAL", 0);
  ahead += *natural ? 1 : 0;
  JoinType type = JoinType::kInner;
  if (Sees("CROSS", ahead)) {
    type = JoinType::kCross;
    ++ahead;
  } else if (Sees("INNER", ahead)) {
    ++ahead;
  } else if (SeesAny({"LEFT", "RIGHT", "FULL"}, ahead)) {
    type = Sees("LEFT", ahead)    ? JoinType::kLeft
           : Sees("RIGHT", ahead) ? JoinType::kRight
                                  : JoinType::kFull;
    ++ahead;
    ahead += Sees("OUTER", ahead) ? 1 : 0;
  }
  if (SeesAny({"SEMI", "ANTI"}, ahead) && (type == JoinType::kInner || type == JoinType::kLeft)) {
    type = Sees("SEMI", ahead) ? JoinType::kLeftSemi : JoinType::kLeftAnti;
    ++ahead;
  }
  if (!Sees("JOIN", ahead)) {
    *natural = false;
    if (ahead == 0) {
      At("JOIN");  // Only so that messages name it.
    }
    return std::nullopt;
  }
  Advance(ahead + 1);
  return type;
}

Status Parser::ParseJoinRight(JoinRelation* join) {
  join->right = TRY(ParseRelationPrimary());
  if (Accept("ON")) {
    join->condition = TRY(ParseExpression());
  } else if (Accept("USING")) {
    join->using_columns = TRY(ParseIdentifierList());
  }
  return {};
}

Result<RelationPtr> Parser::ParseLateralView(RelationPtr input, uint32_t begin) {
  TRY(ExpectAll({"LATERAL", "VIEW"}));
  Ptr<LateralViewRelation> view(new LateralViewRelation);
  view->outer = Sees("OUTER", 0) && !Sees(TokenKind::kLeftParen, 1) && Accept("OUTER");
  view->function = TRY(ParseMultipartName("a function"));
  TRY(Expect(TokenKind::kLeftParen));
  if (!Sees(TokenKind::kRightParen, 0)) {
    view->arguments = TRY(ParseExpressionList());
  }
  TRY(Expect(TokenKind::kRightParen));
  if (AtTableAlias() && !Sees("AS", 0)) {
    view->table_name = TRY(ParseIdentifier());
  }
  if (Accept("AS") || AtTableAlias()) {
    const bool parenthesized = Accept(TokenKind::kLeftParen);
    view->columns = TRY(ParseList<Identifier>([this] { return ParseIdentifier("a column"); }));
    if (parenthesized) {
      TRY(Expect(TokenKind::kRightParen));
    }
  }
  view->input = std::move(input);
  view->range = RangeFrom(begin);
  return view;
}

bool Parser::AtPivot() const {
  if (Sees("PIVOT", 0)) {
    return Sees(TokenKind::kLeftParen, 1);
  }
  return Sees("UNPIVOT", 0) &&
         (Sees(TokenKind::kLeftParen, 1) || SeesAny({"INCLUDE", "EXCLUDE"}, 1));
}

Result<RelationPtr> Parser::ParsePivotOrUnpivot(RelationPtr input, uint32_t begin) {
  RelationPtr relation;
  if (Accept("PIVOT")) {
    Ptr<PivotRelation> pivot(new PivotRelation);
    pivot->pivot = TRY(ParsePivot());
    pivot->input = std::move(input);
    relation = std::move(pivot);
  } else {
    TRY(Expect("UNPIVOT"));
    Ptr<UnpivotRelation> unpivot(new UnpivotRelation);
    unpivot->unpivot = TRY(ParseUnpivot());
    unpivot->input = std::move(input);
    relation = std::move(unpivot);
  }
  relation->alias = TRY(ParseTableAlias());
  relation->range = RangeFrom(begin);
  return relation;
}

Result<PivotClause> Parser::ParsePivot() {
  PivotClause pivot;
  TRY(Expect(TokenKind::kLeftParen));
  pivot.aggregates = TRY(ParseList<ExpressionPtr>([this] { return ParseNamedExpression(); }));
  TRY(Expect("FOR"));
  if (Sees(TokenKind::kLeftParen, 0)) {
    pivot.columns = TRY(ParseIdentifierList());
  } else {
    pivot.columns.push_back(TRY(ParseIdentifier("a column")));
  }
  TRY(Expect("IN"));
  TRY(Expect(TokenKind::kLeftParen));
  pivot.values = TRY(ParseList<ExpressionPtr>([this] { return ParseNamedExpression(); }));
  TRY(Expect(TokenKind::kRightParen));
  TRY(Expect(TokenKind::kRightParen));
  return pivot;
}

Result<UnpivotClause> Parser::ParseUnpivot() {
  UnpivotClause unpivot;
  if (SeesAny({"INCLUDE", "EXCLUDE"})) {
    unpivot.include_nulls = Sees("INCLUDE", 0);
    Advance();
    TRY(Expect("NULLS"));
  }
  TRY(Expect(TokenKind::kLeftParen));
  unpivot.multiple = Sees(TokenKind::kLeftParen, 0);
  if (unpivot.multiple) {
    unpivot.value_columns = TRY(ParseIdentifierList());
  } else {
    unpivot.value_columns.push_back(TRY(ParseIdentifier("a name for the values")));
  }
  TRY(Expect("FOR"));
  unpivot.name_column = TRY(ParseIdentifier("a name for the names"));
  TRY(Expect("IN"));
  TRY(Expect(TokenKind::kLeftParen));
  unpivot.items =
      TRY(ParseList<UnpivotClause::Item>([&] { return ParseUnpivotItem(unpivot.multiple); }));
  TRY(Expect(TokenKind::kRightParen));
  TRY(Expect(TokenKind::kRightParen));
  return unpivot;
}

Result<UnpivotClause::Item> Parser::ParseUnpivotItem(bool multiple) {
  UnpivotClause::Item item;
  if (multiple) {
    item.columns = TRY(ParsePathList());
  } else {
    item.columns.push_back(TRY(ParsePath()));
  }
  if (Accept("AS") || AtName()) {
    item.alias = TRY(ParseIdentifier("an alias"));
  }
  return item;
}

}  // namespace lakesmith::sql
