#pragma once

#include <string>

#include "engine/duckdb/duckdb_internal.h"
#include "engine/duckdb/emitted_query.h"

namespace lakesmith::engine {

// A SELECT of the engine that reads text files with the declared columns, rows in the order of the
// files. Columns of CSV files with a header are found by name in each file, those of CSV files
// without one by position; what a file lacks is null, what it has besides is left out. Looks into
// the headers. Throws an exception of the engine for files that are not CSV.
std::string TextScanSql(::duckdb::ClientContext& context, const FileScan& scan);

}  // namespace lakesmith::engine
