#pragma once

#include "engine/duckdb/duckdb_internal.h"

namespace lakesmith::engine {

// Makes `result`, whose type has the same bytes in the same layout as that of `source`, hold the
// same values: other names of struct fields, other kinds of timestamps, at any depth. Nothing is
// copied but the entries of lists. JSON becomes an encoded variant where `result` has such structs:
// then it throws an engine exception for one that is too large.
void ReinterpretDeep(::duckdb::Vector& source, ::duckdb::Vector& result, ::duckdb::idx_t count);

// `expression` as a value of `type` by ReinterpretDeep; unchanged when it has that type.
::duckdb::unique_ptr<::duckdb::Expression> ReinterpretedAs(
    ::duckdb::unique_ptr<::duckdb::Expression> expression, const ::duckdb::LogicalType& type);

// Replaces the instance's cast of variants to JSON by one that keeps nulls.
void RegisterVariantCast(::duckdb::DatabaseInstance& instance);

}  // namespace lakesmith::engine
