#include "delta/actions.h"

namespace lakesmith::delta {
namespace {

template <typename T>
void PutIf(Json* json, const char* key, const std::optional<T>& value) {
  if (value) (*json)[key] = *value;
}

Json PartitionValuesJson(const PartitionValues& values) {
  Json json = Json::object();
  for (const PartitionValue& value : values) {
    json[value.name] = value.value ? Json(*value.value) : Json(nullptr);
  }
  return json;
}

void PutTags(Json* json, const Tags& tags) {
  if (!tags.empty()) (*json)["tags"] = tags;
}

void PutDeletionVector(Json* json, const std::optional<DeletionVectorDescriptor>& vector) {
  if (!vector) return;
  Json out = {{"storageType", std::string(1, vector->storage_type)},
              {"pathOrInlineDv", vector->path_or_inline}};
  PutIf(&out, "offset", vector->offset);
  out["sizeInBytes"] = vector->size_bytes;
  out["cardinality"] = vector->cardinality;
  (*json)["deletionVector"] = std::move(out);
}

Json BodyOf(const CommitInfo& action) { return action.json; }

Json BodyOf(const Protocol& action) {
  Json json = {{"minReaderVersion", action.min_reader_version},
               {"minWriterVersion", action.min_writer_version}};
  if (action.min_reader_version >= 3) json["readerFeatures"] = action.reader_features;
  if (action.min_writer_version >= 7) json["writerFeatures"] = action.writer_features;
  return json;
}

Json BodyOf(const Metadata& action) {
  Json json = {{"id", action.id}};
  PutIf(&json, "name", action.name);
  PutIf(&json, "description", action.description);
  json["format"] = {{"provider", action.format_provider}, {"options", Json::object()}};
  json["schemaString"] = action.schema_string;
  json["partitionColumns"] = action.partition_columns;
  json["configuration"] = action.configuration;
  if (action.configuration.empty()) json["configuration"] = Json::object();
  PutIf(&json, "createdTime", action.created_time_ms);
  return json;
}

Json BodyOf(const AddFile& action) {
  Json json = {{"path", action.path},
               {"partitionValues", PartitionValuesJson(action.partition_values)},
               {"size", action.size_bytes},
               {"modificationTime", action.modified_ms},
               {"dataChange", action.data_change}};
  if (!action.stats.empty()) json["stats"] = action.stats;
  PutTags(&json, action.tags);
  PutDeletionVector(&json, action.deletion_vector);
  PutIf(&json, "baseRowId", action.base_row_id);
  PutIf(&json, "defaultRowCommitVersion", action.default_row_commit_version);
  PutIf(&json, "clusteringProvider", action.clustering_provider);
  return json;
}

Json BodyOf(const RemoveFile& action) {
  Json json = {{"path", action.path}};
  PutIf(&json, "deletionTimestamp", action.deletion_timestamp_ms);
  json["dataChange"] = action.data_change;
  if (action.extended_file_metadata) {
    json["extendedFileMetadata"] = true;
    json["partitionValues"] = PartitionValuesJson(action.partition_values);
    PutIf(&json, "size", action.size_bytes);
    PutTags(&json, action.tags);
  }
  PutDeletionVector(&json, action.deletion_vector);
  PutIf(&json, "baseRowId", action.base_row_id);
  PutIf(&json, "defaultRowCommitVersion", action.default_row_commit_version);
  return json;
}

Json BodyOf(const CdcFile& action) {
  Json json = {{"path", action.path},
               {"partitionValues", PartitionValuesJson(action.partition_values)},
               {"size", action.size_bytes},
               {"dataChange", false}};
  PutTags(&json, action.tags);
  return json;
}

Json BodyOf(const SetTransaction& action) {
  Json json = {{"appId", action.app_id}, {"version", action.version}};
  PutIf(&json, "lastUpdated", action.last_updated_ms);
  return json;
}

Json BodyOf(const DomainMetadata& action) {
  return {{"domain", action.domain},
          {"configuration", action.configuration},
          {"removed", action.removed}};
}

constexpr const char* kNames[] = {"commitInfo", "protocol", "metaData", "add",
                                  "remove",     "cdc",      "txn",      "domainMetadata"};

}  // namespace

std::string ActionJson(const Action& action) {
  static_assert(std::size(kNames) == std::variant_size_v<Action>);
  Json line = Json::object();
  line[kNames[action.index()]] = std::visit([](const auto& body) { return BodyOf(body); }, action);
  return JsonText(line);
}

}  // namespace lakesmith::delta
