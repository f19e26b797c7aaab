#include "functions/round.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lakesmith::functions {
namespace {

TEST(RoundTest, RoundsTheShortestTextOfADouble) {
  // 2.675 is a little less in binary; its text is what counts.
  EXPECT_EQ(RoundDouble(2.675, 2, Rounding::kHalfUp), 2.68);
  EXPECT_EQ(RoundDouble(-2.675, 2, Rounding::kHalfUp), -2.68);
  EXPECT_EQ(RoundDouble(2.665, 2, Rounding::kHalfEven), 2.66);
  EXPECT_EQ(RoundDouble(2.5, 0, Rounding::kHalfEven), 2.0);
  EXPECT_EQ(RoundDouble(3.5, 0, Rounding::kHalfEven), 4.0);
  EXPECT_EQ(RoundDouble(9.995, 2, Rounding::kHalfUp), 10.0);
  EXPECT_EQ(RoundDouble(1e300, 2, Rounding::kHalfUp), 1e300);
  EXPECT_EQ(RoundDouble(1.23456789e20, -18, Rounding::kHalfUp), 1.23e20);
  EXPECT_EQ(RoundDouble(55, -1, Rounding::kHalfUp), 60.0);
  EXPECT_EQ(RoundDouble(5, -2, Rounding::kHalfUp), 0.0);
  EXPECT_EQ(RoundDouble(123.456, 30, Rounding::kHalfUp), 123.456);
  EXPECT_FALSE(std::signbit(RoundDouble(-0.001, 2, Rounding::kHalfUp)));
  EXPECT_TRUE(
      std::isnan(RoundDouble(std::numeric_limits<double>::quiet_NaN(), 2, Rounding::kHalfUp)));
}

TEST(RoundTest, RoundsDecimalsExactly) {
  EXPECT_EQ(RoundDecimal({.unscaled = 25, .scale = 1}, 0, 0, Rounding::kHalfEven), 2);
  EXPECT_EQ(RoundDecimal({.unscaled = -35, .scale = 1}, 0, 0, Rounding::kHalfEven), -4);
  EXPECT_EQ(RoundDecimal({.unscaled = 12345, .scale = 2}, -1, 0, Rounding::kHalfUp), 120);
  EXPECT_EQ(RoundDecimal({.unscaled = 12345, .scale = 2}, 5, 2, Rounding::kHalfUp), 12345);
  EXPECT_EQ(RoundDecimal({.unscaled = 5, .scale = 0}, -40, 0, Rounding::kHalfUp), 0);
}

}  // namespace
}  // namespace lakesmith::functions
