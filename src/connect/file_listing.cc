#include "connect/file_listing.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/nearest.h"

namespace lakesmith::connect {
namespace {

namespace fs = std::filesystem;

bool IsHidden(std::string_view name) { return name.starts_with('_') || name.starts_with('.'); }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string PercentDecode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

// "year" and "2024" of "year=2024"; nullopt when the folder is not of that form.
std::optional<std::pair<std::string, std::string>> PartitionOf(std::string_view folder) {
  const size_t equals = folder.find('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  return std::pair(PercentDecode(folder.substr(0, equals)),
                   PercentDecode(folder.substr(equals + 1)));
}

struct Place {
  fs::path path;
  std::vector<std::pair<std::string, std::string>> partition_values;
};

// Walks a folder or a glob and gathers files.
class Lister {
 public:
  explicit Lister(const ListRequest& request) : request_(request) {}

  // Everything that `place` stands for: itself when it is a file, else what is in it.
  Status AddAll(const Place& place, bool recursive) {
    struct stat info{};
    if (stat(place.path.c_str(), &info) != 0) return Vanished(place.path);
    if (!S_ISDIR(info.st_mode)) return AddFile(place, info);
    const std::vector<std::string> names = TRY(NamesIn(place.path));
    for (const std::string& name : names) {
      if (IsHidden(name)) continue;
      const Place inner = Below(place, name);
      if (stat(inner.path.c_str(), &info) != 0) {
        TRY(Vanished(inner.path));
      } else if (!S_ISDIR(info.st_mode)) {
        TRY(AddFile(inner, info));
      } else if (recursive) {
        TRY(AddAll(inner, true));
      }
    }
    return {};
  }

  // Expands `parts` from position `next` below `place`, one path component each.
  Status AddMatches(const Place& place, const std::vector<std::string>& parts, size_t next) {
    if (next == parts.size()) return AddAll(place, DescendsBelowMatches());
    const std::string& part = parts[next];
    if (!IsGlob(part)) {
      const Place inner = Below(place, part);
      std::error_code ignored;
      return fs::exists(inner.path, ignored) ? AddMatches(inner, parts, next + 1) : Status();
    }
    std::error_code ignored;
    if (!fs::is_directory(place.path, ignored)) return {};
    const std::vector<std::string> names = TRY(NamesIn(place.path));
    for (const std::string& name : names) {
      if (IsHidden(name)) continue;
      const bool matches = TRY(GlobMatches(part, name));
      if (matches) TRY(AddMatches(Below(place, name), parts, next + 1));
    }
    return {};
  }

  std::vector<InputFile> Take() && {
    std::ranges::sort(files_, {}, &InputFile::path);
    return std::move(files_);
  }

 private:
  // A folder that a glob matches is read with what is directly in it; further down unless globs are
  // strict.
  bool DescendsBelowMatches() const {
    return request_.recursive && (!request_.strict_glob || request_.path.ends_with('/'));
  }

  static Place Below(const Place& place, const std::string& name) {
    Place inner{.path = place.path / name, .partition_values = place.partition_values};
    if (const auto partition = PartitionOf(name)) inner.partition_values.push_back(*partition);
    return inner;
  }

  static Result<std::vector<std::string>> NamesIn(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failed;
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end;
         it.increment(failed)) {
      names.push_back(it->path().filename().string());
    }
    if (failed) return Unavailable("{}: cannot be listed: {}", folder.string(), failed.message());
    std::ranges::sort(names);
    return names;
  }

  // A file that another process removed while this one listed is as if it had never been there.
  static Status Vanished(const fs::path& path) {
    if (errno == ENOENT) return {};
    return Unavailable("{}: cannot be read: {}", path.string(), std::strerror(errno));
  }

