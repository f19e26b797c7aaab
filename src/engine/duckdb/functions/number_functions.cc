// Numbers as text and back, and rounded.
#include <algorithm>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "engine/duckdb/value_conversion_internal.h"
#include "functions/civil_time.h"
#include "functions/decimal.h"
#include "functions/error.h"
#include "functions/number_text.h"
#include "functions/round.h"
#include "sql/parse.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::Expression;
using ::duckdb::LogicalType;
using ::duckdb::string_t;
using ::duckdb::unique_ptr;
using functions::NumberFormat;
using functions::StringFormat;
using types::DataType;
using types::DecimalValue;
using types::TypeId;
using types::Value;
using Arguments = ::duckdb::vector<unique_ptr<Expression>>;

std::vector<DataType> TypesOf(const Arguments& arguments) {
  std::vector<DataType> types;
  for (const auto& argument : arguments) types.push_back(TypeOfArgument(*argument));
  return types;
}

ValueSignature BindText(ClientContext&, Arguments& arguments) {
  return {.arguments = TypesOf(arguments), .result = DataType::String()};
}

ValueSignature BindByLast(ClientContext&, Arguments& arguments) {
  std::vector<DataType> types = TypesOf(arguments);
  DataType last = types.back();
  return {.arguments = std::move(types), .result = std::move(last)};
}

Result<Value> FormatNumber(const ValueCall& call) {
  if (call.values[0].is_null() || call.values[1].is_null()) return Value();
  const auto decimals = call.values[1].as<int64_t>();
  if (decimals < 0) return Value();
  if (call.types[0].is(TypeId::kDecimal)) {
    return Value(
        functions::FormatNumber(call.values[0].as<DecimalValue>(), static_cast<int>(decimals)));
  }
  return Value(functions::FormatNumber(call.values[0].as<double>(), static_cast<int>(decimals)));
}

Result<Value> FormatNumberPattern(const ValueCall& call) {
  if (call.values[0].is_null() || call.values[1].is_null()) return Value();
  const DecimalValue number = call.types[0].is(TypeId::kDecimal)
                                  ? call.values[0].as<DecimalValue>()
                                  : functions::ShortestDecimal(call.values[0].as<double>());
  std::string text = TRY(functions::FormatNumberPattern(number, call.values[1].as<std::string>()));
  return Value(std::move(text));
}

// format, TYPES, arguments...
ValueSignature BindFormatString(ClientContext& context, Arguments& arguments) {
  std::vector<DataType> types = {DataType::String(), DataType::String()};
  const std::string list = ConstantText(context, *arguments.at(1));
  for (size_t start = 0; start < list.size();) {
    const size_t end = std::min(list.find(';', start), list.size());
    types.push_back(ValueOrThrow(sql::ParseDataType(list.substr(start, end - start))));
    start = end + 1;
  }
  return {.arguments = std::move(types), .result = DataType::String()};
}

Result<Value> FormatString(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  const std::string& text = call.values[0].as<std::string>();
  const StringFormat* format =
      TRY(Remembered<StringFormat>(call, text, [&text] { return StringFormat::Compile(text); }));
  std::string formatted = TRY(format->Format(call.values.subspan(2), call.types.subspan(2)));
  return Value(std::move(formatted));
}

const NumberFormat& FormatOf(MadeOf<NumberFormat>& formats, std::string_view text) {
  return formats.Get(
      text, [](std::string_view pattern) { return ValueOrThrow(NumberFormat::Compile(pattern)); });
}

Error BadNumber(const NumberFormat& format, std::string_view text) {
  return Invalid(
             "The format is invalid: '{}'. The input \"STRING\" '{}' does not match the format.",
             format.text(), text)
      .WithClass("INVALID_FORMAT.MISMATCH_INPUT", "42601");
}

// text, format, NULL::DECIMAL(p,s)
template <bool kTolerant, typename T>
void ToNumberAs(::duckdb::DataChunk& chunk, ::duckdb::Vector& result) {
  const int precision = ::duckdb::DecimalType::GetWidth(result.GetType());
  const int scale = ::duckdb::DecimalType::GetScale(result.GetType());
  MadeOf<NumberFormat> formats;
  ExecuteRows<string_t, string_t>(
      chunk, result,
      [&](std::string_view text, std::string_view pattern) -> std::optional<T> {
        const NumberFormat& format = FormatOf(formats, pattern);
        std::optional<types::Int128> number = format.Parse(text);
        if (number && format.scale() != scale)
          number = functions::DecimalRescale({*number, format.scale()}, precision, scale);
        if (!number && !kTolerant) ThrowError(BadNumber(format, text));
        if (!number) return std::nullopt;
        return StoredDigits<T>(*number);
      },
      std::index_sequence<0, 1>{});
}

