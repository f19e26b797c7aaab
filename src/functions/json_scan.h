#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "functions/json_node.h"

namespace lakesmith::functions {

// What a path leads to in a JSON text, found without building the text's tree.
struct JsonScan {
  // False when the text must be parsed: it is malformed, or holds what this scan does not judge
  // (bytes beyond ASCII, \u, exponents, -0, very long numbers, deep nesting, escapes in names).
  bool sure = false;
  std::optional<std::string_view> value;  // As it is written; none when nothing is at the path.
};

// `path` has fields and indexes only. Of fields of the same name the last one counts, as in
// JsonNode::Field. The whole text is checked.
JsonScan ScanJson(std::string_view text, std::span<const JsonPathStep> path);

}  // namespace lakesmith::functions
