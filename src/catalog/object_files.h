#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace lakesmith::catalog {

// Small JSON files, each of which is seen whole or not at all by other processes, whatever crashes:
// contents are written aside and moved into place. Stateless, so threads may share it.
namespace object_files {

// nullopt when there is no such file. Errors: kCorrupt names a file that is not JSON.
Result<std::optional<Json>> Read(const std::filesystem::path& path);

// Makes a file that must not exist. False when it does already. Makes its folders.
Result<bool> Create(const std::filesystem::path& path, const Json& json);

// Makes or replaces a file.
Status Replace(const std::filesystem::path& path, const Json& json);

// False when there was none.
Result<bool> Remove(const std::filesystem::path& path);

// Moves a file to a name that must be free. False when it is taken.
Result<bool> Rename(const std::filesystem::path& from, const std::filesystem::path& to);

// The JSON files in a folder, sorted by name; none when there is no folder.
Result<std::vector<std::filesystem::path>> List(const std::filesystem::path& folder);

// Moves a folder out of sight at once, into <warehouse>/.trash, then deletes it.
Status DiscardFolder(const std::string& warehouse, const std::string& folder);

// Unlike any other made by this process or one that runs beside it.
std::string FreshSuffix();

}  // namespace object_files

// Excludes other threads and processes from changing what one name stands for. The kernel lets go
// of it when the process dies.
class NameLock {
 public:
  // Waits until the lock is free. `path` is a file that is made when missing and never removed.
  static Result<NameLock> Take(const std::filesystem::path& path);
  ~NameLock();
  NameLock(NameLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  NameLock& operator=(NameLock&&) = delete;

 private:
  explicit NameLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace lakesmith::catalog
