#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "plan/function_rules.h"

namespace lakesmith::plan {

using Arguments = std::vector<ExpressionPtr>;
using Rule = Status (*)(const Arguments&, Signature&);
using RuleTable = std::map<std::string_view, Rule>;  // By the name of the rule, "@sum".

const RuleTable& AggregateRules();
const RuleTable& NestedRules();

}  // namespace lakesmith::plan
