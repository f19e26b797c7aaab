#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "base/ascii.h"
#include "functions/cast_text.h"

namespace lakesmith::functions {
namespace {

using types::Int128;

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// Java's names of what is no finite number.
template <typename T>
std::optional<T> SpecialFloating(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (EqualIgnoringCase(text, "inf") || EqualIgnoringCase(text, "infinity")) {
    const T infinity = std::numeric_limits<T>::infinity();
    return negative ? -infinity : infinity;
  }
  if (!negative && EqualIgnoringCase(text, "nan")) return std::numeric_limits<T>::quiet_NaN();
  return std::nullopt;
}

template <typename T>
std::optional<T> TextToFloating(std::string_view text) {
  T value = 0;
  if (!text.empty() && IsDigit(text[0])) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end == text.data() + text.size() && error == std::errc()) return value;
  }
  text = TrimSparkWhiteSpace(text);
  if (const std::optional<T> special = SpecialFloating<T>(text)) return special;
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  constexpr std::string_view kSuffixes = "dDfF";
  if (text.size() > 1 && kSuffixes.find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  const size_t first = text.starts_with('-') ? 1 : 0;
  if (text.size() <= first || (!IsDigit(text[first]) && text[first] != '.')) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Too small becomes zero, too big infinity, as in Java.
    return static_cast<T>(std::strtold(std::string(text).c_str(), nullptr));
  }
  return error == std::errc() ? std::optional<T>(value) : std::nullopt;
}

// Digits of a decimal text: value = digits * 10^exponent.
struct DecimalParts {
  bool negative = false;
  std::string digits;  // Without leading zeros.
  int64_t exponent = 0;
};

std::optional<int64_t> ParseExponent(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::clamp<int64_t>(exponent, -100'000, 100'000);
}

