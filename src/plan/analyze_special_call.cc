#include <algorithm>
#include <array>

#include "functions/csv_functions.h"
#include "plan/analyzer_internal.h"
#include "plan/check_call_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "sql/parse.h"

namespace lakesmith::plan {

using types::DataType;
using types::IntervalField;
using types::StructField;
using types::TypeId;

namespace {

// Functions named after a type cast to it: bigint(x).
std::optional<DataType> CastFunctionType(std::string_view name) {
  if (name == "boolean") return DataType::Boolean();
  if (name == "tinyint") return DataType::Byte();
  if (name == "smallint") return DataType::Short();
  if (name == "int") return DataType::Int();
  if (name == "bigint") return DataType::Long();
  if (name == "float") return DataType::Float();
  if (name == "double") return DataType::Double();
  if (name == "decimal") return DataType::Decimal(10, 0);
  if (name == "date") return DataType::Date();
  if (name == "time") return DataType::Time();
  if (name == "timestamp") return DataType::Timestamp();
  if (name == "binary") return DataType::Binary();
  if (name == "string") return DataType::String();
  return std::nullopt;
}

bool IsHigherOrder(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "transform",      "filter",           "exists",     "any_match",  "forall",
      "aggregate",      "reduce",           "zip_with",   "map_filter", "map_zip_with",
      "transform_keys", "transform_values", "array_sort",
  };
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

bool HasLambda(const sql::FunctionCall& call) {
  return std::any_of(call.arguments.begin(), call.arguments.end(),
                     [](const sql::FunctionArgument& argument) {
                       return sql::TryAs<sql::Lambda>(argument.value.get()) != nullptr;
                     });
}

// The text of a constant argument; nullopt when it is none.
std::optional<std::string> TextOf(const Expression& argument) {
  if (argument.kind != ExpressionKind::kLiteral || !argument.type.IsString() ||
      argument.value.is_null()) {
    return std::nullopt;
  }
  return argument.value.as<std::string>();
}

ExpressionPtr Text(std::string text) {
  return MakeLiteral(types::Value(std::move(text)), DataType::String());
}

// The unit of timestampadd and its like, in lower case: "day"; from an unquoted word or a text.
std::optional<std::string> UnitWord(const sql::Expression& argument) {
  if (const auto* literal = sql::TryAs<sql::Literal>(&argument)) {
    if (literal->literal_kind == sql::LiteralKind::kString) return Lower(literal->text);
  }
  if (const auto* column = sql::TryAs<sql::ColumnReference>(&argument)) {
    if (column->parts.size() == 1) return Lower(column->parts.front().name);
  }
  return std::nullopt;
}

Error InvalidUnit(const std::string& name, const std::string& unit) {
  return SparkError(
      "INVALID_PARAMETER_VALUE.DATETIME_UNIT", "22023",
      "The value of parameter(s) `unit` in `{}` is invalid: expects one of the units without "
      "quotes YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFYEAR, HOUR, MINUTE, SECOND, MILLISECOND, "
      "MICROSECOND, but got {}.",
      name, unit);
}

}  // namespace

Result<std::optional<ExpressionPtr>> Analyzer::SpecialCall(const sql::FunctionCall& call,
                                                           const std::string& name,
                                                           const Scope& scope) {
  using Found = std::optional<ExpressionPtr>;
  if (const ExpressionPtr value = SessionValue(name); value && call.arguments.empty()) {
    return Found(value);
  }
  if (name == "struct") return Found(TRY(StructCall(call, scope)));
  if (CastFunctionType(name)) return Found(TRY(CastCall(name, call, scope)));
  if (IsHigherOrder(name) && (name != "array_sort" || HasLambda(call))) {
    return Found(TRY(HigherOrderCall(name, call, scope)));
  }
  const auto one_of = [&name](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (one_of({"from_json", "from_csv", "variant_get", "try_variant_get"})) {
    return Found(TRY(SchemaCall(name, call, scope)));
  }
  if (one_of({"date_part", "datepart", "extract"})) {
    return Found(TRY(ExtractCall(name, call, scope)));
  }
  const bool three = call.arguments.size() == 3;
  if (one_of({"timestampadd", "timestampdiff"}) ||
      (three && one_of({"dateadd", "date_add", "datediff", "date_diff", "timediff"}))) {
    return Found(TRY(DatetimeUnitCall(name, call, scope)));
  }
  if (name == "window" || name == "session_window") {
    return Found(TRY(WindowOfTimeCall(name, call, scope)));
  }
  if (name == "if" || name == "iff") return Found(TRY(IfCall(name, call, scope)));
  if (one_of({"secret", "try_secret"})) return Found(TRY(SecretCall(name, call, scope)));
  if (name == "decode" && call.arguments.size() > 2) return Found(TRY(DecodeCall(call, scope)));
  if (one_of({"trim", "ltrim", "rtrim"})) return TrimCall(name, call, scope);
  return Found();
}

Result<ExpressionPtr> Analyzer::IfCall(const std::string& name, const sql::FunctionCall& call,
                                       const Scope& scope) {
  std::vector<ExpressionPtr> arguments = TRY(CallArguments(call, scope));
  if (arguments.size() == 3) arguments[0] = TRY(AsCondition(arguments[0], "IF"));
  auto named = std::make_shared<Expression>(*TRY(MakeCall(name, std::move(arguments))));
  named->pretty = fmt::format("(IF({}, {}, {}))", PrettyName(*named->children[0]),
                              PrettyName(*named->children[1]), PrettyName(*named->children[2]));
  return ExpressionPtr(named);
}

// trim(characters, text) as a call and TRIM(BOTH ...); nothing for the other forms.
Result<std::optional<ExpressionPtr>> Analyzer::TrimCall(const std::string& name,
                                                        const sql::FunctionCall& call,
                                                        const Scope& scope) {
  const bool plain = call.syntax == sql::CallSyntax::kPlain && call.arguments.size() == 2;
  if (!plain && call.syntax != sql::CallSyntax::kTrimBoth) return std::optional<ExpressionPtr>();
  std::vector<ExpressionPtr> arguments = TRY(CallArguments(call, scope));
  if (plain) {
    std::swap(arguments[0], arguments[1]);
    return std::optional(TRY(MakeCall(name, std::move(arguments))));
  }
  auto made = std::make_shared<Expression>(*TRY(MakeCall("trim", arguments)));
  if (arguments.size() == 2) {
    made->pretty =
        fmt::format("TRIM(BOTH {} FROM {})", PrettyName(*arguments[1]), PrettyName(*arguments[0]));
  }
  return std::optional(ExpressionPtr(made));
}

// secret(scope, key): its value becomes a constant of the plan, and is never in a text of the user.
Result<ExpressionPtr> Analyzer::SecretCall(const std::string& name, const sql::FunctionCall& call,
                                           const Scope& scope) {
  const std::vector<ExpressionPtr> arguments = TRY(CallArguments(call, scope));
  std::vector<std::string> texts;
  for (const ExpressionPtr& argument : arguments) {
    const std::optional<std::string> text = TextOf(*argument);
    if (text) texts.push_back(*text);
  }
  if (texts.size() != 2 || arguments.size() != 2) {
    return SparkError("INVALID_PARAMETER_VALUE.SECRET", "22023",
                      "`{}` takes two constant texts: the scope and the key.", name);
  }
  if (!config_.read_secret) {
    return SparkError("INVALID_SECRET_LOOKUP.NO_SECRETS", "22531", "There are no secrets here.");
  }
  Result<std::string> value = config_.read_secret(texts[0], texts[1]);
  const bool absent = !value && value.error().code() == ErrorCode::kNotFound;
  if (!value && !(absent && name == "try_secret")) {
    return SparkError("INVALID_SECRET_LOOKUP", "22531", "{}", value.error().message());
  }
  const types::Value constant = value ? types::Value(*std::move(value)) : types::Value();
  auto literal = std::make_shared<Expression>(*MakeLiteral(constant, DataType::String()));
  literal->pretty = fmt::format("{}({}, {})", name, texts[0], texts[1]);
  return ExpressionPtr(literal);
}

// What the session knows: a constant of the statement. Null when `name` is no such function.
ExpressionPtr Analyzer::SessionValue(const std::string& name) const {
  std::string value;
  if (name == "current_catalog") {
    value = catalog_.CurrentCatalog();
  } else if (name == "current_database" || name == "current_schema") {
    value = catalog_.CurrentSchema();
  } else if (name == "current_path") {
    value = fmt::format("system.builtin,system.session,{}.{}", catalog_.CurrentCatalog(),
                        catalog_.CurrentSchema());
  } else if (name == "current_user" || name == "user" || name == "session_user") {
    value = config_.current_user;
  } else if (name == "version") {
    value = "4.1.0 lakesmith";
  } else if (name == "current_timezone") {
    value = config_.time_zone;
  } else {
    return nullptr;
  }
  auto literal = std::make_shared<Expression>(*Text(value));
  literal->pretty = name == "current_database" ? "current_schema()" : name + "()";
  return literal;
}

Result<ExpressionPtr> Analyzer::StructCall(const sql::FunctionCall& call, const Scope& scope) {
  auto result = std::make_shared<Expression>();
  result->kind = ExpressionKind::kStruct;
  std::vector<StructField> fields;
  std::vector<std::string> written;
  const auto add = [&](ExpressionPtr value, std::string name) {
    written.push_back(PrettyName(*value));
    fields.push_back({std::move(name), value->type, value->nullable});
    result->children.push_back(std::move(value));
  };
  for (const sql::FunctionArgument& argument : call.arguments) {
    if (const auto* star = sql::TryAs<sql::Star>(argument.value.get())) {
      auto columns = TRY(ExpandStar(*star, scope));
      for (NamedExpression& column : columns) add(std::move(column.expression), column.name);
      continue;
    }
    const auto* alias = sql::TryAs<sql::Alias>(argument.value.get());
    ExpressionPtr value = TRY(Resolve(*argument.value, scope));
    const bool named = value->kind == ExpressionKind::kColumn ||
                       value->kind == ExpressionKind::kField ||
                       value->kind == ExpressionKind::kLambdaVariable;
    std::string name = named ? value->name : "col" + std::to_string(fields.size() + 1);
    if (alias != nullptr && !alias->names.empty()) name = alias->names.front().name;
    add(std::move(value), std::move(name));
    if (alias != nullptr) written.back() += " AS " + alias->names.front().name;
  }
  result->pretty = fmt::format("struct({})", fmt::join(written, ", "));
  result->type = DataType::Struct(std::move(fields));
  return ExpressionPtr(result);
}

// decode(x, a, first, b, second, otherwise): a CASE that takes null for equal to null.
Result<ExpressionPtr> Analyzer::DecodeCall(const sql::FunctionCall& call, const Scope& scope) {
  std::vector<ExpressionPtr> arguments = TRY(CallArguments(call, scope));
  auto result = std::make_shared<Expression>();
  result->kind = ExpressionKind::kCase;
  std::vector<std::string> names;
  for (const ExpressionPtr& argument : arguments) names.push_back(PrettyName(*argument));
  result->pretty = fmt::format("decode({})", fmt::join(names, ", "));
  std::vector<DataType> outcomes;
  size_t i = 1;
  for (; i + 1 < arguments.size(); i += 2) {
    result->children.push_back(TRY(Compare("<=>", arguments[0], arguments[i])));
    result->children.push_back(arguments[i + 1]);
    outcomes.push_back(arguments[i + 1]->type);
  }
  // Without one it is a NULL of text, whose type counts.
  if (i == arguments.size()) arguments.push_back(MakeNull(DataType::String()));
  result->children.push_back(arguments[i]);
  outcomes.push_back(arguments[i]->type);
  const auto type = WiderType(outcomes);
  if (!type) {
    return SparkError(
        "DATATYPE_MISMATCH.DATA_DIFF_TYPES", "42K09",
        "Cannot resolve \"{}\" due to data type mismatch: the results differ in type.",
        result->pretty);
  }
  result->type = *type;
  for (size_t k = 0; k < result->children.size(); ++k) {
    const bool outcome = k % 2 == 1 || k + 1 == result->children.size();
    if (outcome) result->children[k] = MakeCast(result->children[k], *type, true);
  }
  return ExpressionPtr(result);
}

Result<ExpressionPtr> Analyzer::CastCall(const std::string& name, const sql::FunctionCall& call,
                                         const Scope& scope) {
  std::vector<ExpressionPtr> arguments = TRY(CallArguments(call, scope));
  if (arguments.size() != 1) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                      "The `{}` requires 1 parameters but the actual number is {}.", name,
                      arguments.size());
  }
  const std::string argument = PrettyName(*arguments[0]);
  auto cast = std::make_shared<Expression>(
      *TRY(Cast(std::move(arguments[0]), *CastFunctionType(name), false)));
  cast->pretty = argument;
  return ExpressionPtr(cast);
}

