#include "base/yaml.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/check.h"

namespace lakesmith {
namespace {

std::optional<int64_t> ReadInteger(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view digits = text;
  if (negative || text.starts_with('+')) digits.remove_prefix(1);
  int base = 10;
  if (digits.starts_with("0x")) base = 16;
  if (digits.starts_with("0o")) base = 8;
  if (base != 10) digits.remove_prefix(2);
  uint64_t magnitude = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, magnitude, base);
  if (digits.empty() || error != std::errc() || stop != end) return std::nullopt;
  const auto limit = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (magnitude > limit + (negative ? 1 : 0)) return std::nullopt;
  return negative ? static_cast<int64_t>(~magnitude + 1) : static_cast<int64_t>(magnitude);
}

std::optional<double> ReadFloat(std::string_view text) {
  std::string_view unsigned_text = text;
  const double sign = text.starts_with('-') ? -1 : 1;
  if (text.starts_with('-') || text.starts_with('+')) unsigned_text.remove_prefix(1);
  if (unsigned_text == ".inf" || unsigned_text == ".Inf" || unsigned_text == ".INF") {
    return sign * std::numeric_limits<double>::infinity();
  }
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return std::nan("");
  const bool plausible =
      !unsigned_text.empty() && (std::isdigit(unsigned_text[0]) != 0 || unsigned_text[0] == '.');
  double value = 0;
  const char* end = unsigned_text.data() + unsigned_text.size();
  const auto [stop, error] = std::from_chars(unsigned_text.data(), end, value);
  if (!plausible || error != std::errc() || stop != end) return std::nullopt;
  return sign * value;
}

}  // namespace

Yaml Yaml::Bool(bool value) {
  Yaml node;
  node.kind_ = Kind::kBool;
  node.bool_ = value;
  node.text_ = value ? "true" : "false";
  return node;
}

Yaml Yaml::Int(int64_t value) {
  Yaml node;
  node.kind_ = Kind::kInt;
  node.int_ = value;
  node.text_ = std::to_string(value);
  return node;
}

Yaml Yaml::Float(double value) {
  Yaml node;
  node.kind_ = Kind::kFloat;
  node.float_ = value;
  node.text_ = fmt::format("{}", value);
  return node;
}

Yaml Yaml::String(std::string value) {
  Yaml node;
  node.kind_ = Kind::kString;
  node.text_ = std::move(value);
  return node;
}

Yaml Yaml::Plain(std::string text) {
  Yaml node;
  if (text == "true" || text == "True" || text == "TRUE") {
    node = Bool(true);
  } else if (text == "false" || text == "False" || text == "FALSE") {
    node = Bool(false);
  } else if (const auto integer = ReadInteger(text)) {
    node = Int(*integer);
    node.text_ = std::move(text);
  } else if (const auto number = ReadFloat(text)) {
    node = Float(*number);
    node.text_ = std::move(text);
  } else if (!text.empty() && text != "~" && text != "null" && text != "Null" && text != "NULL") {
    node = String(std::move(text));
  }
  return node;
}

Yaml Yaml::List() { return List(std::vector<Yaml>()); }

Yaml Yaml::List(std::vector<Yaml> items) {
  Yaml node;
  node.kind_ = Kind::kList;
  node.items_ = std::move(items);
  return node;
}

Yaml Yaml::Map() { return Map(std::vector<YamlEntry>()); }

Yaml Yaml::Map(std::vector<YamlEntry> entries) {
  Yaml node;
  node.kind_ = Kind::kMap;
  node.entries_ = std::move(entries);
  return node;
}

Yaml Yaml::FromJson(const Json& json, const SourceLocation& location) {
  Yaml node;
  if (json.is_boolean()) node = Bool(json.get<bool>());
  if (json.is_number_integer()) node = Int(json.get<int64_t>());
  if (json.is_number_float()) node = Float(json.get<double>());
  if (json.is_string()) node = String(json.get<std::string>());
  if (json.is_array()) {
    node = List();
    for (const Json& item : json) node.items_.push_back(FromJson(item, location));
  }
  if (json.is_object()) {
    node = Map();
    for (const auto& [key, value] : json.items()) {
      node.entries_.push_back({key, location, FromJson(value, location)});
    }
  }
  return std::move(node).At(location);
}

