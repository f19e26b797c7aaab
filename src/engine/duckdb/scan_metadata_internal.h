#pragma once

#include <string>

#include "engine/duckdb/duckdb_internal.h"
#include "engine/duckdb/scan_source_internal.h"

namespace lakesmith::engine {

// The type and, for one file, the value of __file_metadata. Size and time come from the log where
// there is one, else from the file system; they are null when the file cannot be asked.
::duckdb::LogicalType FileMetadataType();
::duckdb::Value FileMetadata(const ScanFile& file);

// SELECT text that gives the rows of `sql`, which has the file's path as column __file_path, with
// __file_metadata in its place. `files` are all files that the rows may come from.
std::string WithFileMetadata(const std::string& sql, const std::vector<std::string>& files);

}  // namespace lakesmith::engine
