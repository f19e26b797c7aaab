#include "connect/read_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/ascii.h"
#include "base/nearest.h"
#include "connect/option_table_internal.h"

namespace lakesmith::connect {
namespace {

constexpr std::array<std::pair<FileFormat, std::string_view>, 5> kFormats = {{
    {FileFormat::kParquet, "parquet"},
    {FileFormat::kCsv, "csv"},
    {FileFormat::kJson, "json"},
    {FileFormat::kText, "text"},
    {FileFormat::kBinaryFile, "binaryfile"},
}};

Result<bool> ParseBoolean(const std::string& name, const std::string& value) {
  const std::string lower = Lower(value);
  if (lower == "true") return true;
  if (lower == "false") return false;
  return Invalid("option '{}' is true or false, not '{}'", name, value);
}

Result<int64_t> ParsePositive(const std::string& name, const std::string& value) {
  int64_t number = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failed != std::errc() || end != value.data() + value.size() || number <= 0) {
    return Invalid("option '{}' is a whole number above 0, not '{}'", name, value);
  }
  return number;
}

// "10mb", "1g", "512": a size with the units of Spark, powers of 1024.
Result<int64_t> ParseBytes(const std::string& name, const std::string& value) {
  int64_t number = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
  const std::string unit = Lower(std::string_view(end, value.data() + value.size()));
  constexpr std::array<std::pair<std::string_view, int>, 9> kUnits = {{{"", 0},
                                                                       {"b", 0},
                                                                       {"k", 10},
                                                                       {"kb", 10},
                                                                       {"m", 20},
                                                                       {"mb", 20},
                                                                       {"g", 30},
                                                                       {"gb", 30},
                                                                       {"t", 40}}};
  const auto* found = std::ranges::find(kUnits, unit, &std::pair<std::string_view, int>::first);
  if (failed != std::errc() || number <= 0 || found == kUnits.end()) {
    return Invalid("option '{}' is a size such as 10mb or 1g, not '{}'", name, value);
  }
  return number << found->second;
}

// A date or timestamp in UTC: "2024-01-15", "2024-01-15T10:20:30Z", "2024-01-15 10:20:30".
Result<int64_t> ParseInstant(const std::string& name, const std::string& value) {
  std::tm time{};
  const char* rest = strptime(value.c_str(), "%Y-%m-%d", &time);
  if (rest != nullptr && (*rest == 'T' || *rest == ' ')) {
    rest = strptime(rest + 1, "%H:%M:%S", &time);
  }
  const std::string tail = rest == nullptr ? "?" : rest;
  if (!tail.empty() && tail != "Z" && tail != " UTC+0" && tail != "+00:00") {
    return Invalid("option '{}' is a timestamp such as 2024-01-15T10:20:30Z, not '{}'", name,
                   value);
  }
  return static_cast<int64_t>(timegm(&time)) * 1'000'000;
}

Result<FileFormat> ParseFormat(const std::string& value) {
  const std::string lower = Lower(value);
  for (const auto& [format, name] : kFormats) {
    if (lower == name) return format;
  }
  if (lower == "avro" || lower == "orc" || lower == "xml") {
    return Unsupported(
        "format '{}' is not supported yet; supported: parquet, csv, json, text, binaryFile", value);
  }
  const std::vector<std::string> names = {"parquet", "csv", "json", "text", "binaryFile"};
  const std::string nearest = Nearest(value, names);
  return Invalid("unknown format '{}'{}", value,
                 nearest.empty() ? "; known: parquet, csv, json, text, binaryFile"
                                 : fmt::format("; closest: '{}'", nearest));
}

Result<SchemaEvolution> ParseEvolution(const std::string& value) {
  const std::string lower = Lower(value);
  if (lower == "addnewcolumns") return SchemaEvolution::kAddNewColumns;
  if (lower == "rescue") return SchemaEvolution::kRescue;
  if (lower == "failonnewcolumns") return SchemaEvolution::kFailOnNewColumns;
  if (lower == "none") return SchemaEvolution::kNone;
  return Invalid(
      "option 'schemaEvolutionMode' is addNewColumns, rescue, failOnNewColumns or none, not '{}'",
      value);
}

std::vector<std::string> SplitNames(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    std::string_view name = text.substr(0, comma);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!name.empty()) names.emplace_back(name);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return names;
}

// Options that say which files are read.
Result<bool> ApplyListing(const std::string& name, const std::string& value, ReadFiles& read) {
  if (name == "pathglobfilter" || name == "filenamepattern") {
    read.list.file_name_glob = value;
  } else if (name == "recursivefilelookup") {
    read.list.recursive = TRY(ParseBoolean("recursiveFileLookup", value));
  } else if (name == "usestrictglobber") {
    read.list.strict_glob = TRY(ParseBoolean("useStrictGlobber", value));
  } else if (name == "modifiedafter") {
    read.list.modified_after_micros = TRY(ParseInstant("modifiedAfter", value));
  } else if (name == "modifiedbefore") {
    read.list.modified_before_micros = TRY(ParseInstant("modifiedBefore", value));
  } else if (name == "includeexistingfiles") {
    read.include_existing_files = TRY(ParseBoolean("includeExistingFiles", value));
  } else if (name == "allowoverwrites") {
    read.allow_overwrites = TRY(ParseBoolean("allowOverwrites", value));
  } else if (name == "maxfilespertrigger") {
    read.max_files_per_trigger = TRY(ParsePositive("maxFilesPerTrigger", value));
  } else if (name == "maxbytespertrigger") {
    read.max_bytes_per_trigger = TRY(ParseBytes("maxBytesPerTrigger", value));
  } else if (name == "ignoremissingfiles") {
    read.ignore_missing_files = TRY(ParseBoolean("ignoreMissingFiles", value));
  } else {
    return false;
  }
  return true;
}

