#include <algorithm>
#include <utility>

#include "base/nearest.h"
#include "catalog/catalog.h"
#include "delta/column_mapping.h"
#include "delta/protocol.h"
#include "delta/schema.h"
#include "engine/statements/alter_internal.h"
#include "engine/statements/dml_internal.h"
#include "engine/statements/view_internal.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using catalog::FoldName;
using types::DataType;
using types::StructField;

Error NotYet(std::string_view what) {
  return Unsupported("{} is not supported yet.", what).WithClass("UNSUPPORTED_FEATURE", "0A000");
}

// Commits new metadata; properties may have raised what the protocol must allow.
Status CommitMetadata(StatementContext& context, const StatementContext::OpenTable& table,
                      delta::Metadata metadata, const delta::OperationInfo& operation,
                      const std::vector<std::string>& features = {}) {
  const DataType schema = TRY(delta::ParseSchema(metadata.schema_string));
  delta::Transaction transaction(context.session.tables().At(table.target.location),
                                 table.snapshot);
  const delta::Protocol needed = TRY(delta::ProtocolFor(metadata, schema, features));
  const delta::Protocol merged = delta::MergeProtocols(table.snapshot->protocol(), needed);
  if (!(merged == table.snapshot->protocol())) transaction.SetProtocol(merged);
  transaction.SetMetadata(std::move(metadata));
  TRY(transaction.Commit(operation));
  return {};
}

Status CommitSchema(StatementContext& context, const StatementContext::OpenTable& table,
                    const SchemaEdit& edit) {
  TableActions actions = TRY(
      ChangeSchema(*table.snapshot, edit.schema, table.target.Display(), edit.partition_columns));
  return CommitMetadata(context, table, std::move(actions.metadata), edit.operation);
}

Status SetProperties(StatementContext& context, const StatementContext::OpenTable& table,
                     const sql::AlterAction& action) {
  delta::Metadata metadata = table.snapshot->metadata();
  std::vector<std::string> features;
  Json shown = Json::object();
  for (const auto& [key, value] : TRY(context.OptionTexts(action.options))) {
    const std::string canonical = delta::CanonicalPropertyKey(key);
    shown[canonical] = value;
    if (canonical.starts_with("delta.feature.")) {
      features.push_back(canonical.substr(14));
    } else if (canonical.starts_with("delta.constraints.")) {
      return Invalid("A constraint is added by ALTER TABLE ... ADD CONSTRAINT, not by a property.")
          .WithClass("DELTA_ADD_CONSTRAINTS", "0A000");
    } else if (canonical != "delta.minReaderVersion" && canonical != "delta.minWriterVersion") {
      TRY(delta::CheckPropertyKey(canonical));
      metadata.configuration[canonical] = value;
    }
  }
  const delta::TableProperties wanted = TRY(delta::TableProperties::Parse(metadata.configuration));
  if (wanted.column_mapping_mode != table.snapshot->properties().column_mapping_mode) {
    // The mode is changed by a function that also gives columns their ids.
    metadata.configuration = table.snapshot->metadata().configuration;
    delta::Metadata mapped = TRY(delta::EnableColumnMapping(metadata, table.snapshot->schema(),
                                                            wanted.column_mapping_mode, false));
    for (const auto& [key, value] : shown.items()) {
      if (!key.starts_with("delta.feature.") && !key.starts_with("delta.columnMapping.") &&
          key != "delta.minReaderVersion" && key != "delta.minWriterVersion") {
        mapped.configuration[key] = value.get<std::string>();
      }
    }
    metadata = std::move(mapped);
  }
  delta::OperationInfo operation;
  operation.name = "SET TBLPROPERTIES";
  operation.parameters = {{"properties", JsonText(shown)}};
  return CommitMetadata(context, table, std::move(metadata), operation, features);
}

Status UnsetProperties(StatementContext& context, const StatementContext::OpenTable& table,
                       const sql::AlterAction& action) {
  delta::Metadata metadata = table.snapshot->metadata();
  std::vector<std::string> keys;
  for (const sql::Option& option : action.options) {
    const std::string key = delta::CanonicalPropertyKey(option.key);
    if (metadata.configuration.erase(key) == 0 && !action.if_exists) {
      return Invalid("Cannot unset the property `{}` of {}: it is not set.", option.key,
                     table.target.Display())
          .WithClass("UNSET_NONEXISTENT_PROPERTIES", "42K0J");
    }
    keys.push_back(key);
  }
  delta::OperationInfo operation;
  operation.name = "UNSET TBLPROPERTIES";
  operation.parameters = {{"properties", JsonList(keys)},
                          {"ifExists", action.if_exists ? "true" : "false"}};
  return CommitMetadata(context, table, std::move(metadata), operation);
}

