#include "plan/analyzer.h"

#include <algorithm>
#include <cctype>
#include <limits>

#include "base/stack_space.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "sql/parse.h"

namespace lakesmith::plan {

using types::DataType;
using types::StructField;

namespace {

Error CannotStore(const Expression& expression, const StructField& target,
                  const std::string& table_name) {
  return SparkError(
      "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST", "KD000",
      "Cannot write incompatible data for the table {}: Cannot safely cast `{}` \"{}\" to "
      "\"{}\".",
      table_name, target.name, expression.type.Sql(), target.type.Sql());
}

Error WrongArity(const std::string& table_name, bool too_many,
                 const std::vector<StructField>& target, const std::vector<StructField>& given) {
  std::vector<std::string> wanted;
  std::vector<std::string> found;
  for (const StructField& field : target) wanted.push_back("`" + field.name + "`");
  for (const StructField& field : given) found.push_back("`" + field.name + "`");
  return SparkError(
      too_many ? "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
               : "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
      "21S01",
      "Cannot write to {}, the reason is {} data columns: Table columns: {}. Data columns: "
      "{}.",
      table_name, too_many ? "too many" : "not enough", fmt::join(wanted, ", "),
      fmt::join(found, ", "));
}

ColumnId HighestId(const Relation& relation) {
  ColumnId highest = 0;
  for (const OutputColumn& column : relation.output) highest = std::max(highest, column.id);
  for (const RelationPtr& input : relation.inputs) highest = std::max(highest, HighestId(*input));
  return highest;
}

}  // namespace

std::string SessionConfig::Get(const std::string& key, const std::string& fallback) const {
  const auto found = settings.find(key);
  return found == settings.end() ? fallback : found->second;
}

Error TooComplex() {
  return SparkError("FAILED_TO_PARSE_TOO_COMPLEX", "54001",
                    "The statement is too complex: its expressions nest or repeat each other too "
                    "often. Divide it into smaller ones.");
}

const sql::Expression& Unaliased(const sql::Expression& item) {
  const auto* alias = sql::TryAs<sql::Alias>(&item);
  return alias == nullptr ? item : *alias->operand;
}

ExpressionPtr WithPretty(const ExpressionPtr& expression, std::string pretty) {
  auto copy = std::make_shared<Expression>(*expression);
  copy->pretty = std::move(pretty);
  return copy;
}

ExpressionPtr CallOf(const std::string& row, std::vector<ExpressionPtr> arguments,
                     types::DataType type) {
  auto call = std::make_shared<Expression>();
  call->kind = ExpressionKind::kCall;
  call->name = row;
  call->function = &FindFunctions(row).front();
  call->type = std::move(type);
  call->children = std::move(arguments);
  return call;
}

RelationPtr FilterOver(RelationPtr input, ExpressionPtr condition) {
  auto filter = std::make_shared<FilterRelation>();
  filter->condition = std::move(condition);
  filter->output = input->output;
  filter->inputs.push_back(std::move(input));
  return filter;
}

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string DottedName(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts)
    text += fmt::format("{}`{}`", text.empty() ? "" : ".", part);
  return text;
}

ExpressionPtr ColumnOf(const OutputColumn& column) {
  return MakeColumn(column.id, column.name, column.type, column.nullable);
}

Analyzer::Analyzer(const CatalogLookup& catalog, const SessionConfig& config)
    : catalog_(catalog), config_(config), text_(config.text) {
  if (auto zone = TimeZone::Find(config.time_zone)) zone_ = *zone;
}

Error Analyzer::Located(Error error, const sql::SourceRange& range) const {
  if (error.location().line != 0 || text_.empty() || range.end == 0) return error;
  return std::move(error).At(sql::LocationOf(text_, range.begin));
}

OutputColumn Analyzer::NewColumn(std::string name, DataType type, bool nullable) {
  OutputColumn column;
  column.id = NextId();
  column.name = std::move(name);
  column.type = std::move(type);
  column.nullable = nullable;
  return column;
}

