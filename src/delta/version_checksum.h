#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "delta/actions.h"
#include "delta/snapshot.h"
#include "delta/table.h"

namespace lakesmith::delta {

// The summary of one version that lies beside its commit as `V.crc`. Optional, and never
// overwritten. Source: Delta protocol, "Version Checksum File".
struct VersionChecksum {
  int64_t table_size_bytes = 0;
  int64_t num_files = 0;
  Protocol protocol;
  Metadata metadata;
  std::optional<std::string> txn_id;
  std::optional<int64_t> in_commit_timestamp_ms;
};

VersionChecksum ChecksumOf(const Snapshot& snapshot);

// Errors: kNotFound  there is none. kCorrupt  it cannot be understood.
Result<VersionChecksum> ReadVersionChecksum(const Table& table, int64_t version);

// Errors: kConflict  there is one.
Status WriteVersionChecksum(const Table& table, int64_t version, const VersionChecksum& checksum);

std::string VersionChecksumPath(const Table& table, int64_t version);

}  // namespace lakesmith::delta
