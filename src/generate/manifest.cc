#include "generate/manifest.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <span>
#include <system_error>
#include <utility>

#include "base/nearest.h"
#include "generate/calendar.h"
#include "types/value.h"

namespace lakesmith::generate {
namespace {

constexpr int kFormatVersion = 1;
constexpr std::array<std::string_view, 3> kFormatNames = {"parquet", "csv", "json"};

Json ArgumentsJson(const RetailArguments& arguments, engine::BatchFormat format) {
  return {{"customers", arguments.customers},
          {"transactions", arguments.transactions},
          {"products", arguments.products},
          {"seed", arguments.seed},
          {"start_date", types::DateText({arguments.start_day})},
          {"days", arguments.days},
          {"dirty_millionths", arguments.dirty_millionths},
          {"format", FormatName(format)}};
}

// Throws what nlohmann's accessors throw.
Result<Manifest> FromJson(const Json& json) {
  const Json& arguments = json.at("arguments");
  Manifest manifest;
  manifest.arguments.customers = arguments.at("customers");
  manifest.arguments.transactions = arguments.at("transactions");
  manifest.arguments.products = arguments.at("products");
  manifest.arguments.seed = arguments.at("seed");
  manifest.arguments.start_day = TRY(ParseDay(arguments.at("start_date").get<std::string>()));
  manifest.arguments.days = arguments.at("days");
  manifest.arguments.dirty_millionths = arguments.at("dirty_millionths");
  manifest.format = TRY(ParseFormat(arguments.at("format").get<std::string>()));
  for (const Json& batch : json.at("batches")) {
    manifest.batches.push_back(batch);
  }
  manifest.truth = json.at("truth");
  return manifest;
}

}  // namespace

std::vector<std::string> Manifest::FilePaths() const {
  std::vector<std::string> paths;
  for (const Json& batch : batches) {
    for (const auto& [table, facts] : batch.at("tables").items()) {
      for (const Json& file : facts.at("files")) {
        paths.push_back(file.at("path").get<std::string>());
      }
    }
  }
  return paths;
}

Json Manifest::ToJson() const {
  return {{"generator", "retail"},
          {"format_version", kFormatVersion},
          {"arguments", ArgumentsJson(arguments, format)},
          {"batches", batches},
          {"truth", truth}};
}

Result<std::optional<Json>> ReadManifestJson(const std::filesystem::path& folder,
                                             std::string_view generator) {
  const std::filesystem::path path = folder / kManifestName;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::optional<Json>();
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  try {
    Json json = Json::parse(text);
    if (json.at("generator") == generator && json.at("format_version") == kFormatVersion) {
      return std::optional<Json>(std::move(json));
    }
    return Corrupt("{}: not a manifest of the {} generator, version {}", path.string(), generator,
                   kFormatVersion);
  } catch (const nlohmann::json::exception& error) {
    return Corrupt("{}: {}; delete the folder or write to another one", path.string(),
                   error.what());
  }
}

Result<std::optional<Manifest>> Manifest::Read(const std::filesystem::path& folder) {
  const std::optional<Json> json = TRY(ReadManifestJson(folder, "retail"));
  if (!json) return std::optional<Manifest>();
  const std::filesystem::path path = folder / kManifestName;
  try {
    Result<Manifest> manifest = FromJson(*json);
    if (!manifest) return std::move(manifest).error().Within(path.string());
    (void)manifest->FilePaths();  // Throws when a batch is malformed.
    return std::optional<Manifest>(*std::move(manifest));
  } catch (const nlohmann::json::exception& error) {
    return Corrupt("{}: {}; delete the folder or write to another one", path.string(),
                   error.what());
  }
}

Status Manifest::Write(const std::filesystem::path& folder) const {
  return WriteManifestJson(folder, ToJson());
}

Status WriteManifestJson(const std::filesystem::path& folder, const Json& json) {
  const std::filesystem::path temporary = folder / (std::string(".") + kManifestName + ".tmp");
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file << json.dump(1) << '\n';
    file.close();
    if (!file) return Unavailable("{}: cannot be written", temporary.string());
  }
  std::error_code error;
  std::filesystem::rename(temporary, folder / kManifestName, error);
  if (error) return Unavailable("{}: {}", (folder / kManifestName).string(), error.message());
  return {};
}

Status RemoveDataSet(const std::filesystem::path& folder, std::vector<std::string> paths) {
  paths.insert(paths.begin(), kManifestName);
  for (const std::string& path : paths) {
    std::error_code error;
    std::filesystem::remove(folder / path, error);
    if (error) return Unavailable("{}: {}", (folder / path).string(), error.message());
  }
  return {};
}

Status CheckFilesThere(const std::filesystem::path& folder, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (std::filesystem::exists(folder / path)) continue;
    return Invalid("{}: is missing, though {} lists it; write the data again with --overwrite",
                   (folder / path).string(), kManifestName);
  }
  return {};
}

Json FilesJson(const std::vector<GeneratedFile>& files) {
  Json list = Json::array();
  for (const GeneratedFile& file : files) {
    list.push_back({{"path", file.path}, {"rows", file.rows}, {"bytes", file.size_bytes}});
  }
  return list;
}

std::string_view FormatName(engine::BatchFormat format) {
  return kFormatNames[static_cast<size_t>(format)];
}

Result<engine::BatchFormat> ParseFormat(std::string_view name) {
  for (size_t index = 0; index < kFormatNames.size(); ++index) {
    if (name == kFormatNames[index]) return static_cast<engine::BatchFormat>(index);
  }
  return Invalid("unknown format '{}'; one of parquet, csv, json", name);
}

std::string ShareText(int32_t millionths) {
  std::string text = fmt::format("{}.{:06}", millionths / 1000000, millionths % 1000000);
  while (text.back() == '0' && text[text.size() - 2] != '.') {
    text.pop_back();
  }
  return text;
}

}  // namespace lakesmith::generate
