#include <cstdint>
#include <string>
#include <string_view>

#include "sql/lexer.h"

namespace lakesmith::sql {

namespace {

void AppendUtf8(uint32_t code_point, std::string* text) {
  if (code_point < 0x80) {
    text->push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    text->push_back(static_cast<char>(0xC0 | code_point >> 6));
    text->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else if (code_point < 0x10000) {
    text->push_back(static_cast<char>(0xE0 | code_point >> 12));
    text->push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3F)));
    text->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else {
    text->push_back(static_cast<char>(0xF0 | (code_point >> 18 & 0x07)));
    text->push_back(static_cast<char>(0x80 | (code_point >> 12 & 0x3F)));
    text->push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3F)));
    text->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  }
}

// Reads `count` digits of the base at `position`; false when there are fewer.
bool ReadDigits(std::string_view text, size_t position, size_t count, uint32_t base,
                uint32_t* value) {
  if (position + count > text.size()) {
    return false;
  }
  *value = 0;
  for (const char c : text.substr(position, count)) {
    uint32_t digit = base;
    if (c >= '0' && c <= '9') {
      digit = static_cast<uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<uint32_t>(c - 'A' + 10);
    }
    if (digit >= base) {
      return false;
    }
    *value = *value * base + digit;
  }
  return true;
}

bool IsSurrogate(uint32_t code_point) { return code_point >= 0xD800 && code_point < 0xE000; }

// \uD83D\uDE00 is one character in two escapes.
bool ReadSurrogatePair(std::string_view text, size_t position, uint32_t high,
                       uint32_t* code_point) {
  uint32_t low = 0;
  if (high >= 0xDC00 || text.substr(position, 2) != "\\u" ||
      !ReadDigits(text, position + 2, 4, 16, &low) || low < 0xDC00 || low >= 0xE000) {
    return false;
  }
  *code_point = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
  return true;
}

// Appends what the escape after a backslash at `position` means; returns how many bytes it takes.
size_t AppendNumericEscape(std::string_view text, size_t position, std::string* value) {
  uint32_t code = 0;
  const char kind = text[position];
  if (kind == 'u' && ReadDigits(text, position + 1, 4, 16, &code)) {
    uint32_t pair = 0;
    if (IsSurrogate(code)) {
      if (ReadSurrogatePair(text, position + 5, code, &pair)) {
        AppendUtf8(pair, value);
        return 11;
      }
      code = '?';  // Half a pair is no character.
    }
    AppendUtf8(code, value);
    return 5;
  }
  if (kind == 'U' && ReadDigits(text, position + 1, 8, 16, &code) && code <= 0x10FFFF) {
    AppendUtf8(IsSurrogate(code) ? '?' : code, value);
    return 9;
  }
  if ((kind == '0' || kind == '1') && ReadDigits(text, position, 3, 8, &code)) {
    AppendUtf8(code, value);
    return 3;
  }
  return 0;
}

size_t AppendEscape(std::string_view text, size_t position, std::string* value) {
  if (const size_t length = AppendNumericEscape(text, position, value)) {
    return length;
  }
  switch (text[position]) {
    case '0':
      value->push_back('\0');
      break;
    case 'b':
      value->push_back('\b');
      break;
    case 'n':
      value->push_back('\n');
      break;
    case 'r':
      value->push_back('\r');
      break;
    case 't':
      value->push_back('\t');
      break;
    case 'Z':
      value->push_back('\x1A');
      break;
    case '%':
    case '_':
      value->push_back('\\');  // Patterns of LIKE keep their escapes.
      value->push_back(text[position]);
      break;
    default:
      value->push_back(text[position]);
  }
  return 1;
}

}  // namespace

std::string StringValue(std::string_view token_text, const ParseOptions& options) {
  if (token_text[0] == '$') {
    const size_t tag = token_text.find('$', 1) + 1;
    return std::string(token_text.substr(tag, token_text.size() - 2 * tag));
  }
  const bool raw = token_text[0] == 'r' || token_text[0] == 'R';
  if (raw) {
    token_text.remove_prefix(1);
  }
  const bool escapes = !raw && !options.escaped_string_literals;
  const char quote = token_text[0];
  const std::string_view inner = token_text.substr(1, token_text.size() - 2);
  std::string value;
  value.reserve(inner.size());
  for (size_t position = 0; position < inner.size(); ++position) {
    if (inner[position] == '\\' && escapes && position + 1 < inner.size()) {
      position += AppendEscape(inner, position + 1, &value);
    } else {
      value.push_back(inner[position]);
      position += inner[position] == quote ? 1 : 0;
    }
  }
  return value;
}

std::string QuotedNameValue(std::string_view token_text) {
  const char quote = token_text[0];
  std::string value;
  for (size_t position = 1; position + 1 < token_text.size(); ++position) {
    value.push_back(token_text[position]);
    position += token_text[position] == quote ? 1 : 0;
  }
  return value;
}

}  // namespace lakesmith::sql
