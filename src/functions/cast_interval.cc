#include <array>
#include <cctype>
#include <limits>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "functions/cast_text.h"
#include "functions/civil_time.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::IntervalField;

// What stands in "INTERVAL '...' A TO B"; the text itself when it has not that form.
std::string_view Body(std::string_view text) {
  text = TrimSparkWhiteSpace(text);
  if (!Lower(text).starts_with("interval")) return text;
  const size_t open = text.find('\'');
  const size_t close = text.rfind('\'');
  if (open == std::string_view::npos || close <= open) return text;
  return text.substr(open + 1, close - open - 1);
}

bool TakeSign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

// Reads 1 to 10 digits and removes them; nullopt when there are none.
std::optional<int64_t> TakeNumber(std::string_view& text) {
  int64_t number = 0;
  size_t count = 0;
  while (count < text.size() && count < 10 &&
         std::isdigit(static_cast<unsigned char>(text[count]))) {
    number = number * 10 + (text[count++] - '0');
  }
  if (count == 0) return std::nullopt;
  text.remove_prefix(count);
  return number;
}

// ".5" as 500000; removes it. Nullopt for more than nine digits or none after the point.
std::optional<int64_t> TakeFraction(std::string_view& text) {
  if (!text.starts_with('.')) return 0;
  text.remove_prefix(1);
  int64_t micros = 0;
  int count = 0;
  while (!text.empty() && std::isdigit(static_cast<unsigned char>(text[0]))) {
    if (count < 6) micros = micros * 10 + (text[0] - '0');
    ++count;
    text.remove_prefix(1);
  }
  if (count == 0 || count > 9) return std::nullopt;
  for (; count < 6; ++count) micros *= 10;
  return micros;
}

constexpr std::array kFieldMicros = {kMicrosPerDay, kMicrosPerHour, kMicrosPerMinute,
                                     kMicrosPerSecond};
constexpr std::array kFieldMaximum = {int64_t{106'751'991}, int64_t{23}, int64_t{59}, int64_t{59}};
constexpr std::array kSeparators = {' ', ':', ':'};

struct NamedUnit {
  std::string_view name;
  int months;
  int days;
  int64_t micros;
};

constexpr std::array kUnits = {
    NamedUnit{"year", 12, 0, 0},
    NamedUnit{"month", 1, 0, 0},
    NamedUnit{"week", 0, 7, 0},
    NamedUnit{"day", 0, 1, 0},
    NamedUnit{"hour", 0, 0, kMicrosPerHour},
    NamedUnit{"minute", 0, 0, kMicrosPerMinute},
    NamedUnit{"second", 0, 0, kMicrosPerSecond},
    NamedUnit{"millisecond", 0, 0, 1000},
    NamedUnit{"microsecond", 0, 0, 1},
};

const NamedUnit* FindUnit(std::string_view word) {
  std::string name = Lower(word);
  if (name.ends_with('s')) name.pop_back();
  for (const NamedUnit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
    const size_t start = at;
    while (at < text.size() && !std::isspace(static_cast<unsigned char>(text[at]))) ++at;
    if (at > start) words.push_back(text.substr(start, at - start));
  }
  return words;
}

bool AddUnit(std::string_view number, std::string_view unit_name, types::IntervalValue& interval) {
  const NamedUnit* unit = FindUnit(unit_name);
  if (unit == nullptr) return false;
  const bool negative = TakeSign(number);
  std::optional<int64_t> count = TakeNumber(number);
  const bool bare_fraction = !count && number.starts_with('.');
  if (bare_fraction) count = 0;
  if (!count) return false;
  const std::optional<int64_t> fraction = TakeFraction(number);
  const bool is_second = unit->micros == kMicrosPerSecond;
  if (!fraction || !number.empty() || (*fraction != 0 && !is_second)) return false;
  const int64_t sign = negative ? -1 : 1;
  int64_t months = 0;
  int64_t days = 0;
  int64_t micros = 0;
  if (__builtin_mul_overflow(sign * *count, int64_t{unit->months}, &months) ||
      __builtin_mul_overflow(sign * *count, int64_t{unit->days}, &days) ||
      __builtin_mul_overflow(sign * *count, unit->micros, &micros)) {
    return false;
  }
  micros += sign * *fraction;
  return !__builtin_add_overflow(interval.months, months, &interval.months) &&
         !__builtin_add_overflow(interval.days, days, &interval.days) &&
         !__builtin_add_overflow(interval.micros, micros, &interval.micros);
}

}  // namespace

std::optional<int32_t> TextToYearMonth(std::string_view text, const DataType& type) {
  std::string_view rest = Body(text);
  bool negative = TakeSign(rest);
  if (rest.starts_with('-')) negative = TakeSign(rest) != negative;
  const std::optional<int64_t> first = TakeNumber(rest);
  if (!first) return std::nullopt;
  int64_t months = type.from() == IntervalField::kYear ? *first * 12 : *first;
  if (type.from() != type.to()) {
    if (!rest.starts_with('-')) return std::nullopt;
    rest.remove_prefix(1);
    const std::optional<int64_t> second = TakeNumber(rest);
    if (!second || *second > 11) return std::nullopt;
    months += *second;
  }
  if (negative) months = -months;
  const bool fits = months >= std::numeric_limits<int32_t>::min() &&
                    months <= std::numeric_limits<int32_t>::max();
  if (!rest.empty() || !fits) return std::nullopt;
  return static_cast<int32_t>(months);
}

std::optional<int64_t> TextToDayTime(std::string_view text, const DataType& type) {
  std::string_view rest = Body(text);
  const bool negative = TakeSign(rest);
  const auto first = static_cast<size_t>(type.from()) - static_cast<size_t>(IntervalField::kDay);
  const auto last = static_cast<size_t>(type.to()) - static_cast<size_t>(IntervalField::kDay);
  __int128 total = 0;
  for (size_t field = first; field <= last; ++field) {
    if (field > first) {
      if (!rest.starts_with(kSeparators.at(field - 1))) return std::nullopt;
      rest.remove_prefix(1);
    }
    const std::optional<int64_t> number = TakeNumber(rest);
    if (!number || (field > first && *number > kFieldMaximum.at(field))) return std::nullopt;
    total += static_cast<__int128>(*number) * kFieldMicros.at(field);
  }
  if (type.to() == IntervalField::kSecond) {
    const std::optional<int64_t> fraction = TakeFraction(rest);
    if (!fraction) return std::nullopt;
    total += *fraction;
  }
  if (negative) total = -total;
  if (!rest.empty() || total > INT64_MAX || total < INT64_MIN) return std::nullopt;
  return static_cast<int64_t>(total);
}

std::optional<types::IntervalValue> TextToCalendarInterval(std::string_view text) {
  std::vector<std::string_view> words = Words(TrimSparkWhiteSpace(text));
  if (!words.empty() && Lower(words[0]) == "interval") words.erase(words.begin());
  if (words.empty()) return std::nullopt;
  types::IntervalValue interval;
  for (size_t i = 0; i < words.size(); i += 2) {
    std::string number(words[i]);
    if (number == "+" || number == "-") {  // A sign may stand apart from its number.
      if (++i == words.size() || !std::isdigit(static_cast<unsigned char>(words[i][0])))
        return std::nullopt;
      number += words[i];
    }
    if (i + 1 == words.size() || !AddUnit(number, words[i + 1], interval)) return std::nullopt;
  }
  return interval;
}

}  // namespace lakesmith::functions
