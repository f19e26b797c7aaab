#include "engine/scratch_folder.h"

#include <chrono>
#include <filesystem>
#include <system_error>

#include "catalog/object_files.h"

namespace lakesmith::engine {

namespace {

namespace fs = std::filesystem;

// What a killed process left behind is removed once no statement can still need it.
constexpr std::chrono::hours kAbandonedAfter{24};

void RemoveAbandoned(const fs::path& folder) {
  std::error_code error;
  const auto now = fs::file_time_type::clock::now();
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const fs::file_time_type changed = entry.last_write_time(error);
    if (!error && now - changed > kAbandonedAfter) fs::remove_all(entry.path(), error);
  }
}

}  // namespace

ScratchFolder::ScratchFolder(const std::string& warehouse)
    : path_((std::filesystem::path(warehouse) / ".scratch" / catalog::object_files::FreshSuffix())
                .string()) {
  RemoveAbandoned(fs::path(path_).parent_path());
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace lakesmith::engine
