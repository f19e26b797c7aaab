#include "base/stack_space.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using Syntax = sql::ExpressionKind;
using types::DataType;
using types::StructField;
using types::TypeId;

Result<ExpressionPtr> Analyzer::Resolve(const sql::Expression& expression, const Scope& scope) {
  constexpr int kDeepest = 3'000;
  if (expression_depth_ > kDeepest) return Located(TooComplex(), expression.range);
  // Chains of AND and OR, which the emitter writes flat, may be as long as they like.
  const auto* binary = sql::TryAs<sql::Binary>(&expression);
  const bool chain = binary != nullptr && (binary->op == sql::BinaryOperator::kAnd ||
                                           binary->op == sql::BinaryOperator::kOr);
  const int levels = chain ? 0 : 1;
  expression_depth_ += levels;
  Result<ExpressionPtr> resolved =
      WithStackSpace([&]() -> Result<ExpressionPtr> { return ResolveKind(expression, scope); });
  expression_depth_ -= levels;
  if (!resolved) return Located(std::move(resolved).error(), expression.range);
  Status timely = CheckTime((*resolved)->type);
  if (!timely) return Located(std::move(timely).error(), expression.range);
  return resolved;
}

Result<ExpressionPtr> Analyzer::ResolveKind(const sql::Expression& expression, const Scope& scope) {
  switch (expression.kind) {
    case Syntax::kLiteral:
      return ResolveLiteral(sql::As<sql::Literal>(expression));
    case Syntax::kIntervalLiteral:
      return ResolveInterval(sql::As<sql::IntervalLiteral>(expression));
    case Syntax::kColumnReference:
      return ResolveName(sql::As<sql::ColumnReference>(expression), scope);
    case Syntax::kIdentifierClause:
      return ResolveIdentifier(sql::As<sql::IdentifierClause>(expression), scope);
    case Syntax::kParameter:
      return ResolveParameter(sql::As<sql::Parameter>(expression));
    case Syntax::kUnary:
      return ResolveUnary(sql::As<sql::Unary>(expression), scope);
    case Syntax::kBinary:
      return ResolveBinary(sql::As<sql::Binary>(expression), scope);
    case Syntax::kIsTest:
      return ResolveIsTest(sql::As<sql::IsTest>(expression), scope);
    case Syntax::kIsDistinctFrom:
      return ResolveIsDistinctFrom(sql::As<sql::IsDistinctFrom>(expression), scope);
    case Syntax::kBetween:
      return ResolveBetween(sql::As<sql::Between>(expression), scope);
    case Syntax::kLike:
      return ResolveLike(sql::As<sql::Like>(expression), scope);
    case Syntax::kInList:
      return ResolveInList(sql::As<sql::InList>(expression), scope);
    case Syntax::kInSubquery:
    case Syntax::kExists:
    case Syntax::kScalarSubquery:
      return ResolveSubquery(expression, scope);
    case Syntax::kCast:
      return ResolveCast(sql::As<sql::Cast>(expression), scope);
    case Syntax::kFieldAccess: {
      const auto& access = sql::As<sql::FieldAccess>(expression);
      ExpressionPtr base = TRY(Resolve(*access.base, scope));
      return Field(std::move(base), access.field.name);
    }
    case Syntax::kSubscript:
      return ResolveSubscript(sql::As<sql::Subscript>(expression), scope);
    case Syntax::kSemiStructured:
      return ResolveSemiStructured(sql::As<sql::SemiStructured>(expression), scope);
    case Syntax::kCase:
      return ResolveCase(sql::As<sql::Case>(expression), scope);
    case Syntax::kFunctionCall:
      return ResolveCall(sql::As<sql::FunctionCall>(expression), scope);
    case Syntax::kRow:
      return ResolveRow(sql::As<sql::Row>(expression), scope);
    case Syntax::kAlias:
      return Resolve(*sql::As<sql::Alias>(expression).operand, scope);
    case Syntax::kCollate:
      return Unsupported("COLLATE is not supported")
          .WithClass("UNSUPPORTED_FEATURE.COLLATION", "0A000");
    case Syntax::kStar:
      return SparkError("INVALID_USAGE_OF_STAR_OR_REGEX", "42000",
                        "Invalid usage of '*' in expression.");
    case Syntax::kLambda:
      return SparkError("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", "42K0D",
                        "A lambda function should only be used in a higher order function.");
    default:
      return Unsupported("this expression is not supported here");
  }
}

