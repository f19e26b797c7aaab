#pragma once

#include <string>
#include <string_view>

namespace lakesmith::delta {

// Percent-encodes a path on disk for the log: space, %, <, > and the like as the reference writer
// does, and non-ASCII bytes, which some writers cannot remove again when they are raw.
std::string EncodePath(std::string_view path);
// Undoes percent-encoding once; a stray % stays.
std::string DecodePath(std::string_view path);

// Whether the path of the log is an absolute one or has a scheme.
bool IsAbsolutePath(std::string_view encoded_path);

// Escapes a partition column's name or value for a folder name, as Hive does.
std::string EscapePartitionName(std::string_view text);

// One form for all spellings of a place: decoded; "file:/x", "file:///x" and "/x" are the same, and
// a place below `root` is relative to it.
std::string CanonicalPath(std::string_view encoded_path, std::string_view root);

// A random (version 4) UUID in lower-case text.
std::string NewUuid();

// The name of a data file: "part-00000-<uuid>-c000.snappy.parquet".
std::string NewDataFileName(std::string_view codec);

}  // namespace lakesmith::delta