template <bool kTolerant>
void ToNumber(::duckdb::DataChunk& chunk, ::duckdb::ExpressionState&, ::duckdb::Vector& result) {
  WithStoredType(result.GetType(), [&]<typename T>(T) { ToNumberAs<kTolerant, T>(chunk, result); });
}

unique_ptr<::duckdb::FunctionData> BindToNumber(ClientContext&, ::duckdb::ScalarFunction& function,
                                                Arguments& arguments) {
  function.return_type = arguments.back()->return_type;
  function.arguments.back() = arguments.back()->return_type;
  return nullptr;
}

::duckdb::ScalarFunctionSet MakeToNumber(const char* name, ::duckdb::scalar_function_t function) {
  ::duckdb::ScalarFunctionSet set(name);
  ::duckdb::ScalarFunction scalar({LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::ANY},
                                  LogicalType::ANY, std::move(function), BindToNumber);
  scalar.null_handling = ::duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  scalar.SetFallible();
  set.AddFunction(scalar);
  return set;
}

void ToChar(::duckdb::DataChunk& chunk, ::duckdb::ExpressionState&, ::duckdb::Vector& result) {
  const LogicalType& type = chunk.data[0].GetType();
  const int scale = ::duckdb::DecimalType::GetScale(type);
  MadeOf<NumberFormat> formats;
  WithStoredType(type, [&]<typename T>(T) {
    ExecuteRows<T, string_t>(
        chunk, result,
        [&](const T& digits, std::string_view pattern) {
          return FormatOf(formats, pattern).Format({ToInt128(digits), scale});
        },
        std::index_sequence<0, 1>{});
  });
}

// A decimal of any digits.
unique_ptr<::duckdb::FunctionData> BindToChar(ClientContext&, ::duckdb::ScalarFunction& function,
                                              Arguments& arguments) {
  function.arguments[0] = arguments[0]->return_type;
  return nullptr;
}

::duckdb::ScalarFunctionSet MakeToChar() {
  ::duckdb::ScalarFunctionSet set("spark_to_char");
  ::duckdb::ScalarFunction scalar({LogicalType::ANY, LogicalType::VARCHAR}, LogicalType::VARCHAR,
                                  ToChar, BindToChar);
  scalar.SetFallible();
  set.AddFunction(scalar);
  return set;
}

std::optional<std::string> FormatDouble(double value, int32_t decimals) {
  if (decimals < 0) return std::nullopt;
  return functions::FormatNumber(value, decimals);
}

// A DOUBLE without boxes, a decimal by value.
::duckdb::ScalarFunctionSet MakeFormatNumber() {
  auto set = MakeValueFunction("spark_format_number", BindText, FormatNumber);
  set.AddFunction(::duckdb::ScalarFunction({LogicalType::DOUBLE, LogicalType::INTEGER},
                                           LogicalType::VARCHAR,
                                           RowFunction<FormatDouble, double, int32_t>));
  return set;
}

// Of sums and their like: null where 64 bits do not suffice.
std::optional<int64_t> TryAdd(int64_t a, int64_t b) {
  int64_t result = 0;
  return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result);
}
std::optional<int64_t> TrySubtract(int64_t a, int64_t b) {
  int64_t result = 0;
  return __builtin_sub_overflow(a, b, &result) ? std::nullopt : std::optional(result);
}
std::optional<int64_t> TryMultiply(int64_t a, int64_t b) {
  int64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional(result);
}

template <auto kKernel>
::duckdb::ScalarFunctionSet MakeOfIntegers(const char* name) {
  return MakeTotal(name, {LogicalType::BIGINT, LogicalType::BIGINT}, LogicalType::BIGINT,
                   RowFunction<kKernel, int64_t, int64_t>);
}

template <functions::Rounding kRounding>
double RoundedDouble(double value, int32_t digits) {
  return functions::RoundDouble(value, digits, kRounding);
}

