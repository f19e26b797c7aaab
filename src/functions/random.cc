#include "functions/random.h"

#include <bit>
#include <cmath>
#include <cstdlib>

namespace lakesmith::functions {
namespace {

// MurmurHash3 x86 32-bit of bytes whose number is a multiple of four.
uint32_t HashBytes(const unsigned char* bytes, size_t count, uint32_t seed) {
  uint32_t hash = seed;
  for (size_t i = 0; i < count; i += 4) {
    uint32_t block = static_cast<uint32_t>(bytes[i]) | static_cast<uint32_t>(bytes[i + 1]) << 8 |
                     static_cast<uint32_t>(bytes[i + 2]) << 16 |
                     static_cast<uint32_t>(bytes[i + 3]) << 24;
    block = std::rotl(block * 0xcc9e2d51U, 15) * 0x1b873593U;
    hash = std::rotl(hash ^ block, 13) * 5 + 0xe6546b64U;
  }
  hash ^= static_cast<uint32_t>(count);
  hash = (hash ^ (hash >> 16)) * 0x85ebca6bU;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35U;
  return hash ^ (hash >> 16);
}

}  // namespace

SparkRandom::SparkRandom(int64_t seed) {
  // The seed as eight big-endian bytes.
  unsigned char bytes[8] = {};
  for (int i = 0; i < 8; ++i)
    bytes[i] = static_cast<unsigned char>(static_cast<uint64_t>(seed) >> (56 - 8 * i));
  const uint32_t low = HashBytes(bytes, sizeof(bytes), 0x3c074a61U);
  const uint32_t high = HashBytes(bytes, sizeof(bytes), low);
  state_ = static_cast<uint64_t>(high) << 32 | low;
}

int32_t SparkRandom::Next(int bits) {
  state_ ^= state_ << 21;
  state_ ^= state_ >> 35;
  state_ ^= state_ << 4;
  return static_cast<int32_t>(state_ & ((uint64_t{1} << bits) - 1));
}

double SparkRandom::NextDouble() {
  const auto high = static_cast<int64_t>(Next(26)) << 27;
  return static_cast<double>(high + Next(27)) * 0x1.0p-53;
}

double SparkRandom::NextGaussian() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double first = 0;
  double second = 0;
  double square = 0;
  do {
    first = 2 * NextDouble() - 1;
    second = 2 * NextDouble() - 1;
    square = first * first + second * second;
  } while (square >= 1 || square == 0);
  const double factor = std::sqrt(-2 * std::log(square) / square);
  spare_ = second * factor;
  has_spare_ = true;
  return first * factor;
}

std::string SparkRandom::NextText(int32_t length) {
  std::string text;
  for (int32_t i = 0; i < length; ++i) {
    const int value = static_cast<int>(std::abs(static_cast<int64_t>(Next(32)) % 62));
    text += static_cast<char>(value < 10   ? '0' + value
                              : value < 36 ? 'a' + value - 10
                                           : 'A' + value - 36);
  }
  return text;
}

}  // namespace lakesmith::functions
