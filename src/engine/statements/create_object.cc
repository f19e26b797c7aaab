// CREATE of schemas, catalogs, volumes, functions, and of what is recorded only.
#include <utility>

#include "catalog/catalog.h"
#include "engine/statements/statement_internal.h"
#include "engine/statements/view_internal.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using catalog::FoldName;

Result<StatementResult> RecordObject(StatementContext& context,
                                     const sql::CreateObject& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  Json json = {{"name", catalog::QuoteParts(parts)}, {"statement", context.text}};
  TRY(context.session.catalog().Record(RecordFolder(statement.object), catalog::QuoteParts(parts),
                                       json));
  return NoticeResult(fmt::format("{} {} is recorded; it has no effect on this machine.",
                                  sql::ObjectKindText(statement.object),
                                  catalog::QuoteParts(parts)));
}

Result<StatementResult> CreateSchema(StatementContext& context,
                                     const sql::CreateObject& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  catalog::SchemaInfo info;
  info.name = TRY(catalog::QualifySchema(parts, context.session.current.catalog));
  info.notes.comment = statement.comment.value_or("");
  info.notes.properties = TRY(context.OptionTexts(statement.properties));
  const std::optional<std::string>& location =
      statement.managed_location ? statement.managed_location : statement.location;
  if (location) info.location = LocalPath(*location);
  Result<bool> made =
      context.session.catalog().CreateSchema(std::move(info), statement.if_not_exists);
  if (!made) return std::move(made).error().At(context.PlaceOf(statement.name.range));
  return EmptyResult("CREATE SCHEMA");
}

Result<StatementResult> CreateCatalog(StatementContext& context,
                                      const sql::CreateObject& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  catalog::CatalogInfo info;
  info.name = parts.back();
  info.notes.comment = statement.comment.value_or("");
  info.notes.properties = TRY(context.OptionTexts(statement.properties));
  TRY(context.session.catalog().CreateCatalog(std::move(info), statement.if_not_exists));
  return EmptyResult("CREATE CATALOG");
}

Result<StatementResult> CreateVolume(StatementContext& context,
                                     const sql::CreateObject& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  catalog::VolumeInfo volume;
  volume.name = TRY(catalog::Qualify(parts, context.session.current));
  volume.external = statement.location.has_value();
  if (statement.location) volume.location = LocalPath(*statement.location);
  volume.notes.comment = statement.comment.value_or("");
  TRY(context.session.catalog().CreateVolume(std::move(volume), statement.if_not_exists));
  return EmptyResult("CREATE VOLUME");
}

Result<types::DataType> ParameterType(StatementContext& context,
                                      const std::optional<sql::TypeName>& type) {
  if (!type) return types::DataType::Void();
  return context.TypeOf(*type);
}

Error ForeignFunction(const sql::CreateFunction& statement) {
  const std::string language = statement.class_name ? "Java" : statement.language;
  return Unsupported("Functions in {} are not supported; functions in SQL are.", language)
      .WithClass("UNSUPPORTED_FEATURE", "0A000");
}

// The body must resolve; its type is the function's where none is given. What the catalog keeps may
// not read what only the session knows.
Status CheckBody(StatementContext& context, const sql::CreateFunction& statement,
                 catalog::FunctionInfo& function) {
  plan::FunctionDefinition definition;
  definition.signature.name = TRY(context.Parts(statement.name));
  for (const catalog::FunctionParameter& parameter : function.parameters)
    definition.signature.parameters.push_back(
        {parameter.name, parameter.type, parameter.default_text});
  const bool typed = !function.return_type.is(types::TypeId::kVoid);
  if (function.is_table) {
    definition.signature.returns_table = function.return_type.fields();
  } else if (typed) {
    definition.signature.returns = function.return_type;
  }
  sql::ExpressionPtr subquery;
  if (function.is_table) {
    definition.query = statement.body_query.get();
  } else if (statement.body_query) {
    subquery = TRY(sql::ParseExpression(function.body));
    definition.expression = subquery.get();
  } else {
    definition.expression = statement.body_expression.get();
  }
  const plan::CheckedFunction checked =
      TRY(plan::CheckFunction(definition, context.catalog, context.config));
  if (!typed) function.return_type = checked.type;
  if (statement.temporary) return {};
  return CheckNoTemporary("FUNCTION", catalog::QuoteParts(definition.signature.name),
                          checked.temporary_objects);
}

