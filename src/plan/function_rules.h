#pragma once

#include <string_view>
#include <vector>

#include "plan/function_registry.h"

namespace lakesmith::plan {

// Works out the result type (and the arguments' cast types) of a form whose signature ends in
// "@rule". `signature` comes with the types that the parameters ask for.
Status ApplyFunctionRule(std::string_view rule, const std::vector<ExpressionPtr>& arguments,
                         Signature& signature);

}  // namespace lakesmith::plan
