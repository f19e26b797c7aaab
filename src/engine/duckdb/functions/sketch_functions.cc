// Summaries of many values, worked out of the list of them.
#include <algorithm>
#include <bit>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/sketch.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::Expression;
using ::duckdb::LogicalType;
using ::duckdb::string_t;
using ::duckdb::unique_ptr;
using types::DataType;
using types::TypeId;
using types::Value;
using Arguments = ::duckdb::vector<unique_ptr<Expression>>;

// Bytes of a bitmap of 32768 bits.
constexpr size_t kBitmapBytes = 4096;

ValueSignature BindAny(Arguments& arguments, DataType result) {
  std::vector<DataType> types;
  for (const auto& argument : arguments) types.push_back(TypeOfArgument(*argument));
  return {.arguments = std::move(types), .result = std::move(result)};
}

ValueSignature BindToBinary(ClientContext&, Arguments& arguments) {
  return BindAny(arguments, DataType::Binary());
}

ValueSignature BindHistogram(ClientContext&, Arguments& arguments) {
  const DataType bar = DataType::Struct({{"x", DataType::Double()}, {"y", DataType::Double()}});
  return BindAny(arguments, DataType::Array(bar));
}

ValueSignature BindVector(ClientContext&, Arguments& arguments) {
  return BindAny(arguments, DataType::Array(DataType::Float()));
}

ValueSignature BindPercentile(ClientContext&, Arguments& arguments) {
  return BindAny(arguments, DataType::Double());
}

// list of double, bars
Result<Value> Histogram(const ValueCall& call) {
  if (call.values[0].is_null() || call.values[1].is_null()) return Value();
  const int64_t bars = call.values[1].as<int64_t>();
  if (bars < 2) {
    return Invalid("histogram_numeric needs nb to be at least 2, not {}.", bars)
        .WithClass("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09");
  }
  std::vector<double> numbers;
  for (const Value& value : call.values[0].array().elements) {
    if (!value.is_null()) numbers.push_back(value.as<double>());
  }
  if (numbers.empty()) return Value();
  types::ArrayValue result;
  for (const auto& bar : functions::NumericHistogram(numbers, static_cast<size_t>(bars))) {
    result.elements.emplace_back(types::StructValue{{Value(bar.point), Value(bar.height)}});
  }
  return Value(std::move(result));
}

// list of values, eps, confidence, seed
Result<Value> CountMin(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  std::vector<Value> values;
  for (const Value& value : call.values[0].array().elements) {
    if (!value.is_null()) values.push_back(value);
  }
  std::string bytes = TRY(
      functions::CountMinSketch(values, call.values[1].as<double>(), call.values[2].as<double>(),
                                static_cast<int32_t>(call.values[3].as<int64_t>())));
  return Value(types::BinaryValue{std::move(bytes)});
}

// list of bit positions
Result<Value> BitmapOfPositions(const ValueCall& call) {
  std::string bitmap(kBitmapBytes, '\0');
  if (!call.values[0].is_null()) {
    for (const Value& value : call.values[0].array().elements) {
      if (value.is_null()) continue;
      const int64_t position = value.as<int64_t>();
      if (position < 0 || position >= static_cast<int64_t>(kBitmapBytes * 8)) {
        return Invalid("The bit position {} is out of bounds, it must be from 0 to 32767.",
                       position)
            .WithClass("INVALID_BITMAP_POSITION", "22003");
      }
      char& byte = bitmap[static_cast<size_t>(position / 8)];
      byte = static_cast<char>(byte | 1 << (position % 8));
    }
  }
  return Value(types::BinaryValue{std::move(bitmap)});
}

// list of bitmaps
template <bool kAll>
Result<Value> MergeBitmaps(const ValueCall& call) {
  std::string bitmap(kBitmapBytes, kAll ? '\xFF' : '\0');
  bool seen = false;
  if (!call.values[0].is_null()) {
    for (const Value& value : call.values[0].array().elements) {
      if (value.is_null()) continue;
      seen = true;
      const std::string& bytes = value.as<types::BinaryValue>().bytes;
      for (size_t i = 0; i < kBitmapBytes; ++i) {
        const char byte = i < bytes.size() ? bytes[i] : '\0';
        bitmap[i] = static_cast<char>(kAll ? bitmap[i] & byte : bitmap[i] | byte);
      }
    }
  }
  if (kAll && !seen) bitmap.assign(kBitmapBytes, '\0');
  return Value(types::BinaryValue{std::move(bitmap)});
}

