#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakesmith::plan {

// "name(arguments)" as Spark shows a call in a column name: some functions are shown by another
// name, or with the arguments that were left out.
std::string CallName(std::string_view name, std::string_view quantifier,
                     std::vector<std::string> arguments);

}  // namespace lakesmith::plan
