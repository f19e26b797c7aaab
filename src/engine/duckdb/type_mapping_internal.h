#pragma once

#include "base/result.h"
#include "engine/duckdb/duckdb_internal.h"
#include "types/data_type.h"

namespace lakesmith::engine {

// The engine's type that holds all values of a Spark type: timestamp is TIMESTAMP WITH TIME ZONE,
// timestamp_ntz TIMESTAMP, a year-month interval INTEGER months, a day-time interval BIGINT
// microseconds, a calendar interval INTERVAL, void INTEGER (always null), a variant JSON.
::duckdb::LogicalType ToDuckType(const types::DataType& type);

// The engine's type of a column in a Parquet file: as above, but variants are structs of `metadata`
// and `value`. The engine's own variant type would be shredded, for which tables need a feature.
::duckdb::LogicalType ToStoredType(const types::DataType& type);

// The Spark type of an engine type; every part nullable. Unsigned integers go to the next wider
// type, HUGEINT to decimal(38,0), ENUM and UUID to string. Errors: kUnsupported names an engine
// type that Spark has no counterpart for (UNION, BIT, GEOMETRY, ...).
Result<types::DataType> FromDuckType(const ::duckdb::LogicalType& type);

}  // namespace lakesmith::engine
