#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "functions/json_cursor.h"

namespace lakesmith::functions {

struct JsonField;

// A JSON value that keeps numbers as they were written and fields in order, duplicates too. For
// what changes values; readers go along a JsonCursor.
struct JsonNode {
  JsonKind kind = JsonKind::kNull;
  bool boolean = false;
  std::string text;  // A string's content, a number's digits.
  std::vector<JsonNode> elements;
  std::vector<JsonField> fields;

  bool IsNumber() const { return kind == JsonKind::kInteger || kind == JsonKind::kFraction; }
  // The first field of that name; nullptr when there is none.
  const JsonNode* Field(std::string_view name) const;

  // Nullopt when the text is not one JSON value of the dialect.
  static std::optional<JsonNode> Parse(std::string_view text, const JsonDialect& dialect = {});
  // Compact JSON. `sort_keys` sorts the fields of each object by their bytes.
  std::string ToText(bool sort_keys = false) const;
  void AppendTo(std::string& text, bool sort_keys) const;
};

struct JsonField {
  std::string name;
  JsonNode value;
};

}  // namespace lakesmith::functions
