#include "engine/delta_tables.h"

#include <utility>

namespace lakesmith::engine {
namespace {

// Snapshots of large tables are large: beyond so many tables the cache starts anew.
constexpr size_t kMaxCached = 256;

}  // namespace

delta::Table DeltaTables::At(const std::string& location) const {
  return delta::Table{.store = store_, .parquet = parquet_, .root = location};
}

Result<delta::SnapshotPtr> DeltaTables::Newest(const std::string& location) {
  delta::SnapshotPtr previous;
  {
    const std::lock_guard lock(mutex_);
    const auto found = newest_.find(location);
    if (found != newest_.end()) previous = found->second;
  }
  const delta::Table table = At(location);
  delta::SnapshotPtr snapshot = previous == nullptr
                                    ? TRY(delta::Snapshot::Load(table))
                                    : TRY(delta::Snapshot::Refresh(table, previous));
  const std::lock_guard lock(mutex_);
  if (newest_.size() >= kMaxCached) newest_.clear();
  newest_[location] = snapshot;
  return snapshot;
}

Result<delta::SnapshotPtr> DeltaTables::Load(const std::string& location,
                                             const delta::LoadOptions& options) const {
  return delta::Snapshot::Load(At(location), options);
}

Result<bool> DeltaTables::Exists(const std::string& location) const {
  return delta::Snapshot::TableExists(At(location));
}

void DeltaTables::Forget(const std::string& location) {
  const std::lock_guard lock(mutex_);
  newest_.erase(location);
}

}  // namespace lakesmith::engine
