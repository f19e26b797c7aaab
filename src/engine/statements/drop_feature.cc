// ALTER TABLE ... DROP FEATURE: takes every trace of a feature out of the table, then its name out
// of the protocol.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "delta/checkpoint.h"
#include "delta/feature_history.h"
#include "delta/protocol.h"
#include "delta/schema.h"
#include "engine/statements/alter_internal.h"
#include "engine/statements/rewrite_files_internal.h"

namespace lakesmith::engine {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;

constexpr const char* kProtection = "checkpointProtection";
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
  if (feature == "checkpointProtection") return {.properties = {kProtectedBefore}};
  return {};
}

Status CheckDroppable(const StatementContext::OpenTable& table, const sql::AlterAction& action) {
  if (action.flag && !TracesOf(action.text).for_readers && action.text != kProtection) {
    return Invalid(
               "The feature {} needs no truncated history: readers do not have to know it. Drop it "
               "without TRUNCATE HISTORY.",
               action.text)
        .WithClass("DELTA_FEATURE_DROP_HISTORY_TRUNCATION_NOT_ALLOWED", "42000");
  }
  if (!action.flag && action.text == kProtection) {
    return Invalid(
               "The feature {} protects older versions. Drop it with TRUNCATE HISTORY, which takes "
               "them away.",
               action.text)
        .WithClass("DELTA_FEATURE_CAN_ONLY_DROP_CHECKPOINT_PROTECTION_WITH_HISTORY_TRUNCATION",
                   "55000");
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
                                    const sql::AlterAction& action, const std::string& display) {
  TableActions actions;
  actions.protocol = TRY(delta::DropFeature(snapshot.protocol(), action.text));
  actions.metadata = snapshot.metadata();
  for (const std::string& key : traces.properties) actions.metadata.configuration.erase(key);
  const DataType schema = WithoutMetadata(snapshot.schema(), traces.field_metadata);
  actions.metadata.schema_string = delta::SchemaText(schema);
  if (traces.for_readers && !action.flag) {
    actions.protocol = delta::MergeProtocols(
        actions.protocol, TRY(delta::ProtocolFor(actions.metadata, schema, {kProtection})));
    actions.metadata.configuration[kProtectedBefore] = std::to_string(snapshot.version() + 1);
  }
  actions.shape = {display, schema, actions.metadata.partition_columns,
                   TRY(delta::TableProperties::Parse(actions.metadata.configuration))};
  return actions;
}

// One commit of what dropping changes in the newest version; returns that version.
Result<int64_t> CommitWithout(StatementContext& context, const StatementContext::OpenTable& table,
                              const Traces& traces, const TableActions& actions,
                              const std::string& feature) {
  const delta::Snapshot& snapshot = *table.snapshot;
  delta::Transaction transaction(context.session.tables().At(table.target.location),
                                 table.snapshot);
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
  if (!(actions.protocol == snapshot.protocol())) transaction.SetProtocol(actions.protocol);
  if (!(actions.metadata == snapshot.metadata())) transaction.SetMetadata(actions.metadata);
  delta::OperationInfo operation;
  operation.name = "DROP FEATURE";
  operation.parameters = {{"featureName", feature}};
  return TRY(transaction.Commit(operation)).version;
}

// How long TRUNCATE HISTORY keeps versions. Source: Delta configuration reference.
Result<int64_t> HistoryRetentionMs(const delta::Snapshot& snapshot) {
  const auto& configuration = snapshot.metadata().configuration;
  const auto found = configuration.find("delta.dropFeatureTruncateHistory.retentionDuration");
  return delta::ParseInterval(found == configuration.end() ? "interval 24 hours" : found->second);
}

delta::FeatureTraces LogTracesOf(const delta::Snapshot& snapshot, const Traces& traces,
                                 std::string_view feature) {
  delta::FeatureTraces log{.properties = traces.properties,
                           .field_metadata = traces.field_metadata,
                           .deletion_vectors = traces.vector_files,
                           .v2_checkpoints = feature == "v2Checkpoint"};
  const auto& configuration = snapshot.metadata().configuration;
  if (const auto found = configuration.find(kProtectedBefore);
      feature == kProtection && found != configuration.end()) {
    // The property itself goes with the feature; what it protects must be gone.
    log.properties.clear();
    log.before_version = std::strtoll(found->second.c_str(), nullptr, 10);
  }
  return log;
}

// With TRUNCATE HISTORY: the feature goes out of the newest version at first, and out of the
// protocol once no older version uses it.
Status DropWithHistory(StatementContext& context, const StatementContext::OpenTable& table,
                       const Traces& traces, TableActions actions, const std::string& feature) {
  const delta::Snapshot& snapshot = *table.snapshot;
  const delta::Table place = context.session.tables().At(table.target.location);
  const bool in_use =
      !FilesToRewrite(snapshot, traces).empty() || !(actions.metadata == snapshot.metadata());
  if (in_use && feature != kProtection) {
    actions.protocol = snapshot.protocol();
    TRY(delta::WriteCheckpoint(place,
                               TRY(CommitWithout(context, table, traces, actions, feature))));
    return Invalid(
               "Dropping {} was partially successful: the newest version of {} does not use it any "
               "more, but older versions do. Wait until they are older than "
               "delta.dropFeatureTruncateHistory.retentionDuration (24 hours), then repeat the "
               "statement.",
               feature, table.target.Display())
        .WithClass("DELTA_FEATURE_DROP_WAIT_FOR_RETENTION_PERIOD", "55000");
  }
  TRY(delta::WriteCheckpoint(place, snapshot.version()));
  TRY(delta::CleanUpLog(place, TRY(HistoryRetentionMs(snapshot)), delta::LogCutoff::kExact));
  const std::optional<int64_t> used =
      TRY(delta::NewestVersionWith(place, LogTracesOf(snapshot, traces, feature)));
  if (used) {
    return Invalid(
               "{} cannot be dropped yet: version {} of {} uses it and is not older than "
               "delta.dropFeatureTruncateHistory.retentionDuration (24 hours). Wait, then repeat "
               "the statement.",
               feature, *used, table.target.Display())
        .WithClass("DELTA_FEATURE_DROP_HISTORICAL_VERSIONS_EXIST", "55000");
  }
  TRY(CommitWithout(context, table, {}, actions, feature));
  return {};
}

}  // namespace

Status DropTableFeature(StatementContext& context, const StatementContext::OpenTable& table,
                        const sql::AlterAction& action) {
  TRY(CheckDroppable(table, action));
  const Traces traces = TracesOf(action.text);
  TableActions actions =
      TRY(ActionsWithout(*table.snapshot, traces, action, table.target.Display()));
  if (action.flag) return DropWithHistory(context, table, traces, std::move(actions), action.text);
  const int64_t version = TRY(CommitWithout(context, table, traces, actions, action.text));
  if (traces.for_readers) {
    TRY(delta::WriteCheckpoint(context.session.tables().At(table.target.location), version));
  }
  return {};
}

}  // namespace lakesmith::engine
