#include "engine/scratch_folder.h"

#include <filesystem>

#include "catalog/object_files.h"

namespace lakesmith::engine {

ScratchFolder::ScratchFolder(const std::string& warehouse)
    : path_((std::filesystem::path(warehouse) / ".scratch" / catalog::object_files::FreshSuffix())
                .string()) {}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace lakesmith::engine
