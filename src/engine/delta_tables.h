#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "delta/snapshot.h"
#include "delta/table.h"

namespace lakesmith::engine {

// The Delta tables that a process works on, with the newest snapshot seen of each, so that a
// statement reads only the commits that came since. Thread-safe.
class DeltaTables {
 public:
  DeltaTables(std::shared_ptr<storage::ObjectStore> store,
              std::shared_ptr<delta::ParquetIo> parquet)
      : store_(std::move(store)), parquet_(std::move(parquet)) {}

  // The table whose folder is `location`, whether or not it exists.
  delta::Table At(const std::string& location) const;

  // Errors: as of delta::Snapshot::Load.
  Result<delta::SnapshotPtr> Newest(const std::string& location);
  // An older version; not kept.
  Result<delta::SnapshotPtr> Load(const std::string& location,
                                  const delta::LoadOptions& options) const;
  Result<bool> Exists(const std::string& location) const;

  // To be called when a folder is dropped: a new table may come in its place.
  void Forget(const std::string& location);

  const std::shared_ptr<storage::ObjectStore>& store() const { return store_; }

 private:
  std::shared_ptr<storage::ObjectStore> store_;
  std::shared_ptr<delta::ParquetIo> parquet_;
  std::mutex mutex_;  // Guards newest_.
  std::map<std::string, delta::SnapshotPtr> newest_;
};

}  // namespace lakesmith::engine
