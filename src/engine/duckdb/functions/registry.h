#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace duckdb {
class AggregateFunctionSet;
class ScalarFunctionSet;
}  // namespace duckdb

namespace lakesmith::engine {

// Native functions of the embedded engine: Spark functions that its language cannot express. They
// are made and registered in an instance when a query first names them, so that opening an instance
// costs nothing.
//
// A function lives in a source of this folder and is listed there in one array:
//
//   ::duckdb::ScalarFunctionSet MakeXxHash64() { ... }
//   const NativeFunction kHashFunctions[] = {{"spark_xxhash64", MakeXxHash64}};
//
// and registry.cc lists the arrays. Names start with "spark_". A function fails by
// ThrowSparkError().

using ScalarFactory = ::duckdb::ScalarFunctionSet (*)();
using AggregateFactory = ::duckdb::AggregateFunctionSet (*)();

struct NativeFunction {
  const char* name;
  std::variant<ScalarFactory, AggregateFactory> factory;
};

// The function of that name; nullptr when there is none.
const NativeFunction* FindNativeFunction(std::string_view name);

// All names, sorted.
std::vector<std::string_view> NativeFunctionNames();

// Ends the running statement with Spark's error condition, e.g. ("DIVIDE_BY_ZERO", "22012",
// "Division by zero").
[[noreturn]] void ThrowSparkError(std::string_view error_class, std::string_view sql_state,
                                  const std::string& message);

}  // namespace lakesmith::engine
