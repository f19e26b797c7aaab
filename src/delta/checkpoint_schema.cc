#include "delta/checkpoint_schema_internal.h"
#include "delta/partition_values.h"
#include "delta/scalar_text_internal.h"
#include "delta/statistics.h"
#include "delta/statistics_internal.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::StructField;
using types::StructValue;
using types::TypeId;
using types::Value;
using types::ValueList;

DataType DeletionVectorType() {
  return DataType::Struct({{"storageType", DataType::String()},
                           {"pathOrInlineDv", DataType::String()},
                           {"offset", DataType::Int()},
                           {"sizeInBytes", DataType::Int()},
                           {"cardinality", DataType::Long()}});
}

DataType ProtocolType() {
  return DataType::Struct({{"minReaderVersion", DataType::Int()},
                           {"minWriterVersion", DataType::Int()},
                           {"readerFeatures", DataType::Array(DataType::String())},
                           {"writerFeatures", DataType::Array(DataType::String())}});
}

DataType MetadataType() {
  return DataType::Struct(
      {{"id", DataType::String()},
       {"name", DataType::String()},
       {"description", DataType::String()},
       {"format", DataType::Struct({{"provider", DataType::String()}, {"options", TextMap()}})},
       {"schemaString", DataType::String()},
       {"partitionColumns", DataType::Array(DataType::String())},
       {"configuration", TextMap()},
       {"createdTime", DataType::Long()}});
}

// What `stats_parsed` and `partitionValues_parsed` of a snapshot look like.
struct ParsedColumns {
  explicit ParsedColumns(const Snapshot& snapshot)
      : columns(StatisticsColumns(snapshot.schema(), snapshot.metadata().partition_columns,
                                  snapshot.properties())) {
    for (const StatisticsColumn& column : columns) paths.push_back(column.physical_path);
  }
  std::vector<StatisticsColumn> columns;
  std::vector<std::vector<std::string>> paths;
};

enum class Part { kBounds, kCounts };

// Struct type with the leaves [begin, end), which share the first `depth` names.
DataType NestedType(const std::vector<StatisticsColumn>& columns, Part part, size_t begin,
                    size_t end, size_t depth) {
  std::vector<StructField> fields;
  for (size_t i = begin; i < end;) {
    const std::vector<std::string>& path = columns[i].physical_path;
    size_t next = i + 1;
    if (path.size() == depth + 1) {
      if (part == Part::kCounts) {
        fields.push_back({path[depth], DataType::Long()});
      } else if (columns[i].has_bounds) {
        fields.push_back(
            {path[depth], columns[i].type.IsString() ? DataType::String() : columns[i].type});
      }
    } else {
      while (next < end && columns[next].physical_path.size() > depth + 1 &&
             columns[next].physical_path[depth] == path[depth]) {
        ++next;
      }
      DataType inner = NestedType(columns, part, i, next, depth + 1);
      if (!inner.fields().empty()) fields.push_back({path[depth], std::move(inner)});
    }
    i = next;
  }
  return DataType::Struct(std::move(fields));
}

DataType StatsParsedType(const Snapshot& snapshot) {
  const ParsedColumns parsed(snapshot);
  std::vector<StructField> fields = {{"numRecords", DataType::Long()}};
  DataType bounds = NestedType(parsed.columns, Part::kBounds, 0, parsed.columns.size(), 0);
  DataType counts = NestedType(parsed.columns, Part::kCounts, 0, parsed.columns.size(), 0);
  if (!bounds.fields().empty()) {
    fields.push_back({"minValues", bounds});
    fields.push_back({"maxValues", bounds});
  }
  if (!counts.fields().empty()) fields.push_back({"nullCount", counts});
  fields.push_back({"tightBounds", DataType::Boolean()});
  return DataType::Struct(std::move(fields));
}

DataType PartitionsParsedType(const Snapshot& snapshot) {
  std::vector<StructField> fields;
  for (const size_t column : snapshot.partition_columns()) {
    const StructField& field = snapshot.physical_schema().fields()[column];
    fields.push_back({field.name, field.type.IsString() ? DataType::String() : field.type});
  }
  return DataType::Struct(std::move(fields));
}

DataType AddType(const Snapshot& snapshot) {
  std::vector<StructField> fields = {{"path", DataType::String()},
                                     {"partitionValues", TextMap()},
                                     {"size", DataType::Long()},
                                     {"modificationTime", DataType::Long()},
                                     {"dataChange", DataType::Boolean()},
                                     {"tags", TextMap()},
                                     {"deletionVector", DeletionVectorType()},
                                     {"baseRowId", DataType::Long()},
                                     {"defaultRowCommitVersion", DataType::Long()},
                                     {"clusteringProvider", DataType::String()}};
  if (snapshot.properties().checkpoint_stats_as_json)
    fields.push_back({"stats", DataType::String()});
  if (snapshot.properties().checkpoint_stats_as_struct) {
    if (!snapshot.partition_columns().empty()) {
      fields.push_back({"partitionValues_parsed", PartitionsParsedType(snapshot)});
    }
    fields.push_back({"stats_parsed", StatsParsedType(snapshot)});
  }
  return DataType::Struct(std::move(fields));
}

