#include "functions/json_cursor.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/ascii.h"
#include "functions/json_text.h"

namespace lakesmith::functions {
namespace {

// Values nested deeper are malformed, as Spark's parser has it: reading them would exhaust the
// stack.
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

constexpr uint64_t kOnes = 0x0101010101010101;
constexpr uint64_t kHighBits = 0x8080808080808080;

const char* DigitsEnd(const char* at, const char* end) {
  while (at < end && IsDigit(*at)) ++at;
  return at;
}

// The high bit of a byte that is zero; bits above the lowest of them may be wrong.
constexpr uint64_t ZeroBytes(uint64_t word) { return (word - kOnes) & ~word; }

// Where the plain bytes of a string end: see PlainJsonBytes.
inline const char* PlainEnd(const char* at, const char* end) {
  for (; end - at >= 8; at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, at, 8);
    const uint64_t found = (((word - kOnes * ' ') & ~word) | ZeroBytes(word ^ (kOnes * '"')) |
                            ZeroBytes(word ^ (kOnes * '\\'))) &
                           kHighBits;
    if (found != 0) return at + __builtin_ctzll(found) / 8;
  }
  while (at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= ' ') ++at;
  return at;
}

}  // namespace

size_t PlainJsonBytes(std::string_view text) {
  return static_cast<size_t>(PlainEnd(text.data(), text.data() + text.size()) - text.data());
}

inline bool JsonCursor::String(std::string_view& text) {
  const char* const start = at_ + 1;
  if (*at_ == '"') {
    const char* const end = PlainEnd(start, end_);
    if (end < end_ && *end == '"') {
      at_ = end + 1;
      text = {start, static_cast<size_t>(end - start)};
      return true;
    }
  }
  return EscapedString(text);
}

bool JsonCursor::Next(JsonToken& token) {
  SkipSpace();
  token.text = {};
  switch (Here()) {
    case '{':
      token.kind = JsonKind::kObject;
      return true;
    case '[':
      token.kind = JsonKind::kArray;
      return true;
    case '"':
      token.kind = JsonKind::kString;
      return String(token.text);
    case '\'':
      token.kind = JsonKind::kString;
      return dialect_.single_quotes && String(token.text);
    case 't':
      token.kind = JsonKind::kBoolean;
      token.boolean = true;
      return TakeWord("true");
    case 'f':
      token.kind = JsonKind::kBoolean;
      token.boolean = false;
      return TakeWord("false");
    case 'n':
      token.kind = JsonKind::kNull;
      return TakeWord("null");
    default:
      return Number(token);
  }
}

bool JsonCursor::Skip() {
  JsonToken token;
  if (!Next(token)) return false;
  if (token.kind == JsonKind::kArray) return Elements([this] { return Skip(); });
  if (token.kind == JsonKind::kObject) return Fields([this](std::string_view) { return Skip(); });
  return true;
}

bool JsonCursor::Skip(std::string_view& written) {
  SkipSpace();
  const char* const start = at_;
  const bool good = Skip();
  written = {start, static_cast<size_t>(at_ - start)};
  return good;
}

bool JsonCursor::AtEnd() {
  if (dialect_.ignores_rest) return true;
  SkipSpace();
  return at_ == end_;
}

bool JsonCursor::TakeWord(std::string_view word) {
  if (!std::string_view(at_, static_cast<size_t>(end_ - at_)).starts_with(word)) return false;
  at_ += word.size();
  return !IsNameLetter(Here());
}

// Into an array or object, at whose bracket the cursor stands.
bool JsonCursor::Enter() {
  ++at_;
  return ++depth_ <= kMaxDepth;
}

void JsonCursor::SkipSpaceSlowly() {
  const char* const start = at_;
  while (at_ < end_) {
    const char c = *at_;
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c != '/' || !dialect_.comments || !SkipComment()) {
      break;
    }
  }
  if (copy_ != nullptr && at_ > start) CopyUntil(start);
}

void JsonCursor::BeginCopy(std::string& out) {
  SkipSpace();
  copy_ = &out;
  run_ = at_;
}

// What was read behind `end` is not copied.
void JsonCursor::CopyUntil(const char* end) {
  copy_->append(run_, static_cast<size_t>(end - run_));
  run_ = at_;
}

void JsonCursor::CopyInstead(const JsonToken& number, std::string_view text) {
  CopyUntil(at_ - number.written);
  copy_->append(text);
}

void JsonCursor::EndCopy() {
  FlushCopy();
  copy_ = nullptr;
}

bool JsonCursor::SkipComment() {
  const std::string_view rest(at_, static_cast<size_t>(end_ - at_));
  const bool line = rest.starts_with("//");
  if (!line && !rest.starts_with("/*")) return false;
  const size_t found = rest.find(line ? "\n" : "*/", 2);
  if (found == std::string_view::npos && !line) return false;
  at_ += line ? std::min(found, rest.size() - 1) + 1 : found + 2;
  return true;
}

