// ALTER TABLE ... DROP FEATURE: takes every trace of a feature out of the table, then its name out
// of the protocol.
#include <algorithm>
#include <utility>

#include "delta/checkpoint.h"
#include "delta/protocol.h"
#include "delta/schema.h"
#include "engine/statements/alter_internal.h"
#include "engine/statements/rewrite_files_internal.h"

namespace lakesmith::engine {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;

constexpr const char* kProtectedBefore = "delta.requireCheckpointProtectionBeforeVersion";

// The type with keys taken out of the metadata of its fields, at every level.
DataType WithoutMetadata(const DataType& type, const std::vector<std::string>& keys) {
  if (type.is(TypeId::kArray))
    return DataType::Array(WithoutMetadata(type.element(), keys), type.contains_null());
  if (type.is(TypeId::kMap)) {
    return DataType::Map(WithoutMetadata(type.key(), keys), WithoutMetadata(type.value(), keys),
                         type.contains_null());
  }
  if (!type.is(TypeId::kStruct)) return type;
  std::vector<StructField> fields = type.fields();
  for (StructField& field : fields) {
    for (const std::string& key : keys) field.metadata.erase(key);
    field.type = WithoutMetadata(field.type, keys);
  }
  return DataType::Struct(std::move(fields));
}

// What dropping a feature takes out of a table.
struct Traces {
  std::vector<std::string> properties;
  std::vector<std::string> field_metadata;
  bool all_files = false;     // Every file must be written anew.
  bool vector_files = false;  // Those with a deletion vector must.
  bool domains = false;
  // Older readers must not replay the commits before: they begin at a checkpoint that is kept.
  bool for_readers = false;
};

Traces TracesOf(std::string_view feature) {
  if (feature == "deletionVectors") {
    return {
        .properties = {"delta.enableDeletionVectors"}, .vector_files = true, .for_readers = true};
  }
  if (feature == "columnMapping") {
    return {.properties = {"delta.columnMapping.mode", "delta.columnMapping.maxColumnId"},
            .field_metadata = {"delta.columnMapping.id", "delta.columnMapping.physicalName",
                               "delta.columnMapping.nested.ids"},
            .all_files = true,
            .for_readers = true};
  }
  if (feature == "typeWidening" || feature == "typeWidening-preview") {
    return {.properties = {"delta.enableTypeWidening"},
            .field_metadata = {"delta.typeChanges"},
            .all_files = true,
            .for_readers = true};
  }
  if (feature == "inCommitTimestamp") {
    return {.properties = {"delta.enableInCommitTimestamps",
                           "delta.inCommitTimestampEnablementVersion",
                           "delta.inCommitTimestampEnablementTimestamp"}};
  }
  if (feature == "changeDataFeed") return {.properties = {"delta.enableChangeDataFeed"}};
  if (feature == "allowColumnDefaults") return {.field_metadata = {"CURRENT_DEFAULT"}};
  if (feature == "domainMetadata") return {.domains = true};
  if (feature == "v2Checkpoint")
    return {.properties = {"delta.checkpointPolicy"}, .for_readers = true};
  if (feature == "vacuumProtocolCheck") return {.for_readers = true};
  return {};
}

Status CheckDroppable(const StatementContext::OpenTable& table, const sql::AlterAction& action) {
  if (action.flag) {
    return Unsupported(
               "DROP FEATURE ... TRUNCATE HISTORY is not supported. Drop the feature without it: "
               "older versions stay readable, and a protected checkpoint keeps older clients from "
               "them.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  if (action.text == "checkConstraints" && !table.snapshot->properties().constraints.empty()) {
    return Invalid(
               "The feature checkConstraints cannot be dropped while {} has the constraint '{}'.",
               table.target.Display(), table.snapshot->properties().constraints.front().first)
        .WithClass("DELTA_CANNOT_DROP_CHECK_CONSTRAINT_FEATURE", "0AKDE");
  }
  return {};
}

std::vector<delta::AddFilePtr> FilesToRewrite(const delta::Snapshot& snapshot,
                                              const Traces& traces) {
  std::vector<delta::AddFilePtr> files;
  for (const delta::AddFilePtr& file : snapshot.files()) {
    if (traces.all_files || (traces.vector_files && file->deletion_vector)) files.push_back(file);
  }
  return files;
}

Result<TableActions> ActionsWithout(const delta::Snapshot& snapshot, const Traces& traces,
                                    std::string_view feature, const std::string& display) {
  TableActions actions;
  actions.protocol = TRY(delta::DropFeature(snapshot.protocol(), feature));
  actions.metadata = snapshot.metadata();
  for (const std::string& key : traces.properties) actions.metadata.configuration.erase(key);
  const DataType schema = WithoutMetadata(snapshot.schema(), traces.field_metadata);
  actions.metadata.schema_string = delta::SchemaText(schema);
  if (traces.for_readers) {
    actions.protocol = delta::MergeProtocols(
        actions.protocol,
        TRY(delta::ProtocolFor(actions.metadata, schema, {"checkpointProtection"})));
    actions.metadata.configuration[kProtectedBefore] = std::to_string(snapshot.version() + 1);
  }
  actions.shape = {display, schema, actions.metadata.partition_columns,
                   TRY(delta::TableProperties::Parse(actions.metadata.configuration))};
  return actions;
}

}  // namespace

Status DropTableFeature(StatementContext& context, const StatementContext::OpenTable& table,
                        const sql::AlterAction& action) {
  TRY(CheckDroppable(table, action));
  const delta::Snapshot& snapshot = *table.snapshot;
  const Traces traces = TracesOf(action.text);
  const TableActions actions =
      TRY(ActionsWithout(snapshot, traces, action.text, table.target.Display()));
  const delta::Table place = context.session.tables().At(table.target.location);
  delta::Transaction transaction(place, table.snapshot);
  transaction.ReadWholeTable();
  // The version in the metadata is that of this very commit.
  transaction.SetMaxAttempts(1);
  const std::vector<delta::AddFilePtr> files = FilesToRewrite(snapshot, traces);
  if (!files.empty()) {
    Rewrite rewrite;
    rewrite.Add(files, TRY(RewriteFiles(context, table, actions.shape, files)));
    PutInto(rewrite, transaction);
  }
  if (traces.domains) {
    for (const auto& [name, domain] : snapshot.domains())
      transaction.SetDomain({name, domain.configuration, true});
  }
  transaction.SetProtocol(actions.protocol);
  if (!(actions.metadata == snapshot.metadata())) transaction.SetMetadata(actions.metadata);
  delta::OperationInfo operation;
  operation.name = "DROP FEATURE";
  operation.parameters = {{"featureName", action.text}};
  const delta::CommitOutcome outcome = TRY(transaction.Commit(operation));
  if (traces.for_readers) TRY(delta::WriteCheckpoint(place, outcome.version));
  return {};
}

}  // namespace lakesmith::engine
