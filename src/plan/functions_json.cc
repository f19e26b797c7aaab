#include "plan/function_registry.h"

namespace lakesmith::plan::internal {

namespace {

// Those with a schema among their arguments get their result from analyze_schema_argument.cc.
constexpr FunctionRow kJsonRows[] = {
    {"from_json", "2.2.0", "(string!, any, [map<string,string>]) -> @schema", "@from_json"},
    {"from_csv", "3.0.0", "(string!, any, [map<string,string>]) -> @schema", "@from_csv"},
    {"to_json", "2.2.0",
     "(struct|map<any,any>|array<any>|variant!, [map<string,string>]) -> string", "@to_json"},
    {"to_csv", "3.0.0", "(struct, [map<string,string>]) -> string", "@to_csv"},
    {"schema_of_json", "2.4.0", "(string, [map<string,string>]) -> string", "@schema_of_json"},
    {"schema_of_csv", "3.0.0", "(string!, [map<string,string>]) -> string", "@schema_of_csv"},
    {"get_json_object", "1.5.0", "(string!, string!) -> string", "spark_get_json_object"},
    {"json_array_length", "3.1.0", "(string!) -> int", "spark_json_array_length"},
    {"json_object_keys", "3.1.0", "(string!) -> array<string>", "spark_json_object_keys"},
    {"parse_json", "4.0.0", "(string!) -> variant", "spark_parse_json"},
    {"try_parse_json", "4.0.0", "(string!) -> variant", "spark_try_parse_json"},
    {"variant_get", "4.0.0", "(variant, string, [string]) -> @variant_get", "@variant_get"},
    {"try_variant_get", "4.0.0", "(variant, string, [string]) -> @variant_get", "@try_variant_get"},
    {"variant_insert", "4.2.0", "(variant, string, any) -> variant", "@variant_change"},
    {"try_variant_insert", "4.2.0", "(variant, string, any) -> variant", "@variant_change"},
    {"variant_array_append", "4.2.0", "(variant, string, any) -> variant", "@variant_change"},
    {"try_variant_array_append", "4.2.0", "(variant, string, any) -> variant", "@variant_change"},
    {"variant_delete", "4.2.0", "(variant, string, string...) -> variant", "@variant_delete"},
    {"variant_strip_nulls", "4.2.0", "(variant, [boolean]) -> variant", "@variant_strip_nulls"},
    {"is_variant_null", "4.0.0", "(variant) -> boolean", "coalesce($1 = 'null', false)"},
    {"is_valid_variant", "4.1.0", "(variant) -> boolean", "json_valid($1)"},
    {"schema_of_variant", "4.0.0", "(variant) -> string", "spark_schema_of_variant"},
    {"to_variant_object", "4.0.0", "(array<any>!|map<K,V>!|struct!) -> variant", "@to_variant"},
};

}  // namespace

std::span<const FunctionRow> JsonFunctions() { return kJsonRows; }

}  // namespace lakesmith::plan::internal
