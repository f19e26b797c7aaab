// Functions written in SQL: calls of them, and what CREATE FUNCTION checks.
#include <algorithm>
#include <set>

#include "base/stack_space.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/visit.h"
#include "sql/parse.h"

namespace lakesmith::plan {

using types::DataType;

// The argument of parameter `position`, else its default value; null when there is neither.
Result<ExpressionPtr> Analyzer::ParameterValue(const ResolvedFunction& function, size_t position,
                                               const std::vector<sql::FunctionArgument>& arguments,
                                               const Scope& scope) {
  const SqlFunctionParameter& parameter = function.parameters[position];
  if (const sql::FunctionArgument* given = ArgumentFor(parameter, position, arguments)) {
    return Resolve(*given->value, scope);
  }
  if (!parameter.default_text) return ExpressionPtr();
  return Resolve(*TRY(sql::ParseExpression(*parameter.default_text)), Scope{});
}

namespace {

Error WrongArgumentCount(const ResolvedFunction& function, size_t given) {
  return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                    "The {} requires {} parameters but the actual number is {}.",
                    DottedName(function.name), function.parameters.size(), given);
}

// Parameters have different names, and those with defaults come last.
Status CheckParameters(const ResolvedFunction& function) {
  std::set<std::string> names;
  const SqlFunctionParameter* with_default = nullptr;
  for (const SqlFunctionParameter& parameter : function.parameters) {
    if (!names.insert(Lower(parameter.name)).second) {
      return SparkError("DUPLICATE_ROUTINE_PARAMETER_NAMES", "42734",
                        "Found duplicate name(s) in the parameter list of the user-defined routine "
                        "{}: `{}`.",
                        function.name.back(), parameter.name);
    }
    if (parameter.default_text) {
      with_default = &parameter;
    } else if (with_default != nullptr) {
      return SparkError("USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION", "42601",
                        "User defined function is invalid: In routine `{}` parameter `{}` with "
                        "DEFAULT must not be followed by parameter `{}` without DEFAULT.",
                        function.name.back(), with_default->name, parameter.name);
    }
  }
  return {};
}

}  // namespace

// The arguments of a call as columns named as the parameters, which `visible` gets.
Result<std::vector<NamedExpression>> Analyzer::BindParameters(
    const ResolvedFunction& function, const std::vector<sql::FunctionArgument>& arguments,
    const Scope& scope, std::vector<OutputColumn>& visible) {
  TRY(CheckArguments(function, arguments));
  if (arguments.size() > function.parameters.size())
    return WrongArgumentCount(function, arguments.size());
  std::vector<NamedExpression> items;
  items.reserve(function.parameters.size());
  for (size_t i = 0; i < function.parameters.size(); ++i) {
    const SqlFunctionParameter& parameter = function.parameters[i];
    ExpressionPtr value = TRY(ParameterValue(function, i, arguments, scope));
    if (!value) return WrongArgumentCount(function, arguments.size());
    const std::string written = PrettyName(*value);
    value = WithPretty(TRY(Cast(std::move(value), parameter.type, false)), written);
    OutputColumn column = NewColumn(parameter.name, value->type, value->nullable);
    column.qualifier = {function.name.back()};
    items.push_back({column.id, parameter.name, std::move(value)});
    visible.push_back(std::move(column));
  }
  return items;
}

namespace {

void CountColumns(const Expression& expression, std::map<ColumnId, size_t>& uses) {
  if (expression.kind == ExpressionKind::kColumn) ++uses[expression.column];
  ForEachPart(expression, [&uses](const Expression& part) { CountColumns(part, uses); });
}

}  // namespace

// The body with the arguments in place of the parameters; null where it must see each argument as
// one value: in a subquery, where it is drawn at random, or where it would grow out of bounds.
ExpressionPtr Analyzer::Inlined(const ExpressionPtr& body,
                                const std::vector<NamedExpression>& items) {
  constexpr size_t kLargest = 10'000;
  if (ContainsSubquery(*body)) return nullptr;
  std::map<ColumnId, size_t> uses;
  CountColumns(*body, uses);
  size_t size = TreeSize(body);
  for (const NamedExpression& item : items) {
    if (uses[item.id] > 1 && ContainsVolatile(*item.expression)) return nullptr;
    size += uses[item.id] * TreeSize(item.expression);
  }
  if (size > kLargest) return nullptr;
  return Rewrite(body, [&items](const ExpressionPtr& part) -> ExpressionPtr {
    if (part->kind != ExpressionKind::kColumn) return nullptr;
    const auto item = std::ranges::find(items, part->column, &NamedExpression::id);
    return item == items.end() ? nullptr : item->expression;
  });
}

