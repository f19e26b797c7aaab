#include "functions/cast_text.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::IntervalField;

TEST(CastTextTest, IntegralsTakeDigitsAlone) {
  EXPECT_EQ(TextToIntegral(" \t+12\n", 32), 12);
  EXPECT_EQ(TextToIntegral("-128", 8), -128);
  EXPECT_EQ(TextToIntegral("9223372036854775807", 64), INT64_MAX);
  for (const char* bad : {"", "12.7", "1e3", "+-1", "9223372036854775808", "0x1", "1 2"}) {
    EXPECT_EQ(TextToIntegral(bad, 64), std::nullopt) << bad;
  }
  EXPECT_EQ(TextToIntegral("128", 8), std::nullopt);
}

TEST(CastTextTest, DoublesTakeJavasSyntax) {
  EXPECT_EQ(TextToDouble("1.5e3"), 1500);
  EXPECT_EQ(TextToDouble(".5"), 0.5);
  EXPECT_EQ(TextToDouble("5."), 5);
  EXPECT_EQ(TextToDouble("2d"), 2);
  EXPECT_EQ(TextToDouble("+Inf"), HUGE_VAL);
  EXPECT_TRUE(std::isnan(*TextToDouble("nan")));
  EXPECT_EQ(TextToDouble("1e999"), HUGE_VAL);
  for (const char* bad : {"", "d", "1e", "--1", "0x1p3", "infi"})
    EXPECT_EQ(TextToDouble(bad), std::nullopt) << bad;
}

TEST(CastTextTest, DecimalsRoundHalfUp) {
  EXPECT_EQ(TextToDecimal("12.345", 10, 2), 1235);
  EXPECT_EQ(TextToDecimal("-12.345", 10, 2), -1235);
  EXPECT_EQ(TextToDecimal("1e3", 10, 2), 100000);
  EXPECT_EQ(TextToDecimal("0.004", 10, 2), 0);
  EXPECT_EQ(TextToDecimal("99.995", 4, 2).error(), DecimalProblem::kOutOfRange);
  EXPECT_EQ(TextToDecimal("1e100000000", 10, 2).error(), DecimalProblem::kOutOfRange);
  EXPECT_EQ(TextToDecimal("1.2.3", 10, 2).error(), DecimalProblem::kMalformed);
}

TEST(CastTextTest, DatesMayBeShort) {
  EXPECT_EQ(TextToDate("2024")->days, 19723);
  EXPECT_EQ(TextToDate("2024-1-5")->days, 19727);
  EXPECT_EQ(TextToDate("2024-01-05T10:00:00")->days, 19727);
  EXPECT_EQ(TextToDate("2024-01-05 whatever")->days, 19727);
  for (const char* bad :
       {"", "24-01-05", "2024-13-01", "2024-02-30", "2024-01-05x", "2024-01 x", "2024-"}) {
    EXPECT_FALSE(TextToDate(bad)) << bad;
  }
}

TEST(CastTextTest, TimestampsKnowZones) {
  const TimeZone zone = *TimeZone::Find("America/Los_Angeles");
  constexpr int64_t kBase = 1'705'341'600'000'000;  // 2024-01-15T18:00:00Z
  EXPECT_EQ(TextToTimestamp("2024-01-15 10:00:00", zone, 0)->micros, kBase);
  EXPECT_EQ(TextToTimestamp("2024-01-15T18:00:00.5Z", zone, 0)->micros, kBase + 500'000);
  EXPECT_EQ(TextToTimestamp("2024-01-15 19:00:00 Europe/Oslo", zone, 0)->micros, kBase);
  EXPECT_EQ(TextToTimestamp("2024-01-15 19:00+01:00", zone, 0)->micros, kBase);
  EXPECT_EQ(TextToTimestamp("T10:00", zone, kBase)->micros, kBase);
  EXPECT_EQ(TextToTimestampNtz("2024-01-15 18:00:00")->micros, kBase);
  for (const char* bad : {"", "2024-01-15 25:00:00", "2024-01-15 10:00:00 Nowhere/Land", "x"}) {
    EXPECT_FALSE(TextToTimestamp(bad, zone, 0)) << bad;
  }
}

TEST(CastTextTest, Intervals) {
  EXPECT_EQ(TextToYearMonth("1-2", DataType::YearMonthInterval()), 14);
  EXPECT_EQ(TextToYearMonth("INTERVAL '-1-2' YEAR TO MONTH", DataType::YearMonthInterval()), -14);
  EXPECT_EQ(TextToYearMonth("1-12", DataType::YearMonthInterval()), std::nullopt);
  EXPECT_EQ(TextToDayTime("1 02:03:04.5", DataType::DayTimeInterval()), 93'784'500'000);
  EXPECT_EQ(
      TextToDayTime("10", DataType::DayTimeInterval(IntervalField::kHour, IntervalField::kHour)),
      36'000'000'000);
  EXPECT_EQ(TextToDayTime("1 24:00:00", DataType::DayTimeInterval()), std::nullopt);
  const auto interval = TextToCalendarInterval("interval 1 year 2 days -3.5 seconds");
  ASSERT_TRUE(interval);
  EXPECT_EQ(*interval, (types::IntervalValue{.months = 12, .days = 2, .micros = -3'500'000}));
  EXPECT_FALSE(TextToCalendarInterval("1 fortnight"));
  EXPECT_FALSE(TextToCalendarInterval("interval"));
}

}  // namespace
}  // namespace lakesmith::functions
