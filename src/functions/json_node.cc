#include "functions/json_node.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <span>
#include <utility>

#include "functions/json_scan.h"

namespace lakesmith::functions {
namespace {

void AppendObject(const JsonNode& node, std::string& out, bool sort_keys) {
  const auto by_name = [](const JsonField& field) -> const std::string& { return field.name; };
  const auto append = [&](char before, const JsonField& field) {
    out += before;
    AppendJsonQuoted(out, field.name);
    out += ':';
    field.value.AppendTo(out, sort_keys);
  };
  char before = '{';
  if (!sort_keys || std::ranges::is_sorted(node.fields, {}, by_name)) {
    for (const JsonField& field : node.fields) append(std::exchange(before, ','), field);
  } else {
    std::vector<const JsonField*> order;
    order.reserve(node.fields.size());
    for (const JsonField& field : node.fields) order.push_back(&field);
    std::ranges::stable_sort(order, {}, [&](const JsonField* field) { return by_name(*field); });
    for (const JsonField* field : order) append(std::exchange(before, ','), *field);
  }
  out += node.fields.empty() ? "{}" : "}";
}

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

void AppendJsonQuoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kMeaning = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  out += '"';
  size_t start = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= ' ' && c != '"' && c != '\\') continue;
    out.append(text, start, at - start);
    start = at + 1;
    if (const size_t place = kMeaning.find(text[at]); place != std::string_view::npos) {
      out.append({'\\', kLetters[place]});
    } else {
      out.append({'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]});
    }
  }
  out.append(text, start);
  out += '"';
}

std::string JsonQuoted(std::string_view text) {
  std::string out;
  AppendJsonQuoted(out, text);
  return out;
}

std::string JsonNode::ToText(bool sort_keys) const {
  std::string result;
  AppendTo(result, sort_keys);
  return result;
}

void JsonNode::AppendTo(std::string& out, bool sort_keys) const {
  switch (kind) {
    case Kind::kNull:
      out += "null";
      return;
    case Kind::kBoolean:
      out += boolean ? "true" : "false";
      return;
    case Kind::kInteger:
    case Kind::kFraction:
      out += text;
      return;
    case Kind::kString:
      AppendJsonQuoted(out, text);
      return;
    case Kind::kArray: {
      char before = '[';
      for (const JsonNode& element : elements) {
        out += std::exchange(before, ',');
        element.AppendTo(out, sort_keys);
      }
      out += elements.empty() ? "[]" : "]";
      return;
    }
    case Kind::kObject:
      AppendObject(*this, out, sort_keys);
  }
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
  const std::optional<JsonNode> node = JsonNode::Parse(value, kJsonByPath);
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
  const std::optional<JsonNode> root = JsonNode::Parse(json, kJsonByPath);
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
