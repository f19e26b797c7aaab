#include "catalog/object_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/crash_point.h"

namespace lakesmith::catalog {
namespace {

namespace fs = std::filesystem;

Error SystemError(std::string_view action, const fs::path& path, int error) {
  const std::string reason = std::generic_category().message(error);
  if (error == ENOSPC || error == EROFS || error == EACCES || error == EPERM) {
    return Invalid("{}: cannot {}: {}", path.string(), action, reason);
  }
  return Unavailable("{}: cannot {}: {}", path.string(), action, reason);
}

Status MakeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return SystemError("make the folder", folder, error.value());
  return {};
}

Status WriteAll(int descriptor, const std::string& text, const fs::path& path) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError("write", path, errno);
    done += static_cast<size_t>(count);
  }
  if (::fsync(descriptor) != 0) return SystemError("sync", path, errno);
  return {};
}

// Writes `json` beside `path` under a name that no other writer uses.
Result<fs::path> WriteAside(const fs::path& path, const Json& json) {
  static std::atomic<int> counter = 0;
  TRY(MakeFolder(path.parent_path()));
  fs::path aside = path.parent_path() / fmt::format(".{}.{}.{}.tmp", path.filename().string(),
                                                    ::getpid(), counter.fetch_add(1));
  const int descriptor = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return SystemError("create", aside, errno);
  Status written =
      WriteAll(descriptor, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n", aside);
  ::close(descriptor);
  if (!written) {
    ::unlink(aside.c_str());
    return std::move(written).error();
  }
  return aside;
}

// Makes the new name itself survive a crash.
void SyncFolder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

namespace object_files {

Result<std::optional<Json>> Read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<Json>();
    return SystemError("read", path, errno);
  }
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Result<Json> json = ParseJson(text);
  if (!json) return Corrupt("{}: {}", path.string(), json.error().ToString());
  return std::optional<Json>(std::move(*json));
}

Result<bool> Create(const fs::path& path, const Json& json) {
  const fs::path aside = TRY(WriteAside(path, json));
  CrashPoint();
  const bool made = ::link(aside.c_str(), path.c_str()) == 0;
  const int error = errno;
  ::unlink(aside.c_str());
  if (!made && error == EEXIST) return false;
  if (!made) return SystemError("create", path, error);
  CrashPoint();
  SyncFolder(path.parent_path());
  return true;
}

Status Replace(const fs::path& path, const Json& json) {
  const fs::path aside = TRY(WriteAside(path, json));
  CrashPoint();
  if (::rename(aside.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(aside.c_str());
    return SystemError("replace", path, error);
  }
  SyncFolder(path.parent_path());
  return {};
}

Result<bool> Remove(const fs::path& path) {
  if (::unlink(path.c_str()) == 0) {
    SyncFolder(path.parent_path());
    return true;
  }
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return SystemError("remove", path, errno);
}

Result<bool> Rename(const fs::path& from, const fs::path& to) {
  TRY(MakeFolder(to.parent_path()));
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
    SyncFolder(from.parent_path());
    SyncFolder(to.parent_path());
    return true;
  }
  if (errno == EEXIST) return false;
  return SystemError("rename", from, errno);
}

Result<std::vector<fs::path>> List(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error == std::errc::no_such_file_or_directory) return paths;
  if (error) return SystemError("list", folder, error.value());
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".json") && !name.starts_with(".")) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

std::string FreshSuffix() {
  static std::atomic<uint32_t> counter = 0;
  const int64_t millis = std::chrono::duration_cast<std::chrono::milliseconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count();
  return fmt::format("{:x}-{:x}-{:x}", millis, ::getpid(), counter.fetch_add(1));
}

Status DiscardFolder(const std::string& warehouse, const std::string& folder) {
  const fs::path trash = fs::path(warehouse) / ".trash" / FreshSuffix();
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  fs::create_directories(trash.parent_path(), error);
  fs::rename(folder, trash, error);
  // Another file system: the folder cannot move, so it goes where it stands.
  const fs::path doomed = error ? fs::path(folder) : trash;
  error.clear();
  fs::remove_all(doomed, error);
  if (error)
    return Unavailable("{}: cannot remove the folder: {}", doomed.string(), error.message());
  return {};
}

}  // namespace object_files

Result<NameLock> NameLock::Take(const fs::path& path) {
  TRY(MakeFolder(path.parent_path()));
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return SystemError("lock", path, errno);
  NameLock lock(descriptor);
  while (::flock(descriptor, LOCK_EX) != 0) {
    if (errno != EINTR) return SystemError("lock", path, errno);
  }
  return lock;
}

NameLock::~NameLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace lakesmith::catalog
