#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lakesmith::app {

enum class Style { kBold, kDim, kRed, kGreen, kYellow, kBlue, kCyan };

// Where text goes: a terminal, which shows colours and lets lines be redrawn, or a pipe or file,
// which gets plain text.
class Terminal {
 public:
  static const Terminal& Out();    // Standard output.
  static const Terminal& Error();  // Standard error.
  // For tests: plain text of that width.
  static Terminal Plain(int width);

  // True when a person looks at it.
  bool interactive() const { return interactive_; }
  // Terminal columns; asked anew each time, because windows change. 80 in a pipe.
  int Width() const;
  // `text` with the style, or as it is where colours are unwanted (NO_COLOR, TERM=dumb, a pipe).
  std::string Styled(std::string_view text, Style style) const;

 private:
  Terminal(int descriptor, bool interactive, bool colored)
      : descriptor_(descriptor), interactive_(interactive), colored_(colored) {}
  static Terminal Of(int descriptor);

  int descriptor_;
  bool interactive_;
  bool colored_;
  int fixed_width_ = 0;
};

// Columns that the text takes on a terminal: wide East Asian characters and emoji take two,
// combining ones none.
int DisplayWidth(std::string_view text);

// The longest beginning of `text` that fits into `width` columns, with "…" at its end when
// something was cut.
std::string CutToWidth(std::string_view text, int width);

// "1,234,567".
std::string CountText(int64_t count);
// "512 B", "1.4 MB": powers of 1000, two or three digits.
std::string SizeText(int64_t bytes);
// "4 ms", "0.31 s", "12.3 s", "2m 05s", "1h 02m".
std::string DurationText(int64_t microseconds);
// "1 file", "3 files".
std::string Plural(int64_t count, std::string_view noun);

}  // namespace lakesmith::app
