#include "functions/text.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/ascii.h"
#include "functions/error.h"

namespace lakesmith::functions {
namespace {

// Code points of UTF-8 text; wrong bytes become U+FFFD.
// Bytes of the character that begins with `lead`; 0 when none does.
size_t SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if ((lead & 0xf0) == 0xe0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

// Whether `next` may stand second after `lead`: overlong forms, surrogates and what lies beyond
// U+10FFFF are no characters.
bool MayFollow(unsigned char lead, unsigned char next) {
  const unsigned char lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned char highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  return next >= lowest && next <= highest;
}

std::u32string Decode(std::string_view bytes, bool* valid = nullptr) {
  std::u32string points;
  if (valid != nullptr) *valid = true;
  size_t at = 0;
  while (at < bytes.size()) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    const size_t length = SequenceLength(lead);
    char32_t point = length == 1 ? lead : lead & (0x7fU >> length);
    size_t read = 1;
    for (; read < length && at + read < bytes.size(); ++read) {
      const auto next = static_cast<unsigned char>(bytes[at + read]);
      if ((next & 0xc0) != 0x80 || (read == 1 && !MayFollow(lead, next))) break;
      point = point << 6 | (next & 0x3f);
    }
    if (length == 0 || read < length) {
      point = 0xfffd;
      if (valid != nullptr) *valid = false;
    }
    points += point;
    at += read;
  }
  return points;
}

void AppendUtf8(std::string& text, char32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xc0 | point >> 6);
    text += static_cast<char>(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    text += static_cast<char>(0xe0 | point >> 12);
    text += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    text += static_cast<char>(0xf0 | point >> 18);
    text += static_cast<char>(0x80 | (point >> 12 & 0x3f));
    text += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (point & 0x3f));
  }
}

std::string Encode(const std::u32string& points) {
  std::string text;
  for (const char32_t point : points) AppendUtf8(text, point);
  return text;
}

// Soundex codes of letters; other bytes part equal codes as vowels do.
constexpr std::array<char, 256> kSoundexCodes = [] {
  constexpr std::string_view kCodes = "01230127022455012623017202";
  std::array<char, 256> codes{};
  codes.fill('0');
  for (size_t i = 0; i < kCodes.size(); ++i) codes['A' + i] = codes['a' + i] = kCodes[i];
  return codes;
}();
bool IsAsciiLetter(char c) { return LowerByte(c) >= 'a' && LowerByte(c) <= 'z'; }
char SoundexCode(char c) { return kSoundexCodes[static_cast<unsigned char>(c)]; }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int lower = std::tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

enum class Charset : uint8_t { kUtf8, kAscii, kLatin1, kUtf16, kUtf16Big, kUtf16Little, kUtf32 };

Result<Charset> FindCharset(std::string_view name, std::string_view function) {
  std::string upper(name);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  if (upper == "UTF-8") return Charset::kUtf8;
  if (upper == "US-ASCII") return Charset::kAscii;
  if (upper == "ISO-8859-1") return Charset::kLatin1;
  if (upper == "UTF-16") return Charset::kUtf16;
  if (upper == "UTF-16BE") return Charset::kUtf16Big;
  if (upper == "UTF-16LE") return Charset::kUtf16Little;
  if (upper == "UTF-32") return Charset::kUtf32;
  return InvalidParameterValue(
      "CHARSET", function, "charset",
      fmt::format("expects one of the iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, "
                  "utf-32, utf-8, but got {}.",
                  name));
}

Error MalformedCoding(std::string_view function, std::string_view charset) {
  return Invalid("Invalid value found when performing `{}` with {}", function, charset)
      .WithClass("MALFORMED_CHARACTER_CODING", "22000");
}

void AppendUnit(std::string& bytes, uint32_t unit, int width, bool big) {
  for (int i = 0; i < width; ++i) {
    const int shift = 8 * (big ? width - 1 - i : i);
    bytes += static_cast<char>(unit >> shift);
  }
}

uint32_t ReadUnit(std::string_view bytes, size_t at, size_t width, bool big) {
  uint32_t unit = 0;
  for (size_t i = 0; i < width; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[at + (big ? i : width - 1 - i)]);
    unit = unit << 8 | byte;
  }
  return unit;
}

std::string EncodeUtf16(const std::u32string& points, bool big) {
  std::string bytes;
  for (const char32_t point : points) {
    if (point < 0x10000) {
      AppendUnit(bytes, point, 2, big);
    } else {
      AppendUnit(bytes, 0xd800 + ((point - 0x10000) >> 10), 2, big);
      AppendUnit(bytes, 0xdc00 + ((point - 0x10000) & 0x3ff), 2, big);
    }
  }
  return bytes;
}