// The type of a schema given as constant text or by schema_of_json('...').
Result<DataType> Analyzer::SchemaArgument(const sql::Expression& argument, const Scope& scope,
                                          bool row) {
  ExpressionPtr schema = TRY(Resolve(argument, scope));
  auto text = TextOf(*schema);
  const bool computed = schema->kind == ExpressionKind::kCall &&
                        (schema->name == "schema_of_json" || schema->name == "schema_of_csv") &&
                        schema->children.size() == 1;
  if (const auto sample = computed ? TextOf(*schema->children.front()) : std::nullopt) {
    text = TRY(schema->name == "schema_of_json"
                   ? functions::SchemaOfJson(*sample)
                   : functions::SchemaOfCsv(*sample, functions::Options(), zone_));
    return sql::ParseDataType(*text);
  }
  if (!text) {
    return SparkError("INVALID_SCHEMA.NON_STRING_LITERAL", "42K07",
                      "The input expression must be string literal and not null, but it is {}.",
                      PrettyName(*schema));
  }
  return row ? sql::ParseTableSchema(*text) : sql::ParseDataType(*text);
}

Result<ExpressionPtr> Analyzer::SchemaCall(const std::string& name, const sql::FunctionCall& call,
                                           const Scope& scope) {
  const bool variant = name.ends_with("variant_get");
  if (call.arguments.size() < 2 || call.arguments.size() > 3) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                      "The `{}` requires [2, 3] parameters but the actual number is {}.", name,
                      call.arguments.size());
  }
  std::vector<ExpressionPtr> arguments;
  arguments.push_back(TRY(Resolve(*call.arguments[0].value, scope)));
  DataType type = DataType::Variant();
  if (!variant) {
    type = TRY(SchemaArgument(*call.arguments[1].value, scope, true));
    if (name == "from_csv" && !type.is(TypeId::kStruct)) {
      return SparkError("INVALID_SCHEMA.NON_STRUCT_TYPE", "42K07",
                        "The input schema \"{0}\" is not a valid schema string. The input "
                        "expression should be evaluated to struct type, but got \"{0}\".",
                        type.Sql());
    }
    if (!type.IsNested() && !type.is(TypeId::kVariant)) {
      return SparkError(
          "DATATYPE_MISMATCH.INVALID_JSON_SCHEMA", "42K09",
          "Cannot resolve \"{}(...)\" due to data type mismatch: the schema \"{}\" must "
          "be a struct, an array, a map or a variant.",
          name, type.Sql());
    }
    if (call.arguments.size() == 3) {
      arguments.push_back(TRY(Resolve(*call.arguments[2].value, scope)));
      TRY(CheckOptions(*arguments.back()));
    }
  } else {
    arguments.push_back(TRY(Resolve(*call.arguments[1].value, scope)));
    if (call.arguments.size() == 3) {
      type = TRY(SchemaArgument(*call.arguments[2].value, scope, false));
    }
  }
  if (variant && !arguments[0]->type.is(TypeId::kVariant) &&
      !arguments[0]->type.is(TypeId::kVoid)) {
    return SparkError(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
        "Cannot resolve \"{}\" due to data type mismatch: the first parameter requires the "
        "\"VARIANT\" type, however it has the type \"{}\".",
        name, arguments[0]->type.Sql());
  }
  if (!variant) arguments[0] = MakeCast(arguments[0], DataType::String(), true);
  // Spark names a map as the one field of rows that it reads.
  const std::string pretty =
      type.is(TypeId::kMap) ? "entries" : fmt::format("{}({})", name, PrettyName(*arguments[0]));
  auto result = std::make_shared<Expression>(*CallOf(name, std::move(arguments), std::move(type)));
  if (!variant) result->pretty = pretty;
  return ExpressionPtr(result);
}

