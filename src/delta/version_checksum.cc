#include "delta/version_checksum.h"

#include "delta/commit_reader_internal.h"
#include "delta/log_listing_internal.h"

namespace lakesmith::delta {
namespace {

Result<int64_t> WholeNumber(const Json& json, const char* key, const std::string& path) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_integer()) {
    return Corrupt("{}: '{}' is missing or no whole number", path, key);
  }
  return found->get<int64_t>();
}

// The action's object, read by the one parser of actions.
Result<CommitContent> ActionOf(const Json& json, const char* key, const char* action,
                               const std::string& path) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_object()) return Corrupt("{}: '{}' is missing", path, key);
  return ParseCommit(JsonText(Json{{action, *found}}), path);
}

}  // namespace

std::string VersionChecksumPath(const Table& table, int64_t version) {
  return storage::JoinPath(table.LogFolder(), PaddedVersion(version) + ".crc");
}

VersionChecksum ChecksumOf(const Snapshot& snapshot) {
  VersionChecksum checksum{.num_files = static_cast<int64_t>(snapshot.files().size()),
                           .protocol = snapshot.protocol(),
                           .metadata = snapshot.metadata(),
                           .in_commit_timestamp_ms = snapshot.in_commit_timestamp_ms()};
  for (const AddFilePtr& file : snapshot.files()) checksum.table_size_bytes += file->size_bytes;
  return checksum;
}

Result<VersionChecksum> ReadVersionChecksum(const Table& table, int64_t version) {
  const std::string path = VersionChecksumPath(table, version);
  const std::string text = TRY(table.store->Read(path));
  const Result<Json> json = ParseJson(text);
  if (!json || !json->is_object()) return Corrupt("{}: not a JSON object", path);
  VersionChecksum checksum{.table_size_bytes = TRY(WholeNumber(*json, "tableSizeBytes", path)),
                           .num_files = TRY(WholeNumber(*json, "numFiles", path))};
  CommitContent protocol = TRY(ActionOf(*json, "protocol", "protocol", path));
  CommitContent metadata = TRY(ActionOf(*json, "metadata", "metaData", path));
  checksum.protocol = *std::move(protocol.protocol);
  checksum.metadata = *std::move(metadata.metadata);
  if (const auto id = json->find("txnId"); id != json->end() && id->is_string()) {
    checksum.txn_id = id->get<std::string>();
  }
  if (const auto time = json->find("inCommitTimestampOpt");
      time != json->end() && time->is_number_integer()) {
    checksum.in_commit_timestamp_ms = time->get<int64_t>();
  }
  return checksum;
}

Status WriteVersionChecksum(const Table& table, int64_t version, const VersionChecksum& checksum) {
  Json json = Json::object();
  if (checksum.txn_id) json["txnId"] = *checksum.txn_id;
  json["tableSizeBytes"] = checksum.table_size_bytes;
  json["numFiles"] = checksum.num_files;
  json["numMetadata"] = 1;
  json["numProtocol"] = 1;
  if (checksum.in_commit_timestamp_ms)
    json["inCommitTimestampOpt"] = *checksum.in_commit_timestamp_ms;
  const Json metadata = TRY(ParseJson(ActionJson(checksum.metadata)));
  const Json protocol = TRY(ParseJson(ActionJson(checksum.protocol)));
  json["metadata"] = metadata.at("metaData");
  json["protocol"] = protocol.at("protocol");
  return table.store->PutIfAbsent(VersionChecksumPath(table, version), JsonText(json));
}

}  // namespace lakesmith::delta
