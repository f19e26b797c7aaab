// Aggregates of fixed state: checked sums.
#include <limits>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/error.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::AggregateFinalizeData;
using ::duckdb::AggregateFunction;
using ::duckdb::AggregateFunctionSet;
using ::duckdb::AggregateInputData;
using ::duckdb::AggregateUnaryInput;
using ::duckdb::idx_t;
using ::duckdb::LogicalType;

struct SumState {
  int64_t sum;
  bool seen;
};

// sum of bigint: a bigint, or ARITHMETIC_OVERFLOW.
struct CheckedSum {
  template <class State>
  static void Initialize(State& state) {
    state = {0, false};
  }
  static void Add(SumState& state, int64_t value) {
    if (__builtin_add_overflow(state.sum, value, &state.sum)) {
      ThrowError(functions::ArithmeticOverflow(
          "long",
          "Use 'try_sum' to tolerate overflow and return NULL instead. If necessary set "
          "\"spark.sql.ansi.enabled\" to \"false\" to bypass this error."));
    }
    state.seen = true;
  }
  template <class Input, class State, class Op>
  static void Operation(State& state, const Input& input, AggregateUnaryInput&) {
    Add(state, input);
  }
  template <class Input, class State, class Op>
  static void ConstantOperation(State& state, const Input& input, AggregateUnaryInput&,
                                idx_t count) {
    for (idx_t i = 0; i < count; ++i) Add(state, input);
  }
  template <class State, class Op>
  static void Combine(const State& source, State& target, AggregateInputData&) {
    if (source.seen) Add(target, source.sum);
  }
  template <class Target, class State>
  static void Finalize(State& state, Target& target, AggregateFinalizeData& data) {
    if (state.seen) {
      target = state.sum;
    } else {
      data.ReturnNull();
    }
  }
  static bool IgnoreNull() { return true; }
};

AggregateFunctionSet MakeSumBigint() {
  AggregateFunctionSet set("spark_sum_bigint");
  set.AddFunction(AggregateFunction::UnaryAggregate<SumState, int64_t, int64_t, CheckedSum>(
      LogicalType::BIGINT, LogicalType::BIGINT));
  return set;
}

const NativeFunction kAggregateFunctions[] = {
    {"spark_sum_bigint", MakeSumBigint},
};

}  // namespace

std::span<const NativeFunction> AggregateFunctions() { return kAggregateFunctions; }

}  // namespace lakesmith::engine
