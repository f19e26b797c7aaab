#include "delta/checkpoint.h"
#include "delta/post_commit_internal.h"

namespace lakesmith::delta {

std::optional<int64_t> AfterCommit(const PendingCommit& pending, int64_t version) {
  const TableProperties* properties = pending.snapshot ? &pending.snapshot->properties() : nullptr;
  const int64_t interval = properties != nullptr ? properties->checkpoint_interval
                                                 : TableProperties().checkpoint_interval;
  if (version == 0 || version % interval != 0 || !pending.table.parquet) return std::nullopt;
  // A checkpoint only makes reading faster: a failure here is made good by the next one.
  if (!WriteCheckpoint(pending.table, version)) return std::nullopt;
  return version;
}

}  // namespace lakesmith::delta