Result<catalog::FunctionInfo> FunctionOf(StatementContext& context,
                                         const sql::CreateFunction& statement) {
  catalog::FunctionInfo function;
  for (const sql::FunctionParameter& parameter : statement.parameters) {
    catalog::FunctionParameter out{parameter.name.name, TRY(ParameterType(context, parameter.type)),
                                   std::nullopt, parameter.comment.value_or("")};
    if (parameter.default_value) out.default_text = sql::ToSql(*parameter.default_value);
    function.parameters.push_back(std::move(out));
  }
  function.is_table = statement.returns_table;
  if (statement.returns_table) {
    std::vector<types::StructField> columns;
    for (const sql::FunctionParameter& column : statement.table_columns) {
      columns.push_back({column.name.name, TRY(ParameterType(context, column.type))});
    }
    if (!statement.body_query) {
      return Invalid("The body of the table function {} must be a query.",
                     statement.name.ToString())
          .WithClass("USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY", "42601");
    }
    function.return_type = types::DataType::Struct(std::move(columns));
  } else {
    function.return_type = TRY(ParameterType(context, statement.return_type));
  }
  function.body = statement.body_query ? sql::ToSql(*statement.body_query)
                                       : sql::ToSql(*statement.body_expression);
  // RETURN SELECT ... of a scalar function is a subquery.
  if (statement.body_query && !statement.returns_table) function.body = "(" + function.body + ")";
  function.body_namespace = context.session.current;
  TRY(CheckBody(context, statement, function));
  function.deterministic = statement.deterministic.value_or(true);
  function.notes.comment = statement.comment.value_or("");
  return function;
}

}  // namespace

std::string RecordFolder(sql::ObjectKind kind) {
  std::string folder = FoldName(sql::ObjectKindText(kind)) + "s";
  for (char& c : folder) {
    if (c == ' ') c = '_';
  }
  return folder;
}

Result<StatementResult> RunCreateObject(StatementContext& context,
                                        const sql::CreateObject& statement) {
  switch (statement.object) {
    case sql::ObjectKind::kSchema:
      return CreateSchema(context, statement);
    case sql::ObjectKind::kCatalog:
      return CreateCatalog(context, statement);
    case sql::ObjectKind::kVolume:
      return CreateVolume(context, statement);
    case sql::ObjectKind::kWidget: {
      // A widget's default is the parameter's value unless the caller gave one.
      const std::vector<std::string> parts = TRY(context.Parts(statement.name));
      if (statement.default_value) {
        const std::string value = TRY(context.EvaluateText(*statement.default_value));
        context.session.settings.Put("widget." + FoldName(parts.back()), value);
      }
      return NoticeResult(fmt::format("Widget {} has its default value.", parts.back()));
    }
    default:
      return RecordObject(context, statement);
  }
}

Result<StatementResult> RunCreateFunction(StatementContext& context,
                                          const sql::CreateFunction& statement) {
  const bool is_sql = statement.body_expression || statement.body_query;
  if (!is_sql) return ForeignFunction(statement);
  catalog::FunctionInfo function = TRY(FunctionOf(context, statement));
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  if (statement.temporary) {
    function.name = {"", "", parts.back()};
    const std::string key = FoldName(parts.back());
    if (context.session.temporary_functions.contains(key) && !statement.or_replace) {
      if (statement.if_not_exists) return EmptyResult("CREATE FUNCTION");
      return Invalid(
                 "Cannot create the routine `{}` because a routine of that name already exists.",
                 parts.back())
          .WithClass("ROUTINE_ALREADY_EXISTS", "42723");
    }
    context.session.temporary_functions[key] = std::move(function);
    return EmptyResult("CREATE FUNCTION");
  }
  function.name = TRY(catalog::Qualify(parts, context.session.current));
  const bool exists = TRY(context.session.catalog().FindFunction(function.name)).has_value();
  if (exists && statement.if_not_exists) return EmptyResult("CREATE FUNCTION");
  TRY(context.session.catalog().CreateFunction(std::move(function), statement.or_replace));
  return EmptyResult("CREATE FUNCTION");
}

}  // namespace lakesmith::engine
