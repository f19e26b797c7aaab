// What is asked of the arguments of some functions beyond their types.
#include "plan/check_call_internal.h"
#include "plan/spark_error.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

// The escape of like(text, pattern, escape) is one constant character.
Status CheckEscape(const std::string& name, const std::vector<ExpressionPtr>& arguments) {
  if ((name != "like" && name != "ilike") || arguments.size() != 3) return {};
  const Expression& escape = *arguments[2];
  const bool fits = escape.kind == ExpressionKind::kLiteral && escape.type.IsString() &&
                    !escape.value.is_null() && escape.value.as<std::string>().size() == 1;
  if (fits) return {};
  return SparkError("INVALID_ESCAPE_CHAR", "42604",
                    "EscapeChar should be a string literal of length one, but got \"{}\".",
                    PrettyName(escape));
}

bool IsSchemaOfText(std::string_view name) {
  return name == "schema_of_json" || name == "schema_of_csv";
}

bool TakesOptions(std::string_view name) {
  return name == "to_json" || name == "to_csv" || IsSchemaOfText(name);
}

// The text that schema_of_json or schema_of_csv looks at is a constant.
Status CheckSample(const std::string& name, const Expression& sample) {
  if (sample.type.is(TypeId::kVoid)) {
    return SparkError("DATATYPE_MISMATCH.UNEXPECTED_NULL", "42K09",
                      "Cannot resolve \"{}(NULL)\" due to data type mismatch: the text must not be "
                      "null.",
                      name);
  }
  if (IsFoldable(sample)) return {};
  return SparkError("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09",
                    "Cannot resolve \"{0}({1})\" due to data type mismatch: the text should be a "
                    "foldable \"STRING\" expression; however, got \"{1}\".",
                    name, PrettyName(sample));
}

// Where regexp_replace begins, if it is known.
Status CheckPosition(const std::vector<ExpressionPtr>& arguments) {
  if (arguments.size() < 4) return {};
  const Expression* position = arguments[3].get();
  const bool negative = position->kind == ExpressionKind::kCall && position->name == "negative";
  const bool known = position->kind == ExpressionKind::kLiteral && position->type.IsIntegral() &&
                     !position->value.is_null();
  if (!negative && (!known || position->value.as<int64_t>() > 0)) return {};
  return SparkError(
      "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09",
      "Cannot resolve \"regexp_replace(...)\" due to data type mismatch: the position "
      "must be between (0, 2147483647] (current value = {}).",
      PrettyName(*position));
}

// What mask() puts in the place of characters is one character, where it is known.
Status CheckMask(const std::vector<ExpressionPtr>& arguments) {
  for (size_t i = 1; i < arguments.size(); ++i) {
    const Expression& mask = *arguments[i];
    const bool known = mask.kind == ExpressionKind::kLiteral && mask.type.IsString();
    if (!known || mask.value.is_null() || mask.value.as<std::string>().size() == 1) continue;
    return SparkError("DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE", "42K09",
                      "Cannot resolve \"mask(...)\" due to data type mismatch: the length of {} "
                      "should be 1.",
                      PrettyName(mask));
  }
  return {};
}

}  // namespace

Status CheckConstants(const std::string& name, const std::vector<ExpressionPtr>& arguments) {
  TRY(CheckEscape(name, arguments));
  if (name == "mask") TRY(CheckMask(arguments));
  if (name == "regexp_replace") TRY(CheckPosition(arguments));
  if (TakesOptions(name) && arguments.size() == 2) TRY(CheckOptions(*arguments[1]));
  if (IsSchemaOfText(name) && !arguments.empty()) TRY(CheckSample(name, *arguments[0]));
  return {};
}

Status CheckOptions(const Expression& options) {
  const DataType& type = options.type;
  if (!type.is(TypeId::kMap)) {
    return SparkError("INVALID_OPTIONS.NON_MAP_FUNCTION", "42K06",
                      "Invalid options: Must use the `map()` function for options, not \"{}\".",
                      PrettyName(options));
  }
  const auto is_text = [](const DataType& part) {
    return part.IsString() || part.is(TypeId::kVoid);
  };
  if (is_text(type.key()) && is_text(type.value())) return {};
  return SparkError("INVALID_OPTIONS.NON_STRING_TYPE", "42K06",
                    "Invalid options: keys and values in `map()` must be strings, but it is a "
                    "\"{}\".",
                    type.Sql());
}

Status CheckWithinGroup(const sql::FunctionCall& call, const std::string& name, size_t arguments) {
  const size_t given = call.within_group.size();
  const auto refused = [&](std::string_view condition, const std::string& why) {
    return SparkError(fmt::format("INVALID_WITHIN_GROUP_EXPRESSION.{}", condition), "42K0K",
                      "Invalid function `{}` with WITHIN GROUP: {}.", name, why);
  };
  if (given == 0) {
    if (name == "mode") return {};
    return refused("WITHIN_GROUP_MISSING", "it requires WITHIN GROUP (ORDER BY ...)");
  }
  if (call.distinct) return refused("DISTINCT_UNSUPPORTED", "it does not support DISTINCT");
  const size_t wanted = name == "mode" && arguments > 0 ? 0 : 1;
  if (given == wanted) return {};
  return refused("WRONG_NUM_ORDERINGS",
                 fmt::format("it requires {} orderings in WITHIN GROUP but got {}", wanted, given));
}

Status CheckPercentage(const std::string& name, const Expression& percentage) {
  if (!IsFoldable(percentage)) {
    return SparkError(
        "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09",
        "Cannot resolve \"{}(...)\" due to data type mismatch: the input `percentage` "
        "should be a foldable \"DOUBLE\" expression; however, got \"{}\".",
        name, PrettyName(percentage));
  }
  if (percentage.kind != ExpressionKind::kLiteral || percentage.value.is_null()) return {};
  const bool many = percentage.type.is(TypeId::kArray);
  const DataType& type = many ? percentage.type.element() : percentage.type;
  if (!type.IsNumeric()) return {};
  const std::vector<types::Value> values =
      many ? percentage.value.array().elements : std::vector<types::Value>{percentage.value};
  for (const types::Value& value : values) {
    if (value.is_null() || (ConstantNumber(value, type) >= 0 && ConstantNumber(value, type) <= 1))
      continue;
    return SparkError(
        "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09",
        "Cannot resolve \"{}(...)\" due to data type mismatch: the percentage must be "
        "between [0.0, 1.0] (current value = {}).",
        name, ConstantNumber(value, type));
  }
  return {};
}

}  // namespace lakesmith::plan
