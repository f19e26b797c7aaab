#pragma once

#include <atomic>

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

// Whether the statement that a connection runs keeps the variants it reads: values that JSON has no
// type for then fail it. Threads of the statement read it.
struct ExactVariants : ::duckdb::ClientContextState {
  static ExactVariants& Get(::duckdb::ClientContext& context);
  std::atomic<bool> wanted = false;
};

// Replaces the instance's cast of variants to JSON by one that keeps nulls, and by one that heeds
// ExactVariants.
void RegisterVariantCast(::duckdb::DatabaseInstance& instance);

}  // namespace lakesmith::engine
