#pragma once

#include <cstdint>
#include <string>

namespace lakesmith::functions {

// The random numbers of Spark's rand(seed), randn(seed) and randstr(length, seed) in one partition.
// Source: org.apache.spark.util.random.XORShiftRandom, and the contract of java.util.Random.
class SparkRandom {
 public:
  explicit SparkRandom(int64_t seed);

  // From 0 (inclusive) to 1.
  double NextDouble();
  // Normally distributed around 0 with deviation 1.
  double NextGaussian();
  // Of digits and letters.
  std::string NextText(int32_t length);

 private:
  int32_t Next(int bits);

  uint64_t state_;
  double spare_ = 0;  // The second number of the pair that NextGaussian makes.
  bool has_spare_ = false;
};

}  // namespace lakesmith::functions
