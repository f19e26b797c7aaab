// Spark's hashes of rows of values: flat types straight from their vectors, the others value by
// value.
#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/value_conversion_internal.h"
#include "functions/hash.h"
#include "functions/hash_algorithms.h"
#include "sql/parse.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::DataChunk;
using ::duckdb::Expression;
using ::duckdb::ExpressionState;
using ::duckdb::FunctionData;
using ::duckdb::idx_t;
using ::duckdb::LogicalType;
using ::duckdb::PhysicalType;
using ::duckdb::string_t;
using ::duckdb::UnifiedVectorFormat;
using ::duckdb::unique_ptr;
using ::duckdb::Vector;
using types::DataType;
using types::TypeId;

constexpr int kSeed = 42;

struct Murmur3 : functions::Murmur3 {
  using Signed = int32_t;
  static Hash OfValue(const types::Value& value, const DataType& type, Hash seed) {
    return static_cast<Hash>(functions::SparkMurmur3(value, type, static_cast<int32_t>(seed)));
  }
};

struct XxHash64 : functions::XxHash64 {
  using Signed = int64_t;
  static Hash OfValue(const types::Value& value, const DataType& type, Hash seed) {
    return static_cast<Hash>(functions::SparkXxHash64(value, type, static_cast<int64_t>(seed)));
  }
};

// One argument's Spark type.
struct HashedColumn {
  DataType type;
  bool direct;  // Hashed from its vector.
  bool operator==(const HashedColumn&) const = default;
};

struct HashData : FunctionData {
  std::vector<HashedColumn> columns;

  unique_ptr<FunctionData> Copy() const override {
    auto copy = ::duckdb::make_uniq<HashData>();
    copy->columns = columns;
    return copy;
  }
  bool Equals(const FunctionData& other) const override {
    return other.Cast<HashData>().columns == columns;
  }
};

bool IsFlat(const DataType& type) {
  switch (type.id()) {
    case TypeId::kBoolean:
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
    case TypeId::kFloat:
    case TypeId::kDouble:
    case TypeId::kDate:
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
    case TypeId::kString:
    case TypeId::kBinary:
      return true;
    case TypeId::kDecimal:
      return type.precision() <= 18;
    default:
      return false;
  }
}

// The first argument lists the types of the others, joined by ';'.
unique_ptr<FunctionData> BindHash(ClientContext& context, ::duckdb::ScalarFunction& function,
                                  ::duckdb::vector<unique_ptr<Expression>>& arguments) {
  auto data = ::duckdb::make_uniq<HashData>();
  const std::string list = ConstantText(context, *arguments.at(0));
  bool all_direct = true;
  for (size_t start = 0; start < list.size();) {
    const size_t end = std::min(list.find(';', start), list.size());
    DataType type = ValueOrThrow(sql::ParseDataType(list.substr(start, end - start)));
    start = end + 1;
    const size_t position = data->columns.size() + 1;
    const bool direct = IsFlat(type) && arguments.at(position)->return_type == ToDuckType(type);
    all_direct = all_direct && direct;
    data->columns.push_back({.type = std::move(type), .direct = direct});
  }
  function.arguments.clear();
  for (const auto& argument : arguments) function.arguments.push_back(argument->return_type);
  // Values of nested types can be other than planned.
  if (!all_direct) function.SetFallible();
  return data;
}

// Mixes each value of a vector into the hash of its row; null leaves the hash as it is.
template <typename T, typename Hash, typename Mix>
void MixRows(const UnifiedVectorFormat& format, std::span<Hash> hashes, Mix mix) {
  const T* values = UnifiedVectorFormat::GetData<T>(format);
  for (size_t row = 0; row < hashes.size(); ++row) {
    const idx_t index = format.sel->get_index(row);
    if (format.validity.RowIsValid(index)) hashes[row] = mix(values[index], hashes[row]);
  }
}

template <typename Algorithm, typename T>
void MixInts(const UnifiedVectorFormat& format, std::span<typename Algorithm::Hash> hashes) {
  MixRows<T>(format, hashes, [](T value, auto hash) {
    return Algorithm::Int(static_cast<uint32_t>(static_cast<int32_t>(value)), hash);
  });
}

template <typename Algorithm, typename T>
void MixLongs(const UnifiedVectorFormat& format, std::span<typename Algorithm::Hash> hashes) {
  MixRows<T>(format, hashes, [](T value, auto hash) {
    return Algorithm::Long(static_cast<uint64_t>(static_cast<int64_t>(value)), hash);
  });
}

