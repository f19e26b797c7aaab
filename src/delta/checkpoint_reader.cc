#include <algorithm>

#include "delta/checkpoint_schema_internal.h"
#include "delta/paths.h"
#include "delta/replay_internal.h"
#include "delta/statistics_internal.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;
using types::Value;

// The columns asked of a file and how to take a row apart: each column knows by its position where
// it goes.
class ColumnList {
 public:
  size_t Add(std::vector<std::string> path, DataType type) {
    columns_.push_back({.path = std::move(path), .type = std::move(type)});
    return columns_.size() - 1;
  }
  const std::vector<ParquetColumn>& columns() const { return columns_; }

 private:
  std::vector<ParquetColumn> columns_;
};

DataType TextList() { return DataType::Array(DataType::String()); }

// One row of a batch.
class Row {
 public:
  Row(const ParquetBatch& batch, size_t row) : batch_(batch), row_(row) {}

  bool IsNull(size_t column) const { return batch_.IsNull(column, row_); }
  std::string Text(size_t column) const {
    return IsNull(column) ? std::string() : std::string(batch_.Text(column, row_));
  }
  int64_t Integer(size_t column, int64_t otherwise = 0) const {
    return IsNull(column) ? otherwise : batch_.Integer(column, row_);
  }
  std::optional<int64_t> OptionalInteger(size_t column) const {
    if (IsNull(column)) return std::nullopt;
    return batch_.Integer(column, row_);
  }
  std::optional<std::string> OptionalText(size_t column) const {
    if (IsNull(column)) return std::nullopt;
    return Text(column);
  }
  Value Get(size_t column) const { return batch_.Get(column, row_); }
  std::vector<std::string> List(size_t column) const {
    std::vector<std::string> texts;
    if (IsNull(column)) return texts;
    const Value list = Get(column);
    for (const Value& element : list.array().elements) {
      if (!element.is_null()) texts.push_back(element.as<std::string>());
    }
    return texts;
  }
  template <typename Take>
  void ForEachEntry(size_t column, const Take& take) const {
    if (IsNull(column)) return;
    const Value map = Get(column);
    for (const std::pair<Value, Value>& entry : map.map().entries) {
      if (!entry.first.is_null()) take(entry.first.as<std::string>(), entry.second);
    }
  }
  PartitionValues Partitions(size_t column) const {
    PartitionValues values;
    ForEachEntry(column, [&](const std::string& key, const Value& value) {
      PartitionValue& entry = values.emplace_back();
      entry.name = key;
      if (!value.is_null()) entry.value = value.as<std::string>();
    });
    return values;
  }
  std::map<std::string, std::string> TextMap(size_t column) const {
    std::map<std::string, std::string> texts;
    ForEachEntry(column, [&](const std::string& key, const Value& value) {
      texts[key] = value.is_null() ? "" : value.as<std::string>();
    });
    return texts;
  }

 private:
  const ParquetBatch& batch_;
  size_t row_;
};

// Columns of a deletion vector below `top`.
struct DeletionVectorColumns {
  DeletionVectorColumns(const char* top, ColumnList* list)
      : storage_type(list->Add({top, "deletionVector", "storageType"}, DataType::String())),
        path(list->Add({top, "deletionVector", "pathOrInlineDv"}, DataType::String())),
        offset(list->Add({top, "deletionVector", "offset"}, DataType::Int())),
        size(list->Add({top, "deletionVector", "sizeInBytes"}, DataType::Int())),
        cardinality(list->Add({top, "deletionVector", "cardinality"}, DataType::Long())) {}

  std::optional<DeletionVectorDescriptor> Read(const Row& row) const {
    if (row.IsNull(storage_type)) return std::nullopt;
    DeletionVectorDescriptor vector{.storage_type = row.Text(storage_type).c_str()[0],
                                    .path_or_inline = row.Text(path),
                                    .size_bytes = static_cast<int32_t>(row.Integer(size)),
                                    .cardinality = row.Integer(cardinality)};
    if (!row.IsNull(offset)) vector.offset = static_cast<int32_t>(row.Integer(offset));
    return vector;
  }

  size_t storage_type, path, offset, size, cardinality;
};

