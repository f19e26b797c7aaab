#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::engine {

enum class ParquetCompression : uint8_t { kZstd, kSnappy, kUncompressed };

// How the rows of a query become Parquet files below a folder.
struct WriteSpec {
  // Absolute path of the folder; it is created when missing.
  std::string root;
  // Schema of the files with logical names, in the order of the query's columns. Where a field's
  // metadata has `delta.columnMapping.physicalName` and `.id` (nested fields too), files carry
  // these instead.
  std::vector<types::StructField> columns;
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

  // Statistics are computed for the first so many leaf columns (partition columns not counted), or,
  // when `statistics_columns` is set, for those named there ("a.b" is a field of a struct). -1 is
  // all, 0 none.
  int statistics_leaf_count = 32;
  std::optional<std::vector<std::string>> statistics_columns;
};

// Bounds of one leaf column in one file. Exact; strings are not cut.
struct ColumnStatistics {
  // Physical names from the outermost struct to the leaf.
  std::vector<std::string> path;
  types::DataType type;
  // Null where the column has only nulls, where a NaN occurs, and for types without an order
  // (arrays, maps, binary, boolean, variant).
  types::Value min;
  types::Value max;
  int64_t null_count = 0;
};

// One file that a write left behind, complete and closed.
struct WrittenFile {
  std::string path;  // Relative to the root, with folder names as on disk (not URL-encoded again).
  int64_t size_bytes = 0;
  int64_t modification_time_millis = 0;  // Since the epoch.
  int64_t row_count = 0;
  // Logical partition column and its typed value, in the order of the specification.
  std::vector<std::pair<std::string, types::Value>> partition_values;
  std::vector<ColumnStatistics> statistics;
};

}  // namespace lakesmith::engine
