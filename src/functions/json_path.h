#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lakesmith::functions {

// A step of a path such as $.a['b'][0].* .
struct JsonPathStep {
  enum class Kind : unsigned char { kField, kIndex, kAnyElement, kAnyField };
  Kind kind = Kind::kField;
  std::string name;
  size_t index = 0;
};
using JsonPath = std::span<const JsonPathStep>;

// Nullopt when the path is malformed.
std::optional<std::vector<JsonPathStep>> ParseJsonPath(std::string_view path);

// In a text, a field that is null counts as missing, and all of the text must be well formed. A
// variant is that, and its nulls are values.
enum class JsonSource : unsigned char { kText, kVariant };
// How the value at a path without wildcards is written in `json`; nullopt when there is none or the
// text is malformed. Of fields of the same name the first one counts that leads on.
std::optional<std::string_view> FindInJson(std::string_view json, JsonPath path, JsonSource source);

// Hive's get_json_object: texts unquoted, several matches of a wildcard as an array. The result
// stands in `json` or in `scratch`.
std::optional<std::string_view> GetJsonObject(std::string_view json, JsonPath path,
                                              std::string& scratch);

// Hive's json_tuple: puts the values of fields into `values`, one for each name. Of fields of the
// same name the last one counts that is not null. All are nullopt when the text is malformed or no
// object.
void JsonTuple(std::string_view json, std::span<const std::optional<std::string_view>> names,
               std::span<std::optional<std::string>> values);

// The names of the fields of an object, as they stand there; nullopt for other texts.
std::optional<std::vector<std::string>> JsonObjectKeys(std::string_view json);
// How many elements an array has; nullopt for other texts.
std::optional<int32_t> JsonArrayLength(std::string_view json);

}  // namespace lakesmith::functions
