#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lakesmith::functions {

// What a reader takes beyond the standard of JSON.
struct JsonDialect {
  bool single_quotes = false;
  bool unquoted_names = false;
  bool comments = false;
  bool control_characters = false;  // Within strings.
  bool leading_zeros = false;
  bool non_numbers = false;   // NaN, Infinity, -INF.
  bool escapes_any = false;   // A backslash before any character.
  bool ignores_rest = false;  // Anything may follow the first value.
};

// What Spark's readers by path take, as Hive's: get_json_object, json_tuple and their like.
inline constexpr JsonDialect kJsonByPath = {
    .single_quotes = true, .control_characters = true, .ignores_rest = true};

enum class JsonKind : uint8_t { kNull, kBoolean, kInteger, kFraction, kString, kArray, kObject };

// The start of a value, and all of a scalar.
struct JsonToken {
  JsonKind kind = JsonKind::kNull;
  bool boolean = false;
  // A string's content, a number's digits as they were written. Holds until the cursor moves on.
  std::string_view text;
  size_t written = 0;  // Numbers: how many bytes they take in the source.

  bool IsNumber() const { return kind == JsonKind::kInteger || kind == JsonKind::kFraction; }
};

// Reads a JSON text from front to back, without a tree. What returns a bool returns false where the
// text is malformed; the cursor is of no use from there on.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text, const JsonDialect& dialect = {})
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), dialect_(dialect) {}

  // Reads the value that comes next if it is a scalar. Of an array or object only the kind is told:
  // Elements or Fields must read it.
  bool Next(JsonToken& token);
  // Calls `each` where an element begins; it reads the element, and is false when that failed.
  template <typename Each>
  bool Elements(Each each);
  // Calls `each(name)` where the value of a field begins. The name holds until the cursor moves on.
  template <typename Each>
  bool Fields(Each each);
  // Reads a value of any kind, for its errors alone.
  bool Skip();
  // The same, and tells how the value is written.
  bool Skip(std::string_view& written);
  // True where nothing may follow and nothing does.
  bool AtEnd();
  // How many bytes were read.
  size_t offset() const { return static_cast<size_t>(at_ - begin_); }

  // From the next value on, what is read is also put at the end of `out`, as compact standard JSON:
  // until EndCopy. Runs that are compact already are copied as a whole.
  void BeginCopy(std::string& out);
  // How long `out` is with what was read so far.
  size_t copied() const { return copy_->size() + static_cast<size_t>(at_ - run_); }
  // Puts what was read into `out`.
  void FlushCopy() { CopyUntil(at_); }
  // Copies `text` in the place of the number that was just read.
  void CopyInstead(const JsonToken& number, std::string_view text);
  void EndCopy();
  // Whether a text that the cursor gave stands in the source: then it holds as long as that.
  bool InSource(std::string_view text) const {
    return text.data() >= begin_ && text.data() <= end_;
  }

 private:
  char Here() const { return at_ < end_ ? *at_ : '\0'; }
  bool Take(char c) { return at_ < end_ && *at_ == c ? (++at_, true) : false; }
  [[gnu::always_inline]] bool TakeAfterSpace(char c) {
    SkipSpace();
    return Take(c);
  }
  bool TakeWord(std::string_view word);
  bool Enter();
  void SkipSpace() {
    if (at_ < end_ && *at_ == ' ' && copy_ == nullptr) ++at_;  // Most have one.
    if (at_ == end_ || *at_ <= ' ' || *at_ == '/') SkipSpaceSlowly();
  }
  void SkipSpaceSlowly();
  void CopyUntil(const char* end);
  bool SkipComment();
  bool Name(std::string_view& name);
  bool String(std::string_view& text);
  bool EscapedString(std::string_view& text);
  bool Unescape(char quote);
  bool Escape();
  bool Unit(uint32_t& unit);
  bool Number(JsonToken& token);
  bool LeadingZeros(JsonToken& token, const char* whole);
  bool NoNumber(JsonToken& token, const char* start);

  const char* begin_;
  const char* at_;
  const char* end_;
  JsonDialect dialect_;
  int depth_ = 0;
  std::string* copy_ = nullptr;
  const char* run_ = nullptr;  // What was read from here on is not in *copy_ yet.
  std::string unescaped_;
};

// How many bytes at the front of `text` are neither a quote nor a backslash nor a control
// character: what stands in a JSON string as it is.
size_t PlainJsonBytes(std::string_view text);

template <typename Each>
bool JsonCursor::Elements(Each each) {
  if (!Enter()) return false;
  bool closed = TakeAfterSpace(']');
  while (!closed) {
    if (!each()) return false;
    closed = TakeAfterSpace(']');
    if (!closed && !Take(',')) return false;
  }
  --depth_;
  return true;
}

template <typename Each>
bool JsonCursor::Fields(Each each) {
  if (!Enter()) return false;
  bool closed = TakeAfterSpace('}');
  while (!closed) {
    std::string_view name;
    if (!Name(name) || !TakeAfterSpace(':') || !each(name)) return false;
    closed = TakeAfterSpace('}');
    if (!closed && !Take(',')) return false;
  }
  --depth_;
  return true;
}

}  // namespace lakesmith::functions
