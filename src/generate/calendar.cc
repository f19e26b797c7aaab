#include "generate/calendar.h"

#include <charconv>
#include <chrono>
#include <optional>

namespace lakesmith::generate {
namespace {

std::chrono::year_month_day CivilDay(int32_t days) {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(days)));
}

std::optional<int> Digits(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

int32_t DaysOf(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return static_cast<int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

int MonthOf(int32_t days) {
  return static_cast<int>(static_cast<unsigned>(CivilDay(days).month()));
}

int WeekdayOf(int32_t days) {
  const int weekday = (days + 3) % 7;  // 1970-01-01 was a Thursday.
  return weekday < 0 ? weekday + 7 : weekday;
}

Result<int32_t> ParseDay(std::string_view text) {
  const bool formed = text.size() == 10 && text[4] == '-' && text[7] == '-';
  const std::optional<int> year = formed ? Digits(text.substr(0, 4)) : std::nullopt;
  const std::optional<int> month = formed ? Digits(text.substr(5, 2)) : std::nullopt;
  const std::optional<int> day = formed ? Digits(text.substr(8, 2)) : std::nullopt;
  if (!year || !month || !day) {
    return Invalid("'{}' is not a date; write YYYY-MM-DD, e.g. 2024-01-31", text);
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return Invalid("'{}' is not a day of the calendar", text);
  return DaysOf(*year, *month, *day);
}

}  // namespace lakesmith::generate