Result<ExpressionPtr> Analyzer::ResolveIsDistinctFrom(const sql::IsDistinctFrom& distinct,
                                                      const Scope& scope) {
  ExpressionPtr left = TRY(Resolve(*distinct.left, scope));
  ExpressionPtr right = TRY(Resolve(*distinct.right, scope));
  ExpressionPtr same = TRY(Compare("<=>", std::move(left), std::move(right)));
  if (distinct.negated) return same;
  return MakeCall("not", {same});
}

Result<std::vector<ExpressionPtr>> Analyzer::ResolveAll(
    const std::vector<sql::ExpressionPtr>& expressions, const Scope& scope) {
  std::vector<ExpressionPtr> resolved;
  for (const sql::ExpressionPtr& expression : expressions) {
    resolved.push_back(TRY(Resolve(*expression, scope)));
  }
  return resolved;
}

Result<ExpressionPtr> Analyzer::ResolveUnary(const sql::Unary& unary, const Scope& scope) {
  ExpressionPtr operand = TRY(Resolve(*unary.operand, scope));
  switch (unary.op) {
    case sql::UnaryOperator::kMinus:
      return Negate(std::move(operand));
    case sql::UnaryOperator::kPlus: {
      const std::string pretty = fmt::format("(+ {})", PrettyName(*operand));
      return WithPretty(TRY(MakeCall("positive", {std::move(operand)})), pretty);
    }
    case sql::UnaryOperator::kBitNot:
      return MakeCall("~", {std::move(operand)});
    case sql::UnaryOperator::kNot:
      return MakeCall("not", {std::move(operand)});
  }
  return Internal("unknown unary operator");
}

Result<ExpressionPtr> Analyzer::ResolveBinary(const sql::Binary& binary, const Scope& scope) {
  ExpressionPtr left = TRY(Resolve(*binary.left, scope));
  ExpressionPtr right = TRY(Resolve(*binary.right, scope));
  const std::string op = Lower(sql::OperatorText(binary.op));
  using enum sql::BinaryOperator;
  switch (binary.op) {
    case kEqual:
    case kNullSafeEqual:
    case kNotEqual:
    case kLess:
    case kLessOrEqual:
    case kGreater:
    case kGreaterOrEqual:
      return Compare(op == "!=" ? "<>" : op, std::move(left), std::move(right));
    case kAdd:
    case kSubtract:
    case kMultiply:
    case kDivide:
    case kModulo:
    case kIntegerDivide:
      return Arithmetic(op, std::move(left), std::move(right));
    case kAnd:
    case kOr:
      return Logic(op, std::move(left), std::move(right));
    case kBitAnd:
    case kBitOr:
    case kBitXor:
      return Bitwise(op, std::move(left), std::move(right));
    case kConcat: {
      const std::string pretty =
          fmt::format("concat({}, {})", PrettyName(*left), PrettyName(*right));
      return WithPretty(TRY(MakeCall("concat", {std::move(left), std::move(right)})), pretty);
    }
    default:
      return MakeCall(op, {std::move(left), std::move(right)});
  }
}

Result<ExpressionPtr> Analyzer::ResolveIsTest(const sql::IsTest& test, const Scope& scope) {
  ExpressionPtr operand = TRY(Resolve(*test.operand, scope));
  if (test.test == sql::IsTestKind::kNull || test.test == sql::IsTestKind::kUnknown) {
    if (test.test == sql::IsTestKind::kUnknown && !operand->type.is(TypeId::kBoolean)) {
      operand = MakeCast(TRY(Cast(operand, DataType::Boolean(), false))->children.front(),
                         DataType::Boolean(), true);
    }
    return MakeCall(test.negated ? "isnotnull" : "isnull", {std::move(operand)});
  }
  const bool wanted = test.test == sql::IsTestKind::kTrue;
  std::string pretty = fmt::format("({} <=> {})", PrettyName(*operand), wanted);
  if (test.negated) pretty = fmt::format("(NOT {})", pretty);
  ExpressionPtr call = TRY(MakeCall(wanted ? "istrue" : "isfalse", {std::move(operand)}));
  if (test.negated) call = TRY(MakeCall("not", {std::move(call)}));
  return WithPretty(call, pretty);
}

