#include "functions/number_text.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "base/check.h"
#include "functions/cast_text.h"

namespace lakesmith::functions {
namespace {

using types::DecimalValue;
using types::Int128;

// "1234567" as "1,234,567".
std::string Grouped(const std::string& digits, size_t group) {
  if (group == 0) return digits;
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % group == 0) text += ',';
    text += digits[i];
  }
  return text;
}

// Digits before and after the point of |value| rounded half even to `decimals`.
struct RoundedDigits {
  std::string whole;
  std::string fraction;
};

RoundedDigits RoundHalfEven(const DecimalValue& value, int decimals) {
  std::string digits =
      types::DecimalText({value.unscaled < 0 ? -value.unscaled : value.unscaled, 0});
  const auto scale = static_cast<size_t>(value.scale);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  size_t whole = digits.size() - scale;
  const size_t kept = whole + static_cast<size_t>(decimals);
  if (kept >= digits.size()) {
    digits.append(kept - digits.size(), '0');
  } else {
    const std::string dropped = digits.substr(kept);
    digits.resize(kept);
    const bool above_half =
        dropped[0] > '5' ||
        (dropped[0] == '5' && dropped.find_first_not_of('0', 1) != std::string::npos);
    const bool tie = dropped[0] == '5' && !above_half;
    if (above_half || (tie && (digits.back() - '0') % 2 == 1)) {
      size_t at = digits.size();
      while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
      if (at == 0) {
        digits.insert(0, "1");
        ++whole;
      } else {
        ++digits[at - 1];
      }
    }
  }
  return {.whole = digits.substr(0, whole), .fraction = digits.substr(whole)};
}

}  // namespace

namespace {

// The digits of value * 10^decimals, rounded half even, where these are few: exact, because what
// the product loses is known (fma).
std::optional<int64_t> RoundedDigits64(double value, int decimals) {
  constexpr double kPowers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  constexpr double kMost = 4503599627370496.0;  // 2^52: below it halves are exact.
  if (decimals >= static_cast<int>(std::size(kPowers))) return std::nullopt;
  const double power = kPowers[decimals];
  const double product = value * power;
  if (!(product < kMost)) return std::nullopt;
  const double lost = std::fma(value, power, -product);
  const double floor = std::floor(product);
  const double above = product - floor;
  auto digits = static_cast<int64_t>(floor);
  if (above > 0.5 || (above == 0.5 && (lost > 0 || (lost == 0 && digits % 2 == 1)))) ++digits;
  return digits;
}

// Digits with commas and a point before the last `decimals`, written from the right.
std::string GroupedText(int64_t digits, int decimals, bool negative) {
  char text[40];
  char* at = std::end(text);
  for (int i = 0; i < decimals; ++i, digits /= 10) *--at = static_cast<char>('0' + digits % 10);
  if (decimals > 0) *--at = '.';
  for (int i = 0; i == 0 || digits > 0; ++i, digits /= 10) {
    if (i > 0 && i % 3 == 0) *--at = ',';
    *--at = static_cast<char>('0' + digits % 10);
  }
  if (negative) *--at = '-';
  return {at, std::end(text)};
}

}  // namespace

std::string FormatNumber(double value, int decimals) {
  CHECK(decimals >= 0);
  if (const auto digits = RoundedDigits64(std::abs(value), decimals))
    return GroupedText(*digits, decimals, value < 0);
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "∞" : "-∞";
  const std::string plain = fmt::format("{:.{}f}", std::abs(value), decimals);
  const size_t point = plain.find('.');
  const std::string whole = Grouped(plain.substr(0, point), 3);
  const std::string fraction = point == std::string::npos ? "" : plain.substr(point);
  const bool zero = plain.find_first_not_of("0.") == std::string::npos;
  return (std::signbit(value) && !(zero && value == 0) ? "-" : "") + whole + fraction;
}

std::string FormatNumber(const DecimalValue& value, int decimals) {
  CHECK(decimals >= 0);
  const RoundedDigits digits = RoundHalfEven(value, decimals);
  return (value.unscaled < 0 ? "-" : "") + Grouped(digits.whole, 3) +
         (decimals > 0 ? "." + digits.fraction : "");
}

DecimalValue ShortestDecimal(double value) {
  const std::string text = fmt::format("{}", value);
  for (int scale = 0; scale <= 30; ++scale) {
    const auto unscaled = TextToDecimal(text, 38, scale);
    if (unscaled && std::strtod(types::DecimalText({*unscaled, scale}).c_str(), nullptr) == value)
      return {*unscaled, scale};
  }
  return {0, 0};
}

Result<std::string> FormatNumberPattern(const DecimalValue& value, std::string_view pattern) {
  const auto is_pattern = [](char c) { return c == '#' || c == '0' || c == ',' || c == '.'; };
  const auto first = std::ranges::find_if(pattern, is_pattern);
  if (first == pattern.end()) return Invalid("malformed number pattern '{}'", pattern);
  const auto last = std::find_if_not(first, pattern.end(), is_pattern);
  const std::string_view number(first, last);
  const std::string prefix(pattern.begin(), first);
  const std::string suffix(last, pattern.end());
  const size_t point = number.find('.');
  const std::string_view whole = number.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : number.substr(point + 1);
  if (fraction.find_first_of(".,") != std::string_view::npos)
    return Invalid("malformed number pattern '{}'", pattern);
  const auto least_whole = static_cast<size_t>(std::ranges::count(whole, '0'));
  const auto least_fraction = static_cast<size_t>(std::ranges::count(fraction, '0'));
  const size_t comma = whole.rfind(',');
  const size_t group = comma == std::string_view::npos ? 0 : whole.size() - comma - 1;
  DecimalValue scaled = value;
  if (suffix.find('%') != std::string::npos) scaled.unscaled *= 100;
  RoundedDigits digits = RoundHalfEven(scaled, static_cast<int>(fraction.size()));
  digits.whole.erase(0, digits.whole.find_first_not_of('0'));
  if (digits.whole.size() < least_whole)
    digits.whole.insert(0, least_whole - digits.whole.size(), '0');
  while (digits.fraction.size() > least_fraction && digits.fraction.ends_with('0'))
    digits.fraction.pop_back();
  if (digits.whole.empty() && digits.fraction.empty()) digits.whole = "0";
  std::string text = prefix + Grouped(digits.whole, group);
  if (!digits.fraction.empty()) text += "." + digits.fraction;
  return (scaled.unscaled < 0 ? "-" : "") + text + suffix;
}

}  // namespace lakesmith::functions
