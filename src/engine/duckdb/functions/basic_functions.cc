// Small functions that belong to no larger group.
#include <bit>
#include <cstdint>

#include "engine/duckdb/duckdb_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::DataChunk;
using ::duckdb::ExpressionState;
using ::duckdb::LogicalType;
using ::duckdb::Vector;

// bit_count(x) of Spark: set bits of the 64-bit two's complement, whatever the width of x.
void BitCount(DataChunk& arguments, ExpressionState&, Vector& result) {
  ::duckdb::UnaryExecutor::Execute<int64_t, int32_t>(
      arguments.data[0], result, arguments.size(),
      [](int64_t value) { return std::popcount(static_cast<uint64_t>(value)); });
}

::duckdb::ScalarFunctionSet MakeBitCount() {
  ::duckdb::ScalarFunctionSet set("spark_bit_count");
  set.AddFunction(::duckdb::ScalarFunction({LogicalType::BIGINT}, LogicalType::INTEGER, BitCount));
  return set;
}

struct XorState {
  uint64_t bits;
  bool seen;
};

// bit_xor over the non-null values; null when there is none.
struct XorOperation {
  template <class State>
  static void Initialize(State& state) {
    state = {0, false};
  }
  template <class Input, class State, class Op>
  static void Operation(State& state, const Input& input, ::duckdb::AggregateUnaryInput&) {
    state.bits ^= static_cast<uint64_t>(input);
    state.seen = true;
  }
  template <class Input, class State, class Op>
  static void ConstantOperation(State& state, const Input& input, ::duckdb::AggregateUnaryInput&,
                                ::duckdb::idx_t count) {
    if (count % 2 == 1) state.bits ^= static_cast<uint64_t>(input);
    state.seen = true;
  }
  template <class State, class Op>
  static void Combine(const State& source, State& target, ::duckdb::AggregateInputData&) {
    target.bits ^= source.bits;
    target.seen = target.seen || source.seen;
  }
  template <class Target, class State>
  static void Finalize(State& state, Target& target, ::duckdb::AggregateFinalizeData& data) {
    if (!state.seen) {
      data.ReturnNull();
    } else {
      target = static_cast<Target>(state.bits);
    }
  }
  static bool IgnoreNull() { return true; }
};

::duckdb::AggregateFunctionSet MakeBitXor() {
  ::duckdb::AggregateFunctionSet set("spark_bit_xor");
  set.AddFunction(
      ::duckdb::AggregateFunction::UnaryAggregate<XorState, int64_t, int64_t, XorOperation>(
          LogicalType::BIGINT, LogicalType::BIGINT));
  return set;
}

// Fails as a defect of the engine does: for tests of what comes after.
void FailInternally(DataChunk&, ExpressionState&, Vector&) {
  throw ::duckdb::InternalException("lakesmith_fail_internally was called");
}

::duckdb::ScalarFunctionSet MakeFailInternally() {
  ::duckdb::ScalarFunctionSet set("lakesmith_fail_internally");
  ::duckdb::ScalarFunction function({}, LogicalType::INTEGER, FailInternally);
  function.stability = ::duckdb::FunctionStability::VOLATILE;
  set.AddFunction(function);
  return set;
}

const NativeFunction kBasicFunctions[] = {
    {"lakesmith_fail_internally", MakeFailInternally},
    {"spark_bit_count", MakeBitCount},
    {"spark_bit_xor", MakeBitXor},
};

}  // namespace

std::span<const NativeFunction> BasicFunctions() { return kBasicFunctions; }

}  // namespace lakesmith::engine
