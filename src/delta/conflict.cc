#include <algorithm>
#include <array>
#include <set>

#include "delta/data_skipping.h"
#include "delta/paths.h"
#include "delta/protocol.h"
#include "delta/schema.h"
#include "delta/transaction_internal.h"

namespace lakesmith::delta {
namespace {

// Features that a winner may add without binding writers that do not know of them.
constexpr std::array kSafeFeatures = {
    "appendOnly",   "changeDataFeed", "columnMapping",   "timestampNtz",      "deletionVectors",
    "rowTracking",  "domainMetadata", "icebergCompatV1", "icebergCompatV2",   "icebergCompatV3",
    "v2Checkpoint", "catalogManaged", "typeWidening",    "inCommitTimestamp", "vacuumProtocolCheck",
};

// Properties that a winner may set without changing what rows or files mean to us.
constexpr std::array kHarmlessProperties = {
    "delta.enableRowTracking",
    "delta.rowTracking.materializedRowIdColumnName",
    "delta.rowTracking.materializedRowCommitVersionColumnName",
    "delta.columnMapping.mode",
    "delta.columnMapping.maxColumnId",
    "delta.enableDeletionVectors",
    "delta.checkpointPolicy",
    "delta.enableInCommitTimestamps",
    "delta.inCommitTimestampEnablementVersion",
    "delta.inCommitTimestampEnablementTimestamp",
};

// What a winner's commitInfo tells.
struct WinnerInfo {
  std::string operation = "unknown operation";
  bool is_blind_append = false;
  bool only_identity_update = false;
  std::optional<int64_t> in_commit_timestamp_ms;
};

WinnerInfo InfoOf(const CommitContent& winner) {
  WinnerInfo info;
  const Result<Json> json = ParseJson(winner.commit_info);
  if (!json || !json->is_object()) return info;
  if (const auto found = json->find("operation"); found != json->end() && found->is_string()) {
    info.operation = found->get<std::string>();
  }
  info.is_blind_append = json->contains("isBlindAppend") && (*json)["isBlindAppend"] == true;
  if (const auto tags = json->find("tags"); tags != json->end() && tags->is_object()) {
    info.only_identity_update = tags->contains("delta.identity.schemaUpdate") &&
                                (*tags)["delta.identity.schemaUpdate"] == "true";
  }
  info.in_commit_timestamp_ms = InCommitTimestampOf(winner.commit_info);
  return info;
}

std::set<std::string> WriterFeatures(const Protocol& protocol) {
  std::set<std::string> names;
  for (const std::string& name : protocol.writer_features) names.insert(name);
  constexpr std::array kLegacy = {"appendOnly",     "invariants",       "checkConstraints",
                                  "changeDataFeed", "generatedColumns", "columnMapping",
                                  "identityColumns"};
  for (const char* name : kLegacy) {
    if (HasFeature(protocol, name)) names.insert(name);
  }
  return names;
}

// One winner against us. Each check says what it found, by Delta's names.
class ConflictCheck {
 public:
  ConflictCheck(const PendingCommit& pending, const CommitContent& winner, int64_t version,
                CommitBase* base)
      : pending_(pending), winner_(winner), version_(version), info_(InfoOf(winner)), base_(base) {}

  Status Run() {
    TRY(CheckProtocol());
    TRY(CheckMetadata());
    TRY(CheckDomains());
    TRY(CheckTransactions());
    TRY(CheckAppends());
    TRY(CheckDeletes());
    base_->version = version_;
    if (info_.in_commit_timestamp_ms) base_->in_commit_timestamp_ms = info_.in_commit_timestamp_ms;
    return {};
  }

 private:
  Error Lost(std::string_view error_class, const std::string& reason) const {
    return Conflict("{}: commit {} was taken by another writer (operation {}): {}",
                    pending_.table.root, version_, info_.operation, reason)
        .WithClass(std::string(error_class), "2D521");
  }

  Status CheckProtocol() {
    if (!winner_.protocol) return {};
    TRY(CheckWritable(*winner_.protocol, pending_.table.root));
    const std::set<std::string> before = WriterFeatures(base_->protocol);
    const std::set<std::string> after = WriterFeatures(*winner_.protocol);
    bool binding = pending_.protocol.has_value() || !std::ranges::includes(after, before);
    for (const std::string& name : after) {
      const bool safe = std::ranges::find(kSafeFeatures, name) != kSafeFeatures.end();
      if (!before.contains(name) && !safe) binding = true;
    }
    if (binding)
      return Lost("DELTA_CONCURRENT_PROTOCOL_CHANGED", "it changed the table's protocol");
    base_->protocol = *winner_.protocol;
    return {};
  }

