// Casts from text, and text of any value.
#include <chrono>
#include <cmath>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/value_conversion_internal.h"
#include "functions/cast_text.h"
#include "functions/error.h"
#include "functions/round.h"
#include "functions/text.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::DataChunk;
using ::duckdb::Expression;
using ::duckdb::ExpressionState;
using ::duckdb::LogicalType;
using ::duckdb::LogicalTypeId;
using ::duckdb::PhysicalType;
using ::duckdb::string_t;
using ::duckdb::unique_ptr;
using ::duckdb::Vector;
using types::DataType;

constexpr auto kFirst = std::index_sequence<0>{};

// The result type is that of the last argument.
unique_ptr<::duckdb::FunctionData> BindByLast(ClientContext&, ::duckdb::ScalarFunction& function,
                                              ::duckdb::vector<unique_ptr<Expression>>& arguments) {
  function.return_type = arguments.back()->return_type;
  function.arguments.back() = arguments.back()->return_type;
  return nullptr;
}

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Runs a cast that gives optional<T>; what is malformed is null when `tolerant`, else an error.
template <typename T, typename Kernel>
void CastRows(DataChunk& chunk, Vector& result, bool tolerant, Kernel kernel) {
  ExecuteRows<string_t>(
      chunk, result,
      [&](std::string_view text) -> std::optional<T> {
        std::optional<T> value = kernel(text);
        if (!value && !tolerant) {
          ThrowError(functions::CastInvalidInput(
              text, ValueOrThrow(FromDuckType(result.GetType())).Sql()));
        }
        return value;
      },
      kFirst);
}

template <typename T>
void CastIntegral(DataChunk& chunk, Vector& result, bool tolerant) {
  CastRows<T>(chunk, result, tolerant, [](std::string_view text) -> std::optional<T> {
    const auto value = functions::TextToIntegral(text, 8 * sizeof(T));
    return value ? std::optional(static_cast<T>(*value)) : std::nullopt;
  });
}

template <typename T>
void CastDecimal(DataChunk& chunk, Vector& result, bool tolerant) {
  const int precision = ::duckdb::DecimalType::GetWidth(result.GetType());
  const int scale = ::duckdb::DecimalType::GetScale(result.GetType());
  ExecuteRows<string_t>(
      chunk, result,
      [&](std::string_view text) -> Result<std::optional<T>> {
        const auto value = functions::TextToDecimal(text, precision, scale);
        if (!value && tolerant) return std::optional<T>();
        if (!value && value.error() == functions::DecimalProblem::kMalformed) {
          return functions::CastInvalidInput(text, fmt::format("DECIMAL({},{})", precision, scale));
        }
        if (!value)
          return functions::NumericValueOutOfRange(functions::TrimSparkWhiteSpace(text), precision,
                                                   scale);
        return std::optional(StoredDigits<T>(*value));
      },
      kFirst);
}

void CastToDecimal(DataChunk& chunk, Vector& result, bool tolerant) {
  WithStoredType(result.GetType(), [&]<typename T>(T) { CastDecimal<T>(chunk, result, tolerant); });
}

std::optional<int64_t> Micros(const std::optional<types::TimestampValue>& value) {
  return value ? std::optional(value->micros) : std::nullopt;
}

