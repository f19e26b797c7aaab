#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include "delta/scalar_text_internal.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::Int128;
using types::TypeId;
using types::Value;

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kMicrosPerDay = kSecondsPerDay * kMicrosPerSecond;

// Takes parts off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool AtEnd() const { return text_.empty(); }
  char Peek() const { return text_.empty() ? '\0' : text_.front(); }
  bool Take(char c) {
    if (Peek() != c || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }
  // Between `least` and `most` digits.
  std::optional<int> TakeNumber(size_t least, size_t most) {
    size_t length = 0;
    int number = 0;
    while (length < text_.size() && length < most && text_[length] >= '0' && text_[length] <= '9') {
      number = number * 10 + (text_[length++] - '0');
    }
    if (length < least) return std::nullopt;
    text_.remove_prefix(length);
    return number;
  }
  std::string_view TakeDigits() {
    size_t length = 0;
    while (length < text_.size() && text_[length] >= '0' && text_[length] <= '9') ++length;
    const std::string_view digits = text_.substr(0, length);
    text_.remove_prefix(length);
    return digits;
  }

 private:
  std::string_view text_;
};

std::optional<int32_t> TakeDate(Scanner* scanner) {
  const bool negative = scanner->Take('-');
  if (!negative) scanner->Take('+');
  const std::optional<int> year = scanner->TakeNumber(4, 6);
  if (!year || !scanner->Take('-')) return std::nullopt;
  const std::optional<int> month = scanner->TakeNumber(1, 2);
  if (!month || !scanner->Take('-')) return std::nullopt;
  const std::optional<int> day = scanner->TakeNumber(1, 2);
  if (!day || *year > 32'000) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{negative ? -*year : *year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return static_cast<int32_t>(std::chrono::sys_days{date}.time_since_epoch().count());
}

// Microseconds of "10:00[:00[.ffffff]]".
std::optional<int64_t> TakeTimeOfDay(Scanner* scanner) {
  const std::optional<int> hour = scanner->TakeNumber(1, 2);
  if (!hour || !scanner->Take(':')) return std::nullopt;
  const std::optional<int> minute = scanner->TakeNumber(1, 2);
  if (!minute) return std::nullopt;
  int second = 0;
  int64_t micros = 0;
  if (scanner->Take(':')) {
    const std::optional<int> number = scanner->TakeNumber(1, 2);
    if (!number) return std::nullopt;
    second = *number;
    if (scanner->Take('.')) {
      const std::string_view digits = scanner->TakeDigits();
      int64_t unit = kMicrosPerSecond;
      for (const char digit : digits) {
        unit /= 10;
        micros += unit * (digit - '0');
      }
    }
  }
  if (*hour > 23 || *minute > 59 || second > 59) return std::nullopt;
  return (*hour * 3600LL + *minute * 60LL + second) * kMicrosPerSecond + micros;
}

// Microseconds east of UTC of "Z", "+01:00", "-0130", "+01" or nothing.
std::optional<int64_t> TakeOffset(Scanner* scanner) {
  if (scanner->AtEnd() || scanner->Take('Z') || scanner->Take('z')) return 0;
  const bool negative = scanner->Take('-');
  if (!negative && !scanner->Take('+')) return std::nullopt;
  const std::optional<int> hours = scanner->TakeNumber(2, 2);
  if (!hours) return std::nullopt;
  int minutes = 0;
  if (!scanner->AtEnd()) {
    scanner->Take(':');
    const std::optional<int> number = scanner->TakeNumber(2, 2);
    if (!number) return std::nullopt;
    minutes = *number;
  }
  const int64_t micros = (*hours * 3600LL + minutes * 60LL) * kMicrosPerSecond;
  return negative ? -micros : micros;
}

bool AppendDigit(Int128* number, int digit) {
  constexpr Int128 kLimit = (static_cast<Int128>(1) << 126) / 10;  // Above 38 digits.
  if (*number > kLimit) return false;
  *number = *number * 10 + digit;
  return true;
}

template <typename T>
std::optional<T> ParseFloating(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<T>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<T>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<T>::infinity();
  T number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <typename T>
std::optional<Value> ToValue(const std::optional<T>& parsed) {
  if (!parsed) return std::nullopt;
  return Value(*parsed);
}

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Length of the well-formed UTF-8 sequence at the front; 0 when there is none.
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool surrogate = first == 0xED && byte(1) > 0x9F;
  const bool too_large = first == 0xF4 && byte(1) > 0x8F;
  return overlong || surrogate || too_large ? 0 : length;
}

}  // namespace

std::optional<int32_t> ParseDateText(std::string_view text) {
  Scanner scanner(text);
  const std::optional<int32_t> days = TakeDate(&scanner);
  return scanner.AtEnd() ? days : std::nullopt;
}