namespace {

// How a call is named. Defaults are shown where names leave gaps that they fill.
std::string CallText(const ResolvedFunction& function, const sql::FunctionCall& call,
                     const std::vector<NamedExpression>& items) {
  const bool named = std::ranges::any_of(
      call.arguments, [](const sql::FunctionArgument& argument) { return !argument.name.empty(); });
  const size_t shown = named ? items.size() : std::min(items.size(), call.arguments.size());
  std::string arguments;
  for (size_t i = 0; i < shown; ++i)
    arguments += (i == 0 ? "" : ", ") + PrettyName(*items[i].expression);
  return fmt::format("{}({})", fmt::join(function.name, "."), arguments);
}

}  // namespace

Result<ExpressionPtr> Analyzer::SqlFunctionCall(const ResolvedFunction& function,
                                                const sql::FunctionCall& call, const Scope& scope) {
  if (function.is_table) {
    return SparkError(
        "NOT_A_SCALAR_FUNCTION", "42887",
        "{} appears as a scalar expression here, but the function was defined as a table "
        "function.",
        DottedName(function.name));
  }
  if (++depth_ > 50) return Invalid("functions call each other more than 50 levels deep");
  std::vector<OutputColumn> visible;
  std::vector<NamedExpression> items =
      TRY(BindParameters(function, call.arguments, scope, visible));
  const auto body = TRY(sql::ParseExpression(function.body));
  Scope inside;
  inside.levels = {&visible};
  inside.is_function = true;
  Result<ExpressionPtr> resolved =
      WithinText(function.names, [&] { return Resolve(*body, inside); });
  --depth_;
  ExpressionPtr value = TRY(std::move(resolved));
  if (function.returns) value = TRY(Cast(std::move(value), *function.returns, false));
  auto result = std::make_shared<Expression>();
  result->type = value->type;
  result->pretty = CallText(function, call, items);
  if (ExpressionPtr inlined = Inlined(value, items)) {
    // A cast to its own type: a call is no column, and keeps its name.
    result->kind = ExpressionKind::kCast;
    result->nullable = inlined->nullable;
    result->children.push_back(std::move(inlined));
    return ExpressionPtr(result);
  }
  result->kind = ExpressionKind::kSubquery;
  result->subquery = SubqueryKind::kScalar;
  Planned planned{std::make_shared<OneRowRelation>(), {}};
  if (!items.empty()) planned = ProjectOver(std::move(planned), std::move(items));
  result->relation = ProjectOver(std::move(planned), {{NextId(), "value", value}}).relation;
  return ExpressionPtr(result);
}

// The rows of a function's body with the names and types of its RETURNS TABLE.
Result<Planned> Analyzer::AsReturned(const ResolvedFunction& function, Planned body) {
  std::vector<NamedExpression> outputs;
  for (size_t i = 0; i < body.columns.size(); ++i) {
    ExpressionPtr value = ColumnOf(body.columns[i]);
    std::string name = body.columns[i].name;
    if (i < function.returns_table.size()) {
      value = TRY(Cast(std::move(value), function.returns_table[i].type, false));
      name = function.returns_table[i].name;
    }
    outputs.push_back({NextId(), std::move(name), std::move(value)});
  }
  return ProjectOver(std::move(body), std::move(outputs));
}