// Options that say which columns there are.
Result<bool> ApplySchema(const std::string& name, const std::string& value, ReadFiles& read) {
  if (name == "format") {
    read.format = TRY(ParseFormat(value));
  } else if (name == "schema") {
    read.schema = value;
  } else if (name == "schemahints") {
    read.schema_hints = value;
  } else if (name == "infercolumntypes") {
    read.infer_column_types = TRY(ParseBoolean("inferColumnTypes", value));
  } else if (name == "schemaevolutionmode") {
    read.evolution = TRY(ParseEvolution(value));
  } else if (name == "rescueddatacolumn") {
    read.rescued_data_column = value;
  } else if (name == "partitioncolumns") {
    read.partition_columns = SplitNames(value);
  } else {
    return false;
  }
  return true;
}

Status ApplyOption(const std::string& name, const std::string& value, ReadFiles& read) {
  const bool listing = TRY(ApplyListing(name, value, read));
  if (listing) return {};
  const bool schema = TRY(ApplySchema(name, value, read));
  if (schema) return {};
  const OptionRule* rule = FindOption(name);
  if (rule == nullptr) {
    const std::string nearest = Nearest(name, OptionNames());
    return Invalid("read_files has no option '{}'{}", name,
                   nearest.empty() ? "" : fmt::format("; closest: '{}'", nearest));
  }
  switch (rule->use) {
    case OptionUse::kFormat:
      read.format_options[name] = value;
      return {};
    case OptionUse::kIgnored:
      return {};
    case OptionUse::kUnsupported:
      if (Lower(value) == Lower(rule->harmless_value)) return {};
      return Unsupported("option '{}' of read_files is not supported yet with the value '{}'",
                         rule->name, value);
    case OptionUse::kHandled:
      break;
  }
  return Internal("option '{}' of read_files is listed but not handled", rule->name);
}

bool EndsWithAny(std::string_view name, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings, [name](std::string_view end) { return name.ends_with(end); });
}

std::optional<FileFormat> FormatByName(const InputFile& file) {
  std::string name = Lower(file.Name());
  for (const std::string_view packed : {".gz", ".zst", ".zstd"}) {
    if (name.ends_with(packed)) name.resize(name.size() - packed.size());
  }
  if (EndsWithAny(name, {".parquet", ".parq"})) return FileFormat::kParquet;
  if (EndsWithAny(name, {".csv", ".tsv"})) return FileFormat::kCsv;
  if (EndsWithAny(name, {".json", ".jsonl", ".ndjson"})) return FileFormat::kJson;
  if (EndsWithAny(name, {".txt", ".text", ".log"})) return FileFormat::kText;
  return std::nullopt;
}

std::optional<FileFormat> FormatByContent(const InputFile& file) {
  std::ifstream stream(file.path, std::ios::binary);
  std::array<char, 64> bytes{};
  stream.read(bytes.data(), bytes.size());
  std::string_view head(bytes.data(), static_cast<size_t>(stream.gcount()));
  if (head.starts_with("PAR1")) return FileFormat::kParquet;
  const size_t first = head.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (head[first] == '{' || head[first] == '[')) {
    return FileFormat::kJson;
  }
  return std::nullopt;
}

}  // namespace

std::string_view FileFormatName(FileFormat format) {
  return format == FileFormat::kBinaryFile ? "binaryFile"
                                           : kFormats[static_cast<size_t>(format)].second;
}

Result<ReadFiles> ParseReadFiles(const std::vector<std::string>& arguments,
                                 const std::map<std::string, std::string>& options,
                                 const std::string& base_folder) {
  ReadFiles read;
  read.list.base_folder = base_folder;
  if (arguments.size() > 1) {
    return Invalid("read_files takes one path, then options as name => value; {} paths are given",
                   arguments.size());
  }
  if (!arguments.empty()) read.list.path = arguments[0];
  for (const auto& [written, value] : options) {
    std::string name = Lower(written);
    if (name.starts_with("cloudfiles.")) name = name.substr(std::string_view("cloudfiles.").size());
    if (name == "path" && arguments.empty()) {
      read.list.path = value;
      continue;
    }
    TRY(ApplyOption(name, value, read));
  }
  if (read.list.path.empty()) return Invalid("read_files needs a path");
  return read;
}

Result<FileFormat> InferFormat(const std::vector<InputFile>& files) {
  std::optional<FileFormat> format;
  for (const InputFile& file : files) {
    std::optional<FileFormat> own = FormatByName(file);
    if (!own) own = FormatByContent(file);
    if (!own) {
      return Invalid(
          "the format of '{}' cannot be told from its name or content; give format => '...'",
          file.path);
    }
    if (format && *format != *own) {
      return Invalid(
          "'{}' is {} but files before it are {}; give format => '...' or a narrower path",
          file.path, FileFormatName(*own), FileFormatName(*format));
    }
    format = own;
  }
  if (!format) return Invalid("there is no file to tell the format from; give format => '...'");
  return *format;
}

std::string SourceKey(const ReadFiles& read) {
  std::filesystem::path base = read.list.base_folder;
  if (base.empty()) base = std::filesystem::current_path();
  return "files:" + (std::filesystem::absolute(base) / read.list.path).lexically_normal().string();
}

}  // namespace lakesmith::connect
