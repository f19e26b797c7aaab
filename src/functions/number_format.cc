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

Result<NumberFormat> NumberFormat::Compile(std::string_view format) {
  NumberFormat compiled;
  compiled.text_ = format;
  std::string upper(format);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string_view rest = upper;
  if (rest.empty()) return BadFormat("EMPTY", format, "The number format string cannot be empty.");
  if (TakePrefix(rest, "S"))
    compiled.sign_ = Sign::kLeading;
  else if (TakePrefix(rest, "MI"))
    compiled.sign_ = Sign::kMinusLeading;
  compiled.dollar_ = TakePrefix(rest, "$");
  const bool unsigned_so_far = compiled.sign_ == Sign::kNone;
  if (unsigned_so_far && TakeSuffix(rest, "S"))
    compiled.sign_ = Sign::kTrailing;
  else if (unsigned_so_far && TakeSuffix(rest, "MI"))
    compiled.sign_ = Sign::kMinusTrailing;
  else if (unsigned_so_far && TakeSuffix(rest, "PR"))
    compiled.sign_ = Sign::kAngle;
  for (const char c : rest) {
    if (c == '.' || c == 'D') {
      if (compiled.point_)
        return BadFormat("UNEXPECTED_TOKEN", format, "There must be at most one decimal point.");
      compiled.point_ = true;
    } else if (c == '0' || c == '9') {
      (compiled.point_ ? compiled.fraction_ : compiled.integer_) += c;
      ++(compiled.point_ ? compiled.fraction_digits_ : compiled.integer_digits_);
    } else if ((c == ',' || c == 'G') && !compiled.point_) {
      compiled.integer_ += ',';
    } else {
      return BadFormat("UNEXPECTED_TOKEN", format,
                       fmt::format("Found the unexpected character '{}'.", c));
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

std::optional<Int128> NumberFormat::Parse(std::string_view text) const {
  text = TrimSparkWhiteSpace(text);
  bool negative = false;
  const bool leading = sign_ == Sign::kLeading || sign_ == Sign::kMinusLeading;
  const bool trailing = sign_ == Sign::kTrailing || sign_ == Sign::kMinusTrailing;
  const bool takes_plus = sign_ == Sign::kLeading || sign_ == Sign::kTrailing;
  if (leading) negative = TakePrefix(text, "-") || (takes_plus && TakePrefix(text, "+") && false);
  if (trailing) negative = TakeSuffix(text, "-") || (takes_plus && TakeSuffix(text, "+") && false);
  if (sign_ == Sign::kAngle && text.starts_with('<') && text.ends_with('>')) {
    negative = true;
    text = text.substr(1, text.size() - 2);
  }
  if (dollar_ && !TakePrefix(text, "$")) return std::nullopt;
  const size_t point = text.find('.');
  if (point != std::string_view::npos && !point_) return std::nullopt;
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  // Digits and separators are held against the format from the right.
  std::string digits;
  size_t place = integer_.size();
  for (size_t i = whole.size(); i-- > 0;) {
    if (place == 0) return std::nullopt;
    const char wanted = integer_[--place];
    if (wanted == ',' ? whole[i] != ',' : !IsDigit(whole[i])) return std::nullopt;
    if (wanted != ',') digits.insert(0, 1, whole[i]);
  }
  const bool zeros_left = integer_.substr(0, place).find('0') != std::string::npos;
  if (zeros_left || fraction.size() > fraction_.size() || (whole.empty() && fraction.empty()))
    return std::nullopt;
  if (!std::ranges::all_of(fraction, IsDigit)) return std::nullopt;
  digits += fraction;
  digits.append(fraction_.size() - fraction.size(), '0');
  const auto value = TextToDecimal(digits.empty() ? "0" : digits, 38, 0);
  if (!value) return std::nullopt;
  return negative ? -*value : *value;
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
  fraction.append(fraction_.size() - std::min(fraction_.size(), fraction.size()), '0');
  std::string text;
  size_t left = whole.size();
  bool started = false;
  for (size_t place = integer_.size(); place-- > 0;) {
    const char wanted = integer_[place];
    if (overflow) {
      text.insert(0, 1, wanted == ',' ? ',' : '#');
    } else if (wanted == ',') {
      const bool zeros = integer_.substr(0, place).find('0') != std::string::npos;
      text.insert(0, 1, left > 0 || zeros ? ',' : ' ');
    } else if (left > 0) {
      text.insert(0, 1, whole[--left]);
    } else {
      const bool zero = integer_.substr(0, place + 1).find('0') != std::string::npos;
      text.insert(0, 1, zero ? '0' : ' ');
    }
    started = true;
  }
  if (started && integer_digits_ > 0 && fraction_.empty() && whole.empty() &&
      text.find('0') == std::string::npos && !overflow) {
    text.back() = '0';
  }
  if (point_) text += "." + (overflow ? std::string(fraction_.size(), '#') : fraction);
  const size_t blanks = std::min(text.find_first_not_of(' '), text.size());
  std::string lead = text.substr(0, blanks);
  std::string body = text.substr(blanks);
  if (dollar_) body.insert(0, "$");
  switch (sign_) {
    case Sign::kNone:
      return lead + (negative ? "-" : "") + body;
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
  return text;
}

}  // namespace lakesmith::functions
