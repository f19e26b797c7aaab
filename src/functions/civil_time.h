#pragma once

#include <cstdint>
#include <optional>

namespace lakesmith::functions {

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr int64_t kMicrosPerDay = 24 * kMicrosPerHour;

// A day of the proleptic Gregorian calendar; year 0 is 1 BC.
struct CivilDate {
  int64_t year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31
};

int64_t FloorDivide(int64_t a, int64_t b);
bool IsLeapYear(int64_t year);
int DaysInMonth(int64_t year, int month);
// Days since 1970-01-01. The date must be valid.
int64_t DaysFromCivil(const CivilDate& date);
CivilDate CivilFromDays(int64_t days);
// Days since 1970-01-01, or nullopt for a month or day out of range or a year beyond six digits.
std::optional<int64_t> CheckedDays(int64_t year, int month, int day);
// ISO weekday, 1 = Monday.
int WeekdayOf(int64_t days);

}  // namespace lakesmith::functions
