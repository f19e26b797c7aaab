#pragma once

#include <functional>

#include "base/result.h"
#include "engine/duckdb/duckdb_internal.h"

namespace lakesmith::engine {

// Keys of the extra information of an engine exception that carries Spark's error condition.
inline constexpr const char* kSparkErrorClass = "spark_error_class";
inline constexpr const char* kSparkSqlState = "spark_sql_state";
// Where an adapter threw one of our errors through the engine: its ErrorCode as a number.
inline constexpr const char* kLakesmithCode = "lakesmith_code";

// What an error of the engine means to a caller. A message "[CLASS] text" or "[CLASS:SQLSTATE]
// text", as SQL's error() may give it, is taken apart.
Error FromDuckError(const ::duckdb::ErrorData& error);

// Throws `error` as an exception of the engine that FromDuckError turns back into the same error.
// For callbacks that the engine calls.
[[noreturn]] void ThrowAsDuckError(const Error& error);

}  // namespace lakesmith::engine
