#include <algorithm>
#include <array>
#include <cctype>

#include "functions/text.h"

namespace lakesmith::functions {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr uint8_t kNoBase64 = 0xff;
constexpr std::array<uint8_t, 256> kBase64Values = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kNoBase64);
  for (size_t i = 0; i < kBase64.size(); ++i)
    values[static_cast<unsigned char>(kBase64[i])] = static_cast<uint8_t>(i);
  return values;
}();

bool IsBase64(char c) { return kBase64Values[static_cast<unsigned char>(c)] != kNoBase64; }

// Writes bytes in Base64; where the text ends.
char* WriteBase64(std::string_view bytes, char* out) {
  constexpr size_t kUnit = 3;
  const auto byte = [bytes](size_t at) -> uint32_t {
    return static_cast<unsigned char>(bytes[at]);
  };
  const auto write = [&out](uint32_t group) {
    for (const int shift : {18, 12, 6, 0}) *out++ = kBase64[group >> shift & 63];
  };
  size_t at = 0;
  for (; at + kUnit <= bytes.size(); at += kUnit)
    write(byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2));
  const size_t rest = bytes.size() - at;
  if (rest == 0) return out;
  write(byte(at) << 16 | (rest > 1 ? byte(at + 1) << 8 : 0));
  std::fill(out - (kUnit - rest), out, '=');
  return out;
}

// Decodes the units of four letters that `text` begins with; the number of their letters.
size_t DecodeUnits(std::string_view text, std::string& bytes) {
  const auto value = [text](size_t at) -> uint32_t {
    return kBase64Values[static_cast<unsigned char>(text[at])];
  };
  size_t at = 0;
  for (; at + 4 <= text.size(); at += 4) {
    const uint32_t values[] = {value(at), value(at + 1), value(at + 2), value(at + 3)};
    if (((values[0] | values[1] | values[2] | values[3]) & 0x80) != 0) break;
    const uint32_t group = values[0] << 18 | values[1] << 12 | values[2] << 6 | values[3];
    const char unit[] = {static_cast<char>(group >> 16), static_cast<char>(group >> 8),
                         static_cast<char>(group)};
    bytes.append(unit, sizeof(unit));
  }
  return at;
}

// Appends the low `width` bytes of a group, the highest first.
void AppendBytes(std::string& bytes, uint32_t group, int width) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
    bytes += static_cast<char>(group >> shift);
}

}  // namespace

std::string Base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  WriteBase64(bytes, text.data());
  return text;
}

size_t Base64Lines::size() const {
  const size_t letters = (bytes_.size() + 2) / 3 * 4;
  return letters == 0 ? 0 : letters + (letters - 1) / kLine * kEnd.size();
}

void Base64Lines::Write(char* out) const {
  constexpr size_t kBytesOfLine = kLine / 4 * 3;
  for (size_t at = 0; at < bytes_.size(); at += kBytesOfLine) {
    if (at > 0) out = std::ranges::copy(kEnd, out).out;
    out = WriteBase64(bytes_.substr(at, kBytesOfLine), out);
  }
}

Result<std::string> Unbase64Lines(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 3);
  uint32_t group = 0;
  size_t digits = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (digits % 4 == 0) at += DecodeUnits(text.substr(at), bytes);
    if (at == text.size()) break;
    if (text[at] == '=') {
      const bool pair = digits % 4 == 2 && at + 1 < text.size() && text[at + 1] == '=';
      if (digits % 4 != 3 && !pair) return Invalid("Input byte array has wrong 4-byte ending unit");
      const auto letter = std::ranges::find_if(text.substr(at), IsBase64);
      if (letter == text.end()) break;
      return Invalid("Input byte array has incorrect ending byte at {}", letter - text.begin() + 1);
    }
    const uint8_t value = kBase64Values[static_cast<unsigned char>(text[at])];
    if (value == kNoBase64) continue;
    group = group << 6 | value;
    if (++digits % 4 == 0) AppendBytes(bytes, group, 3);
  }
  if (digits % 4 == 1) return Invalid("Last unit does not have enough valid bits");
  if (digits % 4 == 2) bytes += static_cast<char>(group >> 4);
  if (digits % 4 == 3) AppendBytes(bytes, group >> 2, 2);
  return bytes;
}

Result<std::string> Unbase64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 3);
  uint32_t group = 0;
  size_t digits = 0;
  size_t padding = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (digits % 4 == 0 && padding == 0) at += DecodeUnits(text.substr(at), bytes);
    if (at == text.size()) break;
    const char c = text[at];
    const uint8_t value = kBase64Values[static_cast<unsigned char>(c)];
    if (value == kNoBase64 && c == '=') {
      ++padding;
      continue;
    }
    if (value == kNoBase64 && std::isspace(static_cast<unsigned char>(c))) continue;
    if (value == kNoBase64 || padding > 0) {
      return Invalid(
                 "The value '{}' (\"STRING\") cannot be converted to \"BINARY\" because it is "
                 "malformed.",
                 text)
          .WithClass("CONVERSION_INVALID_INPUT", "22018");
    }
    group = group << 6 | value;
    if (++digits % 4 == 0) AppendBytes(bytes, group, 3);
  }
  if (digits % 4 == 2) bytes += static_cast<char>(group >> 4);
  if (digits % 4 == 3) AppendBytes(bytes, group >> 2, 2);
  if (digits % 4 == 1) {
    return Invalid(
               "The value '{}' (\"STRING\") cannot be converted to \"BINARY\" because it is "
               "malformed.",
               text)
        .WithClass("CONVERSION_INVALID_INPUT", "22018");
  }
  return bytes;
}

}  // namespace lakesmith::functions
