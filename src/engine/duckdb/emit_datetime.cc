#include <algorithm>

#include "base/ascii.h"
#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using types::DataType;
using types::TypeId;

namespace {

using Texts = std::vector<std::string>;

Result<std::string> DateFormat(Emitter& emitter, const plan::Expression& call,
                               const Texts& arguments) {
  // A date goes there as it is: its cast would work out an instant row by row.
  const plan::Expression& point = *call.children[0];
  if (point.kind == plan::ExpressionKind::kCast && point.type.is(TypeId::kTimestamp) &&
      point.children.front()->type.is(TypeId::kDate)) {
    return fmt::format("spark_date_format({}, {})",
                       TRY(emitter.Expression(*point.children.front())), arguments[1]);
  }
  return fmt::format("spark_date_format({}, {})", arguments[0], arguments[1]);
}

Result<std::string> FromUnixTime(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("spark_date_format(make_timestamptz({} * 1000000), {})", arguments[0],
                     arguments[1]);
}

Result<std::string> IntervalField(const std::string& field, const plan::Expression& call,
                                  const std::string& source) {
  const DataType& type = call.children[1]->type;
  const std::string result = DuckDbTypeName(call.type);
  if (type.is(TypeId::kCalendarInterval)) {
    if (field == "second") {
      return fmt::format("CAST((date_part('microsecond', {}) * 0.000001) AS {})", source, result);
    }
    return fmt::format("CAST(date_part('{}', {}) AS {})", field, source, result);
  }
  if (field == "year") return fmt::format("CAST({} // 12 AS {})", source, result);
  if (field == "month") return fmt::format("CAST({} % 12 AS {})", source, result);
  if (field == "day") return fmt::format("CAST({} // 86400000000 AS {})", source, result);
  if (field == "hour")
    return fmt::format("CAST({} % 86400000000 // 3600000000 AS {})", source, result);
  if (field == "minute")
    return fmt::format("CAST({} % 3600000000 // 60000000 AS {})", source, result);
  return fmt::format("CAST(({} % 60000000)::DECIMAL(20,0) * 0.000001 AS {})", source, result);
}

Result<std::string> Extract(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const std::string field = call.children[0]->value.as<std::string>();
  const std::string& source = arguments[1];
  const DataType& type = call.children[1]->type;
  if (type.IsAnsiInterval() || type.is(TypeId::kCalendarInterval)) {
    return IntervalField(field, call, source);
  }
  if (type.is(TypeId::kVoid)) return TypedNull(call.type);
  if (field == "second") {
    return fmt::format("CAST(microsecond({})::DECIMAL(20,0) * 0.000001 AS {})", source,
                       DuckDbTypeName(call.type));
  }
  std::string text = fmt::format("date_part('{}', {})", field, source);
  if (field == "yearofweek") text = fmt::format("date_part('isoyear', {})", source);
  if (field == "dayofweek") text = fmt::format("(date_part('dow', {}) + 1)", source);
  if (field == "dayofweek_iso") text = fmt::format("date_part('isodow', {})", source);
  return fmt::format("CAST({} AS INTEGER)", text);
}

// The engine's name of a unit of date_trunc; "" when Spark has none of that name.
std::string TruncationUnit(const std::string& unit) {
  static const std::map<std::string, std::string> kUnits = {
      {"year", "year"},
      {"yyyy", "year"},
      {"yy", "year"},
      {"quarter", "quarter"},
      {"month", "month"},
      {"mon", "month"},
      {"mm", "month"},
      {"week", "week"},
      {"day", "day"},
      {"dd", "day"},
      {"hour", "hour"},
      {"minute", "minute"},
      {"second", "second"},
      {"millisecond", "millisecond"},
      {"microsecond", "microsecond"},
  };
  const auto found = kUnits.find(Lower(unit));
  return found == kUnits.end() ? "" : found->second;
}

// A CASE over all names of units where the unit is no constant.
std::string TruncateByValue(const std::string& unit, const std::string& source, bool dates) {
  std::string text = fmt::format("CASE lower({})", unit);
  for (const char* name : {"year", "yyyy", "yy", "quarter", "month", "mon", "mm", "week", "day",
                           "dd", "hour", "minute", "second", "millisecond", "microsecond"}) {
    const std::string to = TruncationUnit(name);
    const bool for_dates = to == "year" || to == "quarter" || to == "month" || to == "week";
    if (dates && !for_dates) continue;
    text += fmt::format(" WHEN '{}' THEN date_trunc('{}', {})", name, to, source);
  }
  return text + " END";
}

Result<std::string> DateTrunc(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const auto unit = LiteralText(*call.children[0]);
  if (!unit) return TruncateByValue(arguments[0], arguments[1], false);
  const std::string name = TruncationUnit(*unit);
  if (name.empty()) return TypedNull(call.type);
  return fmt::format("date_trunc('{}', {})", name, arguments[1]);
}

Result<std::string> Trunc(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const auto unit = LiteralText(*call.children[1]);
  if (!unit)
    return fmt::format("CAST({} AS DATE)", TruncateByValue(arguments[1], arguments[0], true));
  const std::string name = TruncationUnit(*unit);
  const bool known = name == "year" || name == "quarter" || name == "month" || name == "week";
  if (!known) return TypedNull(call.type);
  return fmt::format("CAST(date_trunc('{}', {}) AS DATE)", name, arguments[0]);
}

std::string At(const Texts& arguments, size_t index, const char* fallback) {
  return index < arguments.size() ? arguments[index] : fallback;
}

// A wall-clock time; seconds of 60 are allowed when they have no fraction.
std::string WallClock(const Texts& arguments, bool is_try = false) {
  return fmt::format(
      "(make_timestamp({0}, {1}, {2}, {3}, {4}, 0) + to_microseconds(CASE WHEN {0} IS NULL OR {1} "
      "IS NULL OR {2} IS NULL OR {3} IS NULL OR {4} IS NULL OR {5} IS NULL THEN NULL WHEN {5} >= 0 "
      "AND {5} <= 60 AND {3} < 24 THEN CAST({5} * 1000000 AS BIGINT) ELSE {6} END))",
      arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5],
      is_try ? "NULL"
             : RaiseError("DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION", "22023",
                          "An hour is from 0 to 23, a second from 0 to 60."));
}
Result<std::string> MakeTimestampNtz(Emitter&, const plan::Expression&, const Texts& arguments) {
  return WallClock(arguments);
}
Result<std::string> MakeTimestamp(Emitter&, const plan::Expression&, const Texts& arguments) {
  if (arguments.size() == 7)
    return fmt::format("spark_to_utc({}, {})", WallClock(arguments), arguments[6]);
  return fmt::format("CAST({} AS TIMESTAMPTZ)", WallClock(arguments));
}
Result<std::string> TryMakeTimestamp(Emitter&, const plan::Expression&, const Texts& arguments) {
  const std::string clock = WallClock(arguments, true);
  if (arguments.size() == 7) return fmt::format("TRY(timezone({}, {}))", arguments[6], clock);
  return fmt::format("TRY(CAST({} AS TIMESTAMPTZ))", clock);
}
Result<std::string> TryMakeTimestampNtz(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("TRY({})", WallClock(arguments, true));
}
Result<std::string> MakeTimestampOfDate(Emitter&, const plan::Expression&, const Texts& arguments) {
  if (arguments.size() == 3) {
    return fmt::format("spark_to_utc({} + {}, {})", arguments[0], arguments[1], arguments[2]);
  }
  if (arguments.size() == 1) return fmt::format("CAST({} AS TIMESTAMPTZ)", arguments[0]);
  return fmt::format("CAST({} + {} AS TIMESTAMPTZ)", arguments[0], arguments[1]);
}