Planned Analyzer::ProjectOver(Planned input, std::vector<NamedExpression> items) {
  auto project = std::make_shared<ProjectRelation>();
  for (const NamedExpression& item : items) {
    OutputColumn column;
    column.id = item.id;
    column.name = item.name;
    column.type = item.expression->type;
    column.nullable = item.expression->nullable;
    project->output.push_back(std::move(column));
  }
  project->expressions = std::move(items);
  project->inputs.push_back(std::move(input.relation));
  std::vector<OutputColumn> columns = project->output;
  return {std::move(project), std::move(columns)};
}

Result<ExpressionPtr> MapParts(
    const ExpressionPtr& expression,
    const std::function<Result<ExpressionPtr>(const ExpressionPtr&)>& change) {
  auto copy = std::make_shared<Expression>(*expression);
  bool changed = false;
  const auto apply = [&](ExpressionPtr& part) -> Status {
    if (!part) return {};
    ExpressionPtr fresh = TRY(change(part));
    changed |= fresh != part;
    part = std::move(fresh);
    return {};
  };
  for (ExpressionPtr& child : copy->children) TRY(apply(child));
  TRY(apply(copy->filter));
  for (SortKey& key : copy->order_by) TRY(apply(key.expression));
  for (ExpressionPtr& part : copy->partition_by) TRY(apply(part));
  if (!changed) return expression;
  // Column names come from what was written, not from what it became.
  if (copy->pretty.empty()) copy->pretty = PrettyName(*expression);
  return ExpressionPtr(copy);
}

ExpressionPtr Rewrite(const ExpressionPtr& expression,
                      const std::function<ExpressionPtr(const ExpressionPtr&)>& replace) {
  ExpressionPtr inside =
      *MapParts(expression, [&replace](const ExpressionPtr& part) -> Result<ExpressionPtr> {
        return Rewrite(part, replace);
      });
  ExpressionPtr fresh = replace(inside);
  return fresh ? fresh : inside;
}

// Spark has a setting that turns TIME off.
Status Analyzer::CheckTime(const DataType& type) const {
  if (!type.is(types::TypeId::kTime) ||
      config_.Get("spark.sql.timeType.enabled", "true") != "false")
    return {};
  return SparkError("UNSUPPORTED_TIME_TYPE", "0A000",
                    "The data type TIME is turned off by spark.sql.timeType.enabled.");
}

Result<ExpressionPtr> Analyzer::MakeCall(const std::string& name,
                                         std::vector<ExpressionPtr> arguments) {
  const Signature signature = TRY(ResolveFunction(name, arguments));
  auto call = std::make_shared<Expression>();
  call->kind = ExpressionKind::kCall;
  call->name = name;
  call->function = signature.function;
  call->type = signature.result;
  if (signature.function->emission.empty()) {
    return Unsupported("function {} is known to Spark, but not supported here", name)
        .WithClass("UNSUPPORTED_FEATURE.FUNCTION", "0A000");
  }
  for (const DataType& type : signature.arguments) TRY(CheckTime(type));
  for (size_t i = 0; i < arguments.size(); ++i) {
    call->children.push_back(MakeCast(std::move(arguments[i]), signature.arguments[i], true));
  }
  return ExpressionPtr(call);
}

Result<Query> Analyze(const sql::Query& query, const CatalogLookup& catalog,
                      const SessionConfig& config) {
  Analyzer analyzer(catalog, config);
  Planned planned =
      TRY(WithStackSpace([&]() -> Result<Planned> { return analyzer.PlanQuery(query, nullptr); }));
  Query analyzed;
  analyzed.temporary_objects = analyzer.TemporaryObjects();
  analyzed.views = analyzer.Views();
  std::vector<NamedExpression> items;
  bool same = planned.columns.size() == planned.relation->output.size();
  for (size_t i = 0; i < planned.columns.size(); ++i) {
    const OutputColumn& column = planned.columns[i];
    if (column.hidden) {
      same = false;
      continue;
    }
    if (column.generated_name && analyzed.generated_name.empty())
      analyzed.generated_name = column.name;
    same = same && planned.relation->output[i].id == column.id;
    analyzed.columns.push_back({column.name, column.type, column.nullable, column.metadata});
    items.push_back({analyzer.NextId(), column.name, ColumnOf(column)});
  }
  if (same) {
    analyzed.root = std::move(planned.relation);
    return analyzed;
  }
  auto project = std::make_shared<ProjectRelation>();
  for (const NamedExpression& item : items) {
    project->output.push_back(
        {item.id, item.name, item.expression->type, item.expression->nullable});
  }
  project->expressions = std::move(items);
  project->inputs.push_back(std::move(planned.relation));
  analyzed.root = std::move(project);
  return analyzed;
}

