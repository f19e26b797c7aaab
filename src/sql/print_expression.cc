#include <string>
#include <utility>

#include "base/stack_space.h"
#include "sql/keyword.h"
#include "sql/printer_internal.h"

namespace lakesmith::sql {

namespace {

Level LevelOf(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kOr:
      return Level::kOr;
    case BinaryOperator::kAnd:
      return Level::kAnd;
    case BinaryOperator::kEqual:
    case BinaryOperator::kNullSafeEqual:
    case BinaryOperator::kNotEqual:
    case BinaryOperator::kLess:
    case BinaryOperator::kLessOrEqual:
    case BinaryOperator::kGreater:
    case BinaryOperator::kGreaterOrEqual:
      return Level::kValue;
    case BinaryOperator::kBitOr:
      return Level::kBitOr;
    case BinaryOperator::kBitXor:
      return Level::kBitXor;
    case BinaryOperator::kBitAnd:
      return Level::kBitAnd;
    case BinaryOperator::kShiftLeft:
    case BinaryOperator::kShiftRight:
    case BinaryOperator::kShiftRightUnsigned:
      return Level::kShift;
    case BinaryOperator::kAdd:
    case BinaryOperator::kSubtract:
    case BinaryOperator::kConcat:
      return Level::kAdditive;
    case BinaryOperator::kMultiply:
    case BinaryOperator::kDivide:
    case BinaryOperator::kModulo:
    case BinaryOperator::kIntegerDivide:
      return Level::kMultiplicative;
  }
  return Level::kPrimary;
}

Level LevelOf(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kLambda:
    case ExpressionKind::kAlias:
      return Level::kLambda;
    case ExpressionKind::kBinary:
      return LevelOf(As<Binary>(expression).op);
    case ExpressionKind::kUnary:
      return As<Unary>(expression).op == UnaryOperator::kNot ? Level::kNot : Level::kUnary;
    case ExpressionKind::kIsTest:
    case ExpressionKind::kIsDistinctFrom:
    case ExpressionKind::kBetween:
    case ExpressionKind::kLike:
    case ExpressionKind::kInList:
    case ExpressionKind::kInSubquery:
      return Level::kPredicate;
    default:
      return Level::kPrimary;
  }
}

Level Above(Level level) { return static_cast<Level>(static_cast<int>(level) + 1); }

}  // namespace

std::string_view OperatorText(BinaryOperator op) {
  static constexpr std::string_view kTexts[] = {"OR", "AND", "=", "<=>", "<>", "<",  "<=",  ">",
                                                ">=", "|",   "^", "&",   "<<", ">>", ">>>", "+",
                                                "-",  "||",  "*", "/",   "%",  "DIV"};
  return kTexts[static_cast<size_t>(op)];
}

void Printer::Print(const Expression& expression, Level lowest) {
  WithStackSpace([&] {
    const bool parentheses = LevelOf(expression) < lowest;
    AddIf(parentheses, "(");
    PrintExpression(expression);
    AddIf(parentheses, ")");
  });
}

void Printer::AddExpressions(const std::vector<ExpressionPtr>& expressions) {
  AddList(expressions, [this](const ExpressionPtr& item) { Print(*item); });
}

void Printer::AddInParentheses(const std::vector<ExpressionPtr>& expressions) {
  Add("(");
  AddExpressions(expressions);
  Add(")");
}

void Printer::AddOptional(std::string_view prefix, const ExpressionPtr& expression) {
  if (expression) {
    Add(prefix);
    Print(*expression);
  }
}

void Printer::AddSubquery(const QueryPtr& query) {
  Add("(");
  Print(*query);
  Add(")");
}

