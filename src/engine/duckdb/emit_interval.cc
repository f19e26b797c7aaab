// Intervals: added, multiplied, divided, made.
#include <algorithm>

#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using types::DataType;
using types::IntervalField;
using types::TypeId;

namespace {

using Texts = std::vector<std::string>;

// Microseconds of a count of seconds with a fraction.
std::string SecondsAsMicros(const std::string& seconds) {
  return fmt::format("CAST(({})::DECIMAL(30,6) * 1000000 AS BIGINT)", seconds);
}

Result<std::string> Moved(const plan::Expression& call, const Texts& arguments, char sign) {
  const DataType& point = call.children[0]->type;
  const DataType& span = call.children[1]->type;
  const std::string type = DuckDbTypeName(call.type);
  const std::string& a = arguments[0];
  const std::string& b = arguments[1];
  if (span.is(TypeId::kYearMonthInterval)) {
    return fmt::format("CAST({} {} to_months({}) AS {})", a, sign, b, type);
  }
  if (span.is(TypeId::kCalendarInterval))
    return fmt::format("CAST({} {} {} AS {})", a, sign, b, type);
  if (point.is(TypeId::kDate)) {
    return fmt::format("({} {} ({} // 86400000000)::INTEGER)", a, sign, b);
  }
  // Whole days move the wall clock, the rest the instant.
  return fmt::format(
      "({0} {1} (to_days(({2} // 86400000000)::INTEGER) + to_microseconds({2} % 86400000000)))", a,
      sign, b);
}
Result<std::string> PlusInterval(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return Moved(call, arguments, '+');
}
Result<std::string> MinusInterval(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return Moved(call, arguments, '-');
}
Result<std::string> TryPlusInterval(Emitter&, const plan::Expression& call,
                                    const Texts& arguments) {
  return fmt::format("TRY({})", TRY(Moved(call, arguments, '+')));
}
Result<std::string> TryMinusInterval(Emitter&, const plan::Expression& call,
                                     const Texts& arguments) {
  return fmt::format("TRY({})", TRY(Moved(call, arguments, '-')));
}

Result<std::string> IntervalMultiply(Emitter&, const plan::Expression& call,
                                     const Texts& arguments) {
  const DataType& number = call.children[1]->type;
  if (call.type.is(TypeId::kCalendarInterval)) {
    return fmt::format("({} * {})", arguments[0], arguments[1]);
  }
  const std::string type = DuckDbTypeName(call.type);
  if (number.IsIntegral()) {
    return fmt::format("CAST({}::HUGEINT * {} AS {})", arguments[0], arguments[1], type);
  }
  return fmt::format("CAST(round({}::DOUBLE * {}::DOUBLE) AS {})", arguments[0], arguments[1],
                     type);
}
Result<std::string> TryIntervalMultiply(Emitter& emitter, const plan::Expression& call,
                                        const Texts& arguments) {
  return fmt::format("TRY({})", TRY(IntervalMultiply(emitter, call, arguments)));
}

Result<std::string> DivideInterval(const plan::Expression& call, const Texts& arguments,
                                   const std::string& zero) {
  const std::string type = DuckDbTypeName(call.type);
  if (call.type.is(TypeId::kCalendarInterval)) {
    return fmt::format("CASE WHEN {1} = 0 THEN {2} ELSE {0} / {1} END", arguments[0], arguments[1],
                       zero);
  }
  if (call.children[1]->type.IsIntegral()) {
    // Half away from zero, in whole numbers.
    return fmt::format(
        "CASE WHEN {1} = 0 THEN {3} ELSE CAST(({0}::HUGEINT * 2 + {1} * sign({0}) * sign({1})) // "
        "({1}::HUGEINT * 2) AS {2}) END",
        arguments[0], arguments[1], type, zero);
  }
  return fmt::format(
      "CASE WHEN {1} = 0 THEN {3} ELSE CAST(round({0}::DOUBLE / {1}::DOUBLE) AS {2}) END",
      arguments[0], arguments[1], type, zero);
}
Result<std::string> IntervalDivide(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return DivideInterval(call, arguments,
                        RaiseError("INTERVAL_DIVIDED_BY_ZERO", "22012",
                                   "Division by zero. Use `try_divide` to tolerate divisor being 0 "
                                   "and return NULL instead."));
}
Result<std::string> TryIntervalDivide(Emitter&, const plan::Expression& call,
                                      const Texts& arguments) {
  return fmt::format("TRY({})", TRY(DivideInterval(call, arguments, "NULL")));
}
Result<std::string> IntervalDiv(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("CASE WHEN {1} = 0 THEN {2} ELSE CAST({0} // {1} AS BIGINT) END", arguments[0],
                     arguments[1], RaiseError("DIVIDE_BY_ZERO", "22012", "Division by zero."));
}

Result<std::string> MakeInterval(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format(
      "(to_months(({} * 12 + {})::INTEGER) + to_days(({} * 7 + {})::INTEGER) + "
      "to_microseconds({}::BIGINT * 3600000000 "
      "+ {}::BIGINT * 60000000 + {}))",
      At(arguments, 0, "0"), At(arguments, 1, "0"), At(arguments, 2, "0"), At(arguments, 3, "0"),
      At(arguments, 4, "0"), At(arguments, 5, "0"), SecondsAsMicros(At(arguments, 6, "0")));
}
Result<std::string> TryMakeInterval(Emitter& emitter, const plan::Expression& call,
                                    const Texts& arguments) {
  return fmt::format("TRY({})", TRY(MakeInterval(emitter, call, arguments)));
}
Result<std::string> MakeDayTime(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format(
      "({}::BIGINT * 86400000000 + {}::BIGINT * 3600000000 + {}::BIGINT * 60000000 + {})",
      At(arguments, 0, "0"), At(arguments, 1, "0"), At(arguments, 2, "0"),
      SecondsAsMicros(At(arguments, 3, "0")));
}
Result<std::string> MakeYearMonth(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("CAST({}::BIGINT * 12 + {} AS INTEGER)", At(arguments, 0, "0"),
                     At(arguments, 1, "0"));
}

}  // namespace

const CustomTable& IntervalEmits() {
  static const auto* table = new CustomTable{
      {"plus_interval", PlusInterval},         {"minus_interval", MinusInterval},
      {"try_plus_interval", TryPlusInterval},  {"try_minus_interval", TryMinusInterval},
      {"interval_multiply", IntervalMultiply}, {"try_interval_multiply", TryIntervalMultiply},
      {"interval_divide", IntervalDivide},     {"try_interval_divide", TryIntervalDivide},
      {"interval_div", IntervalDiv},           {"make_interval", MakeInterval},
      {"try_make_interval", TryMakeInterval},  {"make_dt_interval", MakeDayTime},
      {"make_ym_interval", MakeYearMonth},
  };
  return *table;
}

}  // namespace lakesmith::engine
