#pragma once

#include <vector>

#include "base/result.h"
#include "engine/duckdb/duckdb_internal.h"
#include "engine/row_stream.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::engine {

// Appends the rows of `chunk` to `rows`. `context` may be null: then variants are cast without it.
// `columns` say the Spark types; where the engine's type is another (BIGINT for an int, HUGEINT for
// a bigint or decimal), values are taken over when they fit. Errors: kInternal when types cannot go
// together; kInvalid ARITHMETIC_OVERFLOW when a value does not fit.
Status AppendRows(::duckdb::ClientContext* context, ::duckdb::DataChunk& chunk,
                  const std::vector<types::StructField>& columns, std::vector<Row>& rows);

// One value of a vector, as type `type`. See AppendRows for the rules.
Result<types::Value> ReadValue(const ::duckdb::RecursiveUnifiedVectorFormat& format,
                               ::duckdb::idx_t row, const types::DataType& type);

// The engine's value of a Spark value. Total for values that belong to their type.
::duckdb::Value ToDuckValue(const types::Value& value, const types::DataType& type);

::duckdb::hugeint_t ToHugeInt(types::Int128 value);
types::Int128 ToInt128(::duckdb::hugeint_t value);
inline types::Int128 ToInt128(int64_t value) { return value; }

// The digits of a decimal in the width that the engine keeps them in.
template <typename Stored>
Stored StoredDigits(types::Int128 digits) {
  if constexpr (std::is_same_v<Stored, ::duckdb::hugeint_t>) {
    return ToHugeInt(digits);
  } else {
    return static_cast<Stored>(digits);
  }
}

// Writes a value into a row of a flat vector, lists at the end of their children: the vector is of
// the engine's type of `type`. Total for values that belong to their type.
void WriteValue(::duckdb::Vector& vector, ::duckdb::idx_t row, const types::Value& value,
                const types::DataType& type);

// The Spark value of one engine value, as type `type`. Errors: see AppendRows.
Result<types::Value> FromDuckValue(const ::duckdb::Value& value, const types::DataType& type);

}  // namespace lakesmith::engine
