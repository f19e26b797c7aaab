#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delta/snapshot.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::delta {

// A leaf column for which a writer collects statistics.
struct StatisticsColumn {
  std::vector<std::string> logical_path;
  std::vector<std::string> physical_path;
  types::DataType type;
  bool has_bounds = false;  // Minimum and maximum too; otherwise only the null count.
};

// The columns by the table's properties: the first N leaves, or those named; never partition
// columns. Structs are entered, arrays and maps are leaves with a null count only.
std::vector<StatisticsColumn> StatisticsColumns(const types::DataType& schema,
                                                const std::vector<std::string>& partition_columns,
                                                const TableProperties& properties);

// What was seen of one such column in one file. Bounds are exact; null means none (all values null,
// or a NaN).
struct ColumnStatistics {
  types::Value min;
  types::Value max;
  std::optional<int64_t> null_count;
};

// The `stats` text of a file: `columns` and `values` go in parallel. Strings are cut to
// `string_prefix_length` UTF-16 units, timestamps to milliseconds; bounds that cannot be said are
// left out.
std::string StatisticsJson(int64_t num_records, const std::vector<StatisticsColumn>& columns,
                           const std::vector<ColumnStatistics>& values,
                           int64_t string_prefix_length = 32, bool tight_bounds = true);

// The same `stats` text after rows were deleted by a deletion vector: tightBounds false, counts as
// they may be.
Result<std::string> WidenStatistics(const std::string& stats);

// numRecords of a `stats` text: physical rows; nullopt when unknown.
std::optional<int64_t> NumRecords(std::string_view stats);
// Rows that are live: numRecords less those that the deletion vector hides.
std::optional<int64_t> LiveRecords(const AddFile& file);

}  // namespace lakesmith::delta
