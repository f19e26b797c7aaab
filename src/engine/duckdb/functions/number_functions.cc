// Numbers as text and back.
#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/decimal.h"
#include "functions/number_text.h"
#include "sql/parse.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::Expression;
using ::duckdb::unique_ptr;
using functions::NumberFormat;
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
  std::vector<functions::FormatArgument> arguments;
  for (size_t i = 2; i < call.values.size(); ++i)
    arguments.push_back({call.values[i], call.types[i]});
  std::string text = TRY(functions::FormatString(call.values[0].as<std::string>(), arguments));
  return Value(std::move(text));
}

template <bool kTolerant>
Result<Value> ToNumber(const ValueCall& call) {
  if (call.values[0].is_null() || call.values[1].is_null()) return Value();
  const NumberFormat format = TRY(NumberFormat::Compile(call.values[1].as<std::string>()));
  const std::string& text = call.values[0].as<std::string>();
  const auto number = format.Parse(text);
  if (number) {
    const auto rescaled = functions::DecimalRescale(
        {*number, format.scale()}, call.result_type.precision(), call.result_type.scale());
    if (rescaled) return Value(DecimalValue{*rescaled, call.result_type.scale()});
  }
  if (kTolerant) return Value();
  return Invalid(
             "The format is invalid: '{}'. The input \"STRING\" '{}' does not match the format.",
             format.text(), text)
      .WithClass("INVALID_FORMAT.MISMATCH_INPUT", "42601");
}

Result<Value> ToChar(const ValueCall& call) {
  if (call.values[0].is_null() || call.values[1].is_null()) return Value();
  const NumberFormat format = TRY(NumberFormat::Compile(call.values[1].as<std::string>()));
  return Value(format.Format(call.values[0].as<DecimalValue>()));
}

const NativeFunction kNumberFunctions[] = {
    {"spark_format_number", ScalarFactory([] {
       return MakeValueFunction("spark_format_number", BindText, FormatNumber);
     })},
    {"spark_format_number_pattern", ScalarFactory([] {
       return MakeValueFunction("spark_format_number_pattern", BindText, FormatNumberPattern);
     })},
    {"spark_format_string", ScalarFactory([] {
       return MakeValueFunction("spark_format_string", BindFormatString, FormatString);
     })},
    {"spark_to_number", ScalarFactory([] {
       return MakeValueFunction("spark_to_number", BindByLast, ToNumber<false>);
     })},
    {"spark_try_to_number", ScalarFactory([] {
       return MakeValueFunction("spark_try_to_number", BindByLast, ToNumber<true>);
     })},
    {"spark_to_char",
     ScalarFactory([] { return MakeValueFunction("spark_to_char", BindText, ToChar); })},
};

}  // namespace

std::span<const NativeFunction> NumberFunctions() { return kNumberFunctions; }

}  // namespace lakesmith::engine
