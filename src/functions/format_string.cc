#include <algorithm>
#include <cctype>
#include <cmath>

#include "functions/number_text.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::TypeId;

// One %[index$][flags][width][.precision]conversion.
struct Specifier {
  int index = 0;  // From 1; 0 takes the next argument.
  std::string flags;
  int width = 0;
  int precision = -1;
  char conversion = 0;

  bool Has(char flag) const { return flags.find(flag) != std::string::npos; }
};

Error Unknown(char conversion) {
  return Invalid("UnknownFormatConversionException: Conversion = '{}'", conversion);
}

int TakeNumber(std::string_view format, size_t& at) {
  int number = 0;
  while (at < format.size() && std::isdigit(static_cast<unsigned char>(format[at])) &&
         number < 100'000) {
    number = number * 10 + (format[at++] - '0');
  }
  return number;
}

// Reads a specifier that starts after the '%' at `at`.
Result<Specifier> TakeSpecifier(std::string_view format, size_t& at) {
  Specifier specifier;
  const size_t start = at;
  const int number = TakeNumber(format, at);
  if (number > 0 && at < format.size() && format[at] == '$') {
    specifier.index = number;
    ++at;
  } else {
    at = start;
  }
  while (at < format.size() &&
         std::string_view("-#+ 0,(").find(format[at]) != std::string_view::npos) {
    specifier.flags += format[at++];
  }
  specifier.width = TakeNumber(format, at);
  if (at < format.size() && format[at] == '.') {
    ++at;
    specifier.precision = TakeNumber(format, at);
  }
  if (at == format.size()) return Unknown('%');
  specifier.conversion = format[at++];
  return specifier;
}

std::string Pad(std::string text, const Specifier& specifier) {
  const auto continuation = [](unsigned char c) { return (c & 0xc0) == 0x80; };
  const size_t length =
      text.size() - static_cast<size_t>(std::ranges::count_if(text, continuation));
  const auto width = static_cast<size_t>(specifier.width);
  if (length >= width) return text;
  return specifier.Has('-') ? text + std::string(width - length, ' ')
                            : std::string(width - length, ' ') + text;
}

// Puts sign, grouping, zeros and width around the digits of a number.
std::string Decorate(std::string digits, bool negative, const Specifier& specifier) {
  if (specifier.Has(',')) {
    const size_t point = std::min(digits.find('.'), digits.size());
    for (size_t at = point; at > 3; at -= 3) digits.insert(at - 3, ",");
  }
  std::string before = negative             ? (specifier.Has('(') ? "(" : "-")
                       : specifier.Has('+') ? "+"
                       : specifier.Has(' ') ? " "
                                            : "";
  const std::string after = negative && specifier.Has('(') ? ")" : "";
  const size_t length = before.size() + digits.size() + after.size();
  if (specifier.Has('0') && length < static_cast<size_t>(specifier.width)) {
    digits.insert(0, static_cast<size_t>(specifier.width) - length, '0');
  }
  return Pad(before + digits + after, specifier);
}

Error Mismatch(const Specifier& specifier, const DataType& type) {
  return Invalid("IllegalFormatConversionException: {} != {}", specifier.conversion,
                 type.SimpleString());
}

Result<std::string> IntegerText(const Specifier& specifier, const FormatArgument& argument) {
  if (!argument.type.IsIntegral()) return Mismatch(specifier, argument.type);
  const auto value = argument.value.as<int64_t>();
  if (specifier.conversion == 'd') {
    const std::string digits = fmt::format("{}", value);
    return Decorate(value < 0 ? digits.substr(1) : digits, value < 0, specifier);
  }
  // Java shows a negative number in the width of its type.
  uint64_t bits = static_cast<uint64_t>(value);
  if (!argument.type.is(TypeId::kLong)) bits = static_cast<uint32_t>(value);
  std::string digits =
      specifier.conversion == 'o' ? fmt::format("{:o}", bits) : fmt::format("{:x}", bits);
  if (specifier.Has('#')) digits.insert(0, specifier.conversion == 'o' ? "0" : "0x");
  return Decorate(digits, false, specifier);
}

