#include "functions/random.h"

#include <gtest/gtest.h>

namespace lakesmith::functions {
namespace {

// The numbers that Spark's rand(0) draws for the rows of one partition.
TEST(SparkRandomTest, DrawsWhatSparkDraws) {
  SparkRandom random(0);
  EXPECT_DOUBLE_EQ(random.NextDouble(), 0.7604953758285915);
  EXPECT_DOUBLE_EQ(random.NextDouble(), 0.5234194256885571);
  EXPECT_DOUBLE_EQ(random.NextDouble(), 0.0953472826424725);
}

TEST(SparkRandomTest, TextsAreDigitsAndLetters) {
  SparkRandom random(7);
  const std::string text = random.NextText(200);
  EXPECT_EQ(text.size(), 200U);
  EXPECT_EQ(
      text.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
      std::string::npos);
  EXPECT_EQ(SparkRandom(7).NextText(200), text);
}

}  // namespace
}  // namespace lakesmith::functions
