// The sort key of OPTIMIZE ... ZORDER BY.
#include <algorithm>

#include "engine/duckdb/duckdb_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::DataChunk;
using ::duckdb::ExpressionState;
using ::duckdb::idx_t;
using ::duckdb::LogicalType;
using ::duckdb::ScalarFunction;
using ::duckdb::ScalarFunctionSet;
using ::duckdb::string_t;
using ::duckdb::UnifiedVectorFormat;
using ::duckdb::Vector;

// Ranks are below 2 to this power: as many ranges as there are bounds, and one more.
constexpr unsigned kZOrderBits = 10;
constexpr unsigned kKeyBits = 64;

// bounds, key: how many of the bounds, which ascend, are not above the key. The engine's sort keys
// are numbers where they are short.
template <typename Key>
void Rank(DataChunk& arguments, ExpressionState&, Vector& result) {
  UnifiedVectorFormat lists;
  UnifiedVectorFormat bounds;
  UnifiedVectorFormat keys;
  Vector& list = arguments.data[0];
  list.ToUnifiedFormat(arguments.size(), lists);
  Vector& elements = ::duckdb::ListVector::GetEntry(list);
  elements.ToUnifiedFormat(::duckdb::ListVector::GetListSize(list), bounds);
  arguments.data[1].ToUnifiedFormat(arguments.size(), keys);
  const auto* entries = UnifiedVectorFormat::GetData<::duckdb::list_entry_t>(lists);
  const auto* bound_data = UnifiedVectorFormat::GetData<Key>(bounds);
  const auto* key_data = UnifiedVectorFormat::GetData<Key>(keys);
  auto* ranks = ::duckdb::FlatVector::GetData<int32_t>(result);
  for (idx_t row = 0; row < arguments.size(); ++row) {
    const ::duckdb::list_entry_t entry = entries[lists.sel->get_index(row)];
    const Key& key = key_data[keys.sel->get_index(row)];
    idx_t low = 0;
    idx_t high = entry.length;
    while (low < high) {
      const idx_t middle = (low + high) / 2;
      const Key& bound = bound_data[bounds.sel->get_index(entry.offset + middle)];
      if (key < bound) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    ranks[row] = static_cast<int32_t>(low);
  }
}

// The highest bits of all ranks, then the next ones, as long as there is room.
void Interleave(DataChunk& arguments, ExpressionState&, Vector& result) {
  const auto columns = static_cast<unsigned>(arguments.ColumnCount());
  const unsigned bits = std::min(kZOrderBits, kKeyBits / columns);
  arguments.Flatten();
  result.SetVectorType(::duckdb::VectorType::FLAT_VECTOR);
  auto* out = ::duckdb::FlatVector::GetData<uint64_t>(result);
  std::fill_n(out, arguments.size(), 0);
  for (unsigned bit = 0; bit < bits; ++bit) {
    for (unsigned column = 0; column < columns; ++column) {
      const auto* ranks = ::duckdb::FlatVector::GetData<int32_t>(arguments.data[column]);
      const unsigned shift = kZOrderBits - 1 - bit;
      for (idx_t row = 0; row < arguments.size(); ++row) {
        out[row] = out[row] << 1 | (static_cast<uint32_t>(ranks[row]) >> shift & 1);
      }
    }
  }
}

ScalarFunctionSet MakeRank() {
  ScalarFunctionSet set("spark_zorder_rank");
  set.AddFunction(ScalarFunction({LogicalType::LIST(LogicalType::BLOB), LogicalType::BLOB},
                                 LogicalType::INTEGER, Rank<string_t>));
  set.AddFunction(ScalarFunction({LogicalType::LIST(LogicalType::BIGINT), LogicalType::BIGINT},
                                 LogicalType::INTEGER, Rank<int64_t>));
  return set;
}

ScalarFunctionSet MakeInterleave() {
  ScalarFunction function("spark_zorder_key", {LogicalType::INTEGER}, LogicalType::UBIGINT,
                          Interleave);
  function.varargs = LogicalType::INTEGER;
  ScalarFunctionSet set("spark_zorder_key");
  set.AddFunction(std::move(function));
  return set;
}

const NativeFunction kZOrderFunctions[] = {
    {"spark_zorder_rank", MakeRank},
    {"spark_zorder_key", MakeInterleave},
};

}  // namespace

std::span<const NativeFunction> ZOrderFunctions() { return kZOrderFunctions; }

}  // namespace lakesmith::engine
