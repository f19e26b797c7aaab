// USE, SET, RESET, session variables, EXECUTE IMMEDIATE.
#include <algorithm>
#include <set>
#include <utility>

#include "catalog/catalog.h"
#include "engine/statements/statement_internal.h"
#include "plan/analyzer.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using catalog::FoldName;

std::vector<types::StructField> KeyValueColumns() {
  return {TextColumn("key"), TextColumn("value")};
}

// The value of an expression as the type of a variable.
Result<StatementContext::Constant> VariableValue(StatementContext& context,
                                                 const sql::Expression& expression,
                                                 const std::optional<types::DataType>& type) {
  return type ? context.EvaluateAs(expression, *type) : context.Evaluate(expression);
}

bool IsDefault(const sql::Expression& expression) {
  const auto* reference = sql::TryAs<sql::ColumnReference>(&expression);
  return reference != nullptr && reference->parts.size() == 1 && !reference->parts[0].quoted &&
         FoldName(reference->parts[0].name) == "default";
}

Error UnresolvedVariable(const StatementContext& context, const sql::Name& name,
                         const std::vector<std::string>& parts) {
  return NotFound("Cannot resolve variable {} on search path `SYSTEM`.`SESSION`.",
                  catalog::QuoteParts(parts))
      .WithClass("UNRESOLVED_VARIABLE", "42883")
      .At(context.PlaceOf(name.range));
}

Result<SessionVariable*> FindVariable(StatementContext& context, const sql::Name& name) {
  const std::vector<std::string> parts = TRY(context.Parts(name));
  const auto found = context.session.variables.find(FoldName(parts.back()));
  if (found == context.session.variables.end() || !IsVariableName(parts)) {
    return UnresolvedVariable(context, name, parts);
  }
  return &found->second;
}

Error NamedTwice(const std::string& name) {
  return Invalid("The columns or variables {} appear more than once as assignment targets.",
                 sql::QuoteName(name))
      .WithClass("DUPLICATE_ASSIGNMENTS", "42701");
}

// The variables that a SET assigns, each once.
Result<std::vector<SessionVariable*>> Targets(StatementContext& context,
                                              const sql::SetVariable& statement) {
  std::vector<SessionVariable*> targets;
  for (const auto& item : statement.items) {
    SessionVariable* target = TRY(FindVariable(context, item.name));
    if (std::ranges::find(targets, target) != targets.end()) return NamedTwice(target->name);
    targets.push_back(target);
  }
  return targets;
}

Status SetFromQuery(StatementContext& context, const sql::SetVariable& statement) {
  const std::vector<SessionVariable*> targets = TRY(Targets(context, statement));
  plan::Query query = TRY(context.Analyze(*statement.query));
  if (query.columns.size() != targets.size()) {
    return Invalid(
               "The number of columns or variables assigned or aliased: {} does not match the "
               "number of source expressions: {}.",
               targets.size(), query.columns.size())
        .WithClass("ASSIGNMENT_ARITY_MISMATCH", "42802");
  }
  std::vector<types::StructField> columns;
  for (SessionVariable* target : targets) columns.push_back({target->name, target->type});
  query = TRY(plan::AdaptForInsert(std::move(query), columns, false, "SET VARIABLE"));
  const EmittedQuery emitted = TRY(Emit(query));
  const std::unique_ptr<RowStream> stream = TRY(context.session.connection->Query(emitted));
  const std::vector<Row> rows = TRY(Collect(*stream));
  if (rows.size() > 1) {
    return Invalid("More than one row returned by a subquery used as a row.")
        .WithClass("ROW_SUBQUERY_TOO_MANY_ROWS", "21000");
  }
  for (size_t i = 0; i < targets.size(); ++i) {
    targets[i]->value = rows.empty() ? types::Value() : rows[0][i];
  }
  return {};
}

// SET v = 5 makes a setting of the name v; who has a variable v means that.
Status CheckNoVariable(const SessionState& session, const sql::Set& statement) {
  std::string key = FoldName(statement.key);
  for (const std::string_view prefix : {"system.", "session."}) {
    if (key.starts_with(prefix)) key.erase(0, prefix.size());
  }
  if (!session.variables.contains(key)) return {};
  return Invalid(
             "The feature is not supported: {} is a VARIABLE and cannot be updated using the SET "
             "statement. Use SET VARIABLE {} = ... instead.",
             sql::QuoteName(statement.key), sql::QuoteName(statement.key))
      .WithClass("UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET", "0A000");
}

}  // namespace

