#include "functions/json_node.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <span>

#include "base/json.h"
#include "functions/json_scan.h"

namespace lakesmith::functions {
namespace {

// Values nested deeper are malformed, as Spark's parser has it.
constexpr size_t kMaxDepth = 1000;

// Builds nodes from the events of the JSON parser.
class NodeBuilder : public nlohmann::json_sax<Json> {
 public:
  JsonNode Take() && { return std::move(root_); }

  bool null() override { return Add({}); }
  bool boolean(bool value) override {
    return Add({.kind = JsonNode::Kind::kBoolean, .boolean = value});
  }
  bool number_integer(number_integer_t value) override { return Number(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return Number(std::to_string(value)); }
  bool number_float(number_float_t /*value*/, const string_t& digits) override {
    const bool whole = digits.find_first_of(".eE") == std::string::npos;
    return Add(
        {.kind = whole ? JsonNode::Kind::kInteger : JsonNode::Kind::kFraction, .text = digits});
  }
  bool string(string_t& value) override {
    return Add({.kind = JsonNode::Kind::kString, .text = value});
  }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(size_t /*count*/) override { return Open(JsonNode::Kind::kObject); }
  bool key(string_t& name) override {
    keys_.back() = name;
    return true;
  }
  bool end_object() override { return Close(); }
  bool start_array(size_t /*count*/) override { return Open(JsonNode::Kind::kArray); }
  bool end_array() override { return Close(); }
  bool parse_error(size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

 private:
  bool Number(std::string digits) {
    return Add({.kind = JsonNode::Kind::kInteger, .text = std::move(digits)});
  }

  bool Open(JsonNode::Kind kind) {
    if (open_.size() == kMaxDepth) return false;
    open_.push_back({.kind = kind});
    keys_.emplace_back();
    // Deeper texts are refused: they would exhaust the stack when they are printed or freed.
    constexpr size_t kMaxDepth = 1000;
    return open_.size() <= kMaxDepth;
  }

  bool Close() {
    JsonNode node = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return Add(std::move(node));
  }

  bool Add(JsonNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().kind == JsonNode::Kind::kArray) {
      open_.back().elements.push_back(std::move(node));
    } else {
      open_.back().fields.push_back({keys_.back(), std::move(node)});
    }
    return true;
  }

  JsonNode root_;
  std::vector<JsonNode> open_;
  std::vector<std::string> keys_;
};

// Reads "['name']" or "[3]" or "[*]" whose '[' stands at `at`, and moves past it.
std::optional<JsonPathStep> BracketStep(std::string_view path, size_t& at) {
  const size_t close = path.find(']', at);
  if (close == std::string_view::npos) return std::nullopt;
  std::string_view inside = path.substr(at + 1, close - at - 1);
  at = close + 1;
  if (inside == "*") return JsonPathStep{.kind = JsonPathStep::Kind::kAnyElement};
  if (inside.size() >= 2 && (inside[0] == '\'' || inside[0] == '"') && inside.back() == inside[0]) {
    return JsonPathStep{.kind = JsonPathStep::Kind::kField,
                        .name = std::string(inside.substr(1, inside.size() - 2))};
  }
  JsonPathStep step{.kind = JsonPathStep::Kind::kIndex};
  const auto [end, error] =
      std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
  if (error != std::errc() || end != inside.data() + inside.size()) return std::nullopt;
  return step;
}

void Collect(const JsonNode& node, std::span<const JsonPathStep> path,
             std::vector<const JsonNode*>& found) {
  if (path.empty()) {
    found.push_back(&node);
    return;
  }
  const auto rest = path.subspan(1);
  switch (path[0].kind) {
    case JsonPathStep::Kind::kField:
      if (node.kind == JsonNode::Kind::kObject) {
        if (const JsonNode* field = node.Field(path[0].name)) Collect(*field, rest, found);
      }
      return;
    case JsonPathStep::Kind::kIndex:
      if (path[0].index < node.elements.size()) Collect(node.elements[path[0].index], rest, found);
      return;
    case JsonPathStep::Kind::kAnyElement:
      for (const JsonNode& element : node.elements) Collect(element, rest, found);
      return;
    case JsonPathStep::Kind::kAnyField:
      for (const auto& [name, field] : node.fields) Collect(field, rest, found);
      return;
  }
}

}  // namespace

const JsonNode* JsonNode::Field(std::string_view name) const {
  for (size_t i = fields.size(); i-- > 0;) {
    if (fields[i].name == name) return &fields[i].value;
  }
  return nullptr;
}

std::optional<JsonNode> JsonNode::Parse(std::string_view text) {
  NodeBuilder builder;
  if (!Json::sax_parse(text, &builder)) return std::nullopt;
  return std::move(builder).Take();
}

std::string JsonQuoted(std::string_view text) { return JsonText(Json(std::string(text))); }

std::string JsonNode::ToText(bool sort_keys) const {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBoolean:
      return boolean ? "true" : "false";
    case Kind::kInteger:
    case Kind::kFraction:
      return text;
    case Kind::kString:
      return JsonQuoted(text);
    case Kind::kArray: {
      std::string result = "[";
      for (const JsonNode& element : elements) {
        if (result.size() > 1) result += ',';
        result += element.ToText(sort_keys);
      }
      return result + "]";
    }
    case Kind::kObject:
      break;
  }
  std::vector<const JsonField*> order;
  for (const auto& field : fields) order.push_back(&field);
  if (sort_keys)
    std::ranges::stable_sort(order, {}, [](const JsonField* field) { return field->name; });
  std::string result = "{";
  for (const JsonField* field : order) {
    if (result.size() > 1) result += ',';
    result += JsonQuoted(field->name) + ":" + field->value.ToText(sort_keys);
  }
  return result + "}";
}

std::optional<std::vector<JsonPathStep>> ParseJsonPath(std::string_view path) {
  if (!path.starts_with('$')) return std::nullopt;
  std::vector<JsonPathStep> steps;
  for (size_t at = 1; at < path.size();) {
    if (path[at] == '[') {
      std::optional<JsonPathStep> step = BracketStep(path, at);
      if (!step) return std::nullopt;
      steps.push_back(*std::move(step));
      continue;
    }
    if (path[at] != '.') return std::nullopt;
    const size_t end = std::min(path.find_first_of(".[", at + 1), path.size());
    const std::string name(path.substr(at + 1, end - at - 1));
    if (name.empty()) return std::nullopt;
    steps.push_back(
        {.kind = name == "*" ? JsonPathStep::Kind::kAnyField : JsonPathStep::Kind::kField,
         .name = name});
    at = end;
  }
  return steps;
}

const JsonNode* NodeAt(const JsonNode& root, const std::vector<JsonPathStep>& path) {
  std::vector<const JsonNode*> found;
  Collect(root, path, found);
  return found.empty() ? nullptr : found[0];
}

namespace {

bool HasWildcard(const std::vector<JsonPathStep>& path) {
  return std::ranges::any_of(path, [](const JsonPathStep& step) {
    return step.kind == JsonPathStep::Kind::kAnyElement ||
           step.kind == JsonPathStep::Kind::kAnyField;
  });
}

std::optional<std::string> Shown(const JsonNode& node) {
  if (node.kind == JsonNode::Kind::kNull) return std::nullopt;
  return node.kind == JsonNode::Kind::kString ? node.text : node.ToText();
}

// A value as it is written in a text that ScanJson is sure of.
std::optional<std::string> ShownAsWritten(std::string_view value) {
  const char first = value.front();
  if (first == 'n') return std::nullopt;
  if (first == '"' && value.find('\\') == std::string_view::npos)
    return std::string(value.substr(1, value.size() - 2));
  if (first != '"' && first != '{' && first != '[') return std::string(value);
  const std::optional<JsonNode> node = JsonNode::Parse(value);
  return node ? Shown(*node) : std::nullopt;
}

}  // namespace

std::optional<std::string> GetJsonObject(std::string_view json,
                                         const std::vector<JsonPathStep>& path) {
  const bool wildcard = HasWildcard(path);
  if (!wildcard) {
    const JsonScan scan = ScanJson(json, path);
    if (scan.sure) return scan.value ? ShownAsWritten(*scan.value) : std::nullopt;
  }
  const std::optional<JsonNode> root = JsonNode::Parse(json);
  if (!root) return std::nullopt;
  std::vector<const JsonNode*> found;
  Collect(*root, path, found);
  if (found.empty() || (found.size() == 1 && found[0]->kind == JsonNode::Kind::kNull))
    return std::nullopt;
  if (found.size() == 1) return wildcard ? found[0]->ToText() : Shown(*found[0]);
  std::string result = "[";
  for (const JsonNode* node : found) {
    if (result.size() > 1) result += ',';
    result += node->ToText();
  }
  return result + "]";
}

}  // namespace lakesmith::functions