Result<Planned> Analyzer::PlanSqlTableFunction(const ResolvedFunction& function,
                                               const sql::TableFunctionRelation& call,
                                               const Scope* outer) {
  if (++depth_ > 50) return Invalid("functions call each other more than 50 levels deep");
  Scope arguments_scope;
  arguments_scope.outer = outer;
  std::vector<OutputColumn> visible;
  std::vector<NamedExpression> items =
      TRY(BindParameters(function, call.arguments, arguments_scope, visible));
  Planned row{std::make_shared<OneRowRelation>(), {}};
  if (!items.empty()) row = ProjectOver(std::move(row), std::move(items));
  const auto body = TRY(sql::ParseQuery(function.body));
  Scope inside;
  inside.levels = {&visible};
  inside.is_function = true;
  Result<Planned> result = WithinText(function.names, [&] { return PlanQuery(*body, &inside); });
  --depth_;
  Planned planned = TRY(std::move(result));
  planned = TRY(AsReturned(function, std::move(planned)));
  auto join = std::make_shared<JoinRelation>();
  join->join = JoinKind::kCross;
  join->lateral = true;
  join->output = row.relation->output;
  join->output.insert(join->output.end(), planned.columns.begin(), planned.columns.end());
  join->inputs = {row.relation, planned.relation};
  for (OutputColumn& column : planned.columns) column.qualifier = {function.name.back()};
  return Planned{std::move(join), std::move(planned.columns)};
}

// A default stands alone: it reads neither tables nor other parameters.
Status Analyzer::CheckDefault(const SqlFunctionParameter& parameter) {
  if (!parameter.default_text) return {};
  const auto parsed = TRY(sql::ParseExpression(*parameter.default_text));
  const ExpressionPtr value = TRY(WithinText(names_, [&] { return Resolve(*parsed, Scope{}); }));
  if (ContainsSubquery(*value)) {
    return SparkError("USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION", "42601",
                      "User defined function is invalid: the DEFAULT expression of parameter `{}` "
                      "must not contain a subquery.",
                      parameter.name);
  }
  Result<ExpressionPtr> cast = Cast(value, parameter.type, false);
  if (!cast) return std::move(cast).error();
  return {};
}

Result<DataType> Analyzer::FunctionType(const FunctionDefinition& function) {
  TRY(CheckParameters(function.signature));
  std::vector<OutputColumn> visible;
  for (const SqlFunctionParameter& parameter : function.signature.parameters) {
    OutputColumn column = NewColumn(parameter.name, parameter.type, true);
    column.qualifier = {function.signature.name.back()};
    visible.push_back(std::move(column));
  }
  Scope inside;
  inside.levels = {&visible};
  inside.is_function = true;
  if (function.query != nullptr) {
    Planned body = TRY(PlanQuery(*function.query, &inside));
    std::erase_if(body.columns, [](const OutputColumn& column) { return column.hidden; });
    const std::vector<types::StructField>& returned = function.signature.returns_table;
    if (!returned.empty() && returned.size() != body.columns.size()) {
      return SparkError("USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH", "42601",
                        "The number of columns produced by the RETURN clause (num: `{}`) does not "
                        "match the number of column names specified by the RETURNS clause (num: "
                        "`{}`) of {}.",
                        body.columns.size(), returned.size(), DottedName(function.signature.name));
    }
    body = TRY(AsReturned(function.signature, std::move(body)));
    std::vector<types::StructField> fields;
    for (const OutputColumn& column : body.columns) fields.push_back({column.name, column.type});
    return DataType::Struct(std::move(fields));
  }
  for (const SqlFunctionParameter& parameter : function.signature.parameters)
    TRY(CheckDefault(parameter));
  const ExpressionPtr value = TRY(Resolve(*function.expression, inside));
  if (ContainsAggregate(*value) || ContainsWindow(*value) || ContainsGenerator(*value)) {
    return SparkError("USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS", "42601",
                      "User defined function is invalid: SQL scalar function cannot contain "
                      "aggregate/window/generate functions: {}",
                      PrettyName(*value));
  }
  if (!function.signature.returns) return value->type;
  return TRY(Cast(value, *function.signature.returns, false))->type;
}

Result<CheckedFunction> CheckFunction(const FunctionDefinition& function,
                                      const CatalogLookup& catalog, const SessionConfig& config) {
  Analyzer analyzer(catalog, config);
  CheckedFunction checked;
  checked.type =
      TRY(WithStackSpace([&]() -> Result<DataType> { return analyzer.FunctionType(function); }));
  checked.temporary_objects = analyzer.TemporaryObjects();
  return checked;
}

}  // namespace lakesmith::plan
