// Java's date patterns, and differences and truncation of dates.
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/civil_time.h"
#include "functions/datetime_pattern.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::DataChunk;
using ::duckdb::ExpressionState;
using ::duckdb::LogicalType;
using ::duckdb::string_t;
using ::duckdb::unique_ptr;
using ::duckdb::Vector;
using functions::CivilDate;
using functions::DateTimePattern;
using functions::kMicrosPerDay;

constexpr auto kTwo = std::index_sequence<0, 1>{};

// Compiles a pattern, keeping the last one of the thread: it holds until the next call.
Result<const DateTimePattern*> Compiled(std::string_view pattern, DateTimePattern::Use use) {
  struct Last {
    std::string pattern;
    DateTimePattern::Use use = DateTimePattern::Use::kFormat;
    std::optional<DateTimePattern> compiled;
  };
  thread_local Last last;
  if (!last.compiled || last.pattern != pattern || last.use != use) {
    last.compiled = TRY(DateTimePattern::Compile(pattern, use));
    last.pattern = pattern;
    last.use = use;
  }
  return &*last.compiled;
}

void FormatInstant(DataChunk& chunk, ExpressionState& state, Vector& result) {
  const TimeZone zone = SessionTimeZone(state);
  ExecuteRows<int64_t, string_t>(
      chunk, result,
      [&](int64_t micros, std::string_view pattern) -> Result<std::string> {
        const DateTimePattern* compiled = TRY(Compiled(pattern, DateTimePattern::Use::kFormat));
        return compiled->Format(zone.ToLocal(micros), &zone, micros);
      },
      kTwo);
}

Result<std::string> FormatWallClock(int64_t micros, std::string_view pattern) {
  const DateTimePattern* compiled = TRY(Compiled(pattern, DateTimePattern::Use::kFormat));
  return compiled->Format(micros, nullptr, micros);
}

// A date is the instant at which it begins in the session's zone: not always at midnight.
void FormatDate(DataChunk& chunk, ExpressionState& state, Vector& result) {
  const TimeZone zone = SessionTimeZone(state);
  ExecuteRows<int32_t, string_t>(
      chunk, result,
      [&](int32_t days, std::string_view pattern) -> Result<std::string> {
        const DateTimePattern* compiled = TRY(Compiled(pattern, DateTimePattern::Use::kFormat));
        int64_t midnight = 0;
        if (__builtin_mul_overflow(int64_t{days}, kMicrosPerDay, &midnight)) {
          return Invalid("the date {} days after 1970-01-01 is beyond the range of timestamps",
                         days)
              .WithClass("DATETIME_OVERFLOW", "22008");
        }
        const int64_t micros = zone.ToInstant(midnight).utc_micros;
        return compiled->Format(zone.ToLocal(micros), &zone, micros);
      },
      kTwo);
}

// A constant pattern that cannot fail lets the engine work on the distinct values of a vector.
unique_ptr<::duckdb::FunctionData> BindDateFormat(
    ::duckdb::ClientContext& context, ::duckdb::ScalarFunction& function,
    ::duckdb::vector<unique_ptr<::duckdb::Expression>>& arguments) {
  if (!arguments[1]->IsFoldable()) return nullptr;
  const auto pattern =
      DateTimePattern::Compile(ConstantText(context, *arguments[1]), DateTimePattern::Use::kFormat);
  if (pattern && pattern->has_fixed_shape())
    function.SetErrorMode(::duckdb::FunctionErrors::CANNOT_ERROR);
  return nullptr;
}

::duckdb::ScalarFunctionSet MakeDateFormat() {
  ::duckdb::ScalarFunctionSet set("spark_date_format");
  const auto add = [&set](const LogicalType& type, ::duckdb::scalar_function_t function) {
    ::duckdb::ScalarFunction format({type, LogicalType::VARCHAR}, LogicalType::VARCHAR,
                                    std::move(function), BindDateFormat);
    format.SetFallible();
    set.AddFunction(format);
  };
  add(LogicalType::TIMESTAMP_TZ, FormatInstant);
  add(LogicalType::TIMESTAMP, RowFunction<FormatWallClock, int64_t, string_t>);
  add(LogicalType::DATE, FormatDate);
  return set;
}

Error CannotParse(std::string_view text, size_t index) {
  return Invalid(
             "Text '{}' could not be parsed at index {}. Use `try_to_timestamp` to tolerate "
             "invalid input string and "
             "return NULL instead.",
             text, index)
      .WithClass("CANNOT_PARSE_TIMESTAMP", "22007");
}

