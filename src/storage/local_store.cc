#include "storage/local_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>
#include <utility>

#include "base/crash_point.h"

namespace lakesmith::storage {
namespace {

// Closes the descriptor when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

Error SystemError(std::string_view action, std::string_view path, int number) {
  if (number == ENOENT || number == ENOTDIR) return NotFound("{}: no such file", path);
  return Unavailable("{}: cannot {}: {}", path, action, std::strerror(number));
}

std::string FolderOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, std::max<size_t>(slash, 1)));
}

Status CheckPath(const std::string& path) {
  if (path.find('\0') != std::string::npos) return Invalid("a path holds a zero byte");
  if (!path.starts_with('/')) {
    return Invalid("{}: not an absolute path of the local disk", path);
  }
  return {};
}

Status SyncFolder(const std::string& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) return SystemError("open the folder", folder, errno);
  // Some file systems cannot sync a folder; they say EINVAL.
  if (::fsync(descriptor.number()) != 0 && errno != EINVAL) {
    return SystemError("sync the folder", folder, errno);
  }
  return {};
}

// Makes the folder and those above it, each durable in its parent.
Status MakeFolders(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0777) == 0) return SyncFolder(FolderOf(folder));
  if (errno == EEXIST) return {};
  if (errno != ENOENT) return SystemError("make the folder", folder, errno);
  TRY(MakeFolders(FolderOf(folder)));
  if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    return SystemError("make the folder", folder, errno);
  }
  return SyncFolder(FolderOf(folder));
}

Status WriteAll(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return SystemError("write", path, errno);
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Status WriteDurably(const std::string& path, std::string_view bytes) {
  int number = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (number < 0 && errno == ENOENT) {
    TRY(MakeFolders(FolderOf(path)));
    number = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  }
  const Descriptor descriptor(number);
  if (!descriptor.is_open()) return SystemError("create", path, errno);
  TRY(WriteAll(descriptor.number(), bytes, path));
  if (::fsync(descriptor.number()) != 0) return SystemError("sync", path, errno);
  return {};
}

Result<std::string> ReadUpTo(int descriptor, int64_t offset, int64_t length_bytes,
                             const std::string& path) {
  std::string bytes(static_cast<size_t>(length_bytes), '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::pread(descriptor, bytes.data() + filled, bytes.size() - filled,
                                  offset + static_cast<int64_t>(filled));
    if (count < 0) {
      if (errno == EINTR) continue;
      return SystemError("read", path, errno);
    }
    if (count == 0) break;
    filled += static_cast<size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

ObjectInfo InfoOf(std::string path, const struct stat& status) {
  const int64_t modified_ms =
      static_cast<int64_t>(status.st_mtim.tv_sec) * 1000 + status.st_mtim.tv_nsec / 1'000'000;
  return {.path = std::move(path),
          .size_bytes = static_cast<int64_t>(status.st_size),
          .modified_ms = modified_ms};
}

struct Folder {
  explicit Folder(const std::string& path) : stream(::opendir(path.c_str())) {}
  ~Folder() {
    if (stream != nullptr) ::closedir(stream);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  DIR* stream;
};

// Files of one folder; sub-folders go to `folders` when it is not null.
Status ListFolder(const std::string& folder, std::string_view from, std::vector<ObjectInfo>* files,
                  std::vector<std::string>* folders) {
  const Folder handle(folder);
  if (handle.stream == nullptr) {
    if (errno == ENOENT) return {};
    return SystemError("list the folder", folder, errno);
  }
  while (const dirent* entry = ::readdir(handle.stream)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || name < from) continue;
    struct stat status;
    // A file may be deleted, and a link may be broken, between the listing and the look at it.
    if (::fstatat(::dirfd(handle.stream), entry->d_name, &status, 0) != 0) continue;
    if (S_ISREG(status.st_mode)) {
      files->push_back(InfoOf(JoinPath(folder, name), status));
    } else if (S_ISDIR(status.st_mode) && folders != nullptr) {
      folders->push_back(JoinPath(folder, name));
    }
  }
  return {};
}

}  // namespace

Result<std::string> LocalStore::Read(const std::string& path) const {
  TRY(CheckPath(path));
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.is_open()) return SystemError("open", path, errno);
  struct stat status;
  if (::fstat(descriptor.number(), &status) != 0) return SystemError("read", path, errno);
  if (!S_ISREG(status.st_mode)) return NotFound("{}: no such file", path);
  return ReadUpTo(descriptor.number(), 0, static_cast<int64_t>(status.st_size), path);
}

