// The estimate of how many values differ, out of their hashes.
#include <algorithm>
#include <bit>
#include <limits>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/hyperloglog.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::AggregateFinalizeData;
using ::duckdb::AggregateFunction;
using ::duckdb::AggregateInputData;
using ::duckdb::AggregateUnaryInput;
using ::duckdb::idx_t;
using ::duckdb::LogicalType;
using ::duckdb::unique_ptr;
using Entry = functions::HyperLogLogEntry;

struct PrecisionData : ::duckdb::FunctionData {
  explicit PrecisionData(int precision) : precision(precision) {}

  unique_ptr<FunctionData> Copy() const override {
    return ::duckdb::make_uniq<PrecisionData>(precision);
  }
  bool Equals(const FunctionData& other) const override {
    return other.Cast<PrecisionData>().precision == precision;
  }

  int precision;
};

int PrecisionOf(const AggregateInputData& input) {
  return input.bind_data->Cast<PrecisionData>().precision;
}

// The registers of one group, in the arena of its aggregate. A few that are set stand in a list, as
// most groups have few values; many stand in an array of all.
struct Registers {
  static constexpr uint32_t kMostListed = 32;
  static constexpr uint32_t kFirstListed = 4;

  uint32_t* listed;  // Place and, in the low byte, rank.
  uint8_t* all;
  uint32_t size;  // Of the list.
};

template <typename Visit>
void ForEachSet(const Registers& registers, int precision, Visit visit) {
  for (uint32_t i = 0; i < registers.size; ++i)
    visit(Entry(registers.listed[i] >> 8, static_cast<uint8_t>(registers.listed[i])));
  if (registers.all == nullptr) return;
  for (uint32_t place = 0; place < uint32_t{1} << precision; ++place) {
    if (registers.all[place] != 0) visit(Entry(place, registers.all[place]));
  }
}

void Add(Registers& registers, const Entry& entry, AggregateInputData& input) {
  if (registers.all != nullptr) {
    registers.all[entry.place] = std::max(registers.all[entry.place], entry.rank);
    return;
  }
  const uint32_t packed = entry.place << 8 | entry.rank;
  for (uint32_t i = 0; i < registers.size; ++i) {
    if (registers.listed[i] >> 8 != entry.place) continue;
    registers.listed[i] = std::max(registers.listed[i], packed);
    return;
  }
  if (registers.size == Registers::kMostListed) {
    const size_t count = size_t{1} << PrecisionOf(input);
    auto* all = input.allocator.Allocate(count);
    std::fill_n(all, count, uint8_t{0});
    ForEachSet(registers, 0, [&](const Entry& one) { all[one.place] = one.rank; });
    registers = {.listed = nullptr, .all = all, .size = 0};
    return Add(registers, entry, input);
  }
  const bool full = registers.size == 0 || (registers.size >= Registers::kFirstListed &&
                                            std::has_single_bit(registers.size));
  if (full) {
    const uint32_t room = std::max(Registers::kFirstListed, 2 * registers.size);
    auto* listed = reinterpret_cast<uint32_t*>(input.allocator.Allocate(room * sizeof(uint32_t)));
    std::copy_n(registers.listed, registers.size, listed);
    registers.listed = listed;
  }
  registers.listed[registers.size++] = packed;
}

struct EstimateDistinct {
  template <class State>
  static void Initialize(State& state) {
    state = {};
  }
  template <class Input, class State, class Op>
  static void Operation(State& state, const Input& hash, AggregateUnaryInput& unary) {
    Add(state, Entry(static_cast<uint64_t>(hash), PrecisionOf(unary.input)), unary.input);
  }
  template <class Input, class State, class Op>
  static void ConstantOperation(State& state, const Input& hash, AggregateUnaryInput& unary,
                                idx_t) {
    Operation<Input, State, Op>(state, hash, unary);
  }
  template <class State, class Op>
  static void Combine(const State& source, State& target, AggregateInputData& input) {
    ForEachSet(source, PrecisionOf(input), [&](const Entry& one) { Add(target, one, input); });
  }
  template <class Target, class State>
  static void Finalize(State& state, Target& target, AggregateFinalizeData& data) {
    const int precision = PrecisionOf(data.input);
    int64_t zeros = int64_t{1} << precision;
    double sum = 0;
    ForEachSet(state, precision, [&](const Entry& one) {
      --zeros;
      sum += 1.0 / static_cast<double>(uint64_t{1} << one.rank);
    });
    target = functions::HyperLogLogEstimate(precision, sum + static_cast<double>(zeros), zeros);
  }
  static bool IgnoreNull() { return true; }
};

// hash, relative standard deviation
unique_ptr<::duckdb::FunctionData> Bind(
    ::duckdb::ClientContext& context, AggregateFunction& function,
    ::duckdb::vector<unique_ptr<::duckdb::Expression>>& arguments) {
  const ::duckdb::Value deviation =
      ::duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments[1]);
  const int precision = ValueOrThrow(
      functions::HyperLogLogPrecision(deviation.IsNull() ? std::numeric_limits<double>::quiet_NaN()
                                                         : deviation.GetValue<double>()));
  ::duckdb::Function::EraseArgument(function, arguments, 1);
  return ::duckdb::make_uniq<PrecisionData>(precision);
}

::duckdb::AggregateFunctionSet MakeEstimate() {
  ::duckdb::AggregateFunctionSet set("spark_estimate_distinct");
  auto function = AggregateFunction::UnaryAggregate<Registers, int64_t, int64_t, EstimateDistinct>(
      LogicalType::BIGINT, LogicalType::BIGINT);
  function.arguments.push_back(LogicalType::DOUBLE);
  function.bind = Bind;
  set.AddFunction(function);
  return set;
}

const NativeFunction kDistinctFunctions[] = {
    {"spark_estimate_distinct", MakeEstimate},
};

}  // namespace

std::span<const NativeFunction> DistinctFunctions() { return kDistinctFunctions; }

}  // namespace lakesmith::engine
