// SHOW FUNCTIONS and DESCRIBE FUNCTION, answered from the function registry.
#include <utility>

#include "base/nearest.h"
#include "catalog/catalog.h"
#include "engine/statements/describe_internal.h"
#include "plan/function_registry.h"

namespace lakesmith::engine {
namespace {

using types::Value;

StatementResult Lines(const std::vector<std::string>& lines) {
  std::vector<Row> rows;
  for (const std::string& line : lines) rows.push_back({Value(line)});
  return RowsResult({TextColumn("function_desc")}, std::move(rows));
}

std::vector<std::string> SqlFunctionLines(const plan::ResolvedFunction& function, bool extended) {
  std::string parameters;
  for (const plan::SqlFunctionParameter& parameter : function.parameters) {
    parameters += fmt::format("{}{} {}", parameters.empty() ? "" : ", ", parameter.name,
                              parameter.type.Sql());
  }
  std::string name;
  for (const std::string& part : function.name) name += (name.empty() ? "" : ".") + part;
  std::vector<std::string> lines = {"Function: " + name,
                                    fmt::format("Type: {}", function.is_table ? "TABLE" : "SCALAR"),
                                    "Input: " + (parameters.empty() ? "()" : parameters)};
  if (function.is_table) {
    lines.push_back("Returns: " + types::DataType::Struct(function.returns_table).Sql());
  } else {
    lines.push_back("Returns: " +
                    (function.returns ? function.returns->Sql() : std::string("that of the body")));
  }
  if (extended) lines.push_back("Body: " + function.body);
  return lines;
}

}  // namespace

std::vector<std::string> BuiltinFunctionNames() { return plan::FunctionNames(); }

Result<StatementResult> DescribeFunction(StatementContext& context,
                                         const sql::Describe& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  const std::optional<plan::ResolvedFunction> stored = TRY(context.catalog.FindFunction(parts, {}));
  if (stored) return Lines(SqlFunctionLines(*stored, statement.extended));
  const std::vector<plan::Function>& forms = plan::FindFunctions(parts.back());
  if (forms.empty()) {
    const std::string nearest = Nearest(parts.back(), plan::FunctionNames());
    Error error = NotFound("The routine {} cannot be found.{}", catalog::QuoteParts(parts),
                           nearest.empty() ? "" : fmt::format(" Did you mean `{}`?", nearest))
                      .WithClass("UNRESOLVED_ROUTINE", "42883");
    return std::move(error).At(context.PlaceOf(statement.name.range));
  }
  std::vector<std::string> lines = {fmt::format("Function: {}", forms.front().name)};
  for (const plan::Function& form : forms)
    lines.push_back(fmt::format("Usage: {}{}", form.name, form.signature));
  if (statement.extended && !forms.front().since.empty())
    lines.push_back(fmt::format("Since: {}", forms.front().since));
  return Lines(lines);
}

}  // namespace lakesmith::engine
