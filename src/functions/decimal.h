#pragma once

#include <cstdint>
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
// The same on values of 64 bits at two fixed scales, for whole columns. Immutable.
class SmallDecimals {
 public:
  enum class Operation : uint8_t { kAdd, kSubtract, kMultiply, kDivide, kRemainder };

  SmallDecimals(Operation operation, int left_scale, int right_scale, int precision, int scale);

  // The unscaled result; nullopt when 64 bits do not suffice on the way or the result has too many
  // digits: then the functions above decide. CHECKs nothing: `right` must not be zero for a
  // quotient or remainder.
  std::optional<int64_t> Compute(int64_t left, int64_t right) const;

 private:
  std::optional<int64_t> Rounded(int64_t value) const;

  Operation operation_;
  bool usable_ = true;
  int64_t left_factor_ = 1;
  int64_t right_factor_ = 1;
  int64_t divisor_ = 1;  // From the scale of the exact result to that of the result.
  int64_t limit_ = INT64_MAX;
};

// The value at another precision and scale.
std::optional<types::Int128> DecimalRescale(const types::DecimalValue& value, int precision,
                                            int scale);

}  // namespace lakesmith::functions
