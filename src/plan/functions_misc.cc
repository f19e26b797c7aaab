#include "plan/function_registry.h"

namespace lakesmith::plan::internal {

namespace {

constexpr FunctionRow kMiscRows[] = {
    {"and", "1.0.0", "(boolean, boolean) -> boolean", "@and"},
    {"or", "1.0.0", "(boolean, boolean) -> boolean", "@or"},
    {"not", "1.0.0", "(boolean) -> boolean", "(NOT $1)"},
    {"!", "1.0.0", "=not", ""},
    {"=", "1.0.0", "(any, any) -> @compare", "($1 = $2)"},
    {"==", "1.0.0", "==", ""},
    {"<=>", "1.1.0", "(any, any) -> @compare", "($1 IS NOT DISTINCT FROM $2)"},
    {"equal_null", "3.4.0", "=<=>", ""},
    {"!=", "1.0.0", "(any, any) -> @compare", "($1 <> $2)"},
    {"<>", "1.0.0", "=!=", ""},
    {"<", "1.0.0", "(any, any) -> @compare", "($1 < $2)"},
    {"<=", "1.0.0", "(any, any) -> @compare", "($1 <= $2)"},
    {">", "1.0.0", "(any, any) -> @compare", "($1 > $2)"},
    {">=", "1.0.0", "(any, any) -> @compare", "($1 >= $2)"},
    {"in", "1.0.0", "(any, any...) -> @in", "@in"},
    {"between", "1.0.0", "(any, any, any) -> @compare", "($1 BETWEEN $2 AND $3)"},
    {"isnull", "1.0.0", "(any) -> boolean", "($1 IS NULL)"},
    {"isnotnull", "1.0.0", "(any) -> boolean", "($1 IS NOT NULL)"},
    {"istrue", "3.0.0", "(boolean) -> boolean", "($1 IS TRUE)"},
    {"isfalse", "3.0.0", "(boolean) -> boolean", "($1 IS FALSE)"},
    {"coalesce", "1.0.0", "(any, any...) -> @common", "coalesce"},
    {"ifnull", "2.0.0", "(any, any) -> @common", "coalesce"},
    {"nvl", "2.0.0", "(any, any) -> @common", "coalesce"},
    {"nvl2", "2.0.0", "(any, any, any) -> @nvl2", "CASE WHEN $1 IS NOT NULL THEN $2 ELSE $3 END"},
    {"nullif", "2.0.0", "(any, any) -> @nullif", "@nullif"},
    {"nullifzero", "4.0.0", "(numeric) -> $1", "nullif($1, 0::$T1)"},
    {"zeroifnull", "4.0.0", "(numeric) -> @zeroifnull", "coalesce($1, 0::$R)"},
    {"if", "1.0.0", "(boolean, any, any) -> @if", "CASE WHEN $1 THEN $2 ELSE $3 END"},
    {"iff", "3.0.0", "=if", ""},
    {"assert_true", "2.0.0", "(boolean!, [any]) -> void", "@assert_true"},
    {"raise_error", "3.1.0", "(string, [any]) -> void", "@raise_error"},
    {"typeof", "3.0.0", "(any) -> string", "@typeof"},
    {"current_catalog", "3.1.0", "() -> string", "@session"},
    {"current_database", "1.6.0", "() -> string", "@session"},
    {"current_schema", "3.4.0", "() -> string", "@session"},
    {"current_path", "4.2.0", "() -> string", "@session"},
    {"current_user", "3.2.0", "() -> string", "@session"},
    {"user", "3.4.0", "() -> string", "@session"},
    {"session_user", "4.0.0", "() -> string", "@session"},
    {"version", "3.0.0", "() -> string", "@session"},
    {"secret", "3.4.0", "(string, string) -> string", "@session"},
    {"try_secret", "3.4.0", "(string, string) -> string", "@session"},
    {"uuid", "2.3.0", "([bigint]) -> string", "uuid()::VARCHAR", FunctionKind::kScalar, true},
    {"monotonically_increasing_id", "1.4.0", "() -> bigint", "@monotonic", FunctionKind::kScalar,
     true},
    {"spark_partition_id", "1.4.0", "() -> int", "0::INTEGER"},
    {"input_file_name", "1.5.0", "() -> string", "''"},
    {"input_file_block_start", "2.2.0", "() -> bigint", "(-1)::BIGINT"},
    {"input_file_block_length", "2.2.0", "() -> bigint", "(-1)::BIGINT"},
    {"bitmap_bit_position", "3.5.0", "(bigint) -> bigint",
     "CASE WHEN $1 > 0 THEN ($1 - 1) % 32768 ELSE (-$1) % 32768 END"},
    {"bitmap_bucket_number", "3.5.0", "(bigint) -> bigint",
     "CASE WHEN $1 > 0 THEN 1 + ($1 - 1) // 32768 ELSE $1 // 32768 END"},
    {"bitmap_count", "3.5.0", "(binary) -> bigint", "spark_bitmap_count"},
};

}  // namespace

std::span<const FunctionRow> MiscFunctions() { return kMiscRows; }

}  // namespace lakesmith::plan::internal
