#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/stack_space.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

namespace {

// Source: Spark SQL reference, "Operators"; NOT stands between AND and the predicates.
enum Precedence : int {
  kOrLevel = 1,
  kAndLevel,
  kNotLevel,
  kPredicateLevel,
  kComparisonLevel,
  kBitOrLevel,
  kBitXorLevel,
  kBitAndLevel,
  kShiftLevel,
  kAdditiveLevel,
  kMultiplicativeLevel,
  kUnaryLevel,
};

// Memory, not the stack, bounds nesting; this keeps a hostile text from taking all of it.
constexpr size_t kDeepestNesting = 200'000;

struct Infix {
  int precedence;
  BinaryOperator op;
};

std::optional<Infix> InfixOf(const Token& token) {
  switch (token.kind) {
    case TokenKind::kWord:
      if (token.keyword == Keyword("AND").id) return Infix{kAndLevel, BinaryOperator::kAnd};
      if (token.keyword == Keyword("OR").id) return Infix{kOrLevel, BinaryOperator::kOr};
      if (token.keyword == Keyword("DIV").id) {
        return Infix{kMultiplicativeLevel, BinaryOperator::kIntegerDivide};
      }
      return std::nullopt;
    case TokenKind::kEqual:
      return Infix{kComparisonLevel, BinaryOperator::kEqual};
    case TokenKind::kNullSafeEqual:
      return Infix{kComparisonLevel, BinaryOperator::kNullSafeEqual};
    case TokenKind::kNotEqual:
      return Infix{kComparisonLevel, BinaryOperator::kNotEqual};
    case TokenKind::kLess:
      return Infix{kComparisonLevel, BinaryOperator::kLess};
    case TokenKind::kLessOrEqual:
      return Infix{kComparisonLevel, BinaryOperator::kLessOrEqual};
    case TokenKind::kGreater:
      return Infix{kComparisonLevel, BinaryOperator::kGreater};
    case TokenKind::kGreaterOrEqual:
      return Infix{kComparisonLevel, BinaryOperator::kGreaterOrEqual};
    case TokenKind::kBar:
      return Infix{kBitOrLevel, BinaryOperator::kBitOr};
    case TokenKind::kCaret:
      return Infix{kBitXorLevel, BinaryOperator::kBitXor};
    case TokenKind::kAmpersand:
      return Infix{kBitAndLevel, BinaryOperator::kBitAnd};
    case TokenKind::kShiftLeft:
      return Infix{kShiftLevel, BinaryOperator::kShiftLeft};
    case TokenKind::kShiftRight:
      return Infix{kShiftLevel, BinaryOperator::kShiftRight};
    case TokenKind::kShiftRightUnsigned:
      return Infix{kShiftLevel, BinaryOperator::kShiftRightUnsigned};
    case TokenKind::kPlus:
      return Infix{kAdditiveLevel, BinaryOperator::kAdd};
    case TokenKind::kMinus:
      return Infix{kAdditiveLevel, BinaryOperator::kSubtract};
    case TokenKind::kConcat:
      return Infix{kAdditiveLevel, BinaryOperator::kConcat};
    case TokenKind::kStar:
      return Infix{kMultiplicativeLevel, BinaryOperator::kMultiply};
    case TokenKind::kSlash:
      return Infix{kMultiplicativeLevel, BinaryOperator::kDivide};
    case TokenKind::kPercent:
      return Infix{kMultiplicativeLevel, BinaryOperator::kModulo};
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<ExpressionPtr> Parser::ParseExpression() {
  if (nesting_ >= kDeepestNesting) {
    return ErrorAt({Peek().begin, Peek().end},
                   fmt::format("Expressions and queries nest at most {} deep", kDeepestNesting));
  }
  ++nesting_;
  auto expression = WithStackSpace([this] { return ParseBinary(kOrLevel); });
  --nesting_;
  return expression;
}

Result<ExpressionPtr> Parser::ParseValueExpression() { return ParseBinary(kComparisonLevel); }

// Operators of at least the precedence `lowest`, all of them left-associative.
Result<ExpressionPtr> Parser::ParseBinary(int lowest) {
  const uint32_t begin = Begin();
  const bool negation = SeesAny({"NOT"}) || Sees(TokenKind::kBang, 0);
  if (negation && lowest > kNotLevel) {
    return Unexpected("a value");
  }
  ExpressionPtr left = negation ? TRY(ParseNot()) : TRY(ParseUnary());
  int highest = negation ? kNotLevel : kUnaryLevel;
  while (true) {
    if (lowest <= kPredicateLevel && highest >= kPredicateLevel && AtPredicate()) {
      left = TRY(ParsePredicate(std::move(left), begin));
      highest = kNotLevel;  // A predicate is no operand of another, nor of a comparison.
      continue;
    }
    const auto infix = InfixOf(Peek());
    if (!infix || infix->precedence < lowest || infix->precedence > highest) {
      return left;
    }
    Advance();
    ExpressionPtr right = TRY(ParseBinary(infix->precedence + 1));
    auto binary = Make<Binary>(begin);
    binary->op = infix->op;
    binary->left = std::move(left);
    binary->right = std::move(right);
    left = std::move(binary);
  }
}

Result<ExpressionPtr> Parser::ParseNot() {
  std::vector<uint32_t> begins;
  while (Sees("NOT", 0) || Sees(TokenKind::kBang, 0)) {
    begins.push_back(Begin());
    Advance();
  }
  ExpressionPtr operand = TRY(ParseBinary(kPredicateLevel));
  for (; !begins.empty(); begins.pop_back()) {
    auto negation = Make<Unary>(begins.back());
    negation->op = UnaryOperator::kNot;
    negation->operand = std::move(operand);
    operand = std::move(negation);
  }
  return operand;
}

Result<ExpressionPtr> Parser::ParseUnary() {
  std::vector<std::pair<UnaryOperator, uint32_t>> signs;
  while (SeesAny({TokenKind::kMinus, TokenKind::kPlus, TokenKind::kTilde})) {
    const TokenKind kind = Peek().kind;
    if (kind == TokenKind::kMinus && AtNumber(1)) {
      break;  // A part of the literal.
    }
    signs.emplace_back(kind == TokenKind::kMinus  ? UnaryOperator::kMinus
                       : kind == TokenKind::kPlus ? UnaryOperator::kPlus
                                                  : UnaryOperator::kBitNot,
                       Begin());
    Advance();
  }
  ExpressionPtr operand = TRY(ParsePrimary());
  for (; !signs.empty(); signs.pop_back()) {
    auto unary = Make<Unary>(signs.back().second);
    unary->op = signs.back().first;
    unary->operand = std::move(operand);
    operand = std::move(unary);
  }
  return operand;
}

bool Parser::AtPredicate() const {
  const bool negated = Sees("NOT", 0);
  const size_t ahead = negated ? 1 : 0;
  return SeesAny({"IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP"}, ahead) ||
         (!negated && Sees("IS", 0));
}

Result<ExpressionPtr> Parser::ParsePredicate(ExpressionPtr operand, uint32_t begin) {
  if (Accept("IS")) {
    return ParseIs(std::move(operand), begin);
  }
  const bool negated = Accept("NOT");
  if (Accept("IN")) {
    return ParseIn(std::move(operand), negated, begin);
  }
  if (!Accept("BETWEEN")) {
    return ParseLike(std::move(operand), negated, begin);
  }
  ExpressionPtr low = TRY(ParseValueExpression());
  TRY(Expect("AND"));
  ExpressionPtr high = TRY(ParseValueExpression());
  auto between = Make<Between>(begin);
  between->negated = negated;
  between->operand = std::move(operand);
  between->low = std::move(low);
  between->high = std::move(high);
  return between;
}

Result<ExpressionPtr> Parser::ParseIs(ExpressionPtr operand, uint32_t begin) {
  const bool negated = Accept("NOT");
  if (AcceptAll({"DISTINCT", "FROM"})) {
    ExpressionPtr right = TRY(ParseValueExpression());
    auto distinct = Make<IsDistinctFrom>(begin);
    distinct->negated = negated;
    distinct->left = std::move(operand);
    distinct->right = std::move(right);
    return distinct;
  }
  const KeywordId word = AcceptAny({"NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT"});
  if (word == 0 || word == Keyword("DISTINCT").id) {
    return Unexpected();
  }
  auto test = Make<IsTest>(begin);
  test->test = word == Keyword("NULL").id    ? IsTestKind::kNull
               : word == Keyword("TRUE").id  ? IsTestKind::kTrue
               : word == Keyword("FALSE").id ? IsTestKind::kFalse
                                             : IsTestKind::kUnknown;
  test->negated = negated;
  test->operand = std::move(operand);
  return test;
}

Result<ExpressionPtr> Parser::ParseIn(ExpressionPtr operand, bool negated, uint32_t begin) {
  if (Peek().opens_query) {
    QueryPtr query = TRY(ParseParenthesizedQuery());
    auto in = Make<InSubquery>(begin);
    in->negated = negated;
    in->operand = std::move(operand);
    in->query = std::move(query);
    return in;
  }
  TRY(Expect(TokenKind::kLeftParen));
  auto items = TRY(ParseExpressionList());
  TRY(Expect(TokenKind::kRightParen));
  auto in = Make<InList>(begin);
  in->negated = negated;
  in->operand = std::move(operand);
  in->items = std::move(items);
  return in;
}

Result<ExpressionPtr> Parser::ParseLike(ExpressionPtr operand, bool negated, uint32_t begin) {
  Ptr<Like> like(new Like);
  like->like_kind = Sees("LIKE", 0)    ? LikeKind::kLike
                    : Sees("ILIKE", 0) ? LikeKind::kILike
                                       : LikeKind::kRLike;
  Advance();
  if (SeesAny({"ANY", "SOME", "ALL"}) && Sees(TokenKind::kLeftParen, 1) &&
      like->like_kind != LikeKind::kRLike) {
    like->quantifier = Sees("ALL", 0) ? LikeQuantifier::kAll : LikeQuantifier::kAny;
    Advance(2);
    if (!Sees(TokenKind::kRightParen, 0)) {
      like->patterns = TRY(ParseExpressionList());
    }
    TRY(Expect(TokenKind::kRightParen));
  } else {
    like->patterns.push_back(TRY(ParseValueExpression()));
  }
  if (like->like_kind != LikeKind::kRLike && Accept("ESCAPE")) {
    const SourceRange range{Peek().begin, Peek().end};
    like->escape = TRY(ParseText());
    if (like->escape->size() != 1) {
      return ErrorAt(range, "The escape of LIKE is one character")
          .WithClass("INVALID_ESC", "42604");
    }
  }
  like->negated = negated;
  like->operand = std::move(operand);
  like->range = RangeFrom(begin);
  return like;
}

Result<std::vector<ExpressionPtr>> Parser::ParseExpressionList() {
  return ParseList<ExpressionPtr>([this] { return ParseExpression(); });
}

Result<ExpressionPtr> Parser::ParseNamedExpression() {
  const uint32_t begin = Begin();
  ExpressionPtr expression = TRY(ParseExpression());
  return ParseAlias(std::move(expression), begin);
}

Result<ExpressionPtr> Parser::ParseAlias(ExpressionPtr operand, uint32_t begin) {
  const bool said = Accept("AS");
  std::vector<Identifier> names;
  bool multiple = false;
  if (Sees(TokenKind::kLeftParen, 0)) {
    names = TRY(ParseIdentifierList());
    multiple = true;
  } else if (said || (AtName() && !AtClause())) {
    names.push_back(TRY(ParseIdentifier("an alias")));
  } else {
    return operand;
  }
  auto alias = Make<Alias>(begin);
  alias->operand = std::move(operand);
  alias->names = std::move(names);
  alias->multiple = multiple;
  return alias;
}

void Parser::ParseDirection(OrderItem* item) {
  if (Accept("DESC")) {
    item->descending = true;
  } else {
    Accept("ASC");
  }
  if (AcceptAll({"NULLS", "FIRST"})) {
    item->nulls = NullOrder::kFirst;
  } else if (AcceptAll({"NULLS", "LAST"})) {
    item->nulls = NullOrder::kLast;
  }
}

Result<OrderItem> Parser::ParseOrderItem() {
  OrderItem item;
  item.expression = TRY(ParseExpression());
  ParseDirection(&item);
  return item;
}

}  // namespace lakesmith::sql
