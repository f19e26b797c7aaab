#include <algorithm>

#include "base/nearest.h"
#include "plan/analyzer_internal.h"
#include "plan/check_call_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "sql/parse.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

// Functions whose type spark.sql.timestampType decides, and that have a form of their own without
// zone.
bool MakesTimestamp(const std::string& name) {
  return name == "to_timestamp" || name == "make_timestamp" || name == "try_make_timestamp";
}

// system.builtin.f and builtin.f are f itself.
bool IsBuiltinQualifier(const sql::Name& name) {
  if (name.parts.size() == 1) return true;
  if (name.parts.size() == 2) return SameName(name.parts[0].name, "builtin");
  return name.parts.size() == 3 && SameName(name.parts[0].name, "system") &&
         SameName(name.parts[1].name, "builtin");
}

bool IsArithmeticName(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "mod", "pmod", "try_add", "try_subtract", "try_multiply", "try_divide", "try_mod", "div",
  };
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// first(x, true) and last(x, true) say IGNORE NULLS by an argument.
bool TakesIgnoreNulls(std::string_view name) {
  return name == "first" || name == "first_value" || name == "last" || name == "last_value" ||
         name == "any_value";
}

bool IsWithinGroupName(std::string_view name) {
  return name == "percentile_cont" || name == "percentile_disc" || name == "mode";
}

bool IsTrueLiteral(const Expression& expression) {
  return expression.kind == ExpressionKind::kLiteral && expression.type.is(TypeId::kBoolean) &&
         !expression.value.is_null() && expression.value.as<bool>();
}

}  // namespace

Error NotAggregate(const std::string& name, std::string_view what) {
  return SparkError("INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX", "42000",
                    "The function `{}` does not support {}.", name, what);
}

namespace {

bool IsNull(const Expression& expression) {
  const Expression* inner = &expression;
  while (inner->kind == ExpressionKind::kCast) inner = inner->children.front().get();
  return inner->kind == ExpressionKind::kLiteral && inner->value.is_null();
}

// What Spark refuses of listagg.
Status CheckListAgg(const Expression& aggregate) {
  if (!IsListAgg(aggregate.name)) return {};
  if (aggregate.children.size() > 1 && !IsFoldable(*aggregate.children[1])) {
    return SparkError("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09",
                      "the input `delimiter` of {} should be a foldable expression; however, got "
                      "\"{}\".",
                      aggregate.name, PrettyName(*aggregate.children[1]));
  }
  const bool separated = aggregate.children.size() > 1 && !IsNull(*aggregate.children[1]);
  if (separated && aggregate.children[1]->type.is(TypeId::kBinary) !=
                       aggregate.children[0]->type.is(TypeId::kBinary)) {
    return SparkError("DATATYPE_MISMATCH.DATA_DIFF_TYPES", "42K09",
                      "Input to `{}` should all be the same type, but it's [\"{}\", \"{}\"].",
                      aggregate.name, aggregate.children[0]->type.Sql(),
                      aggregate.children[1]->type.Sql());
  }
  const Expression& value = *aggregate.children.front();
  if (!aggregate.distinct || aggregate.order_by.empty() || value.kind != ExpressionKind::kCast)
    return {};
  const DataType& from = value.children.front()->type;
  if (!from.is(TypeId::kFloat) && !from.is(TypeId::kDouble) && !from.is(TypeId::kTimestamp))
    return {};
  return SparkError("INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT", "42K0K",
                    "Invalid function {} with WITHIN GROUP: the function with DISTINCT and its "
                    "ordering differ, because values of the type \"{}\" may share one text.",
                    aggregate.name, from.Sql());
}

}  // namespace

bool IsListAgg(const std::string& name) { return name == "listagg" || name == "string_agg"; }

bool ContainsVolatile(const Expression& expression) {
  if (expression.kind == ExpressionKind::kCall && expression.function->is_volatile) return true;
  return std::any_of(expression.children.begin(), expression.children.end(),
                     [](const ExpressionPtr& child) { return ContainsVolatile(*child); });
}