Result<std::string> LocalStore::ReadRange(const std::string& path, int64_t offset,
                                          int64_t length_bytes) const {
  TRY(CheckPath(path));
  if (offset < 0 || length_bytes < 0) return Invalid("{}: negative range", path);
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.is_open()) return SystemError("open", path, errno);
  struct stat status;
  if (::fstat(descriptor.number(), &status) != 0) return SystemError("read", path, errno);
  // A damaged length must not make us ask for gigabytes of memory.
  const int64_t available = std::max<int64_t>(0, static_cast<int64_t>(status.st_size) - offset);
  return ReadUpTo(descriptor.number(), offset, std::min(length_bytes, available), path);
}

Status LocalStore::PutIfAbsent(const std::string& path, std::string_view bytes) {
  TRY(CheckPath(path));
  const std::string temporary = TemporaryPath(path);
  if (Status written = WriteDurably(temporary, bytes); !written) {
    ::unlink(temporary.c_str());
    return written;
  }
  CrashPoint();
  // A hard link appears in one step and never replaces: readers see the whole file or none.
  const int linked = ::link(temporary.c_str(), path.c_str());
  int number = linked == 0 ? 0 : errno;
  if (number == EPERM || number == EOPNOTSUPP || number == EMLINK) {
    // File systems without hard links: rename that refuses to replace.
    number = ::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0
                 ? 0
                 : errno;
  }
  CrashPoint();
  ::unlink(temporary.c_str());
  if (number == EEXIST) return Conflict("{}: exists already", path);
  if (number != 0) return SystemError("create", path, number);
  if (Status synced = SyncFolder(FolderOf(path)); !synced) {
    // The file is there, but may not survive a power cut: the caller must look before it acts.
    return CommitUnknown("{}", synced.error().message());
  }
  return {};
}

Status LocalStore::Put(const std::string& path, std::string_view bytes) {
  TRY(CheckPath(path));
  const std::string temporary = TemporaryPath(path);
  Status written = WriteDurably(temporary, bytes);
  CrashPoint();
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = SystemError("create", path, errno);
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return SyncFolder(FolderOf(path));
}

Result<std::vector<ObjectInfo>> LocalStore::List(const std::string& folder,
                                                 std::string_view from) const {
  TRY(CheckPath(folder));
  std::vector<ObjectInfo> files;
  TRY(ListFolder(folder, from, &files, nullptr));
  std::ranges::sort(files, {}, &ObjectInfo::path);
  return files;
}

Result<std::vector<ObjectInfo>> LocalStore::ListRecursive(const std::string& folder) const {
  TRY(CheckPath(folder));
  std::vector<ObjectInfo> files;
  std::vector<std::string> folders = {folder};
  while (!folders.empty()) {
    const std::string next = std::move(folders.back());
    folders.pop_back();
    TRY(ListFolder(next, {}, &files, &folders));
  }
  return files;
}

Status LocalStore::Delete(const std::string& path) {
  TRY(CheckPath(path));
  CrashPoint();
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return SystemError("delete", path, errno);
  return {};
}

Result<ObjectInfo> LocalStore::Stat(const std::string& path) const {
  TRY(CheckPath(path));
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return SystemError("look at", path, errno);
  if (!S_ISREG(status.st_mode)) return NotFound("{}: no such file", path);
  return InfoOf(path, status);
}

Status PublishFile(const std::string& temporary_path, const std::string& path) {
  {
    const Descriptor descriptor(::open(temporary_path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor.is_open()) return SystemError("open", temporary_path, errno);
    if (::fsync(descriptor.number()) != 0) return SystemError("sync", temporary_path, errno);
  }
  CrashPoint();
  if (::rename(temporary_path.c_str(), path.c_str()) != 0) {
    return SystemError("create", path, errno);
  }
  CrashPoint();
  return SyncFolder(FolderOf(path));
}

std::string TemporaryPath(const std::string& path) {
  // The process id and a counter tell threads and processes of one machine apart, the random part
  // machines.
  static const uint64_t kRandom =
      (static_cast<uint64_t>(std::random_device{}()) << 32) | std::random_device{}();
  static std::atomic<uint64_t> counter{0};
  return JoinPath(FolderOf(path), fmt::format(".{}.{:016x}-{}-{}.tmp", BaseName(path), kRandom,
                                              ::getpid(), counter.fetch_add(1)));
}

}  // namespace lakesmith::storage
