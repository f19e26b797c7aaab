#include <string>
#include <utility>
#include <vector>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

namespace {

std::vector<FunctionArgument> Positional(std::vector<ExpressionPtr> values) {
  std::vector<FunctionArgument> arguments(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    arguments[i].value = std::move(values[i]);
  }
  return arguments;
}

}  // namespace

// At the '(' of a call.
Result<ExpressionPtr> Parser::ParseFunctionCall(Name name, uint32_t begin) {
  ExpressionPtr special = TRY(ParseSpecialCall(name, begin));
  if (special) {
    return special;
  }
  Ptr<FunctionCall> call(new FunctionCall);
  const bool row = name.parts.size() == 1 && tokens_[position_ - 1].keyword == Keyword("STRUCT").id;
  call->name = std::move(name);
  TRY(Expect(TokenKind::kLeftParen));
  const bool first_is_word =
      !SeesAny({TokenKind::kComma, TokenKind::kRightParen, TokenKind::kDot}, 1);
  if (first_is_word && Accept("DISTINCT")) {
    call->distinct = true;
  } else if (first_is_word && Sees("ALL", 0)) {
    Advance();
  }
  if (!Sees(TokenKind::kRightParen, 0)) {
    call->arguments = TRY(ParseArguments(row));
  }
  if (AcceptAll({"IGNORE", "NULLS"})) {
    call->nulls = NullTreatment::kIgnore;
  } else if (AcceptAll({"RESPECT", "NULLS"})) {
    call->nulls = NullTreatment::kRespect;
  }
  TRY(Expect(TokenKind::kRightParen));
  TRY(ParseCallSuffixes(call.get()));
  call->range = RangeFrom(begin);
  return call;
}

Result<std::vector<FunctionArgument>> Parser::ParseArguments(bool aliases) {
  return ParseList<FunctionArgument>([this, aliases] { return ParseArgument(aliases); });
}

Result<FunctionArgument> Parser::ParseArgument(bool alias) {
  FunctionArgument argument;
  if (AtName() && Sees(TokenKind::kFatArrow, 1)) {
    argument.name = TakeIdentifier().name;
    Advance();
  }
  if (AtQuery() && SeesAny({"SELECT", "WITH", "VALUES"})) {
    // f(SELECT ...): the query is a scalar argument.
    const uint32_t begin = Begin();
    QueryPtr query = TRY(ParseQuery());
    auto subquery = Make<ScalarSubquery>(begin);
    subquery->query = std::move(query);
    argument.value = std::move(subquery);
    return argument;
  }
  argument.value = alias ? TRY(ParseNamedExpression()) : TRY(ParseExpression());
  return argument;
}

// TABLE(name) or TABLE(query), with PARTITION BY and ORDER BY.
Result<ExpressionPtr> Parser::ParseTableArgument() {
  const uint32_t begin = Begin();
  Advance();
  Ptr<TableArgument> argument(new TableArgument);
  if (Peek().opens_query) {
    argument->query = TRY(ParseParenthesizedQuery());
  } else {
    TRY(Expect(TokenKind::kLeftParen));
    argument->table = TRY(ParseMultipartName("a table"));
    TRY(Expect(TokenKind::kRightParen));
  }
  if (AcceptAll({"WITH", "SINGLE", "PARTITION"})) {
    argument->with_single_partition = true;
  } else if (AcceptAny({"PARTITION", "DISTRIBUTE"}) != 0) {
    TRY(Expect("BY"));
    const bool list = Sees(TokenKind::kLeftParen, 0);
    if (list) {
      Advance();
      argument->partition_by = TRY(ParseExpressionList());
      TRY(Expect(TokenKind::kRightParen));
    } else {
      argument->partition_by.push_back(TRY(ParseExpression()));
    }
  }
  if (AcceptAny({"ORDER", "SORT"}) != 0) {
    TRY(Expect("BY"));
    if (Accept(TokenKind::kLeftParen)) {
      argument->order_by = TRY(ParseList<OrderItem>([this] { return ParseOrderItem(); }));
      TRY(Expect(TokenKind::kRightParen));
    } else {
      argument->order_by.push_back(TRY(ParseOrderItem()));
    }
  }
  argument->range = RangeFrom(begin);
  return argument;
}