std::optional<std::u32string> DecodeUtf16(std::string_view bytes, bool big) {
  if (bytes.size() % 2 != 0) return std::nullopt;
  std::u32string points;
  for (size_t at = 0; at < bytes.size(); at += 2) {
    const uint32_t unit = ReadUnit(bytes, at, 2, big);
    if (unit < 0xd800 || unit >= 0xe000) {
      points += static_cast<char32_t>(unit);
      continue;
    }
    if (unit >= 0xdc00 || at + 4 > bytes.size()) return std::nullopt;
    const uint32_t low = ReadUnit(bytes, at + 2, 2, big);
    if (low < 0xdc00 || low >= 0xe000) return std::nullopt;
    points += static_cast<char32_t>(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
    at += 2;
  }
  return points;
}

std::optional<std::u32string> DecodeSingleBytes(std::string_view bytes, unsigned most) {
  std::u32string points;
  for (const unsigned char byte : bytes) {
    if (byte > most) return std::nullopt;
    points += static_cast<char32_t>(byte);
  }
  return points;
}

std::optional<std::u32string> DecodeUtf32(std::string_view bytes) {
  if (bytes.size() % 4 != 0) return std::nullopt;
  std::u32string points;
  for (size_t at = 0; at < bytes.size(); at += 4) {
    const uint32_t point = ReadUnit(bytes, at, 4, true);
    if (point > 0x10ffff) return std::nullopt;
    points += static_cast<char32_t>(point);
  }
  return points;
}

}  // namespace

std::string Soundex(std::string_view text) {
  constexpr size_t kLength = 4;
  if (text.empty() || !IsAsciiLetter(text[0])) return std::string(text);
  char code[kLength] = {static_cast<char>(text[0] & ~0x20), '0', '0', '0'};
  size_t size = 1;
  char last = SoundexCode(text[0]);
  for (const char c : text.substr(1)) {
    const char next = SoundexCode(c);
    // 7 stands for H and W, which do not part equal codes.
    if (next == '7') continue;
    if (next != '0' && next != last) code[size++] = next;
    if (size == kLength) break;
    last = next;
  }
  return {code, kLength};
}

int32_t Levenshtein(std::string_view a, std::string_view b, int32_t threshold) {
  const std::u32string left = Decode(a);
  const std::u32string right = Decode(b);
  std::vector<int32_t> row(right.size() + 1);
  for (size_t j = 0; j <= right.size(); ++j) row[j] = static_cast<int32_t>(j);
  for (size_t i = 1; i <= left.size(); ++i) {
    int32_t diagonal = row[0];
    row[0] = static_cast<int32_t>(i);
    for (size_t j = 1; j <= right.size(); ++j) {
      const int32_t substituted = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back() > threshold ? -1 : row.back();
}

namespace {

bool IsWordCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) || byte >= 0x80 || c == '_';
}

// Whether the character at `at` joins the letters or digits around it to one word: it's, a-b, 1.5.
bool JoinsWord(std::string_view text, size_t at) {
  if (at == 0 || at + 1 == text.size()) return false;
  const auto before = static_cast<unsigned char>(text[at - 1]);
  const auto after = static_cast<unsigned char>(text[at + 1]);
  const bool digits = std::isdigit(before) && std::isdigit(after);
  const bool letters = IsWordCharacter(text[at - 1]) && IsWordCharacter(text[at + 1]) &&
                       !std::isdigit(before) && !std::isdigit(after);
  if (text[at] == '.') return digits || letters;
  if (text[at] == ',') return digits;
  return letters && (text[at] == '\'' || text[at] == '-');
}

// Whether a sentence ends with the mark at `at`: a point does so where no small letter follows.
bool EndsSentence(std::string_view text, size_t at) {
  if (text[at] == '!' || text[at] == '?') return true;
  if (text[at] != '.') return false;
  const size_t next = text.find_first_not_of(' ', at + 1);
  return next == std::string_view::npos || (next > at + 1 && !std::islower(text[next]));
}

}  // namespace

std::vector<std::vector<std::string>> Sentences(std::string_view text) {
  std::vector<std::vector<std::string>> sentences;
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, ""));
  };
  const auto end_sentence = [&] {
    end_word();
    if (!words.empty()) sentences.push_back(std::exchange(words, {}));
  };
  for (size_t at = 0; at < text.size(); ++at) {
    const bool percent = text[at] == '%' && at > 0 && std::isdigit(text[at - 1]);
    if (IsWordCharacter(text[at]) || percent || (!word.empty() && JoinsWord(text, at))) {
      word += text[at];
    } else if (EndsSentence(text, at)) {
      end_sentence();
    } else {
      end_word();
    }
  }
  end_sentence();
  return sentences;
}