  Status AddFile(const Place& place, const struct stat& info) {
    if (!S_ISREG(info.st_mode)) return {};
    const int64_t modified = info.st_mtim.tv_sec * 1'000'000LL + info.st_mtim.tv_nsec / 1000;
    if (request_.modified_after_micros && modified <= *request_.modified_after_micros) return {};
    if (request_.modified_before_micros && modified >= *request_.modified_before_micros) return {};
    if (!request_.file_name_glob.empty()) {
      const bool matches =
          TRY(GlobMatches(request_.file_name_glob, place.path.filename().string()));
      if (!matches) return {};
    }
    InputFile file{.path = place.path.string(),
                   .size_bytes = info.st_size,
                   .modified_micros = modified,
                   .partition_values = place.partition_values};
    // Only folders are partitions: a file may be called "a=b.csv".
    if (!file.partition_values.empty() && PartitionOf(place.path.filename().string())) {
      file.partition_values.pop_back();
    }
    files_.push_back(std::move(file));
    return {};
  }

  const ListRequest& request_;
  std::vector<InputFile> files_;
};

Error NoSuchPath(const fs::path& path) {
  std::vector<std::string> siblings;
  std::error_code failed;
  fs::path parent = path.parent_path();
  std::string missing = path.filename().string();
  // Name the first folder that is missing, not the last.
  while (!parent.empty() && parent != parent.root_path() && !fs::exists(parent, failed)) {
    missing = parent.filename().string();
    parent = parent.parent_path();
  }
  for (fs::directory_iterator it(parent, failed), end; !failed && it != end; it.increment(failed)) {
    siblings.push_back(it->path().filename().string());
  }
  std::ranges::sort(siblings);
  const std::string nearest = Nearest(missing, siblings);
  const std::string hint =
      nearest.empty() ? "" : fmt::format("; closest in {}: '{}'", parent.string(), nearest);
  return NotFound("no file or folder '{}'{}", path.string(), hint)
      .WithClass("PATH_NOT_FOUND", "42K03");
}

std::vector<std::string> Components(const fs::path& path) {
  std::vector<std::string> parts;
  for (const fs::path& part : path.relative_path()) {
    if (!part.empty()) parts.push_back(part.string());
  }
  return parts;
}

std::string StripScheme(std::string path) {
  for (const std::string_view scheme : {"file://", "file:", "dbfs:"}) {
    if (path.starts_with(scheme)) return path.substr(scheme.size());
  }
  return path;
}

Status ListOne(const ListRequest& request, const fs::path& path, Lister& lister) {
  const std::vector<std::string> parts = Components(path);
  Place place{.path = "/", .partition_values = {}};
  size_t fixed = 0;
  while (fixed < parts.size() && !IsGlob(parts[fixed])) place.path /= parts[fixed++];
  if (fixed < parts.size()) return lister.AddMatches(place, parts, fixed);
  std::error_code ignored;
  if (!fs::exists(place.path, ignored)) return NoSuchPath(place.path);
  return lister.AddAll(place, request.recursive);
}

}  // namespace

std::string InputFile::Uri() const {
  constexpr std::string_view kPlain = "-_.~/!$&'()*+,;=:@";
  std::string uri = "file://";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || kPlain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", byte);
    }
  }
  return uri;
}

std::string InputFile::Name() const { return path.substr(path.rfind('/') + 1); }

Result<std::vector<InputFile>> ListFiles(const ListRequest& request) {
  if (request.path.empty()) return Invalid("the path to read is empty");
  if (const size_t scheme = request.path.find("://");
      scheme != std::string::npos && !request.path.starts_with("file://")) {
    return Unsupported("'{}': reading from {} is not supported yet, only local files are",
                       request.path, request.path.substr(0, scheme));
  }
  fs::path base = request.base_folder;
  if (base.empty()) base = fs::current_path();
  const std::vector<std::string> globs = TRY(ExpandBraces(StripScheme(request.path)));
  Lister lister(request);
  for (const std::string& glob : globs) {
    const fs::path path = (fs::absolute(base) / glob).lexically_normal();
    TRY(ListOne(request, path, lister));
  }
  std::vector<InputFile> files = std::move(lister).Take();
  // Two alternatives of a brace may name the same file.
  const auto repeated = std::ranges::unique(files, {}, &InputFile::path);
  files.erase(repeated.begin(), repeated.end());
  return files;
}

}  // namespace lakesmith::connect
