#include "plan/function_registry.h"

namespace lakesmith::plan::internal {

namespace {

constexpr auto kAggregate = FunctionKind::kAggregate;
constexpr auto kWindow = FunctionKind::kWindow;
constexpr auto kGenerator = FunctionKind::kGenerator;

// In templates of aggregates the emitter adds DISTINCT, ORDER BY and FILTER to each call that holds
// `$~`.
constexpr FunctionRow kAggregates[] = {
    {"any_value", "3.4.0", "(any, [boolean!#]) -> $1", "@first", kAggregate},
    {"first", "2.0.0", "(any, [boolean!#]) -> $1", "@first", kAggregate},
    {"first_value", "2.0.0", "=first", "", kAggregate},
    {"last", "2.0.0", "(any, [boolean!#]) -> $1", "@last", kAggregate},
    {"last_value", "2.0.0", "=last", "", kAggregate},
    {"approx_count_distinct", "1.6.0", "(any, [double#]) -> bigint", "@approx_count_distinct",
     kAggregate},
    {"approx_percentile", "2.1.0", "(any, any#, [integral!#]) -> @percentile_approx",
     "@percentile_approx", kAggregate},
    {"percentile_approx", "2.1.0", "=approx_percentile", "", kAggregate},
    {"array_agg", "3.3.0", "(any) -> @collect", "@collect_list", kAggregate},
    {"collect_list", "2.0.0", "=array_agg", "", kAggregate},
    {"collect_set", "2.0.0", "(any) -> @collect", "@collect_set", kAggregate},
    {"avg", "1.0.0", "(numeric|intervals|timestamp) -> @avg", "@avg", kAggregate},
    {"mean", "1.0.0", "=avg", "", kAggregate},
    {"try_avg", "3.3.0", "(numeric|intervals|timestamp) -> @avg", "@try_avg", kAggregate},
    {"sum", "1.0.0", "(numeric|intervals|timestamp) -> @sum", "@sum", kAggregate},
    {"try_sum", "3.3.0", "(numeric|intervals|timestamp) -> @sum", "@try_sum", kAggregate},
    {"bit_and", "3.0.0", "(integral!) -> $1", "bit_and($~$1)", kAggregate},
    {"bit_or", "3.0.0", "(integral!) -> $1", "bit_or($~$1)", kAggregate},
    {"bit_xor", "3.0.0", "(integral!) -> $1", "bit_xor($~$1)", kAggregate},
    {"bool_and", "3.0.0", "(boolean) -> boolean", "bool_and($~$1)", kAggregate},
    {"every", "3.0.0", "=bool_and", "", kAggregate},
    {"bool_or", "3.0.0", "(boolean) -> boolean", "bool_or($~$1)", kAggregate},
    {"any", "3.0.0", "=bool_or", "", kAggregate},
    {"some", "3.0.0", "=bool_or", "", kAggregate},
    {"corr", "1.6.0", "(double, double) -> double", "spark_corr($~$1, $2)", kAggregate},
    {"count", "1.0.0", "(any, any...) -> bigint", "@count", kAggregate},
    {"count_if", "3.0.0", "(boolean) -> bigint", "@count_if", kAggregate},
    {"covar_pop", "2.0.0", "(double, double) -> double", "spark_covar_pop($~$1, $2)", kAggregate},
    {"covar_samp", "2.0.0", "(double, double) -> double", "spark_covar_samp($~$1, $2)", kAggregate},
    {"grouping", "2.0.0", "(any) -> tinyint", "@grouping", kAggregate},
    {"grouping_id", "2.0.0", "(any...) -> bigint", "@grouping", kAggregate},
    {"histogram_numeric", "3.3.0", "(numeric, int) -> @histogram", "@histogram_numeric",
     kAggregate},
    {"kurtosis", "1.6.0", "(double) -> double", "spark_kurtosis($~$1)", kAggregate},
    {"skewness", "1.6.0", "(double) -> double", "spark_skewness($~$1)", kAggregate},
    {"listagg", "4.0.0", "(string|binary, [string|binary]) -> $1", "@listagg", kAggregate},
    {"string_agg", "4.0.0", "=listagg", "", kAggregate},
    {"max", "1.0.0", "(orderable) -> $1", "max($~$1)", kAggregate},
    {"min", "1.0.0", "(orderable) -> $1", "min($~$1)", kAggregate},
    {"max_by", "3.0.0", "(any, orderable) -> $1", "arg_max_null($~$1, $2)", kAggregate},
    {"max_by", "4.2.0", "(T, orderable, int) -> array<T>", "arg_max($~$1, $2, $3)", kAggregate},
    {"min_by", "4.2.0", "(T, orderable, int) -> array<T>", "arg_min($~$1, $2, $3)", kAggregate},
    {"min_by", "3.0.0", "(any, orderable) -> $1", "arg_min_null($~$1, $2)", kAggregate},
    {"median", "3.4.0", "(numeric) -> double", "median($~($1)::DOUBLE)", kAggregate},
    {"median", "3.4.0", "(intervals) -> @avg", "trunc(median($~($1)::DOUBLE))::$R", kAggregate},
    {"mode", "3.4.0", "(any, [boolean!]) -> $1", "@mode", kAggregate},
    {"percentile", "2.1.0", "(numeric|intervals, any, [bigint]) -> @percentile", "@percentile",
     kAggregate},
    {"percentile_cont", "4.0.0", "(numeric|intervals, any) -> @percentile", "@percentile",
     kAggregate},
    {"percentile_disc", "4.0.0", "(numeric|intervals, any) -> @percentile", "@percentile_disc",
     kAggregate},
    {"regr_avgx", "3.3.0", "(numeric, numeric) -> @regr_avgx", "@regr_avgx", kAggregate},
    {"regr_avgy", "3.3.0", "(numeric, numeric) -> @avg", "@regr_avgy", kAggregate},
    {"regr_count", "3.3.0", "(numeric, numeric) -> bigint", "@regr_count", kAggregate},
    {"regr_intercept", "3.4.0", "(double, double) -> double", "spark_regr_intercept($~$1, $2)",
     kAggregate},
    {"regr_r2", "3.3.0", "(double, double) -> double", "spark_regr_r2($~$1, $2)", kAggregate},
    {"regr_slope", "3.4.0", "(double, double) -> double", "spark_regr_slope($~$1, $2)", kAggregate},
    {"regr_sxx", "3.4.0", "(double, double) -> double", "@regr_sxx", kAggregate},
    {"regr_sxy", "3.4.0", "(double, double) -> double", "spark_regr_sxy($~$1, $2)", kAggregate},
    {"regr_syy", "3.4.0", "(double, double) -> double", "@regr_syy", kAggregate},
    {"std", "1.6.0", "(double) -> double", "spark_stddev_samp($~$1)", kAggregate},
    {"stddev", "1.6.0", "=std", "", kAggregate},
    {"stddev_samp", "1.6.0", "=std", "", kAggregate},
    {"stddev_pop", "1.6.0", "(double) -> double", "spark_stddev_pop($~$1)", kAggregate},
    {"var_pop", "1.6.0", "(double) -> double", "spark_var_pop($~$1)", kAggregate},
    {"var_samp", "1.6.0", "(double) -> double", "spark_var_samp($~$1)", kAggregate},
    {"variance", "1.6.0", "=var_samp", "", kAggregate},
    {"bitmap_construct_agg", "3.5.0", "(bigint) -> binary", "spark_bitmap_construct(list($~$1))",
     kAggregate},
    {"bitmap_or_agg", "3.5.0", "(binary) -> binary", "spark_bitmap_or(list($~$1))", kAggregate},
    {"bitmap_and_agg", "4.1.0", "(binary) -> binary", "spark_bitmap_and(list($~$1))", kAggregate},
    {"count_min_sketch", "2.2.0", "(any, double, double, int) -> binary",
     "spark_count_min_sketch(list($~$1), $2, $3, $4)", kAggregate},
    {"approx_top_k", "4.1.0", "(any, [int], [int]) -> @approx_top_k", "@approx_top_k", kAggregate},
    {"vector_sum", "4.2.0", "(array<float>) -> array<float>", "spark_vector_sum(list($~$1))",
     kAggregate},
    {"vector_avg", "4.2.0", "(array<float>) -> array<float>", "spark_vector_avg(list($~$1))",
     kAggregate},
};

constexpr FunctionRow kWindows[] = {
    {"cume_dist", "2.0.0", "() -> double", "cume_dist()", kWindow},
    {"dense_rank", "2.0.0", "(any...) -> int", "@window_int", kWindow},
    {"rank", "2.0.0", "(any...) -> int", "@window_int", kWindow},
    {"row_number", "2.0.0", "() -> int", "@window_int", kWindow},
    {"ntile", "2.0.0", "([int!]) -> int", "@ntile", kWindow},
    {"percent_rank", "2.0.0", "(any...) -> double", "percent_rank()", kWindow},
    {"lag", "2.0.0", "(any, [int], [any]) -> @lag", "@lag", kWindow},
    {"lead", "2.0.0", "(any, [int], [any]) -> @lag", "@lag", kWindow},
    {"nth_value", "3.1.0", "(any, int#, [boolean#]) -> $1", "@nth_value", kWindow},
};

// Columns of generators are worked out in analyze_generator.cc.
constexpr FunctionRow kGenerators[] = {
    {"explode", "1.0.0", "(any) -> @generator", "@explode", kGenerator},
    {"explode_outer", "1.0.0", "(any) -> @generator", "@explode", kGenerator},
    {"posexplode", "2.0.0", "(any) -> @generator", "@posexplode", kGenerator},
    {"posexplode_outer", "2.0.0", "(any) -> @generator", "@posexplode", kGenerator},
    {"inline", "2.0.0", "(any) -> @generator", "@inline", kGenerator},
    {"inline_outer", "2.0.0", "(any) -> @generator", "@inline", kGenerator},
    {"stack", "2.0.0", "(int, any...) -> @generator", "@stack", kGenerator},
    {"json_tuple", "1.6.0", "(string, string...) -> @generator", "@json_tuple", kGenerator},
    {"variant_explode", "4.0.0", "(any) -> @generator", "@variant_explode", kGenerator},
    {"variant_explode_outer", "4.0.0", "(any) -> @generator", "@variant_explode", kGenerator},
};

// Known by Spark, so that their absence here is said plainly.
constexpr FunctionRow kUnsupported[] = {
    {"from_xml", "4.0.0", "(any...) -> void", ""},
    {"to_xml", "4.0.0", "(any...) -> void", ""},
    {"schema_of_xml", "4.0.0", "(any...) -> void", ""},
    {"from_avro", "4.0.0", "(any...) -> void", ""},
    {"to_avro", "4.0.0", "(any...) -> void", ""},
    {"from_protobuf", "4.0.0", "(any...) -> void", ""},
    {"to_protobuf", "4.0.0", "(any...) -> void", ""},
    {"java_method", "2.0.0", "(any...) -> void", ""},
    {"reflect", "2.0.0", "(any...) -> void", ""},
    {"try_reflect", "4.0.0", "(any...) -> void", ""},
    {"xpath", "2.0.0", "(any...) -> void", ""},
    {"xpath_boolean", "2.0.0", "(any...) -> void", ""},
    {"xpath_double", "2.0.0", "(any...) -> void", ""},
    {"xpath_number", "2.0.0", "(any...) -> void", ""},
    {"xpath_float", "2.0.0", "(any...) -> void", ""},
    {"xpath_int", "2.0.0", "(any...) -> void", ""},
    {"xpath_long", "2.0.0", "(any...) -> void", ""},
    {"xpath_short", "2.0.0", "(any...) -> void", ""},
    {"xpath_string", "2.0.0", "(any...) -> void", ""},
    {"hll_sketch_agg", "3.5.0", "(any...) -> void", ""},
    {"hll_union_agg", "3.5.0", "(any...) -> void", ""},
    {"hll_sketch_estimate", "3.5.0", "(any...) -> void", ""},
    {"hll_union", "3.5.0", "(any...) -> void", ""},
    {"approx_top_k_accumulate", "4.1.0", "(any...) -> void", ""},
    {"approx_top_k_combine", "4.1.0", "(any...) -> void", ""},
    {"approx_top_k_estimate", "4.1.0", "(any...) -> void", ""},
};

}  // namespace

std::span<const FunctionRow> AggregateFunctions() { return kAggregates; }
std::span<const FunctionRow> WindowFunctions() { return kWindows; }
std::span<const FunctionRow> GeneratorFunctions() { return kGenerators; }
std::span<const FunctionRow> UnsupportedFunctions() { return kUnsupported; }

}  // namespace lakesmith::plan::internal
