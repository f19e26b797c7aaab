#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lakesmith::generate {

// High half of a 128-bit product: scales a uniform 64-bit number down to [0, n) without division.
inline uint64_t MultiplyHigh(uint64_t a, uint64_t b) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(a) * b) >> 64);
}

// Spreads the bits of a number over all 64. A bijection.
// Source: the finaliser of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
// generators").
uint64_t Mix(uint64_t value);

// Random numbers of one row: a function of seed, stream and row alone, so that rows can be made in
// any order and by any thread. Integer arithmetic only: the same on every machine.
class RowRandom {
 public:
  RowRandom(uint64_t seed, uint64_t stream, uint64_t row)
      : state_(Mix(seed + Mix(stream * 0xd1342543de82ef95ULL + Mix(row)))) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    return Mix(state_);
  }
  // Uniform in [0, n).
  uint64_t Below(uint64_t n) { return MultiplyHigh(Next(), n); }
  // Uniform in [low, high].
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low) + 1));
  }
  // True in `millionths` of a million cases.
  bool Chance(uint64_t millionths) { return Below(1000000) < millionths; }
  // In [0, n), small numbers more often: the share of draws below x * n is the square (cube) root
  // of x.
  uint64_t SquareSkewed(uint64_t n);
  uint64_t CubeSkewed(uint64_t n);
  // An index of `weights`, each as often as its share of `total`, the sum of all.
  size_t Weighted(std::span<const uint16_t> weights, uint32_t total);

 private:
  uint64_t state_;
};

// A fixed shuffle of [0, n): position x of the popularity list is item Map(x).
class Shuffle {
 public:
  explicit Shuffle(uint64_t n);
  uint64_t Map(uint64_t x) const {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(x) * factor_ + 1) % n_);
  }

 private:
  uint64_t n_;
  uint64_t factor_;  // Has no divisor in common with n, which makes the map a bijection.
};

}  // namespace lakesmith::generate