struct AddColumns {
  explicit AddColumns(ColumnList* list)
      : path(list->Add({"add", "path"}, DataType::String())),
        partition_values(list->Add({"add", "partitionValues"}, TextMap())),
        size(list->Add({"add", "size"}, DataType::Long())),
        modified(list->Add({"add", "modificationTime"}, DataType::Long())),
        stats(list->Add({"add", "stats"}, DataType::String())),
        base_row_id(list->Add({"add", "baseRowId"}, DataType::Long())),
        default_row_commit_version(list->Add({"add", "defaultRowCommitVersion"}, DataType::Long())),
        clustering_provider(list->Add({"add", "clusteringProvider"}, DataType::String())),
        tags(list->Add({"add", "tags"}, TextMap())),
        deletion_vector("add", list) {}

  AddFile Read(const Row& row) const {
    return {.path = row.Text(path),
            .partition_values = row.Partitions(partition_values),
            .size_bytes = row.Integer(size),
            .modified_ms = row.Integer(modified),
            .data_change = false,
            .stats = row.Text(stats),
            .deletion_vector = deletion_vector.Read(row),
            .base_row_id = row.OptionalInteger(base_row_id),
            .default_row_commit_version = row.OptionalInteger(default_row_commit_version),
            .clustering_provider = row.OptionalText(clustering_provider),
            .tags = row.TextMap(tags)};
  }

  size_t path, partition_values, size, modified, stats, base_row_id, default_row_commit_version,
      clustering_provider, tags;
  DeletionVectorColumns deletion_vector;
};

struct RemoveColumns {
  explicit RemoveColumns(ColumnList* list)
      : path(list->Add({"remove", "path"}, DataType::String())),
        deletion_timestamp(list->Add({"remove", "deletionTimestamp"}, DataType::Long())),
        extended(list->Add({"remove", "extendedFileMetadata"}, DataType::Boolean())),
        partition_values(list->Add({"remove", "partitionValues"}, TextMap())),
        size(list->Add({"remove", "size"}, DataType::Long())),
        base_row_id(list->Add({"remove", "baseRowId"}, DataType::Long())),
        default_row_commit_version(
            list->Add({"remove", "defaultRowCommitVersion"}, DataType::Long())),
        deletion_vector("remove", list) {}

  RemoveFile Read(const Row& row) const {
    return {.path = row.Text(path),
            .deletion_timestamp_ms = row.OptionalInteger(deletion_timestamp),
            .data_change = false,
            .extended_file_metadata = row.Integer(extended) != 0,
            .partition_values = row.Partitions(partition_values),
            .size_bytes = row.OptionalInteger(size),
            .deletion_vector = deletion_vector.Read(row),
            .base_row_id = row.OptionalInteger(base_row_id),
            .default_row_commit_version = row.OptionalInteger(default_row_commit_version)};
  }

  size_t path, deletion_timestamp, extended, partition_values, size, base_row_id,
      default_row_commit_version;
  DeletionVectorColumns deletion_vector;
};

struct ProtocolColumns {
  explicit ProtocolColumns(ColumnList* list)
      : reader(list->Add({"protocol", "minReaderVersion"}, DataType::Int())),
        writer(list->Add({"protocol", "minWriterVersion"}, DataType::Int())),
        reader_features(list->Add({"protocol", "readerFeatures"}, TextList())),
        writer_features(list->Add({"protocol", "writerFeatures"}, TextList())) {}

  Protocol Read(const Row& row) const {
    return {.min_reader_version = static_cast<int>(row.Integer(reader)),
            .min_writer_version = static_cast<int>(row.Integer(writer)),
            .reader_features = row.List(reader_features),
            .writer_features = row.List(writer_features)};
  }

  size_t reader, writer, reader_features, writer_features;
};

struct MetadataColumns {
  explicit MetadataColumns(ColumnList* list)
      : id(list->Add({"metaData", "id"}, DataType::String())),
        name(list->Add({"metaData", "name"}, DataType::String())),
        description(list->Add({"metaData", "description"}, DataType::String())),
        provider(list->Add({"metaData", "format", "provider"}, DataType::String())),
        schema(list->Add({"metaData", "schemaString"}, DataType::String())),
        partition_columns(list->Add({"metaData", "partitionColumns"}, TextList())),
        created(list->Add({"metaData", "createdTime"}, DataType::Long())),
        configuration(list->Add({"metaData", "configuration"}, TextMap())) {}

