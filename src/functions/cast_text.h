#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time_zone.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::functions {

// Spark's casts from text. Each returns nullopt for a text that is not a value of the type: the
// caller makes of it CAST_INVALID_INPUT or null. White space and control characters at both ends do
// not count. Source: Spark SQL reference, "ANSI compliance", "Datetime patterns"; behaviour
// observed on Spark 4.3.

std::string_view TrimSparkWhiteSpace(std::string_view text);

std::optional<bool> TextToBoolean(std::string_view text);
// An optional sign and digits, within `bits` (8, 16, 32, 64) as a signed number.
std::optional<int64_t> TextToIntegral(std::string_view text, int bits);
std::optional<double> TextToDouble(std::string_view text);
std::optional<float> TextToFloat(std::string_view text);

enum class DecimalProblem : uint8_t { kMalformed, kOutOfRange };
// Rounds half up to the scale.
tl::expected<types::Int128, DecimalProblem> TextToDecimal(std::string_view text, int precision,
                                                          int scale);

std::optional<types::DateValue> TextToDate(std::string_view text);
// Microseconds since midnight.
std::optional<int64_t> TextToTime(std::string_view text);
// `now_micros` gives the date of a text that has a time alone.
std::optional<types::TimestampValue> TextToTimestamp(std::string_view text, const TimeZone& zone,
                                                     int64_t now_micros);
// As above for timestamp_ntz: a zone in the text is read and ignored; a time alone is malformed.
std::optional<types::TimestampValue> TextToTimestampNtz(std::string_view text);

// "1-2", "INTERVAL '1-2' YEAR TO MONTH", "-3" by the fields of the type; months.
std::optional<int32_t> TextToYearMonth(std::string_view text, const types::DataType& type);
// "1 02:03:04.5", "INTERVAL '...' DAY TO SECOND", by the fields of the type; microseconds.
std::optional<int64_t> TextToDayTime(std::string_view text, const types::DataType& type);
// "1 year 2 days", "interval 3 hours 1.5 seconds".
std::optional<types::IntervalValue> TextToCalendarInterval(std::string_view text);

}  // namespace lakesmith::functions
