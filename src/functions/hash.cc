#include "functions/hash.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/ascii.h"
#include "functions/hash_algorithms.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::Int128;
using types::TypeId;
using types::Value;

// The shortest big-endian two's complement of a number, as Java's BigInteger gives it.
std::string BigEndianBytes(Int128 value) {
  std::string bytes;
  for (int shift = 120; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  size_t skip = 0;
  while (skip + 1 < bytes.size()) {
    const auto first = static_cast<unsigned char>(bytes[skip]);
    const bool next_negative = (static_cast<unsigned char>(bytes[skip + 1]) & 0x80) != 0;
    if (!((first == 0 && !next_negative) || (first == 0xff && next_negative))) break;
    ++skip;
  }
  return bytes.substr(skip);
}

template <typename Algorithm>
typename Algorithm::Hash HashDecimal(Int128 unscaled, int precision,
                                     typename Algorithm::Hash seed) {
  if (precision <= 18)
    return Algorithm::Long(static_cast<uint64_t>(static_cast<int64_t>(unscaled)), seed);
  return Algorithm::Bytes(BigEndianBytes(unscaled), seed);
}

template <typename Algorithm>
typename Algorithm::Hash HashInterval(const Value& value, const DataType& type,
                                      typename Algorithm::Hash seed) {
  const auto& interval = value.as<types::IntervalValue>();
  if (type.is(TypeId::kYearMonthInterval))
    return Algorithm::Int(static_cast<uint32_t>(interval.months), seed);
  constexpr int64_t kMicrosPerDay = 86'400'000'000;
  if (type.is(TypeId::kDayTimeInterval)) {
    return Algorithm::Long(static_cast<uint64_t>(interval.days * kMicrosPerDay + interval.micros),
                           seed);
  }
  const auto micros = Algorithm::Long(static_cast<uint64_t>(interval.micros), seed);
  const auto days = Algorithm::Int(static_cast<uint32_t>(interval.days), micros);
  return Algorithm::Int(static_cast<uint32_t>(interval.months), days);
}

template <typename Algorithm>
typename Algorithm::Hash HashFloating(const Value& value, const DataType& type,
                                      typename Algorithm::Hash seed) {
  if (type.is(TypeId::kFloat)) return Algorithm::Int(HashedBits(value.as<float>()), seed);
  return Algorithm::Long(HashedBits(value.as<double>()), seed);
}

template <typename Algorithm>
typename Algorithm::Hash HashValue(const Value& value, const DataType& type,
                                   typename Algorithm::Hash seed) {
  if (value.is_null()) return seed;
  switch (type.id()) {
    case TypeId::kVoid:
      return seed;
    case TypeId::kBoolean:
      return Algorithm::Int(value.as<bool>() ? 1 : 0, seed);
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
      return Algorithm::Int(static_cast<uint32_t>(value.as<int64_t>()), seed);
    case TypeId::kLong:
      return Algorithm::Long(static_cast<uint64_t>(value.as<int64_t>()), seed);
    case TypeId::kFloat:
    case TypeId::kDouble:
      return HashFloating<Algorithm>(value, type, seed);
    case TypeId::kDecimal:
      return HashDecimal<Algorithm>(value.as<types::DecimalValue>().unscaled, type.precision(),
                                    seed);
    case TypeId::kDate:
      return Algorithm::Int(static_cast<uint32_t>(value.as<types::DateValue>().days), seed);
    case TypeId::kTime:
      return Algorithm::Long(static_cast<uint64_t>(value.as<types::TimeValue>().micros) * 1000,
                             seed);
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return Algorithm::Long(static_cast<uint64_t>(value.as<types::TimestampValue>().micros), seed);
    case TypeId::kBinary:
      return Algorithm::Bytes(value.as<types::BinaryValue>().bytes, seed);
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval:
    case TypeId::kCalendarInterval:
      return HashInterval<Algorithm>(value, type, seed);
    case TypeId::kVariant:
      return Algorithm::Bytes(value.as<types::VariantValue>().json, seed);
    case TypeId::kArray:
      for (const Value& element : value.array().elements)
        seed = HashValue<Algorithm>(element, type.element(), seed);
      return seed;
    case TypeId::kMap:
      for (const auto& [key, entry] : value.map().entries) {
        seed = HashValue<Algorithm>(key, type.key(), seed);
        seed = HashValue<Algorithm>(entry, type.value(), seed);
      }
      return seed;
    case TypeId::kStruct:
      for (size_t i = 0; i < type.fields().size(); ++i) {
        seed = HashValue<Algorithm>(value.structure().fields.at(i), type.fields()[i].type, seed);
      }
      return seed;
    default:
      return Algorithm::Bytes(value.as<std::string>(), seed);
  }
}

}  // namespace

int32_t SparkMurmur3(const Value& value, const DataType& type, int32_t seed) {
  return static_cast<int32_t>(HashValue<Murmur3>(value, type, static_cast<uint32_t>(seed)));
}

int64_t SparkXxHash64(const Value& value, const DataType& type, int64_t seed) {
  return static_cast<int64_t>(HashValue<XxHash64>(value, type, static_cast<uint64_t>(seed)));
}

uint32_t Crc32(std::string_view bytes) {
  return static_cast<uint32_t>(
      ::crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

std::string HexLower(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(2 * bytes.size(), '\0');
  char* out = text.data();
  for (const unsigned char byte : bytes) {
    *out++ = kDigits[byte >> 4];
    *out++ = kDigits[byte & 15];
  }
  return text;
}

std::optional<std::string> ConvertBase(std::string_view number, int from_base, int to_base,
                                       bool& overflow) {
  const int target = std::abs(to_base);
  while (number.starts_with(' ')) number.remove_prefix(1);
  while (number.ends_with(' ')) number.remove_suffix(1);
  if (number.empty() || from_base < 2 || from_base > 36 || target < 2 || target > 36)
    return std::nullopt;
  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  uint64_t value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value, from_base);
  overflow = read.ec == std::errc::result_out_of_range;
  if (negative && to_base > 0) value = -value;
  const bool show_sign = to_base < 0 && (negative ? value != 0 : static_cast<int64_t>(value) < 0);
  if (show_sign && !negative) value = -value;
  char digits[65] = "-";
  char* const end = std::to_chars(digits + 1, std::end(digits), value, target).ptr;
  std::transform(digits + 1, end, digits + 1, UpperByte);
  return std::string(show_sign ? digits : digits + 1, end);
}

}  // namespace lakesmith::functions
