#include "delta/history.h"

#include <algorithm>

#include "delta/commit_reader_internal.h"
#include "delta/log_listing_internal.h"

namespace lakesmith::delta {
namespace {

const Json* Find(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> TextOf(const Json& json, const char* key) {
  const Json* value = Find(json, key);
  if (value == nullptr) return std::nullopt;
  return value->is_string() ? value->get<std::string>() : JsonText(*value);
}

std::optional<int64_t> IntegerOf(const Json& json, const char* key) {
  const Json* value = Find(json, key);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  return value->get<int64_t>();
}

std::vector<std::pair<std::string, std::string>> PairsOf(const Json& json, const char* key) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const Json* object = Find(json, key);
  if (object == nullptr || !object->is_object()) return pairs;
  for (const auto& [name, value] : object->items()) {
    if (value.is_null()) continue;
    pairs.emplace_back(name, value.is_string() ? value.get<std::string>() : JsonText(value));
  }
  return pairs;
}

HistoryEntry EntryOf(const std::string& commit_info) {
  HistoryEntry entry;
  const Result<Json> parsed = ParseJson(commit_info);
  if (!parsed || !parsed->is_object()) return entry;
  const Json& json = *parsed;
  entry.operation = TextOf(json, "operation");
  entry.operation_parameters = PairsOf(json, "operationParameters");
  entry.read_version = IntegerOf(json, "readVersion");
  entry.isolation_level = TextOf(json, "isolationLevel");
  if (const Json* blind = Find(json, "isBlindAppend"); blind != nullptr && blind->is_boolean()) {
    entry.is_blind_append = blind->get<bool>();
  }
  entry.operation_metrics = PairsOf(json, "operationMetrics");
  entry.user_metadata = TextOf(json, "userMetadata");
  entry.engine_info = TextOf(json, "engineInfo");
  entry.user_name = TextOf(json, "userName");
  return entry;
}

Result<std::string> CommitInfoOf(const Table& table, const CommitFile& commit) {
  const std::string bytes = TRY(table.store->Read(commit.path));
  CommitContent content = TRY(ParseCommit(bytes, commit.path));
  return std::move(content.commit_info);
}

// Times of commit files, made strictly increasing: clocks go back, copies change times.
std::vector<int64_t> FileTimes(const LogListing& listing) {
  std::vector<int64_t> times;
  times.reserve(listing.commits.size());
  for (const CommitFile& commit : listing.commits) {
    times.push_back(times.empty() ? commit.modified_ms
                                  : std::max(commit.modified_ms, times.back() + 1));
  }
  return times;
}

// Where in-commit timestamps begin: position in the listing and the time; the end of it without
// them.
struct Enablement {
  size_t first = 0;
  std::optional<int64_t> timestamp_ms;
};

Enablement EnablementOf(const Snapshot& newest, const LogListing& listing) {
  const TableProperties& properties = newest.properties();
  if (!properties.enable_in_commit_timestamps) return {.first = listing.commits.size()};
  const int64_t version = properties.in_commit_timestamp_enablement_version.value_or(0);
  const auto found = std::ranges::lower_bound(listing.commits, version, {}, &CommitFile::version);
  return {.first = static_cast<size_t>(found - listing.commits.begin()),
          .timestamp_ms = properties.in_commit_timestamp_enablement_ms};
}

// The time of one commit: its own where in-commit timestamps are on, else that of the file.
Result<int64_t> CommitTime(const Table& table, const LogListing& listing,
                           const std::vector<int64_t>& file_times, const Enablement& enablement,
                           size_t index) {
  if (index < enablement.first) return file_times[index];
  const std::string info = TRY(CommitInfoOf(table, listing.commits[index]));
  return InCommitTimestampOf(info).value_or(file_times[index]);
}

std::vector<std::string> ClusteringColumns(const Snapshot& snapshot) {
  std::vector<std::string> names;
  const auto domain = snapshot.domains().find("delta.clustering");
  if (domain == snapshot.domains().end()) return names;
  const Result<Json> json = ParseJson(domain->second.configuration);
  const Json* columns = json && json->is_object() ? Find(*json, "clusteringColumns") : nullptr;
  if (columns == nullptr || !columns->is_array()) return names;
  for (const Json& column : *columns) {
    if (column.is_string()) {
      names.push_back(column.get<std::string>());
      continue;
    }
    std::string dotted;
    for (const Json& part : column) {
      if (!part.is_string()) continue;
      dotted += (dotted.empty() ? "" : ".") + part.get<std::string>();
    }
    names.push_back(std::move(dotted));
  }
  return names;
}

}  // namespace

Result<std::vector<HistoryEntry>> ReadHistory(const Table& table, std::optional<int64_t> limit) {
  const LogListing listing = TRY(ListLog(table));
  if (listing.empty()) {
    return NotFound("{}: not a Delta table (no commit under _delta_log)", table.root)
        .WithClass("DELTA_TABLE_NOT_FOUND", "42P01");
  }
  const std::vector<int64_t> times = FileTimes(listing);
  std::vector<HistoryEntry> entries;
  for (size_t i = listing.commits.size(); i-- > 0;) {
    if (limit && static_cast<int64_t>(entries.size()) >= *limit) break;
    const std::string info = TRY(CommitInfoOf(table, listing.commits[i]));
    HistoryEntry entry = EntryOf(info);
    entry.version = listing.commits[i].version;
    entry.timestamp_ms = InCommitTimestampOf(info).value_or(times[i]);
    entries.push_back(std::move(entry));
  }
  return entries;
}

TableDetail DetailOf(const Snapshot& snapshot) {
  TableDetail detail{.id = snapshot.metadata().id,
                     .description = snapshot.metadata().description,
                     .location = snapshot.root(),
                     .created_at_ms = snapshot.metadata().created_time_ms,
                     .last_modified_ms = snapshot.timestamp_ms(),
                     .partition_columns = snapshot.metadata().partition_columns,
                     .clustering_columns = ClusteringColumns(snapshot),
                     .num_files = static_cast<int64_t>(snapshot.files().size()),
                     .min_reader_version = snapshot.protocol().min_reader_version,
                     .min_writer_version = snapshot.protocol().min_writer_version};
  for (const AddFilePtr& file : snapshot.files()) detail.size_bytes += file->size_bytes;
  detail.properties.assign(snapshot.metadata().configuration.begin(),
                           snapshot.metadata().configuration.end());
  detail.table_features = snapshot.protocol().writer_features;
  for (const std::string& name : snapshot.protocol().reader_features) {
    if (std::ranges::find(detail.table_features, name) == detail.table_features.end()) {
      detail.table_features.push_back(name);
    }
  }
  std::ranges::sort(detail.table_features);
  return detail;
}

Result<int64_t> VersionAtTime(const Table& table, int64_t timestamp_ms) {
  const LogListing listing = TRY(ListLog(table));
  const SnapshotPtr newest = TRY(Snapshot::Load(table));
  if (listing.commits.empty()) return NotFound("{}: no commit is left to travel to", table.root);
  const std::vector<int64_t> file_times = FileTimes(listing);
  const Enablement enablement = EnablementOf(*newest, listing);
  // Times only grow within each of the two parts, and the asked time says in which part to search.
  size_t begin = 0;
  size_t end = listing.commits.size();
  if (enablement.first < end) {
    const bool in_commit = !enablement.timestamp_ms || timestamp_ms >= *enablement.timestamp_ms;
    (in_commit ? begin : end) = enablement.first;
  }
  size_t low = begin;
  size_t high = end;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int64_t time = TRY(CommitTime(table, listing, file_times, enablement, middle));
    if (time <= timestamp_ms) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) {
    const int64_t first = TRY(CommitTime(table, listing, file_times, enablement, 0));
    return Invalid("{}: {} is before the first version, which was committed at {}", table.root,
                   types::WallClockText(timestamp_ms * 1000), types::WallClockText(first * 1000))
        .WithClass("DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION", "42816");
  }
  const size_t last = listing.commits.size() - 1;
  const int64_t last_ms = TRY(CommitTime(table, listing, file_times, enablement, last));
  if (timestamp_ms > last_ms && low == listing.commits.size()) {
    return Invalid("{}: {} is after the newest version, which was committed at {}", table.root,
                   types::WallClockText(timestamp_ms * 1000), types::WallClockText(last_ms * 1000))
        .WithClass("DELTA_TIMESTAMP_GREATER_THAN_COMMIT", "42816");
  }
  return listing.commits[low - 1].version;
}

}  // namespace lakesmith::delta