// Every row must meet a constraint before it is added.
Status CheckExistingRows(StatementContext& context, const StatementContext::OpenTable& table,
                         const sql::Expression& condition, const std::string& what) {
  const auto inputs = TableInputs(table.snapshot->schema().fields(), table.target, std::nullopt);
  const plan::ExpressionPtr analyzed =
      TRY(plan::AnalyzeExpression(condition, inputs, context.catalog, context.config));
  DeltaScan scan{.table = context.session.tables().At(table.target.location),
                 .snapshot = table.snapshot};
  RowsText rows = RowsOfScan(std::move(scan), table.snapshot->schema().fields());
  const std::string text = TakeReferences(rows, TRY(context.Emit(analyzed, RowsColumn)));
  rows.sql = fmt::format("SELECT count(*) FROM ({}) AS q WHERE ({}) IS NOT TRUE", rows.sql, text);
  rows.columns = {{"violations", DataType::Long()}};
  const std::unique_ptr<RowStream> stream = TRY(context.session.connection->Query(rows.ToQuery()));
  const std::vector<Row> answer = TRY(Collect(*stream));
  const int64_t violations = answer.at(0).at(0).as<int64_t>();
  if (violations == 0) return {};
  return Invalid("{} rows in {} violate the new {}.", violations, table.target.Display(), what)
      .WithClass("DELTA_NEW_CHECK_CONSTRAINT_VIOLATION", "23512");
}

Status AddConstraint(StatementContext& context, const StatementContext::OpenTable& table,
                     const sql::TableConstraint& constraint) {
  if (constraint.constraint_kind != sql::ConstraintKind::kCheck) {
    if (!table.target.relation) return {};
    return context.session.catalog().UpdateRelation(
        table.target.relation->name, [&](catalog::Relation& relation) {
          relation.notes.properties["constraint." + constraint.name] =
              context.WrittenAs(constraint.range);
          return Status();
        });
  }
  delta::Metadata metadata = table.snapshot->metadata();
  const std::string key = "delta.constraints." + FoldName(constraint.name);
  const std::string text = sql::ToSql(*constraint.condition);
  if (metadata.configuration.contains(key)) {
    return Invalid("Constraint '{}' already exists. Drop the old constraint first.",
                   constraint.name)
        .WithClass("DELTA_CONSTRAINT_ALREADY_EXISTS", "42710");
  }
  TRY(CheckExistingRows(context, table, *constraint.condition,
                        fmt::format("CHECK constraint ({})", text)));
  metadata.configuration[key] = text;
  delta::OperationInfo operation;
  operation.name = "ADD CONSTRAINT";
  operation.parameters = {{"name", constraint.name}, {"expr", text}};
  delta::Transaction transaction(context.session.tables().At(table.target.location),
                                 table.snapshot);
  transaction.ReadWholeTable();
  const DataType schema = table.snapshot->schema();
  transaction.SetProtocol(
      delta::MergeProtocols(table.snapshot->protocol(), TRY(delta::ProtocolFor(metadata, schema))));
  transaction.SetMetadata(std::move(metadata));
  TRY(transaction.Commit(operation));
  return {};
}

Status DropConstraint(StatementContext& context, const StatementContext::OpenTable& table,
                      const sql::AlterAction& action) {
  delta::Metadata metadata = table.snapshot->metadata();
  if (metadata.configuration.erase("delta.constraints." + FoldName(action.text)) == 0) {
    bool informational = false;
    if (table.target.relation) {
      TRY(context.session.catalog().UpdateRelation(
          table.target.relation->name, [&](catalog::Relation& relation) {
            informational = relation.notes.properties.erase("constraint." + action.text) > 0;
            return Status();
          }));
    }
    if (informational || action.if_exists) return {};
    return Invalid(
               "Cannot drop the nonexistent constraint `{}` from {}. To avoid the error, use IF "
               "EXISTS.",
               action.text, table.target.Display())
        .WithClass("DELTA_CONSTRAINT_DOES_NOT_EXIST", "42704");
  }
  delta::OperationInfo operation;
  operation.name = "DROP CONSTRAINT";
  operation.parameters = {{"name", action.text}};
  return CommitMetadata(context, table, std::move(metadata), operation);
}

Status RenameTable(StatementContext& context, const StatementContext::OpenTable& table,
                   const sql::AlterAction& action) {
  if (!table.target.relation) return Invalid("A table without a name cannot be renamed.");
  const std::vector<std::string> parts = TRY(context.Parts(action.new_name));
  const catalog::QualifiedName& from = table.target.relation->name;
  const catalog::QualifiedName to = TRY(catalog::Qualify(parts, from.ns()));
  return context.session.catalog().RenameRelation(from, to);
}