Status ChangeSetting(SessionState& session, std::string_view key, std::string_view value) {
  if (key == kTimeZoneKey) {
    Result<lakesmith::TimeZone> found = lakesmith::TimeZone::Find(value);
    if (!found) return std::move(found).error().WithClass("INVALID_CONF_VALUE.TIME_ZONE", "22022");
    lakesmith::TimeZone zone = *std::move(found);
    TRY(session.connection->SetTimeZone(value));
    session.zone = std::move(zone);
  }
  if (key == "spark.sql.ansi.enabled" && FoldName(value) == "false") {
    return Unsupported(
               "spark.sql.ansi.enabled=false is not supported: this product follows Spark 4's ANSI "
               "mode.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  session.settings.Put(key, value);
  return {};
}

Result<StatementResult> RunUse(StatementContext& context, const sql::Use& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  catalog::Catalog& catalog = context.session.catalog();
  if (statement.target == sql::UseTarget::kCatalog) {
    Result<catalog::CatalogInfo> info = catalog.GetCatalog(parts.back());
    if (!info) return std::move(info).error().At(context.PlaceOf(statement.name.range));
    context.session.current = {info->name, std::string(catalog::kDefaultSchema)};
    return EmptyResult("USE");
  }
  const catalog::Namespace wanted =
      TRY(catalog::QualifySchema(parts, context.session.current.catalog));
  Result<catalog::SchemaInfo> schema = catalog.GetSchema(wanted);
  if (schema) {
    context.session.current = schema->name;
    return EmptyResult("USE");
  }
  const bool may_be_catalog = parts.size() == 1 && !statement.explicit_schema;
  if (may_be_catalog) {
    if (Result<catalog::CatalogInfo> info = catalog.GetCatalog(parts[0])) {
      context.session.current = {info->name, std::string(catalog::kDefaultSchema)};
      return EmptyResult("USE");
    }
  }
  return std::move(schema).error().At(context.PlaceOf(statement.name.range));
}

Result<StatementResult> RunSet(StatementContext& context, const sql::Set& statement) {
  std::vector<Row> rows;
  if (statement.key.empty()) {
    const auto values =
        statement.verbose ? context.session.settings.All() : context.session.settings.set_values();
    for (const auto& [key, value] : values)
      rows.push_back({types::Value(key), types::Value(value)});
  } else if (statement.value) {
    TRY(CheckNoVariable(context.session, statement));
    TRY(ChangeSetting(context.session, statement.key, *statement.value));
    rows.push_back({types::Value(statement.key), types::Value(*statement.value)});
  } else {
    const std::string value = context.session.settings.GetOr(statement.key, "<undefined>");
    rows.push_back({types::Value(statement.key), types::Value(value)});
  }
  StatementResult result = RowsResult(KeyValueColumns(), std::move(rows));
  result.kind = "SET";
  return result;
}

Result<StatementResult> RunReset(StatementContext& context, const sql::Reset& statement) {
  const bool zone = statement.key.empty() || statement.key == kTimeZoneKey;
  if (statement.key.empty()) {
    context.session.settings.Clear();
  } else {
    context.session.settings.Remove(statement.key);
  }
  if (zone) {
    TRY(ChangeSetting(context.session, kTimeZoneKey,
                      context.session.settings.GetOr(kTimeZoneKey, "UTC")));
    context.session.settings.Remove(kTimeZoneKey);
  }
  return EmptyResult("RESET");
}

Result<StatementResult> RunSetTimeZone(StatementContext& context,
                                       const sql::SetTimeZone& statement) {
  std::string zone = statement.zone.value_or("UTC");
  if (statement.interval) {
    const StatementContext::Constant interval = TRY(context.Evaluate(*statement.interval));
    const auto* value = std::get_if<types::IntervalValue>(&interval.value.storage());
    if (value == nullptr || value->months != 0) {
      return Invalid("The interval of SET TIME ZONE must be one of hours, minutes and seconds.")
          .WithClass("INVALID_INTERVAL_FORMAT", "22006");
    }
    const int64_t seconds = value->days * 86400LL + value->micros / 1000000;
    const int64_t size = seconds < 0 ? -seconds : seconds;
    zone = fmt::format("{}{:02}:{:02}", seconds < 0 ? '-' : '+', size / 3600, size % 3600 / 60);
  }
  TRY(ChangeSetting(context.session, kTimeZoneKey, zone));
  StatementResult result = RowsResult(
      KeyValueColumns(), {{types::Value(std::string(kTimeZoneKey)), types::Value(zone)}});
  result.kind = "SET";
  return result;
}

Result<StatementResult> RunDeclareVariable(StatementContext& context,
                                           const sql::DeclareVariable& statement) {
  std::set<std::string> declared;
  for (const sql::Name& name : statement.names) {
    const std::vector<std::string> parts = TRY(context.Parts(name));
    const std::string key = FoldName(parts.back());
    if (!IsVariableName(parts)) return UnresolvedVariable(context, name, parts);
    if (!declared.insert(key).second) return NamedTwice(parts.back());
    if (context.session.variables.contains(key) && !statement.or_replace) {
      Error error = Invalid("Cannot create the variable {} because it already exists.",
                            catalog::QuoteParts(parts))
                        .WithClass("VARIABLE_ALREADY_EXISTS", "42723");
      return std::move(error).At(context.PlaceOf(name.range));
    }
    std::optional<types::DataType> type;
    if (statement.type) type = TRY(context.TypeOf(*statement.type));
    SessionVariable variable{parts.back(), type.value_or(types::DataType::Void()), {}, "NULL"};
    if (statement.default_value) {
      const StatementContext::Constant value =
          TRY(VariableValue(context, *statement.default_value, type));
      variable.type = value.type;
      variable.value = value.value;
      variable.default_text = sql::ToSql(*statement.default_value);
    }
    context.session.variables[key] = std::move(variable);
  }
  return EmptyResult("DECLARE VARIABLE");
}

Result<StatementResult> RunSetVariable(StatementContext& context,
                                       const sql::SetVariable& statement) {
  if (statement.query) {
    TRY(SetFromQuery(context, statement));
    return EmptyResult("SET VARIABLE");
  }
  const std::vector<SessionVariable*> targets = TRY(Targets(context, statement));
  // All values are of before.
  std::vector<types::Value> values;
  values.reserve(targets.size());
  for (size_t i = 0; i < targets.size(); ++i) {
    const sql::Expression& written = *statement.items[i].value;
    const sql::ExpressionPtr kept =
        IsDefault(written) ? TRY(sql::ParseExpression(targets[i]->default_text)) : nullptr;
    values.push_back(TRY(VariableValue(context, kept ? *kept : written, targets[i]->type)).value);
  }
  for (size_t i = 0; i < targets.size(); ++i) targets[i]->value = std::move(values[i]);
  return EmptyResult("SET VARIABLE");
}

Result<StatementResult> RunExecuteImmediate(StatementContext& context,
                                            const sql::ExecuteImmediate& statement) {
  const std::string text = TRY(context.EvaluateText(*statement.text));
  ExecuteOptions options = context.options;
  options.named_parameters.clear();
  options.positional_parameters.clear();
  for (const sql::ExpressionPtr& argument : statement.arguments) {
    const auto* alias = sql::TryAs<sql::Alias>(argument);
    const StatementContext::Constant value =
        TRY(context.Evaluate(alias == nullptr ? *argument : *alias->operand));
    if (alias != nullptr) {
      options.named_parameters[alias->names.front().name] = value.value;
      options.parameter_types.insert_or_assign(alias->names.front().name, value.type);
    } else {
      options.positional_parameters.push_back(value.value);
    }
  }
  StatementResult result = TRY(ExecuteStatementText(context.session, text, options));
  if (statement.into.empty()) return result;
  const std::vector<Row> rows = TRY(Collect(*result.rows));
  if (rows.size() > 1) {
    return Invalid("More than one row returned by a subquery used as a row.")
        .WithClass("ROW_SUBQUERY_TOO_MANY_ROWS", "21000");
  }
  for (size_t i = 0; i < statement.into.size(); ++i) {
    SessionVariable* variable = TRY(FindVariable(context, statement.into[i]));
    variable->value = rows.empty() || i >= rows[0].size() ? types::Value() : rows[0][i];
  }
  return EmptyResult("EXECUTE IMMEDIATE");
}

}  // namespace lakesmith::engine
