#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "delta/table.h"
#include "engine/row_stream.h"

namespace lakesmith::engine {

// What DESCRIBE HISTORY shows: one row a version, the newest first.
std::vector<types::StructField> HistoryColumns();
// At most `limit` rows. Errors: those of reading the log.
Result<std::vector<Row>> HistoryRows(const delta::Table& table, std::optional<int64_t> limit);

}  // namespace lakesmith::engine
