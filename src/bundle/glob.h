#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lakesmith::bundle {

// Whether the text holds `*`, `?` or `[`.
bool IsGlob(std::string_view text);

// Whether a relative path with `/` fits a pattern: `*` and `?` within a name, `[a-z]`, `[!a]`, and
// `**` for any number of folders, none included.
bool MatchGlob(std::string_view pattern, std::string_view path);

// Files below `root` that fit the pattern, relative to `root`, in byte order. `dir/**` is every
// file below dir. Hidden files and folders fit only patterns that name their dot. `..` at the
// beginning is allowed.
std::vector<std::string> ExpandGlob(const std::filesystem::path& root, std::string_view pattern);

// The file among those in the folder of `path`, and those of the same name below `root`, that is
// most like it; "" when none is near. Relative to `root`.
std::string NearestFile(const std::filesystem::path& root, const std::string& path);

}  // namespace lakesmith::bundle
