// Aggregates of fixed state: checked sums and moments.
#include <cmath>
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

// Central moments, updated and merged without losing digits.
// Source: P. Pebay, "Formulas for Robust, One-Pass Parallel Computation of Covariances and
// Arbitrary-Order Statistical Moments", 2008.
struct MomentState {
  double count;
  double mean;
  double second;
  double third;
  double fourth;
};

void Merge(MomentState& target, const MomentState& source) {
  if (source.count == 0) return;
  if (target.count == 0) {
    target = source;
    return;
  }
  const double n1 = target.count;
  const double n2 = source.count;
  const double n = n1 + n2;
  const double delta = source.mean - target.mean;
  const double part = delta / n;
  const double fourth = target.fourth + source.fourth +
                        delta * part * part * part * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2) +
                        6 * part * part * (n1 * n1 * source.second + n2 * n2 * target.second) +
                        4 * part * (n1 * source.third - n2 * target.third);
  const double third = target.third + source.third + delta * part * part * n1 * n2 * (n1 - n2) +
                       3 * part * (n1 * source.second - n2 * target.second);
  target.second += source.second + delta * part * n1 * n2;
  target.third = third;
  target.fourth = fourth;
  target.mean += part * n2;
  target.count = n;
}

double Skewness(const MomentState& state) {
  return std::sqrt(state.count) * state.third /
         std::sqrt(state.second * state.second * state.second);
}

double Kurtosis(const MomentState& state) {
  return state.count * state.fourth / (state.second * state.second) - 3.0;
}

template <auto kResult>
struct Moments {
  template <class State>
  static void Initialize(State& state) {
    state = {};
  }
  template <class Input, class State, class Op>
  static void Operation(State& state, const Input& input, AggregateUnaryInput&) {
    Merge(state, {.count = 1, .mean = input, .second = 0, .third = 0, .fourth = 0});
  }
  template <class Input, class State, class Op>
  static void ConstantOperation(State& state, const Input& input, AggregateUnaryInput&,
                                idx_t count) {
    Merge(
        state,
        {.count = static_cast<double>(count), .mean = input, .second = 0, .third = 0, .fourth = 0});
  }
  template <class State, class Op>
  static void Combine(const State& source, State& target, AggregateInputData&) {
    Merge(target, source);
  }
  template <class Target, class State>
  static void Finalize(State& state, Target& target, AggregateFinalizeData& data) {
    if (state.count == 0 || state.second == 0) {
      data.ReturnNull();
    } else {
      target = kResult(state);
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

template <auto kResult>
AggregateFunctionSet MakeMoments(const char* name) {
  AggregateFunctionSet set(name);
  set.AddFunction(AggregateFunction::UnaryAggregate<MomentState, double, double, Moments<kResult>>(
      LogicalType::DOUBLE, LogicalType::DOUBLE));
  return set;
}

const NativeFunction kAggregateFunctions[] = {
    {"spark_sum_bigint", MakeSumBigint},
    {"spark_skewness", AggregateFactory([] { return MakeMoments<Skewness>("spark_skewness"); })},
    {"spark_kurtosis", AggregateFactory([] { return MakeMoments<Kurtosis>("spark_kurtosis"); })},
};

}  // namespace

std::span<const NativeFunction> AggregateFunctions() { return kAggregateFunctions; }

}  // namespace lakesmith::engine
