#include <cstdint>

#include "delta/z85_internal.h"

namespace lakesmith::delta {
namespace {

constexpr std::string_view kAlphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

}  // namespace

std::string Z85Encode(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 4) {
    uint32_t word = 0;
    for (size_t k = 0; k < 4; ++k) {
      word = word << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    char digits[5];
    for (int k = 4; k >= 0; --k) {
      digits[k] = kAlphabet[word % 85];
      word /= 85;
    }
    text.append(digits, 5);
  }
  return text;
}

Result<std::string> Z85Decode(std::string_view text) {
  if (text.size() % 5 != 0)
    return Corrupt("Z85 text of {} characters; it must be a multiple of 5", text.size());
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 5) {
    uint64_t word = 0;
    for (size_t k = 0; k < 5; ++k) {
      const size_t digit = kAlphabet.find(text[i + k]);
      if (digit == std::string_view::npos)
        return Corrupt("Z85 text has a character outside its alphabet");
      word = word * 85 + digit;
    }
    if (word > UINT32_MAX) return Corrupt("Z85 text has a group that is too large");
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes.push_back(static_cast<char>(word >> shift & 0xFF));
  }
  return bytes;
}

}  // namespace lakesmith::delta
