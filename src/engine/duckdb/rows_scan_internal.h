#pragma once

#include "engine/duckdb/duckdb_internal.h"

namespace lakesmith::engine {

inline constexpr const char* kRowsFunction = "lakesmith_rows";

// The table function that reads the rows of a RowsScan binding.
::duckdb::TableFunction MakeRowsFunction();

}  // namespace lakesmith::engine
