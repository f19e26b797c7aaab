#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <limits>

#include "base/ascii.h"
#include "functions/number_text.h"

namespace lakesmith::functions {
namespace {

using types::DecimalValue;
using types::Int128;

Error BadFormat(std::string_view kind, std::string_view format, std::string_view why) {
  return Invalid("The format is invalid: '{}'. {}", format, why)
      .WithClass(fmt::format("INVALID_FORMAT.{}", kind), "42601");
}

// The digits of a number, those behind its point apart; none before it when it is below 1.
class DigitsOf {
 public:
  explicit DigitsOf(const DecimalValue& value) {
    constexpr auto kMostOfWord = std::numeric_limits<uint64_t>::max();
    const auto scale = static_cast<size_t>(value.scale);
    char* const end = text_.data() + text_.size();
    char* at = end;
    auto rest = static_cast<unsigned __int128>(value.unscaled);
    if (value.unscaled < 0) rest = -rest;
    for (; rest > kMostOfWord; rest /= 10) *--at = static_cast<char>('0' + rest % 10);
    for (auto word = static_cast<uint64_t>(rest); word > 0; word /= 10)
      *--at = static_cast<char>('0' + word % 10);
    while (at > end - scale) *--at = '0';
    whole_ = {at, end - scale};
    fraction_ = {end - scale, end};
  }
  DigitsOf(const DigitsOf&) = delete;
  DigitsOf& operator=(const DigitsOf&) = delete;

  std::string_view whole() const { return whole_; }
  std::string_view fraction() const { return fraction_; }

