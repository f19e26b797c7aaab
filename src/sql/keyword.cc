#include "sql/keyword.h"

#include <array>
#include <cstdint>

namespace lakesmith::sql {

namespace {

constexpr size_t kLongestKeyword = 24;
constexpr size_t kSlotCount = 4096;  // A power of two, several times the number of keywords.

constexpr uint32_t Hash(std::string_view upper) {
  uint32_t hash = 2166136261U;
  for (const char c : upper) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  return hash;
}

// Open addressing: slot -> keyword.
using Slots = std::array<KeywordId, kSlotCount>;

Slots BuildSlots() {
  Slots slots{};
  for (size_t keyword = 1; keyword < kKeywordCount; ++keyword) {
    size_t slot = Hash(kKeywords[keyword]) % kSlotCount;
    while (slots[slot] != 0) {
      slot = (slot + 1) % kSlotCount;
    }
    slots[slot] = static_cast<KeywordId>(keyword);
  }
  return slots;
}

}  // namespace

KeywordId FindKeyword(std::string_view word) {
  static const Slots kSlots = BuildSlots();
  if (word.size() > kLongestKeyword) {
    return 0;
  }
  std::array<char, kLongestKeyword> buffer;
  for (size_t i = 0; i < word.size(); ++i) {
    buffer[i] = word[i] >= 'a' && word[i] <= 'z' ? static_cast<char>(word[i] - 'a' + 'A') : word[i];
  }
  const std::string_view upper(buffer.data(), word.size());
  size_t slot = Hash(upper) % kSlotCount;
  while (kSlots[slot] != 0) {
    if (kKeywords[kSlots[slot]] == upper) {
      return kSlots[slot];
    }
    slot = (slot + 1) % kSlotCount;
  }
  return 0;
}

}  // namespace lakesmith::sql