Status Parser::ParseCallSuffixes(FunctionCall* call) {
  if (AcceptAll({"WITHIN", "GROUP"})) {
    TRY(Expect(TokenKind::kLeftParen));
    TRY(ExpectAll({"ORDER", "BY"}));
    call->within_group = TRY(ParseList<OrderItem>([this] { return ParseOrderItem(); }));
    TRY(Expect(TokenKind::kRightParen));
  }
  if (Sees("FILTER", 0) && Sees(TokenKind::kLeftParen, 1)) {
    Advance(2);
    TRY(Expect("WHERE"));
    call->filter = TRY(ParseExpression());
    TRY(Expect(TokenKind::kRightParen));
  }
  if (AcceptAll({"IGNORE", "NULLS"})) {
    call->nulls = NullTreatment::kIgnore;
  } else if (AcceptAll({"RESPECT", "NULLS"})) {
    call->nulls = NullTreatment::kRespect;
  }
  if (Sees("OVER", 0) &&
      (SeesAny({TokenKind::kLeftParen, TokenKind::kQuotedName}, 1) ||
       (Sees(TokenKind::kWord, 1) && !SeesAny({"FROM", "WHERE", "UNION", "ORDER", "LIMIT"}, 1)))) {
    Advance();
    call->over = TRY(ParseWindow());
  }
  return {};
}

Result<WindowSpecification> Parser::ParseWindow() {
  const uint32_t begin = Begin();
  WindowSpecification window;
  if (!Accept(TokenKind::kLeftParen)) {
    window.reference = TRY(ParseIdentifier("a window")).name;
    window.range = RangeFrom(begin);
    return window;
  }
  if (AtName() && Sees(TokenKind::kRightParen, 1)) {
    window.reference = TakeIdentifier().name;
  } else {
    if (AcceptAny({"PARTITION", "DISTRIBUTE", "CLUSTER"}) != 0) {
      TRY(Expect("BY"));
      window.partition_by = TRY(ParseExpressionList());
    }
    if (AcceptAny({"ORDER", "SORT"}) != 0) {
      TRY(Expect("BY"));
      window.order_by = TRY(ParseList<OrderItem>([this] { return ParseOrderItem(); }));
    }
    if (At("ROWS") || At("RANGE")) {
      window.frame = TRY(ParseFrame());
    }
  }
  TRY(Expect(TokenKind::kRightParen));
  window.range = RangeFrom(begin);
  return window;
}

Result<WindowFrame> Parser::ParseFrame() {
  WindowFrame frame;
  frame.unit = Sees("ROWS", 0) ? FrameUnit::kRows : FrameUnit::kRange;
  Advance();
  const bool between = Accept("BETWEEN");
  frame.start = TRY(ParseFrameBound());
  if (between) {
    TRY(Expect("AND"));
    frame.end = TRY(ParseFrameBound());
  }
  return frame;
}

Result<FrameBound> Parser::ParseFrameBound() {
  FrameBound bound;
  if (AcceptAll({"CURRENT", "ROW"})) {
    bound.bound_kind = FrameBoundKind::kCurrentRow;
    return bound;
  }
  const bool unbounded = Accept("UNBOUNDED");
  if (!unbounded) {
    bound.offset = TRY(ParseValueExpression());
  }
  if (Accept("PRECEDING")) {
    bound.bound_kind = unbounded ? FrameBoundKind::kUnboundedPreceding : FrameBoundKind::kPreceding;
  } else {
    TRY(Expect("FOLLOWING"));
    bound.bound_kind = unbounded ? FrameBoundKind::kUnboundedFollowing : FrameBoundKind::kFollowing;
  }
  return bound;
}

Ptr<FunctionCall> Parser::MakeCall(Name name, CallSyntax syntax,
                                   std::vector<ExpressionPtr> arguments, uint32_t begin) const {
  auto call = Make<FunctionCall>(begin);
  call->name = std::move(name);
  call->syntax = syntax;
  call->arguments = Positional(std::move(arguments));
  return call;
}

}  // namespace lakesmith::sql
