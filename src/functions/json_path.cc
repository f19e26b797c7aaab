#include "functions/json_path.h"

#include <algorithm>
#include <charconv>

#include "functions/json_cursor.h"
#include "functions/json_node.h"
#include "functions/json_text.h"

namespace lakesmith::functions {
namespace {

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

// Looks along a path while a text is read.
class Search {
 public:
  Search(std::string_view json, JsonSource source) : cursor_(json, kJsonByPath), source_(source) {}

  std::optional<std::string_view> Run(JsonPath path) {
    const bool good = Value(path);
    return good || source_ == JsonSource::kVariant ? found_ : std::nullopt;
  }

 private:
  // Reads the value that comes next to its end. False when it is malformed; of a variant also where
  // the rest may be left, as the value is found.
  bool Value(JsonPath path) {
    if (path.empty()) return cursor_.Skip(found_.emplace()) && source_ == JsonSource::kText;
    JsonToken token;
    if (!cursor_.Next(token)) return false;
    const JsonPathStep& step = path.front();
    const JsonPath rest = path.subspan(1);
    if (token.kind == JsonKind::kObject) {
      const bool looks = step.kind == JsonPathStep::Kind::kField;
      return cursor_.Fields([&, this](std::string_view name) {
        return looks && !found_ && name == step.name ? Field(rest) : cursor_.Skip();
      });
    }
    if (token.kind != JsonKind::kArray) return true;
    size_t left = step.kind == JsonPathStep::Kind::kIndex ? step.index + 1 : 0;
    return cursor_.Elements([&, this] {
      const bool here = left == 1;
      left -= left > 0 ? 1 : 0;
      return here ? Value(rest) : cursor_.Skip();
    });
  }

  bool Field(JsonPath rest) {
    const bool good = Value(rest);
    if (rest.empty() && found_ == "null" && source_ == JsonSource::kText) found_.reset();
    return good;
  }

  JsonCursor cursor_;
  JsonSource source_;
  std::optional<std::string_view> found_;
};

// The text of a value that was found: strings without their quotes.
std::string_view Shown(std::string_view written, std::string& scratch) {
  JsonCursor scalar(written, kJsonByPath);
  JsonToken token;
  scalar.Next(token);
  if (token.kind == JsonKind::kString || token.kind == JsonKind::kInteger)
    return scalar.InSource(token.text) ? token.text : std::string_view(scratch = token.text);
  scratch.clear();
  JsonCursor value(written, kJsonByPath);
  JsonCopier(JsonCopier::Style::kRewritten).Copy(value, scratch);
  return scratch;
}

void Collect(const JsonNode& node, JsonPath path, std::vector<const JsonNode*>& found) {
  if (path.empty()) {
    found.push_back(&node);
    return;
  }
  const JsonPath rest = path.subspan(1);
  const auto collect = [&](const JsonNode& field) {
    if (field.kind != JsonKind::kNull) Collect(field, rest, found);
  };
  switch (path[0].kind) {
    case JsonPathStep::Kind::kField:
      if (const JsonNode* field = node.Field(path[0].name)) collect(*field);
      return;
    case JsonPathStep::Kind::kIndex:
      if (path[0].index < node.elements.size()) Collect(node.elements[path[0].index], rest, found);
      return;
    case JsonPathStep::Kind::kAnyElement:
      for (const JsonNode& element : node.elements) Collect(element, rest, found);
      return;
    case JsonPathStep::Kind::kAnyField:
      for (const auto& [name, field] : node.fields) collect(field);
      return;
  }
}

bool HasWildcard(JsonPath path) {
  return std::ranges::any_of(path, [](const JsonPathStep& step) {
    return step.kind == JsonPathStep::Kind::kAnyElement ||
           step.kind == JsonPathStep::Kind::kAnyField;
  });
}

// One match as it is, several as an array.
std::optional<std::string_view> AllMatches(std::string_view json, JsonPath path,
                                           std::string& scratch) {
  const std::optional<JsonNode> root = JsonNode::Parse(json, kJsonByPath);
  if (!root) return std::nullopt;
  std::vector<const JsonNode*> found;
  Collect(*root, path, found);
  if (found.empty() || (found.size() == 1 && found[0]->kind == JsonKind::kNull))
    return std::nullopt;
  std::string list;
  for (const JsonNode* node : found) list += (list.empty() ? "" : ",") + node->ToText();
  if (found.size() > 1) list = "[" + list + "]";
  JsonCursor cursor(list, kJsonByPath);
  scratch.clear();
  JsonCopier(JsonCopier::Style::kRewritten).Copy(cursor, scratch);
  return scratch;
}

}  // namespace

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

std::optional<std::string_view> FindInJson(std::string_view json, JsonPath path,
                                           JsonSource source) {
  return Search(json, source).Run(path);
}

std::optional<std::string_view> GetJsonObject(std::string_view json, JsonPath path,
                                              std::string& scratch) {
  if (HasWildcard(path)) return AllMatches(json, path, scratch);
  const auto written = FindInJson(json, path, JsonSource::kText);
  return written ? std::optional(Shown(*written, scratch)) : std::nullopt;
}

void JsonTuple(std::string_view json, std::span<const std::optional<std::string_view>> names,
               std::span<std::optional<std::string>> values) {
  JsonCursor cursor(json, kJsonByPath);
  JsonToken token;
  std::string scratch;
  const auto take = [&](std::string_view name) {
    const auto wanted = std::ranges::find(names, std::optional(name));
    std::string_view written;
    if (!cursor.Skip(written)) return false;
    if (wanted == names.end() || written == "null") return true;
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i] == *wanted) values[i] = Shown(written, scratch);
    }
    return true;
  };
  const bool good = cursor.Next(token) && token.kind == JsonKind::kObject && cursor.Fields(take);
  if (!good) std::ranges::fill(values, std::nullopt);
}

std::optional<std::vector<std::string>> JsonObjectKeys(std::string_view json) {
  JsonCursor cursor(json, kJsonByPath);
  JsonToken token;
  std::vector<std::string> keys;
  const bool good = cursor.Next(token) && token.kind == JsonKind::kObject &&
                    cursor.Fields([&](std::string_view name) {
                      keys.emplace_back(name);
                      return cursor.Skip();
                    });
  return good ? std::optional(std::move(keys)) : std::nullopt;
}

std::optional<int32_t> JsonArrayLength(std::string_view json) {
  JsonCursor cursor(json, kJsonByPath);
  JsonToken token;
  int32_t length = 0;
  const bool good = cursor.Next(token) && token.kind == JsonKind::kArray && cursor.Elements([&] {
    ++length;
    return cursor.Skip();
  });
  return good ? std::optional(length) : std::nullopt;
}

}  // namespace lakesmith::functions
