#include "bundle/merge.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

#include "bundle/references.h"

namespace lakesmith::bundle {
namespace {

void MergeMaps(Yaml& base, const Yaml& over, const ReferenceValue& value_of,
               Diagnostics& diagnostics) {
  for (const YamlEntry& entry : over.entries()) {
    if (Yaml* existing = base.Find(entry.key)) {
      MergeInto(*existing, entry.value, value_of, diagnostics);
    } else {
      base.entries().push_back(entry);
    }
  }
}

void ReplaceReference(Yaml& base, const ReferenceValue& value_of) {
  if (!value_of || !base.is_string() || !IsWholeReference(base.text())) return;
  if (std::optional<Yaml> value = value_of(base)) base = *std::move(value);
}

// The key by which an element is folded. Labels ignore case, and an empty one is "default".
std::string FoldKey(const Yaml& element, const std::string& fold_by) {
  const Yaml* key = element.Find(fold_by);
  std::string text = key != nullptr && key->is_scalar() ? key->text() : "";
  if (fold_by != "label") return text;
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text.empty() ? "default" : text;
}

void FoldList(Yaml& list, const std::string& fold_by, Diagnostics& diagnostics) {
  std::vector<std::pair<std::string, Yaml>> folded;
  for (Yaml& item : list.items()) {
    std::string key = FoldKey(item, fold_by);
    const auto same = std::ranges::find(folded, key, &std::pair<std::string, Yaml>::first);
    if (key.empty() || same == folded.end()) {
      folded.emplace_back(std::move(key), std::move(item));
    } else {
      MergeInto(same->second, item, {}, diagnostics);
    }
  }
  if (fold_by == "task_key") {
    std::ranges::stable_sort(folded, {}, &std::pair<std::string, Yaml>::first);
  }
  list.items().clear();
  for (auto& [key, item] : folded) list.items().push_back(std::move(item));
}

}  // namespace

void MergeInto(Yaml& base, const Yaml& over, const ReferenceValue& value_of,
               Diagnostics& diagnostics) {
  if (over.is_null()) return;
  if (!over.is_scalar()) ReplaceReference(base, value_of);
  if (base.is_null()) {
    base = over;
  } else if (base.is_map() && over.is_map()) {
    MergeMaps(base, over, value_of, diagnostics);
  } else if (base.is_list() && over.is_list()) {
    std::ranges::copy(over.items(), std::back_inserter(base.items()));
  } else {
    const bool replaces_reference = over.is_string() && IsWholeReference(over.text());
    if (!replaces_reference && (!base.is_scalar() || !over.is_scalar())) {
      diagnostics.Add(Severity::kError, over.location(),
                      fmt::format("{} here cannot be merged with {} at {}", over.KindName(),
                                  base.KindName(), base.location().ToString()));
    }
    base = over;
  }
}

void FoldKeyedLists(Yaml& root, const Shape& shape, Diagnostics& diagnostics) {
  if (shape.kind == Shape::Kind::kMap) {
    for (YamlEntry& entry : root.entries()) {
      FoldKeyedLists(entry.value, shape.element(), diagnostics);
    }
  }
  if (shape.kind != Shape::Kind::kObject) return;
  for (YamlEntry& entry : root.entries()) {
    const Field* field = shape.FindField(entry.key);
    if (field == nullptr) continue;
    if (!field->fold_by.empty() && entry.value.is_list()) {
      FoldList(entry.value, field->fold_by, diagnostics);
    }
    FoldKeyedLists(entry.value, field->shape(), diagnostics);
  }
}

}  // namespace lakesmith::bundle
