#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::delta {

// JSON text of a bound; nullopt where it cannot be said.
std::optional<std::string> MinimumText(const types::Value& value, const types::DataType& type,
                                       int64_t string_prefix_length);
std::optional<std::string> MaximumText(const types::Value& value, const types::DataType& type,
                                       int64_t string_prefix_length);

// The `stats` text of a `stats_parsed` struct of a checkpoint.
std::string StatisticsFromStruct(const types::Value& value, const types::DataType& type);

// Parts of a `stats` text for some columns: the bare JSON tokens, "" where there is none. Strings
// come unescaped and `is_text` tells them from numbers.
struct StatisticToken {
  std::string text;
  bool is_text = false;
  bool present() const { return is_text || !text.empty(); }
};
struct ColumnTokens {
  StatisticToken min;
  StatisticToken max;
  StatisticToken null_count;
};
struct StatisticTokens {
  std::optional<int64_t> num_records;
  bool tight_bounds = true;
  std::vector<ColumnTokens> columns;  // In parallel with the paths asked for.
};

// Errors: kCorrupt when the text is not a JSON object.
Result<StatisticTokens> ReadStatistics(std::string_view stats,
                                       std::span<const std::vector<std::string>> physical_paths);

}  // namespace lakesmith::delta