Result<ExpressionPtr> Analyzer::ResolveBetween(const sql::Between& between, const Scope& scope) {
  ExpressionPtr operand = TRY(Resolve(*between.operand, scope));
  ExpressionPtr low = TRY(Resolve(*between.low, scope));
  ExpressionPtr high = TRY(Resolve(*between.high, scope));
  const std::string pretty =
      fmt::format("between({}, {}, {})", PrettyName(*operand), PrettyName(*low), PrettyName(*high));
  ExpressionPtr above = TRY(Compare(">=", operand, std::move(low)));
  ExpressionPtr below = TRY(Compare("<=", operand, std::move(high)));
  ExpressionPtr inside =
      WithPretty(TRY(MakeCall("and", {std::move(above), std::move(below)})), pretty);
  if (!between.negated) return inside;
  return MakeCall("not", {inside});
}

Result<ExpressionPtr> Analyzer::ResolveLike(const sql::Like& like, const Scope& scope) {
  ExpressionPtr operand = TRY(Resolve(*like.operand, scope));
  const char* name = like.like_kind == sql::LikeKind::kLike    ? "like"
                     : like.like_kind == sql::LikeKind::kILike ? "ilike"
                                                               : "rlike";
  if (like.quantifier != sql::LikeQuantifier::kNone && like.patterns.empty()) {
    return SparkError("EXPRESSION_EXPECTED", "42601", "Expected something between '(' and ')'.");
  }
  ExpressionPtr joined;
  bool constant = true;
  for (const sql::ExpressionPtr& item : like.patterns) {
    ExpressionPtr pattern = TRY(Resolve(*item, scope));
    constant = constant && IsFoldable(*pattern);
    std::vector<ExpressionPtr> arguments = {operand, std::move(pattern)};
    const std::string escape = like.escape ? fmt::format(" ESCAPE '{}'", *like.escape) : "";
    std::string pretty = fmt::format("{} {} {}{}", PrettyName(*operand),
                                     like.like_kind == sql::LikeKind::kLike ? "LIKE" : name,
                                     PrettyName(*arguments[1]), escape);
    if (like.like_kind == sql::LikeKind::kRLike) {
      pretty = fmt::format("RLIKE({}, {})", PrettyName(*operand), PrettyName(*arguments[1]));
    }
    if (like.like_kind == sql::LikeKind::kILike) {
      pretty = fmt::format("ilike({}, {})", PrettyName(*operand), PrettyName(*arguments[1]));
    }
    if (like.escape) {
      arguments.push_back(MakeLiteral(types::Value(*like.escape), DataType::String()));
    }
    ExpressionPtr call = WithPretty(TRY(MakeCall(name, std::move(arguments))), pretty);
    // NOT LIKE ANY is "not like one of them"; NOT LIKE ALL "like none of them".
    if (like.negated) call = TRY(MakeCall("not", {std::move(call)}));
    if (!joined) {
      joined = std::move(call);
    } else {
      const char* glue = like.quantifier == sql::LikeQuantifier::kAny ? "or" : "and";
      joined = TRY(MakeCall(glue, {std::move(joined), std::move(call)}));
    }
  }
  if (like.quantifier == sql::LikeQuantifier::kNone || !constant) return joined;
  const bool folded = like.like_kind == sql::LikeKind::kILike;
  const std::string shown =
      folded ? fmt::format("lower({})", PrettyName(*operand)) : PrettyName(*operand);
  return WithPretty(
      joined, fmt::format("{}like{}({})", like.negated ? "not" : "",
                          like.quantifier == sql::LikeQuantifier::kAny ? "any" : "all", shown));
}

Result<ExpressionPtr> Analyzer::ResolveInList(const sql::InList& in, const Scope& scope) {
  std::vector<ExpressionPtr> arguments;
  arguments.push_back(TRY(Resolve(*in.operand, scope)));
  for (const sql::ExpressionPtr& item : in.items) {
    if (const auto* star = sql::TryAs<sql::Star>(item.get())) {
      auto columns = TRY(ExpandStar(*star, scope));
      for (NamedExpression& column : columns) arguments.push_back(std::move(column.expression));
      continue;
    }
    arguments.push_back(TRY(Resolve(*item, scope)));
  }
  ExpressionPtr call = TRY(MakeCall("in", std::move(arguments)));
  if (!in.negated) return call;
  return MakeCall("not", {call});
}