template <typename Algorithm>
void MixVector(Vector& vector, idx_t count, bool decimal,
               std::span<typename Algorithm::Hash> hashes) {
  UnifiedVectorFormat format;
  vector.ToUnifiedFormat(count, format);
  switch (vector.GetType().InternalType()) {
    case PhysicalType::BOOL:
      return MixInts<Algorithm, bool>(format, hashes);
    case PhysicalType::INT8:
      return MixInts<Algorithm, int8_t>(format, hashes);
    case PhysicalType::INT16:
      return decimal ? MixLongs<Algorithm, int16_t>(format, hashes)
                     : MixInts<Algorithm, int16_t>(format, hashes);
    case PhysicalType::INT32:
      return decimal ? MixLongs<Algorithm, int32_t>(format, hashes)
                     : MixInts<Algorithm, int32_t>(format, hashes);
    case PhysicalType::INT64:
      return MixLongs<Algorithm, int64_t>(format, hashes);
    case PhysicalType::FLOAT:
      return MixRows<float>(format, hashes, [](float value, auto hash) {
        return Algorithm::Int(functions::HashedBits(value), hash);
      });
    case PhysicalType::DOUBLE:
      return MixRows<double>(format, hashes, [](double value, auto hash) {
        return Algorithm::Long(functions::HashedBits(value), hash);
      });
    case PhysicalType::VARCHAR:
      return MixRows<string_t>(format, hashes, [](const string_t& value, auto hash) {
        return Algorithm::Bytes({value.GetData(), value.GetSize()}, hash);
      });
    default:
      ThrowError(Internal("no hash of vectors of {}", vector.GetType().ToString()));
  }
}

template <typename Algorithm>
void MixValues(Vector& vector, idx_t count, const DataType& type,
               std::span<typename Algorithm::Hash> hashes) {
  ::duckdb::RecursiveUnifiedVectorFormat format;
  Vector::RecursiveToUnifiedFormat(vector, count, format);
  for (size_t row = 0; row < hashes.size(); ++row)
    hashes[row] = Algorithm::OfValue(ValueOrThrow(ReadValue(format, row, type)), type, hashes[row]);
}

template <typename Algorithm>
void ExecuteHash(DataChunk& chunk, ExpressionState& state, Vector& result) {
  using Hash = typename Algorithm::Hash;
  const auto& expression = state.expr.Cast<::duckdb::BoundFunctionExpression>();
  const auto& columns = expression.bind_info->Cast<HashData>().columns;
  const bool constant = chunk.AllConstant();
  result.SetVectorType(constant ? ::duckdb::VectorType::CONSTANT_VECTOR
                                : ::duckdb::VectorType::FLAT_VECTOR);
  auto* data = constant ? ::duckdb::ConstantVector::GetData<typename Algorithm::Signed>(result)
                        : ::duckdb::FlatVector::GetData<typename Algorithm::Signed>(result);
  const std::span<Hash> hashes(reinterpret_cast<Hash*>(data), constant ? 1 : chunk.size());
  std::ranges::fill(hashes, Hash{kSeed});
  for (size_t i = 0; i < columns.size(); ++i) {
    Vector& vector = chunk.data[i + 1];
    const DataType& type = columns[i].type;
    if (columns[i].direct) {
      MixVector<Algorithm>(vector, chunk.size(), type.is(TypeId::kDecimal), hashes);
    } else {
      MixValues<Algorithm>(vector, chunk.size(), type, hashes);
    }
  }
}

template <typename Algorithm>
::duckdb::ScalarFunctionSet MakeHash(const char* name, const LogicalType& result) {
  ::duckdb::ScalarFunctionSet set(name);
  ::duckdb::ScalarFunction hash({}, result, ExecuteHash<Algorithm>, BindHash);
  hash.varargs = LogicalType::ANY;
  hash.null_handling = ::duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  set.AddFunction(hash);
  return set;
}

const NativeFunction kHashFunctions[] = {
    {"spark_hash",
     ScalarFactory([] { return MakeHash<Murmur3>("spark_hash", LogicalType::INTEGER); })},
    {"spark_xxhash64",
     ScalarFactory([] { return MakeHash<XxHash64>("spark_xxhash64", LogicalType::BIGINT); })},
};

}  // namespace

std::span<const NativeFunction> HashFunctions() { return kHashFunctions; }

}  // namespace lakesmith::engine