bool JsonCursor::Name(std::string_view& name) {
  SkipSpace();
  if (Here() == '"' || (Here() == '\'' && dialect_.single_quotes)) return String(name);
  if (!dialect_.unquoted_names || IsDigit(Here())) return false;
  const char* const start = at_;
  while (IsNameLetter(Here())) ++at_;
  name = {start, static_cast<size_t>(at_ - start)};
  if (copy_ != nullptr) {
    CopyUntil(start);
    AppendJsonQuoted(*copy_, name);
  }
  return at_ > start;
}

// A string in single quotes, or with escapes or control characters.
bool JsonCursor::EscapedString(std::string_view& text) {
  const char* const start = at_;
  unescaped_.clear();
  const bool good = Unescape(*at_++);
  text = unescaped_;
  if (copy_ != nullptr) {
    CopyUntil(start);
    AppendJsonQuoted(*copy_, text);
  }
  return good;
}

bool JsonCursor::Unescape(char quote) {
  while (at_ < end_) {
    const char* const plain = at_;
    at_ = PlainEnd(at_, end_);
    if (quote == '\'') at_ = std::find(plain, at_, quote);
    unescaped_.append(plain, static_cast<size_t>(at_ - plain));
    if (at_ == end_) return false;
    const char c = *at_++;
    if (c == quote) return true;
    if (c == '\\') {
      if (!Escape()) return false;
    } else if (c == '"' || dialect_.control_characters) {
      unescaped_ += c;
    } else {
      return false;
    }
  }
  return false;
}

bool JsonCursor::Escape() {
  if (at_ >= end_) return false;
  const char c = *at_++;
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
  if (const size_t place = kLetters.find(c); place != std::string_view::npos) {
    unescaped_ += kMeaning[place];
    return true;
  }
  if (c != 'u') {
    unescaped_ += c;
    return dialect_.escapes_any || (c == '\'' && dialect_.single_quotes);
  }
  uint32_t point = 0;
  if (!Unit(point)) return false;
  const bool high = point >= 0xd800 && point < 0xdc00;
  if (high && end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u') {
    at_ += 2;
    uint32_t low = 0;
    if (!Unit(low)) return false;
    if (low < 0xdc00 || low >= 0xe000) return false;
    point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
  } else if (point >= 0xd800 && point < 0xe000) {
    point = '?';  // Half a pair, as Java writes it.
  }
  AppendCodePoint(unescaped_, point);
  return true;
}

bool JsonCursor::Unit(uint32_t& unit) {
  if (end_ - at_ < 4) return false;
  const char* const digits = at_;
  at_ += 4;
  const auto [end, error] = std::from_chars(digits, at_, unit, 16);
  return error == std::errc() && end == at_;
}

bool JsonCursor::Number(JsonToken& token) {
  const char* const start = at_;
  Take('-');
  const char* const whole = at_;
  at_ = DigitsEnd(at_, end_);
  if (at_ == whole) return NoNumber(token, start);
  token.kind = JsonKind::kInteger;
  if (Here() == '.') {
    token.kind = JsonKind::kFraction;
    const char* const fraction = ++at_;
    at_ = DigitsEnd(at_, end_);
    if (at_ == fraction) return false;
  }
  if (Here() == 'e' || Here() == 'E') {
    token.kind = JsonKind::kFraction;
    ++at_;
    if (!Take('+')) Take('-');
    const char* const exponent = at_;
    at_ = DigitsEnd(at_, end_);
    if (at_ == exponent) return false;
  }
  // Outside arrays and objects nothing shows where a number ends but space.
  if (depth_ == 0 && at_ < end_ && std::string_view(" \t\r\n").find(*at_) == std::string_view::npos)
    return false;
  token.written = static_cast<size_t>(at_ - start);
  token.text = {start, token.written};
  return *whole != '0' || token.written == 1 || LeadingZeros(token, whole);
}

// Takes away zeros that say nothing from a number that begins with one; -0 is 0.
bool JsonCursor::LeadingZeros(JsonToken& token, const char* whole) {
  const char* digits = whole;
  while (at_ - digits > 1 && *digits == '0' && IsDigit(digits[1])) ++digits;
  if (digits != whole && !dialect_.leading_zeros) return false;
  const bool negative = token.text.starts_with('-');
  token.text = {digits, static_cast<size_t>(at_ - digits)};
  if (negative && token.text != "0") token.text = unescaped_.assign("-").append(token.text);
  return true;
}

// NaN and the infinities, of which a reader makes floating numbers.
bool JsonCursor::NoNumber(JsonToken& token, const char* start) {
  if (!dialect_.non_numbers) return false;
  at_ = start;
  const bool sign = Take('+') || Take('-');
  const bool good = (!sign && Here() == 'N')                           ? TakeWord("NaN")
                    : Here() == 'I' && end_ - at_ > 3 && at_[2] == 'f' ? TakeWord("Infinity")
                                                                       : sign && TakeWord("INF");
  token.kind = JsonKind::kFraction;
  token.written = static_cast<size_t>(at_ - start);
  token.text = {start, token.written};
  return good;
}

}  // namespace lakesmith::functions