Result<std::string> FloatingText(const Specifier& specifier, const FormatArgument& argument) {
  const int precision = specifier.precision < 0 ? 6 : specifier.precision;
  double value = 0;
  if (argument.type.is(TypeId::kDouble)) {
    value = argument.value.as<double>();
  } else if (argument.type.is(TypeId::kFloat)) {
    value = argument.value.as<float>();
  } else if (argument.type.is(TypeId::kDecimal)) {
    value =
        std::strtod(types::DecimalText(argument.value.as<types::DecimalValue>()).c_str(), nullptr);
  } else {
    return Mismatch(specifier, argument.type);
  }
  if (!std::isfinite(value))
    return Pad(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity", specifier);
  std::string digits;
  switch (specifier.conversion) {
    case 'f':
      digits = fmt::format("{:.{}f}", std::abs(value), precision);
      break;
    case 'e':
      digits = fmt::format("{:.{}e}", std::abs(value), precision);
      break;
    default:
      digits = std::abs(value) >= 1e-4 && std::abs(value) < std::pow(10, std::max(precision, 1))
                   ? fmt::format(
                         "{:.{}f}", std::abs(value),
                         std::max(0, precision - 1 -
                                         static_cast<int>(std::floor(std::log10(std::abs(value))))))
                   : fmt::format("{:.{}e}", std::abs(value), std::max(precision - 1, 0));
  }
  return Decorate(digits, std::signbit(value), specifier);
}

Result<std::string> CharacterText(const Specifier& specifier, const FormatArgument& argument) {
  if (argument.type.IsString()) return Pad(argument.value.as<std::string>(), specifier);
  if (!argument.type.IsIntegral()) return Mismatch(specifier, argument.type);
  const auto point = argument.value.as<int64_t>();
  if (point < 0 || point > 127)
    return Unsupported("format_string: %c of {} is beyond ASCII", point);
  return Pad(std::string(1, static_cast<char>(point)), specifier);
}

Result<std::string> ArgumentText(const Specifier& specifier, const FormatArgument& argument) {
  const bool null = argument.value.is_null();
  switch (specifier.conversion) {
    case 'b': {
      const bool is_boolean = argument.type.is(TypeId::kBoolean);
      return Pad(!null && (!is_boolean || argument.value.as<bool>()) ? "true" : "false", specifier);
    }
    case 's': {
      std::string text = null ? "null" : types::ToSparkText(argument.value, argument.type);
      if (specifier.precision >= 0) text = text.substr(0, static_cast<size_t>(specifier.precision));
      return Pad(std::move(text), specifier);
    }
    case 'd':
    case 'x':
    case 'o':
      return null ? Pad("null", specifier) : IntegerText(specifier, argument);
    case 'f':
    case 'e':
    case 'g':
      return null ? Pad("null", specifier) : FloatingText(specifier, argument);
    case 'c':
      return null ? Pad("null", specifier) : CharacterText(specifier, argument);
    default:
      return Unknown(specifier.conversion);
  }
}

}  // namespace

Result<std::string> FormatString(std::string_view format,
                                 std::span<const FormatArgument> arguments) {
  std::string text;
  size_t next = 0;
  for (size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      text += format[at++];
      continue;
    }
    ++at;
    Specifier specifier = TRY(TakeSpecifier(format, at));
    if (specifier.conversion == 'n' || specifier.conversion == '%') {
      text += specifier.conversion == 'n' ? "\n" : "%";
      continue;
    }
    const bool upper = std::isupper(static_cast<unsigned char>(specifier.conversion)) != 0;
    specifier.conversion =
        static_cast<char>(std::tolower(static_cast<unsigned char>(specifier.conversion)));
    const size_t index = specifier.index > 0 ? static_cast<size_t>(specifier.index) - 1 : next++;
    if (index >= arguments.size()) {
      return Invalid("MissingFormatArgumentException: Format specifier '%{}'",
                     specifier.conversion);
    }
    std::string part = TRY(ArgumentText(specifier, arguments[index]));
    if (upper)
      std::ranges::transform(part, part.begin(), [](unsigned char c) { return std::toupper(c); });
    text += part;
  }
  return text;
}

}  // namespace lakesmith::functions