namespace {

// Canonical name of a field of extract; "" when there is none of that name.
std::string_view ExtractField(const std::string& field) {
  struct Names {
    std::string_view canonical;
    std::initializer_list<std::string_view> names;
  };
  static const Names kFields[] = {
      {"year", {"year", "y", "years", "yr", "yrs"}},
      {"yearofweek", {"yearofweek"}},
      {"quarter", {"quarter", "qtr"}},
      {"month", {"month", "mon", "mons", "months"}},
      {"week", {"week", "w", "weeks"}},
      {"day", {"day", "d", "days"}},
      {"dayofweek", {"dayofweek", "dow"}},
      {"dayofweek_iso", {"dayofweek_iso", "dow_iso"}},
      {"doy", {"doy"}},
      {"hour", {"hour", "h", "hours", "hr", "hrs"}},
      {"minute", {"minute", "m", "min", "mins", "minutes"}},
      {"second", {"second", "s", "sec", "seconds", "secs"}},
  };
  for (const Names& one : kFields) {
    for (const std::string_view name : one.names) {
      if (name == field) return one.canonical;
    }
  }
  return {};
}

bool IntervalHasField(const DataType& type, std::string_view field) {
  if (type.is(TypeId::kYearMonthInterval)) return field == "year" || field == "month";
  return field == "day" || field == "hour" || field == "minute" || field == "second";
}

}  // namespace

