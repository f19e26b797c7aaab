// window(), and time_bucket.
#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using types::TypeId;

namespace {

using Texts = std::vector<std::string>;

// Buckets of months from an origin: the last one that begins no later than the time.
Result<std::string> MonthBucket(const plan::Expression& call, const Texts& arguments) {
  const std::string raise = RaiseError("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09",
                                       "The bucket of time_bucket must be a positive interval.");
  const std::string bind =
      fmt::format("[struct_pack(t := {}::TIMESTAMP, o := {}::TIMESTAMP, m := {})]", arguments[1],
                  arguments[2], arguments[0]);
  return fmt::format(
      "CASE WHEN {0} <= 0 THEN {1} WHEN {2} IS NULL THEN NULL ELSE CAST(list_transform({3}, lambda "
      "b: list_max(list_filter(list_transform([-1, 0, 1], lambda k: b.o + to_months((((((year(b.t) "
      "- "
      "year(b.o)) * 12 + month(b.t) - month(b.o)) // b.m) + k) * b.m)::INTEGER)), lambda s: s <= "
      "b.t)))[1] AS {4}) END",
      arguments[0], raise, arguments[1], bind, DuckDbTypeName(call.type));
}

// Buckets are counted on the wall clock.
Result<std::string> TimeBucket(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const bool months = call.children[0]->type.is(TypeId::kYearMonthInterval);
  if (months && arguments.size() == 3) return MonthBucket(call, arguments);
  const std::string raise = RaiseError("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09",
                                       "The bucket of time_bucket must be a positive interval.");
  const std::string origin =
      arguments.size() == 3 ? arguments[2] + "::TIMESTAMP" : "TIMESTAMP '1970-01-01 00:00:00'";
  return fmt::format(
      "CASE WHEN {0} <= 0 THEN {1} WHEN {2} IS NULL THEN NULL ELSE CAST(time_bucket({3}({0}), "
      "{2}::TIMESTAMP, {4}) AS {5}) "
      "END",
      arguments[0], raise, arguments[1], months ? "to_months" : "to_microseconds", origin,
      DuckDbTypeName(call.type));
}

// The start of the last window of `slide` microseconds that holds the time.
std::string WindowStart(const std::string& type, const Texts& arguments) {
  return fmt::format(
      "time_bucket(to_microseconds({}), {}, {} '1970-01-01 00:00:00{}' + to_microseconds({}))",
      arguments[2], arguments[0], type, type == "TIMESTAMP" ? "" : "+00", arguments[3]);
}

Result<std::string> TimeWindow(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const std::string type = DuckDbTypeName(call.type.fields()[0].type);
  return fmt::format(
      "CASE WHEN {0} IS NOT NULL THEN struct_pack(\"start\" := CAST({1} AS {3}), \"end\" := "
      "CAST({1} + to_microseconds({2}) AS {3})) END",
      arguments[0], WindowStart(type, arguments), arguments[1], type);
}

// All windows that hold the time, the first first.
Result<std::string> TimeWindows(Emitter& emitter, const plan::Expression& call,
                                const Texts& arguments) {
  const std::string type = DuckDbTypeName(call.type.element().fields()[0].type);
  const std::string step = emitter.FreshName("i");
  const std::string window = emitter.FreshName("w");
  const std::string start = fmt::format("{} - to_microseconds({} * {})",
                                        WindowStart(type, arguments), step, arguments[2]);
  return fmt::format(
      "list_filter(list_transform(range(({1} + {2} - 1) // {2} - 1, -1, -1), lambda {3}: "
      "struct_pack(\"start\" := CAST({4} AS {5}), \"end\" := CAST({4} + to_microseconds({1}) AS "
      "{5}))), lambda {6}: {6}.\"end\" > {0})",
      arguments[0], arguments[1], arguments[2], step, start, type, window);
}

}  // namespace

const CustomTable& TimeWindowEmits() {
  static const auto* table = new CustomTable{
      {"window", TimeWindow},
      {"windows", TimeWindows},
      {"time_bucket", TimeBucket},
  };
  return *table;
}

}  // namespace lakesmith::engine