void CastText(DataChunk& chunk, ExpressionState& state, Vector& result, bool tolerant) {
  switch (result.GetType().id()) {
    case LogicalTypeId::BOOLEAN:
      return CastRows<bool>(chunk, result, tolerant, functions::TextToBoolean);
    case LogicalTypeId::TINYINT:
      return CastIntegral<int8_t>(chunk, result, tolerant);
    case LogicalTypeId::SMALLINT:
      return CastIntegral<int16_t>(chunk, result, tolerant);
    case LogicalTypeId::INTEGER:
      return CastIntegral<int32_t>(chunk, result, tolerant);
    case LogicalTypeId::BIGINT:
      return CastIntegral<int64_t>(chunk, result, tolerant);
    case LogicalTypeId::FLOAT:
      return CastRows<float>(chunk, result, tolerant, functions::TextToFloat);
    case LogicalTypeId::DOUBLE:
      return CastRows<double>(chunk, result, tolerant, functions::TextToDouble);
    case LogicalTypeId::DECIMAL:
      return CastToDecimal(chunk, result, tolerant);
    case LogicalTypeId::DATE:
      return CastRows<int32_t>(chunk, result, tolerant,
                               [](std::string_view text) -> std::optional<int32_t> {
                                 const auto date = functions::TextToDate(text);
                                 return date ? std::optional(date->days) : std::nullopt;
                               });
    case LogicalTypeId::TIME:
      return CastRows<int64_t>(chunk, result, tolerant, functions::TextToTime);
    case LogicalTypeId::TIMESTAMP_TZ: {
      const TimeZone zone = SessionTimeZone(state);
      return CastRows<int64_t>(chunk, result, tolerant, [&](std::string_view text) {
        return Micros(functions::TextToTimestamp(text, zone, NowMicros()));
      });
    }
    case LogicalTypeId::TIMESTAMP:
      return CastRows<int64_t>(chunk, result, tolerant, [](std::string_view text) {
        return Micros(functions::TextToTimestampNtz(text));
      });
    case LogicalTypeId::INTERVAL:
      return CastRows<::duckdb::interval_t>(
          chunk, result, tolerant,
          [](std::string_view text) -> std::optional<::duckdb::interval_t> {
            const auto value = functions::TextToCalendarInterval(text);
            if (!value) return std::nullopt;
            return ::duckdb::interval_t{value->months, value->days, value->micros};
          });
    case LogicalTypeId::BLOB:
      return CastRows<std::string_view>(chunk, result, tolerant,
                                        [](std::string_view text) { return std::optional(text); });
    default:
      ThrowError(Internal("spark_cast has no cast to {}", result.GetType().ToString()));
  }
}

void Cast(DataChunk& chunk, ExpressionState& state, Vector& result) {
  CastText(chunk, state, result, false);
}
void TryCast(DataChunk& chunk, ExpressionState& state, Vector& result) {
  CastText(chunk, state, result, true);
}

::duckdb::ScalarFunctionSet MakeTyped(const char* name, ::duckdb::scalar_function_t function,
                                      const LogicalType& from = LogicalType::VARCHAR) {
  ::duckdb::ScalarFunctionSet set(name);
  ::duckdb::ScalarFunction scalar({from, LogicalType::ANY}, LogicalType::ANY, std::move(function),
                                  BindByLast);
  scalar.null_handling = ::duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  scalar.SetFallible();
  set.AddFunction(scalar);
  return set;
}

types::IntervalField FieldNamed(std::string_view name) {
  constexpr std::string_view kNames[] = {"year", "month", "day", "hour", "minute", "second"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<types::IntervalField>(i);
  }
  ThrowError(Internal("'{}' is not a field of an interval", name));
}

Error BadInterval(std::string_view text, const DataType& type) {
  return Invalid("Error parsing '{}' to interval. Interval string does not match {} format.", text,
                 type.SimpleString())
      .WithClass("INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE", "22006");
}

template <bool kTolerant>
Result<std::optional<int64_t>> ToDayTime(std::string_view text, std::string_view from,
                                         std::string_view to) {
  const DataType type = DataType::DayTimeInterval(FieldNamed(from), FieldNamed(to));
  const auto value = functions::TextToDayTime(text, type);
  if (!value && !kTolerant) return BadInterval(text, type);
  return value;
}

template <bool kTolerant>
Result<std::optional<int32_t>> ToYearMonth(std::string_view text, std::string_view from,
                                           std::string_view to) {
  const DataType type = DataType::YearMonthInterval(FieldNamed(from), FieldNamed(to));
  const auto value = functions::TextToYearMonth(text, type);
  if (!value && !kTolerant) return BadInterval(text, type);
  return value;
}

template <auto kKernel>
::duckdb::ScalarFunctionSet MakeInterval(const char* name, const LogicalType& type) {
  return MakeScalar(name, {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::VARCHAR}, type,
                    RowFunction<kKernel, string_t, string_t, string_t>);
}

ValueSignature BindToString(ClientContext& context,
                            ::duckdb::vector<unique_ptr<Expression>>& arguments) {
  const DataType type = ConstantType(context, *arguments.at(1));
  return {.arguments = {type, DataType::String()}, .result = DataType::String()};
}

Result<types::Value> ToString(const ValueCall& call) {
  if (call.values[0].is_null()) return types::Value();
  // Spark shows binary as text here, not as hexadecimal.
  if (call.types[0].is(types::TypeId::kBinary)) {
    return types::Value(functions::MakeValidUtf8(call.values[0].as<types::BinaryValue>().bytes));
  }
  const types::TimeZone zone = {
      .offset =
          [](int64_t micros, const void* context) {
            return static_cast<const TimeZone*>(context)->OffsetAt(micros);
          },
      .context = &call.zone};
  return types::Value(types::ToSparkText(call.values[0], call.types[0], zone));
}