std::string InitcapAscii(std::string_view text) {
  std::string words(text);
  char before = ' ';
  for (char& c : words) {
    c = LowerByte(c);
    if (before == ' ' && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    before = c;
  }
  return words;
}

std::string_view SubstringIndex(std::string_view text, std::string_view delimiter, int32_t count) {
  if (delimiter.empty() || count == 0) return {};
  size_t at = 0;
  for (int64_t left = count; left > 0; --left) {
    at = text.find(delimiter, left == count ? 0 : at + 1);
    if (at == std::string_view::npos) return text;
  }
  if (count > 0) return text.substr(0, at);
  at = text.size() + 1;
  for (int64_t left = count; left < 0; ++left) {
    if (at == 0) return text;
    at = text.rfind(delimiter, at - 1);
    if (at == std::string_view::npos) return text;
  }
  return text.substr(at + delimiter.size());
}

CommaList::CommaList(std::string_view list) {
  for (size_t comma = list.find(','); comma != std::string_view::npos; comma = list.find(',')) {
    parts_.push_back(list.substr(0, comma));
    list.remove_prefix(comma + 1);
  }
  parts_.push_back(list);
}

int32_t CommaList::Find(std::string_view text) const {
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i] == text) return static_cast<int32_t>(i) + 1;
  }
  return 0;
}

int32_t Instr(std::string_view text, std::string_view part, int32_t start, int32_t occurrence) {
  if (start == 0 || occurrence < 1) return 0;
  std::vector<size_t> characters;  // Where each begins.
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) characters.push_back(i);
  }
  const auto count = static_cast<int64_t>(characters.size());
  const int step = start > 0 ? 1 : -1;
  for (int64_t at = start > 0 ? start - 1 : count + start; at >= 0 && at < count; at += step) {
    if (!text.substr(characters[static_cast<size_t>(at)]).starts_with(part)) continue;
    if (--occurrence == 0) return static_cast<int32_t>(at) + 1;
  }
  return 0;
}

std::optional<std::string> Unhex(std::string_view text) {
  std::string bytes;
  size_t at = 0;
  if (text.size() % 2 != 0) {
    const int digit = HexDigit(text[at++]);
    if (digit < 0) return std::nullopt;
    bytes += static_cast<char>(digit);
  }
  for (; at < text.size(); at += 2) {
    const int high = HexDigit(text[at]);
    const int low = HexDigit(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

bool IsValidUtf8(std::string_view bytes) {
  bool valid = true;
  Decode(bytes, &valid);
  return valid;
}

std::string MakeValidUtf8(std::string_view bytes) { return Encode(Decode(bytes)); }

Result<std::string> EncodeCharset(std::string_view text, std::string_view charset) {
  const Charset target = TRY(FindCharset(charset, "encode"));
  const std::u32string points = Decode(text);
  std::string bytes;
  switch (target) {
    case Charset::kUtf8:
      return Encode(points);
    case Charset::kUtf16:
      // Java writes the mark of the byte order before the first character, not before none.
      return points.empty() ? "" : "\xfe\xff" + EncodeUtf16(points, true);
    case Charset::kUtf16Big:
    case Charset::kUtf16Little:
      return EncodeUtf16(points, target == Charset::kUtf16Big);
    case Charset::kUtf32:
      for (const char32_t point : points) AppendUnit(bytes, point, 4, true);
      return bytes;
    case Charset::kAscii:
    case Charset::kLatin1:
      for (const char32_t point : points) {
        if (point > (target == Charset::kAscii ? 0x7fU : 0xffU))
          return MalformedCoding("encode", charset);
        bytes += static_cast<char>(point);
      }
      return bytes;
  }
  return bytes;
}

Result<std::string> DecodeCharset(std::string_view bytes, std::string_view charset) {
  const Charset source = TRY(FindCharset(charset, "decode"));
  std::optional<std::u32string> points;
  bool valid = true;
  switch (source) {
    case Charset::kUtf8:
      points = Decode(bytes, &valid);
      if (!valid) points.reset();
      break;
    case Charset::kAscii:
      points = DecodeSingleBytes(bytes, 0x7f);
      break;
    case Charset::kLatin1:
      points = DecodeSingleBytes(bytes, 0xff);
      break;
    case Charset::kUtf16: {
      const bool little = bytes.starts_with("\xff\xfe");
      const bool marked = little || bytes.starts_with("\xfe\xff");
      points = DecodeUtf16(bytes.substr(marked ? 2 : 0), !little);
      break;
    }
    case Charset::kUtf16Big:
    case Charset::kUtf16Little:
      points = DecodeUtf16(bytes, source == Charset::kUtf16Big);
      break;
    case Charset::kUtf32:
      points = DecodeUtf32(bytes);
      break;
  }
  if (!points) return MalformedCoding("decode", charset);
  return Encode(*points);
}

}  // namespace lakesmith::functions
