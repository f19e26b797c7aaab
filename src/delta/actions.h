#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "types/data_type.h"

namespace lakesmith::delta {

// The actions of Delta's transaction log. Source: Delta protocol, "Actions".
// Absent and null are the same: std::nullopt or an empty container.

struct Protocol {
  int min_reader_version = 1;
  int min_writer_version = 2;
  std::vector<std::string> reader_features;  // Only with reader version 3.
  std::vector<std::string> writer_features;  // Only with writer version 7.

  bool operator==(const Protocol&) const = default;
};

struct Metadata {
  std::string id;  // A UUID.
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::string format_provider = "parquet";
  std::string schema_string;                   // JSON text of the schema: see Snapshot::schema.
  std::vector<std::string> partition_columns;  // Logical names.
  std::optional<int64_t> created_time_ms;
  std::map<std::string, std::string> configuration;  // Table properties.

  bool operator==(const Metadata&) const = default;
};

// Which rows of a file are deleted. Source: Delta protocol, "Deletion Vector Descriptor Schema".
struct DeletionVectorDescriptor {
  char storage_type = 'u';  // 'u' file named by UUID, 'p' absolute path, 'i' inline.
  std::string path_or_inline;
  std::optional<int32_t> offset;
  int32_t size_bytes = 0;
  int64_t cardinality = 0;

  // Tells two vectors of one file apart, e.g. "uab^-aqEH.-t@S}K{vb[*k^@4".
  std::string UniqueId() const;
  bool operator==(const DeletionVectorDescriptor&) const = default;
};

// A partition column's physical name and its value as text; nullopt is null.
struct PartitionValue {
  std::string name;
  std::optional<std::string> value;
  bool operator==(const PartitionValue&) const = default;
};
using PartitionValues = std::vector<PartitionValue>;
using Tags = std::map<std::string, std::string>;

// A data file that is part of the table.
struct AddFile {
  std::string
      path;  // As in the log: percent-encoded, relative to the table root or absolute. See paths.h.
  PartitionValues partition_values;
  int64_t size_bytes = 0;
  int64_t modified_ms = 0;
  bool data_change = true;
  std::string stats;  // JSON text; "" is unknown. See statistics.h.
  std::optional<DeletionVectorDescriptor> deletion_vector;
  std::optional<int64_t> base_row_id;
  std::optional<int64_t> default_row_commit_version;
  std::optional<std::string> clustering_provider;
  Tags tags;

  // Text of a partition value by the column's physical name; nullptr when the column is not there
  // or is null.
  const std::string* PartitionText(std::string_view physical_name) const;
};
using AddFilePtr = std::shared_ptr<const AddFile>;

// The tombstone of a data file.
struct RemoveFile {
  std::string path;
  std::optional<int64_t> deletion_timestamp_ms;
  bool data_change = true;
  bool extended_file_metadata = false;  // Says that partition_values and size_bytes are there.
  PartitionValues partition_values;
  std::optional<int64_t> size_bytes;
  std::optional<DeletionVectorDescriptor> deletion_vector;
  std::optional<int64_t> base_row_id;
  std::optional<int64_t> default_row_commit_version;
  Tags tags;
};
using RemoveFilePtr = std::shared_ptr<const RemoveFile>;

// A file of the change data feed.
struct CdcFile {
  std::string path;
  PartitionValues partition_values;
  int64_t size_bytes = 0;
  Tags tags;
};

// How far an application has come: makes writes idempotent.
struct SetTransaction {
  std::string app_id;
  int64_t version = 0;
  std::optional<int64_t> last_updated_ms;
  bool operator==(const SetTransaction&) const = default;
};

struct DomainMetadata {
  std::string domain;
  std::string configuration;
  bool removed = false;
  bool operator==(const DomainMetadata&) const = default;
};

// What a commit says of itself; free JSON, known parts through the functions of commit_info.h.
struct CommitInfo {
  Json json = Json::object();
};

using Action = std::variant<CommitInfo, Protocol, Metadata, AddFile, RemoveFile, CdcFile,
                            SetTransaction, DomainMetadata>;

// One line of a commit file, without the line end.
std::string ActionJson(const Action& action);

// The tombstone that cancels `file`, with all that the protocol asks to be copied.
RemoveFile RemoveOf(const AddFile& file, int64_t deletion_timestamp_ms, bool data_change = true);

}  // namespace lakesmith::delta