bool Yaml::bool_value() const {
  CHECK(is_bool());
  return bool_;
}

int64_t Yaml::int_value() const {
  CHECK(is_int());
  return int_;
}

double Yaml::number_value() const {
  CHECK(is_number());
  return is_int() ? static_cast<double>(int_) : float_;
}

const std::string& Yaml::string_value() const {
  CHECK(is_string());
  return text_;
}

const std::string& Yaml::text() const {
  CHECK(is_scalar());
  return text_;
}

const YamlEntry* Yaml::FindEntry(std::string_view key) const {
  for (const YamlEntry& entry : entries_) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

const Yaml* Yaml::Find(std::string_view key) const {
  const YamlEntry* entry = FindEntry(key);
  return entry == nullptr ? nullptr : &entry->value;
}

Yaml* Yaml::Find(std::string_view key) {
  return const_cast<Yaml*>(static_cast<const Yaml*>(this)->Find(key));
}

const Yaml* Yaml::FindPath(std::string_view path) const {
  const Yaml* node = this;
  while (node != nullptr && !path.empty()) {
    const size_t dot = path.find('.');
    node = node->Find(path.substr(0, dot));
    path = dot == std::string_view::npos ? "" : path.substr(dot + 1);
  }
  return node;
}

Yaml& Yaml::Set(std::string_view key, Yaml value) {
  CHECK(is_map() || is_null());
  kind_ = Kind::kMap;
  if (Yaml* existing = Find(key)) {
    *existing = std::move(value);
    return *existing;
  }
  SourceLocation place = value.location();
  return entries_.emplace_back(std::string(key), std::move(place), std::move(value)).value;
}

bool Yaml::Remove(std::string_view key) {
  return std::erase_if(entries_, [&](const YamlEntry& entry) { return entry.key == key; }) > 0;
}

SourceLocation Yaml::location() const { return {.file = file(), .line = line_, .column = column_}; }

const std::string& Yaml::file() const {
  static const std::string kNone;
  return file_ == nullptr ? kNone : *file_;
}

Yaml&& Yaml::At(const SourceLocation& location) && {
  file_ = std::make_shared<const std::string>(location.file);
  line_ = location.line;
  column_ = location.column;
  return std::move(*this);
}

Yaml&& Yaml::At(std::shared_ptr<const std::string> file, int line, int column) && {
  file_ = std::move(file);
  line_ = line;
  column_ = column;
  return std::move(*this);
}

Yaml&& Yaml::AtPlaceOf(const Yaml& other) && {
  file_ = other.file_;
  line_ = other.line_;
  column_ = other.column_;
  return std::move(*this);
}

Json Yaml::ToJson() const {
  switch (kind_) {
    case Kind::kNull:
      return nullptr;
    case Kind::kBool:
      return bool_;
    case Kind::kInt:
      return int_;
    case Kind::kFloat:
      return float_;
    case Kind::kString:
      return text_;
    case Kind::kList: {
      Json list = Json::array();
      for (const Yaml& item : items_) list.push_back(item.ToJson());
      return list;
    }
    case Kind::kMap: {
      Json map = Json::object();
      for (const YamlEntry& entry : entries_) map[entry.key] = entry.value.ToJson();
      return map;
    }
  }
  CHECK(!"a valid kind");
}

std::string_view Yaml::KindName() const {
  switch (kind_) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return "a bool";
    case Kind::kInt:
      return "an integer";
    case Kind::kFloat:
      return "a number";
    case Kind::kString:
      return "a string";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  CHECK(!"a valid kind");
}

}  // namespace lakesmith