std::string BinaryToString(std::string_view bytes) { return functions::MakeValidUtf8(bytes); }

template <typename T>
void CastToDecimalAs(DataChunk& chunk, Vector& result) {
  const int precision = ::duckdb::DecimalType::GetWidth(result.GetType());
  const int scale = ::duckdb::DecimalType::GetScale(result.GetType());
  ExecuteRows<double>(
      chunk, result,
      [&](double value) -> std::optional<T> {
        if (!std::isfinite(value)) return std::nullopt;
        const auto number = functions::DoubleToDecimal(value, precision, scale);
        if (!number) {
          ThrowError(functions::NumericValueOutOfRange(types::DoubleText(value), precision, scale));
        }
        return StoredDigits<T>(*number);
      },
      kFirst);
}

void DoubleToDecimal(DataChunk& chunk, ExpressionState&, Vector& result) {
  WithStoredType(result.GetType(), [&]<typename T>(T) { CastToDecimalAs<T>(chunk, result); });
}

// A timestamp in the session's zone; one without a zone as it is.
void TimestampToString(DataChunk& chunk, ExpressionState& state, Vector& result) {
  const bool instant = chunk.data[0].GetType().id() == LogicalTypeId::TIMESTAMP_TZ;
  const TimeZone zone = instant ? SessionTimeZone(state) : TimeZone();
  ExecuteRows<int64_t>(
      chunk, result, [&](int64_t micros) { return types::WallClockText(zone.ToLocal(micros)); },
      kFirst);
}

std::string DateToString(int32_t days) { return types::DateText({days}); }

::duckdb::ScalarFunctionSet MakeTimestampToString() {
  ::duckdb::ScalarFunctionSet set("spark_timestamp_to_string");
  for (const LogicalTypeId type : {LogicalTypeId::TIMESTAMP_TZ, LogicalTypeId::TIMESTAMP})
    set.AddFunction(::duckdb::ScalarFunction({type}, LogicalType::VARCHAR, TimestampToString));
  return set;
}

const NativeFunction kCastFunctions[] = {
    {"spark_date_to_string", ScalarFactory([] {
       return MakeTotal("spark_date_to_string", {LogicalType::DATE}, LogicalType::VARCHAR,
                        RowFunction<DateToString, int32_t>);
     })},
    {"spark_double_to_decimal", ScalarFactory([] {
       return MakeTyped("spark_double_to_decimal", DoubleToDecimal, LogicalType::DOUBLE);
     })},
    {"spark_timestamp_to_string", MakeTimestampToString},
    {"spark_cast", ScalarFactory([] { return MakeTyped("spark_cast", Cast); })},
    {"spark_try_cast", ScalarFactory([] { return MakeTyped("spark_try_cast", TryCast); })},
    {"spark_cast_dt", ScalarFactory([] {
       return MakeInterval<ToDayTime<false>>("spark_cast_dt", LogicalType::BIGINT);
     })},
    {"spark_try_cast_dt", ScalarFactory([] {
       return MakeInterval<ToDayTime<true>>("spark_try_cast_dt", LogicalType::BIGINT);
     })},
    {"spark_cast_ym", ScalarFactory([] {
       return MakeInterval<ToYearMonth<false>>("spark_cast_ym", LogicalType::INTEGER);
     })},
    {"spark_try_cast_ym", ScalarFactory([] {
       return MakeInterval<ToYearMonth<true>>("spark_try_cast_ym", LogicalType::INTEGER);
     })},
    {"spark_to_string",
     ScalarFactory([] { return MakeValueFunction("spark_to_string", BindToString, ToString); })},
    {"spark_double_to_string", ScalarFactory([] {
       return MakeTotal("spark_double_to_string", {LogicalType::DOUBLE}, LogicalType::VARCHAR,
                        RowFunction<types::DoubleText, double>);
     })},
    {"spark_float_to_string", ScalarFactory([] {
       return MakeTotal("spark_float_to_string", {LogicalType::FLOAT}, LogicalType::VARCHAR,
                        RowFunction<types::FloatText, float>);
     })},
    {"spark_binary_to_string", ScalarFactory([] {
       return MakeTotal("spark_binary_to_string", {LogicalType::BLOB}, LogicalType::VARCHAR,
                        RowFunction<BinaryToString, string_t>);
     })},
};

}  // namespace

std::span<const NativeFunction> CastFunctions() { return kCastFunctions; }

}  // namespace lakesmith::engine
