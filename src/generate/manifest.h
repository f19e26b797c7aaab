#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/duckdb/batch_writer.h"
#include "generate/retail_model.h"

namespace lakesmith::generate {

// A data file, complete, by its path below the output folder.
struct GeneratedFile {
  std::string path;
  int64_t rows = 0;
  int64_t size_bytes = 0;
};

// `manifest.json` of an output folder: docs/generate.md describes it.
struct Manifest {
  RetailArguments arguments;
  engine::BatchFormat format = engine::BatchFormat::kParquet;
  std::vector<Json> batches;  // As they stand in the file.
  Json truth;

  // Paths of the files of all batches, below the folder.
  std::vector<std::string> FilePaths() const;

  Json ToJson() const;
  // nullopt when the folder has none. Errors: kCorrupt names file and what is wrong.
  static Result<std::optional<Manifest>> Read(const std::filesystem::path& folder);
  // Under a temporary name first. Errors: kUnavailable.
  Status Write(const std::filesystem::path& folder) const;
};

// Writes the manifest of a folder, under a temporary name first. Errors: kUnavailable.
Status WriteManifestJson(const std::filesystem::path& folder, const Json& json);
// nullopt when the folder has none. Errors: kCorrupt when it is no JSON or that of another
// generator.
Result<std::optional<Json>> ReadManifestJson(const std::filesystem::path& folder,
                                             std::string_view generator);

// Removes the files of a data set, the manifest first: without it the rest counts as unfinished.
// Errors: kUnavailable.
Status RemoveDataSet(const std::filesystem::path& folder, std::vector<std::string> paths);
// Errors: kInvalid for the first file that the manifest lists and that is not there.
Status CheckFilesThere(const std::filesystem::path& folder, const std::vector<std::string>& paths);
// Files as `lakesmith generate -o json` lists them.
Json FilesJson(const std::vector<GeneratedFile>& files);

inline constexpr char kManifestName[] = "manifest.json";

// Name as in --format and in file names.
std::string_view FormatName(engine::BatchFormat format);
Result<engine::BatchFormat> ParseFormat(std::string_view name);

// "0.02" for 20000.
std::string ShareText(int32_t millionths);

}  // namespace lakesmith::generate
