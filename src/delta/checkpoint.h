#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "delta/table.h"

namespace lakesmith::delta {

// Writes a classic checkpoint of the version (the newest when empty), or a V2 one where the table's
// policy says so, then `_last_checkpoint`, and cleans up expired log files if the table allows it.
// Returns the version.
//
// Errors: those of Snapshot::Load, ParquetIo::Write and the store; kUnsupported without a Parquet
// library.
Result<int64_t> WriteCheckpoint(const Table& table, std::optional<int64_t> version = std::nullopt);

// When a log file is old enough to go.
enum class LogCutoff : uint8_t {
  kMidnight,  // The last midnight (UTC) before the retention time, as writers do after a commit.
  kExact,     // The retention time itself.
};

// Deletes log files below the newest checkpoint that is older than `delta.logRetentionDuration`;
// returns how many.
Result<int64_t> CleanUpLog(const Table& table, int64_t log_retention_ms,
                           LogCutoff cutoff = LogCutoff::kMidnight);

}  // namespace lakesmith::delta
