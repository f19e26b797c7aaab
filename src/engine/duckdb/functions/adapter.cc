#include <algorithm>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/value_conversion_internal.h"
#include "sql/parse.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::DataChunk;
using ::duckdb::Expression;
using ::duckdb::ExpressionState;
using ::duckdb::FunctionData;
using ::duckdb::LogicalType;
using ::duckdb::unique_ptr;
using ::duckdb::Vector;
using ::duckdb::VectorType;

struct ValueFunctionData : FunctionData {
  ValueSignature signature;

  unique_ptr<FunctionData> Copy() const override {
    auto copy = ::duckdb::make_uniq<ValueFunctionData>();
    copy->signature = signature;
    return copy;
  }
  bool Equals(const FunctionData& other) const override {
    const auto& theirs = other.Cast<ValueFunctionData>();
    return theirs.signature.arguments == signature.arguments &&
           theirs.signature.result == signature.result;
  }
};

// The kernel and binder of a variadic function, kept with the function itself.
struct ValueFunctionInfo : ::duckdb::ScalarFunctionInfo {
  ValueFunctionInfo(ValueBinder binder, ValueKernel of_values, ColumnKernel of_columns)
      : binder(binder), of_values(of_values), of_columns(of_columns) {}
  ValueBinder binder;
  ValueKernel of_values;  // One of the two is null.
  ColumnKernel of_columns;
};

unique_ptr<FunctionData> BindValueFunction(ClientContext& context,
                                           ::duckdb::ScalarFunction& function,
                                           ::duckdb::vector<unique_ptr<Expression>>& arguments) {
  const auto& info = function.function_info->Cast<ValueFunctionInfo>();
  auto data = ::duckdb::make_uniq<ValueFunctionData>();
  data->signature = info.binder(context, arguments);
  function.return_type = ToDuckType(data->signature.result);
  function.arguments.clear();
  for (const auto& argument : arguments) function.arguments.push_back(argument->return_type);
  return data;
}

void ExecuteValueFunction(DataChunk& chunk, ExpressionState& state, Vector& result) {
  const auto& expression = state.expr.Cast<::duckdb::BoundFunctionExpression>();
  const auto& signature = expression.bind_info->Cast<ValueFunctionData>().signature;
  const auto kernel = expression.function.function_info->Cast<ValueFunctionInfo>().of_values;
  const TimeZone zone = SessionTimeZone(state);
  const bool constant = chunk.AllConstant();
  const ::duckdb::idx_t rows = constant ? 1 : chunk.size();
  std::vector<::duckdb::RecursiveUnifiedVectorFormat> formats(chunk.ColumnCount());
  for (size_t i = 0; i < formats.size(); ++i)
    Vector::RecursiveToUnifiedFormat(chunk.data[i], chunk.size(), formats[i]);
  std::vector<types::Value> values(formats.size());
  std::any memory;
  for (::duckdb::idx_t row = 0; row < rows; ++row) {
    for (size_t i = 0; i < formats.size(); ++i) {
      if (row > 0 && chunk.data[i].GetVectorType() == VectorType::CONSTANT_VECTOR) continue;
      values[i] = ValueOrThrow(ReadValue(formats[i], row, signature.arguments[i]));
    }
    WriteValue(result, row,
               ValueOrThrow(kernel({.values = values,
                                    .types = signature.arguments,
                                    .result_type = signature.result,
                                    .zone = zone,
                                    .memory = memory})),
               signature.result);
  }
  if (constant) result.SetVectorType(::duckdb::VectorType::CONSTANT_VECTOR);
}

void ExecuteColumnFunction(DataChunk& chunk, ExpressionState& state, Vector& result) {
  if (chunk.size() == 0) return;
  const auto& expression = state.expr.Cast<::duckdb::BoundFunctionExpression>();
  const auto& signature = expression.bind_info->Cast<ValueFunctionData>().signature;
  const auto kernel = expression.function.function_info->Cast<ValueFunctionInfo>().of_columns;
  std::vector<::duckdb::RecursiveUnifiedVectorFormat> formats(chunk.ColumnCount());
  std::vector<VectorInput> inputs;
  inputs.reserve(formats.size());
  for (size_t i = 0; i < formats.size(); ++i) {
    Vector::RecursiveToUnifiedFormat(chunk.data[i], chunk.size(), formats[i]);
    inputs.emplace_back(formats[i], signature.arguments[i]);
  }
  const bool constant = chunk.AllConstant();
  const TimeZone zone = SessionTimeZone(state);
  VectorOutput output(result, signature.result);
  const Status done = kernel({.inputs = inputs,
                              .types = signature.arguments,
                              .rows = constant ? 1 : chunk.size(),
                              .result = output,
                              .result_type = signature.result,
                              .zone = zone});
  if (!done) ThrowError(done.error());
  if (constant) result.SetVectorType(VectorType::CONSTANT_VECTOR);
}