DataType RemoveType() {
  return DataType::Struct({{"path", DataType::String()},
                           {"deletionTimestamp", DataType::Long()},
                           {"dataChange", DataType::Boolean()},
                           {"extendedFileMetadata", DataType::Boolean()},
                           {"partitionValues", TextMap()},
                           {"size", DataType::Long()},
                           {"deletionVector", DeletionVectorType()},
                           {"baseRowId", DataType::Long()},
                           {"defaultRowCommitVersion", DataType::Long()}});
}

template <typename T>
Value OptionalValue(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

Value TextMapValue(const std::map<std::string, std::string>& texts) {
  types::MapValue map;
  for (const auto& [key, value] : texts) map.entries.emplace_back(key, value);
  return map;
}

Value PartitionsValue(const PartitionValues& values) {
  types::MapValue map;
  for (const PartitionValue& value : values)
    map.entries.emplace_back(value.name, OptionalValue(value.value));
  return map;
}

Value TextListValue(const std::vector<std::string>& texts) {
  types::ArrayValue list;
  for (const std::string& text : texts) list.elements.emplace_back(text);
  return list;
}

Value DeletionVectorValue(const std::optional<DeletionVectorDescriptor>& vector) {
  if (!vector) return {};
  const Value offset = vector->offset ? Value(int64_t{*vector->offset}) : Value();
  return StructValue{{std::string(1, vector->storage_type), vector->path_or_inline, offset,
                      int64_t{vector->size_bytes}, vector->cardinality}};
}

Value ProtocolValue(const Protocol& protocol) {
  const Value reader =
      protocol.min_reader_version >= 3 ? TextListValue(protocol.reader_features) : Value();
  const Value writer =
      protocol.min_writer_version >= 7 ? TextListValue(protocol.writer_features) : Value();
  return StructValue{
      {int64_t{protocol.min_reader_version}, int64_t{protocol.min_writer_version}, reader, writer}};
}

Value MetadataValue(const Metadata& metadata) {
  return StructValue{
      {metadata.id, OptionalValue(metadata.name), OptionalValue(metadata.description),
       StructValue{{metadata.format_provider, types::MapValue{}}}, metadata.schema_string,
       TextListValue(metadata.partition_columns), TextMapValue(metadata.configuration),
       OptionalValue(metadata.created_time_ms)}};
}

// The nested value of one part of the statistics, laid out as `type`.
class PartBuilder {
 public:
  PartBuilder(const ParsedColumns& parsed, const StatisticTokens& tokens,
              StatisticToken ColumnTokens::* part)
      : parsed_(parsed), tokens_(tokens), part_(part) {}

  Value Build(const DataType& type) { return Build(type, {}); }

 private:
  Value Build(const DataType& type, const std::vector<std::string>& prefix) {
    StructValue value;
    for (const StructField& field : type.fields()) {
      std::vector<std::string> path = prefix;
      path.push_back(field.name);
      value.fields.push_back(field.type.is(TypeId::kStruct) ? Build(field.type, path)
                                                            : Leaf(field.type, path));
    }
    return value;
  }

  Value Leaf(const DataType& type, const std::vector<std::string>& path) const {
    for (size_t i = 0; i < parsed_.paths.size(); ++i) {
      if (parsed_.paths[i] != path) continue;
      const StatisticToken& token = tokens_.columns[i].*part_;
      if (!token.present()) return {};
      return ParseScalarText(token.text, type).value_or(Value());
    }
    return {};
  }

  const ParsedColumns& parsed_;
  const StatisticTokens& tokens_;
  StatisticToken ColumnTokens::* part_;
};

Value StatsParsedValue(const AddFile& file, const ParsedColumns& parsed, const DataType& type) {
  const Result<StatisticTokens> tokens = ReadStatistics(file.stats, parsed.paths);
  if (!tokens || file.stats.empty()) return {};
  StructValue value;
  for (const StructField& field : type.fields()) {
    if (field.name == "numRecords") {
      value.fields.push_back(OptionalValue(tokens->num_records));
    } else if (field.name == "tightBounds") {
      value.fields.emplace_back(tokens->tight_bounds);
    } else {
      const auto part = field.name == "minValues"   ? &ColumnTokens::min
                        : field.name == "maxValues" ? &ColumnTokens::max
                                                    : &ColumnTokens::null_count;
      value.fields.push_back(PartBuilder(parsed, *tokens, part).Build(field.type));
    }
  }
  return value;
}

Value PartitionsParsedValue(const AddFile& file, const DataType& type) {
  StructValue value;
  for (const StructField& field : type.fields()) {
    const std::string* text = file.PartitionText(field.name);
    const Result<Value> parsed =
        ParsePartitionValue(text ? std::optional(*text) : std::nullopt, field.type);
    value.fields.push_back(parsed ? *parsed : Value());
  }
  return value;
}

Value AddValue(const AddFile& file, const DataType& type, const ParsedColumns& parsed) {
  StructValue value{{file.path, PartitionsValue(file.partition_values), file.size_bytes,
                     file.modified_ms, false, TextMapValue(file.tags),
                     DeletionVectorValue(file.deletion_vector), OptionalValue(file.base_row_id),
                     OptionalValue(file.default_row_commit_version),
                     OptionalValue(file.clustering_provider)}};
  for (size_t i = value.fields.size(); i < type.fields().size(); ++i) {
    const StructField& field = type.fields()[i];
    if (field.name == "stats") {
      value.fields.push_back(file.stats.empty() ? Value() : Value(file.stats));
    } else if (field.name == "stats_parsed") {
      value.fields.push_back(StatsParsedValue(file, parsed, field.type));
    } else {
      value.fields.push_back(PartitionsParsedValue(file, field.type));
    }
  }
  return value;
}

Value RemoveValue(const RemoveFile& file) {
  return StructValue{{file.path, OptionalValue(file.deletion_timestamp_ms), false,
                      file.extended_file_metadata, PartitionsValue(file.partition_values),
                      OptionalValue(file.size_bytes), DeletionVectorValue(file.deletion_vector),
                      OptionalValue(file.base_row_id),
                      OptionalValue(file.default_row_commit_version)}};
}

enum TopColumn : size_t {
  kTxn,
  kAdd,
  kRemove,
  kMetadata,
  kProtocol,
  kDomain,
  kCheckpointMetadata,
  kSidecar
};

}  // namespace

