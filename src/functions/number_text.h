#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
#include "types/value.h"

namespace lakesmith::functions {

// format_number(x, decimals): groups of three, half even. CHECKs decimals >= 0.
std::string FormatNumber(double value, int decimals);
std::string FormatNumber(const types::DecimalValue& value, int decimals);
// format_number(x, pattern): Java's DecimalFormat, e.g. "##################.###" or "#,##0.00%".
// Errors: kInvalid for a pattern that is none.
Result<std::string> FormatNumberPattern(const types::DecimalValue& value, std::string_view pattern);
// A finite double as the decimal of its shortest text.
types::DecimalValue ShortestDecimal(double value);

// A format of Java's Formatter: %s %S %d %x %X %o %f %e %E %g %c %b %n %% with flags, width,
// precision and `%1$s`. Immutable. Errors: kInvalid with Java's exception name in the message.
class StringFormat {
 public:
  static Result<StringFormat> Compile(std::string_view format);

  // The text with these arguments, whose types stand beside them.
  Result<std::string> Format(std::span<const types::Value> arguments,
                             std::span<const types::DataType> types) const;

  // One %[index$][flags][width][.precision]conversion.
  struct Specifier {
    static constexpr size_t kNext = static_cast<size_t>(-1);

    std::string before;  // What stands between the one before and this.
    size_t argument = kNext;
    std::string flags;
    int width = 0;
    int precision = -1;
    char conversion = 0;  // A small letter.
    bool upper = false;   // The conversion was a capital.

    bool Has(char flag) const { return flags.find(flag) != std::string::npos; }
    // Whether the argument's own text is put there.
    bool IsPlain() const { return flags.empty() && width == 0 && precision < 0 && !upper; }
  };
  const std::vector<Specifier>& specifiers() const { return specifiers_; }
  // What stands after the last specifier.
  const std::string& rest() const { return rest_; }

 private:
  std::vector<Specifier> specifiers_;
  std::string rest_;
};

// A format of to_number and to_char: 9 0 . D , G $ S MI PR.
class NumberFormat {
 public:
  // Errors: INVALID_FORMAT.*.
  static Result<NumberFormat> Compile(std::string_view format);

  int precision() const { return integer_digits_ + fraction_digits_; }
  int scale() const { return fraction_digits_; }
  // The unscaled number at `scale()`; nullopt when the text does not fit the format. Blanks do not
  // count.
  std::optional<types::Int128> Parse(std::string_view text) const;
  // The text, of '#' for each digit when the number is too big.
  std::string Format(const types::DecimalValue& value) const;
  const std::string& text() const { return text_; }

 private:
  enum class Sign : uint8_t { kNone, kLeading, kTrailing, kMinusLeading, kMinusTrailing, kAngle };

  static Sign TakeSign(std::string_view& format, bool& dollar);
  std::optional<std::string> AddLetter(char letter);
  bool TakeMinus(std::string_view& text) const;
  std::optional<types::Int128> ParseCompact(std::string_view text) const;
  template <typename T>
  bool ReadWhole(std::string_view whole, T& number) const;
  template <typename T>
  std::optional<types::Int128> ParseAs(std::string_view whole, std::string_view fraction) const;
  std::string WholeText(std::optional<std::string_view> digits) const;

  std::string text_;
  std::string integer_;  // 0, 9 and ',' in order.
  std::string fraction_;
  size_t zeros_ = std::string::npos;  // In integer_: where the first run begins that begins with 0.
  int integer_digits_ = 0;
  int fraction_digits_ = 0;
  bool point_ = false;
  bool dollar_ = false;
  Sign sign_ = Sign::kNone;
};

}  // namespace lakesmith::functions
