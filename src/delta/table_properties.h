#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakesmith::delta {

enum class IsolationLevel { kSerializable, kWriteSerializable, kSnapshot };
// "Serializable", "WriteSerializable", "SnapshotIsolation": as commits name them.
std::string_view IsolationLevelName(IsolationLevel level);

enum class ColumnMappingMode { kNone, kName, kId };

// The table properties that this product honours, parsed. Unknown keys stay in
// Metadata::configuration. Source: Delta documentation, "Table properties reference".
struct TableProperties {
  bool append_only = false;
  int64_t checkpoint_interval = 10;
  bool checkpoint_stats_as_json = true;
  bool checkpoint_stats_as_struct = false;
  bool checkpoint_policy_v2 = false;
  int64_t log_retention_ms = 30LL * 24 * 3600 * 1000;
  int64_t deleted_file_retention_ms = 7LL * 24 * 3600 * 1000;
  bool enable_expired_log_cleanup = true;
  int64_t data_skipping_indexed_columns = 32;                     // -1 is all.
  std::optional<std::vector<std::string>> data_skipping_columns;  // Dotted logical names.
  int64_t data_skipping_string_prefix_length = 32;                // UTF-16 units.
  std::optional<IsolationLevel> isolation_level;  // As set; none is WriteSerializable.
  std::optional<int64_t> set_transaction_retention_ms;
  std::optional<int64_t> target_file_size_bytes;
  bool auto_compact = false;
  bool optimize_write = false;
  std::string parquet_codec = "snappy";
  bool enable_change_data_feed = false;
  bool enable_deletion_vectors = false;
  bool enable_in_commit_timestamps = false;
  std::optional<int64_t> in_commit_timestamp_enablement_version;
  std::optional<int64_t> in_commit_timestamp_enablement_ms;
  bool enable_type_widening = false;
  bool enable_row_tracking = false;
  bool randomize_file_prefixes = false;
  ColumnMappingMode column_mapping_mode = ColumnMappingMode::kNone;
  int64_t max_column_id = 0;
  std::vector<std::pair<std::string, std::string>>
      constraints;  // CHECK: name and SQL text, ordered by name.

  // Errors: kInvalid names the property, its value and what it may be.
  static Result<TableProperties> Parse(const std::map<std::string, std::string>& configuration);
};

// Milliseconds of "interval 30 days", "7 days", "interval 1 week 2 hours". Months and years are
// refused.
Result<int64_t> ParseInterval(std::string_view text);
// Bytes of "134217728", "128mb", "1 GiB".
Result<int64_t> ParseByteSize(std::string_view text);

// The property key spelled as Delta spells it when only the case differs ("delta.appendonly"), else
// unchanged.
std::string CanonicalPropertyKey(std::string_view key);

// Whether a statement may set the property. Keys that do not begin with "delta." are the user's
// own. Errors: kInvalid for a "delta." key that Delta does not know, with the nearest one.
Status CheckPropertyKey(std::string_view key);

}  // namespace lakesmith::delta