DataType TextMap() { return DataType::Map(DataType::String(), DataType::String()); }

struct CheckpointRows::Parsed {
  explicit Parsed(const Snapshot& snapshot) : columns(snapshot) {}
  ParsedColumns columns;
};

DataType CheckpointSchema(const Snapshot& snapshot, bool v2) {
  std::vector<StructField> fields = {
      {"txn", DataType::Struct({{"appId", DataType::String()},
                                {"version", DataType::Long()},
                                {"lastUpdated", DataType::Long()}})},
      {"add", AddType(snapshot)},
      {"remove", RemoveType()},
      {"metaData", MetadataType()},
      {"protocol", ProtocolType()},
      {"domainMetadata", DataType::Struct({{"domain", DataType::String()},
                                           {"configuration", DataType::String()},
                                           {"removed", DataType::Boolean()}})}};
  if (v2) {
    fields.push_back({"checkpointMetadata",
                      DataType::Struct({{"version", DataType::Long()}, {"tags", TextMap()}})});
    fields.push_back({"sidecar", DataType::Struct({{"path", DataType::String()},
                                                   {"sizeInBytes", DataType::Long()},
                                                   {"modificationTime", DataType::Long()},
                                                   {"tags", TextMap()}})});
  }
  return DataType::Struct(std::move(fields));
}

CheckpointRows::CheckpointRows(const Snapshot& snapshot, bool v2, int64_t tombstone_cutoff_ms)
    : snapshot_(snapshot),
      schema_(CheckpointSchema(snapshot, v2)),
      parsed_(std::make_unique<Parsed>(snapshot)) {
  for (const RemoveFilePtr& file : snapshot.tombstones()) {
    if (file->deletion_timestamp_ms.value_or(0) > tombstone_cutoff_ms) tombstones_.push_back(file);
  }
  if (v2) others_.emplace_back(kCheckpointMetadata, StructValue{{snapshot.version(), Value()}});
  others_.emplace_back(kProtocol, ProtocolValue(snapshot.protocol()));
  others_.emplace_back(kMetadata, MetadataValue(snapshot.metadata()));
  for (const auto& [app_id, txn] : snapshot.transactions()) {
    others_.emplace_back(
        kTxn, StructValue{{txn.app_id, txn.version, OptionalValue(txn.last_updated_ms)}});
  }
  for (const auto& [name, domain] : snapshot.domains()) {
    others_.emplace_back(kDomain, StructValue{{domain.domain, domain.configuration, false}});
  }
}
CheckpointRows::~CheckpointRows() = default;

bool CheckpointRows::Next(std::vector<Value>* row) {
  row->assign(schema_.fields().size(), Value());
  size_t index = next_++;
  if (index < others_.size()) {
    (*row)[others_[index].first] = others_[index].second;
    return true;
  }
  index -= others_.size();
  if (index < snapshot_.files().size()) {
    (*row)[kAdd] =
        AddValue(*snapshot_.files()[index], schema_.fields()[kAdd].type, parsed_->columns);
    return true;
  }
  index -= snapshot_.files().size();
  if (index >= tombstones_.size()) return false;
  (*row)[kRemove] = RemoveValue(*tombstones_[index]);
  return true;
}

int64_t CheckpointRows::count() const {
  return static_cast<int64_t>(others_.size() + snapshot_.files().size() + tombstones_.size());
}

}  // namespace lakesmith::delta
