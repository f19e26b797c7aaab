#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakesmith::storage {

// What a store knows of one object without reading it.
struct ObjectInfo {
  std::string path;  // Full path, in the form that the store's functions take.
  int64_t size_bytes = 0;
  int64_t modified_ms = 0;  // Milliseconds since 1970-01-01 UTC.
};

// Bytes under names. Paths are full: "/lake/sales/a.parquet" on local disk,
// "s3://lake/sales/a.parquet" in an object store; plain text, never percent-encoded. Any thread may
// call any function at any time.
//
// Errors of every function: kNotFound     no such object (reads and Stat).
//                           kUnavailable  the store failed; a retry may work (disk full, I/O error,
//                           time-out). kInvalid      the path is not one of this store.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  virtual Result<std::string> Read(const std::string& path) const = 0;
  // `length_bytes` bytes from `offset`; fewer only where the object ends.
  virtual Result<std::string> ReadRange(const std::string& path, int64_t offset,
                                        int64_t length_bytes) const = 0;

  // Creates the object whole and durable, or does nothing. Readers never see part of it.
  // Errors: kConflict       an object is there already.
  //         kCommitUnknown  sent, but no answer came: read it back before trying again.
  virtual Status PutIfAbsent(const std::string& path, std::string_view bytes) = 0;
  // Creates or replaces the object in one step, durably.
  virtual Status Put(const std::string& path, std::string_view bytes) = 0;

  // Objects directly in `folder` whose names are at or after `from` by bytes, ordered by name.
  // A folder that does not exist is empty. Sub-folders are not listed.
  virtual Result<std::vector<ObjectInfo>> List(const std::string& folder,
                                               std::string_view from = {}) const = 0;
  // All objects below `folder`, at any depth, in no order.
  virtual Result<std::vector<ObjectInfo>> ListRecursive(const std::string& folder) const = 0;

  // Removing what is not there is no error.
  virtual Status Delete(const std::string& path) = 0;
  virtual Result<ObjectInfo> Stat(const std::string& path) const = 0;
};

// `folder` and `name` with exactly one slash between them.
std::string JoinPath(std::string_view folder, std::string_view name);
// The part after the last slash.
std::string_view BaseName(std::string_view path);

}  // namespace lakesmith::storage
