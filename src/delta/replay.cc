#include <algorithm>
#include <ranges>

#include "delta/column_mapping.h"
#include "delta/paths.h"
#include "delta/protocol.h"
#include "delta/replay_internal.h"
#include "delta/schema.h"

namespace lakesmith::delta {
namespace {

// Same as CanonicalPath, without a copy where the path is plain.
void AppendCanonical(const std::string& path, const std::string& root, std::string* out) {
  const bool plain = path.find_first_of("%:") == std::string::npos && !path.starts_with('/');
  if (plain) {
    *out += path;
  } else {
    *out += CanonicalPath(path, root);
  }
}

// Applications that have not written for the time that the table sets are forgotten.
void DropExpired(SnapshotState* state, int64_t now_ms) {
  if (const auto retention_ms = state->properties.set_transaction_retention_ms) {
    std::erase_if(state->transactions, [&](const auto& entry) {
      const std::optional<int64_t> updated_ms = entry.second.last_updated_ms;
      return updated_ms && *updated_ms < now_ms - *retention_ms;
    });
  }
}

}  // namespace

const std::string& Replay::KeyOf(const std::string& path,
                                 const std::optional<DeletionVectorDescriptor>& vector) {
  key_.clear();
  AppendCanonical(path, state_.root, &key_);
  if (vector) {
    key_ += '\n';
    key_ += vector->UniqueId();
  }
  return key_;
}

bool Replay::IsNew(const std::string& path, const std::optional<DeletionVectorDescriptor>& vector) {
  return seen_.insert(KeyOf(path, vector)).second;
}

bool Replay::WasSeen(const std::string& path,
                     const std::optional<DeletionVectorDescriptor>& vector) {
  return !seen_.empty() && seen_.contains(KeyOf(path, vector));
}

void Replay::Apply(CommitContent&& content) {
  if (content.protocol && !has_protocol_) {
    state_.protocol = *std::move(content.protocol);
    has_protocol_ = true;
  }
  if (content.metadata && !has_metadata_) {
    state_.metadata = *std::move(content.metadata);
    has_metadata_ = true;
  }
  // Last line first, as commits: within one commit the order has no meaning, but a repeated line
  // should count once.
  for (AddFile& file : content.adds | std::views::reverse) {
    if (IsNew(file.path, file.deletion_vector)) {
      state_.files.push_back(std::make_shared<const AddFile>(std::move(file)));
    }
  }
  for (RemoveFile& file : content.removes | std::views::reverse) {
    if (IsNew(file.path, file.deletion_vector) && state_.has_tombstones) {
      state_.tombstones.push_back(std::make_shared<const RemoveFile>(std::move(file)));
    }
  }
  for (SetTransaction& transaction : content.transactions | std::views::reverse) {
    state_.transactions.try_emplace(transaction.app_id, transaction);
  }
  for (DomainMetadata& domain : content.domains | std::views::reverse) {
    state_.domains.try_emplace(domain.domain, domain);
  }
}

void Replay::ApplyCheckpointAdd(AddFilePtr file) {
  if (WasSeen(file->path, file->deletion_vector)) return;
  state_.files.push_back(std::move(file));
}

void Replay::ApplyCheckpointRemove(RemoveFile&& file) {
  if (!state_.has_tombstones || WasSeen(file.path, file.deletion_vector)) return;
  state_.tombstones.push_back(std::make_shared<const RemoveFile>(std::move(file)));
}

void Replay::ApplyBase(const Snapshot& base) {
  if (!has_protocol_ && !has_metadata_) {
    state_.properties = base.properties();
    state_.schema = base.schema();
    state_.physical_schema = base.physical_schema();
    state_.partition_columns = base.partition_columns();
    has_derived_ = true;
  }
  if (!has_protocol_) state_.protocol = base.protocol();
  if (!has_metadata_) state_.metadata = base.metadata();
  has_protocol_ = has_metadata_ = true;
  has_base_ = true;
  sorted_from_ = state_.files.size();
  state_.files.reserve(state_.files.size() + base.files().size());
  for (const AddFilePtr& file : base.files()) {
    if (!WasSeen(file->path, file->deletion_vector)) state_.files.push_back(file);
  }
  for (const RemoveFilePtr& file : base.tombstones()) {
    if (!WasSeen(file->path, file->deletion_vector)) state_.tombstones.push_back(file);
  }
  state_.transactions.insert(base.transactions().begin(), base.transactions().end());
  state_.domains.insert(base.domains().begin(), base.domains().end());
}

Result<SnapshotState> Replay::Finish(int64_t now_ms) && {
  if (!has_protocol_) {
    return Corrupt("{}: the log has no 'protocol' action", state_.root)
        .WithClass("DELTA_STATE_RECOVER_ERROR", "XXKDS");
  }
  if (!has_metadata_) {
    // Say first that the table is too new, if it is: then a missing action is no damage.
    TRY(CheckReadable(state_.protocol, state_.root));
    return Corrupt("{}: the log has no 'metaData' action", state_.root)
        .WithClass("DELTA_STATE_RECOVER_ERROR", "XXKDS");
  }
  TRY(CheckReadable(state_.protocol, state_.root));
  if (!has_derived_) TRY(FillDerived(&state_));
  std::erase_if(state_.domains, [](const auto& entry) { return entry.second.removed; });
  DropExpired(&state_, now_ms);
  SortFiles();
  return std::move(state_);
}

// The files of a base are in order: only those of new commits are sorted, then both are merged.
void Replay::SortFiles() {
  const auto path = [](const AddFilePtr& file) -> const std::string& { return file->path; };
  const size_t unsorted = has_base_ ? sorted_from_ : state_.files.size();
  const auto middle = state_.files.begin() + static_cast<std::ptrdiff_t>(unsorted);
  std::ranges::sort(state_.files.begin(), middle, {}, path);
  std::ranges::inplace_merge(state_.files, middle, {}, path);
}

Status FillDerived(SnapshotState* state) {
  Result<TableProperties> properties = TableProperties::Parse(state->metadata.configuration);
  if (!properties) {
    // Another writer's property must not make a table unreadable; writing checks again.
    std::map<std::string, std::string> usable = state->metadata.configuration;
    std::erase_if(usable,
                  [](const auto& entry) { return !TableProperties::Parse({entry}).has_value(); });
    properties = TRY(TableProperties::Parse(usable));
  }
  state->properties = *std::move(properties);
  if (!HasFeature(state->protocol, "columnMapping")) {
    state->properties.column_mapping_mode = ColumnMappingMode::kNone;
  }
  // The first writers made tables without a schema: they hold no column.
  Result<types::DataType> schema = state->metadata.schema_string.empty()
                                       ? types::DataType::Struct({})
                                       : ParseSchema(state->metadata.schema_string);
  if (!schema) return std::move(schema).error().Within(state->root);
  state->schema = *std::move(schema);
  TRY(CheckTypeChanges(state->schema));
  state->physical_schema = PhysicalSchema(state->schema, state->properties.column_mapping_mode);
  state->partition_columns.clear();
  for (const std::string& name : state->metadata.partition_columns) {
    const std::optional<size_t> index = state->schema.FieldIndex(name);
    if (!index) return Corrupt("{}: partition column '{}' is not in the schema", state->root, name);
    state->partition_columns.push_back(*index);
  }
  return {};
}

}  // namespace lakesmith::delta
