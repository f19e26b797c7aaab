// Central moments of one and of two columns, updated and merged as Spark does it, so that also
// the last digits, NaN and infinities come out the same.
// Source: P. Pebay, "Formulas for Robust, One-Pass Parallel Computation of Covariances and
// Arbitrary-Order Statistical Moments", 2008.
#include <cmath>
#include <optional>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/error.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::AggregateFinalizeData;
using ::duckdb::AggregateFunction;
using ::duckdb::AggregateFunctionSet;
using ::duckdb::AggregateInputData;
using ::duckdb::idx_t;
using ::duckdb::LogicalType;

struct MomentState {
  double count;
  double mean;
  double second;
  double third;
  double fourth;
};

void Update(MomentState& state, double value) {
  state.count += 1;
  const double delta = value - state.mean;
  const double part = delta / state.count;
  const double delta2 = delta * delta;
  const double part2 = part * part;
  state.mean += part;
  state.second += delta * (delta - part);
  state.third = state.third - 3.0 * part * state.second + delta * (delta2 - part2);
  state.fourth = state.fourth - 4.0 * part * state.third - 6.0 * part2 * state.second +
                 delta * (delta * delta2 - part * part2);
}

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

using Moment = std::optional<double>;

Moment Skewness(const MomentState& state) {
  if (state.second == 0) return std::nullopt;
  return std::sqrt(state.count) * state.third /
         std::sqrt(state.second * state.second * state.second);
}
Moment Kurtosis(const MomentState& state) {
  if (state.second == 0) return std::nullopt;
  return state.count * state.fourth / (state.second * state.second) - 3.0;
}
Moment Squares(const MomentState& state) { return state.second; }
Moment Variance(const MomentState& state) { return state.second / state.count; }
Moment SampleVariance(const MomentState& state) {
  if (state.count == 1) return std::nullopt;
  return state.second / (state.count - 1);
}
Moment Deviation(const MomentState& state) { return std::sqrt(*Variance(state)); }
Moment SampleDeviation(const MomentState& state) {
  const Moment variance = SampleVariance(state);
  return variance ? Moment(std::sqrt(*variance)) : std::nullopt;
}

// Two columns, of the rows where both have a value. The first is y, the dependent one.
struct PairState {
  double count;
  double mean_x;
  double mean_y;
  double product;   // Sum of (x - mean of x) * (y - mean of y).
  double square_x;  // Sum of (x - mean of x) squared.
  double square_y;
};

void Update(PairState& state, double y, double x) {
  state.count += 1;
  const double delta_x = x - state.mean_x;
  const double delta_y = y - state.mean_y;
  state.mean_x += delta_x / state.count;
  state.mean_y += delta_y / state.count;
  state.product += delta_x * (y - state.mean_y);
  state.square_x += delta_x * (x - state.mean_x);
  state.square_y += delta_y * (y - state.mean_y);
}

void Merge(PairState& target, const PairState& source) {
  if (source.count == 0) return;
  if (target.count == 0) {
    target = source;
    return;
  }
  const double n = target.count + source.count;
  const double delta_x = source.mean_x - target.mean_x;
  const double delta_y = source.mean_y - target.mean_y;
  const double weight = target.count * source.count / n;
  target.product += source.product + delta_x * delta_y * weight;
  target.square_x += source.square_x + delta_x * delta_x * weight;
  target.square_y += source.square_y + delta_y * delta_y * weight;
  target.mean_x += delta_x / n * source.count;
  target.mean_y += delta_y / n * source.count;
  target.count = n;
}

Moment Correlation(const PairState& state) {
  if (state.count == 1) return std::nullopt;
  const double squares = std::sqrt(state.square_x * state.square_y);
  if (squares == 0) {
    ThrowError(functions::DivideByZero());
  }
  return state.product / squares;
}
Moment Covariance(const PairState& state) { return state.product / state.count; }
Moment SampleCovariance(const PairState& state) {
  if (state.count == 1) return std::nullopt;
  return state.product / (state.count - 1);
}
Moment Product(const PairState& state) { return state.product; }
Moment Determination(const PairState& state) {
  if (state.square_x == 0) return std::nullopt;
  if (state.square_y == 0) return 1.0;
  return state.product * state.product / state.square_x / state.square_y;
}
Moment Slope(const PairState& state) {
  if (state.square_x == 0) return std::nullopt;
  return state.product / state.square_x;
}
Moment Intercept(const PairState& state) {
  const Moment slope = Slope(state);
  return slope ? Moment(state.mean_y - *slope * state.mean_x) : std::nullopt;
}

