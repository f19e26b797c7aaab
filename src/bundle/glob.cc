#include "bundle/glob.h"

#include <algorithm>

#include "base/nearest.h"

namespace lakesmith::bundle {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxFilesLookedAt = 20'000;

std::vector<std::string_view> SplitSegments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (!segment.empty() && segment != ".") segments.push_back(segment);
    path = slash == std::string_view::npos ? "" : path.substr(slash + 1);
  }
  return segments;
}

// Matches `c` against the set that begins after `[`; sets `length` to the pattern used, or to 0
// when the set is not closed.
bool MatchSet(std::string_view pattern, char c, size_t& length) {
  size_t i = 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  const size_t first = i;
  for (; i < pattern.size() && (pattern[i] != ']' || i == first); ++i) {
    const bool is_range = i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']';
    const char last = is_range ? pattern[i + 2] : pattern[i];
    if (pattern[i] <= c && c <= last) found = true;
    if (is_range) i += 2;
  }
  length = i < pattern.size() ? i + 1 : 0;
  return found != negated;
}

bool MatchName(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*') {
    for (size_t taken = 0; taken <= name.size(); ++taken) {
      if (MatchName(pattern.substr(1), name.substr(taken))) return true;
    }
    return false;
  }
  if (name.empty()) return false;
  if (pattern[0] == '[') {
    size_t length = 0;
    const bool fits = MatchSet(pattern, name[0], length);
    if (length > 0) return fits && MatchName(pattern.substr(length), name.substr(1));
  }
  const bool fits = pattern[0] == '?' || pattern[0] == name[0];
  return fits && MatchName(pattern.substr(1), name.substr(1));
}

using Segments = std::vector<std::string_view>;

bool MatchSegments(const Segments& pattern, size_t p, const Segments& path, size_t n) {
  if (p == pattern.size()) return n == path.size();
  if (pattern[p] == "**") {
    const bool is_last = p + 1 == pattern.size();
    for (size_t taken = n + (is_last ? 1 : 0); taken <= path.size(); ++taken) {
      if (is_last ? taken == path.size() : MatchSegments(pattern, p + 1, path, taken)) return true;
    }
    return false;
  }
  if (n == path.size()) return false;
  if (path[n].starts_with('.') && !pattern[p].starts_with('.')) return false;
  return MatchName(pattern[p], path[n]) && MatchSegments(pattern, p + 1, path, n + 1);
}

// The leading folders of a pattern that hold no wildcard.
std::string FixedFolder(std::string_view pattern) {
  std::string folder;
  const Segments segments = SplitSegments(pattern);
  for (size_t i = 0; i + 1 < segments.size() && !IsGlob(segments[i]); ++i) {
    folder += std::string(segments[i]) + "/";
  }
  return folder;
}

bool IsHidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

// Files below a folder, as paths that begin with `prefix`. Errors of the system end the walk.
std::vector<std::string> FilesBelow(const fs::path& folder, const std::string& prefix,
                                    bool with_hidden) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator walk(folder, fs::directory_options::follow_directory_symlink,
                                        error);
  const fs::recursive_directory_iterator end;
  while (!error && walk != end && files.size() < kMaxFilesLookedAt) {
    const bool skip = !with_hidden && IsHidden(walk->path());
    std::error_code ignored;
    if (skip && walk->is_directory(ignored)) {
      walk.disable_recursion_pending();
    } else if (!skip && walk->is_regular_file(ignored)) {
      files.push_back(prefix + walk->path().lexically_relative(folder).generic_string());
    }
    walk.increment(error);
  }
  return files;
}

}  // namespace

bool IsGlob(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

bool MatchGlob(std::string_view pattern, std::string_view path) {
  return MatchSegments(SplitSegments(pattern), 0, SplitSegments(path), 0);
}

std::vector<std::string> ExpandGlob(const fs::path& root, std::string_view pattern) {
  const std::string prefix = FixedFolder(pattern);
  const bool with_hidden = pattern.starts_with('.') || pattern.find("/.") != std::string_view::npos;
  std::vector<std::string> files = FilesBelow(root / prefix, prefix, with_hidden);
  std::erase_if(files, [&](const std::string& file) { return !MatchGlob(pattern, file); });
  std::ranges::sort(files);
  return files;
}

std::string NearestFile(const fs::path& root, const std::string& path) {
  const fs::path wanted(path);
  const std::string folder = wanted.parent_path().generic_string();
  const std::vector<std::string> files = FilesBelow(root, "", false);
  std::vector<std::string> candidates;
  for (const std::string& file : files) {
    const fs::path candidate(file);
    const bool same_folder = candidate.parent_path().generic_string() == folder;
    if (same_folder || candidate.filename() == wanted.filename()) candidates.push_back(file);
  }
  std::string nearest = Nearest(path, candidates);
  if (!nearest.empty()) return nearest;
  for (const std::string& candidate : candidates) {
    if (fs::path(candidate).filename() == wanted.filename()) return candidate;
  }
  return Nearest(path, files);
}

}  // namespace lakesmith::bundle
