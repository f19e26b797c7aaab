#pragma once

#include <string>

namespace lakesmith::engine {

// An error of the running engine in Spark's words.
struct ErrorText {
  std::string error_class;  // Empty: the message is no known one.
  std::string sql_state;
  std::string message;
};

// Casts and arithmetic that overflow, in the terms of the user's query: Spark's type names, and
// not the text that was made of the query. Source: DuckDB 1.5, cast_helpers, decimal_cast and
// add/subtract/multiply; Spark 4 error conditions.
ErrorText InSparkWords(const std::string& engine_message);

}  // namespace lakesmith::engine