Status Apply(StatementContext& context, const StatementContext::OpenTable& table,
             const sql::AlterAction& action) {
  switch (action.alter_kind) {
    case sql::AlterKind::kRename:
      return RenameTable(context, table, action);
    case sql::AlterKind::kSetProperties:
      return SetProperties(context, table, action);
    case sql::AlterKind::kUnsetProperties:
      return UnsetProperties(context, table, action);
    case sql::AlterKind::kAddConstraint:
      return AddConstraint(context, table, *action.constraint);
    case sql::AlterKind::kDropConstraint:
      return DropConstraint(context, table, action);
    case sql::AlterKind::kAddColumns:
    case sql::AlterKind::kReplaceColumns:
    case sql::AlterKind::kDropColumns:
    case sql::AlterKind::kRenameColumn:
    case sql::AlterKind::kAlterColumnType:
    case sql::AlterKind::kAlterColumnComment:
    case sql::AlterKind::kAlterColumnPosition:
    case sql::AlterKind::kAlterColumnSetNotNull:
    case sql::AlterKind::kAlterColumnDropNotNull:
    case sql::AlterKind::kAlterColumnSetDefault:
    case sql::AlterKind::kAlterColumnDropDefault: {
      SchemaEdit edit = TRY(EditSchema(context, table, action));
      if (edit.not_null_check != nullptr) {
        TRY(CheckExistingRows(context, table, *edit.not_null_check, "NOT NULL constraint"));
      }
      return CommitSchema(context, table, edit);
    }
    case sql::AlterKind::kDropFeature:
      return DropTableFeature(context, table, action);
    case sql::AlterKind::kAddPartitions:
    case sql::AlterKind::kDropPartitions:
    case sql::AlterKind::kRenamePartition:
    case sql::AlterKind::kRecoverPartitions:
      return Invalid(
                 "Partitions of Delta tables follow from their rows; they are not altered by hand.")
          .WithClass("DELTA_OPERATION_NOT_ALLOWED", "0AKDC");
    case sql::AlterKind::kSetLocation:
      return NotYet("ALTER TABLE ... SET LOCATION");
    case sql::AlterKind::kClusterBy:
      // NONE asks for what every table that we write is.
      if (action.cluster_by == sql::ClusterByKind::kExplicitNone) return {};
      return ClusteringRefused("ALTER TABLE ... CLUSTER BY");
    case sql::AlterKind::kAlterColumnSyncIdentity:
      return NotYet("SYNC IDENTITY (Delta feature identityColumns)");
    default:
      if (!table.target.relation) return NotYet("This ALTER TABLE of a path");
      return RecordAction(context, table.target.relation->name, action);
  }
}

}  // namespace

Error ClusteringRefused(std::string_view statement) {
  return Unsupported(
             "{} is not supported: the Delta feature 'clustering' cannot be written yet. Use "
             "PARTITIONED BY, or OPTIMIZE ... ZORDER BY.",
             statement)
      .WithClass("DELTA_UNSUPPORTED_FEATURES_FOR_WRITE", "56038");
}

Status RecordAction(StatementContext& context, const catalog::QualifiedName& name,
                    const sql::AlterAction& action) {
  const std::map<std::string, std::string> options = TRY(context.OptionTexts(action.options));
  const std::string column = action.column_paths.empty() ? "" : action.column_paths[0].back().name;
  return context.session.catalog().UpdateRelation(name, [&](catalog::Relation& relation) -> Status {
    switch (action.alter_kind) {
      case sql::AlterKind::kSetTags:
        for (const auto& [key, value] : options) relation.notes.tags[key] = value;
        return {};
      case sql::AlterKind::kUnsetTags:
        for (const auto& [key, value] : options) relation.notes.tags.erase(key);
        return {};
      case sql::AlterKind::kAlterColumnSetTags:
        for (const auto& [key, value] : options)
          relation.column_tags[fmt::format("{}.{}", column, key)] = value;
        return {};
      case sql::AlterKind::kAlterColumnUnsetTags:
        for (const auto& [key, value] : options)
          relation.column_tags.erase(fmt::format("{}.{}", column, key));
        return {};
      case sql::AlterKind::kSetProperties:
        for (const auto& [key, value] : options) relation.notes.properties[key] = value;
        return {};
      case sql::AlterKind::kUnsetProperties:
        for (const auto& [key, value] : options) relation.notes.properties.erase(key);
        return {};
      case sql::AlterKind::kSetOwner:
        relation.notes.owner = action.text;
        return {};
      case sql::AlterKind::kClusterBy:
      case sql::AlterKind::kPredictiveOptimization:
      case sql::AlterKind::kSetSchedule:
      case sql::AlterKind::kDropSchedule:
        // Layout hints and schedules have no effect here; the statement is allowed so that scripts
        // run.
        return {};
      default:
        return NotYet("This ALTER statement");
    }
  });
}

Result<StatementResult> RunAlterTable(StatementContext& context, const sql::AlterTable& statement) {
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  if (!AsPathName(parts)) {
    const catalog::QualifiedName name = TRY(catalog::Qualify(parts, context.session.current));
    const std::optional<catalog::Relation> relation =
        TRY(context.session.catalog().FindRelation(name));
    if (!relation && statement.if_exists) return EmptyResult("ALTER TABLE");
    if (relation && relation->is_view()) return AlterView(context, statement, relation->name);
  }
  for (const sql::AlterAction& action : statement.actions) {
    const auto apply = [&]() -> Result<StatementResult> {
      context.catalog.ForgetSnapshots();
      const StatementContext::OpenTable table = TRY(context.OpenDelta(statement.name));
      Status applied = Apply(context, table, action);
      if (!applied) return std::move(applied).error();
      return EmptyResult("ALTER TABLE");
    };
    TRY(RetryOnConflict(context, apply));
  }
  return EmptyResult("ALTER TABLE");
}

}  // namespace lakesmith::engine
