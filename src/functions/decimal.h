#pragma once

#include <optional>

#include "types/value.h"

namespace lakesmith::functions {

// Exact decimal arithmetic with Spark's results: the exact value rounded half up (away from zero)
// to `scale`; nullopt when it has more than `precision` digits. Inside, 256 bits, so that nothing
// is lost on the way.

std::optional<types::Int128> DecimalAdd(const types::DecimalValue& a, const types::DecimalValue& b,
                                        int precision, int scale);
std::optional<types::Int128> DecimalSubtract(const types::DecimalValue& a,
                                             const types::DecimalValue& b, int precision,
                                             int scale);
std::optional<types::Int128> DecimalMultiply(const types::DecimalValue& a,
                                             const types::DecimalValue& b, int precision,
                                             int scale);
// CHECKs that b is not zero.
std::optional<types::Int128> DecimalDivide(const types::DecimalValue& a,
                                           const types::DecimalValue& b, int precision, int scale);
// Sign of the dividend. CHECKs that b is not zero.
std::optional<types::Int128> DecimalRemainder(const types::DecimalValue& a,
                                              const types::DecimalValue& b, int precision,
                                              int scale);
// The value at another precision and scale.
std::optional<types::Int128> DecimalRescale(const types::DecimalValue& value, int precision,
                                            int scale);

}  // namespace lakesmith::functions
