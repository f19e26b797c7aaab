#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

Error WrongCount(const std::string& name, size_t wanted, size_t given) {
  return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                    "The `{}` requires {} parameters but the actual number is {}.", name, wanted,
                    given);
}

Error NeedsType(const std::string& name, std::string_view wanted, const Expression& argument) {
  return SparkError(
      "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
      "Cannot resolve \"{}({})\" due to data type mismatch: the first parameter requires the "
      "\"{}\" type, however \"{}\" has the type \"{}\".",
      name, PrettyName(argument), wanted, PrettyName(argument), argument.type.Sql());
}

// A call that shows `name`, made by the function row `row`.
ExpressionPtr NamedCallOf(const std::string& name, const char* row,
                          std::vector<ExpressionPtr> arguments, DataType type) {
  auto call = std::make_shared<Expression>(*CallOf(row, std::move(arguments), std::move(type)));
  call->name = name;
  return call;
}

size_t ParameterCount(const sql::Expression& expression) {
  const auto* lambda = sql::TryAs<sql::Lambda>(&expression);
  return lambda == nullptr ? 0 : lambda->parameters.size();
}

// The lambda with its body cast.
ExpressionPtr WithBody(const ExpressionPtr& lambda, const DataType& type) {
  auto copy = std::make_shared<Expression>(*lambda);
  copy->children.front() = MakeCast(copy->children.front(), type, true);
  copy->type = type;
  return copy;
}

}  // namespace

namespace {

// The embedded engine's time to plan doubles with each: a second at 22.
constexpr int kMostNestedLambdas = 20;

}  // namespace

Result<ExpressionPtr> Analyzer::ResolveLambda(const sql::Expression& expression,
                                              const std::vector<DataType>& types,
                                              const Scope& scope) {
  const auto* lambda = sql::TryAs<sql::Lambda>(&expression);
  auto result = std::make_shared<Expression>();
  result->kind = ExpressionKind::kLambda;
  if (lambda != nullptr && lambda->parameters.size() != types.size()) {
    return Located(
        SparkError("INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH", "42K0D",
                   "Invalid lambda function call. A higher order function expects {} arguments, "
                   "but got {}.",
                   types.size(), lambda->parameters.size()),
        expression.range);
  }
  for (size_t i = 0; i < types.size(); ++i) {
    std::string name = lambda != nullptr ? lambda->parameters[i].name : "";
    for (const LambdaParameter& other : result->parameters) {
      if (!name.empty() && SameName(other.name, name)) {
        return Located(SparkError("INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES", "42K0D",
                                  "Invalid lambda function call. The lambda function has duplicate "
                                  "arguments `{}`.",
                                  name),
                       expression.range);
      }
    }
    result->parameters.push_back({NextId(), std::move(name), types[i]});
  }
  Scope inside;
  inside.parameters = &result->parameters;
  inside.around = &scope;
  inside.windows = scope.windows;
  const sql::Expression& body = lambda != nullptr ? *lambda->body : expression;
  if (lambda_depth_ == kMostNestedLambdas) return Located(TooComplex(), expression.range);
  ++lambda_depth_;
  Result<ExpressionPtr> resolved = Resolve(body, inside);
  --lambda_depth_;
  result->children.push_back(TRY(std::move(resolved)));
  result->type = result->children.front()->type;
  return ExpressionPtr(result);
}

Result<ExpressionPtr> Analyzer::HigherOrderCall(const std::string& name,
                                                const sql::FunctionCall& call, const Scope& scope) {
  if (name == "aggregate" || name == "reduce") return AggregateOverArray(name, call, scope);
  const auto& arguments = call.arguments;
  const bool zips = name == "zip_with" || name == "map_zip_with";
  const size_t wanted = zips ? 3 : 2;
  if (arguments.size() != wanted) return WrongCount(name, wanted, arguments.size());
  const sql::Expression& lambda = *arguments.back().value;
  ExpressionPtr first = TRY(Resolve(*arguments[0].value, scope));
  const bool on_map = name.starts_with("map_") || name.starts_with("transform_");
  if (first->type.is(TypeId::kVoid)) {
    first = MakeNull(on_map ? DataType::Map(DataType::Void(), DataType::Void())
                            : DataType::Array(DataType::Void()));
  }
  if (!first->type.is(on_map ? TypeId::kMap : TypeId::kArray)) {
    return NeedsType(name, on_map ? "MAP" : "ARRAY", *first);
  }
  const DataType type = first->type;
  if (zips) return ZipCall(name, call, std::move(first), scope);
  if (on_map) return MapLambdaCall(name, first, lambda, scope);
  std::vector<DataType> parameters = {type.element()};
  if (name == "array_sort") parameters.push_back(type.element());
  if ((name == "transform" || name == "filter") && ParameterCount(lambda) == 2) {
    parameters.push_back(DataType::Int());
  }
  ExpressionPtr body = TRY(ResolveLambda(lambda, parameters, scope));
  if (name == "transform")
    return NamedCallOf(name, "transform", {first, body}, DataType::Array(body->type));
  if (name == "array_sort") return NamedCallOf(name, "__array_sort_by", {first, body}, type);
  if (!body->type.is(TypeId::kBoolean) && !body->type.is(TypeId::kVoid)) {
    return NeedsType(name, "BOOLEAN", *body->children.front());
  }
  body = WithBody(body, DataType::Boolean());
  return NamedCallOf(name, name.c_str(), {first, body},
                     name == "filter" ? type : DataType::Boolean());
}

