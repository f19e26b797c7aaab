#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lakesmith::functions {

struct JsonField;

// What a reader takes beyond the standard of JSON.
struct JsonDialect {
  bool single_quotes = false;
  bool unquoted_names = false;
  bool comments = false;
  bool control_characters = false;  // Within strings.
  bool leading_zeros = false;
  bool non_numbers = false;   // NaN, Infinity, -INF.
  bool escapes_any = false;   // A backslash before any character.
  bool ignores_rest = false;  // Anything may follow the first value.
};

// What Spark's readers by path take, as Hive's: get_json_object, json_tuple and their like.
inline constexpr JsonDialect kJsonByPath = {
    .single_quotes = true, .control_characters = true, .ignores_rest = true};

// A JSON value that keeps numbers as they were written and fields in order, duplicates too.
struct JsonNode {
  enum class Kind : unsigned char {
    kNull,
    kBoolean,
    kInteger,
    kFraction,
    kString,
    kArray,
    kObject
  };

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;  // A string's content, a number's digits.
  std::vector<JsonNode> elements;
  std::vector<JsonField> fields;

  bool IsNumber() const { return kind == Kind::kInteger || kind == Kind::kFraction; }
  // The last field of that name; nullptr when there is none.
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

// A JSON string with its quotes.
std::string JsonQuoted(std::string_view text);
void AppendJsonQuoted(std::string& out, std::string_view text);

// A path such as $.a['b'][0].* ; nullopt when it is malformed.
struct JsonPathStep {
  enum class Kind : unsigned char { kField, kIndex, kAnyElement, kAnyField };
  Kind kind = Kind::kField;
  std::string name;
  size_t index = 0;
};
std::optional<std::vector<JsonPathStep>> ParseJsonPath(std::string_view path);

// The node at a path without wildcards; nullptr when there is none.
const JsonNode* NodeAt(const JsonNode& root, const std::vector<JsonPathStep>& path);

// Hive's get_json_object: texts unquoted, several matches of a wildcard as an array.
std::optional<std::string> GetJsonObject(std::string_view json,
                                         const std::vector<JsonPathStep>& path);

}  // namespace lakesmith::functions
