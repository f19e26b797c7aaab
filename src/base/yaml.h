#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace lakesmith {

struct YamlEntry;

// A node of a YAML document that knows where it was written: file, line and column of every
// scalar, list, map and key. A value type; copies are deep.
// Plain scalars get their type by the YAML 1.2 core schema, quoted ones are text.
class Yaml {
 public:
  enum class Kind { kNull, kBool, kInt, kFloat, kString, kList, kMap };

  Yaml() = default;  // null without a place.
  static Yaml Bool(bool value);
  static Yaml Int(int64_t value);
  static Yaml Float(double value);
  static Yaml String(std::string value);
  // A scalar from its plain (unquoted) text: null, bool, int, float or text.
  static Yaml Plain(std::string text);
  static Yaml List();
  static Yaml List(std::vector<Yaml> items);
  static Yaml Map();
  static Yaml Map(std::vector<YamlEntry> entries);
  // Gives every node of the tree the same place.
  static Yaml FromJson(const Json& json, const SourceLocation& location);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_bool() const { return kind_ == Kind::kBool; }
  bool is_int() const { return kind_ == Kind::kInt; }
  bool is_number() const { return kind_ == Kind::kInt || kind_ == Kind::kFloat; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_list() const { return kind_ == Kind::kList; }
  bool is_map() const { return kind_ == Kind::kMap; }
  bool is_scalar() const { return kind_ <= Kind::kString; }

  // Each CHECKs the kind.
  bool bool_value() const;
  int64_t int_value() const;
  double number_value() const;  // Of an integer or a float.
  const std::string& string_value() const;

  // A scalar as text: true, 12, 1.5, the string itself, "" for null. What was written is kept
  // (0x10 and 1_0 stay so). CHECKs that it is a scalar.
  const std::string& text() const;

  const std::vector<Yaml>& items() const { return items_; }  // Empty unless a list.
  std::vector<Yaml>& items() { return items_; }
  const std::vector<YamlEntry>& entries() const { return entries_; }  // Empty unless a map.
  std::vector<YamlEntry>& entries() { return entries_; }

  // The value of a key, or null when absent or when this is not a map.
  const Yaml* Find(std::string_view key) const;
  Yaml* Find(std::string_view key);
  const YamlEntry* FindEntry(std::string_view key) const;
  // The value under keys joined by dots, each step a map. Keys with dots cannot be named.
  const Yaml* FindPath(std::string_view path) const;
  // Inserts or replaces. Keeps the place of an existing key. A null node becomes a map.
  Yaml& Set(std::string_view key, Yaml value);
  // True when the key was there.
  bool Remove(std::string_view key);

  SourceLocation location() const;
  // The file name alone; "" when unknown.
  const std::string& file() const;
  Yaml&& At(const SourceLocation& location) &&;
  Yaml&& At(std::shared_ptr<const std::string> file, int line, int column) &&;
  // Takes over the place of another node, sharing its file name.
  Yaml&& AtPlaceOf(const Yaml& other) &&;

  Json ToJson() const;
  // "null", "a bool", "a list", ...: for messages.
  std::string_view KindName() const;

 private:
  Kind kind_ = Kind::kNull;
  bool bool_ = false;
  int64_t int_ = 0;
  double float_ = 0;
  int line_ = 0;
  int column_ = 0;
  std::string text_;
  std::shared_ptr<const std::string> file_;
  std::vector<Yaml> items_;
  std::vector<YamlEntry> entries_;
};

// One key of a map with its value, in the order written.
struct YamlEntry {
  std::string key;
  SourceLocation key_location;
  Yaml value;
};

// Reads one YAML document (JSON is YAML too). `file` goes into the places. Anchors, aliases and
// `<<` merge keys are resolved; a copy made by an alias keeps the places of its anchor. An empty
// text, or one of comments only, is null.
//
// Errors: kInvalid with the place: bad syntax, a duplicate key, a second document, a key that is
// not a scalar, an unknown alias, an alias inside its own anchor, a tree that aliases blow up
// beyond a million nodes.
Result<Yaml> ParseYaml(std::string_view text, std::string_view file);

}  // namespace lakesmith
