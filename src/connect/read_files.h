#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "connect/file_listing.h"

namespace lakesmith::connect {

enum class FileFormat { kParquet, kCsv, kJson, kText, kBinaryFile };
// The name as in `format => '...'`.
std::string_view FileFormatName(FileFormat format);

// What a stream does when a file has columns that the table lacks. Source: compatibility notes,
// "read_files".
enum class SchemaEvolution { kAddNewColumns, kRescue, kFailOnNewColumns, kNone };

// One call of read_files with its options checked.
struct ReadFiles {
  ListRequest list;
  std::optional<FileFormat> format;   // nullopt: told by the files.
  std::optional<std::string> schema;  // DDL; turns inference off.
  std::string schema_hints;           // DDL that overrides inferred types.
  bool infer_column_types = true;
  std::optional<SchemaEvolution> evolution;
  std::string rescued_data_column;  // "" without one.
  // Names of the folder columns to read; nullopt is all.
  std::optional<std::vector<std::string>> partition_columns;
  bool include_existing_files = true;
  bool allow_overwrites = false;
  int64_t max_files_per_trigger = 1000;
  std::optional<int64_t> max_bytes_per_trigger;  // Soft: a batch has at least one file.
  bool ignore_missing_files = false;
  // Options of the format, names in lower case, values as written, e.g. {"sep", ";"}.
  std::map<std::string, std::string> format_options;
};

// Checks the arguments of a call of read_files: positional constants and options by name, all as
// text. Names are compared ignoring case; the prefix "cloudfiles." is dropped. Options that change
// nothing locally are taken.
//
// Errors: kInvalid      an unknown option (with the nearest one) or a value that it does not take.
//         kUnsupported  an option that would change what is read and is not supported.
Result<ReadFiles> ParseReadFiles(const std::vector<std::string>& arguments,
                                 const std::map<std::string, std::string>& options,
                                 const std::string& base_folder);

// The format of files by the ending of their names, then by their first bytes.
// Errors: kInvalid when it cannot be told, or when files differ; the message says to give `format`.
Result<FileFormat> InferFormat(const std::vector<InputFile>& files);

// Identity of a source of files over updates: its path as it was resolved. Options may change.
std::string SourceKey(const ReadFiles& read);

}  // namespace lakesmith::connect
