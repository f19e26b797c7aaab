#include <algorithm>
#include <cctype>

#include "base/ascii.h"
#include "functions/cast_text.h"
#include "functions/number_text.h"

namespace lakesmith::functions {
namespace {

using types::DecimalValue;
using types::Int128;

Error BadFormat(std::string_view kind, std::string_view format, std::string_view why) {
  return Invalid("The format is invalid: '{}'. {}", format, why)
      .WithClass(fmt::format("INVALID_FORMAT.{}", kind), "42601");
}

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

// The digits of the part before the point, held against the format from the right.
std::optional<std::string> NumberFormat::WholeDigits(std::string_view whole) const {
  std::string digits;
  size_t place = integer_.size();
  for (size_t i = whole.size(); i-- > 0;) {
    if (place == 0) return std::nullopt;
    const char wanted = integer_[--place];
    if (wanted == ',' ? whole[i] != ',' : !IsDigit(whole[i])) return std::nullopt;
    if (wanted != ',') digits.insert(0, 1, whole[i]);
  }
  const bool zeros_left = integer_.substr(0, place).find('0') != std::string::npos;
  return zeros_left ? std::nullopt : std::optional(std::move(digits));
}

std::optional<Int128> NumberFormat::Parse(std::string_view text) const {
  text = TrimSparkWhiteSpace(text);
  const bool negative = TakeMinus(text);
  if (dollar_ && !TakePrefix(text, "$")) return std::nullopt;
  const size_t point = text.find('.');
  const bool has_point = point != std::string_view::npos;
  if (has_point && !point_) return std::nullopt;
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = has_point ? text.substr(point + 1) : std::string_view();
  std::optional<std::string> digits = WholeDigits(whole);
  if (!digits || fraction.size() > fraction_.size() || (whole.empty() && fraction.empty()) ||
      !std::ranges::all_of(fraction, IsDigit)) {
    return std::nullopt;
  }
  digits->append(fraction).append(fraction_.size() - fraction.size(), '0');
  const auto value = TextToDecimal(digits->empty() ? "0" : *digits, 38, 0);
  if (!value) return std::nullopt;
  return negative ? -*value : *value;
}

// The part before the point: '0' and blanks left of the digits as the format says.
std::string NumberFormat::WholeText(std::string_view whole) const {
  std::string text;
  size_t left = whole.size();
  for (size_t place = integer_.size(); place-- > 0;) {
    const bool comma = integer_[place] == ',';
    const bool zeros = integer_.substr(0, comma ? place : place + 1).find('0') != std::string::npos;
    char letter = zeros ? '0' : ' ';
    if (comma) letter = left > 0 || zeros ? ',' : ' ';
    if (!comma && left > 0) letter = whole[--left];
    text.insert(0, 1, letter);
  }
  const bool shows_nothing =
      whole.empty() && integer_digits_ > 0 && text.find('0') == std::string::npos;
  if (shows_nothing) text.back() = '0';
  return text;
}

std::string NumberFormat::Signed(const std::string& lead, const std::string& body,
                                 bool negative) const {
  switch (sign_) {
    case Sign::kNone:
      return lead + body;  // A format without a place for the sign shows none.
    case Sign::kLeading:
      return lead + (negative ? "-" : "+") + body;
    case Sign::kMinusLeading:
      return lead + (negative ? "-" : " ") + body;
    case Sign::kTrailing:
      return lead + body + (negative ? "-" : "+");
    case Sign::kMinusTrailing:
      return lead + body + (negative ? "-" : " ");
    case Sign::kAngle:
      return negative ? lead + "<" + body + ">" : lead + body;
  }
  return lead + body;
}

std::string NumberFormat::Format(const DecimalValue& value) const {
  const bool negative = value.unscaled < 0;
  const std::string plain =
      types::DecimalText({negative ? -value.unscaled : value.unscaled, value.scale});
  const size_t point = plain.find('.');
  std::string whole = plain.substr(0, point);
  std::string fraction = point == std::string::npos ? "" : plain.substr(point + 1);
  if (whole == "0") whole.clear();
  while (fraction.size() > fraction_.size() && fraction.ends_with('0')) fraction.pop_back();
  const bool overflow =
      whole.size() > static_cast<size_t>(integer_digits_) || fraction.size() > fraction_.size();
  std::string text;
  if (overflow) {
    text = integer_;
    std::ranges::replace_if(text, [](char letter) { return letter != ','; }, '#');
    fraction.assign(fraction_.size(), '#');
  } else {
    text = WholeText(whole);
    fraction.append(fraction_.size() - fraction.size(), '0');
  }
  if (point_) text += "." + fraction;
  const size_t blanks = std::min(text.find_first_not_of(' '), text.size());
  std::string body = text.substr(blanks);
  if (dollar_) body.insert(0, "$");
  return Signed(text.substr(0, blanks), body, negative);
}

}  // namespace lakesmith::functions
