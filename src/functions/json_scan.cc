#include "functions/json_scan.h"

#include "base/ascii.h"

namespace lakesmith::functions {
namespace {

using Path = std::span<const JsonPathStep>;

constexpr int kMaxScanDepth = 64;
constexpr size_t kMaxNumberBytes = 100;

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  JsonScan Scan(Path path) {
    SkipSpace();
    if (!Value(&path, 0)) return {};
    SkipSpace();
    if (at_ != text_.size()) return {};
    return {.sure = true, .value = found_};
  }

 private:
  char Here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void SkipSpace() {
    while (Here() == ' ' || Here() == '\n' || Here() == '\t' || Here() == '\r') ++at_;
  }

  bool Take(char c) {
    if (Here() != c) return false;
    ++at_;
    return true;
  }

  // Reads a value; what `path` leads to in it goes into found_. Without a path it is skipped.
  bool Value(const Path* path, int depth) {
    if (depth > kMaxScanDepth) return false;
    const size_t start = at_;
    bool plain = true;
    bool good = false;
    switch (Here()) {
      case '{':
        good = Object(path, depth);
        break;
      case '[':
        good = Array(path, depth);
        break;
      case '"':
        good = String(plain);
        break;
      case 't':
        good = Word("true");
        break;
      case 'f':
        good = Word("false");
        break;
      case 'n':
        good = Word("null");
        break;
      default:
        good = Number();
    }
    if (good && path != nullptr && path->empty()) found_ = text_.substr(start, at_ - start);
    return good;
  }

  bool Object(const Path* path, int depth) {
    const bool looks =
        path != nullptr && !path->empty() && path->front().kind == JsonPathStep::Kind::kField;
    ++at_;
    SkipSpace();
    if (Take('}')) return true;
    do {
      SkipSpace();
      const size_t start = at_ + 1;
      bool plain = true;
      if (Here() != '"' || !String(plain) || !plain) return false;
      const bool hit = looks && text_.substr(start, at_ - 1 - start) == path->front().name;
      SkipSpace();
      if (!Take(':')) return false;
      SkipSpace();
      if (!Part(hit ? path : nullptr, depth)) return false;
      SkipSpace();
    } while (Take(','));
    return Take('}');
  }

  bool Array(const Path* path, int depth) {
    const bool looks =
        path != nullptr && !path->empty() && path->front().kind == JsonPathStep::Kind::kIndex;
    ++at_;
    SkipSpace();
    if (Take(']')) return true;
    size_t index = 0;
    do {
      SkipSpace();
      if (!Part(looks && index == path->front().index ? path : nullptr, depth)) return false;
      ++index;
      SkipSpace();
    } while (Take(','));
    return Take(']');
  }

  // A value within another one; `path`, when there is one, led to it by its first step.
  bool Part(const Path* path, int depth) {
    if (path == nullptr) return Value(nullptr, depth + 1);
    found_.reset();
    const Path rest = path->subspan(1);
    return Value(&rest, depth + 1);
  }

  // Moves past a string; `plain` becomes false when it has escapes.
  bool String(bool& plain) {
    for (++at_; at_ < text_.size(); ++at_) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c < ' ' || c >= 0x80) return false;
      if (c != '\\') continue;
      ++at_;
      plain = false;
      if (std::string_view("\"\\/bfnrt").find(Here()) == std::string_view::npos) return false;
    }
    return false;
  }

  bool Word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  size_t Digits() {
    const size_t start = at_;
    while (IsDigit(Here())) ++at_;
    return at_ - start;
  }

  bool Number() {
    const size_t start = at_;
    const bool negative = Take('-');
    const bool zero = Here() == '0';
    const size_t digits = Digits();
    if (digits == 0 || (zero && digits > 1)) return false;
    const bool fraction = Take('.');
    if (fraction ? Digits() == 0 : zero && negative) return false;
    return Here() != 'e' && Here() != 'E' && at_ - start <= kMaxNumberBytes;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::optional<std::string_view> found_;
};

}  // namespace

JsonScan ScanJson(std::string_view text, std::span<const JsonPathStep> path) {
  return Scanner(text).Scan(path);
}

}  // namespace lakesmith::functions
