#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace lakesmith::generate {

constexpr int64_t kSecondsPerDay = 86400;

// Days are counted from 1970-01-01 in the proleptic Gregorian calendar.
int32_t DaysOf(int year, int month, int day);

// Month of a day, 1 to 12.
int MonthOf(int32_t days);

// Day of the week, Monday is 0.
int WeekdayOf(int32_t days);

// Parses "YYYY-MM-DD". Errors: kInvalid for another form or a day that the calendar lacks.
Result<int32_t> ParseDay(std::string_view text);

}  // namespace lakesmith::generate