std::optional<int64_t> ParseTimestampText(std::string_view text) {
  Scanner scanner(text);
  const std::optional<int32_t> days = TakeDate(&scanner);
  if (!days) return std::nullopt;
  const int64_t midnight = *days * kMicrosPerDay;
  if (scanner.AtEnd()) return midnight;
  if (!scanner.Take(' ') && !scanner.Take('T')) return std::nullopt;
  const std::optional<int64_t> time = TakeTimeOfDay(&scanner);
  if (!time) return std::nullopt;
  scanner.Take(' ');
  const std::optional<int64_t> offset = TakeOffset(&scanner);
  if (!offset || !scanner.AtEnd()) return std::nullopt;
  return midnight + *time - *offset;
}

namespace {

// 'e' and a number, or nothing, which is 0; no value when no number follows the 'e'.
std::optional<int> TakeExponent(Scanner& scanner) {
  if (!scanner.Take('e') && !scanner.Take('E')) return 0;
  const bool minus = scanner.Take('-');
  if (!minus) scanner.Take('+');
  const std::optional<int> number = scanner.TakeNumber(1, 4);
  if (!number) return std::nullopt;
  return minus ? -*number : *number;
}

// Multiplies by 10 to the power of `shift`; false when digits would be lost.
bool ShiftDigits(Int128* number, int shift) {
  for (; shift > 0 && *number != 0; --shift) {
    if (!AppendDigit(number, 0)) return false;
  }
  for (; shift < 0 && *number != 0; ++shift) {
    if (*number % 10 != 0) return false;
    *number /= 10;
  }
  return true;
}

}  // namespace

std::optional<Int128> ParseDecimalText(std::string_view text, int scale) {
  Scanner scanner(text);
  const bool negative = scanner.Take('-');
  if (!negative) scanner.Take('+');
  const std::string_view whole = scanner.TakeDigits();
  const std::string_view fraction = scanner.Take('.') ? scanner.TakeDigits() : std::string_view();
  if (whole.empty() && fraction.empty()) return std::nullopt;
  const std::optional<int> exponent = TakeExponent(scanner);
  if (!exponent || !scanner.AtEnd()) return std::nullopt;

  Int128 number = 0;
  for (const std::string_view part : {whole, fraction}) {
    for (const char digit : part) {
      if (!AppendDigit(&number, digit - '0')) return std::nullopt;
    }
  }
  const int shift = scale + *exponent - static_cast<int>(fraction.size());
  if (!ShiftDigits(&number, shift)) return std::nullopt;
  return negative ? -number : number;
}

std::optional<double> ParseDoubleText(std::string_view text) { return ParseFloating<double>(text); }
std::optional<float> ParseFloatText(std::string_view text) { return ParseFloating<float>(text); }

std::optional<int64_t> ParseIntegerText(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> ParseBooleanText(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

std::optional<Value> ParseScalarText(std::string_view text, const DataType& type) {
  switch (type.id()) {
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      return Value(std::string(text));
    case TypeId::kBinary:
      return Value(types::BinaryValue{std::string(text)});
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
      return ToValue(ParseIntegerText(text));
    case TypeId::kFloat:
      return ToValue(ParseFloatText(text));
    case TypeId::kDouble:
      return ToValue(ParseDoubleText(text));
    case TypeId::kBoolean:
      return ToValue(ParseBooleanText(text));
    case TypeId::kDecimal: {
      const std::optional<Int128> unscaled = ParseDecimalText(text, type.scale());
      if (!unscaled) return std::nullopt;
      return Value(types::DecimalValue{*unscaled, type.scale()});
    }
    case TypeId::kDate: {
      const std::optional<int32_t> days = ParseDateText(text);
      if (!days) return std::nullopt;
      return Value(types::DateValue{*days});
    }
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz: {
      const std::optional<int64_t> micros = ParseTimestampText(text);
      if (!micros) return std::nullopt;
      return Value(types::TimestampValue{*micros});
    }
    default:
      return std::nullopt;
  }
}

std::string IsoTimestampText(int64_t micros, FractionDigits digits) {
  int64_t days = micros / kMicrosPerDay;
  int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    --days;
    rest += kMicrosPerDay;
  }
  const int64_t seconds = rest / kMicrosPerSecond;
  const int64_t fraction = rest % kMicrosPerSecond;
  std::string text =
      fmt::format("{}T{:02}:{:02}:{:02}", types::DateText({static_cast<int32_t>(days)}),
                  seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (digits == FractionDigits::kMillis) return text + fmt::format(".{:03}", fraction / 1000);
  return text + fmt::format(".{:06}", fraction);
}

bool HasFourDigitYear(int64_t days) {
  constexpr int64_t kYearOne = -719'162;           // 0001-01-01
  constexpr int64_t kYearTenThousand = 2'932'897;  // 10000-01-01
  return days >= kYearOne && days < kYearTenThousand;
}

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace lakesmith::delta
