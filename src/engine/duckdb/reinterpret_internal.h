#pragma once

#include "engine/duckdb/duckdb_internal.h"

namespace lakesmith::engine {

// Makes `result`, whose type has the same bytes in the same layout as that of `source`, hold the
// same values: other names of struct fields, other kinds of timestamps, at any depth. Nothing is
// copied but the entries of lists.
void ReinterpretDeep(::duckdb::Vector& source, ::duckdb::Vector& result, ::duckdb::idx_t count);

// `expression` as a value of `type` by ReinterpretDeep; unchanged when it has that type.
::duckdb::unique_ptr<::duckdb::Expression> ReinterpretedAs(
    ::duckdb::unique_ptr<::duckdb::Expression> expression, const ::duckdb::LogicalType& type);

}  // namespace lakesmith::engine
