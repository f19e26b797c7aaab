#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakesmith {

// A JSON value that keeps the order of its keys.
using Json = nlohmann::ordered_json;

// Parses one JSON text. Errors: kInvalid with line and column.
Result<Json> ParseJson(std::string_view text);

// Compact text. Invalid UTF-8 is replaced by U+FFFD, so that this cannot fail.
std::string JsonText(const Json& value);

}  // namespace lakesmith