// The date that an argument is made of, as text; "" when it is made of something else.
std::string DateBehind(Emitter& emitter, const plan::Expression& argument) {
  if (argument.kind != plan::ExpressionKind::kCast ||
      !argument.children.front()->type.is(TypeId::kDate)) {
    return "";
  }
  return emitter.Expression(*argument.children.front()).value_or("");
}

Result<std::string> MonthsBetween(Emitter& emitter, const plan::Expression& call,
                                  const Texts& arguments) {
  const std::string first = DateBehind(emitter, *call.children[0]);
  const std::string second = DateBehind(emitter, *call.children[1]);
  if (!first.empty() && !second.empty()) {
    return fmt::format("spark_months_between({}, {}, {})", first, second, At(arguments, 2, "true"));
  }
  return fmt::format("spark_months_between({}, {}, {})", arguments[0], arguments[1],
                     At(arguments, 2, "true"));
}

// With a pattern, what is no text keeps its instant whatever the type: midnight of a date and the
// clock of a TIMESTAMP_NTZ taken as UTC.
Result<std::string> InstantAs(Emitter& emitter, const plan::Expression& call,
                              const std::string& value) {
  const DataType& from = call.children[0]->type;
  if (from.IsNumeric()) {
    return Unsupported("{} takes no pattern for the type {}", call.name, from.Sql());
  }
  std::string micros = fmt::format("epoch_us({})", value);
  if (from.is(TypeId::kDate)) {
    micros = fmt::format("epoch_us({}::TIMESTAMPTZ)", value);
  }
  const std::string instant = fmt::format("make_timestamptz({})", micros);
  if (call.type.is(TypeId::kTimestamp)) return instant;
  if (call.type.is(TypeId::kTimestampNtz)) return fmt::format("make_timestamp({})", micros);
  return emitter.Cast(instant, nullptr, DataType::Timestamp(), call.type, false);
}