std::optional<DecimalParts> SplitDecimal(std::string_view text) {
  DecimalParts parts;
  if (text.starts_with('-') || text.starts_with('+')) {
    parts.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (const size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    const std::optional<int64_t> exponent = ParseExponent(text.substr(e + 1));
    if (!exponent) return std::nullopt;
    parts.exponent = *exponent;
    text = text.substr(0, e);
  }
  bool seen_point = false;
  bool seen_digit = false;
  for (const char c : text) {
    if (c == '.' && !seen_point) {
      seen_point = true;
      continue;
    }
    if (!IsDigit(c)) return std::nullopt;
    seen_digit = true;
    if (seen_point) --parts.exponent;
    if (!parts.digits.empty() || c != '0') parts.digits += c;
  }
  return seen_digit ? std::optional(std::move(parts)) : std::nullopt;
}

constexpr uint64_t kZeros = 0x3030303030303030;  // Eight letters '0'.

// One to eight letters as a word of eight, zeros before them; the first letter in the lowest byte.
uint64_t PaddedWord(const char* text, size_t size) {
  uint64_t word = 0;
  if (size >= 4) {
    // Where the halves overlap they agree.
    uint32_t first = 0;
    uint32_t last = 0;
    std::memcpy(&first, text, sizeof(first));
    std::memcpy(&last, text + size - sizeof(last), sizeof(last));
    word = first | uint64_t{last} << (8 * (size - sizeof(last)));
  } else {
    for (size_t i = 0; i < size; ++i)
      word |= uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  return size == 8 ? word : word << (64 - 8 * size) | kZeros >> (8 * size);
}

bool AreDigits(uint64_t letters) {
  constexpr uint64_t kHigh = 0xF0F0F0F0F0F0F0F0;
  return (letters & kHigh) == kZeros && ((letters + 0x0606060606060606) & kHigh) == kZeros;
}

// The number that eight digits write: neighbours become numbers of two digits, these of four, and
// these of eight.
int64_t NumberOf(uint64_t digits) {
  digits = (digits & 0x0F0F0F0F0F0F0F0F) * (10 << 8 | 1) >> 8;
  digits = (digits & 0x00FF00FF00FF00FF) * (100 << 16 | 1) >> 16;
  return static_cast<int64_t>((digits & 0x0000FFFF0000FFFF) * (10'000ULL << 32 | 1) >> 32);
}

// The number of a text of nothing but a few digits, which most are.
std::optional<int64_t> FewDigits(std::string_view text) {
  constexpr size_t kWord = 8;
  if (text.empty() || text.size() > 2 * kWord) return std::nullopt;
  const size_t tail = std::min(text.size(), kWord);
  const uint64_t last = PaddedWord(text.data() + text.size() - tail, tail);
  const uint64_t first =
      text.size() > kWord ? PaddedWord(text.data(), text.size() - kWord) : kZeros;
  if (!AreDigits(first) || !AreDigits(last)) return std::nullopt;
  return NumberOf(first) * 100'000'000 + NumberOf(last);
}

int64_t SmallPowerOfTen(size_t exponent) {
  int64_t power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

// The unscaled number of a text of a few digits with no more than a point and a sign; nullopt for
// all others.
std::optional<int64_t> FewDecimalDigits(std::string_view text, int scale) {
  constexpr size_t kMostDigits = 18;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const std::optional<int64_t> whole = FewDigits(text.substr(0, point));
  if (!whole || text.size() + static_cast<size_t>(scale) > kMostDigits) return std::nullopt;
  int64_t value = *whole * SmallPowerOfTen(static_cast<size_t>(scale));
  if (point != std::string_view::npos) {
    const std::string_view part = text.substr(point + 1);
    const std::optional<int64_t> fraction = FewDigits(part);
    if (!fraction || part.size() > static_cast<size_t>(scale)) return std::nullopt;
    value += *fraction * SmallPowerOfTen(static_cast<size_t>(scale) - part.size());
  }
  return negative ? -value : value;
}

}  // namespace

std::string_view TrimSparkWhiteSpace(std::string_view text) {
  const auto is_space = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<bool> TextToBoolean(std::string_view text) {
  text = TrimSparkWhiteSpace(text);
  for (const std::string_view name : {"t", "true", "y", "yes", "1"}) {
    if (EqualIgnoringCase(text, name)) return true;
  }
  for (const std::string_view name : {"f", "false", "n", "no", "0"}) {
    if (EqualIgnoringCase(text, name)) return false;
  }
  return std::nullopt;
}

std::optional<int64_t> TextToIntegral(std::string_view text, int bits) {
  const int64_t limit = std::numeric_limits<int64_t>::max() >> (64 - bits);
  if (const auto value = FewDigits(text)) return *value <= limit ? value : std::nullopt;
  text = TrimSparkWhiteSpace(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value > limit || value < -limit - 1) return std::nullopt;
  return value;
}

std::optional<double> TextToDouble(std::string_view text) { return TextToFloating<double>(text); }
std::optional<float> TextToFloat(std::string_view text) { return TextToFloating<float>(text); }

tl::expected<Int128, DecimalProblem> TextToDecimal(std::string_view text, int precision,
                                                   int scale) {
  if (const auto value = FewDecimalDigits(text, scale);
      value &&
      (precision > 18 || std::abs(*value) < SmallPowerOfTen(static_cast<size_t>(precision)))) {
    return *value;
  }
  std::optional<DecimalParts> parts = SplitDecimal(TrimSparkWhiteSpace(text));
  if (!parts) return tl::unexpected(DecimalProblem::kMalformed);
  const int64_t kept = static_cast<int64_t>(parts->digits.size()) + parts->exponent + scale;
  if (kept > 39) return tl::unexpected(DecimalProblem::kOutOfRange);
  bool round_up = false;
  if (kept < static_cast<int64_t>(parts->digits.size())) {
    round_up = kept >= 0 && parts->digits[static_cast<size_t>(kept)] >= '5';
    parts->digits.resize(static_cast<size_t>(std::max<int64_t>(kept, 0)));
  } else {
    parts->digits.append(static_cast<size_t>(kept) - parts->digits.size(), '0');
  }
  unsigned __int128 limit = 1;
  for (int i = 0; i < precision; ++i) limit *= 10;
  unsigned __int128 value = 0;
  for (const char c : parts->digits) {
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value >= limit) return tl::unexpected(DecimalProblem::kOutOfRange);
  }
  if (round_up && ++value >= limit) return tl::unexpected(DecimalProblem::kOutOfRange);
  const auto number = static_cast<Int128>(value);
  return parts->negative ? -number : number;
}

}  // namespace lakesmith::functions
