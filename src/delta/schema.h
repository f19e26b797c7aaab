#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/data_type.h"

namespace lakesmith::delta {

// Text of a struct type for Metadata::schema_string, and back. Char and varchar become string with
// the reserved field metadata, and come back as they were.
std::string SchemaText(const types::DataType& schema);
Result<types::DataType> ParseSchema(std::string_view text);

// Errors: kInvalid      a name that is there twice, an empty struct, a name with characters that
// need column mapping.
//         kUnsupported  a type that Delta tables cannot hold.
Status CheckSchema(const types::DataType& schema, const std::vector<std::string>& partition_columns,
                   bool column_mapping);

struct MergeOptions {
  bool widen_types = false;  // delta.enableTypeWidening.
  bool keep_existing_type =
      true;  // Take a narrower incoming type and keep the table's (the writer casts).
};

// The table's schema with columns that are only in `incoming` at the end, at every level of
// nesting; names compare ignoring ASCII case and keep the table's spelling. New columns are
// nullable. Records widened types in the field metadata `delta.typeChanges`. Errors: kInvalid  a
// column whose types do not go together, by dotted name with both types.
Result<types::DataType> MergeSchemas(const types::DataType& table, const types::DataType& incoming,
                                     const MergeOptions& options = {});

// Whether type widening may change a column from one type to the other without rewriting files.
bool IsLegalWidening(const types::DataType& from, const types::DataType& to);

// Errors: kUnsupported  names a recorded type change that no reader rule allows.
Status CheckTypeChanges(const types::DataType& schema);

}  // namespace lakesmith::delta
