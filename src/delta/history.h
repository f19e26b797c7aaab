#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "delta/snapshot.h"
#include "delta/table.h"

namespace lakesmith::delta {

// One row of DESCRIBE HISTORY.
struct HistoryEntry {
  int64_t version = 0;
  int64_t timestamp_ms = 0;
  std::optional<std::string> operation;
  std::vector<std::pair<std::string, std::string>> operation_parameters;
  std::optional<int64_t> read_version;
  std::optional<std::string> isolation_level;
  std::optional<bool> is_blind_append;
  std::vector<std::pair<std::string, std::string>> operation_metrics;
  std::optional<std::string> user_metadata;
  std::optional<std::string> engine_info;
  std::optional<std::string> user_name;
};

// Newest first, at most `limit` entries; versions whose commit was cleaned up are not there.
Result<std::vector<HistoryEntry>> ReadHistory(const Table& table,
                                              std::optional<int64_t> limit = std::nullopt);

// The one row of DESCRIBE DETAIL, less what only the catalog knows (its name).
struct TableDetail {
  std::string format = "delta";
  std::string id;
  std::optional<std::string> description;
  std::string location;
  std::optional<int64_t> created_at_ms;
  int64_t last_modified_ms = 0;
  std::vector<std::string> partition_columns;
  std::vector<std::string> clustering_columns;
  int64_t num_files = 0;
  int64_t size_bytes = 0;
  std::vector<std::pair<std::string, std::string>> properties;
  int min_reader_version = 1;
  int min_writer_version = 2;
  std::vector<std::string> table_features;
};
TableDetail DetailOf(const Snapshot& snapshot);

// The newest version committed at or before the time.
// Errors: kInvalid  before the first version or after the newest; the message has both times.
Result<int64_t> VersionAtTime(const Table& table, int64_t timestamp_ms);

}  // namespace lakesmith::delta