Result<ExpressionPtr> Analyzer::ResolveCall(const sql::FunctionCall& call, const Scope& scope) {
  if (call.name.identifier_clause) {
    sql::FunctionCall named = call;
    const sql::SourceRange range = call.name.range;
    named.name = TRY(NameOfText(*call.name.identifier_clause));
    named.name.range = range;
    return ResolveCall(named, scope);
  }
  if (IsBuiltinQualifier(call.name)) {
    const bool in_words = call.syntax == sql::CallSyntax::kPosition;  // POSITION(a IN b)
    const std::string name = in_words ? "locate" : Lower(call.name.last());
    const auto special = TRY(SpecialCall(call, name, scope));
    if (special) return *special;
    if (!FindFunctions(name).empty() && !name.starts_with("__")) {
      if (MakesTimestamp(name) && call.arguments.size() != 7 && TimestampsArePlain()) {
        const ExpressionPtr plain = TRY(ResolveNamedCall(call, name + "_ntz", scope));
        return WithPretty(plain, name + PrettyName(*plain).substr(name.size() + 4));
      }
      return ResolveNamedCall(call, name, scope);
    }
  }
  std::vector<std::string> parts;
  for (const sql::Identifier& part : call.name.parts) parts.push_back(part.name);
  const auto found = TRY(catalog_.FindFunction(parts, names_));
  if (found && found->temporary) NoteTemporary("FUNCTION", parts);
  if (found) return SqlFunctionCall(*found, call, scope);
  return UnresolvedRoutine(call.name);
}

Error Analyzer::UnresolvedRoutine(const sql::Name& name) {
  const std::string near = Nearest(Lower(name.last()), FunctionNames());
  return SparkError(
      "UNRESOLVED_ROUTINE", "42883",
      "Cannot resolve routine {} on search path [`system`.`builtin`, `system`.`session`, "
      "`{}`.`{}`].{}",
      name.ToString(), catalog_.CurrentCatalog(), catalog_.CurrentSchema(),
      near.empty() ? "" : fmt::format(" Did you mean `{}`?", near));
}

Result<std::vector<ExpressionPtr>> Analyzer::CallArguments(const sql::FunctionCall& call,
                                                           const Scope& scope) {
  std::vector<ExpressionPtr> arguments;
  for (const sql::FunctionArgument& argument : call.arguments) {
    if (const auto* star = sql::TryAs<sql::Star>(argument.value.get())) {
      const auto columns = TRY(ExpandStar(*star, scope));
      for (const NamedExpression& column : columns) arguments.push_back(column.expression);
      continue;
    }
    if (const auto columns = TRY(ExpandRegex(*argument.value, scope))) {
      for (const NamedExpression& column : *columns) arguments.push_back(column.expression);
      continue;
    }
    arguments.push_back(TRY(Resolve(*argument.value, scope)));
  }
  return arguments;
}

