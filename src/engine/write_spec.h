#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "delta/statistics.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::engine {

enum class ParquetCompression : uint8_t { kZstd, kSnappy, kUncompressed };

// How the rows of a query become Parquet files below a folder.
struct WriteSpec {
  // Absolute path of the folder; it is created when missing.
  std::string root;
  // Schema of the files with logical names, in the order of the query's columns. With column
  // mapping, files carry the physical names and field ids that the fields' metadata has (nested
  // fields too).
  std::vector<types::StructField> columns;
  delta::ColumnMappingMode column_mapping = delta::ColumnMappingMode::kNone;
  // Logical names of partition columns, a subset of `columns`. They are not stored in the files.
  std::vector<std::string> partition_columns;
  // Folder names below `root`: Hive style "country=N%C3%B8rge", or random two-character folders.
  bool random_prefix = false;
  // Folder between `root` and everything else, e.g. "_change_data"; "" for none.
  std::string subfolder;

  ParquetCompression compression = ParquetCompression::kZstd;
  // A file is closed once it holds about this much. nullopt writes one file per partition and
  // thread.
  std::optional<int64_t> target_file_bytes;
  int64_t row_group_rows = 122880;

  // Columns for which statistics are wanted, usually all of delta::StatisticsColumns().
  std::vector<delta::StatisticsColumn> statistics_columns;
};

// One file that a write left behind, complete and closed.
struct WrittenFile {
  std::string path;  // Relative to the root, with folder names as on disk (not URL-encoded again).
  int64_t size_bytes = 0;
  int64_t modification_time_millis = 0;  // Since the epoch.
  int64_t row_count = 0;
  // Logical partition column and its typed value, in the order of the specification.
  std::vector<std::pair<std::string, types::Value>> partition_values;
  // Parallel to WriteSpec::statistics_columns. Exact, strings are not cut. The null count of arrays
  // and maps is unknown; bounds are null where a NaN occurs.
  std::vector<delta::ColumnStatistics> statistics;
};

}  // namespace lakesmith::engine