Result<ExpressionPtr> Analyzer::ExtractCall(const std::string& name, const sql::FunctionCall& call,
                                            const Scope& scope) {
  if (call.arguments.size() != 2) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                      "The `{}` requires 2 parameters but the actual number is {}.", name,
                      call.arguments.size());
  }
  ExpressionPtr field = TRY(Resolve(*call.arguments[0].value, scope));
  ExpressionPtr source = TRY(Resolve(*call.arguments[1].value, scope));
  if (field->kind == ExpressionKind::kLiteral && field->value.is_null()) {
    return MakeNull(DataType::Double());
  }
  const auto text = TextOf(*field);
  if (!text) {
    return SparkError(
        "NON_FOLDABLE_ARGUMENT", "42K08",
        "The function `{}` requires the parameter `field` to be a foldable expression of the "
        "type \"STRING\", but the actual argument is a non-foldable.",
        name);
  }
  const std::string_view canonical = ExtractField(Lower(*text));
  const bool interval = source->type.IsAnsiInterval() || source->type.is(TypeId::kCalendarInterval);
  if (source->type.IsString()) source = MakeCast(source, DataType::Timestamp(), true);
  const bool fits =
      !canonical.empty() && (!interval || source->type.is(TypeId::kCalendarInterval) ||
                             IntervalHasField(source->type, canonical));
  if (!fits || (!interval && !source->type.IsDatetime() && !source->type.is(TypeId::kTime) &&
                !source->type.is(TypeId::kVoid))) {
    return SparkError("INVALID_EXTRACT_FIELD", "42601", "Cannot extract `{}` from \"{}\".", *text,
                      PrettyName(*source));
  }
  if (source->type.is(TypeId::kDate) &&
      (canonical == "hour" || canonical == "minute" || canonical == "second")) {
    source = MakeCast(source, DataType::Timestamp(), true);
  }
  DataType type = DataType::Int();
  if (canonical == "second") type = DataType::Decimal(8, 6);
  if (interval && (canonical == "month" || canonical == "hour" || canonical == "minute")) {
    type = DataType::Byte();
  }
  if (interval && canonical == "day") type = DataType::Int();
  const bool extract = call.syntax == sql::CallSyntax::kExtract;
  const std::string pretty = extract
                                 ? fmt::format("extract({} FROM {})", *text, PrettyName(*source))
                                 : fmt::format("{}({}, {})", name, *text, PrettyName(*source));
  auto result = std::make_shared<Expression>(
      *CallOf("date_part", {Text(std::string(canonical)), std::move(source)}, type));
  result->pretty = pretty;
  return ExpressionPtr(result);
}

