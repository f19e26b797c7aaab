#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

namespace lakesmith::functions {

// The algorithms of hash() and xxhash64() over plain values, see hash.h: a seed goes in, the hash
// comes out. Here so that loops over vectors can inline them.

inline uint32_t ReadWord32(const char* bytes) {
  uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

inline uint64_t ReadWord64(const char* bytes) {
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
    for (; at + 4 <= bytes.size(); at += 4) seed = Mix(seed, ReadWord32(bytes.data() + at));
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
          lanes[i] = Round(lanes[i], ReadWord64(bytes.data() + at + 8 * i));
      }
      hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
             std::rotl(lanes[3], 18);
      for (const uint64_t lane : lanes) hash = Merge(hash, lane);
    }
    hash += bytes.size();
    for (; at + 8 <= bytes.size(); at += 8) hash = Mix64(hash, ReadWord64(bytes.data() + at));
    if (at + 4 <= bytes.size()) {
      hash = Mix32(hash, ReadWord32(bytes.data() + at));
      at += 4;
    }
    for (; at < bytes.size(); ++at) {
      hash = std::rotl(hash ^ static_cast<unsigned char>(bytes[at]) * kPrime5, 11) * kPrime1;
    }
    return Finish(hash);
  }
};

// The bits that are hashed for a floating-point number: one for all zeros, one for all NaNs.
inline uint32_t HashedBits(float number) {
  if (number == 0) number = 0;
  if (std::isnan(number)) number = std::numeric_limits<float>::quiet_NaN();
  return std::bit_cast<uint32_t>(number);
}
inline uint64_t HashedBits(double number) {
  if (number == 0) number = 0;
  if (std::isnan(number)) number = std::numeric_limits<double>::quiet_NaN();
  return std::bit_cast<uint64_t>(number);
}

}  // namespace lakesmith::functions
