#include "delta/commit_info.h"

namespace lakesmith::delta {
namespace {

// Text as it is, null as null, all else as JSON text.
Json ParameterJson(const Json& value) {
  if (value.is_string() || value.is_null()) return value;
  return JsonText(value);
}

}  // namespace

CommitInfo MakeCommitInfo(const CommitInfoFields& fields) {
  CommitInfo info;
  Json& json = info.json;
  // First, so that readers of the timestamp need not look further.
  if (fields.in_commit_timestamp_ms) json["inCommitTimestamp"] = *fields.in_commit_timestamp_ms;
  json["timestamp"] = fields.timestamp_ms;
  json["operation"] = fields.operation.name;
  json["operationParameters"] = Json::object();
  for (const auto& [name, value] : fields.operation.parameters) {
    json["operationParameters"][name] = ParameterJson(value);
  }
  if (fields.read_version) json["readVersion"] = *fields.read_version;
  json["isolationLevel"] = IsolationLevelName(fields.isolation_level);
  json["isBlindAppend"] = fields.is_blind_append;
  json["operationMetrics"] = Json::object();
  for (const auto& [name, value] : fields.operation.metrics) {
    json["operationMetrics"][name] = std::to_string(value);
  }
  if (fields.operation.user_metadata) json["userMetadata"] = *fields.operation.user_metadata;
  json["engineInfo"] = EngineInfo();
  json["txnId"] = fields.txn_id;
  return info;
}

std::string EngineInfo() { return "Lakesmith/" LAKESMITH_VERSION_TEXT; }

}  // namespace lakesmith::delta
