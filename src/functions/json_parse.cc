// JSON texts to nodes.
#include <charconv>

#include "base/ascii.h"
#include "functions/json_node.h"

namespace lakesmith::functions {
namespace {

// Values nested deeper are malformed, as Spark's parser has it: printing or freeing them would
// exhaust the stack.
constexpr int kMaxDepth = 1000;

bool IsNameLetter(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

void AppendCodePoint(std::string& text, uint32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
    return;
  }
  const int rest = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  constexpr unsigned char kLead[] = {0, 0xc0, 0xe0, 0xf0};
  text += static_cast<char>(kLead[rest] | point >> (6 * rest));
  for (int i = rest - 1; i >= 0; --i) text += static_cast<char>(0x80 | (point >> (6 * i) & 0x3f));
}

class Parser {
 public:
  Parser(std::string_view text, const JsonDialect& dialect) : text_(text), dialect_(dialect) {}

  bool Document(JsonNode& root) {
    SkipSpace();
    if (!Value(root, 0)) return false;
    if (dialect_.ignores_rest) return true;
    SkipSpace();
    return at_ == text_.size();
  }

 private:
  char Here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool Take(char c) {
    if (Here() != c) return false;
    ++at_;
    return true;
  }
  bool TakeWord(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return !IsNameLetter(Here());
  }

  void SkipSpace() {
    while (true) {
      const char c = Here();
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        if (at_ >= text_.size()) return;
        ++at_;
      } else if (c != '/' || !dialect_.comments || !SkipComment()) {
        return;
      }
    }
  }
  bool SkipComment() {
    const std::string_view begin = text_.substr(at_, 2);
    const char* const end = begin == "//" ? "\n" : begin == "/*" ? "*/" : nullptr;
    if (end == nullptr) return false;
    const size_t found = text_.find(end, at_ + 2);
    if (found == std::string_view::npos && begin == "/*") return false;
    at_ = std::min(found, text_.size() - 2) + (begin == "/*" ? 2 : 1);
    if (found == std::string_view::npos) at_ = text_.size();
    return true;
  }

  bool Value(JsonNode& node, int depth) {
    if (depth > kMaxDepth) return false;
    switch (Here()) {
      case '{':
        return Object(node, depth);
      case '[':
        return Array(node, depth);
      case '"':
        node.kind = JsonNode::Kind::kString;
        return String(node.text);
      case '\'':
        node.kind = JsonNode::Kind::kString;
        return dialect_.single_quotes && String(node.text);
      case 't':
        node.kind = JsonNode::Kind::kBoolean;
        node.boolean = true;
        return TakeWord("true");
      case 'f':
        node.kind = JsonNode::Kind::kBoolean;
        return TakeWord("false");
      case 'n':
        return TakeWord("null");
      default:
        return Number(node);
    }
  }

  bool Object(JsonNode& node, int depth) {
    node.kind = JsonNode::Kind::kObject;
    ++at_;
    SkipSpace();
    if (Take('}')) return true;
    while (true) {
      JsonField& field = node.fields.emplace_back();
      if (!Name(field.name)) return false;
      SkipSpace();
      if (!Take(':')) return false;
      SkipSpace();
      if (!Value(field.value, depth + 1)) return false;
      SkipSpace();
      if (Take('}')) return true;
      if (!Take(',')) return false;
      SkipSpace();
    }
  }

  bool Name(std::string& name) {
    if (Here() == '"' || (Here() == '\'' && dialect_.single_quotes)) return String(name);
    if (!dialect_.unquoted_names) return false;
    const size_t start = at_;
    while (IsNameLetter(Here())) ++at_;
    name = text_.substr(start, at_ - start);
    return at_ > start && !IsDigit(text_[start]);
  }

  bool Array(JsonNode& node, int depth) {
    node.kind = JsonNode::Kind::kArray;
    ++at_;
    SkipSpace();
    if (Take(']')) return true;
    while (true) {
      if (!Value(node.elements.emplace_back(), depth + 1)) return false;
      SkipSpace();
      if (Take(']')) return true;
      if (!Take(',')) return false;
      SkipSpace();
    }
  }

  bool String(std::string& text) {
    const char quote = text_[at_++];
    while (true) {
      const size_t start = at_;
      while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\\' &&
             static_cast<unsigned char>(text_[at_]) >= ' ') {
        ++at_;
      }
      text.append(text_, start, at_ - start);
      if (at_ >= text_.size()) return false;
      const char c = text_[at_++];
      if (c == quote) return true;
      if (c == '\\') {
        if (!Escape(text)) return false;
      } else if (dialect_.control_characters) {
        text += c;
      } else {
        return false;
      }
    }
  }

  bool Escape(std::string& text) {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
    if (const size_t place = kLetters.find(c); place != std::string_view::npos) {
      text += kMeaning[place];
      return true;
    }
    if (c != 'u') {
      text += c;
      return dialect_.escapes_any || (c == '\'' && dialect_.single_quotes);
    }
    uint32_t point = 0;
    if (!Unit(point)) return false;
    const bool high = point >= 0xd800 && point < 0xdc00;
    if (high && text_.substr(at_, 2) == "\\u") {
      at_ += 2;
      uint32_t low = 0;
      if (!Unit(low)) return false;
      if (low < 0xdc00 || low >= 0xe000) return false;
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    } else if (point >= 0xd800 && point < 0xe000) {
      point = '?';  // Half a pair, as Java writes it.
    }
    AppendCodePoint(text, point);
    return true;
  }
  bool Unit(uint32_t& unit) {
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    at_ += digits.size();
    return digits.size() == 4 && error == std::errc() && end == digits.data() + 4;
  }

  bool Digits() {
    const size_t start = at_;
    while (IsDigit(Here())) ++at_;
    return at_ > start;
  }

  bool Number(JsonNode& node) {
    size_t start = at_;
    node.kind = JsonNode::Kind::kInteger;
    const bool negative = Take('-');
    if (!IsDigit(Here())) return NoNumber(node, start);
    if (Here() == '0' && at_ + 1 < text_.size() && IsDigit(text_[at_ + 1])) {
      if (!dialect_.leading_zeros) return false;
      while (Here() == '0' && at_ + 1 < text_.size() && IsDigit(text_[at_ + 1])) ++at_;
      start = at_;
      if (negative) node.text = "-";
    }
    Digits();
    if (Take('.')) {
      node.kind = JsonNode::Kind::kFraction;
      if (!Digits()) return false;
    }
    if (Here() == 'e' || Here() == 'E') {
      ++at_;
      node.kind = JsonNode::Kind::kFraction;
      if (!Take('+')) Take('-');
      if (!Digits()) return false;
    }
    node.text.append(text_, start, at_ - start);
    if (node.text == "-0") node.text = "0";
    return true;
  }

  // NaN and the infinities, of which a reader makes floating numbers.
  bool NoNumber(JsonNode& node, size_t start) {
    if (!dialect_.non_numbers) return false;
    at_ = start;
    if (!Take('+')) Take('-');
    if (!TakeWord("NaN") && !TakeWord("Infinity") && !TakeWord("INF")) return false;
    node.kind = JsonNode::Kind::kFraction;
    node.text = text_.substr(start, at_ - start);
    return true;
  }

  std::string_view text_;
  const JsonDialect& dialect_;
  size_t at_ = 0;
};

}  // namespace

std::optional<JsonNode> JsonNode::Parse(std::string_view text, const JsonDialect& dialect) {
  JsonNode root;
  if (!Parser(text, dialect).Document(root)) return std::nullopt;
  return root;
}

}  // namespace lakesmith::functions
