#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "delta/parquet_io.h"
#include "storage/object_store.h"

namespace lakesmith::delta {

// Milliseconds since 1970-01-01 UTC.
int64_t SystemNowMs();

// A place where a table is or will be, and the means to reach it. Cheap to copy; threads may share
// it.
struct Table {
  std::shared_ptr<storage::ObjectStore> store;
  std::shared_ptr<ParquetIo>
      parquet;       // May be null: then no Parquet checkpoint is read or written.
  std::string root;  // Full path of the table's folder, without a slash at its end.
  std::function<int64_t()> now_ms = SystemNowMs;

  std::string LogFolder() const;
  // Full path of a file named in the log: `path` as an action holds it, percent-encoded.
  std::string FullPath(const std::string& path) const;
};

}  // namespace lakesmith::delta