// What is made of a text that was read: T of a wall-clock time and perhaps a zone.
template <typename T, typename Convert>
void ParseRows(DataChunk& chunk, Vector& result, bool tolerant, Convert convert) {
  ExecuteRows<string_t, string_t>(
      chunk, result,
      [&](std::string_view text, std::string_view pattern) -> Result<std::optional<T>> {
        const DateTimePattern* compiled = TRY(Compiled(pattern, DateTimePattern::Use::kParse));
        size_t index = 0;
        const auto parsed = compiled->Parse(text, &index);
        if (parsed) return std::optional<T>(convert(*parsed));
        if (tolerant) return std::optional<T>();
        return CannotParse(text, index);
      },
      kTwo);
}

template <bool kTolerant>
void ParseInstant(DataChunk& chunk, ExpressionState& state, Vector& result) {
  const TimeZone session = SessionTimeZone(state);
  ParseRows<int64_t>(chunk, result, kTolerant, [&](const DateTimePattern::Parsed& parsed) {
    return (parsed.zone ? *parsed.zone : session).ToInstant(parsed.local_micros).utc_micros;
  });
}

template <bool kTolerant>
void ParseWallClock(DataChunk& chunk, ExpressionState&, Vector& result) {
  ParseRows<int64_t>(chunk, result, kTolerant,
                     [](const DateTimePattern::Parsed& parsed) { return parsed.local_micros; });
}

template <bool kTolerant>
void ParseDate(DataChunk& chunk, ExpressionState&, Vector& result) {
  ParseRows<int32_t>(chunk, result, kTolerant, [](const DateTimePattern::Parsed& parsed) {
    return static_cast<int32_t>(functions::FloorDivide(parsed.local_micros, kMicrosPerDay));
  });
}

template <bool kTolerant>
void ParseTime(DataChunk& chunk, ExpressionState&, Vector& result) {
  ParseRows<int64_t>(chunk, result, kTolerant, [](const DateTimePattern::Parsed& parsed) {
    return parsed.local_micros -
           functions::FloorDivide(parsed.local_micros, kMicrosPerDay) * kMicrosPerDay;
  });
}

struct WallClock {
  CivilDate date;
  int64_t days;
  int64_t micros_of_day;
};

WallClock SplitMicros(int64_t micros) {
  const int64_t days = functions::FloorDivide(micros, kMicrosPerDay);
  return {.date = functions::CivilFromDays(days),
          .days = days,
          .micros_of_day = micros - days * kMicrosPerDay};
}

bool IsLastDay(const CivilDate& date) {
  return date.day == functions::DaysInMonth(date.year, date.month);
}

// Between instants; a day's time is what has passed since it began in the zone.
double MonthsBetween(int64_t first, int64_t second, bool round, const TimeZone& zone) {
  const auto split = [&zone](int64_t instant) {
    WallClock time = SplitMicros(zone.ToLocal(instant));
    time.micros_of_day = instant - zone.ToInstant(time.days * kMicrosPerDay).utc_micros;
    return time;
  };
  const WallClock a = split(first);
  const WallClock b = split(second);
  const auto months =
      static_cast<double>((a.date.year - b.date.year) * 12 + (a.date.month - b.date.month));
  if (a.date.day == b.date.day || (IsLastDay(a.date) && IsLastDay(b.date))) return months;
  constexpr double kSecondsPerMonth = 31.0 * 86400;
  const auto seconds = [](const WallClock& time) {
    const int64_t of_day = time.micros_of_day / functions::kMicrosPerSecond;
    return time.date.day * 86400.0 + static_cast<double>(of_day);
  };
  const double difference = months + (seconds(a) - seconds(b)) / kSecondsPerMonth;
  return round ? std::round(difference * 1e8) / 1e8 : difference;
}

void MonthsBetweenInstants(DataChunk& chunk, ExpressionState& state, Vector& result) {
  const TimeZone zone = SessionTimeZone(state);
  ExecuteRows<int64_t, int64_t, bool>(
      chunk, result,
      [&zone](int64_t first, int64_t second, bool round) {
        return MonthsBetween(first, second, round, zone);
      },
      std::index_sequence<0, 1, 2>{});
}

