#include "functions/json_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>
#include <utility>

#include "functions/cast_text.h"
#include "types/value.h"
#include "types/variant_text.h"

namespace lakesmith::functions {

void AppendJsonQuoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kMeaning = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  out += '"';
  while (true) {
    const size_t plain = PlainJsonBytes(text);
    out.append(text, 0, plain);
    if (plain == text.size()) break;
    const char c = text[plain];
    text.remove_prefix(plain + 1);
    if (const size_t place = kMeaning.find(c); place != std::string_view::npos) {
      out.append({'\\', kLetters[place]});
    } else {
      out.append({'\\', 'u', '0', '0', kHex[static_cast<size_t>(c) >> 4], kHex[c & 15]});
    }
  }
  out += '"';
}

std::string JsonQuoted(std::string_view text) {
  std::string out;
  AppendJsonQuoted(out, text);
  return out;
}

std::string JsonFraction(std::string_view digits) {
  const double number = TextToDouble(digits).value_or(std::nan(""));
  std::string text = types::DoubleText(number);
  return std::isfinite(number) ? text : JsonQuoted(text);
}

namespace {

// True for most numbers: whole ones of few digits.
bool IsCopiedAsWritten(const JsonToken& number) {
  constexpr size_t kFewDigits = 18;
  return number.kind == JsonKind::kInteger && number.written <= kFewDigits &&
         number.text.size() == number.written;
}

// The order of names by their bytes; most differ in the first one.
bool IsBefore(std::string_view a, std::string_view b) {
  if (!a.empty() && !b.empty() && a[0] != b[0])
    return static_cast<unsigned char>(a[0]) < static_cast<unsigned char>(b[0]);
  return a < b;
}

}  // namespace

bool JsonCopier::Copy(JsonCursor& cursor, std::string& out) {
  repeats_ = false;
  members_.clear();
  if (!names_.empty()) names_.clear();
  cursor.BeginCopy(out);
  const bool good = Value(cursor, out);
  cursor.EndCopy();
  return good;
}

bool JsonCopier::Value(JsonCursor& cursor, std::string& out) {
  JsonToken token;
  if (!cursor.Next(token)) return false;
  if (token.IsNumber() && !IsCopiedAsWritten(token)) Number(cursor, token);
  if (token.kind == JsonKind::kArray) return cursor.Elements([&] { return Value(cursor, out); });
  if (token.kind != JsonKind::kObject) return true;
  if (style_ != Style::kRewritten) return Sorted(cursor, out);
  return cursor.Fields([&](std::string_view) { return Value(cursor, out); });
}

// Numbers of other notations than those that are wanted.
void JsonCopier::Number(JsonCursor& cursor, const JsonToken& token) {
  if (style_ == Style::kRewritten && token.kind == JsonKind::kFraction) {
    cursor.CopyInstead(token, JsonFraction(token.text));
  } else if (style_ == Style::kShown && !types::IsPlainInVariant(token.text)) {
    number_.clear();
    types::AppendVariantNumber(token.text, number_);
    cursor.CopyInstead(token, number_);
  } else if (token.text.size() != token.written) {
    cursor.CopyInstead(token, token.text);
  }
}

bool JsonCopier::Sorted(JsonCursor& cursor, std::string& out) {
  const size_t first = members_.size();
  bool sorted = true;
  size_t begin = cursor.copied() + 1;
  const bool good = cursor.Fields([&](std::string_view name) {
    if (!cursor.InSource(name)) name = names_.emplace_back(name);
    sorted = sorted && (members_.size() == first || IsBefore(members_.back().name, name));
    const size_t mine = members_.size();
    members_.push_back({.name = name, .begin = begin});
    if (!Value(cursor, out)) return false;
    const size_t end = cursor.copied();
    members_[mine].end = end;
    begin = end + 1;
    return true;
  });
  if (good && !sorted) {
    cursor.FlushCopy();
    Sort(first, out);
  }
  members_.resize(first);
  return good;
}

// Puts the fields from `first` on, the last ones that were written, in order.
void JsonCopier::Sort(size_t first, std::string& out) {
  const std::span<Member> fields = std::span(members_).subspan(first);
  const size_t begin = fields.front().begin;
  std::ranges::sort(fields, IsBefore, &Member::name);
  const auto repeated = std::ranges::adjacent_find(fields, {}, &Member::name);
  repeats_ = repeats_ || repeated != fields.end();
  unsorted_.assign(out, begin);
  out.resize(begin);
  for (const Member& field : fields) {
    if (out.size() > begin) out += ',';
    out.append(unsorted_, field.begin - begin, field.end - field.begin);
  }
  out += '}';
}

}  // namespace lakesmith::functions
