#pragma once

#include <cstdint>
#include <optional>

#include "delta/transaction_internal.h"

namespace lakesmith::delta {

// What a commit made of the table.
struct CommittedState {
  int64_t version = 0;
  Protocol protocol;
  Metadata metadata;
  std::string txn_id;
  std::optional<int64_t> in_commit_timestamp_ms;
};

// What is worth doing once the commit is in: the version checksum, a checkpoint when its turn has
// come, and log clean-up after it. Never fails, because the commit stands; says the version of the
// checkpoint written.
std::optional<int64_t> AfterCommit(const PendingCommit& pending, const CommittedState& committed);

}  // namespace lakesmith::delta