// Dates stand for the instants at which they begin in the session's zone.
void MonthsBetweenDates(DataChunk& chunk, ExpressionState& state, Vector& result) {
  const TimeZone zone = SessionTimeZone(state);
  const auto begin = [&zone](int32_t days) {
    const int64_t midnight =
        std::clamp<int64_t>(days, INT64_MIN / kMicrosPerDay + 1, INT64_MAX / kMicrosPerDay - 1) *
        kMicrosPerDay;
    return zone.ToInstant(midnight).utc_micros;
  };
  ExecuteRows<int32_t, int32_t, bool>(
      chunk, result,
      [&](int32_t first, int32_t second, bool round) {
        return MonthsBetween(begin(first), begin(second), round, zone);
      },
      std::index_sequence<0, 1, 2>{});
}

::duckdb::ScalarFunctionSet MakeMonthsBetween() {
  const LogicalType& instant = LogicalType::TIMESTAMP_TZ;
  auto set = MakeTotal("spark_months_between", {instant, instant, LogicalType::BOOLEAN},
                       LogicalType::DOUBLE, MonthsBetweenInstants);
  set.AddFunction(
      ::duckdb::ScalarFunction({LogicalType::DATE, LogicalType::DATE, LogicalType::BOOLEAN},
                               LogicalType::DOUBLE, MonthsBetweenDates));
  return set;
}

// The zone of that name, keeping the last one of the thread: it holds until the next call.
Result<const TimeZone*> ZoneNamed(std::string_view name) {
  struct Last {
    std::string name;
    std::optional<TimeZone> zone;
  };
  thread_local Last last;
  if (!last.zone || last.name != name) {
    last.zone = TRY(TimeZone::Find(name));
    last.name = name;
  }
  return &*last.zone;
}

// The clock of `zone` at an instant.
Result<int64_t> FromUtc(int64_t instant, std::string_view zone) {
  return TRY(ZoneNamed(zone))->ToLocal(instant);
}
// The instant at which the clock of `zone` shows that.
Result<int64_t> ToUtc(int64_t clock, std::string_view zone) {
  return TRY(ZoneNamed(zone))->ToInstant(clock).utc_micros;
}

// Of both kinds of timestamps; `of_plain` is the result's type for one without a zone.
template <auto kKernel>
::duckdb::ScalarFunctionSet MakeZoneShift(const char* name, const LogicalType& of_plain) {
  ::duckdb::ScalarFunctionSet set =
      MakeScalar(name, {LogicalType::TIMESTAMP_TZ, LogicalType::VARCHAR}, LogicalType::TIMESTAMP_TZ,
                 RowFunction<kKernel, int64_t, string_t>);
  for (const auto& function : MakeScalar(name, {LogicalType::TIMESTAMP, LogicalType::VARCHAR},
                                         of_plain, RowFunction<kKernel, int64_t, string_t>)
                                  .functions) {
    set.AddFunction(function);
  }
  return set;
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return upper;
}

// Whole months from `first` to `second`, towards zero.
int64_t WholeMonths(int64_t first, int64_t second) {
  const WallClock a = SplitMicros(first);
  const WallClock b = SplitMicros(second);
  const int64_t months = (b.date.year - a.date.year) * 12 + (b.date.month - a.date.month);
  const auto within = [](const WallClock& time) {
    return time.date.day * kMicrosPerDay + time.micros_of_day;
  };
  if (months > 0 && within(b) < within(a)) return months - 1;
  if (months < 0 && within(b) > within(a)) return months + 1;
  return months;
}

struct UnitMicros {
  std::string_view name;
  int64_t micros;
};

constexpr std::array kClockUnits = {
    UnitMicros{"MICROSECOND", 1},
    UnitMicros{"MILLISECOND", 1000},
    UnitMicros{"SECOND", functions::kMicrosPerSecond},
    UnitMicros{"MINUTE", functions::kMicrosPerMinute},
    UnitMicros{"HOUR", functions::kMicrosPerHour},
    UnitMicros{"DAY", kMicrosPerDay},
    UnitMicros{"WEEK", 7 * kMicrosPerDay},
};

Result<int64_t> TimestampDiff(std::string_view unit, int64_t first, int64_t second) {
  const std::string name = Upper(unit);
  for (const UnitMicros& known : kClockUnits) {
    if (known.name == name) return (second - first) / known.micros;
  }
  if (name == "MONTH") return WholeMonths(first, second);
  if (name == "QUARTER") return WholeMonths(first, second) / 3;
  if (name == "YEAR") return WholeMonths(first, second) / 12;
  return Invalid(
             "`timestampdiff` expects one of the units YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, "
             "MINUTE, SECOND, "
             "MILLISECOND, MICROSECOND for the parameter `unit`, but got the invalid value '{}'.",
             unit)
      .WithClass("INVALID_PARAMETER_VALUE.DATETIME_UNIT", "22023");
}

