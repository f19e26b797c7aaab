#include "functions/hyperloglog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "functions/hash_algorithms.h"

namespace lakesmith::functions {
namespace {

TEST(HyperLogLogTest, PrecisionFollowsTheDeviation) {
  EXPECT_EQ(*HyperLogLogPrecision(0.05), 9);
  EXPECT_EQ(*HyperLogLogPrecision(0.39), 4);
  EXPECT_EQ(*HyperLogLogPrecision(0.01), 14);
  EXPECT_EQ(*HyperLogLogPrecision(0.001), 21);
  for (const double bad : {0.4, 1.0, 0.0, -1.0, std::nan("")})
    EXPECT_FALSE(HyperLogLogPrecision(bad));
}

// What Spark estimates for the bigints below `count`.
int64_t EstimateOfRange(uint64_t count, int precision) {
  std::vector<uint8_t> ranks(size_t{1} << precision);
  for (uint64_t i = 0; i < count; ++i) {
    const HyperLogLogEntry entry(XxHash64::Long(i, 42), precision);
    ranks[entry.place] = std::max(ranks[entry.place], entry.rank);
  }
  double sum = 0;
  for (const uint8_t rank : ranks) sum += std::ldexp(1, -rank);
  return HyperLogLogEstimate(precision, sum, std::ranges::count(ranks, 0));
}

TEST(HyperLogLogTest, EstimatesAreThoseOfSpark) {
  struct Case {
    uint64_t count;
    double deviation;
    int64_t expected;
  };
  for (const auto& [count, deviation, expected] : std::initializer_list<Case>{
           {0, 0.05, 0},         {1, 0.05, 1},          {100, 0.05, 103},
           {300, 0.05, 296},     {700, 0.05, 698},      {1300, 0.05, 1260},
           {2400, 0.05, 2262},   {10000, 0.05, 9571},   {1000000, 0.05, 925738},
           {10, 0.39, 13},       {60, 0.39, 51},        {100000, 0.39, 78139},
           {180, 0.2, 180},      {5000, 0.2, 4700},     {500, 0.1, 410},
           {900, 0.1, 813},      {1300, 0.04, 1288},    {33333, 0.04, 31685},
           {5000, 0.02, 4908},   {10000, 0.02, 10017},  {10000, 0.01, 9965},
           {33333, 0.01, 33250}, {33333, 0.006, 33272}, {1000000, 0.006, 998869}}) {
    EXPECT_EQ(EstimateOfRange(count, *HyperLogLogPrecision(deviation)), expected)
        << count << " " << deviation;
  }
}

}  // namespace
}  // namespace lakesmith::functions