Result<ExpressionPtr> Analyzer::ResolveCase(const sql::Case& expression, const Scope& scope) {
  auto result = std::make_shared<Expression>();
  result->kind = ExpressionKind::kCase;
  ExpressionPtr operand;
  if (expression.operand) operand = TRY(Resolve(*expression.operand, scope));
  std::vector<DataType> outcomes;
  for (const auto& branch : expression.branches) {
    ExpressionPtr when = TRY(Resolve(*branch.when, scope));
    if (operand) when = TRY(Compare("=", operand, std::move(when)));
    result->children.push_back(TRY(AsCondition(std::move(when), "WHEN")));
    result->children.push_back(TRY(Resolve(*branch.then, scope)));
    outcomes.push_back(result->children.back()->type);
  }
  if (expression.otherwise) {
    result->children.push_back(TRY(Resolve(*expression.otherwise, scope)));
    outcomes.push_back(result->children.back()->type);
  }
  const auto type = WiderType(outcomes);
  if (!type) {
    return SparkError(
        "DATATYPE_MISMATCH.DATA_DIFF_TYPES", "42K09",
        "Cannot resolve \"CASE\" due to data type mismatch: Input to `casewhen` should all be "
        "the same type, but it's \"{}\" and others.",
        outcomes.front().Sql());
  }
  result->type = *type;
  for (size_t i = 0; i < result->children.size(); ++i) {
    const bool outcome = i % 2 == 1 || i + 1 == result->children.size();
    if (i + 1 == result->children.size() && i % 2 == 0 && !expression.otherwise) break;
    if (outcome) result->children[i] = MakeCast(result->children[i], *type, true);
  }
  return ExpressionPtr(result);
}

Result<ExpressionPtr> Analyzer::ResolveCast(const sql::Cast& cast, const Scope& scope) {
  ExpressionPtr operand = TRY(Resolve(*cast.operand, scope));
  return Cast(std::move(operand), cast.type.type, cast.is_try);
}

Result<ExpressionPtr> Analyzer::Cast(ExpressionPtr child, const DataType& type, bool is_try) {
  if (!CanCast(child->type, type)) {
    return SparkError(
        "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", "42K09",
        "Cannot resolve \"CAST({} AS {})\" due to data type mismatch: cannot cast \"{}\" to "
        "\"{}\".",
        PrettyName(*child), type.Sql(), child->type.Sql(), type.Sql());
  }
  // CHAR and VARCHAR in a cast mean STRING.
  const DataType target = type.IsString() ? DataType::String() : type;
  auto cast = std::make_shared<Expression>(*MakeCast(std::move(child), target, false));
  cast->try_cast = is_try;
  return ExpressionPtr(cast);
}

Result<ExpressionPtr> Analyzer::AsCondition(ExpressionPtr condition, std::string_view clause) {
  if (condition->type.is(TypeId::kBoolean)) return condition;
  if (clause == "JOIN") {
    return SparkError(
        "JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE", "42K0E",
        "The join condition \"{}\" has the invalid type \"{}\", expected \"BOOLEAN\".",
        PrettyName(*condition), condition->type.Sql());
  }
  if (clause != "WHERE" && (condition->type.is(TypeId::kVoid) || condition->type.IsString())) {
    return MakeCast(std::move(condition), DataType::Boolean(), true);
  }
  return SparkError(
      "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "42K09",
      "Cannot resolve \"{}\" due to data type mismatch: the {} condition has the type "
      "\"{}\" instead of \"BOOLEAN\".",
      PrettyName(*condition), clause, condition->type.Sql());
}

Result<ExpressionPtr> Analyzer::AsHaving(ExpressionPtr condition) {
  if (condition->type.IsNumeric()) return MakeCast(std::move(condition), DataType::Boolean(), true);
  return AsCondition(std::move(condition), "HAVING");
}

Result<ExpressionPtr> Analyzer::ResolveSubscript(const sql::Subscript& subscript,
                                                 const Scope& scope) {
  ExpressionPtr base = TRY(Resolve(*subscript.base, scope));
  ExpressionPtr index = TRY(Resolve(*subscript.index, scope));
  const std::string pretty = fmt::format("{}[{}]", PrettyName(*base), PrettyName(*index));
  if (base->type.is(TypeId::kStruct) && index->kind == ExpressionKind::kLiteral &&
      index->type.IsString() && !index->value.is_null()) {
    return Field(std::move(base), index->value.as<std::string>());
  }
  if (base->type.is(TypeId::kVoid)) return WithPretty(MakeNull(DataType::Void()), pretty);
  auto call = std::make_shared<Expression>();
  call->kind = ExpressionKind::kCall;
  call->name = "[]";
  call->function = &FindFunctions("[]").front();
  call->pretty = pretty;
  if (base->type.is(TypeId::kArray)) {
    if (!index->type.IsIntegral() && !index->type.IsString() && !index->type.is(TypeId::kVoid)) {
      return SparkError(
          "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
          "Cannot resolve \"{}\" due to data type mismatch: the index must be integral, but "
          "has the type \"{}\".",
          pretty, index->type.Sql());
    }
    call->type = base->type.element();
    if (!index->type.IsIntegral()) index = MakeCast(std::move(index), DataType::Int(), true);
  } else if (base->type.is(TypeId::kMap)) {
    const auto key = WiderType(base->type.key(), index->type);
    if (!key) {
      return SparkError(
          "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
          "Cannot resolve \"{}\" due to data type mismatch: the key must be \"{}\", but has "
          "the type \"{}\".",
          pretty, base->type.key().Sql(), index->type.Sql());
    }
    index = MakeCast(std::move(index), base->type.key(), true);
    call->type = base->type.value();
  } else {
    return SparkError(
        "INVALID_EXTRACT_BASE_FIELD_TYPE", "42000",
        "Can't extract a value from \"{}\". Need a complex type [STRUCT, ARRAY, MAP] but got "
        "\"{}\".",
        PrettyName(*base), base->type.Sql());
  }
  call->children = {std::move(base), std::move(index)};
  return ExpressionPtr(call);
}