Result<ExpressionPtr> Analyzer::ResolveNamedCall(const sql::FunctionCall& call,
                                                 const std::string& name, const Scope& scope) {
  const Function& form = FindFunctions(name).front();
  if (const auto ordered = TRY(ByPosition(call, name))) {
    return ResolveNamedCall(*ordered, name, scope);
  }
  if (form.kind == FunctionKind::kAggregate || form.kind == FunctionKind::kWindow) {
    return AggregateCall(call, name, scope);
  }
  if (call.over) return NotAggregate(name, "the OVER clause");
  if (call.distinct) return NotAggregate(name, "DISTINCT");
  if (call.filter) return NotAggregate(name, "FILTER");
  if (!call.within_group.empty()) return NotAggregate(name, "WITHIN GROUP");
  std::vector<ExpressionPtr> arguments = TRY(CallArguments(call, scope));
  if (name == "hash" || name == "xxhash64") {
    for (const ExpressionPtr& argument : arguments) {
      if (argument->type.is(TypeId::kVariant)) {
        return SparkError("DATATYPE_MISMATCH.HASH_VARIANT_TYPE", "42K09",
                          "Input to the function `{}` cannot contain elements of the \"VARIANT\" "
                          "type.",
                          name);
      }
      if (!argument->type.is(TypeId::kMap)) continue;
      return SparkError("DATATYPE_MISMATCH.HASH_MAP_TYPE", "42K09",
                        "Input to the function `{}` cannot contain elements of the \"MAP\" type.",
                        name);
    }
  }
  TRY(CheckConstants(name, arguments));
  for (size_t i = 0; name == "named_struct" && i < arguments.size(); i += 2) {
    const std::string written = PrettyName(*arguments[i]);
    arguments[i] = WithPretty(TRY(Folded(arguments[i])), written);
  }
  if (IsArithmeticName(name)) {
    if (arguments.size() != 2) {
      return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                        "The `{}` requires 2 parameters but the actual number is {}.", name,
                        arguments.size());
    }
    return Arithmetic(name, arguments[0], arguments[1]);
  }
  if (name == "equal_null" && arguments.size() == 2) {
    auto same = std::make_shared<Expression>(*TRY(Compare("<=>", arguments[0], arguments[1])));
    same->pretty =
        fmt::format("equal_null({}, {})", PrettyName(*arguments[0]), PrettyName(*arguments[1]));
    return ExpressionPtr(same);
  }
  if (form.kind == FunctionKind::kGenerator) {
    auto generator = std::make_shared<Expression>();
    generator->kind = ExpressionKind::kCall;
    generator->name = name;
    generator->function = &form;
    generator->children = std::move(arguments);
    return ExpressionPtr(generator);
  }
  return MakeCall(name, std::move(arguments));
}

namespace {

Status CheckNotNested(const std::vector<ExpressionPtr>& arguments) {
  if (!std::any_of(arguments.begin(), arguments.end(),
                   [](const ExpressionPtr& argument) { return ContainsAggregate(*argument); })) {
    return {};
  }
  return SparkError("NESTED_AGGREGATE_FUNCTION", "42607",
                    "It is not allowed to use an aggregate function in the argument of another "
                    "aggregate function. Please use the inner aggregate function in a sub-query.");
}

}  // namespace

Result<ExpressionPtr> Analyzer::AggregateFilter(const sql::Expression& filter, const Scope& scope) {
  ExpressionPtr condition = TRY(AsCondition(TRY(Resolve(filter, scope)), "FILTER"));
  if (!ContainsVolatile(*condition)) return condition;
  return SparkError("INVALID_AGGREGATE_FILTER.NON_DETERMINISTIC", "42903",
                    "The FILTER expression \"{}\" in an aggregate function is invalid: it is "
                    "non-deterministic.",
                    PrettyName(*condition));
}

// The arguments of an aggregate function; count(*) counts 1.
Result<std::vector<ExpressionPtr>> Analyzer::AggregateArguments(const sql::FunctionCall& call,
                                                                const std::string& name,
                                                                const Scope& scope) {
  const auto* star = call.arguments.size() == 1
                         ? sql::TryAs<sql::Star>(call.arguments.front().value.get())
                         : nullptr;
  if (star == nullptr || name != "count") return CallArguments(call, scope);
  if (!star->qualifier.empty()) {
    return SparkError("INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT", "42000",
                      "count(`{}`.*) is not allowed. Use count(*) or expand the columns manually, "
                      "e.g. count(col1, col2).",
                      star->qualifier.back().name);
  }
  if (!star->except.empty() || call.distinct) return CallArguments(call, scope);
  return std::vector<ExpressionPtr>{MakeLiteral(types::Value(int64_t{1}), DataType::Int())};
}

