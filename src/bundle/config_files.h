#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/yaml.h"
#include "bundle/bundle.h"

namespace lakesmith::bundle {

// What the files of a bundle say, before a target is chosen.
struct ConfigFiles {
  Yaml config;                     // Root file with its includes merged.
  std::string root_file;           // Name of the root file.
  std::vector<std::string> files;  // All that were read, relative to the root.
};

// Reads the root file and what it includes, checks each against the table, merges them.
// What is wrong inside the files goes to `diagnostics`.
// Errors: kNotFound without a root file, kInvalid with two.
Result<ConfigFiles> ReadConfigFiles(const std::filesystem::path& root, const LoadOptions& options,
                                    Diagnostics& diagnostics);

// The names that a root file may have.
const std::vector<std::string>& RootFileNames();

// The whole text of a file. Errors: kNotFound.
Result<std::string> ReadTextFile(const std::filesystem::path& path);

}  // namespace lakesmith::bundle