  Metadata Read(const Row& row) const {
    return {.id = row.Text(id),
            .name = row.OptionalText(name),
            .description = row.OptionalText(description),
            .format_provider = row.Text(provider),
            .schema_string = row.OptionalText(schema).value_or(""),
            .partition_columns = row.List(partition_columns),
            .created_time_ms = row.OptionalInteger(created),
            .configuration = row.TextMap(configuration)};
  }

  size_t id, name, description, provider, schema, partition_columns, created, configuration;
};

// Everything that is not a file action: few rows.
struct OtherColumns {
  explicit OtherColumns(ColumnList* list)
      : protocol(list),
        metadata(list),
        app_id(list->Add({"txn", "appId"}, DataType::String())),
        app_version(list->Add({"txn", "version"}, DataType::Long())),
        last_updated(list->Add({"txn", "lastUpdated"}, DataType::Long())),
        domain(list->Add({"domainMetadata", "domain"}, DataType::String())),
        domain_configuration(list->Add({"domainMetadata", "configuration"}, DataType::String())),
        domain_removed(list->Add({"domainMetadata", "removed"}, DataType::Boolean())),
        sidecar_path(list->Add({"sidecar", "path"}, DataType::String())),
        sidecar_size(list->Add({"sidecar", "sizeInBytes"}, DataType::Long())) {}

  void Read(const Row& row, CommitContent* out) const {
    if (!row.IsNull(protocol.reader)) out->protocol = protocol.Read(row);
    if (!row.IsNull(metadata.id)) out->metadata = metadata.Read(row);
    if (!row.IsNull(app_id)) {
      out->transactions.push_back({.app_id = row.Text(app_id),
                                   .version = row.Integer(app_version),
                                   .last_updated_ms = row.OptionalInteger(last_updated)});
    }
    if (!row.IsNull(domain)) {
      out->domains.push_back({.domain = row.Text(domain),
                              .configuration = row.Text(domain_configuration),
                              .removed = row.Integer(domain_removed) != 0});
    }
    if (!row.IsNull(sidecar_path)) {
      out->sidecars.push_back(
          {.path = row.Text(sidecar_path), .size_bytes = row.Integer(sidecar_size)});
    }
  }

  ProtocolColumns protocol;
  MetadataColumns metadata;
  size_t app_id, app_version, last_updated, domain, domain_configuration, domain_removed,
      sidecar_path, sidecar_size;
};

// The field below a struct of the file's schema; nullptr when it is not there.
const DataType* FindField(const DataType& type, std::string_view name) {
  if (!type.is(TypeId::kStruct)) return nullptr;
  const std::optional<size_t> index = type.FieldIndex(name);
  return index ? &type.fields()[*index].type : nullptr;
}

class CheckpointReader {
 public:
  CheckpointReader(const Table& table, Replay* replay) : table_(table), replay_(replay) {}

  Status Read(const CheckpointFiles& checkpoint) {
    CommitContent content;
    for (const std::string& path : checkpoint.paths) {
      if (path.ends_with(".json")) {
        content = TRY(ParseCommit(TRY(table_.store->Read(path)), path));
      } else {
        TRY(ReadOthers(path, &content));
        TRY(ReadFiles(path));
      }
    }
    const std::vector<Sidecar> sidecars = std::move(content.sidecars);
    replay_->Apply(std::move(content));
    for (const Sidecar& sidecar : sidecars) TRY(ReadFiles(SidecarPath(sidecar)));
    return {};
  }

  Result<std::vector<std::string>> SidecarNames(const CheckpointFiles& checkpoint) const {
    CommitContent content;
    for (const std::string& path : checkpoint.paths) {
      if (path.ends_with(".json")) {
        content = TRY(ParseCommit(TRY(table_.store->Read(path)), path));
      } else {
        TRY(ReadOthers(path, &content));
      }
    }
    std::vector<std::string> names;
    names.reserve(content.sidecars.size());
    for (const Sidecar& sidecar : content.sidecars)
      names.emplace_back(storage::BaseName(SidecarPath(sidecar)));
    return names;
  }

 private:
  // Where they stay: tables have hundreds of thousands.
  using NewFiles = std::vector<std::shared_ptr<AddFile>>;

