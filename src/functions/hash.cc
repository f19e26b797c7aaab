#include "functions/hash.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstring>
#include <limits>

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::Int128;
using types::TypeId;
using types::Value;

uint32_t Read32(const char* bytes) {
  uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

uint64_t Read64(const char* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

struct Murmur3 {
  using Hash = uint32_t;

  static uint32_t MixWord(uint32_t word) { return std::rotl(word * 0xcc9e2d51U, 15) * 0x1b873593U; }
  static uint32_t Mix(uint32_t hash, uint32_t word) {
    return std::rotl(hash ^ MixWord(word), 13) * 5 + 0xe6546b64U;
  }
  static uint32_t Finish(uint32_t hash, size_t length) {
    hash ^= static_cast<uint32_t>(length);
    hash = (hash ^ hash >> 16) * 0x85ebca6bU;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35U;
    return hash ^ hash >> 16;
  }
  static uint32_t Int(uint32_t value, uint32_t seed) { return Finish(Mix(seed, value), 4); }
  static uint32_t Long(uint64_t value, uint32_t seed) {
    const uint32_t low = Mix(seed, static_cast<uint32_t>(value));
    return Finish(Mix(low, static_cast<uint32_t>(value >> 32)), 8);
  }
  // The bytes after the last whole word count as one sign-extended word each.
  static uint32_t Bytes(std::string_view bytes, uint32_t seed) {
    size_t at = 0;
    for (; at + 4 <= bytes.size(); at += 4) seed = Mix(seed, Read32(bytes.data() + at));
    for (; at < bytes.size(); ++at) {
      seed = Mix(seed,
                 static_cast<uint32_t>(static_cast<int32_t>(static_cast<signed char>(bytes[at]))));
    }
    return Finish(seed, bytes.size());
  }
};

struct XxHash64 {
  using Hash = uint64_t;
  static constexpr uint64_t kPrime1 = 0x9E3779B185EBCA87ULL;
  static constexpr uint64_t kPrime2 = 0xC2B2AE3D27D4EB4FULL;
  static constexpr uint64_t kPrime3 = 0x165667B19E3779F9ULL;
  static constexpr uint64_t kPrime4 = 0x85EBCA77C2B2AE63ULL;
  static constexpr uint64_t kPrime5 = 0x27D4EB2F165667C5ULL;

  static uint64_t Finish(uint64_t hash) {
    hash = (hash ^ hash >> 33) * kPrime2;
    hash = (hash ^ hash >> 29) * kPrime3;
    return hash ^ hash >> 32;
  }
  static uint64_t Round(uint64_t lane, uint64_t word) {
    return std::rotl(lane + word * kPrime2, 31) * kPrime1;
  }
  static uint64_t Merge(uint64_t hash, uint64_t lane) {
    return (hash ^ Round(0, lane)) * kPrime1 + kPrime4;
  }
  static uint64_t Mix64(uint64_t hash, uint64_t word) {
    return std::rotl(hash ^ Round(0, word), 27) * kPrime1 + kPrime4;
  }
  static uint64_t Mix32(uint64_t hash, uint32_t word) {
    return std::rotl(hash ^ word * kPrime1, 23) * kPrime2 + kPrime3;
  }
  static uint64_t Int(uint32_t value, uint64_t seed) {
    return Finish(Mix32(seed + kPrime5 + 4, value));
  }
  static uint64_t Long(uint64_t value, uint64_t seed) {
    return Finish(Mix64(seed + kPrime5 + 8, value));
  }
  static uint64_t Bytes(std::string_view bytes, uint64_t seed) {
    size_t at = 0;
    uint64_t hash = seed + kPrime5;
    if (bytes.size() >= 32) {
      std::array<uint64_t, 4> lanes = {seed + kPrime1 + kPrime2, seed + kPrime2, seed,
                                       seed - kPrime1};
      for (; at + 32 <= bytes.size(); at += 32) {
        for (size_t i = 0; i < 4; ++i)
          lanes[i] = Round(lanes[i], Read64(bytes.data() + at + 8 * i));
      }
      hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
             std::rotl(lanes[3], 18);
      for (const uint64_t lane : lanes) hash = Merge(hash, lane);
    }
    hash += bytes.size();
    for (; at + 8 <= bytes.size(); at += 8) hash = Mix64(hash, Read64(bytes.data() + at));
    if (at + 4 <= bytes.size()) {
      hash = Mix32(hash, Read32(bytes.data() + at));
      at += 4;
    }
    for (; at < bytes.size(); ++at) {
      hash = std::rotl(hash ^ static_cast<unsigned char>(bytes[at]) * kPrime5, 11) * kPrime1;
    }
    return Finish(hash);
  }
};

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
  if (type.is(TypeId::kFloat)) {
    float number = value.as<float>();
    if (number == 0) number = 0;
    if (std::isnan(number)) number = std::numeric_limits<float>::quiet_NaN();
    return Algorithm::Int(std::bit_cast<uint32_t>(number), seed);
  }
  double number = value.as<double>();
  if (number == 0) number = 0;
  if (std::isnan(number)) number = std::numeric_limits<double>::quiet_NaN();
  return Algorithm::Long(std::bit_cast<uint64_t>(number), seed);
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

int DigitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : 99;
}

std::string DigitsOf(uint64_t value, int base) {
  std::string digits;
  do {
    digits += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % static_cast<uint64_t>(base)];
    value /= static_cast<uint64_t>(base);
  } while (value != 0);
  std::ranges::reverse(digits);
  return digits;
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
  std::string text;
  for (const unsigned char byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

bool ConvertBase(std::string_view number, int from_base, int to_base, std::string& result) {
  const int target = std::abs(to_base);
  if (number.empty() || from_base < 2 || from_base > 36 || target < 2 || target > 36) return false;
  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  uint64_t value = 0;
  for (const char c : number) {
    const int digit = DigitValue(c);
    if (digit >= from_base) break;
    uint64_t next = 0;
    if (__builtin_mul_overflow(value, static_cast<uint64_t>(from_base), &next) ||
        __builtin_add_overflow(next, static_cast<uint64_t>(digit), &next)) {
      next = std::numeric_limits<uint64_t>::max();
    }
    value = next;
  }
  if (negative) value = to_base > 0 ? -value : value;
  const bool show_sign = to_base < 0 && (negative ? value != 0 : static_cast<int64_t>(value) < 0);
  if (show_sign && !negative) value = -value;
  result = (show_sign ? "-" : "") + DigitsOf(value, target);
  return true;
}

}  // namespace lakesmith::functions
