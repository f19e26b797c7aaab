#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace lakesmith::bench {

// Wall time of `work`, the median of many rounds.
template <typename Work>
double MedianMicroseconds(int rounds, const Work& work) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = Clock::now();
    work();
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  const auto middle = times.begin() + rounds / 2;
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

}  // namespace lakesmith::bench