// NOLINTNEXTLINE(readability-function-size): one line for each kind.
void Printer::PrintExpression(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kLiteral:
      return PrintLiteral(As<Literal>(expression));
    case ExpressionKind::kIntervalLiteral:
      return PrintInterval(As<IntervalLiteral>(expression));
    case ExpressionKind::kColumnReference:
      return AddPath(As<ColumnReference>(expression).parts);
    case ExpressionKind::kIdentifierClause:
      Add("IDENTIFIER(");
      Print(*As<IdentifierClause>(expression).argument);
      return Add(")");
    case ExpressionKind::kStar:
      return PrintStar(As<Star>(expression));
    case ExpressionKind::kParameter:
      return PrintParameter(As<Parameter>(expression));
    case ExpressionKind::kUnary:
      return PrintUnary(As<Unary>(expression));
    case ExpressionKind::kBinary:
      return PrintBinary(As<Binary>(expression));
    case ExpressionKind::kIsTest:
      return PrintIsTest(As<IsTest>(expression));
    case ExpressionKind::kIsDistinctFrom:
      return PrintIsDistinctFrom(As<IsDistinctFrom>(expression));
    case ExpressionKind::kBetween:
      return PrintBetween(As<Between>(expression));
    case ExpressionKind::kLike:
      return PrintLike(As<Like>(expression));
    case ExpressionKind::kInList:
      return PrintInList(As<InList>(expression));
    case ExpressionKind::kInSubquery:
      return PrintInSubquery(As<InSubquery>(expression));
    case ExpressionKind::kExists:
      Add("EXISTS ");
      return AddSubquery(As<Exists>(expression).query);
    case ExpressionKind::kScalarSubquery:
      return AddSubquery(As<ScalarSubquery>(expression).query);
    case ExpressionKind::kCast:
      return PrintCast(As<Cast>(expression));
    case ExpressionKind::kFieldAccess:
      return PrintFieldAccess(As<FieldAccess>(expression));
    case ExpressionKind::kSubscript:
      return PrintSubscript(As<Subscript>(expression));
    case ExpressionKind::kSemiStructured:
      return PrintSemiStructured(As<SemiStructured>(expression));
    case ExpressionKind::kCase:
      return PrintCase(As<Case>(expression));
    case ExpressionKind::kFunctionCall:
      return PrintCall(As<FunctionCall>(expression));
    case ExpressionKind::kLambda:
      return PrintLambda(As<Lambda>(expression));
    case ExpressionKind::kCollate:
      return PrintCollate(As<Collate>(expression));
    case ExpressionKind::kRow:
      return AddInParentheses(As<Row>(expression).items);
    case ExpressionKind::kAlias:
      return PrintAlias(As<Alias>(expression));
    case ExpressionKind::kTableArgument:
      return PrintTableArgument(As<TableArgument>(expression));
  }
}

void Printer::PrintParameter(const Parameter& parameter) {
  Add(parameter.name.empty() ? "?" : ":" + QuoteName(parameter.name));
}

