#include "functions/variant_functions.h"

#include <algorithm>
#include <span>

namespace lakesmith::functions {
namespace {

using Kind = JsonKind;
using Step = JsonPathStep;
using Path = std::span<const Step>;

Error InvalidPath(std::string_view path) {
  return Invalid("The path {} is not a valid path into a variant.", path)
      .WithClass("INVALID_VARIANT_PATH", "22023");
}

Error WrongPlace(std::string_view path, std::string_view wanted) {
  return Invalid("The path {} does not lead to {}.", path, wanted)
      .WithClass("VARIANT_PATH_MISMATCH", "22023");
}

Result<std::vector<Step>> Parsed(std::string_view path) {
  auto steps = ParseJsonPath(path);
  const bool plain = steps && std::ranges::all_of(*steps, [](const Step& step) {
                       return step.kind == Step::Kind::kField || step.kind == Step::Kind::kIndex;
                     });
  if (!plain) return InvalidPath(path);
  return *std::move(steps);
}

JsonNode* FieldOf(JsonNode& node, const std::string& name) {
  for (auto& [field, value] : node.fields) {
    if (field == name) return &value;
  }
  return nullptr;
}

// What the step leads to; null when there is nothing.
JsonNode* Next(JsonNode& node, const Step& step) {
  if (step.kind == Step::Kind::kField)
    return node.kind == Kind::kObject ? FieldOf(node, step.name) : nullptr;
  if (node.kind != Kind::kArray || step.index >= node.elements.size()) return nullptr;
  return &node.elements[step.index];
}

// Goes along the path, making objects and arrays where there is nothing or null.
Result<JsonNode*> Made(JsonNode& node, const Step& step, std::string_view path) {
  const bool field = step.kind == Step::Kind::kField;
  if (node.kind == Kind::kNull) node.kind = field ? Kind::kObject : Kind::kArray;
  if (node.kind != (field ? Kind::kObject : Kind::kArray))
    return WrongPlace(path, field ? "an object" : "an array");
  if (JsonNode* next = Next(node, step)) return next;
  if (field) {
    node.fields.push_back({step.name, JsonNode()});
    return &node.fields.back().value;
  }
  node.elements.resize(step.index + 1);
  return &node.elements[step.index];
}

}  // namespace

Result<JsonNode> InsertIntoVariant(JsonNode root, std::string_view path, const JsonNode& value) {
  const std::vector<Step> steps = TRY(Parsed(path));
  if (steps.empty()) return InvalidPath(path);
  JsonNode* at = &root;
  for (size_t i = 0; i + 1 < steps.size(); ++i) at = TRY(Made(*at, steps[i], path));
  const Step& last = steps.back();
  const bool field = last.kind == Step::Kind::kField;
  if (field && at->kind == Kind::kObject && FieldOf(*at, last.name) != nullptr) {
    return Invalid("The field that {} names is there already.", path)
        .WithClass("VARIANT_DUPLICATE_KEY", "22023");
  }
  const bool inside = !field && at->kind == Kind::kArray && last.index < at->elements.size();
  if (inside) {
    at->elements.insert(at->elements.begin() + static_cast<ptrdiff_t>(last.index), value);
  } else {
    *TRY(Made(*at, last, path)) = value;
  }
  return root;
}

Result<JsonNode> AppendToVariant(JsonNode root, std::string_view path, const JsonNode& value) {
  JsonNode* at = &root;
  for (const Step& step : TRY(Parsed(path))) {
    at = Next(*at, step);
    if (at == nullptr) return root;
  }
  if (at->kind != Kind::kArray) return WrongPlace(path, "an array");
  at->elements.push_back(value);
  return root;
}

Result<JsonNode> DeleteFromVariant(JsonNode root, std::string_view path) {
  const std::vector<Step> steps = TRY(Parsed(path));
  if (steps.empty()) return InvalidPath(path);
  JsonNode* at = &root;
  for (size_t i = 0; i + 1 < steps.size() && at != nullptr; ++i) at = Next(*at, steps[i]);
  const Step& last = steps.back();
  if (at == nullptr || Next(*at, last) == nullptr) return root;
  if (last.kind == Step::Kind::kField) {
    std::erase_if(at->fields, [&last](const auto& field) { return field.name == last.name; });
  } else {
    at->elements.erase(at->elements.begin() + static_cast<ptrdiff_t>(last.index));
  }
  return root;
}

JsonNode StripNulls(const JsonNode& node, bool elements_too) {
  JsonNode result{.kind = node.kind, .boolean = node.boolean, .text = node.text};
  for (const JsonNode& element : node.elements) {
    if (elements_too && element.kind == Kind::kNull) continue;
    result.elements.push_back(StripNulls(element, elements_too));
  }
  for (const auto& [name, field] : node.fields) {
    if (field.kind == Kind::kNull) continue;
    result.fields.push_back({name, StripNulls(field, elements_too)});
  }
  return result;
}

}  // namespace lakesmith::functions
