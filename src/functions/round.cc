#include "functions/round.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "functions/cast_text.h"

namespace lakesmith::functions {
namespace {

using types::Int128;

constexpr std::array<double, 23> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                            1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// Where the scaled number is far enough from a half, it decides: the text of the number and the
// product are both closer to it than that. One division or product of exact numbers rounds right.
std::optional<double> WholeFarFromHalf(double size, int digits) {
  constexpr double kMost = 4503599627370496.0;         // 2^52.
  constexpr double kSlack = 1.0 / (int64_t{1} << 50);  // Four units in the last place.
  const auto place = static_cast<size_t>(std::abs(digits));
  if (place >= kPowers.size()) return std::nullopt;
  const double scaled = digits >= 0 ? size * kPowers[place] : size / kPowers[place];
  if (!(scaled < kMost)) return std::nullopt;
  const double floor = std::floor(scaled);
  const double above = scaled - floor;
  if (std::abs(above - 0.5) <= scaled * kSlack + kSlack) return std::nullopt;
  return above > 0.5 ? floor + 1 : floor;
}

std::optional<double> RoundFarFromHalf(double size, int digits) {
  const std::optional<double> whole = WholeFarFromHalf(size, digits);
  if (!whole) return std::nullopt;
  const double power = kPowers[static_cast<size_t>(std::abs(digits))];
  return digits >= 0 ? *whole / power : *whole * power;
}

bool RoundsUp(std::string_view kept, std::string_view dropped, Rounding rounding) {
  if (dropped.empty() || dropped[0] != '5') return !dropped.empty() && dropped[0] > '5';
  if (rounding == Rounding::kHalfUp || dropped.find_first_not_of('0', 1) != std::string_view::npos)
    return true;
  return !kept.empty() && (kept.back() - '0') % 2 == 1;
}

// By the digits of the shortest text: 0.d1d2d3... * 10^exponent.
double RoundByText(double size, int digits, Rounding rounding) {
  const std::string text = fmt::format("{:e}", size);
  const size_t e = text.find('e');
  std::string all(1, text[0]);
  if (e > 2) all.append(text, 2, e - 2);
  const int exponent = std::atoi(text.c_str() + e + 1) + 1;
  const int64_t kept = int64_t{exponent} + digits;
  if (kept >= static_cast<int64_t>(all.size())) return size;
  if (kept < 0) return 0;
  const std::string dropped = all.substr(static_cast<size_t>(kept));
  all.resize(static_cast<size_t>(kept));
  if (RoundsUp(all, dropped, rounding)) {
    all.insert(0, 1, '0');
    size_t at = all.size() - 1;
    while (all[at] == '9') all[at--] = '0';
    ++all[at];
  }
  const std::string rounded = fmt::format("{}e{}", all.empty() ? "0" : all, -digits);
  double result = 0;
  std::from_chars(rounded.data(), rounded.data() + rounded.size(), result);
  return result;
}

}  // namespace

double RoundDouble(double value, int digits, Rounding rounding) {
  if (!std::isfinite(value)) return value;
  const double size = std::abs(value);
  const std::optional<double> plain = RoundFarFromHalf(size, digits);
  const double rounded = plain ? *plain : RoundByText(size, digits, rounding);
  // A decimal knows no negative zero.
  return value < 0 && rounded != 0 ? -rounded : rounded;
}

std::optional<Int128> DoubleToDecimal(double value, int precision, int scale) {
  constexpr int kSmallDigits = 18;
  if (const auto whole = WholeFarFromHalf(std::abs(value), scale)) {
    const auto unscaled = static_cast<int64_t>(*whole);
    if (precision >= kSmallDigits || *whole < kPowers[static_cast<size_t>(precision)])
      return value < 0 ? -unscaled : unscaled;
  }
  const auto number = TextToDecimal(fmt::format("{}", value), precision, scale);
  return number ? std::optional(*number) : std::nullopt;
}

std::optional<Int128> RoundDecimal(const types::DecimalValue& value, int digits, int scale,
                                   Rounding rounding) {
  const auto power = [](int exponent) {
    Int128 result = 1;
    for (; exponent > 0; --exponent) result *= 10;
    return result;
  };
  constexpr int kMostDigits = 38;
  if (value.scale - digits > kMostDigits) return 0;
  Int128 unscaled = value.unscaled;
  if (digits < value.scale) {
    const Int128 unit = power(value.scale - digits);
    const Int128 rest = unscaled % unit;
    const Int128 twice = (rest < 0 ? -rest : rest) * 2;
    unscaled /= unit;
    const bool up =
        twice > unit || (twice == unit && (rounding == Rounding::kHalfUp || unscaled % 2 != 0));
    if (up) unscaled += rest < 0 ? -1 : 1;
  }
  const int from = std::min(digits, value.scale);
  if (from > scale) return std::nullopt;
  if (__builtin_mul_overflow(unscaled, power(scale - from), &unscaled)) return std::nullopt;
  return unscaled;
}

}  // namespace lakesmith::functions
