#include <set>

#include "delta/column_mapping.h"
#include "delta/paths.h"
#include "delta/protocol.h"
#include "delta/schema.h"
#include "delta/statistics.h"
#include "delta/transaction_internal.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::StructField;

Status CheckNoIdentityColumns(const DataType& schema) {
  for (const StructField& field : schema.fields()) {
    if (!field.metadata.contains("delta.identity.start")) continue;
    return Unsupported(
               "column '{}': writing to a table with the Delta feature 'identityColumns' is not "
               "supported",
               field.name)
        .WithClass("DELTA_UNSUPPORTED_FEATURES_FOR_WRITE", "56038");
  }
  return {};
}

// What the table will be after the commit.
struct Target {
  Protocol protocol;
  Metadata metadata;
  TableProperties properties;
  DataType schema;
};

Result<Target> TargetOf(PendingCommit* pending) {
  const Snapshot* snapshot = pending->snapshot.get();
  if (snapshot == nullptr && !pending->metadata) return Invalid("a new table needs metadata");
  Target target;
  target.metadata = pending->metadata ? *pending->metadata : snapshot->metadata();
  target.properties = TRY(TableProperties::Parse(target.metadata.configuration));
  target.schema = TRY(ParseSchema(target.metadata.schema_string));
  if (pending->metadata) {
    const Protocol needed = TRY(ProtocolFor(target.metadata, target.schema));
    Protocol current = pending->protocol ? *pending->protocol
                       : snapshot        ? snapshot->protocol()
                                         : needed;
    Protocol merged = MergeProtocols(current, needed);
    const bool changed = snapshot == nullptr || !(merged == snapshot->protocol());
    if (changed) pending->protocol = std::move(merged);
  }
  target.protocol = pending->protocol ? *pending->protocol : snapshot->protocol();
  if (!HasFeature(target.protocol, "columnMapping")) {
    target.properties.column_mapping_mode = ColumnMappingMode::kNone;
  }
  return target;
}

Status CheckAppendOnly(const PendingCommit& pending, const Target& target) {
  if (!target.properties.append_only) return {};
  for (const RemoveFile& file : pending.removes) {
    if (!file.data_change) continue;
    return Invalid(
               "{}: the table only takes appends (table property 'delta.appendOnly' is true); rows "
               "cannot be "
               "changed or deleted",
               pending.table.root)
        .WithClass("DELTA_CANNOT_MODIFY_APPEND_ONLY", "42809");
  }
  return {};
}

Status CheckPartitionValues(const PartitionValues& values, const std::string& path,
                            const std::set<std::string>& names) {
  std::set<std::string> given;
  for (const PartitionValue& value : values) given.insert(value.name);
  if (given == names) return {};
  return Invalid("file '{}' has values for the partition columns [{}], but the table has [{}]",
                 path, fmt::join(given, ", "), fmt::join(names, ", "));
}

Status CheckDeletionVector(const AddFile& file, const Target& target) {
  if (!file.deletion_vector) return {};
  if (!HasFeature(target.protocol, "deletionVectors")) {
    return Invalid(
        "file '{}' has a deletion vector, but the table lacks the feature 'deletionVectors'",
        file.path);
  }
  if (!NumRecords(file.stats)) {
    return Invalid("file '{}' has a deletion vector, but its statistics lack 'numRecords'",
                   file.path);
  }
  return {};
}

Status CheckFiles(const PendingCommit& pending, const Target& target) {
  std::set<std::string> names;
  for (const std::string& name : target.metadata.partition_columns) {
    const std::optional<size_t> index = target.schema.FieldIndex(name);
    if (!index) return Invalid("partition column '{}' is not in the table's schema", name);
    names.insert(
        PhysicalName(target.schema.fields()[*index], target.properties.column_mapping_mode));
  }
  std::set<std::string> paths;
  for (const AddFile& file : pending.adds) {
    if (!paths.insert(CanonicalPath(file.path, pending.table.root)).second) {
      return Invalid("file '{}' is added twice in one commit", file.path);
    }
    TRY(CheckPartitionValues(file.partition_values, file.path, names));
    TRY(CheckDeletionVector(file, target));
  }
  for (const CdcFile& file : pending.change_data) {
    TRY(CheckPartitionValues(file.partition_values, file.path, names));
  }
  return {};
}

}  // namespace

Status ValidatePending(PendingCommit* pending) {
  if (pending->snapshot) TRY(CheckWritable(pending->snapshot->protocol(), pending->table.root));
  const Target target = TRY(TargetOf(pending));
  TRY(CheckWritable(target.protocol, pending->table.root));
  TRY(CheckNoIdentityColumns(target.schema));
  TRY(CheckAppendOnly(*pending, target));
  if (pending->metadata) {
    const bool mapped = target.properties.column_mapping_mode != ColumnMappingMode::kNone;
    TRY(CheckSchema(target.schema, target.metadata.partition_columns, mapped));
  }
  return CheckFiles(*pending, target);
}

}  // namespace lakesmith::delta
