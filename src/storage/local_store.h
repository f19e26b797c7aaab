#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/object_store.h"

namespace lakesmith::storage {

// Files of the local disk under absolute paths. Folders are made when a file is put and never
// removed. Hidden ".NAME.UUID.tmp" files hold what is being written; a crash may leave one behind,
// nobody reads it.
class LocalStore : public ObjectStore {
 public:
  Result<std::string> Read(const std::string& path) const override;
  Result<std::string> ReadRange(const std::string& path, int64_t offset,
                                int64_t length_bytes) const override;
  Status PutIfAbsent(const std::string& path, std::string_view bytes) override;
  Status Put(const std::string& path, std::string_view bytes) override;
  Result<std::vector<ObjectInfo>> List(const std::string& folder,
                                       std::string_view from = {}) const override;
  Result<std::vector<ObjectInfo>> ListRecursive(const std::string& folder) const override;
  Status Delete(const std::string& path) override;
  Result<ObjectInfo> Stat(const std::string& path) const override;
};

// Gives a file that another writer (the engine) wrote under a temporary name its final name,
// durably: fsync of the file, rename over `path`, fsync of the folder.
Status PublishFile(const std::string& temporary_path, const std::string& path);
// A hidden name beside `path` that nobody else uses.
std::string TemporaryPath(const std::string& path);

}  // namespace lakesmith::storage
