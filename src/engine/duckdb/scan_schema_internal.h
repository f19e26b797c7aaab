#pragma once

#include <string>
#include <vector>

#include "delta/table_properties.h"
#include "engine/duckdb/duckdb_internal.h"
#include "types/data_type.h"

namespace lakesmith::engine {

using ColumnDefinitions = ::duckdb::vector<::duckdb::MultiFileColumnDefinition>;

// The columns of a table as the multi-file reader wants them: logical names, absent ones default to
// null.
ColumnDefinitions GlobalColumns(const std::vector<types::StructField>& columns);

// The columns of a scan for one file.
struct ResolvedColumns {
  ColumnDefinitions columns;
  // Whether a stored value may be another one after its cast, e.g. float read as double: then a
  // filter must look at the value after the cast.
  std::vector<bool> is_inexact;
};

// Each column and nested part of `global` tied by name to its counterpart in `local`, the file's
// own columns, found by physical name or (mode kId) by field id. A part without counterpart gets a
// name that no file has and so reads as null. Types change where the table says which kind of
// timestamp a stored one is: the bytes are the same, and files of old writers do not mark them.
ResolvedColumns ResolveColumns(const ColumnDefinitions& global,
                               const std::vector<types::StructField>& columns,
                               delta::ColumnMappingMode mode, ColumnDefinitions& local);

}  // namespace lakesmith::engine
