#include "plan/function_registry.h"

namespace lakesmith::plan::internal {

namespace {

// What operators on dates, times and intervals become. Names with two underscores are not for
// users.
constexpr FunctionRow kOperatorRows[] = {
    {"__date_difference", "", "(any, any) -> @operator", "(($1 - $2) * 86400000000)::BIGINT"},
    {"__timestamp_difference", "", "(any, any) -> @operator",
     "(epoch_us($1::TIMESTAMP) - epoch_us($2::TIMESTAMP))"},
    {"__time_difference", "", "(any, any) -> @operator", "(epoch_us($1) - epoch_us($2))"},
    {"__plus_interval", "", "(any, any) -> @operator", "@plus_interval"},
    {"__minus_interval", "", "(any, any) -> @operator", "@minus_interval"},
    {"__try_plus_interval", "", "(any, any) -> @operator", "@try_plus_interval"},
    {"__try_minus_interval", "", "(any, any) -> @operator", "@try_minus_interval"},
    {"__time_plus", "", "(any, any) -> @operator", "@time_plus"},
    {"__time_minus", "", "(any, any) -> @operator", "@time_minus"},
    {"__interval_add", "", "(any, any) -> @operator", "($1 + $2)"},
    {"__interval_subtract", "", "(any, any) -> @operator", "($1 - $2)"},
    {"__try_interval_add", "", "(any, any) -> @operator", "TRY($1 + $2)"},
    {"__try_interval_subtract", "", "(any, any) -> @operator", "TRY($1 - $2)"},
    {"__interval_multiply", "", "(any, any) -> @operator", "@interval_multiply"},
    {"__try_interval_multiply", "", "(any, any) -> @operator", "@try_interval_multiply"},
    {"__interval_divide", "", "(any, any) -> @operator", "@interval_divide"},
    {"__try_interval_divide", "", "(any, any) -> @operator", "@try_interval_divide"},
    {"__interval_div", "", "(any, any) -> @operator", "@interval_div"},
    {"__window", "", "(any, any, any, any) -> @operator", "@window"},
    {"__windows", "", "(any, any, any, any) -> @operator", "@windows"},
    {"__session_window", "", "(any, any) -> @operator", ""},
};

}  // namespace

std::span<const FunctionRow> OperatorFunctions() { return kOperatorRows; }

}  // namespace lakesmith::plan::internal