Result<ExpressionPtr> AnalyzeExpression(const sql::Expression& expression,
                                        const std::vector<InputColumn>& columns,
                                        const CatalogLookup& catalog, const SessionConfig& config) {
  std::vector<OutputColumn> visible;
  for (const InputColumn& column : columns) {
    OutputColumn output;
    output.id = static_cast<ColumnId>(visible.size() + 1);
    output.name = column.field.name;
    output.type = column.field.type;
    output.nullable = column.field.nullable;
    output.qualifier = column.qualifier;
    visible.push_back(std::move(output));
  }
  Analyzer analyzer(catalog, config);
  analyzer.ReserveIds(static_cast<ColumnId>(visible.size()));
  Scope scope;
  scope.levels = {&visible};
  return WithStackSpace(
      [&]() -> Result<ExpressionPtr> { return analyzer.Resolve(expression, scope); });
}

Query QueryOf(const Expression& expression) {
  constexpr ColumnId kAboveAll = std::numeric_limits<ColumnId>::max();
  auto project = std::make_shared<ProjectRelation>();
  project->output.push_back({kAboveAll, "value", expression.type, expression.nullable});
  project->expressions.push_back({kAboveAll, "value", std::make_shared<Expression>(expression)});
  project->inputs.push_back(std::make_shared<OneRowRelation>());
  Query query;
  query.columns = {{"value", expression.type, expression.nullable}};
  query.root = std::move(project);
  return query;
}

Result<ExpressionPtr> CastForStore(ExpressionPtr expression, const StructField& target,
                                   const std::string& table_name) {
  const bool text_to_text = expression->type.IsString() && target.type.IsString();
  if (!text_to_text && !CanStoreAssign(expression->type, target.type)) {
    return CannotStore(*expression, target, table_name);
  }
  return MakeCast(std::move(expression), target.type, true);
}

Result<Query> AdaptForInsert(Query query, const std::vector<StructField>& target, bool by_name,
                             const std::string& table_name) {
  if (query.columns.size() > target.size()) {
    return WrongArity(table_name, true, target, query.columns);
  }
  if (!by_name && query.columns.size() < target.size()) {
    return WrongArity(table_name, false, target, query.columns);
  }
  auto project = std::make_shared<ProjectRelation>();
  ColumnId id = HighestId(*query.root);
  std::vector<bool> used(query.columns.size(), false);
  for (size_t i = 0; i < target.size(); ++i) {
    size_t source = i;
    if (by_name) {
      source = 0;
      while (source < query.columns.size() &&
             !SameName(query.columns[source].name, target[i].name)) {
        ++source;
      }
    }
    ExpressionPtr value = source < query.columns.size() ? ColumnOf(query.root->output[source])
                                                        : MakeNull(target[i].type);
    if (source < used.size()) used[source] = true;
    value = TRY(CastForStore(std::move(value), target[i], table_name));
    project->output.push_back({++id, target[i].name, target[i].type, value->nullable});
    project->expressions.push_back({id, target[i].name, std::move(value)});
  }
  for (size_t i = 0; i < used.size(); ++i) {
    if (used[i]) continue;
    return SparkError(
        "INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS", "KD000",
        "Cannot write incompatible data for the table {}: Cannot write extra columns `{}`.",
        table_name, query.columns[i].name);
  }
  project->inputs.push_back(std::move(query.root));
  query.root = std::move(project);
  query.columns = target;
  return query;
}

}  // namespace lakesmith::plan
