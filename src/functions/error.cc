#include "functions/error.h"

namespace lakesmith::functions {

Error CastInvalidInput(std::string_view value, std::string_view type) {
  Error error = Invalid(
      "The value '{}' of the type \"STRING\" cannot be cast to \"{}\" because it is malformed. "
      "Correct the value as "
      "per the syntax, or change its target type. Use `try_cast` to tolerate malformed input and "
      "return NULL instead.",
      value, type);
  return std::move(error).WithClass("CAST_INVALID_INPUT", "22018");
}

Error ArithmeticOverflow(std::string_view what, std::string_view hint) {
  Error error = Invalid("{} overflow.{}{}", what, hint.empty() ? "" : " ", hint);
  return std::move(error).WithClass("ARITHMETIC_OVERFLOW", "22003");
}

Error DivideByZero() {
  return Invalid(
             "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL "
             "instead.")
      .WithClass("DIVIDE_BY_ZERO", "22012");
}

Error RemainderByZero() {
  return Invalid(
             "Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL "
             "instead.")
      .WithClass("REMAINDER_BY_ZERO", "22012");
}

Error NumericValueOutOfRange(std::string_view value, int precision, int scale) {
  Error error = Invalid(
      "The {} cannot be represented as Decimal({}, {}). If necessary set "
      "\"spark.sql.ansi.enabled\" to \"false\" to "
      "bypass this error, and return NULL instead.",
      value, precision, scale);
  return std::move(error).WithClass("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "22003");
}

Error InvalidParameterValue(std::string_view kind, std::string_view function,
                            std::string_view parameter, std::string_view explanation) {
  Error error = Invalid("The value of parameter(s) `{}` in `{}` is invalid: {}", parameter,
                        function, explanation);
  return std::move(error).WithClass(fmt::format("INVALID_PARAMETER_VALUE.{}", kind), "22023");
}

}  // namespace lakesmith::functions
