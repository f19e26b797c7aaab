#pragma once

#include <cstdint>
#include <optional>

#include "delta/transaction_internal.h"

namespace lakesmith::delta {

// What is worth doing once version `version` is in: the version checksum, a checkpoint when its
// turn has come, and log clean-up after it. Never fails, because the commit stands; says the
// version of the checkpoint written.
std::optional<int64_t> AfterCommit(const PendingCommit& pending, int64_t version);

}  // namespace lakesmith::delta
