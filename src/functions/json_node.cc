#include "functions/json_node.h"

#include <algorithm>
#include <utility>

#include "functions/json_text.h"

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

bool Read(JsonCursor& cursor, JsonNode& node) {
  JsonToken token;
  if (!cursor.Next(token)) return false;
  node.kind = token.kind;
  node.boolean = token.kind == JsonKind::kBoolean && token.boolean;
  node.text = token.text;
  if (token.kind == JsonKind::kArray)
    return cursor.Elements([&] { return Read(cursor, node.elements.emplace_back()); });
  if (token.kind != JsonKind::kObject) return true;
  return cursor.Fields([&](std::string_view name) {
    JsonField& field = node.fields.emplace_back();
    field.name = name;
    return Read(cursor, field.value);
  });
}

}  // namespace

const JsonNode* JsonNode::Field(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &JsonField::name);
  return found == fields.end() ? nullptr : &found->value;
}

std::optional<JsonNode> JsonNode::Parse(std::string_view text, const JsonDialect& dialect) {
  JsonCursor cursor(text, dialect);
  JsonNode root;
  if (!Read(cursor, root) || !cursor.AtEnd()) return std::nullopt;
  return root;
}

std::string JsonNode::ToText(bool sort_keys) const {
  std::string result;
  AppendTo(result, sort_keys);
  return result;
}

void JsonNode::AppendTo(std::string& out, bool sort_keys) const {
  switch (kind) {
    case JsonKind::kNull:
      out += "null";
      return;
    case JsonKind::kBoolean:
      out += boolean ? "true" : "false";
      return;
    case JsonKind::kInteger:
    case JsonKind::kFraction:
      out += text;
      return;
    case JsonKind::kString:
      AppendJsonQuoted(out, text);
      return;
    case JsonKind::kArray: {
      char before = '[';
      for (const JsonNode& element : elements) {
        out += std::exchange(before, ',');
        element.AppendTo(out, sort_keys);
      }
      out += elements.empty() ? "[]" : "]";
      return;
    }
    case JsonKind::kObject:
      AppendObject(*this, out, sort_keys);
  }
}

}  // namespace lakesmith::functions