::duckdb::ScalarFunctionSet MakeVariadic(const char* name, ::duckdb::scalar_function_t execute,
                                         ValueFunctionInfo info) {
  ::duckdb::ScalarFunctionSet set(name);
  ::duckdb::ScalarFunction scalar({}, LogicalType::ANY, std::move(execute), BindValueFunction);
  scalar.varargs = LogicalType::ANY;
  scalar.null_handling = ::duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  scalar.function_info = ::duckdb::make_shared_ptr<ValueFunctionInfo>(info);
  scalar.SetFallible();
  set.AddFunction(scalar);
  return set;
}

}  // namespace

void ThrowError(const Error& error) {
  ThrowSparkError(error.error_class(), error.sql_state(), error.message());
}

TimeZone SessionTimeZone(ExpressionState& state) {
  thread_local std::string known_name;
  thread_local TimeZone known_zone;
  ::duckdb::Value setting;
  if (!state.HasContext() || !state.GetContext().TryGetCurrentSetting("TimeZone", setting))
    return {};
  const std::string name = setting.ToString();
  if (name != known_name) {
    known_zone = ValueOrThrow(TimeZone::Find(name));
    known_name = name;
  }
  return known_zone;
}

::duckdb::ScalarFunctionSet MakeScalar(const char* name, ::duckdb::vector<LogicalType> arguments,
                                       LogicalType result, ::duckdb::scalar_function_t function) {
  ::duckdb::ScalarFunctionSet set(name);
  ::duckdb::ScalarFunction scalar(std::move(arguments), std::move(result), std::move(function));
  scalar.SetFallible();
  set.AddFunction(scalar);
  return set;
}

::duckdb::ScalarFunctionSet MakeTotal(const char* name, ::duckdb::vector<LogicalType> arguments,
                                      LogicalType result, ::duckdb::scalar_function_t function) {
  ::duckdb::ScalarFunctionSet set(name);
  set.AddFunction(
      ::duckdb::ScalarFunction(std::move(arguments), std::move(result), std::move(function)));
  return set;
}

::duckdb::ScalarFunctionSet MakeValueFunction(const char* name, ValueBinder binder,
                                              ValueKernel kernel) {
  return MakeVariadic(name, ExecuteValueFunction, {binder, kernel, nullptr});
}

::duckdb::ScalarFunctionSet MakeColumnFunction(const char* name, ValueBinder binder,
                                               ColumnKernel kernel) {
  return MakeVariadic(name, ExecuteColumnFunction, {binder, nullptr, kernel});
}

std::string ConstantText(ClientContext& context, const Expression& argument) {
  if (!argument.IsFoldable()) {
    ThrowError(Invalid("an argument that must be constant is not: {}", argument.ToString())
                   .WithClass("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09"));
  }
  const ::duckdb::Value value = ::duckdb::ExpressionExecutor::EvaluateScalar(context, argument);
  return value.IsNull() ? "" : value.ToString();
}

functions::Options OptionsOf(const types::Value& list) {
  functions::Options options;
  if (list.is_null()) return options;
  const auto& texts = list.array().elements;
  for (size_t i = 0; i + 1 < texts.size(); i += 2) {
    if (texts[i + 1].is_null()) continue;
    std::string key = texts[i].as<std::string>();
    std::ranges::transform(key, key.begin(), [](unsigned char c) { return std::tolower(c); });
    options[key] = texts[i + 1].as<std::string>();
  }
  return options;
}

types::DataType ConstantType(ClientContext& context, const Expression& argument) {
  return ValueOrThrow(sql::ParseDataType(ConstantText(context, argument)));
}

types::DataType TypeOfArgument(const Expression& argument) {
  return ValueOrThrow(FromDuckType(argument.return_type));
}

}  // namespace lakesmith::engine
