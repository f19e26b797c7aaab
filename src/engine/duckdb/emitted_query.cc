#include "engine/duckdb/emitted_query.h"

namespace lakesmith::engine {

using types::DataType;

std::vector<types::StructField> FileMetadataFields() {
  return {{.name = "file_path", .type = DataType::String(), .nullable = false},
          {.name = "file_name", .type = DataType::String(), .nullable = false},
          {.name = "file_size", .type = DataType::Long(), .nullable = false},
          {.name = "file_block_start", .type = DataType::Long(), .nullable = false},
          {.name = "file_block_length", .type = DataType::Long(), .nullable = false},
          {.name = "file_modification_time", .type = DataType::Timestamp(), .nullable = false}};
}

}  // namespace lakesmith::engine
