#pragma once

#include <cstdint>
#include <optional>

#include "types/value.h"

namespace lakesmith::functions {

enum class Rounding : uint8_t { kHalfUp, kHalfEven };

// Spark's round and bround of a floating number: rounds its shortest decimal text at `digits`
// places behind the point, before it where negative. What is not finite stays.
double RoundDouble(double value, int digits, Rounding rounding);

// A finite number as the unscaled decimal of its shortest text, rounded half up; nullopt when it
// has more than `precision` digits.
std::optional<types::Int128> DoubleToDecimal(double value, int precision, int scale);

// `value` at `digits` places, as an unscaled number of `scale`; nullopt when 128 bits do not
// suffice.
std::optional<types::Int128> RoundDecimal(const types::DecimalValue& value, int digits, int scale,
                                          Rounding rounding);

}  // namespace lakesmith::functions
