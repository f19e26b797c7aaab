#include "generate/random.h"

#include <numeric>

namespace lakesmith::generate {

uint64_t Mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

uint64_t RowRandom::SquareSkewed(uint64_t n) {
  const uint64_t u = Next();
  return MultiplyHigh(MultiplyHigh(u, u), n);
}

uint64_t RowRandom::CubeSkewed(uint64_t n) {
  const uint64_t u = Next();
  return MultiplyHigh(MultiplyHigh(MultiplyHigh(u, u), u), n);
}

size_t RowRandom::Weighted(std::span<const uint16_t> weights, uint32_t total) {
  uint64_t left = Below(total);
  size_t index = 0;
  while (index + 1 < weights.size() && left >= weights[index]) {
    left -= weights[index++];
  }
  return index;
}

Shuffle::Shuffle(uint64_t n) : n_(n == 0 ? 1 : n), factor_(1) {
  // Steps of the golden ratio spread neighbours of the list far apart.
  uint64_t factor = static_cast<uint64_t>((static_cast<unsigned __int128>(n_) * 618034) / 1000000);
  while (factor == 0 || std::gcd(factor, n_) != 1) {
    ++factor;
  }
  factor_ = factor;
}

}  // namespace lakesmith::generate