// zip_with and map_zip_with: `first` and the second argument, element by element.
Result<ExpressionPtr> Analyzer::ZipCall(const std::string& name, const sql::FunctionCall& call,
                                        ExpressionPtr first, const Scope& scope) {
  const sql::Expression& lambda = *call.arguments.back().value;
  const DataType type = first->type;
  ExpressionPtr second = TRY(Resolve(*call.arguments[1].value, scope));
  if (name == "zip_with") {
    if (!second->type.is(TypeId::kArray)) return NeedsType(name, "ARRAY", *second);
    ExpressionPtr body =
        TRY(ResolveLambda(lambda, {type.element(), second->type.element()}, scope));
    return NamedCallOf(name, "zip_with", {first, second, body}, DataType::Array(body->type));
  }
  if (!second->type.is(TypeId::kMap)) return NeedsType(name, "MAP", *second);
  const auto key = TightestCommonType(type.key(), second->type.key());
  if (!key) {
    return SparkError(
        "DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES", "42K09",
        "Cannot resolve \"map_zip_with\" due to data type mismatch: the keys have the types "
        "\"{}\" and \"{}\".",
        type.key().Sql(), second->type.key().Sql());
  }
  first = MakeCast(first, DataType::Map(*key, type.value()), true);
  second = MakeCast(second, DataType::Map(*key, second->type.value()), true);
  ExpressionPtr body =
      TRY(ResolveLambda(lambda, {*key, type.value(), second->type.value()}, scope));
  return NamedCallOf(name, "map_zip_with", {first, second, body}, DataType::Map(*key, body->type));
}

Result<ExpressionPtr> Analyzer::MapLambdaCall(const std::string& name, const ExpressionPtr& first,
                                              const sql::Expression& lambda, const Scope& scope) {
  const DataType type = first->type;
  ExpressionPtr body = TRY(ResolveLambda(lambda, {type.key(), type.value()}, scope));
  DataType result = type;
  if (name == "map_filter") {
    body = WithBody(body, DataType::Boolean());
  } else if (name == "transform_keys") {
    result = DataType::Map(body->type, type.value());
  } else {
    result = DataType::Map(type.key(), body->type);
  }
  return NamedCallOf(name, name.c_str(), {first, body}, result);
}

Result<ExpressionPtr> Analyzer::AggregateOverArray(const std::string& name,
                                                   const sql::FunctionCall& call,
                                                   const Scope& scope) {
  if (call.arguments.size() != 3 && call.arguments.size() != 4) {
    return WrongCount(name, 3, call.arguments.size());
  }
  ExpressionPtr array = TRY(Resolve(*call.arguments[0].value, scope));
  if (!array->type.is(TypeId::kArray)) return NeedsType(name, "ARRAY", *array);
  ExpressionPtr start = TRY(Resolve(*call.arguments[1].value, scope));
  const DataType state = start->type;
  ExpressionPtr merge =
      TRY(ResolveLambda(*call.arguments[2].value, {state, array->type.element()}, scope));
  if (!types::SameTypeIgnoringNullability(merge->type, state)) {
    if (!CanStoreAssign(merge->type, state)) {
      return SparkError(
          "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
          "Cannot resolve \"{}\" due to data type mismatch: the third parameter requires the "
          "\"{}\" type, however the lambda gives the type \"{}\".",
          name, state.Sql(), merge->type.Sql());
    }
    merge = WithBody(merge, state);
  }
  std::vector<ExpressionPtr> arguments = {array, start, merge};
  DataType result = state;
  if (call.arguments.size() == 4) {
    arguments.push_back(TRY(ResolveLambda(*call.arguments[3].value, {state}, scope)));
    result = arguments.back()->type;
  }
  return NamedCallOf(name, "aggregate", std::move(arguments), std::move(result));
}

}  // namespace lakesmith::plan
