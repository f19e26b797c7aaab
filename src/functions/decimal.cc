#include "functions/decimal.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/check.h"

namespace lakesmith::functions {
namespace {

using types::DecimalValue;
using types::Int128;
using Unsigned128 = unsigned __int128;

// A magnitude of 320 bits in 32-bit limbs, least first: room for 38 + 38 digits shifted by
// another 20.
class Magnitude {
 public:
  static constexpr size_t kLimbs = 10;

  explicit Magnitude(Unsigned128 value) {
    for (size_t i = 0; i < 4; ++i) limbs_[i] = static_cast<uint32_t>(value >> (32 * i));
  }

  void MultiplySmall(uint32_t factor) {
    uint64_t carry = 0;
    for (uint32_t& limb : limbs_) {
      carry += static_cast<uint64_t>(limb) * factor;
      limb = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    CHECK(carry == 0);
  }
  void ScaleUp(int digits) {
    for (; digits > 0; --digits) MultiplySmall(10);
  }
  // Returns the remainder.
  uint32_t DivideSmall(uint32_t divisor) {
    uint64_t rest = 0;
    for (size_t i = kLimbs; i-- > 0;) {
      rest = (rest << 32) | limbs_[i];
      limbs_[i] = static_cast<uint32_t>(rest / divisor);
      rest %= divisor;
    }
    return static_cast<uint32_t>(rest);
  }
  void Add(const Magnitude& other) {
    uint64_t carry = 0;
    for (size_t i = 0; i < kLimbs; ++i) {
      carry += static_cast<uint64_t>(limbs_[i]) + other.limbs_[i];
      limbs_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    CHECK(carry == 0);
  }
  // CHECKs that this is at least `other`.
  void Subtract(const Magnitude& other) {
    int64_t borrow = 0;
    for (size_t i = 0; i < kLimbs; ++i) {
      borrow += static_cast<int64_t>(limbs_[i]) - other.limbs_[i];
      limbs_[i] = static_cast<uint32_t>(borrow);
      borrow >>= 32;
    }
    CHECK(borrow == 0);
  }
  bool Less(const Magnitude& other) const {
    for (size_t i = kLimbs; i-- > 0;) {
      if (limbs_[i] != other.limbs_[i]) return limbs_[i] < other.limbs_[i];
    }
    return false;
  }
  bool IsZero() const {
    for (const uint32_t limb : limbs_) {
      if (limb != 0) return false;
    }
    return true;
  }
  bool Bit(size_t index) const { return (limbs_[index / 32] >> (index % 32) & 1) != 0; }
  void SetBit(size_t index) { limbs_[index / 32] |= uint32_t{1} << (index % 32); }
  void ShiftLeft(bool low_bit) {
    uint32_t carry = low_bit ? 1 : 0;
    for (uint32_t& limb : limbs_) {
      const uint32_t next = limb >> 31;
      limb = limb << 1 | carry;
      carry = next;
    }
  }
  std::optional<Unsigned128> To128() const {
    for (size_t i = 4; i < kLimbs; ++i) {
      if (limbs_[i] != 0) return std::nullopt;
    }
    Unsigned128 value = 0;
    for (size_t i = 4; i-- > 0;) value = value << 32 | limbs_[i];
    return value;
  }

 private:
  std::array<uint32_t, kLimbs> limbs_{};
};

struct Division {
  Magnitude quotient{0};
  Magnitude remainder{0};
};

// Long division bit by bit: exact for any size; used where 128 bits do not suffice.
Division Divide(const Magnitude& dividend, const Magnitude& divisor) {
  Division result;
  for (size_t bit = Magnitude::kLimbs * 32; bit-- > 0;) {
    result.remainder.ShiftLeft(dividend.Bit(bit));
    if (!result.remainder.Less(divisor)) {
      result.remainder.Subtract(divisor);
      result.quotient.SetBit(bit);
    }
  }
  return result;
}

Unsigned128 Absolute(Int128 value) {
  return value < 0 ? -static_cast<Unsigned128>(value) : static_cast<Unsigned128>(value);
}

Unsigned128 PowerOfTen(int exponent) {
  Unsigned128 power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

std::optional<Int128> Signed(bool negative, const Magnitude& magnitude, int precision) {
  const std::optional<Unsigned128> value = magnitude.To128();
  if (!value || *value >= PowerOfTen(precision)) return std::nullopt;
  return negative ? -static_cast<Int128>(*value) : static_cast<Int128>(*value);
}

// From scale `from` to scale `to`, rounding half up.
void Rescale(Magnitude& magnitude, int from, int to) {
  if (to >= from) {
    magnitude.ScaleUp(to - from);
    return;
  }
  for (int i = from; i > to + 1; --i) magnitude.DivideSmall(10);
  if (magnitude.DivideSmall(10) >= 5) magnitude.Add(Magnitude(1));
}

// 10^exponent when it fits; exponents of decimals are small, so the loop is short.
bool ScaleUp128(Int128& value, int digits) {
  for (; digits > 0; --digits) {
    if (__builtin_mul_overflow(value, Int128{10}, &value)) return false;
  }
  return true;
}

// value / divisor rounded half away from zero.
Int128 DivideHalfUp(Int128 value, Int128 divisor) {
  const Int128 quotient = value / divisor;
  const Unsigned128 remainder = Absolute(value % divisor);
  const Unsigned128 size = Absolute(divisor);
  if (remainder < size - remainder) return quotient;
  return (value < 0) == (divisor < 0) ? quotient + 1 : quotient - 1;
}

int64_t DivideHalfUp64(int64_t value, int64_t divisor) {
  const int64_t quotient = value / divisor;
  const int64_t remainder = value % divisor;
  const uint64_t part = remainder < 0 ? -static_cast<uint64_t>(remainder) : remainder;
  const uint64_t size = divisor < 0 ? -static_cast<uint64_t>(divisor) : divisor;
  if (part < size - part) return quotient;
  return (value < 0) == (divisor < 0) ? quotient + 1 : quotient - 1;
}

std::optional<Int128> InRange(Int128 value, int precision) {
  if (Absolute(value) >= PowerOfTen(precision)) return std::nullopt;
  return value;
}

// From scale `from` to scale `to`; false when it does not fit 128 bits.
bool Rescale128(Int128& value, int from, int to) {
  if (to >= from) return ScaleUp128(value, to - from);
  if (from - to > 38) return false;
  value = DivideHalfUp(value, static_cast<Int128>(PowerOfTen(from - to)));
  return true;
}

std::optional<Int128> Sum(const DecimalValue& a, Int128 b_unscaled, int b_scale, int precision,
                          int scale) {
  const int common = std::max(a.scale, b_scale);
  Int128 small_left = a.unscaled;
  Int128 small_right = b_unscaled;
  Int128 small = 0;
  if (ScaleUp128(small_left, common - a.scale) && ScaleUp128(small_right, common - b_scale) &&
      !__builtin_add_overflow(small_left, small_right, &small) &&
      Rescale128(small, common, scale)) {
    return InRange(small, precision);
  }
  Magnitude left(Absolute(a.unscaled));
  Magnitude right(Absolute(b_unscaled));
  left.ScaleUp(common - a.scale);
  right.ScaleUp(common - b_scale);
  bool negative = a.unscaled < 0;
  if ((a.unscaled < 0) == (b_unscaled < 0)) {
    left.Add(right);
  } else if (left.Less(right)) {
    right.Subtract(left);
    left = right;
    negative = !negative;
  } else {
    left.Subtract(right);
  }
  Rescale(left, common, scale);
  return Signed(negative, left, precision);
}

Magnitude Product(Unsigned128 a, Unsigned128 b) {
  Magnitude product(0);
  Magnitude shifted(a);
  for (; b != 0; b >>= 1) {
    if ((b & 1) != 0) product.Add(shifted);
    if (b > 1) shifted.ShiftLeft(false);
  }
  return product;
}

}  // namespace

std::optional<Int128> DecimalAdd(const DecimalValue& a, const DecimalValue& b, int precision,
                                 int scale) {
  return Sum(a, b.unscaled, b.scale, precision, scale);
}

std::optional<Int128> DecimalSubtract(const DecimalValue& a, const DecimalValue& b, int precision,
                                      int scale) {
  return Sum(a, -b.unscaled, b.scale, precision, scale);
}

std::optional<Int128> DecimalMultiply(const DecimalValue& a, const DecimalValue& b, int precision,
                                      int scale) {
  Int128 small = 0;
  if (!__builtin_mul_overflow(a.unscaled, b.unscaled, &small) &&
      Rescale128(small, a.scale + b.scale, scale)) {
    return InRange(small, precision);
  }
  Magnitude product = Product(Absolute(a.unscaled), Absolute(b.unscaled));
  Rescale(product, a.scale + b.scale, scale);
  return Signed((a.unscaled < 0) != (b.unscaled < 0), product, precision);
}

std::optional<Int128> DecimalDivide(const DecimalValue& a, const DecimalValue& b, int precision,
                                    int scale) {
  CHECK(b.unscaled != 0);
  const int shift = scale + b.scale - a.scale;
  Int128 small = a.unscaled;
  if (shift >= 0 && ScaleUp128(small, shift))
    return InRange(DivideHalfUp(small, b.unscaled), precision);
  Magnitude dividend(Absolute(a.unscaled));
  Magnitude divisor(Absolute(b.unscaled));
  if (shift >= 0) {
    dividend.ScaleUp(shift);
  } else {
    divisor.ScaleUp(-shift);
  }
  Division division = Divide(dividend, divisor);
  division.remainder.ShiftLeft(false);
  if (!division.remainder.Less(divisor)) division.quotient.Add(Magnitude(1));
  return Signed((a.unscaled < 0) != (b.unscaled < 0), division.quotient, precision);
}

std::optional<Int128> DecimalRemainder(const DecimalValue& a, const DecimalValue& b, int precision,
                                       int scale) {
  CHECK(b.unscaled != 0);
  const int common = std::max(a.scale, b.scale);
  Int128 small = a.unscaled;
  Int128 small_divisor = b.unscaled;
  if (ScaleUp128(small, common - a.scale) && ScaleUp128(small_divisor, common - b.scale)) {
    small %= small_divisor;
    if (Rescale128(small, common, scale)) return InRange(small, precision);
  }
  Magnitude dividend(Absolute(a.unscaled));
  Magnitude divisor(Absolute(b.unscaled));
  dividend.ScaleUp(common - a.scale);
  divisor.ScaleUp(common - b.scale);
  Magnitude remainder = Divide(dividend, divisor).remainder;
  Rescale(remainder, common, scale);
  return Signed(a.unscaled < 0, remainder, precision);
}

SmallDecimals::SmallDecimals(Operation operation, int left_scale, int right_scale, int precision,
                             int scale)
    : operation_(operation) {
  constexpr int kDigits = 18;
  const auto power = [this](int exponent) {
    if (exponent < 0 || exponent > kDigits) usable_ = false;
    return usable_ ? static_cast<int64_t>(PowerOfTen(exponent)) : 1;
  };
  if (precision <= kDigits) limit_ = static_cast<int64_t>(PowerOfTen(precision)) - 1;
  if (operation == Operation::kMultiply) {
    divisor_ = power(left_scale + right_scale - scale);
  } else if (operation == Operation::kDivide) {
    left_factor_ = power(scale + right_scale - left_scale);
  } else {
    const int common = std::max(left_scale, right_scale);
    left_factor_ = power(common - left_scale);
    right_factor_ = power(common - right_scale);
    divisor_ = power(common - scale);
  }
}

std::optional<int64_t> SmallDecimals::Rounded(int64_t value) const {
  if (divisor_ != 1) value = DivideHalfUp64(value, divisor_);
  if (value > limit_ || value < -limit_) return std::nullopt;
  return value;
}

std::optional<int64_t> SmallDecimals::Compute(int64_t left, int64_t right) const {
  int64_t value = 0;
  if (!usable_ || __builtin_mul_overflow(left, left_factor_, &left) ||
      __builtin_mul_overflow(right, right_factor_, &right)) {
    return std::nullopt;
  }
  switch (operation_) {
    case Operation::kAdd:
      if (__builtin_add_overflow(left, right, &value)) return std::nullopt;
      return Rounded(value);
    case Operation::kSubtract:
      if (__builtin_sub_overflow(left, right, &value)) return std::nullopt;
      return Rounded(value);
    case Operation::kMultiply:
      if (__builtin_mul_overflow(left, right, &value)) return std::nullopt;
      return Rounded(value);
    case Operation::kDivide:
      return right == -1 && left == INT64_MIN ? std::nullopt : Rounded(DivideHalfUp64(left, right));
    case Operation::kRemainder:
      return right == -1 ? 0 : Rounded(left % right);
  }
  return std::nullopt;
}

std::optional<Int128> DecimalRescale(const DecimalValue& value, int precision, int scale) {
  Magnitude magnitude(Absolute(value.unscaled));
  Rescale(magnitude, value.scale, scale);
  return Signed(value.unscaled < 0, magnitude, precision);
}

}  // namespace lakesmith::functions
