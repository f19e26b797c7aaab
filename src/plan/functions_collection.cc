#include "plan/function_registry.h"

namespace lakesmith::plan::internal {

namespace {

// Higher-order functions have their signatures in analyze_lambda.cc; their rows say how they are
// emitted.
constexpr FunctionRow kCollectionRows[] = {
    {"array", "1.1.0", "(any...) -> @array", "@array"},
    {"array_append", "3.4.0", "(array<T>!, T) -> array<T>",
     "CASE WHEN $1 IS NOT NULL THEN list_append($1, $2) END"},
    {"array_prepend", "3.5.0", "(array<T>!, T) -> array<T>",
     "CASE WHEN $1 IS NOT NULL THEN list_prepend($2, $1) END"},
    {"array_compact", "3.4.0", "(array<T>) -> array<T>",
     "list_filter($1, lambda compacted: compacted IS NOT NULL)"},
    {"array_contains", "1.5.0", "(array<W>!, W) -> boolean",
     "CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN list_contains($1, $2) THEN true WHEN "
     "len($1) > list_count($1) THEN NULL ELSE false END"},
    {"array_distinct", "2.4.0", "(array<T>) -> array<T>", "spark_array_distinct"},
    {"array_except", "2.4.0", "(array<T>!, array<T>!) -> array<T>", "spark_array_except"},
    {"array_insert", "3.4.0", "(array<T>, int, T) -> array<T>", "@array_insert"},
    {"array_intersect", "2.4.0", "(array<T>!, array<T>!) -> array<T>", "spark_array_intersect"},
    {"array_join", "2.4.0", "(array<string>, string!, [string]) -> string", "spark_array_join"},
    {"array_max", "2.4.0", "(array<T>) -> T", "list_max($1)"},
    {"array_min", "2.4.0", "(array<T>) -> T", "list_min($1)"},
    {"array_position", "2.4.0", "(array<T>!, T) -> bigint",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN coalesce(list_position($1, $2), 0)::BIGINT "
     "END"},
    {"array_remove", "2.4.0", "(array<T>!, T) -> array<T>",
     "CASE WHEN $2 IS NOT NULL THEN list_filter($1, lambda removed: removed IS DISTINCT FROM $2) "
     "END"},
    {"array_repeat", "2.4.0", "(any, int) -> @array_repeat",
     "CASE WHEN $2 > 2147483632 THEN error('[COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER:54000] "
     "array_repeat makes no array of more than 2147483632 elements.') WHEN $2 IS NOT NULL THEN "
     "list_transform(range(greatest($2, 0)), lambda repeated: $1) END"},
    {"array_size", "3.3.0", "(array<T>) -> int", "len($1)::INTEGER"},
    {"array_sort", "2.4.0", "(array<T>!) -> array<T>", "list_sort($1, 'ASC', 'NULLS LAST')"},
    {"array_union", "2.4.0", "(array<T>!, array<T>!) -> array<T>",
     "spark_array_distinct(($1) || ($2))"},
    {"arrays_overlap", "2.4.0", "(array<T>!, array<T>!) -> boolean",
     "CASE WHEN list_has_any($1, $2) THEN true WHEN len($1) > 0 AND len($2) > 0 AND (len($1) > "
     "list_count($1) OR len($2) > list_count($2)) THEN NULL WHEN $1 IS NULL OR $2 IS NULL THEN "
     "NULL "
     "ELSE false END"},
    {"arrays_zip", "2.4.0", "(array<any>, array<any>...) -> @arrays_zip", "@arrays_zip"},
    {"cardinality", "2.4.0", "(any) -> @size", "@size"},
    {"size", "1.5.0", "=cardinality", ""},
    {"element_at", "2.4.0", "(any, any) -> @element_at", "@element_at"},
    {"try_element_at", "3.5.0", "(any, any) -> @element_at", "@try_element_at"},
    {"flatten", "2.4.0", "(array<array<T>>!) -> array<T>",
     "CASE WHEN len($1) = list_count($1) THEN flatten($1) END"},
    {"get", "3.4.0", "(array<T>!, int) -> T", "CASE WHEN $2 >= 0 THEN ($1)[$2::BIGINT + 1] END"},
    {"sequence", "2.4.0", "(any, any, [any]) -> @sequence", "@sequence"},
    {"shuffle", "2.4.0", "(array<T>, [bigint]) -> array<T>", "spark_shuffle($*)",
     FunctionKind::kScalar, true},
    {"slice", "2.4.0", "(array<T>, int, int) -> array<T>", "@slice"},
    {"sort_array", "1.5.0", "(array<T>, [boolean#]) -> array<T>", "@sort_array"},
    {"reverse", "1.5.0", "(string) -> string", "reverse"},
    {"reverse", "1.5.0", "(binary) -> binary",
     "unhex(array_to_string(list_reverse(regexp_extract_all(hex($1), '..')), ''))"},
    {"reverse", "2.4.0", "(array<T>) -> array<T>", "list_reverse($1)"},

    {"map", "2.0.0", "(any...) -> @map", "@map"},
    {"map_concat", "2.4.0", "(map<K,V>!, map<K,V>!...) -> map<K,V>", "@map_concat"},
    {"map_contains_key", "3.3.0", "(map<K,V>!, K) -> boolean",
     "CASE WHEN $2 IS NOT NULL THEN list_contains(map_keys($1), $2) END"},
    {"map_entries", "2.4.0", "(map<K,V>) -> @map_entries", "map_entries($1)"},
    {"map_from_arrays", "2.4.0", "(array<K>, array<V>) -> map<K,V>", "@map_from_arrays"},
    {"map_from_entries", "2.4.0", "(array<any>) -> @map_from_entries", "@map_from_entries"},
    {"map_keys", "2.0.0", "(map<K,V>) -> array<K>", "map_keys($1)"},
    {"map_values", "2.0.0", "(map<K,V>) -> array<V>", "map_values($1)"},
    {"str_to_map", "2.0.1", "(string!, [string!], [string!]) -> map<string,string>", "@str_to_map"},
    {"struct", "1.4.0", "(any...) -> @struct", "@struct"},
    {"named_struct", "1.5.0", "(any...) -> @named_struct", "@named_struct"},

    {"transform", "2.4.0", "(any, any) -> @lambda", "@transform"},
    {"filter", "2.4.0", "(any, any) -> @lambda", "@filter"},
    {"exists", "2.4.0", "(any, any) -> @lambda", "@exists"},
    {"any_match", "4.1.0", "=exists", ""},
    {"forall", "3.0.0", "(any, any) -> @lambda", "@forall"},
    {"aggregate", "2.4.0", "(any, any, any, [any]) -> @lambda", "@aggregate"},
    {"reduce", "3.4.0", "=aggregate", ""},
    {"zip_with", "2.4.0", "(any, any, any) -> @lambda", "@zip_with"},
    {"map_filter", "3.0.0", "(any, any) -> @lambda", "@map_filter"},
    {"map_zip_with", "3.0.0", "(any, any, any) -> @lambda", "@map_zip_with"},
    {"transform_keys", "3.0.0", "(any, any) -> @lambda", "@transform_keys"},
    {"transform_values", "3.0.0", "(any, any) -> @lambda", "@transform_values"},
    {"__array_sort_by", "2.4.0", "(any, any) -> @lambda", "@array_sort_by"},

    {"[]", "1.0.0", "(any, any) -> @subscript", "@subscript"},
    {"vector_cosine_similarity", "4.2.0", "(any, any) -> @vector_number",
     "CASE WHEN len($1) <> len($2) THEN error('[VECTOR_DIMENSION_MISMATCH] Vectors passed to "
     "`vector_cosine_similarity` must have the same dimension. SQLSTATE: 22000') WHEN len($1) = 0 "
     "THEN "
     "NULL ELSE list_cosine_similarity($1, $2) END"},
    {"vector_inner_product", "4.2.0", "(any, any) -> @vector_number",
     "CASE WHEN len($1) <> len($2) THEN error('[VECTOR_DIMENSION_MISMATCH] Vectors passed to "
     "`vector_inner_product` must have the same dimension. SQLSTATE: 22000') WHEN len($1) = 0 THEN "
     "0::FLOAT ELSE list_inner_product($1, $2) END"},
    {"vector_l2_distance", "4.2.0", "(any, any) -> @vector_number",
     "CASE WHEN len($1) <> len($2) THEN error('[VECTOR_DIMENSION_MISMATCH] Vectors passed to "
     "`vector_l2_distance` must have the same dimension. SQLSTATE: 22000') WHEN len($1) = 0 THEN "
     "0::FLOAT ELSE list_distance($1, $2) END"},
    {"vector_norm", "4.2.0", "(any, [any]) -> @vector_number", "@vector_norm"},
    {"vector_normalize", "4.2.0", "(any, [any]) -> @vector", "@vector_normalize"},
};

}  // namespace

std::span<const FunctionRow> CollectionFunctions() { return kCollectionRows; }

}  // namespace lakesmith::plan::internal