// The operation of an aggregate over either state; `kResult` is what it gives of some values.
template <auto kResult>
struct Moments {
  template <class State>
  static void Initialize(State& state) {
    state = {};
  }
  template <class Input, class State, class Op>
  static void Operation(State& state, const Input& input, ::duckdb::AggregateUnaryInput&) {
    Update(state, input);
  }
  template <class Input, class State, class Op>
  static void ConstantOperation(State& state, const Input& input, ::duckdb::AggregateUnaryInput&,
                                idx_t count) {
    for (idx_t i = 0; i < count; ++i) Update(state, input);
  }
  template <class First, class Second, class State, class Op>
  static void Operation(State& state, const First& first, const Second& second,
                        ::duckdb::AggregateBinaryInput&) {
    Update(state, first, second);
  }
  template <class State, class Op>
  static void Combine(const State& source, State& target, AggregateInputData&) {
    Merge(target, source);
  }
  template <class Target, class State>
  static void Finalize(State& state, Target& target, AggregateFinalizeData& data) {
    const Moment result = state.count == 0 ? std::nullopt : kResult(state);
    if (result) {
      target = *result;
    } else {
      data.ReturnNull();
    }
  }
  static bool IgnoreNull() { return true; }
};

template <auto kResult>
AggregateFunctionSet OfOne() {
  AggregateFunctionSet set;
  set.AddFunction(AggregateFunction::UnaryAggregate<MomentState, double, double, Moments<kResult>>(
      LogicalType::DOUBLE, LogicalType::DOUBLE));
  return set;
}

template <auto kResult>
AggregateFunctionSet OfTwo() {
  AggregateFunctionSet set;
  set.AddFunction(
      AggregateFunction::BinaryAggregate<PairState, double, double, double, Moments<kResult>>(
          LogicalType::DOUBLE, LogicalType::DOUBLE, LogicalType::DOUBLE));
  return set;
}

AggregateFunctionSet Named(const char* name, AggregateFunctionSet set) {
  set.name = name;
  for (AggregateFunction& function : set.functions) function.name = name;
  return set;
}

const NativeFunction kMomentFunctions[] = {
    {"spark_skewness", AggregateFactory([] { return Named("spark_skewness", OfOne<Skewness>()); })},
    {"spark_kurtosis", AggregateFactory([] { return Named("spark_kurtosis", OfOne<Kurtosis>()); })},
    {"spark_squares", AggregateFactory([] { return Named("spark_squares", OfOne<Squares>()); })},
    {"spark_var_pop", AggregateFactory([] { return Named("spark_var_pop", OfOne<Variance>()); })},
    {"spark_var_samp",
     AggregateFactory([] { return Named("spark_var_samp", OfOne<SampleVariance>()); })},
    {"spark_stddev_pop",
     AggregateFactory([] { return Named("spark_stddev_pop", OfOne<Deviation>()); })},
    {"spark_stddev_samp",
     AggregateFactory([] { return Named("spark_stddev_samp", OfOne<SampleDeviation>()); })},
    {"spark_corr", AggregateFactory([] { return Named("spark_corr", OfTwo<Correlation>()); })},
    {"spark_covar_pop",
     AggregateFactory([] { return Named("spark_covar_pop", OfTwo<Covariance>()); })},
    {"spark_covar_samp",
     AggregateFactory([] { return Named("spark_covar_samp", OfTwo<SampleCovariance>()); })},
    {"spark_regr_sxy", AggregateFactory([] { return Named("spark_regr_sxy", OfTwo<Product>()); })},
    {"spark_regr_r2",
     AggregateFactory([] { return Named("spark_regr_r2", OfTwo<Determination>()); })},
    {"spark_regr_slope",
     AggregateFactory([] { return Named("spark_regr_slope", OfTwo<Slope>()); })},
    {"spark_regr_intercept",
     AggregateFactory([] { return Named("spark_regr_intercept", OfTwo<Intercept>()); })},
};

}  // namespace

std::span<const NativeFunction> MomentFunctions() { return kMomentFunctions; }

}  // namespace lakesmith::engine