  std::string SidecarPath(const Sidecar& sidecar) const {
    const std::string name = DecodePath(sidecar.path);
    return storage::JoinPath(storage::JoinPath(table_.LogFolder(), "_sidecars"),
                             storage::BaseName(name));
  }

  Result<ParquetIo*> Parquet(const std::string& path) const {
    if (!table_.parquet)
      return Unsupported("{}: reading a Parquet checkpoint needs an engine", path);
    return table_.parquet.get();
  }

  Status ReadOthers(const std::string& path, CommitContent* content) const {
    ParquetIo* parquet = TRY(Parquet(path));
    ColumnList list;
    const OtherColumns columns(&list);
    return parquet->Read(path, list.columns(), true, [&](const ParquetBatch& batch) -> Status {
      for (size_t row = 0; row < batch.row_count(); ++row) columns.Read(Row(batch, row), content);
      return {};
    });
  }

  Status ReadFiles(const std::string& path) const {
    ParquetIo* parquet = TRY(Parquet(path));
    const DataType schema = TRY(parquet->ReadSchema(path));
    NewFiles adds = TRY(ReadAdds(parquet, path));
    const DataType* add_type = FindField(schema, "add");
    const DataType* stats_type =
        add_type != nullptr ? FindField(*add_type, "stats_parsed") : nullptr;
    const bool lacks_stats =
        std::ranges::any_of(adds, [](const auto& file) { return file->stats.empty(); });
    if (stats_type != nullptr && lacks_stats)
      TRY(FillStatistics(parquet, path, *stats_type, &adds));
    for (std::shared_ptr<AddFile>& file : adds) replay_->ApplyCheckpointAdd(std::move(file));
    if (!replay_->keeps_tombstones() || FindField(schema, "remove") == nullptr) return {};
    return ReadRemoves(parquet, path);
  }

  static Result<NewFiles> ReadAdds(ParquetIo* parquet, const std::string& path) {
    ColumnList list;
    const AddColumns columns(&list);
    NewFiles adds;
    TRY(parquet->Read(path, list.columns(), true, [&](const ParquetBatch& batch) -> Status {
      for (size_t row = 0; row < batch.row_count(); ++row) {
        if (batch.IsNull(columns.path, row)) continue;
        adds.push_back(std::make_shared<AddFile>(columns.Read(Row(batch, row))));
      }
      return {};
    }));
    return adds;
  }

  // Takes statistics from their typed form, for the files that have no text; rows come in the same
  // order again.
  static Status FillStatistics(ParquetIo* parquet, const std::string& path,
                               const DataType& stats_type, NewFiles* adds) {
    ColumnList list;
    const size_t path_column = list.Add({"add", "path"}, DataType::String());
    const size_t stats_column = list.Add({"add", "stats_parsed"}, stats_type);
    size_t next = 0;
    return parquet->Read(path, list.columns(), true, [&](const ParquetBatch& batch) -> Status {
      for (size_t row = 0; row < batch.row_count(); ++row) {
        if (batch.IsNull(path_column, row)) continue;
        if (next >= adds->size()) return Corrupt("{}: changed while it was read", path);
        AddFile& file = *(*adds)[next++];
        if (file.stats.empty())
          file.stats = StatisticsFromStruct(batch.Get(stats_column, row), stats_type);
      }
      return {};
    });
  }

  Status ReadRemoves(ParquetIo* parquet, const std::string& path) const {
    ColumnList list;
    const RemoveColumns columns(&list);
    return parquet->Read(path, list.columns(), true, [&](const ParquetBatch& batch) -> Status {
      for (size_t row = 0; row < batch.row_count(); ++row) {
        if (!batch.IsNull(columns.path, row))
          replay_->ApplyCheckpointRemove(columns.Read(Row(batch, row)));
      }
      return {};
    });
  }

  const Table& table_;
  Replay* replay_;
};

}  // namespace

Result<std::vector<std::string>> SidecarsOf(const Table& table, const CheckpointFiles& checkpoint) {
  return CheckpointReader(table, nullptr).SidecarNames(checkpoint);
}

Status ReadCheckpoint(const Table& table, const CheckpointFiles& checkpoint, Replay* replay) {
  return CheckpointReader(table, replay).Read(checkpoint);
}

}  // namespace lakesmith::delta