namespace {

// Whether nulls are left out; takes away the argument that says so.
Result<bool> TakeIgnoreNulls(const sql::FunctionCall& call, const std::string& name,
                             std::vector<ExpressionPtr>& arguments) {
  const bool ignored = call.nulls == sql::NullTreatment::kIgnore;
  if (!TakesIgnoreNulls(name) || arguments.size() != 2) return ignored;
  const ExpressionPtr said = std::move(arguments.back());
  arguments.pop_back();
  if (IsFoldable(*said)) return ignored || IsTrueLiteral(*said);
  return SparkError("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09",
                    "The second argument of `{}` must be a constant, not \"{}\".", name,
                    PrettyName(*said));
}

// percentile_cont(0.5) WITHIN GROUP (ORDER BY a DESC) FILTER (WHERE b)
std::string WithinGroupName(const Expression& aggregate, const std::string& call,
                            const std::string& name) {
  // Spark shows the order of mode the other way round.
  const SortKey& key = aggregate.order_by.front();
  const bool descending = key.descending != (name == "mode");
  std::string text = fmt::format("{} WITHIN GROUP (ORDER BY {}{})", call,
                                 PrettyName(*key.expression), descending ? " DESC" : "");
  if (aggregate.filter) text += fmt::format(" FILTER (WHERE {})", PrettyName(*aggregate.filter));
  return text;
}

}  // namespace

// The call without what stands around it: OVER, the query that it aggregates.
Result<ExpressionPtr> Analyzer::BareAggregate(const sql::FunctionCall& call,
                                              const std::string& name, const Scope& inside) {
  std::vector<ExpressionPtr> arguments = TRY(AggregateArguments(call, name, inside));
  std::vector<SortKey> order;
  for (const sql::OrderItem& item : call.within_group) {
    order.push_back(TRY(ResolveSortKey(item, inside)));
  }
  if (name == "mode" && order.empty() && arguments.size() == 2 && IsTrueLiteral(*arguments[1])) {
    // mode(x, true) takes the smallest of the most frequent, too.
    order.push_back({.expression = arguments[0]});
    arguments.clear();
  }
  if (IsWithinGroupName(name)) TRY(CheckWithinGroup(call, name, arguments.size()));
  const bool ordered = IsWithinGroupName(name) && !order.empty();
  const std::string written =
      fmt::format("{}({})", name, arguments.empty() ? "" : PrettyName(*arguments[0]));
  if (ordered) arguments.insert(arguments.begin(), order.front().expression);
  if (name.starts_with("percentile") && arguments.size() > 1) {
    TRY(CheckPercentage(name, *TRY(Folded(arguments[1]))));
  }
  const bool ignore_nulls = TRY(TakeIgnoreNulls(call, name, arguments));
  if (!call.over) TRY(CheckNotNested(arguments));
  auto aggregate = std::make_shared<Expression>(*TRY(MakeCall(name, std::move(arguments))));
  aggregate->pretty.clear();
  aggregate->distinct = call.distinct;
  aggregate->ignore_nulls = ignore_nulls;
  if (ignore_nulls && name == "nth_value") {
    aggregate->pretty = PrettyName(*aggregate) + " ignore nulls";
  }
  const bool in_words = call.nulls == sql::NullTreatment::kIgnore;
  if (in_words && name == "first_value") aggregate->name = "first";
  if (in_words && name == "last_value") aggregate->name = "last";
  aggregate->order_by = std::move(order);
  if (call.filter) aggregate->filter = TRY(AggregateFilter(*call.filter, inside));
  if (ordered) aggregate->pretty = WithinGroupName(*aggregate, written, name);
  TRY(CheckListAgg(*aggregate));
  aggregate->nullable = name != "count" && name != "count_if";
  return ExpressionPtr(std::move(aggregate));
}

Result<ExpressionPtr> Analyzer::AggregateCall(const sql::FunctionCall& call,
                                              const std::string& name, const Scope& scope) {
  Scope inside = scope;
  inside.alias_ban = call.over ? "WINDOW" : "AGGREGATE_FUNC";
  if (!scope.aggregate_levels.empty() && !call.over) inside.levels = scope.aggregate_levels;
  const ExpressionPtr aggregate = TRY(BareAggregate(call, name, inside));
  if (call.over) return WindowCall(call, aggregate, scope);
  if (ExpressionPtr outer = TRY(OuterAggregate(aggregate, scope))) return outer;
  if (aggregate->function->kind != FunctionKind::kWindow) return aggregate;
  return SparkError("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", "42601",
                    "Window function \"{}\" requires an OVER clause.", PrettyName(*aggregate));
}

}  // namespace lakesmith::plan
