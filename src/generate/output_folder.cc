#include "generate/output_folder.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace lakesmith::generate {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporarySuffix = ".tmp";

// Hidden names: readers of folders skip them.
fs::path TemporaryPath(const fs::path& path) {
  return path.parent_path() / ("." + path.filename().string() + std::string(kTemporarySuffix));
}

// "batch-0001-part-0001.parquet", "2024-01-15.csv" and the like: names that generators give.
bool IsDataFile(std::string_view name) {
  if (name.starts_with("batch-")) return name.find("-part-") == 10;
  const std::string_view day = name.substr(0, name.find('.'));
  return day.size() == 10 && day.find_first_not_of("0123456789-") == std::string_view::npos;
}

bool IsTemporary(std::string_view name) {
  return name.starts_with('.') && name.ends_with(kTemporarySuffix) && IsDataFile(name.substr(1));
}

// Whether one of the tables is this folder or lies below it.
bool HoldsTables(const std::string& path, const std::vector<std::string>& tables) {
  return std::ranges::any_of(tables, [&](const std::string& table) {
    return table == path || table.starts_with(path + "/");
  });
}

// Paths below `folder` that are not ours; `leftovers` receives what an interrupted call left.
Result<std::vector<std::string>> ForeignEntries(const fs::path& folder,
                                                const std::vector<std::string>& tables,
                                                const std::vector<std::string>& known,
                                                std::vector<fs::path>& leftovers) {
  std::vector<std::string> foreign;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string path = fs::relative(entry->path(), folder).string();
    const std::string name = entry->path().filename().string();
    const bool in_table =
        std::ranges::find(tables, fs::path(path).parent_path().string()) != tables.end();
    if (entry->is_directory()) {
      if (HoldsTables(path, tables)) continue;
      foreign.push_back(path);
      entry.disable_recursion_pending();
    } else if (in_table && (IsTemporary(name) || IsDataFile(name))) {
      if (std::ranges::find(known, path) == known.end()) leftovers.push_back(entry->path());
    } else if (path != "manifest.json" && path != ".manifest.json.tmp") {
      foreign.push_back(path);
    }
  }
  if (error) return Unavailable("{}: {}", folder.string(), error.message());
  return foreign;
}

}  // namespace

Result<OutputFolder> OutputFolder::Prepare(const fs::path& folder,
                                           const std::vector<std::string>& tables,
                                           const std::vector<std::string>& known) {
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_directory(folder, error)) {
    return Invalid("{}: is a file, not a folder", folder.string());
  }
  fs::create_directories(folder, error);
  if (error) return Unavailable("{}: {}", folder.string(), error.message());
  std::vector<fs::path> leftovers;
  std::vector<std::string> foreign = TRY(ForeignEntries(folder, tables, known, leftovers));
  if (!foreign.empty()) {
    std::ranges::sort(foreign);
    return Invalid(
        "{}: holds other content, such as '{}'; give an empty folder, or one of this command",
        folder.string(), foreign.front());
  }
  for (const fs::path& leftover : leftovers) {
    fs::remove(leftover, error);
  }
  for (const std::string& table : tables) {
    fs::create_directories(folder / table, error);
    if (error) return Unavailable("{}: {}", (folder / table).string(), error.message());
  }
  return OutputFolder(folder);
}

OutputFolder::OutputFolder(OutputFolder&& other) noexcept
    : folder_(std::move(other.folder_)), staged_(std::exchange(other.staged_, {})) {}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  for (const std::string& path : staged_) {
    fs::remove(TemporaryPath(folder_ / path), ignored);
  }
}

fs::path OutputFolder::Stage(std::string_view path) {
  staged_.emplace_back(path);
  return TemporaryPath(folder_ / path);
}

Status OutputFolder::Publish() {
  while (!staged_.empty()) {
    const fs::path path = folder_ / staged_.back();
    std::error_code error;
    fs::rename(TemporaryPath(path), path, error);
    if (error) return Unavailable("{}: {}", path.string(), error.message());
    staged_.pop_back();
  }
  return {};
}

}  // namespace lakesmith::generate
