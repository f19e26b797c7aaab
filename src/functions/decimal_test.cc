#include "functions/decimal.h"

#include <gtest/gtest.h>

namespace lakesmith::functions {
namespace {

using types::DecimalText;
using types::DecimalValue;
using types::Int128;

DecimalValue Number(Int128 unscaled, int scale) { return {.unscaled = unscaled, .scale = scale}; }

TEST(DecimalTest, DividesExactlyAndRoundsHalfUp) {
  EXPECT_EQ(DecimalDivide(Number(10, 1), Number(3, 0), 38, 6), Int128{333333});
  EXPECT_EQ(DecimalDivide(Number(-2, 0), Number(3, 0), 38, 6), Int128{-666667});
  EXPECT_EQ(DecimalDivide(Number(1, 0), Number(8, 0), 38, 2), Int128{13});
  EXPECT_EQ(DecimalDivide(Number(1, 6), Number(1, 0), 10, 2), Int128{0});
}

TEST(DecimalTest, KeepsWhatDoesNotFit128BitsOnTheWay) {
  Int128 big = 1;
  for (int i = 0; i < 37; ++i) big *= 10;
  // 10^37 at scale 18 times 10^37 at scale 37 = 10^19 at scale 0.
  EXPECT_EQ(DecimalText({*DecimalMultiply(Number(big, 18), Number(big, 37), 38, 2), 2}),
            "10000000000000000000.00");
  EXPECT_EQ(DecimalMultiply(Number(big, 0), Number(big, 0), 38, 0), std::nullopt);
  EXPECT_EQ(DecimalDivide(Number(big, 0), Number(big, 0), 38, 10), Int128{10'000'000'000});
}

TEST(DecimalTest, AddsAndSubtractsAcrossScales) {
  EXPECT_EQ(DecimalAdd(Number(15, 1), Number(-175, 2), 10, 2), Int128{-25});
  EXPECT_EQ(DecimalSubtract(Number(15, 1), Number(-175, 2), 10, 1), Int128{33});
  EXPECT_EQ(DecimalAdd(Number(99, 0), Number(1, 0), 2, 0), std::nullopt);
}

TEST(DecimalTest, RemainderHasTheSignOfTheDividend) {
  EXPECT_EQ(DecimalRemainder(Number(-75, 1), Number(2, 0), 10, 1), Int128{-15});
  EXPECT_EQ(DecimalRemainder(Number(75, 1), Number(-2, 0), 10, 1), Int128{15});
}

// 64 bits must say what 128 bits say, or nothing.
TEST(DecimalTest, SmallDecimalsAgreeWithTheExactOnes) {
  using Operation = SmallDecimals::Operation;
  struct Pair {
    Operation operation;
    std::optional<Int128> (*exact)(const DecimalValue&, const DecimalValue&, int, int);
  };
  const Pair pairs[] = {{Operation::kAdd, DecimalAdd},
                        {Operation::kSubtract, DecimalSubtract},
                        {Operation::kMultiply, DecimalMultiply},
                        {Operation::kDivide, DecimalDivide},
                        {Operation::kRemainder, DecimalRemainder}};
  const int64_t numbers[] = {1, -1, 3, 7, -250, 99'999, -12'345'678, 999'999'999'999'999'999};
  int decided = 0;
  for (const Pair& pair : pairs) {
    for (const int scale : {0, 2, 6}) {
      const SmallDecimals small(pair.operation, 2, 1, 17, scale);
      for (const int64_t a : numbers) {
        for (const int64_t b : numbers) {
          const auto value = small.Compute(a, b);
          if (!value) continue;
          ++decided;
          EXPECT_EQ(pair.exact(Number(a, 2), Number(b, 1), 17, scale), Int128{*value})
              << static_cast<int>(pair.operation) << " " << a << " " << b << " " << scale;
        }
      }
    }
  }
  EXPECT_GT(decided, 500);
}

}  // namespace
}  // namespace lakesmith::functions
