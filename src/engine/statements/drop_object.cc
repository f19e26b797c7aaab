#include <utility>

#include "catalog/catalog.h"
#include "engine/statements/statement_internal.h"

namespace lakesmith::engine {
namespace {

using catalog::FoldName;

// Removes a temporary view; false when there is none of that name.
bool DropTemporaryView(SessionState& session, const std::vector<std::string>& parts) {
  const bool global = parts.size() == 2 && FoldName(parts[0]) == "global_temp";
  if (parts.size() != 1 && !global) return false;
  const std::string key = global ? "global_temp." + FoldName(parts[1]) : FoldName(parts[0]);
  return session.temporary_views.erase(key) > 0;
}

Result<StatementResult> DropRelation(StatementContext& context, const sql::DropObject& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  const bool wants_view = statement.object == sql::ObjectKind::kView;
  if (DropTemporaryView(context.session, parts)) return EmptyResult("DROP");
  const catalog::QualifiedName name = TRY(catalog::Qualify(parts, context.session.current));
  const std::optional<catalog::Relation> relation =
      TRY(context.session.catalog().FindRelation(name));
  if (!relation && statement.if_exists) return EmptyResult("DROP");
  if (!relation) {
    return context.session.catalog().RelationNotFound(name).At(
        context.PlaceOf(statement.name.range));
  }
  if (wants_view && !relation->is_view()) {
    return Invalid("{} is a table. Use DROP TABLE.", relation->name.ToString())
        .WithClass("WRONG_COMMAND_FOR_OBJECT_TYPE", "42809");
  }
  if (!wants_view && relation->is_view() && statement.object == sql::ObjectKind::kTable) {
    return Invalid("{} is a view. Use DROP VIEW.", relation->name.ToString())
        .WithClass("WRONG_COMMAND_FOR_OBJECT_TYPE", "42809");
  }
  TRY(context.session.catalog().DropRelation(name));
  context.session.tables().Forget(relation->location);
  return EmptyResult("DROP");
}

Result<StatementResult> DropSchema(StatementContext& context, const sql::DropObject& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  const catalog::Namespace name =
      TRY(catalog::QualifySchema(parts, context.session.current.catalog));
  if (const Result<std::vector<catalog::Relation>> relations =
          context.session.catalog().ListRelations(name)) {
    for (const catalog::Relation& relation : *relations)
      context.session.tables().Forget(relation.location);
  }
  Result<bool> dropped =
      context.session.catalog().DropSchema(name, statement.if_exists, statement.cascade);
  if (!dropped) return std::move(dropped).error().At(context.PlaceOf(statement.name.range));
  return EmptyResult("DROP SCHEMA");
}

Result<StatementResult> DropFunction(StatementContext& context, const sql::DropObject& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  const bool was_temporary =
      parts.size() == 1 && context.session.temporary_functions.erase(FoldName(parts[0])) > 0;
  if (was_temporary) return EmptyResult("DROP FUNCTION");
  const catalog::QualifiedName name = TRY(catalog::Qualify(parts, context.session.current));
  TRY(context.session.catalog().DropFunction(name, statement.if_exists));
  return EmptyResult("DROP FUNCTION");
}

Status DropVariable(StatementContext& context, const sql::Name& name, bool if_exists) {
  const std::vector<std::string> parts = TRY(context.Parts(name));
  if (context.session.variables.erase(FoldName(parts.back())) > 0 || if_exists) return {};
  return NotFound("The variable {} cannot be found.", catalog::QuoteParts(parts))
      .WithClass("VARIABLE_NOT_FOUND", "42883");
}

}  // namespace

Result<StatementResult> RunDropObject(StatementContext& context, const sql::DropObject& statement) {
  if (statement.undrop) {
    return Unsupported("UNDROP is not supported: dropped data is removed at once.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  switch (statement.object) {
    case sql::ObjectKind::kTable:
    case sql::ObjectKind::kView:
    case sql::ObjectKind::kMaterializedView:
    case sql::ObjectKind::kStreamingTable:
      return DropRelation(context, statement);
    case sql::ObjectKind::kSchema:
      return DropSchema(context, statement);
    case sql::ObjectKind::kCatalog: {
      const std::vector<std::string> parts = TRY(context.Parts(statement.name));
      TRY(context.session.catalog().DropCatalog(parts.back(), statement.if_exists,
                                                statement.cascade));
      return EmptyResult("DROP CATALOG");
    }
    case sql::ObjectKind::kFunction:
      return DropFunction(context, statement);
    case sql::ObjectKind::kVolume: {
      const std::vector<std::string> parts = TRY(context.Parts(statement.name));
      const catalog::QualifiedName name = TRY(catalog::Qualify(parts, context.session.current));
      TRY(context.session.catalog().DropVolume(name, statement.if_exists));
      return EmptyResult("DROP VOLUME");
    }
    case sql::ObjectKind::kVariable: {
      TRY(DropVariable(context, statement.name, statement.if_exists));
      for (const sql::Name& name : statement.more_names) {
        TRY(DropVariable(context, name, statement.if_exists));
      }
      return EmptyResult("DROP VARIABLE");
    }
    default: {
      const std::vector<std::string> parts = TRY(context.Parts(statement.name));
      TRY(context.session.catalog().Forget(RecordFolder(statement.object),
                                           catalog::QuoteParts(parts)));
      return NoticeResult(fmt::format("The record of {} {} is removed.",
                                      sql::ObjectKindText(statement.object),
                                      catalog::QuoteParts(parts)));
    }
  }
}

}  // namespace lakesmith::engine