// number, digits, NULL::DECIMAL(p,s)
template <functions::Rounding kRounding>
Result<Value> RoundedDecimal(const ValueCall& call) {
  if (call.values[0].is_null() || call.values[1].is_null()) return Value();
  const DataType& type = call.result_type;
  const auto digits = std::clamp<int64_t>(call.values[1].as<int64_t>(), -100, 100);
  const auto rounded = functions::RoundDecimal(call.values[0].as<DecimalValue>(),
                                               static_cast<int>(digits), type.scale(), kRounding);
  const auto value =
      rounded ? functions::DecimalRescale({*rounded, type.scale()}, type.precision(), type.scale())
              : std::nullopt;
  if (!value) return functions::NumericValueOutOfRange("result", type.precision(), type.scale());
  return Value(DecimalValue{*value, type.scale()});
}

// An integer of `bits` at `digits` places, which must again have as many bits.
template <functions::Rounding kRounding>
Result<int64_t> RoundedInteger(int64_t value, int32_t digits, int32_t bits) {
  const auto rounded = functions::RoundDecimal({value, 0}, digits, 0, kRounding);
  const types::Int128 limit = types::Int128{1} << (bits - 1);
  if (digits >= 0) return value;
  if (!rounded || *rounded >= limit || *rounded < -limit)
    return functions::ArithmeticOverflow("Rounding", "");
  return static_cast<int64_t>(*rounded);
}

template <functions::Rounding kRounding>
::duckdb::ScalarFunctionSet MakeRoundInteger(const char* name) {
  return MakeScalar(name, {LogicalType::BIGINT, LogicalType::INTEGER, LogicalType::INTEGER},
                    LogicalType::BIGINT,
                    RowFunction<RoundedInteger<kRounding>, int64_t, int32_t, int32_t>);
}

template <functions::Rounding kRounding>
::duckdb::ScalarFunctionSet MakeRound(const char* name) {
  auto set = MakeValueFunction(name, BindByLast, RoundedDecimal<kRounding>);
  set.AddFunction(::duckdb::ScalarFunction({LogicalType::DOUBLE, LogicalType::INTEGER},
                                           LogicalType::DOUBLE,
                                           RowFunction<RoundedDouble<kRounding>, double, int32_t>));
  return set;
}

const NativeFunction kNumberFunctions[] = {
    {"spark_floor_divide",
     ScalarFactory([] { return MakeOfIntegers<functions::FloorDivide>("spark_floor_divide"); })},
    {"spark_try_add", ScalarFactory([] { return MakeOfIntegers<TryAdd>("spark_try_add"); })},
    {"spark_try_subtract",
     ScalarFactory([] { return MakeOfIntegers<TrySubtract>("spark_try_subtract"); })},
    {"spark_try_multiply",
     ScalarFactory([] { return MakeOfIntegers<TryMultiply>("spark_try_multiply"); })},
    {"spark_round_integer", ScalarFactory([] {
       return MakeRoundInteger<functions::Rounding::kHalfUp>("spark_round_integer");
     })},
    {"spark_bround_integer", ScalarFactory([] {
       return MakeRoundInteger<functions::Rounding::kHalfEven>("spark_bround_integer");
     })},
    {"spark_round",
     ScalarFactory([] { return MakeRound<functions::Rounding::kHalfUp>("spark_round"); })},
    {"spark_bround",
     ScalarFactory([] { return MakeRound<functions::Rounding::kHalfEven>("spark_bround"); })},
    {"spark_format_number", MakeFormatNumber},
    {"spark_format_number_pattern", ScalarFactory([] {
       return MakeValueFunction("spark_format_number_pattern", BindText, FormatNumberPattern);
     })},
    {"spark_format_string", ScalarFactory([] {
       return MakeValueFunction("spark_format_string", BindFormatString, FormatString);
     })},
    {"spark_to_number",
     ScalarFactory([] { return MakeToNumber("spark_to_number", ToNumber<false>); })},
    {"spark_try_to_number",
     ScalarFactory([] { return MakeToNumber("spark_try_to_number", ToNumber<true>); })},
    {"spark_to_char", MakeToChar},
};

}  // namespace

std::span<const NativeFunction> NumberFunctions() { return kNumberFunctions; }

}  // namespace lakesmith::engine
