#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "delta/actions.h"
#include "delta/table_properties.h"
#include "types/data_type.h"

namespace lakesmith::delta {

// Name of the field in files: the mapped one, or its own name without mapping.
std::string PhysicalName(const types::StructField& field, ColumnMappingMode mode);
// The field's id in Parquet files (`field_id`); nullopt without mapping.
std::optional<int> ColumnId(const types::StructField& field);

// The schema with physical names at every level.
types::DataType PhysicalSchema(const types::DataType& schema, ColumnMappingMode mode);

// The path with physical names; a path through arrays and maps uses "element", "key" and "value".
// Errors: kNotFound  names the part that is not in the schema.
Result<std::vector<std::string>> PhysicalPath(const types::DataType& schema,
                                              const std::vector<std::string>& logical_path,
                                              ColumnMappingMode mode);

// Gives ids and physical names to all fields that have none, and raises `*max_column_id`. With
// `keep_names` (an existing table is upgraded) the physical name is the current one; else
// "col-<uuid>".
types::DataType AssignColumnMapping(const types::DataType& schema, bool keep_names,
                                    int64_t* max_column_id);

// Checks that changing the mode is legal and, where it is, returns `metadata` with mode, ids and
// names set. Errors: kInvalid  says which changes of mode are legal.
Result<Metadata> EnableColumnMapping(const Metadata& metadata, const types::DataType& schema,
                                     ColumnMappingMode mode, bool table_is_new);

}  // namespace lakesmith::delta
