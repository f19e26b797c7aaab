// COMMENT ON, GRANT and REVOKE, ALTER of schemas, catalogs and volumes: what the catalog records.
#include <algorithm>
#include <utility>

#include "catalog/catalog.h"
#include "engine/statements/describe_internal.h"
#include "engine/statements/dml_internal.h"

namespace lakesmith::engine {
namespace {

using catalog::ObjectNotes;
using NotesChange = std::function<Status(ObjectNotes&)>;

// Applies a change to the notes of a catalog object. False when the kind has no notes here.
Result<bool> ChangeNotes(StatementContext& context, sql::ObjectKind kind,
                         const std::vector<std::string>& parts, const NotesChange& change) {
  catalog::Catalog& catalog = context.session.catalog();
  const catalog::Namespace& current = context.session.current;
  switch (kind) {
    case sql::ObjectKind::kCatalog:
      TRY(catalog.UpdateCatalog(parts.back(),
                                [&](catalog::CatalogInfo& info) { return change(info.notes); }));
      return true;
    case sql::ObjectKind::kSchema:
      TRY(catalog.UpdateSchema(TRY(catalog::QualifySchema(parts, current.catalog)),
                               [&](catalog::SchemaInfo& info) { return change(info.notes); }));
      return true;
    case sql::ObjectKind::kVolume:
      TRY(catalog.UpdateVolume(TRY(catalog::Qualify(parts, current)),
                               [&](catalog::VolumeInfo& info) { return change(info.notes); }));
      return true;
    case sql::ObjectKind::kTable:
    case sql::ObjectKind::kView:
    case sql::ObjectKind::kMaterializedView:
    case sql::ObjectKind::kStreamingTable:
      TRY(catalog.UpdateRelation(
          TRY(catalog::Qualify(parts, current)),
          [&](catalog::Relation& relation) { return change(relation.notes); }));
      return true;
    default:
      return false;
  }
}

// A comment on a Delta table is in its log.
Result<StatementResult> CommentOnDelta(StatementContext& context, const sql::Comment& statement) {
  const StatementContext::OpenTable table = TRY(context.OpenDelta(statement.name));
  delta::Metadata metadata = table.snapshot->metadata();
  metadata.description = statement.comment;
  delta::Transaction transaction(context.session.tables().At(table.target.location),
                                 table.snapshot);
  transaction.SetMetadata(metadata);
  delta::OperationInfo operation;
  operation.name = "SET TBLPROPERTIES";
  operation.parameters = {
      {"properties", JsonText(Json{{"comment", statement.comment.value_or("")}})}};
  TRY(transaction.Commit(operation));
  return EmptyResult("COMMENT");
}

std::vector<std::string> Merged(std::vector<std::string> have,
                                const std::vector<std::string>& more) {
  for (const std::string& privilege : more) {
    if (std::ranges::find(have, privilege) == have.end()) have.push_back(privilege);
  }
  return have;
}

void Revoke(ObjectNotes& notes, const std::string& principal,
            const std::vector<std::string>& privileges) {
  const auto found = notes.grants.find(principal);
  if (found == notes.grants.end()) return;
  const bool all = std::ranges::find(privileges, "ALL PRIVILEGES") != privileges.end();
  std::erase_if(found->second, [&](const std::string& privilege) {
    return all || std::ranges::find(privileges, privilege) != privileges.end();
  });
  if (found->second.empty()) notes.grants.erase(found);
}

}  // namespace

Result<StatementResult> RunComment(StatementContext& context, const sql::Comment& statement) {
  if (statement.object == sql::ObjectKind::kColumn) {
    sql::AlterTable alter;
    alter.name = statement.name;
    if (alter.name.parts.size() < 2) return Invalid("COMMENT ON COLUMN needs table.column.");
    sql::AlterAction action;
    action.alter_kind = sql::AlterKind::kAlterColumnComment;
    action.column_paths = {{alter.name.parts.back()}};
    action.comment = statement.comment;
    alter.name.parts.pop_back();
    alter.actions.push_back(std::move(action));
    return RunAlterTable(context, alter);
  }
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  if (statement.object == sql::ObjectKind::kTable) {
    const TableTarget target = TRY(context.Table(statement.name));
    if (target.is_delta) return CommentOnDelta(context, statement);
  }
  const bool known =
      TRY(ChangeNotes(context, statement.object, parts, [&](ObjectNotes& notes) -> Status {
        notes.comment = statement.comment.value_or("");
        return {};
      }));
  if (known) return EmptyResult("COMMENT");
  return NoticeResult(fmt::format("COMMENT ON {} has no effect on this machine.",
                                  sql::ObjectKindText(statement.object)));
}

Result<StatementResult> RunGrant(StatementContext& context, const sql::Grant& statement) {
  const std::vector<std::string> parts =
      statement.name.empty() ? std::vector<std::string>() : TRY(context.Parts(statement.name));
  bool known = false;
  if (!parts.empty()) {
    known = TRY(ChangeNotes(context, statement.object, parts, [&](ObjectNotes& notes) -> Status {
      if (statement.action == sql::GrantAction::kGrant) {
        notes.grants[statement.principal] =
            Merged(notes.grants[statement.principal], statement.privileges);
      } else {
        Revoke(notes, statement.principal, statement.privileges);
      }
      return {};
    }));
  }
  return NoticeResult(
      known ? "The privileges are recorded; they are not enforced on this machine."
            : "Privileges of this kind are not recorded; they have no effect on this machine.");
}

Result<std::map<std::string, std::vector<std::string>>> GrantsOn(
    StatementContext& context, sql::ObjectKind kind, const std::vector<std::string>& parts) {
  catalog::Catalog& catalog = context.session.catalog();
  switch (kind) {
    case sql::ObjectKind::kCatalog:
      return TRY(catalog.GetCatalog(parts.back())).notes.grants;
    case sql::ObjectKind::kSchema:
      return TRY(catalog.GetSchema(
                     TRY(catalog::QualifySchema(parts, context.session.current.catalog))))
          .notes.grants;
    case sql::ObjectKind::kVolume:
      return TRY(catalog.GetVolume(TRY(catalog::Qualify(parts, context.session.current))))
          .notes.grants;
    default:
      return TRY(catalog.GetRelation(TRY(catalog::Qualify(parts, context.session.current))))
          .notes.grants;
  }
}

Result<StatementResult> RunAlterObject(StatementContext& context,
                                       const sql::AlterObject& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  const sql::AlterAction& action = statement.action;
  const std::map<std::string, std::string> options = TRY(context.OptionTexts(action.options));
  const bool known =
      TRY(ChangeNotes(context, statement.object, parts, [&](ObjectNotes& notes) -> Status {
        switch (action.alter_kind) {
          case sql::AlterKind::kSetProperties:
          case sql::AlterKind::kSetOptions:
            for (const auto& [key, value] : options) notes.properties[key] = value;
            return {};
          case sql::AlterKind::kUnsetProperties:
            for (const auto& [key, value] : options) notes.properties.erase(key);
            return {};
          case sql::AlterKind::kSetTags:
            for (const auto& [key, value] : options) notes.tags[key] = value;
            return {};
          case sql::AlterKind::kUnsetTags:
            for (const auto& [key, value] : options) notes.tags.erase(key);
            return {};
          case sql::AlterKind::kSetOwner:
            notes.owner = action.text;
            return {};
          case sql::AlterKind::kPredictiveOptimization:
            return {};
          default:
            return Unsupported("This ALTER {} is not supported.",
                               sql::ObjectKindText(statement.object))
                .WithClass("UNSUPPORTED_FEATURE", "0A000");
        }
      }));
  if (known) return EmptyResult("ALTER");
  return NoticeResult(fmt::format("ALTER {} has no effect on this machine.",
                                  sql::ObjectKindText(statement.object)));
}

}  // namespace lakesmith::engine
