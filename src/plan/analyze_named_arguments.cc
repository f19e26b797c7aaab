// Arguments by name: what they must be, and the built-in functions that take them.
#include <algorithm>

#include "base/nearest.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "sql/parse.h"

namespace lakesmith::plan {

namespace {

Error UnknownArgument(const ResolvedFunction& function, const std::string& name) {
  std::vector<std::string> names;
  names.reserve(function.parameters.size());
  for (const SqlFunctionParameter& parameter : function.parameters) names.push_back(parameter.name);
  const std::string near = Nearest(name, names);
  return SparkError("UNRECOGNIZED_PARAMETER_NAME", "4274K",
                    "Cannot invoke routine `{}` because the routine call included a named argument "
                    "reference for the argument named `{}`, but this routine does not include any "
                    "signature containing an argument with this name.{}",
                    function.name.back(), name,
                    near.empty() ? "" : fmt::format(" Did you mean `{}`?", near));
}

Error AssignedTwice(const ResolvedFunction& function, const std::string& name, bool by_position) {
  return SparkError(
      fmt::format("DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.{}",
                  by_position ? "BOTH_POSITIONAL_AND_NAMED" : "DOUBLE_NAMED_ARGUMENT_REFERENCE"),
      "4274K",
      "Call to routine `{}` is invalid because it includes multiple argument "
      "assignments to the same parameter name `{}`.",
      function.name.back(), name);
}

Error MissingArgument(const ResolvedFunction& function, const std::string& name) {
  return SparkError("REQUIRED_PARAMETER_NOT_FOUND", "4274K",
                    "Cannot invoke routine `{}` because the parameter named `{}` is required, but "
                    "the routine call did not supply a value.",
                    function.name.back(), name);
}

using Parameters = std::vector<SqlFunctionParameter>;

ResolvedFunction BuiltIn(const char* name, Parameters parameters) {
  ResolvedFunction function;
  function.name = {name};
  function.parameters = std::move(parameters);
  return function;
}

const std::vector<ResolvedFunction>& TakingNames() {
  static const Parameters kCollection = {{"collection", {}, std::nullopt}};
  static const Parameters kInput = {{"input", {}, std::nullopt}};
  static const auto* functions = new std::vector<ResolvedFunction>{
      BuiltIn("mask", {{"str", {}, std::nullopt},
                       {"upperChar", {}, "'X'"},
                       {"lowerChar", {}, "'x'"},
                       {"digitChar", {}, "'n'"},
                       {"otherChar", {}, "NULL"}}),
      BuiltIn("explode", kCollection),
      BuiltIn("explode_outer", kCollection),
      BuiltIn("posexplode", kCollection),
      BuiltIn("posexplode_outer", kCollection),
      BuiltIn("inline", kInput),
      BuiltIn("inline_outer", kInput),
      BuiltIn("variant_explode", kInput),
      BuiltIn("variant_explode_outer", kInput),
  };
  return *functions;
}

Error NoNamesTaken(const std::string& name) {
  return SparkError("NAMED_PARAMETERS_NOT_SUPPORTED", "4274K",
                    "Named parameters are not supported for function `{}`; please retry the query "
                    "with positional arguments to the function call instead.",
                    name);
}

bool HasNames(const sql::FunctionCall& call) {
  return std::ranges::any_of(call.arguments, [](const auto& each) { return !each.name.empty(); });
}

}  // namespace

const sql::FunctionArgument* ArgumentFor(const SqlFunctionParameter& parameter, size_t position,
                                         const std::vector<sql::FunctionArgument>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i].name;
    if (name.empty() ? i == position : SameName(name, parameter.name)) return &arguments[i];
  }
  return nullptr;
}

// Named arguments follow the others, and each names a parameter that has no value yet.
Status Analyzer::CheckArguments(const ResolvedFunction& function,
                                const std::vector<sql::FunctionArgument>& arguments) {
  std::vector<bool> assigned(function.parameters.size(), false);
  std::string named;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].name.empty()) {
      if (!named.empty()) {
        return SparkError("UNEXPECTED_POSITIONAL_ARGUMENT", "4274K",
                          "Cannot invoke routine `{}` because it contains positional argument(s) "
                          "following the named argument assigned to `{}`; rearrange them so the "
                          "positional arguments come first.",
                          function.name.back(), named);
      }
      if (i < assigned.size()) assigned[i] = true;
      continue;
    }
    const auto parameter = std::ranges::find_if(function.parameters, [&](const auto& each) {
      return SameName(each.name, arguments[i].name);
    });
    if (parameter == function.parameters.end()) return UnknownArgument(function, arguments[i].name);
    const auto index = static_cast<size_t>(parameter - function.parameters.begin());
    if (assigned[index])
      return AssignedTwice(function, parameter->name, arguments[index].name.empty());
    assigned[index] = true;
    named = parameter->name;
  }
  return {};
}

Result<std::optional<sql::FunctionCall>> Analyzer::ByPosition(const sql::FunctionCall& call,
                                                              const std::string& name) {
  if (!HasNames(call)) return std::optional<sql::FunctionCall>();
  const auto function = std::ranges::find_if(
      TakingNames(), [&](const auto& each) { return each.name.front() == name; });
  if (function == TakingNames().end()) return NoNamesTaken(name);
  TRY(CheckArguments(*function, call.arguments));
  sql::FunctionCall ordered = call;
  ordered.arguments.clear();
  for (size_t i = 0; i < function->parameters.size(); ++i) {
    const SqlFunctionParameter& parameter = function->parameters[i];
    if (const sql::FunctionArgument* given = ArgumentFor(parameter, i, call.arguments)) {
      ordered.arguments.push_back({"", given->value});
    } else if (parameter.default_text) {
      ordered.arguments.push_back({"", TRY(sql::ParseExpression(*parameter.default_text))});
    } else {
      return MissingArgument(*function, parameter.name);
    }
  }
  return std::optional(std::move(ordered));
}

}  // namespace lakesmith::plan
