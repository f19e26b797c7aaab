#include "functions/datetime_pattern.h"

#include <gtest/gtest.h>

namespace lakesmith::functions {
namespace {

constexpr int64_t kMonday = 1'705'312'805'123'456;  // 2024-01-15 10:00:05.123456

std::string Formatted(const char* pattern, const TimeZone* zone = nullptr) {
  const auto compiled = DateTimePattern::Compile(pattern, DateTimePattern::Use::kFormat);
  if (!compiled) return compiled.error().error_class();
  const auto text = compiled->Format(kMonday, zone, kMonday - (zone ? zone->OffsetAt(kMonday) : 0));
  return text ? *text : text.error().message();
}

std::optional<int64_t> Parsed(const char* pattern, const char* text) {
  const auto compiled = DateTimePattern::Compile(pattern, DateTimePattern::Use::kParse);
  EXPECT_TRUE(compiled) << compiled.error().ToString();
  const auto parsed = compiled->Parse(text);
  return parsed ? std::optional(parsed->local_micros) : std::nullopt;
}

TEST(DateTimePatternTest, Formats) {
  EXPECT_EQ(Formatted("yyyy-MM-dd HH:mm:ss.SSS"), "2024-01-15 10:00:05.123");
  EXPECT_EQ(Formatted("EEE, d MMM yy h:m a"), "Mon, 15 Jan 24 10:0 AM");
  EXPECT_EQ(Formatted("EEEE MMMM D 'day' ''"), "Monday January 15 day '");
  EXPECT_EQ(Formatted("QQQ q"), "Q1 1");
  const TimeZone zone = *TimeZone::Find("America/Los_Angeles");
  EXPECT_EQ(Formatted("VV z XXX x Z O", &zone), "America/Los_Angeles PST -08:00 -08 -0800 GMT-8");
}

TEST(DateTimePatternTest, FixedShapesAreAsTheGeneralWay) {
  constexpr int64_t kYear = 366 * kMicrosPerDay;
  // The empty option sends the second pattern the general way.
  const auto fixed =
      *DateTimePattern::Compile("yyyyMMdd'T'HH:mm:ss.SSSSSS", DateTimePattern::Use::kFormat);
  const auto general =
      *DateTimePattern::Compile("yyyyMMdd'T'HH:mm:ss.SSSSSS[]", DateTimePattern::Use::kFormat);
  EXPECT_TRUE(fixed.has_fixed_shape());
  EXPECT_FALSE(general.has_fixed_shape());
  for (const int64_t micros : {int64_t{0}, kMonday, -1 - kMonday, -1971 * kYear, -2500 * kYear,
                               7000 * kYear, 9000 * kYear}) {
    const std::string text = *general.Format(micros, nullptr, micros);
    EXPECT_EQ(*fixed.Format(micros, nullptr, micros), text);
    const auto read = fixed.Parse(text);
    const auto wanted = general.Parse(text);
    ASSERT_EQ(read.has_value(), wanted.has_value()) << text;
    if (read) {
      EXPECT_EQ(read->local_micros, wanted->local_micros) << text;
    }
  }
  for (const char* text : {"20240230T00:00:00.000000", "20240101T24:00:00.000000",
                           "20240101T00:60:00.000000", "20240101t00:00:00.000000", "2024", ""}) {
    EXPECT_EQ(fixed.Parse(text).has_value(), general.Parse(text).has_value()) << text;
  }
}

TEST(DateTimePatternTest, RefusesWhatSparkRefuses) {
  EXPECT_EQ(Formatted("YYYY"), "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN");
  EXPECT_EQ(Formatted("MMMMM"), "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION");
  EXPECT_EQ(Formatted("b"), "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER");
  EXPECT_EQ(Formatted("'open"), "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION");
}

TEST(DateTimePatternTest, Parses) {
  EXPECT_EQ(Parsed("yyyy-MM-dd HH:mm:ss.SSSSSS", "2024-01-15 10:00:05.123456"), kMonday);
  EXPECT_EQ(Parsed("yyyyMMdd", "20240115"), 1'705'276'800'000'000);
  EXPECT_EQ(Parsed("d/M/yyyy", "15/1/2024"), 1'705'276'800'000'000);
  EXPECT_EQ(Parsed("dd MMM yyyy[ HH:mm]", "15 jan 2024"), 1'705'276'800'000'000);
  EXPECT_EQ(Parsed("h a", "12 AM"), 0);
  EXPECT_EQ(Parsed("yyyy-MM-dd", "2023-02-29"), std::nullopt);
  EXPECT_EQ(Parsed("yyyy-MM-dd", "2024-01-15 x"), std::nullopt);
  EXPECT_EQ(Parsed("yyyy-MM-dd", "24-01-15"), std::nullopt);
}

TEST(DateTimePatternTest, ReadsZones) {
  const auto compiled =
      DateTimePattern::Compile("yyyy-MM-dd HH:mm XXX", DateTimePattern::Use::kParse);
  const auto parsed = compiled->Parse("2024-01-15 10:00 +01:00");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->zone->OffsetAt(0), 3'600'000'000);
}

}  // namespace
}  // namespace lakesmith::functions
