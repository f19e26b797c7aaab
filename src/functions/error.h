#pragma once

#include <string_view>

#include "base/result.h"

namespace lakesmith::functions {

// Errors that Spark raises while it computes, with its classes, states and words.

// A text that is not a value of the target type; `type` is SQL text such as "INT".
Error CastInvalidInput(std::string_view value, std::string_view type);
Error ArithmeticOverflow(std::string_view what, std::string_view hint);
Error DivideByZero();
Error RemainderByZero();
// `value` does not fit decimal(precision, scale).
Error NumericValueOutOfRange(std::string_view value, int precision, int scale);
// A bad argument of a function: class INVALID_PARAMETER_VALUE.<kind>.
Error InvalidParameterValue(std::string_view kind, std::string_view function,
                            std::string_view parameter, std::string_view explanation);

}  // namespace lakesmith::functions