// Parses text by a pattern, or casts other types. `kind`: date, timestamp, timestamp_ntz, time.
Result<std::string> Parse(Emitter& emitter, const plan::Expression& call, const Texts& arguments,
                          const char* kind, bool is_try) {
  const DataType& from = call.children[0]->type;
  const bool text = from.IsString();
  if (!text && arguments.size() == 2 && call.type.id() != from.id()) {
    return InstantAs(emitter, call, arguments[0]);
  }
  if (!text || arguments.size() == 1) {
    return emitter.Cast(arguments[0], call.children[0].get(), from, call.type, is_try);
  }
  return fmt::format("spark_{}parse_{}({}, {})", is_try ? "try_" : "", kind, arguments[0],
                     arguments[1]);
}
Result<std::string> ToDate(Emitter& emitter, const plan::Expression& call, const Texts& arguments) {
  return Parse(emitter, call, arguments, "date", false);
}
Result<std::string> TryToDate(Emitter& emitter, const plan::Expression& call,
                              const Texts& arguments) {
  return Parse(emitter, call, arguments, "date", true);
}
Result<std::string> ToTime(Emitter& emitter, const plan::Expression& call, const Texts& arguments) {
  return Parse(emitter, call, arguments, "time", false);
}
Result<std::string> TryToTime(Emitter& emitter, const plan::Expression& call,
                              const Texts& arguments) {
  return Parse(emitter, call, arguments, "time", true);
}
Result<std::string> ToTimestamp(Emitter& emitter, const plan::Expression& call,
                                const Texts& arguments) {
  return Parse(emitter, call, arguments, "timestamp", false);
}
Result<std::string> TryToTimestamp(Emitter& emitter, const plan::Expression& call,
                                   const Texts& arguments) {
  return Parse(emitter, call, arguments, "timestamp", true);
}
Result<std::string> ToTimestampNtz(Emitter& emitter, const plan::Expression& call,
                                   const Texts& arguments) {
  return Parse(emitter, call, arguments, "timestamp_ntz", false);
}

// Cut, not rounded down as by unix_seconds.
std::string CutSeconds(const std::string& timestamp) {
  return fmt::format("(epoch_us({}) // 1000000)", timestamp);
}

Result<std::string> UnixTimestamp(Emitter& emitter, const plan::Expression& call,
                                  const Texts& arguments) {
  if (arguments.empty()) return CutSeconds("now()");
  const DataType& from = call.children[0]->type;
  if (from.IsString()) {
    const std::string pattern = arguments.size() == 2 ? arguments[1] : "'yyyy-MM-dd HH:mm:ss'";
    return CutSeconds(fmt::format("spark_parse_timestamp({}, {})", arguments[0], pattern));
  }
  if (from.is(TypeId::kTimestampNtz)) return CutSeconds(arguments[0]);
  return CutSeconds(
      TRY(emitter.Cast(arguments[0], call.children[0].get(), from, DataType::Timestamp(), false)));
}

Result<std::string> TimestampAdd(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const std::string unit = call.children[0]->value.as<std::string>();
  const std::string& count = arguments[1];
  const std::string& point = arguments[2];
  static const std::map<std::string, std::string> kSpans = {
      {"year", "to_months(({} * 12)::INTEGER)"},
      {"quarter", "to_months(({} * 3)::INTEGER)"},
      {"month", "to_months(({})::INTEGER)"},
      {"week", "to_days(({} * 7)::INTEGER)"},
      {"day", "to_days(({})::INTEGER)"},
      {"dayofyear", "to_days(({})::INTEGER)"},
      {"hour", "to_microseconds({} * 3600000000)"},
      {"minute", "to_microseconds({} * 60000000)"},
      {"second", "to_microseconds({} * 1000000)"},
      {"millisecond", "to_microseconds({} * 1000)"},
      {"microsecond", "to_microseconds({})"},
  };
  return fmt::format("({} + {})", point, fmt::format(fmt::runtime(kSpans.at(unit)), count));
}

