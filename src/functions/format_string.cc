#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "base/ascii.h"
#include "functions/number_text.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::TypeId;
using types::Value;

using Specifier = StringFormat::Specifier;

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
    specifier.argument = static_cast<size_t>(number) - 1;
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
  const char conversion = format[at++];
  specifier.conversion = LowerByte(conversion);
  specifier.upper = conversion != specifier.conversion;
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

Result<std::string> IntegerText(const Specifier& specifier, const Value& argument,
                                const DataType& type) {
  if (!type.IsIntegral()) return Mismatch(specifier, type);
  const auto value = argument.as<int64_t>();
  if (specifier.conversion == 'd') {
    std::string digits = std::to_string(value);
    if (specifier.flags.empty()) return Pad(std::move(digits), specifier);
    return Decorate(value < 0 ? digits.substr(1) : digits, value < 0, specifier);
  }
  // Java shows a negative number in the width of its type.
  uint64_t bits = static_cast<uint64_t>(value);
  if (!type.is(TypeId::kLong)) bits = static_cast<uint32_t>(value);
  std::string digits =
      specifier.conversion == 'o' ? fmt::format("{:o}", bits) : fmt::format("{:x}", bits);
  if (specifier.Has('#')) digits.insert(0, specifier.conversion == 'o' ? "0" : "0x");
  return Decorate(digits, false, specifier);
}

Result<std::string> FloatingText(const Specifier& specifier, const Value& argument,
                                 const DataType& type) {
  const int precision = specifier.precision < 0 ? 6 : specifier.precision;
  double value = 0;
  if (type.is(TypeId::kDouble)) {
    value = argument.as<double>();
  } else if (type.is(TypeId::kFloat)) {
    value = argument.as<float>();
  } else if (type.is(TypeId::kDecimal)) {
    value = std::strtod(types::DecimalText(argument.as<types::DecimalValue>()).c_str(), nullptr);
  } else {
    return Mismatch(specifier, type);
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

Result<std::string> CharacterText(const Specifier& specifier, const Value& argument,
                                  const DataType& type) {
  if (type.IsString()) return Pad(argument.as<std::string>(), specifier);
  if (!type.IsIntegral()) return Mismatch(specifier, type);
  const auto point = argument.as<int64_t>();
  if (point < 0 || point > 127)
    return Unsupported("format_string: %c of {} is beyond ASCII", point);
  return Pad(std::string(1, static_cast<char>(point)), specifier);
}

Result<std::string> ArgumentText(const Specifier& specifier, const Value& argument,
                                 const DataType& type) {
  const bool null = argument.is_null();
  switch (specifier.conversion) {
    case 'b': {
      const bool is_boolean = type.is(TypeId::kBoolean);
      return Pad(!null && (!is_boolean || argument.as<bool>()) ? "true" : "false", specifier);
    }
    case 's': {
      std::string text = null ? "null" : types::ToSparkText(argument, type);
      if (specifier.precision >= 0) text = text.substr(0, static_cast<size_t>(specifier.precision));
      return Pad(std::move(text), specifier);
    }
    case 'd':
    case 'x':
    case 'o':
      return null ? Pad("null", specifier) : IntegerText(specifier, argument, type);
    case 'f':
    case 'e':
    case 'g':
      return null ? Pad("null", specifier) : FloatingText(specifier, argument, type);
    case 'c':
      return null ? Pad("null", specifier) : CharacterText(specifier, argument, type);
    default:
      return Unknown(specifier.conversion);
  }
}

}  // namespace

Result<StringFormat> StringFormat::Compile(std::string_view format) {
  StringFormat compiled;
  std::string before;
  size_t next = 0;
  for (size_t at = 0; at < format.size();) {
    const size_t percent = std::min(format.find('%', at), format.size());
    before += format.substr(at, percent - at);
    at = percent + 1;
    if (percent == format.size()) break;
    Specifier specifier = TRY(TakeSpecifier(format, at));
    if (specifier.conversion == '%' || (specifier.conversion == 'n' && !specifier.upper)) {
      before += specifier.conversion == 'n' ? '\n' : '%';
      continue;
    }
    if (specifier.argument == Specifier::kNext) specifier.argument = next++;
    specifier.before = std::exchange(before, "");
    compiled.specifiers_.push_back(std::move(specifier));
  }
  compiled.rest_ = std::move(before);
  return compiled;
}

Result<std::string> StringFormat::Format(std::span<const Value> arguments,
                                         std::span<const DataType> types) const {
  std::string text;
  for (const Specifier& specifier : specifiers_) {
    text += specifier.before;
    const size_t index = specifier.argument;
    if (index >= arguments.size()) {
      return Invalid("MissingFormatArgumentException: Format specifier '%{}'",
                     specifier.conversion);
    }
    std::string part = TRY(ArgumentText(specifier, arguments[index], types[index]));
    if (specifier.upper)
      std::ranges::transform(part, part.begin(), [](unsigned char c) { return std::toupper(c); });
    text += part;
  }
  return text += rest_;
}

}  // namespace lakesmith::functions