Result<ExpressionPtr> Analyzer::ResolveSemiStructured(const sql::SemiStructured& path,
                                                      const Scope& scope) {
  ExpressionPtr base = TRY(Resolve(*path.base, scope));
  std::string text = "$";
  std::string shown = "$";
  std::string name;
  for (const auto& step : path.path) {
    using enum sql::SemiStructured::StepKind;
    std::string part = step.step_kind == kAll ? "[*]" : fmt::format("[{}]", step.index);
    if (step.step_kind == kField || step.step_kind == kKey) {
      part = fmt::format("['{}']", step.name);
      name = step.name;
    }
    shown += step.step_kind == kField ? "." + step.name : part;
    text += part;
  }
  ExpressionPtr literal = MakeLiteral(types::Value(text), DataType::String());
  if (base->type.IsString()) return MakeCall("get_json_object", {base, literal});
  if (!base->type.is(TypeId::kVariant)) {
    return SparkError("COLUMN_IS_NOT_VARIANT_TYPE", "42K09",
                      "Required column to be of the type variant, but \"{}\" has the type \"{}\".",
                      PrettyName(*base), base->type.Sql());
  }
  auto call = std::make_shared<Expression>();
  call->kind = ExpressionKind::kCall;
  call->name = "variant_get";
  call->function = &FindFunctions("variant_get").front();
  call->type = DataType::Variant();
  call->pretty = fmt::format("variant_get({}, {}) AS {}", PrettyName(*base), shown, name);
  call->children = {base, literal};
  return ExpressionPtr(call);
}

Result<ExpressionPtr> Analyzer::ResolveRow(const sql::Row& row, const Scope& scope) {
  auto result = std::make_shared<Expression>();
  result->kind = ExpressionKind::kStruct;
  std::vector<StructField> fields;
  for (const sql::ExpressionPtr& item : row.items) {
    result->children.push_back(TRY(Resolve(*item, scope)));
    const Expression& value = *result->children.back();
    const sql::Alias* alias = sql::TryAs<sql::Alias>(item.get());
    const bool named = value.kind == ExpressionKind::kColumn ||
                       value.kind == ExpressionKind::kField ||
                       value.kind == ExpressionKind::kLambdaVariable;
    std::string name = named ? value.name : "col" + std::to_string(fields.size() + 1);
    if (alias != nullptr && !alias->names.empty()) name = alias->names.front().name;
    fields.push_back({std::move(name), value.type, value.nullable});
  }
  std::string parts;
  for (size_t i = 0; i < fields.size(); ++i) {
    parts += fmt::format("{}{}, {}", i == 0 ? "" : ", ", fields[i].name,
                         PrettyName(*result->children[i]));
  }
  result->pretty = fmt::format("named_struct({})", parts);
  result->type = DataType::Struct(std::move(fields));
  return ExpressionPtr(result);
}

Result<ExpressionPtr> Analyzer::ResolveParameter(const sql::Parameter& parameter) {
  const std::string key =
      parameter.name.empty() ? std::to_string(parameter.position + 1) : parameter.name;
  const auto found = config_.parameters.find(key);
  if (found != config_.parameters.end()) {
    return MakeLiteral(found->second.second, found->second.first);
  }
  return SparkError(
      "UNBOUND_SQL_PARAMETER", "42P02",
      "Found the unbound parameter: {}. Please, fix `args` and provide a mapping of the "
      "parameter to either a SQL literal or collection constructor functions.",
      parameter.name.empty() ? "_" + key : key);
}

}  // namespace lakesmith::plan