Result<ExpressionPtr> Analyzer::DatetimeUnitCall(const std::string& name,
                                                 const sql::FunctionCall& call,
                                                 const Scope& scope) {
  static constexpr std::array kUnits = {"year",   "quarter",     "month",      "week",
                                        "day",    "dayofyear",   "hour",       "minute",
                                        "second", "millisecond", "microsecond"};
  if (call.arguments.size() != 3) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                      "The `{}` requires 3 parameters but the actual number is {}.", name,
                      call.arguments.size());
  }
  const auto unit = UnitWord(*call.arguments[0].value);
  if (!unit || std::none_of(kUnits.begin(), kUnits.end(),
                            [&unit](const char* known) { return *unit == known; })) {
    return InvalidUnit(name, unit.value_or("an expression"));
  }
  ExpressionPtr second = TRY(Resolve(*call.arguments[1].value, scope));
  ExpressionPtr third = TRY(Resolve(*call.arguments[2].value, scope));
  const bool adds = name.ends_with("add");
  std::string word = *unit;
  for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const std::string pretty = fmt::format("{}({}, {}, {})", adds ? "timestampadd" : "timestampdiff",
                                         word, PrettyName(*second), PrettyName(*third));
  ExpressionPtr made;
  if (adds) {
    if (third->type.is(TypeId::kDate)) third = MakeCast(third, DataType::Timestamp(), true);
    made = TRY(MakeCall("timestampadd", {Text(*unit), std::move(second), std::move(third)}));
  } else {
    made = TRY(MakeCall("timestampdiff", {Text(*unit), std::move(second), std::move(third)}));
  }
  auto result = std::make_shared<Expression>(*made);
  result->pretty = pretty;
  return ExpressionPtr(result);
}

}  // namespace lakesmith::plan
