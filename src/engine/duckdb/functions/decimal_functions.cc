// Decimal arithmetic with Spark's rounding and errors.
#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "engine/duckdb/value_conversion_internal.h"
#include "functions/decimal.h"
#include "functions/error.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::DataChunk;
using ::duckdb::DecimalType;
using ::duckdb::Expression;
using ::duckdb::ExpressionState;
using ::duckdb::hugeint_t;
using ::duckdb::LogicalType;
using ::duckdb::unique_ptr;
using ::duckdb::Vector;
using functions::SmallDecimals;
using types::DecimalValue;
using types::Int128;
using Small = SmallDecimals::Operation;

using Exact = std::optional<Int128> (*)(const DecimalValue&, const DecimalValue&, int, int);

constexpr uint8_t kSmallDigits = 18;  // Of 64 bits.

bool HasFewDigits(const LogicalType& type) {
  return type.id() == ::duckdb::LogicalTypeId::DECIMAL &&
         DecimalType::GetWidth(type) <= kSmallDigits;
}

// Both sides become decimals of 64 or of 128 bits at their own scale; the result is the type of the
// third argument.
unique_ptr<::duckdb::FunctionData> Bind(::duckdb::ClientContext&,
                                        ::duckdb::ScalarFunction& function,
                                        ::duckdb::vector<unique_ptr<Expression>>& arguments) {
  const bool small =
      HasFewDigits(arguments[0]->return_type) && HasFewDigits(arguments[1]->return_type);
  for (size_t i = 0; i < 2; ++i) {
    const LogicalType& type = arguments[i]->return_type;
    const uint8_t scale =
        type.id() == ::duckdb::LogicalTypeId::DECIMAL ? DecimalType::GetScale(type) : 0;
    function.arguments[i] = LogicalType::DECIMAL(small ? kSmallDigits : 38, scale);
  }
  function.arguments[2] = arguments[2]->return_type;
  function.return_type = arguments[2]->return_type;
  return nullptr;
}

template <Exact kExact, Small kSmall, typename In, typename Out>
void ExecuteOn(DataChunk& chunk, Vector& result, const Error* zero_error) {
  const int left_scale = DecimalType::GetScale(chunk.data[0].GetType());
  const int right_scale = DecimalType::GetScale(chunk.data[1].GetType());
  const int precision = DecimalType::GetWidth(result.GetType());
  const int scale = DecimalType::GetScale(result.GetType());
  const SmallDecimals decimals(kSmall, left_scale, right_scale, precision, scale);
  ExecuteRows<In, In>(
      chunk, result,
      [&](const In& a, const In& b) -> Out {
        if (zero_error != nullptr && b == In(0)) ThrowError(*zero_error);
        if constexpr (std::is_same_v<In, int64_t>) {
          if (const auto value = decimals.Compute(a, b)) return Out(*value);
        }
        const std::optional<Int128> value =
            kExact({.unscaled = ToInt128(a), .scale = left_scale},
                   {.unscaled = ToInt128(b), .scale = right_scale}, precision, scale);
        if (!value) ThrowError(functions::NumericValueOutOfRange("result", precision, scale));
        return StoredDigits<Out>(*value);
      },
      std::index_sequence<0, 1>{});
}

template <Exact kExact, Small kSmall, typename Out>
void ExecuteAs(DataChunk& chunk, Vector& result, const Error* zero_error) {
  if (chunk.data[0].GetType().InternalType() == ::duckdb::PhysicalType::INT64)
    return ExecuteOn<kExact, kSmall, int64_t, Out>(chunk, result, zero_error);
  return ExecuteOn<kExact, kSmall, hugeint_t, Out>(chunk, result, zero_error);
}

enum class Zero : uint8_t { kAllowed, kDivision, kRemainder };

template <Exact kExact, Small kSmall, Zero kZero>
void Execute(DataChunk& chunk, ExpressionState&, Vector& result) {
  const Error division = functions::DivideByZero();
  const Error remainder = functions::RemainderByZero();
  const Error* zero_error = kZero == Zero::kAllowed    ? nullptr
                            : kZero == Zero::kDivision ? &division
                                                       : &remainder;
  switch (result.GetType().InternalType()) {
    case ::duckdb::PhysicalType::INT16:
      return ExecuteAs<kExact, kSmall, int16_t>(chunk, result, zero_error);
    case ::duckdb::PhysicalType::INT32:
      return ExecuteAs<kExact, kSmall, int32_t>(chunk, result, zero_error);
    case ::duckdb::PhysicalType::INT64:
      return ExecuteAs<kExact, kSmall, int64_t>(chunk, result, zero_error);
    default:
      return ExecuteAs<kExact, kSmall, hugeint_t>(chunk, result, zero_error);
  }
}

template <Exact kExact, Small kSmall, Zero kZero>
::duckdb::ScalarFunctionSet Make(const char* name) {
  ::duckdb::ScalarFunctionSet set(name);
  ::duckdb::ScalarFunction scalar({LogicalType::ANY, LogicalType::ANY, LogicalType::ANY},
                                  LogicalType::ANY, Execute<kExact, kSmall, kZero>, Bind);
  scalar.null_handling = ::duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  scalar.SetFallible();
  set.AddFunction(scalar);
  return set;
}

const NativeFunction kDecimalFunctions[] = {
    {"spark_decimal_add", ScalarFactory([] {
       return Make<functions::DecimalAdd, Small::kAdd, Zero::kAllowed>("spark_decimal_add");
     })},
    {"spark_decimal_subtract", ScalarFactory([] {
       return Make<functions::DecimalSubtract, Small::kSubtract, Zero::kAllowed>(
           "spark_decimal_subtract");
     })},
    {"spark_decimal_multiply", ScalarFactory([] {
       return Make<functions::DecimalMultiply, Small::kMultiply, Zero::kAllowed>(
           "spark_decimal_multiply");
     })},
    {"spark_decimal_divide", ScalarFactory([] {
       return Make<functions::DecimalDivide, Small::kDivide, Zero::kDivision>(
           "spark_decimal_divide");
     })},
    {"spark_decimal_remainder", ScalarFactory([] {
       return Make<functions::DecimalRemainder, Small::kRemainder, Zero::kRemainder>(
           "spark_decimal_remainder");
     })},
};

}  // namespace

std::span<const NativeFunction> DecimalFunctions() { return kDecimalFunctions; }

}  // namespace lakesmith::engine
