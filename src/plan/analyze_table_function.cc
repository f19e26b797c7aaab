// Functions in FROM: range, generators, those of SQL, and what the catalog knows.
#include "base/ascii.h"
#include "base/nearest.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "sql/parse.h"

namespace lakesmith::plan {

using types::DataType;

namespace {

bool IsGenerator(const std::string& name) {
  const auto& forms = FindFunctions(name);
  return !forms.empty() && forms.front().kind == FunctionKind::kGenerator;
}

Planned OneRow() { return {std::make_shared<OneRowRelation>(), {}}; }

}  // namespace

Result<Planned> Analyzer::PlanTableFunction(const sql::TableFunctionRelation& call,
                                            const Scope* outer) {
  const std::vector<std::string> parts = TRY(NameParts(call.name));
  const std::string name = Lower(parts.back());
  if (parts.size() == 1 && name == "range") return PlanRange(call, outer);
  if (parts.size() == 1 && IsGenerator(name)) {
    sql::FunctionCall as_call;
    as_call.name = call.name;
    as_call.arguments = call.arguments;
    as_call.range = call.range;
    Scope scope;
    scope.outer = outer;
    ExpressionPtr generator = TRY(Resolve(as_call, scope));
    return Generate(OneRow(), TRY(MakeGenerator(generator)), false);
  }
  const auto function = TRY(catalog_.FindFunction(parts, names_));
  if (function && function->temporary) NoteTemporary("FUNCTION", parts);
  if (function && function->is_table) return PlanSqlTableFunction(*function, call, outer);
  if (function) {
    return SparkError(
        "NOT_A_TABLE_FUNCTION", "42887",
        "{} appears as a table function here, but the function was defined as a scalar function. "
        "Move the function call outside the FROM clause.",
        DottedName(function->name));
  }
  TableFunctionRequest request;
  request.name = parts;
  request.stream = call.stream;
  if (!text_.empty()) request.location = sql::LocationOf(text_, call.range.begin);
  bool constant = true;
  for (const sql::FunctionArgument& argument : call.arguments) {
    Scope scope;
    scope.outer = outer;
    ExpressionPtr value = TRY(Resolve(*argument.value, scope));
    value = TRY(Folded(std::move(value)));
    while (value->kind == ExpressionKind::kCast) value = value->children.front();
    constant = constant && value->kind == ExpressionKind::kLiteral;
    if (argument.name.empty()) {
      request.arguments.push_back({value->value, value->type});
    } else {
      request.named_arguments[Lower(argument.name)] = {value->value, value->type};
    }
  }
  if (constant) {
    const auto found = TRY(catalog_.FindTableFunction(request));
    if (found) {
      if (const auto* view = std::get_if<ResolvedView>(&*found)) return PlanView(*view);
      return PlanScan(std::get<ResolvedTable>(*found));
    }
  }
  const std::vector<std::string> known = {"range",  "explode", "posexplode",
                                          "inline", "stack",   "read_files"};
  const std::string near = Nearest(name, known);
  return SparkError("UNRESOLVABLE_TABLE_VALUED_FUNCTION", "42883",
                    "Could not resolve {} to a table-valued function.{}", call.name.ToString(),
                    near.empty() ? "" : fmt::format(" Did you mean `{}`?", near));
}

Result<Planned> Analyzer::PlanRange(const sql::TableFunctionRelation& call, const Scope* outer) {
  Scope scope;
  scope.outer = outer;
  std::vector<ExpressionPtr> arguments;
  for (const sql::FunctionArgument& argument : call.arguments) {
    ExpressionPtr value = TRY(Resolve(*argument.value, scope));
    const bool fits = value->type.IsNumeric() || value->type.IsString();
    if (!fits || arguments.size() == 4) {
      return SparkError(
          "FAILED_FUNCTION_CALL", "38000",
          "Failed preparing of the function `range` for call: the argument \"{}\" does not "
          "fit.",
          PrettyName(*value));
    }
    if (outer != nullptr && !outer->is_function && RefersTo(*value, outer)) {
      return SparkError("NON_FOLDABLE_ARGUMENT", "42K08",
                        "The function `range` requires the parameter to be a foldable expression "
                        "of the type \"BIGINT\", but the actual argument is a non-foldable.");
    }
    arguments.push_back(MakeCast(std::move(value), DataType::Long(), true));
  }
  if (arguments.empty()) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                      "The `range` requires [1, 2, 3, 4] parameters but the actual number is 0.");
  }
  auto range = std::make_shared<RangeRelation>();
  range->start = MakeLiteral(types::Value(int64_t{0}), DataType::Long());
  range->step = MakeLiteral(types::Value(int64_t{1}), DataType::Long());
  range->end = arguments[arguments.size() == 1 ? 0 : 1];
  if (arguments.size() > 1) range->start = arguments[0];
  if (arguments.size() > 2) range->step = arguments[2];
  const ExpressionPtr step = TRY(Folded(range->step));
  const bool still = step->kind == ExpressionKind::kLiteral && !step->value.is_null() &&
                     step->value.as<int64_t>() == 0;
  if (still) {
    return SparkError("FAILED_FUNCTION_CALL", "38000",
                      "Failed preparing of the function `range` for call: the step cannot be 0.");
  }
  range->output.push_back(NewColumn("id", DataType::Long(), false));
  std::vector<OutputColumn> columns = range->output;
  return Planned{std::move(range), std::move(columns)};
}

}  // namespace lakesmith::plan