  bool OnlyHarmlessMetadata() const {
    const Metadata& before = base_->metadata;
    const Metadata& after = *winner_.metadata;
    if (before.id != after.id || before.partition_columns != after.partition_columns) return false;
    for (const auto& [key, value] : before.configuration) {
      if (!after.configuration.contains(key)) return false;
    }
    for (const auto& [key, value] : after.configuration) {
      const auto old = before.configuration.find(key);
      if (old != before.configuration.end() && old->second == value) continue;
      if (std::ranges::find(kHarmlessProperties, key) == kHarmlessProperties.end()) return false;
    }
    return SameSchemaButMapping(before.schema_string, after.schema_string);
  }

  static bool SameSchemaButMapping(const std::string& before, const std::string& after) {
    if (before == after) return true;
    const Result<types::DataType> old_schema = ParseSchema(before);
    const Result<types::DataType> new_schema = ParseSchema(after);
    if (!old_schema || !new_schema) return false;
    return WithoutMapping(old_schema->ToJson()) == WithoutMapping(new_schema->ToJson());
  }

  // Takes the keys of column mapping out of all field metadata.
  static Json WithoutMapping(Json json) {
    if (json.is_object()) {
      json.erase("delta.columnMapping.id");
      json.erase("delta.columnMapping.physicalName");
    }
    for (Json& part : json) {
      if (part.is_structured()) part = WithoutMapping(std::move(part));
    }
    return json;
  }

  Status CheckMetadata() {
    if (!winner_.metadata) return {};
    const bool tolerable = info_.only_identity_update || OnlyHarmlessMetadata();
    if (pending_.metadata || !tolerable) {
      return Lost("DELTA_METADATA_CHANGED", "it changed the table's schema or properties");
    }
    base_->metadata = *winner_.metadata;
    base_->properties = TRY(TableProperties::Parse(base_->metadata.configuration));
    return {};
  }

  Status CheckDomains() const {
    for (const DomainMetadata& ours : pending_.domains) {
      if (ours.domain == "delta.rowTracking") continue;
      for (const DomainMetadata& theirs : winner_.domains) {
        if (ours.domain == theirs.domain) {
          return Lost("DELTA_CONCURRENT_TRANSACTION",
                      fmt::format("both write the metadata domain '{}'", ours.domain));
        }
      }
    }
    return {};
  }

  Status CheckTransactions() const {
    for (const SetTransaction& ours : pending_.transactions) {
      for (const SetTransaction& theirs : winner_.transactions) {
        if (ours.app_id == theirs.app_id) {
          return Lost("DELTA_CONCURRENT_TRANSACTION",
                      fmt::format("it wrote version {} of application '{}'", theirs.version,
                                  theirs.app_id));
        }
      }
    }
    return {};
  }

  // Whether the winner's added files are ones that we should have read.
  bool AddsCount() const {
    if (pending_.IsBlindAppend()) return false;
    switch (pending_.EffectiveIsolation(base_->properties)) {
      case IsolationLevel::kSerializable:
        return true;
      case IsolationLevel::kWriteSerializable:
        return !info_.is_blind_append || pending_.metadata.has_value();
      case IsolationLevel::kSnapshot:
        return false;
    }
    return true;
  }

  Status CheckAppends() const {
    if (!AddsCount() || !pending_.snapshot) return {};
    for (const AddFile& file : winner_.adds) {
      // Rearranged rows were there before: whoever read them saw them, and its removes are checked
      // for themselves.
      if (!file.data_change || !MayRead(file)) continue;
      return Lost(
          "DELTA_CONCURRENT_APPEND",
          fmt::format("it added file '{}', whose rows this statement should have read", file.path));
    }
    return {};
  }

  bool MayRead(const AddFile& file) const {
    if (pending_.read_whole_table) return true;
    return std::ranges::any_of(pending_.read_predicates, [&](const Predicate& predicate) {
      return FileSkipper(*pending_.snapshot, predicate).CanMatch(file);
    });
  }

  Status CheckDeletes() const {
    if (winner_.removes.empty()) return {};
    std::set<std::string> our_removes;
    for (const RemoveFile& file : pending_.removes) {
      our_removes.insert(CanonicalPath(file.path, pending_.table.root));
    }
    for (const RemoveFile& file : winner_.removes) {
      const std::string path = CanonicalPath(file.path, pending_.table.root);
      if (pending_.read_whole_table || pending_.read_files.contains(path)) {
        return Lost("DELTA_CONCURRENT_DELETE_READ",
                    fmt::format("it removed file '{}', which this statement read", path));
      }
      if (our_removes.contains(path)) {
        return Lost("DELTA_CONCURRENT_DELETE_DELETE",
                    fmt::format("it removed file '{}', as this statement does", path));
      }
    }
    return {};
  }

  const PendingCommit& pending_;
  const CommitContent& winner_;
  int64_t version_;
  WinnerInfo info_;
  CommitBase* base_;
};

}  // namespace

Status CheckConflict(const PendingCommit& pending, const CommitContent& winner,
                     int64_t winner_version, CommitBase* base) {
  return ConflictCheck(pending, winner, winner_version, base).Run();
}

}  // namespace lakesmith::delta
