#include "engine/duckdb/functions/registry.h"

#include <map>

#include "engine/duckdb/duckdb_internal.h"
#include "engine/duckdb/error_mapping_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"

namespace lakesmith::engine {
namespace {

using FunctionMap = std::map<std::string_view, const NativeFunction*>;

void AddAll(FunctionMap& map, std::span<const NativeFunction> functions) {
  for (const NativeFunction& function : functions) map.emplace(function.name, &function);
}

const FunctionMap& Functions() {
  static const FunctionMap kFunctions = [] {
    FunctionMap map;
    AddAll(map, AggregateFunctions());
    AddAll(map, ArrayFunctions());
    AddAll(map, BasicFunctions());
    AddAll(map, CastFunctions());
    AddAll(map, CollectionFunctions());
    AddAll(map, CsvFunctions());
    AddAll(map, DateTimeFunctions());
    AddAll(map, DecimalFunctions());
    AddAll(map, DigestFunctions());
    AddAll(map, DistinctFunctions());
    AddAll(map, HashFunctions());
    AddAll(map, JsonFunctions());
    AddAll(map, MomentFunctions());
    AddAll(map, NumberFunctions());
    AddAll(map, RandomFunctions());
    AddAll(map, RegexFunctions());
    AddAll(map, SketchFunctions());
    AddAll(map, TextFunctions());
    AddAll(map, VariantFunctions());
    AddAll(map, RuleFunctions());
    AddAll(map, ZOrderFunctions());
    return map;
  }();
  return kFunctions;
}

}  // namespace

const NativeFunction* FindNativeFunction(std::string_view name) {
  const auto entry = Functions().find(name);
  return entry == Functions().end() ? nullptr : entry->second;
}

std::vector<std::string_view> NativeFunctionNames() {
  std::vector<std::string_view> names;
  for (const auto& [name, function] : Functions()) names.push_back(name);
  return names;
}

void ThrowSparkError(std::string_view error_class, std::string_view sql_state,
                     const std::string& message) {
  const ::duckdb::unordered_map<std::string, std::string> extra = {
      {kSparkErrorClass, std::string(error_class)}, {kSparkSqlState, std::string(sql_state)}};
  throw ::duckdb::InvalidInputException(extra, message);
}

}  // namespace lakesmith::engine
