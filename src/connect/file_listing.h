#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lakesmith::connect {

// One input file as it was when listed.
struct InputFile {
  std::string path;  // Absolute.
  int64_t size_bytes = 0;
  int64_t modified_micros = 0;  // Since the epoch, UTC.
  // Values of its `key=value` folders from the outermost in, percent-decoded; text as written.
  std::vector<std::pair<std::string, std::string>> partition_values;

  // "file:///...", percent-encoded: what `_metadata.file_path` shows.
  std::string Uri() const;
  // The last part of the path.
  std::string Name() const;
};

// What to list. Source: compatibility notes, "read_files".
struct ListRequest {
  std::string path;         // A file, a folder, or a glob; absolute, or relative to `base_folder`.
  std::string base_folder;  // "" is the working directory.
  bool recursive = true;    // Folders below a listed folder are read too.
  bool strict_glob = true;  // False: a folder that a glob matches is read with all below it.
  std::string file_name_glob;  // Keeps only files whose name matches; "" keeps all.
  std::optional<int64_t> modified_after_micros;   // Keeps files changed later than this.
  std::optional<int64_t> modified_before_micros;  // Keeps files changed earlier than this.
};

// Lists the files that a path stands for, ordered by path. Names that start with '_' or '.' are
// skipped, files and folders alike, unless the path itself spells them. A glob or folder without
// files gives an empty list.
//
// Errors: kNotFound  a path without wildcards does not exist; the message has the nearest name
// beside it.
//         kInvalid   the glob is malformed.
Result<std::vector<InputFile>> ListFiles(const ListRequest& request);

// True when `path` holds a wildcard: '?', '*', '[' or '{'.
bool IsGlob(std::string_view path);

// Matches one path component against a glob of `?`, `*`, `[abc]`, `[a-z]`, `[^a]` and `{ab,cd}`
// (nestable). A backslash takes the next character literally. Errors: kInvalid names what is
// unclosed.
Result<bool> GlobMatches(std::string_view glob, std::string_view name);

// The globs without braces that a glob with braces stands for, in order: "{a,b/c}.x" gives "a.x"
// and "b/c.x". Errors: kInvalid names what is unclosed.
Result<std::vector<std::string>> ExpandBraces(std::string_view glob);

}  // namespace lakesmith::connect
