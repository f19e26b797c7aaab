// Changes of variants, which the engine holds as JSON text.
#include "functions/variant_functions.h"

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/json_functions.h"
#include "functions/json_node.h"
#include "functions/json_path.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::Expression;
using ::duckdb::LogicalType;
using ::duckdb::string_t;
using ::duckdb::unique_ptr;
using functions::JsonNode;
using types::DataType;
using types::Value;
using Arguments = ::duckdb::vector<unique_ptr<Expression>>;
using Changed = Result<std::optional<std::string>>;

JsonNode NodeOf(std::string_view json) { return JsonNode::Parse(json).value_or(JsonNode()); }

using Change = Result<JsonNode> (*)(JsonNode root, std::string_view path, const JsonNode& value);

template <Change kChange, bool kTolerant>
Changed WithValue(std::string_view json, std::string_view path, std::string_view value) {
  Result<JsonNode> changed = kChange(NodeOf(json), path, NodeOf(value));
  if (changed) return std::optional(changed->ToText(true));
  if (kTolerant) return std::optional<std::string>();
  return std::move(changed).error();
}

Changed Delete(std::string_view json, std::string_view path) {
  return std::optional(TRY(functions::DeleteFromVariant(NodeOf(json), path)).ToText(true));
}

std::string Strip(std::string_view json, bool elements_too) {
  return functions::StripNulls(NodeOf(json), elements_too).ToText(true);
}

// The rows of variant_explode: pos, key, value.
Result<Value> Explode(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  types::ArrayValue rows;
  const JsonNode root = NodeOf(call.values[0].as<types::VariantValue>().json);
  const auto add = [&rows](Value key, const JsonNode& value) {
    rows.elements.emplace_back(
        types::StructValue{{Value(static_cast<int64_t>(rows.elements.size())), std::move(key),
                            Value(types::VariantValue{value.ToText(true)})}});
  };
  for (const JsonNode& element : root.elements) add(Value(), element);
  for (const auto& [name, field] : root.fields) add(Value(name), field);
  return Value(std::move(rows));
}

ValueSignature BindExplode(ClientContext&, Arguments&) {
  return {.arguments = {DataType::Variant()},
          .result = DataType::Array(DataType::Struct({{"pos", DataType::Int()},
                                                      {"key", DataType::String()},
                                                      {"value", DataType::Variant()}}))};
}

template <Change kChange, bool kTolerant>
::duckdb::ScalarFunctionSet MakeChange(const char* name) {
  return MakeScalar(name, {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::VARCHAR},
                    LogicalType::VARCHAR,
                    RowFunction<WithValue<kChange, kTolerant>, string_t, string_t, string_t>);
}

const NativeFunction kVariantFunctions[] = {
    {"spark_variant_insert", ScalarFactory([] {
       return MakeChange<functions::InsertIntoVariant, false>("spark_variant_insert");
     })},
    {"spark_try_variant_insert", ScalarFactory([] {
       return MakeChange<functions::InsertIntoVariant, true>("spark_try_variant_insert");
     })},
    {"spark_variant_array_append", ScalarFactory([] {
       return MakeChange<functions::AppendToVariant, false>("spark_variant_array_append");
     })},
    {"spark_try_variant_array_append", ScalarFactory([] {
       return MakeChange<functions::AppendToVariant, true>("spark_try_variant_array_append");
     })},
    {"spark_variant_delete", ScalarFactory([] {
       return MakeScalar("spark_variant_delete", {LogicalType::VARCHAR, LogicalType::VARCHAR},
                         LogicalType::VARCHAR, RowFunction<Delete, string_t, string_t>);
     })},
    {"spark_variant_strip_nulls", ScalarFactory([] {
       return MakeScalar("spark_variant_strip_nulls", {LogicalType::VARCHAR, LogicalType::BOOLEAN},
                         LogicalType::VARCHAR, RowFunction<Strip, string_t, bool>);
     })},
    {"spark_variant_explode", ScalarFactory([] {
       return MakeValueFunction("spark_variant_explode", BindExplode, Explode);
     })},
};

}  // namespace

std::span<const NativeFunction> VariantFunctions() { return kVariantFunctions; }

}  // namespace lakesmith::engine
