#include <cctype>
#include <string>

#include "base/ascii.h"
#include "functions/cast_text.h"
#include "functions/civil_time.h"

namespace lakesmith::functions {
namespace {

// Reads a text from left to right.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }
  char Peek() const { return rest_.empty() ? '\0' : rest_[0]; }
  std::string_view rest() const { return rest_; }
  bool Take(char c) {
    if (Peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // From `min` to `max` digits as a number; nullopt with nothing read when there are fewer or more.
  std::optional<int64_t> Digits(size_t min, size_t max) {
    size_t count = 0;
    while (count < rest_.size() && std::isdigit(static_cast<unsigned char>(rest_[count]))) ++count;
    if (count < min || count > max) return std::nullopt;
    int64_t number = 0;
    for (const char c : rest_.substr(0, count)) number = number * 10 + (c - '0');
    rest_.remove_prefix(count);
    return number;
  }
  // Any number of digits, as microseconds of a fraction; further digits are cut.
  std::optional<int64_t> FractionMicros() {
    int64_t micros = 0;
    int count = 0;
    while (std::isdigit(static_cast<unsigned char>(Peek()))) {
      if (count < 6) micros = micros * 10 + (rest_[0] - '0');
      ++count;
      rest_.remove_prefix(1);
    }
    if (count > 9) return std::nullopt;
    for (; count < 6; ++count) micros *= 10;
    return micros;
  }

 private:
  std::string_view rest_;
};

// [+-]yyyy[-m[m][-d[d]]], leaving the cursor after it; nullopt when it is no date.
std::optional<int64_t> ReadDays(Cursor& cursor) {
  const bool negative = cursor.Take('-');
  if (!negative) cursor.Take('+');
  const std::optional<int64_t> year = cursor.Digits(4, 7);
  if (!year) return std::nullopt;
  int64_t month = 1;
  int64_t day = 1;
  if (cursor.Take('-')) {
    const std::optional<int64_t> read_month = cursor.Digits(1, 2);
    if (!read_month) return std::nullopt;
    month = *read_month;
    if (cursor.Take('-')) {
      const std::optional<int64_t> read_day = cursor.Digits(1, 2);
      if (!read_day) return std::nullopt;
      day = *read_day;
    }
  }
  return CheckedDays(negative ? -*year : *year, static_cast<int>(month), static_cast<int>(day));
}

// h[h]:m[m][:s[s][.fraction]], perhaps h[h] alone; microseconds of the day.
std::optional<int64_t> ReadTime(Cursor& cursor, bool hour_alone = false) {
  const std::optional<int64_t> hour = cursor.Digits(1, 2);
  if (!hour || *hour > 23) return std::nullopt;
  if (hour_alone && !cursor.rest().starts_with(':')) return *hour * kMicrosPerHour;
  if (!cursor.Take(':')) return std::nullopt;
  const std::optional<int64_t> minute = cursor.Digits(1, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int64_t micros = *hour * kMicrosPerHour + *minute * kMicrosPerMinute;
  if (!cursor.Take(':')) return micros;
  const std::optional<int64_t> second = cursor.Digits(1, 2);
  if (!second || *second > 59) return std::nullopt;
  micros += *second * kMicrosPerSecond;
  if (cursor.Take('.')) {
    const std::optional<int64_t> fraction = cursor.FractionMicros();
    if (!fraction) return std::nullopt;
    micros += *fraction;
  }
  return micros;
}

struct TimestampParts {
  std::optional<int64_t> days;  // None when the text has a time alone.
  int64_t micros_of_day = 0;
  std::string_view zone;  // "" when the text names none.
};

std::optional<TimestampParts> SplitTimestamp(std::string_view text) {
  text = TrimSparkWhiteSpace(text);
  if (text.empty()) return std::nullopt;
  TimestampParts parts;
  Cursor cursor(text);
  const bool time_alone = text[0] == 'T' || text.find(':') == 1 || text.find(':') == 2;
  if (time_alone) {
    cursor.Take('T');
  } else {
    parts.days = ReadDays(cursor);
    if (!parts.days) return std::nullopt;
    if (cursor.AtEnd()) return parts;
    if (!cursor.Take('T') && !cursor.Take(' ')) return std::nullopt;
  }
  const std::optional<int64_t> micros = ReadTime(cursor, !time_alone);
  if (!micros) return std::nullopt;
  parts.micros_of_day = *micros;
  parts.zone = TrimSparkWhiteSpace(cursor.rest());
  return parts;
}

}  // namespace

namespace {

// A date written in full, as most are: yyyy-mm-dd.
std::optional<types::DateValue> PlainDate(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00";
  if (text.size() != kShape.size()) return std::nullopt;
  for (size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == '0' ? !IsDigit(text[i]) : text[i] != kShape[i]) return std::nullopt;
  }
  const auto two = [text](size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  const auto days = CheckedDays(two(0) * 100 + two(2), two(5), two(8));
  return days ? std::optional(types::DateValue{static_cast<int32_t>(*days)}) : std::nullopt;
}

}  // namespace

std::optional<types::DateValue> TextToDate(std::string_view text) {
  if (const auto plain = PlainDate(text)) return plain;
  text = TrimSparkWhiteSpace(text);
  Cursor cursor(text);
  const std::optional<int64_t> days = ReadDays(cursor);
  if (!days) return std::nullopt;
  // After a whole date anything may follow a T or a blank.
  const bool whole = text.substr(1).find('-') != std::string_view::npos &&
                     text.find('-', text.substr(1).find('-') + 2) != std::string_view::npos;
  if (!cursor.AtEnd() && !(whole && (cursor.Peek() == 'T' || cursor.Peek() == ' ')))
    return std::nullopt;
  return types::DateValue{static_cast<int32_t>(*days)};
}

std::optional<int64_t> TextToTime(std::string_view text) {
  Cursor cursor(TrimSparkWhiteSpace(text));
  cursor.Take('T');
  const std::optional<int64_t> micros = ReadTime(cursor);
  if (!micros || cursor.AtEnd()) return micros;
  const std::string half = Lower(TrimSparkWhiteSpace(cursor.rest()));
  const int64_t hour = *micros / kMicrosPerHour;
  if ((half != "am" && half != "pm") || hour < 1 || hour > 12) return std::nullopt;
  return *micros % (12 * kMicrosPerHour) + (half == "pm" ? 12 * kMicrosPerHour : 0);
}

std::optional<types::TimestampValue> TextToTimestamp(std::string_view text, const TimeZone& zone,
                                                     int64_t now_micros) {
  const std::optional<TimestampParts> parts = SplitTimestamp(text);
  if (!parts) return std::nullopt;
  TimeZone named = zone;
  if (!parts->zone.empty()) {
    Result<TimeZone> found = TimeZone::Find(parts->zone);
    if (!found) return std::nullopt;
    named = *std::move(found);
  }
  const int64_t days = parts->days.value_or(FloorDivide(named.ToLocal(now_micros), kMicrosPerDay));
  __int128 local = static_cast<__int128>(days) * kMicrosPerDay + parts->micros_of_day;
  if (local > INT64_MAX - kMicrosPerDay || local < INT64_MIN + kMicrosPerDay) return std::nullopt;
  return types::TimestampValue{named.ToInstant(static_cast<int64_t>(local)).utc_micros};
}

std::optional<types::TimestampValue> TextToTimestampNtz(std::string_view text) {
  const std::optional<TimestampParts> parts = SplitTimestamp(text);
  if (!parts || !parts->days) return std::nullopt;
  if (!parts->zone.empty() && !TimeZone::Find(parts->zone)) return std::nullopt;
  const __int128 local = static_cast<__int128>(*parts->days) * kMicrosPerDay + parts->micros_of_day;
  if (local > INT64_MAX || local < INT64_MIN) return std::nullopt;
  return types::TimestampValue{static_cast<int64_t>(local)};
}

}  // namespace lakesmith::functions
