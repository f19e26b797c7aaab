#include "delta/actions.h"

namespace lakesmith::delta {

std::string DeletionVectorDescriptor::UniqueId() const {
  std::string id = storage_type + path_or_inline;
  if (offset) id += fmt::format("@{}", *offset);
  return id;
}

const std::string* AddFile::PartitionText(std::string_view physical_name) const {
  for (const PartitionValue& value : partition_values) {
    if (value.name != physical_name) continue;
    return value.value && !value.value->empty() ? &*value.value : nullptr;
  }
  return nullptr;
}

RemoveFile RemoveOf(const AddFile& file, int64_t deletion_timestamp_ms, bool data_change) {
  return {.path = file.path,
          .deletion_timestamp_ms = deletion_timestamp_ms,
          .data_change = data_change,
          .extended_file_metadata = true,
          .partition_values = file.partition_values,
          .size_bytes = file.size_bytes,
          .deletion_vector = file.deletion_vector,
          .base_row_id = file.base_row_id,
          .default_row_commit_version = file.default_row_commit_version,
          .tags = file.tags};
}

}  // namespace lakesmith::delta
