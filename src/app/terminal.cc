#include "app/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace lakesmith::app {
namespace {

std::string_view StyleCode(Style style) {
  switch (style) {
    case Style::kBold:
      return "1";
    case Style::kDim:
      return "2";
    case Style::kRed:
      return "31";
    case Style::kGreen:
      return "32";
    case Style::kYellow:
      return "33";
    case Style::kBlue:
      return "34";
    case Style::kCyan:
      return "36";
  }
  return "0";
}

// Decodes one UTF-8 character at `position` and moves past it; a malformed byte is taken as one
// character.
char32_t NextCharacter(std::string_view text, size_t& position) {
  const auto lead = static_cast<unsigned char>(text[position++]);
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (more == 0) return lead;
  char32_t character = lead & (0x3F >> more);
  for (int index = 0; index < more && position < text.size(); ++index) {
    const auto byte = static_cast<unsigned char>(text[position]);
    if ((byte & 0xC0) != 0x80) break;
    character = character << 6 | (byte & 0x3F);
    ++position;
  }
  return character;
}

// Columns of one character. Source: Unicode Standard Annex 11, the ranges that terminals agree on.
int CharacterWidth(char32_t character) {
  struct Range {
    char32_t first;
    char32_t last;
  };
  static constexpr std::array<Range, 8> kZero = {{{0x0300, 0x036F},
                                                  {0x0483, 0x0489},
                                                  {0x0591, 0x05BD},
                                                  {0x064B, 0x065F},
                                                  {0x200B, 0x200F},
                                                  {0x20D0, 0x20FF},
                                                  {0xFE00, 0xFE0F},
                                                  {0xFE20, 0xFE2F}}};
  static constexpr std::array<Range, 10> kWide = {{{0x1100, 0x115F},
                                                   {0x2E80, 0x303E},
                                                   {0x3041, 0xA4CF},
                                                   {0xAC00, 0xD7A3},
                                                   {0xF900, 0xFAFF},
                                                   {0xFE30, 0xFE6F},
                                                   {0xFF00, 0xFF60},
                                                   {0xFFE0, 0xFFE6},
                                                   {0x1F300, 0x1FAFF},
                                                   {0x20000, 0x3FFFD}}};
  if (character < 0x0300) return 1;
  for (const Range& range : kZero) {
    if (character >= range.first && character <= range.last) return 0;
  }
  for (const Range& range : kWide) {
    if (character >= range.first && character <= range.last) return 2;
  }
  return 1;
}

}  // namespace

Terminal Terminal::Of(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* type = std::getenv("TERM");
  const bool dumb = type == nullptr || std::string_view(type) == "dumb";
  const bool interactive = isatty(descriptor) == 1 && !dumb;
  const bool unwanted = no_color != nullptr && *no_color != '\0';
  return {descriptor, interactive, interactive && !unwanted};
}

const Terminal& Terminal::Out() {
  static const Terminal kOut = Of(STDOUT_FILENO);
  return kOut;
}

const Terminal& Terminal::Error() {
  static const Terminal kError = Of(STDERR_FILENO);
  return kError;
}

Terminal Terminal::Plain(int width) {
  Terminal terminal(-1, false, false);
  terminal.fixed_width_ = width;
  return terminal;
}

int Terminal::Width() const {
  constexpr int kDefaultWidth = 80;
  if (fixed_width_ > 0) return fixed_width_;
  winsize size{};
  if (!interactive_ || ioctl(descriptor_, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return kDefaultWidth;
  return size.ws_col;
}

std::string Terminal::Styled(std::string_view text, Style style) const {
  if (!colored_) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", StyleCode(style), text);
}

int DisplayWidth(std::string_view text) {
  int width = 0;
  for (size_t position = 0; position < text.size();) {
    width += CharacterWidth(NextCharacter(text, position));
  }
  return width;
}

std::string CutToWidth(std::string_view text, int width) {
  int used = 0;
  size_t fits = 0;  // Bytes that leave a column for the mark.
  for (size_t position = 0; position < text.size();) {
    used += CharacterWidth(NextCharacter(text, position));
    if (used <= width - 1) fits = position;
    if (used > width) return fmt::format("{}…", text.substr(0, fits));
  }
  return std::string(text);
}

std::string CountText(int64_t count) {
  std::string text = std::to_string(count);
  const size_t first = count < 0 ? 1 : 0;
  for (size_t position = text.size(); position > first + 3;) {
    position -= 3;
    text.insert(position, 1, ',');
  }
  return text;
}

std::string SizeText(int64_t bytes) {
  static constexpr std::array<std::string_view, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  if (unit == 0 || value >= 99.95) return fmt::format("{:.0f} {}", value, kUnits[unit]);
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string DurationText(int64_t microseconds) {
  const double seconds = static_cast<double>(microseconds) / 1e6;
  if (seconds < 0.0995) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 9.995) return fmt::format("{:.2f} s", seconds);
  if (seconds < 99.95) return fmt::format("{:.1f} s", seconds);
  const int64_t whole = microseconds / 1000000;
  if (whole < 3600) return fmt::format("{}m {:02}s", whole / 60, whole % 60);
  return fmt::format("{}h {:02}m", whole / 3600, whole % 3600 / 60);
}

std::string Plural(int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", CountText(count), noun, count == 1 ? "" : "s");
}

}  // namespace lakesmith::app