int64_t StartOfDay(const CivilDate& date) { return functions::DaysFromCivil(date) * kMicrosPerDay; }

std::optional<int64_t> DateTrunc(std::string_view unit, int64_t micros) {
  const std::string name = Upper(unit);
  const WallClock time = SplitMicros(micros);
  const auto is_one_of = [&name](std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, std::string_view(name)) != names.end();
  };
  if (is_one_of({"YEAR", "YYYY", "YY"}))
    return StartOfDay({.year = time.date.year, .month = 1, .day = 1});
  if (name == "QUARTER") {
    return StartOfDay(
        {.year = time.date.year, .month = (time.date.month - 1) / 3 * 3 + 1, .day = 1});
  }
  if (is_one_of({"MONTH", "MM", "MON"})) {
    return StartOfDay({.year = time.date.year, .month = time.date.month, .day = 1});
  }
  if (name == "WEEK") return (time.days - functions::WeekdayOf(time.days) + 1) * kMicrosPerDay;
  if (is_one_of({"DAY", "DD"})) return time.days * kMicrosPerDay;
  for (const UnitMicros& known : kClockUnits) {
    if (known.name == name) return functions::FloorDivide(micros, known.micros) * known.micros;
  }
  return std::nullopt;
}

::duckdb::ScalarFunctionSet MakeParser(const char* name, const LogicalType& type,
                                       ::duckdb::scalar_function_t function) {
  return MakeScalar(name, {LogicalType::VARCHAR, LogicalType::VARCHAR}, type, std::move(function));
}

const NativeFunction kDateTimeFunctions[] = {
    {"spark_date_format", MakeDateFormat},
    {"spark_parse_timestamp", ScalarFactory([] {
       return MakeParser("spark_parse_timestamp", LogicalType::TIMESTAMP_TZ, ParseInstant<false>);
     })},
    {"spark_try_parse_timestamp", ScalarFactory([] {
       return MakeParser("spark_try_parse_timestamp", LogicalType::TIMESTAMP_TZ,
                         ParseInstant<true>);
     })},
    {"spark_parse_timestamp_ntz", ScalarFactory([] {
       return MakeParser("spark_parse_timestamp_ntz", LogicalType::TIMESTAMP,
                         ParseWallClock<false>);
     })},
    {"spark_try_parse_timestamp_ntz", ScalarFactory([] {
       return MakeParser("spark_try_parse_timestamp_ntz", LogicalType::TIMESTAMP,
                         ParseWallClock<true>);
     })},
    {"spark_parse_date", ScalarFactory([] {
       return MakeParser("spark_parse_date", LogicalType::DATE, ParseDate<false>);
     })},
    {"spark_try_parse_date", ScalarFactory([] {
       return MakeParser("spark_try_parse_date", LogicalType::DATE, ParseDate<true>);
     })},
    {"spark_parse_time", ScalarFactory([] {
       return MakeParser("spark_parse_time", LogicalType::TIME, ParseTime<false>);
     })},
    {"spark_try_parse_time", ScalarFactory([] {
       return MakeParser("spark_try_parse_time", LogicalType::TIME, ParseTime<true>);
     })},
    {"spark_months_between", MakeMonthsBetween},
    {"spark_from_utc", ScalarFactory([] {
       return MakeZoneShift<FromUtc>("spark_from_utc", LogicalType::TIMESTAMP);
     })},
    {"spark_to_utc",
     ScalarFactory([] { return MakeZoneShift<ToUtc>("spark_to_utc", LogicalType::TIMESTAMP_TZ); })},
    {"spark_timestamp_diff", ScalarFactory([] {
       return MakeScalar("spark_timestamp_diff",
                         {LogicalType::VARCHAR, LogicalType::TIMESTAMP, LogicalType::TIMESTAMP},
                         LogicalType::BIGINT,
                         RowFunction<TimestampDiff, string_t, int64_t, int64_t>);
     })},
    {"spark_date_trunc", ScalarFactory([] {
       return MakeTotal("spark_date_trunc", {LogicalType::VARCHAR, LogicalType::TIMESTAMP},
                        LogicalType::TIMESTAMP, RowFunction<DateTrunc, string_t, int64_t>);
     })},
};

}  // namespace

std::span<const NativeFunction> DateTimeFunctions() { return kDateTimeFunctions; }

}  // namespace lakesmith::engine
