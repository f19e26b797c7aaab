#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "plan/expression.h"
#include "sql/ast_function.h"

namespace lakesmith::plan {

// Constants that some functions want to be of some length, sign or form: the escape of like(), the
// letters of mask(), options.
Status CheckConstants(const std::string& name, const std::vector<ExpressionPtr>& arguments);

// Options of from_json and its like are a map of texts.
Status CheckOptions(const Expression& options);

// What Spark refuses of mode, percentile_cont and percentile_disc. `arguments` counts those in the
// parentheses.
Status CheckWithinGroup(const sql::FunctionCall& call, const std::string& name, size_t arguments);

// A percentage, or each of an array, is a constant from 0 to 1.
Status CheckPercentage(const std::string& name, const Expression& percentage);

}  // namespace lakesmith::plan