void Printer::PrintIsDistinctFrom(const IsDistinctFrom& distinct) {
  Print(*distinct.left, Level::kValue);
  Add(distinct.negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ");
  Print(*distinct.right, Level::kValue);
}

void Printer::PrintBetween(const Between& between) {
  Print(*between.operand, Level::kValue);
  Add(between.negated ? " NOT BETWEEN " : " BETWEEN ");
  Print(*between.low, Level::kValue);
  Add(" AND ");
  Print(*between.high, Level::kValue);
}

void Printer::PrintInList(const InList& in) {
  Print(*in.operand, Level::kValue);
  Add(in.negated ? " NOT IN " : " IN ");
  AddInParentheses(in.items);
}

void Printer::PrintInSubquery(const InSubquery& in) {
  Print(*in.operand, Level::kValue);
  Add(in.negated ? " NOT IN " : " IN ");
  AddSubquery(in.query);
}

void Printer::PrintCast(const Cast& cast) {
  Add(cast.is_try ? "TRY_CAST(" : "CAST(");
  Print(*cast.operand, Level::kOr);
  Add(" AS ");
  Print(cast.type);
  Add(")");
}

void Printer::PrintLambda(const Lambda& lambda) {
  const bool one = lambda.parameters.size() == 1;
  AddIf(!one, "(");
  AddList(lambda.parameters, [this](const Identifier& item) { AddIdentifier(item); });
  Add(one ? " -> " : ") -> ");
  Print(*lambda.body);
}

void Printer::PrintFieldAccess(const FieldAccess& access) {
  PrintBase(*access.base);
  Add(".");
  AddIdentifier(access.field);
}

void Printer::PrintSubscript(const Subscript& subscript) {
  PrintPathBase(*subscript.base);
  Add("[");
  Print(*subscript.index, Level::kValue);
  Add("]");
}

void Printer::PrintCollate(const Collate& collate) {
  Print(*collate.operand, Level::kPrimary);
  Add(" COLLATE ");
  AddPath(collate.collation);
}

// What a '.' may follow: a bare name would take the field as its next part, and so would a path.
void Printer::PrintBase(const Expression& base) {
  const bool parentheses =
      base.kind == ExpressionKind::kColumnReference ||
      base.kind == ExpressionKind::kSemiStructured || base.kind == ExpressionKind::kCollate ||
      base.kind == ExpressionKind::kIdentifierClause || base.kind == ExpressionKind::kStar ||
      base.kind == ExpressionKind::kParameter || base.kind == ExpressionKind::kLiteral ||
      base.kind == ExpressionKind::kIntervalLiteral;
  AddIf(parentheses, "(");
  Print(base, parentheses ? Level::kLambda : Level::kPrimary);
  AddIf(parentheses, ")");
}

void Printer::PrintBinary(const Binary& binary) {
  const Level level = LevelOf(binary.op);
  Print(*binary.left, level);
  Add(" ");
  Add(OperatorText(binary.op));
  Add(" ");
  // `a | where` would be a pipe.
  const auto* column = TryAs<ColumnReference>(binary.right);
  const bool name = binary.op == BinaryOperator::kBitOr && column != nullptr &&
                    FindKeyword(column->parts[0].name) != 0;
  AddIf(name, "(");
  Print(*binary.right, Above(level));
  AddIf(name, ")");
}

void Printer::PrintUnary(const Unary& unary) {
  if (unary.op == UnaryOperator::kNot) {
    Add("NOT ");
    return Print(*unary.operand, Level::kPredicate);
  }
  Add(unary.op == UnaryOperator::kMinus ? "-" : unary.op == UnaryOperator::kPlus ? "+" : "~");
  // A sign in front of a number would become part of it.
  const bool number = unary.operand->kind == ExpressionKind::kLiteral;
  AddIf(number, "(");
  Print(*unary.operand, Level::kPrimary);
  AddIf(number, ")");
}

void Printer::PrintIsTest(const IsTest& test) {
  static constexpr std::string_view kTests[] = {"NULL", "TRUE", "FALSE", "UNKNOWN"};
  Print(*test.operand, Level::kValue);
  Add(test.negated ? " IS NOT " : " IS ");
  Add(kTests[static_cast<size_t>(test.test)]);
}

void Printer::PrintLike(const Like& like) {
  static constexpr std::string_view kKinds[] = {"LIKE", "ILIKE", "RLIKE"};
  Print(*like.operand, Level::kValue);
  Add(like.negated ? " NOT " : " ");
  Add(kKinds[static_cast<size_t>(like.like_kind)]);
  if (like.quantifier == LikeQuantifier::kNone) {
    Add(" ");
    const auto* call = TryAs<FunctionCall>(like.patterns[0]);
    // LIKE any (x) would be read as a quantifier.
    AddIf(call != nullptr, "(");
    Print(*like.patterns[0], Level::kValue);
    AddIf(call != nullptr, ")");
  } else {
    Add(like.quantifier == LikeQuantifier::kAny ? " ANY " : " ALL ");
    AddInParentheses(like.patterns);
  }
  if (like.escape) {
    Add(" ESCAPE ");
    AddText(*like.escape);
  }
}

void Printer::PrintCase(const Case& expression) {
  Add("CASE");
  if (expression.operand) {
    Add(" ");
    Print(*expression.operand);
  }
  for (const Case::Branch& branch : expression.branches) {
    Add(" WHEN ");
    Print(*branch.when);
    Add(" THEN ");
    Print(*branch.then);
  }
  AddOptional(" ELSE ", expression.otherwise);
  Add(" END");
}

void Printer::PrintSemiStructured(const SemiStructured& path) {
  PrintPathBase(*path.base);
  Add(":");
  bool first = true;
  for (const SemiStructured::Step& step : path.path) {
    switch (step.step_kind) {
      case SemiStructured::StepKind::kField:
        AddIf(!first, ".");
        Add(step.quoted ? QuoteNameAlways(step.name) : step.name);  // Quotes make case count.
        break;
      case SemiStructured::StepKind::kKey:
        Add("[");
        AddText(step.name);
        Add("]");
        break;
      case SemiStructured::StepKind::kIndex:
        Add("[" + std::to_string(step.index) + "]");
        break;
      case SemiStructured::StepKind::kAll:
        Add("[*]");
        break;
    }
    first = false;
  }
}

// What a ':' or '[' may follow: names need no parentheses here.
void Printer::PrintPathBase(const Expression& base) {
  if (base.kind == ExpressionKind::kColumnReference) {
    return Print(base);
  }
  PrintBase(base);
}

void Printer::PrintStar(const Star& star) {
  AddPath(star.qualifier);
  Add(star.qualifier.empty() ? "*" : ".*");
  if (!star.except.empty()) {
    Add(" EXCEPT ");
    AddPaths(star.except);
  }
}

void Printer::PrintAlias(const Alias& alias) {
  Print(*alias.operand, Level::kOr);
  Add(" AS ");
  if (alias.multiple) {
    return AddColumns(alias.names);
  }
  AddPath(alias.names);
}

}  // namespace lakesmith::sql