std::string WholeMonths(const std::string& a, const std::string& b);

// By the clocks of the session, whose days may have 23 or 25 hours.
Result<std::string> TimestampDiff(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const std::string unit = call.children[0]->value.as<std::string>();
  const std::string a = arguments[1] + "::TIMESTAMP";
  const std::string b = arguments[2] + "::TIMESTAMP";
  static const std::map<std::string, int64_t> kMicros = {
      {"week", 604'800'000'000}, {"day", 86'400'000'000}, {"dayofyear", 86'400'000'000},
      {"hour", 3'600'000'000},   {"minute", 60'000'000},  {"second", 1'000'000},
      {"millisecond", 1'000},    {"microsecond", 1},
  };
  if (const auto found = kMicros.find(unit); found != kMicros.end()) {
    return fmt::format("((epoch_us({}) - epoch_us({})) // {})", b, a, found->second);
  }
  const int months = unit == "year" ? 12 : unit == "quarter" ? 3 : 1;
  return fmt::format("CAST({} // {} AS BIGINT)", WholeMonths("(" + a + ")", "(" + b + ")"), months);
}

Result<std::string> NextDay(Emitter&, const plan::Expression&, const Texts& arguments) {
  const std::string raise =
      RaiseError("ILLEGAL_DAY_OF_WEEK", "22009", "Illegal input for day of week.");
  return fmt::format(
      "CASE WHEN {1} IS NULL THEN NULL WHEN upper({1}) NOT IN ('MO', 'MON', 'MONDAY', 'TU', 'TUE', "
      "'TUESDAY', 'WE', "
      "'WED', 'WEDNESDAY', 'TH', 'THU', 'THURSDAY', 'FR', 'FRI', 'FRIDAY', 'SA', 'SAT', "
      "'SATURDAY', 'SU', 'SUN', "
      "'SUNDAY') THEN {2} ELSE {0} + ((list_position(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'], "
      "left(upper({1}), 2)) - "
      "isodow({0}) + 6) % 7 + 1)::INTEGER END",
      arguments[0], arguments[1], raise);
}

// Whole months from `a` to `b`, both wall-clock times: a day at the end of a month counts as
// itself.
std::string WholeMonths(const std::string& a, const std::string& b) {
  return fmt::format(
      "((year({1}) - year({0})) * 12 + month({1}) - month({0}) - CASE WHEN {1} >= {0} AND "
      "(day({1}) < day({0}) OR (day({1}) = day({0}) AND {1}::TIME < {0}::TIME)) THEN 1 WHEN {1} < "
      "{0} AND (day({1}) > day({0}) OR (day({1}) = day({0}) AND {1}::TIME > {0}::TIME)) THEN -1 "
      "ELSE 0 END)",
      a, b);
}

}  // namespace

const CustomTable& DatetimeEmits() {
  static const auto* table = new CustomTable{
      {"date_format", DateFormat},
      {"from_unixtime", FromUnixTime},
      {"extract", Extract},
      {"date_trunc", DateTrunc},
      {"trunc", Trunc},
      {"make_timestamp", MakeTimestamp},
      {"make_timestamp_ntz", MakeTimestampNtz},
      {"try_make_timestamp", TryMakeTimestamp},
      {"try_make_timestamp_ntz", TryMakeTimestampNtz},
      {"make_timestamp_of_date", MakeTimestampOfDate},
      {"months_between", MonthsBetween},
      {"to_date", ToDate},
      {"try_to_date", TryToDate},
      {"to_time", ToTime},
      {"try_to_time", TryToTime},
      {"to_timestamp", ToTimestamp},
      {"to_timestamp_ntz", ToTimestampNtz},
      {"try_to_timestamp", TryToTimestamp},
      {"unix_timestamp", UnixTimestamp},
      {"timestamp_add", TimestampAdd},
      {"timestamp_diff", TimestampDiff},
      {"next_day", NextDay},
  };
  return *table;
}

}  // namespace lakesmith::engine
