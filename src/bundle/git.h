#pragma once

#include <filesystem>
#include <string>

#include "bundle/bundle.h"

namespace lakesmith::bundle {

// Branch, commit and origin of the repository that holds the folder, read from its files; empty
// texts outside a repository.
GitInfo ReadGitInfo(const std::filesystem::path& folder);

// `section.key` of the repository's configuration, else of the user's; "" when it is in neither.
std::string ReadGitConfig(const std::filesystem::path& folder, std::string_view section,
                          std::string_view key);

}  // namespace lakesmith::bundle
