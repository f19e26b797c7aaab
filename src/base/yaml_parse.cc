#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "base/yaml.h"

namespace lakesmith {
namespace {

constexpr int64_t kMaxNodes = 1'000'000;

// Carries an error of ours through yaml-cpp's event loop; never leaves this file.
struct Stop {
  Error error;
};

// Builds the tree from parser events. Events, unlike yaml-cpp's own nodes, have the place of every
// alias and keep duplicate keys.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string_view file) : file_(std::make_shared<const std::string>(file)) {}

  Yaml TakeRoot() && { return std::move(root_); }
  // Whether the last scalar was quoted or a block.
  bool ends_quoted() const { return ends_quoted_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Finish(Place(Yaml(), mark), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool plain = tag.empty() || tag == "?";
    ends_quoted_ = !plain;
    Finish(Place(plain ? Yaml::Plain(value) : Tagged(tag, value), mark), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      throw Stop{Invalid("an alias cannot stand inside its own anchor").At(Location(mark))};
    }
    node_count_ += found->second.node_count;
    if (node_count_ > kMaxNodes) {
      throw Stop{
          Invalid("the aliases expand to more than {} values", kMaxNodes).At(Location(mark))};
    }
    Finish(found->second.value, 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(Place(Yaml::List(), mark), anchor);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(Place(Yaml::Map(), mark), anchor);
  }
  void OnMapEnd() override {
    ApplyMergeKeys(open_.back());
    Close();
  }

 private:
  // A list or map whose end has not come yet.
  struct Container {
    Yaml value;
    YAML::anchor_t anchor = 0;
    int64_t first_node = 0;
    std::optional<std::pair<std::string, SourceLocation>> key;  // Key read, value to come.
    std::set<std::string> keys;
    std::vector<Yaml> merges;  // Values of `<<`.
  };
  struct Anchor {
    Yaml value;
    int64_t node_count = 0;
  };

  SourceLocation Location(const YAML::Mark& mark) const {
    return {.file = *file_, .line = mark.line + 1, .column = mark.column + 1};
  }

  Yaml Place(Yaml node, const YAML::Mark& mark) {
    ++node_count_;
    return std::move(node).At(file_, mark.line + 1, mark.column + 1);
  }

  static Yaml Tagged(const std::string& tag, const std::string& value) {
    const bool resolve = tag.ends_with(":int") || tag.ends_with(":float") ||
                         tag.ends_with(":bool") || tag.ends_with(":null");
    return resolve ? Yaml::Plain(value) : Yaml::String(value);
  }

  void Open(Yaml value, YAML::anchor_t anchor) {
    open_.push_back({.value = std::move(value), .anchor = anchor, .first_node = node_count_});
  }

  void Close() {
    Container done = std::move(open_.back());
    open_.pop_back();
    const int64_t count = node_count_ - done.first_node + 1;
    if (done.anchor != 0) anchors_[done.anchor] = {done.value, count};
    Attach(std::move(done.value));
  }

  void Finish(Yaml value, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = {value, 1};
    Attach(std::move(value));
  }

  void Attach(Yaml value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Container& parent = open_.back();
    if (parent.value.is_list()) {
      parent.value.items().push_back(std::move(value));
    } else if (!parent.key) {
      StartKey(parent, value);
    } else {
      EndKey(parent, std::move(value));
    }
  }

  static void StartKey(Container& parent, const Yaml& key) {
    if (!key.is_scalar() || key.is_null()) {
      throw Stop{Invalid("a key must be plain text, this is {}; quote it if it is meant as text",
                         key.KindName())
                     .At(key.location())};
    }
    const bool is_merge = key.text() == "<<";
    if (!is_merge && !parent.keys.insert(key.text()).second) {
      throw Stop{Invalid("key '{}' is already in this map, on line {}; remove one of them",
                         key.text(), parent.value.FindEntry(key.text())->key_location.line)
                     .At(key.location())};
    }
    parent.key = {key.text(), key.location()};
  }

  static void EndKey(Container& parent, Yaml value) {
    auto [key, location] = *std::exchange(parent.key, std::nullopt);
    if (key == "<<") {
      parent.merges.push_back(std::move(value));
    } else {
      parent.value.entries().push_back({std::move(key), std::move(location), std::move(value)});
    }
  }

  // Keys of the map itself win over merged ones, earlier merges over later ones.
  static void ApplyMergeKeys(Container& container) {
    for (const Yaml& merge : container.merges) {
      if (merge.is_list()) {
        for (const Yaml& item : merge.items()) MergeInto(container, item);
      } else {
        MergeInto(container, merge);
      }
    }
  }

  static void MergeInto(Container& container, const Yaml& source) {
    if (!source.is_map()) {
      throw Stop{Invalid("'<<' takes a map or a list of maps, this is {}", source.KindName())
                     .At(source.location())};
    }
    for (const YamlEntry& entry : source.entries()) {
      if (container.keys.insert(entry.key).second) container.value.entries().push_back(entry);
    }
  }

  std::shared_ptr<const std::string> file_;
  Yaml root_;
  bool ends_quoted_ = false;
  std::vector<Container> open_;
  std::map<YAML::anchor_t, Anchor> anchors_;
  int64_t node_count_ = 0;
};

// Whether a line, counted from 0, is indented by a tab.
bool IsIndentedByTab(std::string_view text, int line) {
  for (; line > 0 && !text.empty(); --line) {
    const size_t newline = text.find('\n');
    text = newline == std::string_view::npos ? "" : text.substr(newline + 1);
  }
  const size_t first = text.find_first_not_of(" \t");
  return text.substr(0, first).find('\t') != std::string_view::npos;
}

// yaml-cpp's wording is for its own developers; the frequent ones get a hint.
std::string SyntaxMessage(const std::string& message, bool indented_by_tab) {
  std::string text = "YAML syntax: " + message;
  if (indented_by_tab) return "YAML syntax: the line is indented by a tab; use blanks";
  if (message.find("illegal map value") != std::string::npos) {
    text += "; check the indentation, and quote a value that holds ': '";
  } else if (message.find("end of map") != std::string::npos ||
             message.find("end of sequence") != std::string::npos) {
    text += "; check the indentation and that brackets are closed";
  } else if (message.find("unknown token") != std::string::npos) {
    text += "; tabs cannot indent, and a value that begins with @, ` or % needs quotes";
  }
  return text;
}

// yaml-cpp takes a quoted text that is never closed, when the file ends in a line break. Without
// the line break it throws.
void CheckClosed(std::string_view text, std::string_view file) {
  const size_t end = text.find_last_not_of(" \t\r\n");
  std::istringstream stream{std::string(text.substr(0, end + 1))};
  YAML::Parser parser(stream);
  TreeBuilder ignored(file);
  parser.HandleNextDocument(ignored);
}

}  // namespace

Result<Yaml> ParseYaml(std::string_view text, std::string_view file) {
  std::istringstream stream{std::string(text)};
  TreeBuilder builder(file);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return Yaml();
    if (builder.ends_quoted()) CheckClosed(text, file);
    TreeBuilder second(file);
    if (parser && parser.HandleNextDocument(second)) {
      return Invalid("a second YAML document begins; put it into a file of its own")
          .At(std::move(second).TakeRoot().location());
    }
  } catch (const Stop& stop) {
    return stop.error;
  } catch (const YAML::Exception& exception) {
    return Invalid("{}", SyntaxMessage(exception.msg, IsIndentedByTab(text, exception.mark.line)))
        .At({.file = std::string(file),
             .line = exception.mark.line + 1,
             .column = exception.mark.column + 1});
  }
  return std::move(builder).TakeRoot();
}

}  // namespace lakesmith
