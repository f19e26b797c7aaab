#pragma once

#include <cstddef>
#include <string_view>

#include "sql/keyword_table.h"
#include "sql/token.h"

namespace lakesmith::sql {

// The keyword of a word in any case; 0 when it is none.
KeywordId FindKeyword(std::string_view word);

// Upper-case text of a keyword.
inline std::string_view KeywordText(KeywordId keyword) { return kKeywords[keyword]; }

// A keyword by its text, looked up by the compiler: an unknown word does not compile.
struct Keyword {
  KeywordId id;

  consteval Keyword(const char* text) : id(Find(text)) {}

 private:
  static consteval KeywordId Find(std::string_view text) {
    for (size_t low = 1, high = kKeywordCount; low < high;) {
      const size_t middle = (low + high) / 2;
      if (kKeywords[middle] == text) {
        return static_cast<KeywordId>(middle);
      }
      (kKeywords[middle] < text ? low : high) = kKeywords[middle] < text ? middle + 1 : middle;
    }
    throw "not in keyword_table.h";
  }
};

}  // namespace lakesmith::sql
