#include "base/time_zone.h"

#include <gtest/gtest.h>

namespace lakesmith {
namespace {

constexpr int64_t kHour = 3'600'000'000;
// 2024-03-10T00:00:00 as microseconds since the epoch.
constexpr int64_t kSpringDay = 1'710'028'800'000'000;
// 2024-11-03T00:00:00.
constexpr int64_t kAutumnDay = 1'730'592'000'000'000;

TEST(TimeZoneTest, TakesNamesAndOffsets) {
  EXPECT_EQ(TimeZone().OffsetAt(0), 0);
  EXPECT_EQ(TimeZone::Find("+01:30")->OffsetAt(0), kHour * 3 / 2);
  EXPECT_EQ(TimeZone::Find("GMT-8")->OffsetAt(0), -8 * kHour);
  EXPECT_EQ(TimeZone::Find("UTC")->OffsetAt(0), 0);
  EXPECT_EQ(TimeZone::Find("America/Los_Angeles")->OffsetAt(kSpringDay), -8 * kHour);
}

TEST(TimeZoneTest, RefusesWhatIsNoZoneAndNamesTheNearest) {
  const Result<TimeZone> zone = TimeZone::Find("Europe/Olso");
  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().error_class(), "INVALID_TIMEZONE");
  EXPECT_NE(zone.error().message().find("Europe/Oslo"), std::string::npos)
      << zone.error().message();
  EXPECT_FALSE(TimeZone::Find("+19:00"));
  EXPECT_FALSE(TimeZone::Find(""));
}

// 2039-07-01 and 99999-03-18, both in summer time, and 2040-01-15, which is not.
TEST(TimeZoneTest, RulesGoOnAfterTheListedYears) {
  const TimeZone zone = *TimeZone::Find("America/Los_Angeles");
  constexpr int64_t kSecond = 1'000'000;
  constexpr int64_t kHour = 3600 * kSecond;
  EXPECT_EQ(zone.OffsetAt(2193116400 * kSecond), -7 * kHour);
  EXPECT_EQ(zone.OffsetAt(2210241600 * kSecond), -8 * kHour);
  EXPECT_EQ(zone.OffsetAt(3093503079797 * kSecond), -7 * kHour);
  EXPECT_EQ(zone.ToInstant(2193091200 * kSecond).utc_micros, 2193116400 * kSecond);
}

TEST(TimeZoneTest, GapsMoveForwardAndOverlapsTakeTheEarlier) {
  const TimeZone zone = *TimeZone::Find("America/Los_Angeles");
  // 02:30 does not exist on that day: it is 03:30 in summer time, 10:30 UTC.
  const TimeZone::Instant gap = zone.ToInstant(kSpringDay + kHour * 5 / 2);
  EXPECT_EQ(gap.kind, TimeZone::LocalKind::kGap);
  EXPECT_EQ(gap.utc_micros, kSpringDay + kHour * 21 / 2);
  // 01:30 happens twice on that day: first in summer time, 08:30 UTC.
  const TimeZone::Instant overlap = zone.ToInstant(kAutumnDay + kHour * 3 / 2);
  EXPECT_EQ(overlap.kind, TimeZone::LocalKind::kOverlap);
  EXPECT_EQ(overlap.utc_micros, kAutumnDay + kHour * 17 / 2);
  EXPECT_EQ(zone.Abbreviation(kSpringDay), "PST");
}

}  // namespace
}  // namespace lakesmith
