#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "functions/json_node.h"
#include "functions/json_path.h"

namespace lakesmith::functions {

// Changes of variants, which are held as JSON. Each returns the changed node; errors are Spark's
// (INVALID_VARIANT_PATH 22023, VARIANT_PATH_MISMATCH 22023).
//
// variant_insert: a new field, or an element before which the rest moves; missing objects on the
// way are made, missing elements are null. A field that is there already is an error.
Result<JsonNode> InsertIntoVariant(JsonNode root, std::string_view path, const JsonNode& value);
// variant_array_append: at the end of the array at `path`; nothing where there is no such path.
Result<JsonNode> AppendToVariant(JsonNode root, std::string_view path, const JsonNode& value);
// variant_delete: what the path names; nothing where there is no such path.
Result<JsonNode> DeleteFromVariant(JsonNode root, std::string_view path);
// variant_strip_nulls: without fields (and, when asked, elements) that are null.
JsonNode StripNulls(const JsonNode& node, bool elements_too);

}  // namespace lakesmith::functions
