// Functions of the type TIME.
#include <algorithm>

#include "base/ascii.h"
#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using types::DataType;
using types::IntervalField;
using types::TypeId;

namespace {

using Texts = std::vector<std::string>;

Result<std::string> TimeDiff(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const auto unit = LiteralText(*call.children[0]);
  static const std::map<std::string, int64_t> kMicros = {{"hour", 3'600'000'000},
                                                         {"minute", 60'000'000},
                                                         {"second", 1'000'000},
                                                         {"millisecond", 1'000},
                                                         {"microsecond", 1}};
  const auto found = kMicros.find(Lower(unit.value_or("")));
  if (found == kMicros.end())
    return Unsupported("time_diff needs a constant unit from HOUR to MICROSECOND");
  return fmt::format("((epoch_us({}) - epoch_us({})) // {})", arguments[2], arguments[1],
                     found->second);
}

Result<std::string> TimeTrunc(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const auto unit = LiteralText(*call.children[0]);
  const std::string name = Lower(unit.value_or(""));
  for (const char* known : {"hour", "minute", "second", "millisecond", "microsecond"}) {
    if (name == known) {
      return fmt::format("CAST(date_trunc('{}', DATE '2000-01-01' + {}) AS TIME)", name,
                         arguments[1]);
    }
  }
  return Unsupported("time_trunc needs a constant unit from HOUR to MICROSECOND");
}

Result<std::string> TimeFrom(const std::string& micros) {
  return fmt::format(
      "CASE WHEN {0} >= 0 AND {0} < 86400000000 THEN CAST(make_timestamp({0}) AS TIME) WHEN {0} IS "
      "NOT NULL THEN {1} END",
      micros,
      RaiseError("DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION", "22023",
                 "Invalid value for NanoOfDay (valid values 0 - 86399999999999)."));
}
// The engine's takes hour 24 and second 60, too.
std::string TimeOf(const Texts& arguments, const std::string& beyond) {
  return fmt::format(
      "CASE WHEN {0} = 24 OR {2} >= 60 THEN {3} ELSE make_time({0}, {1}, {2}::DOUBLE) END",
      arguments[0], arguments[1], arguments[2], beyond);
}
Result<std::string> MakeTime(Emitter&, const plan::Expression&, const Texts& arguments) {
  return TimeOf(arguments, RaiseError("DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION", "22023",
                                      "An hour is from 0 to 23, a second from 0 to 59.999999."));
}
Result<std::string> TryMakeTime(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("TRY({})", TimeOf(arguments, "NULL"));
}

// A time of day stays within its day.
Result<std::string> MovedTime(const plan::Expression& call, const Texts& arguments, char sign) {
  const std::string micros =
      fmt::format("(epoch_us({})::HUGEINT {} {})", arguments[0], sign, arguments[1]);
  const std::string beyond =
      call.name.starts_with("try_")
          ? std::string("NULL")
          : RaiseError("DATETIME_OVERFLOW", "22008", "The time of day leaves its day.");
  return fmt::format(
      "CASE WHEN {0} BETWEEN 0 AND 86399999999 THEN CAST(make_timestamp({0}::BIGINT) AS TIME) WHEN "
      "{0} IS NOT NULL THEN {1} END",
      micros, beyond);
}
Result<std::string> TimePlus(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return MovedTime(call, arguments, '+');
}
Result<std::string> TimeMinus(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return MovedTime(call, arguments, '-');
}

Result<std::string> TimeFromSeconds(Emitter&, const plan::Expression&, const Texts& arguments) {
  return TimeFrom(fmt::format("CAST(trunc({} * 1000000) AS BIGINT)", arguments[0]));
}
Result<std::string> TimeFromMillis(Emitter&, const plan::Expression&, const Texts& arguments) {
  return TimeFrom(fmt::format("({}::BIGINT * 1000)", arguments[0]));
}
Result<std::string> TimeFromMicros(Emitter&, const plan::Expression&, const Texts& arguments) {
  return TimeFrom(fmt::format("({}::BIGINT)", arguments[0]));
}

}  // namespace

const CustomTable& TimeEmits() {
  static const auto* table = new CustomTable{
      {"time_diff", TimeDiff},
      {"make_time", MakeTime},
      {"try_make_time", TryMakeTime},
      {"time_plus", TimePlus},
      {"time_minus", TimeMinus},
      {"time_trunc", TimeTrunc},
      {"time_from_seconds", TimeFromSeconds},
      {"time_from_millis", TimeFromMillis},
      {"time_from_micros", TimeFromMicros},
  };
  return *table;
}

}  // namespace lakesmith::engine
