#pragma once

#include <filesystem>
#include <string>

#include "base/yaml.h"
#include "bundle/diagnostics.h"
#include "bundle/key_table.h"

namespace lakesmith::bundle {

struct PathOptions {
  std::filesystem::path root;
  bool check_files = true;  // What a path leads to must be there.
};

// A path that stands in a text as it was written, relative to the root instead of to its file.
// Absolute ones and addresses stay.
std::string PathFromRoot(const LocatedText& written);

// Makes the paths in a tree relative to the root of the bundle, from relative to the file that
// holds them, and checks that they lead somewhere. Which values are paths is in the table.
void RebasePaths(Yaml& value, const Shape& shape, const PathOptions& options,
                 Diagnostics& diagnostics);

// Fills Pipeline::source_files from its libraries, whose paths are rebased already.
void ExpandLibraries(Pipeline& pipeline, const PathOptions& options, Diagnostics& diagnostics);

}  // namespace lakesmith::bundle
