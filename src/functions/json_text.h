#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "functions/json_cursor.h"

namespace lakesmith::functions {

// A JSON string with its quotes.
std::string JsonQuoted(std::string_view text);
void AppendJsonQuoted(std::string& out, std::string_view text);
// A fraction as Spark's readers write it again: a double in Java's notation, quoted where it is no
// number.
std::string JsonFraction(std::string_view digits);

// Copies JSON values without the space between their parts. Keeps its memory from value to value.
class JsonCopier {
 public:
  enum class Style : uint8_t {
    kRewritten,  // As Spark's readers hand on parts of a text: fractions as doubles.
    kVariant,    // As variants are held: fields sorted by the bytes of their names.
    kShown,      // As variants are shown: the same with the numbers of types::VariantText.
  };
  explicit JsonCopier(Style style) : style_(style) {}

  // Reads the value that comes next and puts it at the end of `out`. False when it is malformed.
  bool Copy(JsonCursor& cursor, std::string& out);
  // Sorted styles: whether the last value had an object with two fields of the same name.
  bool has_repeats() const { return repeats_; }

 private:
  struct Member {
    std::string_view name;
    size_t begin = 0;  // Within the text that is written.
    size_t end = 0;
  };

  bool Value(JsonCursor& cursor, std::string& out);
  void Number(JsonCursor& cursor, const JsonToken& token);
  bool Sorted(JsonCursor& cursor, std::string& out);
  void Sort(size_t first, std::string& out);

  Style style_;
  bool repeats_ = false;
  std::vector<Member> members_;    // Of all objects around.
  std::deque<std::string> names_;  // Those that do not stand in the source.
  std::string unsorted_;
  std::string number_;
};

}  // namespace lakesmith::functions