int64_t CountBits(std::string_view bytes) {
  int64_t count = 0;
  for (const char byte : bytes) count += std::popcount(static_cast<unsigned char>(byte));
  return count;
}

// list of array<float>
template <bool kAverage>
Result<Value> CombineVectors(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  std::vector<double> total;
  int64_t count = 0;
  for (const Value& vector : call.values[0].array().elements) {
    if (vector.is_null()) continue;
    const auto& elements = vector.array().elements;
    const bool has_null = std::ranges::any_of(elements, [](const Value& v) { return v.is_null(); });
    if (has_null) continue;
    if (count++ == 0) total.resize(elements.size());
    if (total.size() != elements.size()) {
      return Invalid("Vectors must have the same dimension, but {} and {} were found.",
                     total.size(), elements.size())
          .WithClass("VECTOR_DIMENSION_MISMATCH", "22000");
    }
    for (size_t i = 0; i < total.size(); ++i) total[i] += elements[i].as<float>();
  }
  if (count == 0) return Value();
  types::ArrayValue result;
  for (const double sum : total) {
    const double value = kAverage ? sum / static_cast<double>(count) : sum;
    result.elements.emplace_back(static_cast<float>(value));
  }
  return Value(std::move(result));
}

// list of {v: double, n: frequency}, percentage: the value at its place, between two by proportion.
Result<Value> WeightedPercentile(const ValueCall& call) {
  if (call.values[0].is_null() || call.values[1].is_null()) return Value();
  std::vector<std::pair<double, int64_t>> points;
  int64_t total = 0;
  for (const Value& point : call.values[0].array().elements) {
    if (point.is_null()) continue;
    const auto& fields = point.structure().fields;
    if (fields[0].is_null() || fields[1].is_null()) continue;
    const int64_t weight = fields[1].as<int64_t>();
    if (weight < 0) {
      return Invalid("Negative values found in the frequency of percentile: {}.", weight)
          .WithClass("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09");
    }
    if (weight == 0) continue;
    points.emplace_back(fields[0].as<double>(), weight);
    total += weight;
  }
  if (points.empty()) return Value();
  std::ranges::sort(points);
  const double place = static_cast<double>(total - 1) * call.values[1].as<double>();
  const auto at = [&points](int64_t index) {
    for (const auto& [value, weight] : points) {
      if (index < weight) return value;
      index -= weight;
    }
    return points.back().first;
  };
  const auto lower = static_cast<int64_t>(place);
  const double low = at(lower);
  const double high = at(lower + (place > static_cast<double>(lower) ? 1 : 0));
  return Value(low + (place - static_cast<double>(lower)) * (high - low));
}

const NativeFunction kSketchFunctions[] = {
    {"spark_histogram_numeric", ScalarFactory([] {
       return MakeValueFunction("spark_histogram_numeric", BindHistogram, Histogram);
     })},
    {"spark_count_min_sketch", ScalarFactory([] {
       return MakeValueFunction("spark_count_min_sketch", BindToBinary, CountMin);
     })},
    {"spark_bitmap_construct", ScalarFactory([] {
       return MakeValueFunction("spark_bitmap_construct", BindToBinary, BitmapOfPositions);
     })},
    {"spark_bitmap_or", ScalarFactory([] {
       return MakeValueFunction("spark_bitmap_or", BindToBinary, MergeBitmaps<false>);
     })},
    {"spark_bitmap_and", ScalarFactory([] {
       return MakeValueFunction("spark_bitmap_and", BindToBinary, MergeBitmaps<true>);
     })},
    {"spark_bitmap_count", ScalarFactory([] {
       return MakeScalar("spark_bitmap_count", {LogicalType::BLOB}, LogicalType::BIGINT,
                         RowFunction<CountBits, string_t>);
     })},
    {"spark_vector_sum", ScalarFactory([] {
       return MakeValueFunction("spark_vector_sum", BindVector, CombineVectors<false>);
     })},
    {"spark_vector_avg", ScalarFactory([] {
       return MakeValueFunction("spark_vector_avg", BindVector, CombineVectors<true>);
     })},
    {"spark_weighted_percentile", ScalarFactory([] {
       return MakeValueFunction("spark_weighted_percentile", BindPercentile, WeightedPercentile);
     })},
};

}  // namespace

std::span<const NativeFunction> SketchFunctions() { return kSketchFunctions; }

}  // namespace lakesmith::engine