 private:
  std::array<char, 40> text_;  // 38 digits are the most of a decimal, at a scale of up to 38.
  std::string_view whole_;
  std::string_view fraction_;
};

// What stands around a number for its sign.
struct SignMarks {
  std::string_view before;
  std::string_view after;
};

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool TakeSuffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

// Takes the sign that `format` begins or ends with.
NumberFormat::Sign NumberFormat::TakeSign(std::string_view& format, bool& dollar) {
  Sign sign = Sign::kNone;
  if (TakePrefix(format, "S")) {
    sign = Sign::kLeading;
  } else if (TakePrefix(format, "MI")) {
    sign = Sign::kMinusLeading;
  }
  dollar = TakePrefix(format, "$");
  if (sign != Sign::kNone) return sign;
  if (TakeSuffix(format, "S")) return Sign::kTrailing;
  if (TakeSuffix(format, "MI")) return Sign::kMinusTrailing;
  return TakeSuffix(format, "PR") ? Sign::kAngle : Sign::kNone;
}

// One letter between the signs; the reason when it may not stand there.
std::optional<std::string> NumberFormat::AddLetter(char letter) {
  if (letter == '.' || letter == 'D') {
    if (point_) return "There must be at most one decimal point.";
    point_ = true;
  } else if (letter == '0' || letter == '9') {
    (point_ ? fraction_ : integer_) += letter;
    ++(point_ ? fraction_digits_ : integer_digits_);
  } else if ((letter == ',' || letter == 'G') && !point_) {
    integer_ += ',';
  } else {
    return fmt::format("Found the unexpected character '{}'.", letter);
  }
  return std::nullopt;
}

Result<NumberFormat> NumberFormat::Compile(std::string_view format) {
  NumberFormat compiled;
  compiled.text_ = format;
  std::string upper(format);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string_view rest = upper;
  if (rest.empty()) return BadFormat("EMPTY", format, "The number format string cannot be empty.");
  compiled.sign_ = TakeSign(rest, compiled.dollar_);
  for (const char letter : rest) {
    if (const auto problem = compiled.AddLetter(letter)) {
      return BadFormat("UNEXPECTED_TOKEN", format, *problem);
    }
  }
  if (compiled.integer_digits_ + compiled.fraction_digits_ == 0) {
    return BadFormat("WRONG_NUM_DIGIT", format,
                     "The format string requires at least one number digit.");
  }
  if (compiled.integer_.starts_with(',') || compiled.integer_.ends_with(',')) {
    return BadFormat("CONT_THOUSANDS_SEPS", format,
                     "Thousands separators (, or G) must have digits in between them.");
  }
  const std::string runs = ',' + compiled.integer_;
  compiled.zeros_ = runs.find(",0");
  return compiled;
}

// Takes the sign off `text`: whether it is a minus.
bool NumberFormat::TakeMinus(std::string_view& text) const {
  switch (sign_) {
    case Sign::kNone:
      return false;
    case Sign::kLeading:
      return !TakePrefix(text, "+") && TakePrefix(text, "-");
    case Sign::kMinusLeading:
      return TakePrefix(text, "-");
    case Sign::kTrailing:
      return !TakeSuffix(text, "+") && TakeSuffix(text, "-");
    case Sign::kMinusTrailing:
      return TakeSuffix(text, "-");
    case Sign::kAngle:
      if (!text.starts_with('<') || !text.ends_with('>')) return false;
      text = text.substr(1, text.size() - 2);
      return true;
  }
  return false;
}

// Reads the part before the point, held against the format from the right, into `number`.
template <typename T>
bool NumberFormat::ReadWhole(std::string_view whole, T& number) const {
  if (whole.size() > integer_.size()) return false;
  const size_t skipped = integer_.size() - whole.size();
  if (zeros_ < skipped) return false;
  for (size_t i = 0; i < whole.size(); ++i) {
    const bool comma = integer_[skipped + i] == ',';
    if (comma ? whole[i] != ',' : !IsDigit(whole[i])) return false;
    if (!comma) number = number * 10 + static_cast<unsigned>(whole[i] - '0');
  }
  return true;
}

template <typename T>
std::optional<Int128> NumberFormat::ParseAs(std::string_view whole,
                                            std::string_view fraction) const {
  T number = 0;
  if (!ReadWhole(whole, number)) return std::nullopt;
  for (size_t i = 0; i < fraction_.size(); ++i) {
    const char digit = i < fraction.size() ? fraction[i] : '0';
    if (!IsDigit(digit)) return std::nullopt;
    number = number * 10 + static_cast<unsigned>(digit - '0');
  }
  return static_cast<Int128>(number);
}

std::optional<Int128> NumberFormat::ParseCompact(std::string_view text) const {
  constexpr int kDigitsOfWord = 19;
  constexpr int kMostDigits = 38;
  if (precision() > kMostDigits) return std::nullopt;
  const bool negative = sign_ != Sign::kNone && TakeMinus(text);
  if (dollar_ && !TakePrefix(text, "$")) return std::nullopt;
  const size_t point = point_ ? text.find('.') : std::string_view::npos;
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (fraction.size() > fraction_.size() || (whole.empty() && fraction.empty()))
    return std::nullopt;
  const auto value = precision() <= kDigitsOfWord ? ParseAs<uint64_t>(whole, fraction)
                                                  : ParseAs<unsigned __int128>(whole, fraction);
  return value && negative ? -*value : value;
}

std::optional<Int128> NumberFormat::Parse(std::string_view text) const {
  const auto value = ParseCompact(text);
  if (value || std::ranges::none_of(text, IsBlank)) return value;
  std::string compact;
  std::ranges::remove_copy_if(text, std::back_inserter(compact), IsBlank);
  return ParseCompact(compact);
}

// The part before the point, of no digits '#'. A run of places that begins with 0 has zeros left of
// the digits, others have blanks; a comma stands behind a digit alone.
std::string NumberFormat::WholeText(std::optional<std::string_view> digits) const {
  std::string text(integer_.size(), ' ');
  auto places = static_cast<size_t>(integer_digits_);
  char filler = ' ';
  for (size_t at = 0; at < integer_.size(); ++at) {
    if (integer_[at] == ',') {
      if (at > 0 && IsDigit(text[at - 1])) text[at] = ',';
      continue;
    }
    if (at == 0 || integer_[at - 1] == ',') filler = integer_[at] == '0' ? '0' : ' ';
    text[at] = !digits                    ? '#'
               : places <= digits->size() ? (*digits)[digits->size() - places]
                                          : filler;
    --places;
  }
  return text;
}

std::string NumberFormat::Format(const DecimalValue& value) const {
  // By sign of the format: of numbers that are not negative, and of those that are.
  static constexpr SignMarks kMarks[][2] = {{{"", ""}, {"", ""}},   {{"+", ""}, {"-", ""}},
                                            {{"", "+"}, {"", "-"}}, {{" ", ""}, {"-", ""}},
                                            {{"", " "}, {"", "-"}}, {{"", "  "}, {"<", ">"}}};
  const DigitsOf digits(value);
  std::string_view fraction = digits.fraction();
  while (fraction.size() > fraction_.size() && fraction.ends_with('0')) fraction.remove_suffix(1);
  const bool overflow = digits.whole().size() > static_cast<size_t>(integer_digits_) ||
                        fraction.size() > fraction_.size();
  if (overflow) fraction = {};
  const SignMarks& marks = kMarks[static_cast<size_t>(sign_)][value.unscaled < 0 ? 1 : 0];
  std::string text = WholeText(overflow ? std::nullopt : std::optional(digits.whole()));
  // A sign stands beside the digits, a dollar where the format has it.
  if (dollar_) {
    text.insert(0, "$").insert(0, marks.before);
  } else {
    text.insert(std::min(text.find_first_not_of(' '), text.size()), marks.before);
  }
  if (point_) {
    if (text.ends_with(' ')) text.back() = '0';
    text.append(fraction_.empty() ? " " : ".").append(fraction);
    text.append(fraction_.size() - fraction.size(), overflow ? '#' : '0');
  }
  return text.insert(text.find_last_not_of(' ') + 1, marks.after);
}

}  // namespace lakesmith::functions
