// Random numbers and texts from a seed, as Spark draws them in one partition.
#include <random>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/random.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::DataChunk;
using ::duckdb::ExpressionState;
using ::duckdb::idx_t;
using ::duckdb::LogicalType;
using ::duckdb::Vector;

// The generator of one thread of one statement; made at its first row, whose seed counts.
struct RandomState : ::duckdb::FunctionLocalState {
  std::optional<functions::SparkRandom> random;
};

::duckdb::unique_ptr<::duckdb::FunctionLocalState> InitRandom(
    ExpressionState&, const ::duckdb::BoundFunctionExpression&, ::duckdb::FunctionData*) {
  return ::duckdb::make_uniq<RandomState>();
}

functions::SparkRandom& RandomOf(ExpressionState& state, Vector& seed) {
  auto& local = ::duckdb::ExecuteFunctionState::GetFunctionState(state)->Cast<RandomState>();
  if (!local.random) {
    const ::duckdb::Value value = seed.GetValue(0);
    local.random.emplace(value.IsNull() ? int64_t{std::random_device()()}
                                        : value.GetValue<int64_t>());
  }
  return *local.random;
}

template <double (functions::SparkRandom::*kNext)()>
void RandomNumber(DataChunk& arguments, ExpressionState& state, Vector& result) {
  functions::SparkRandom& random = RandomOf(state, arguments.data[0]);
  result.SetVectorType(::duckdb::VectorType::FLAT_VECTOR);
  auto* numbers = ::duckdb::FlatVector::GetData<double>(result);
  for (idx_t row = 0; row < arguments.size(); ++row) numbers[row] = (random.*kNext)();
}

// length, seed
void RandomText(DataChunk& arguments, ExpressionState& state, Vector& result) {
  functions::SparkRandom& random = RandomOf(state, arguments.data[1]);
  result.SetVectorType(::duckdb::VectorType::FLAT_VECTOR);
  for (idx_t row = 0; row < arguments.size(); ++row) {
    const ::duckdb::Value length = arguments.data[0].GetValue(row);
    const int32_t count = length.IsNull() ? 0 : length.GetValue<int32_t>();
    if (count < 0) {
      ThrowError(Invalid("The length of randstr must not be negative, but it is {}.", count)
                     .WithClass("INVALID_PARAMETER_VALUE.LENGTH", "22023"));
    }
    ::duckdb::FlatVector::GetData<::duckdb::string_t>(result)[row] =
        ToVector(result, random.NextText(count));
  }
}

::duckdb::ScalarFunctionSet MakeRandom(const char* name, ::duckdb::vector<LogicalType> arguments,
                                       LogicalType result, ::duckdb::scalar_function_t function) {
  ::duckdb::ScalarFunctionSet set(name);
  ::duckdb::ScalarFunction scalar(std::move(arguments), std::move(result), std::move(function));
  scalar.init_local_state = InitRandom;
  scalar.stability = ::duckdb::FunctionStability::VOLATILE;
  scalar.null_handling = ::duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  scalar.SetFallible();
  set.AddFunction(scalar);
  return set;
}

const NativeFunction kRandomFunctions[] = {
    {"spark_rand", ScalarFactory([] {
       return MakeRandom("spark_rand", {LogicalType::BIGINT}, LogicalType::DOUBLE,
                         RandomNumber<&functions::SparkRandom::NextDouble>);
     })},
    {"spark_randn", ScalarFactory([] {
       return MakeRandom("spark_randn", {LogicalType::BIGINT}, LogicalType::DOUBLE,
                         RandomNumber<&functions::SparkRandom::NextGaussian>);
     })},
    {"spark_randstr", ScalarFactory([] {
       return MakeRandom("spark_randstr", {LogicalType::INTEGER, LogicalType::BIGINT},
                         LogicalType::VARCHAR, RandomText);
     })},
};

}  // namespace

std::span<const NativeFunction> RandomFunctions() { return kRandomFunctions; }

}  // namespace lakesmith::engine
