#pragma once

#include <string>

#include "base/result.h"
#include "functions/json_node.h"

namespace lakesmith::functions {

// A variant as Parquet files hold it. Source: Parquet format, "Variant Binary Encoding".
struct EncodedVariant {
  std::string metadata;  // The names of all fields, sorted.
  std::string value;
};

// Numbers as Spark's parse_json types them: the narrowest integer, a decimal of up to 38 digits
// where there is no exponent, else a double. Of fields with the same name the last one counts.
// Errors: kInvalid  more than 16 MiB, Spark's limit for a variant.
Result<EncodedVariant> EncodeVariant(const JsonNode& node);

}  // namespace lakesmith::functions
