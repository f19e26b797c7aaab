#include "bundle/quartz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace lakesmith::bundle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kMicros = 1'000'000;

int64_t Utc(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  const std::chrono::sys_days date{std::chrono::year(year) / month / day};
  return (date.time_since_epoch().count() * int64_t{86400} + hour * 3600 + minute * 60 + second) *
         kMicros;
}

std::string Format(int64_t micros) {
  const std::chrono::sys_seconds time{std::chrono::seconds(micros / kMicros)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

TimeZone Zone(const std::string& name) {
  Result<TimeZone> zone = TimeZone::Find(name);
  EXPECT_TRUE(zone) << zone.error().ToString();
  return *zone;
}

// The next fires on the wall clock of the zone.
std::vector<std::string> Fires(const std::string& expression, int64_t after, int count,
                               const std::string& zone_name = "UTC") {
  const Result<QuartzCron> cron = QuartzCron::Parse(expression);
  EXPECT_TRUE(cron) << cron.error().ToString();
  const TimeZone zone = Zone(zone_name);
  std::vector<std::string> fires;
  for (int i = 0; i < count; ++i) {
    const std::optional<int64_t> next = cron->NextFire(after, zone);
    if (!next) break;
    fires.push_back(Format(zone.ToLocal(*next)));
    after = *next;
  }
  return fires;
}

std::string ErrorOf(const std::string& expression) {
  const Result<QuartzCron> cron = QuartzCron::Parse(expression);
  return cron ? "" : cron.error().message();
}

TEST(QuartzTest, FiresByEveryOperator) {
  const int64_t after = Utc(2024, 1, 15, 9, 45);  // A Monday.
  EXPECT_THAT(Fires("0 0 2 * * ?", after, 2),
              ElementsAre("2024-01-16 02:00:00", "2024-01-17 02:00:00"));
  EXPECT_THAT(Fires("0 0/15 * * * ?", after, 2),
              ElementsAre("2024-01-15 10:00:00", "2024-01-15 10:15:00"));
  EXPECT_THAT(Fires("0 30 9 ? * MON-FRI", after, 2),
              ElementsAre("2024-01-16 09:30:00", "2024-01-17 09:30:00"));
  EXPECT_THAT(Fires("0 0 1 L * ?", after, 2),
              ElementsAre("2024-01-31 01:00:00", "2024-02-29 01:00:00"));
  EXPECT_THAT(Fires("0 0 1 L-3 * ?", after, 2),
              ElementsAre("2024-01-28 01:00:00", "2024-02-26 01:00:00"));
  EXPECT_THAT(Fires("0 0 8 ? * 6#3", after, 2),
              ElementsAre("2024-01-19 08:00:00", "2024-02-16 08:00:00"));
  EXPECT_THAT(Fires("0 0 8 ? * 6L", after, 2),
              ElementsAre("2024-01-26 08:00:00", "2024-02-23 08:00:00"));
  EXPECT_THAT(Fires("0 0 0 1W * ?", after, 3),
              ElementsAre("2024-02-01 00:00:00", "2024-03-01 00:00:00", "2024-04-01 00:00:00"));
  EXPECT_THAT(Fires("0 0 0 LW * ?", after, 3),
              ElementsAre("2024-01-31 00:00:00", "2024-02-29 00:00:00", "2024-03-29 00:00:00"));
  EXPECT_THAT(Fires("0 0 22-2/2 15 1 ? 2025", after, 9),
              ElementsAre("2025-01-15 00:00:00", "2025-01-15 02:00:00", "2025-01-15 22:00:00"));
  EXPECT_THAT(Fires("0 0 0 ? * FRI-MON", after, 3),
              ElementsAre("2024-01-19 00:00:00", "2024-01-20 00:00:00", "2024-01-21 00:00:00"));
  EXPECT_THAT(Fires("10,50 /30 3 ? jan l", after, 2),
              ElementsAre("2024-01-20 03:00:10", "2024-01-20 03:00:50"));
  EXPECT_THAT(Fires("0 0 0 29 2 ?", after, 2),
              ElementsAre("2024-02-29 00:00:00", "2028-02-29 00:00:00"));
  EXPECT_THAT(Fires("0 0 0 30 2 ?", after, 1), ElementsAre());
  EXPECT_THAT(Fires("0 0 0 ? * 2#5", after, 2),
              ElementsAre("2024-01-29 00:00:00", "2024-04-29 00:00:00"));
}

// New York 2024: 02:00 to 03:00 is skipped on 10 March, 01:00 to 02:00 comes twice on 3 November.
TEST(QuartzTest, FollowsClockChanges) {
  const std::string zone = "America/New_York";
  EXPECT_THAT(Fires("0 30 2 * * ?", Utc(2024, 3, 9, 12), 2, zone),
              ElementsAre("2024-03-10 03:00:00", "2024-03-11 02:30:00"));
  EXPECT_THAT(Fires("0 0/30 * * * ?", Utc(2024, 3, 10, 6, 31), 3, zone),
              ElementsAre("2024-03-10 03:00:00", "2024-03-10 03:30:00", "2024-03-10 04:00:00"));
  EXPECT_THAT(Fires("0 30 1 * * ?", Utc(2024, 11, 3, 0), 2, zone),
              ElementsAre("2024-11-03 01:30:00", "2024-11-04 01:30:00"));
  const Result<QuartzCron> hourly = QuartzCron::Parse("0 0 * * * ?");
  // After the first 01:00 (05:00 UTC) comes 02:00 (07:00 UTC): the second 01:00 is left out.
  EXPECT_EQ(Format(*hourly->NextFire(Utc(2024, 11, 3, 5), Zone(zone))), "2024-11-03 07:00:00");
}

// Whether an expression of plain fields fires in a minute, looked up minute by minute: the wall
// clock at the instant matches and showed that time for the first time, or the clock jumped over a
// match.
class MinuteModel {
 public:
  MinuteModel(std::set<int> minutes, std::set<int> hours, const TimeZone& zone)
      : minutes_(std::move(minutes)), hours_(std::move(hours)), zone_(zone) {}

  bool Fires(int64_t utc) const {
    const int64_t local = zone_.ToLocal(utc);
    const int64_t before = zone_.ToLocal(utc - 60 * kMicros) + 60 * kMicros;
    for (int64_t skipped = before; skipped < local; skipped += 60 * kMicros) {
      if (Matches(skipped)) return true;
    }
    return Matches(local) && zone_.ToInstant(local).utc_micros == utc;
  }

 private:
  bool Matches(int64_t local) const {
    const int64_t minute_of_day = local / (60 * kMicros) % 1440;
    return minutes_.contains(static_cast<int>(minute_of_day % 60)) &&
           hours_.contains(static_cast<int>(minute_of_day / 60));
  }

  std::set<int> minutes_;
  std::set<int> hours_;
  TimeZone zone_;
};

TEST(QuartzTest, AgreesWithAModelOverYears) {
  struct Case {
    std::string expression;
    std::set<int> minutes;
    std::set<int> hours;
  };
  const std::vector<Case> cases = {{"0 30 2 * * ?", {30}, {2}},
                                   {"0 0,20 1-3 * * ?", {0, 20}, {1, 2, 3}},
                                   {"0 59 0,23 ? * *", {59}, {0, 23}}};
  for (const char* name : {"Europe/Oslo", "Australia/Lord_Howe", "America/Sao_Paulo"}) {
    const TimeZone zone = Zone(name);
    for (const Case& one : cases) {
      const Result<QuartzCron> cron = QuartzCron::Parse(one.expression);
      const MinuteModel model(one.minutes, one.hours, zone);
      int64_t expected = *cron->NextFire(Utc(2016, 12, 31, 23, 59), zone);
      for (int64_t minute = Utc(2017, 1, 1); minute < Utc(2018, 1, 1); minute += 60 * kMicros) {
        ASSERT_EQ(model.Fires(minute), minute == expected)
            << name << " " << one.expression << " " << Format(minute);
        if (minute == expected) expected = *cron->NextFire(minute, zone);
      }
    }
  }
}

TEST(QuartzTest, NamesWhatIsWrong) {
  EXPECT_EQ(
      ErrorOf("0 2 * * *"),
      "'0 2 * * *' has the five fields of Unix cron; Quartz begins with seconds: '0 0 2 * * ?'");
  EXPECT_THAT(ErrorOf("*/5 * * * 1-5"), HasSubstr("'0 */5 * ? * MON-FRI'"));
  EXPECT_THAT(ErrorOf("0 0 2 * * *"), HasSubstr("one must be '?', e.g. '0 0 2 * * ?'"));
  EXPECT_THAT(ErrorOf("0 0 2 ? * ?"), HasSubstr("'?' for both"));
  EXPECT_THAT(ErrorOf("0 0 25 * * ?"), HasSubstr("25 is out of range in the field hours: 0 to 23"));
  EXPECT_THAT(ErrorOf("0 0/0 2 * * ?"), HasSubstr("the step '0' of the field minutes"));
  EXPECT_THAT(ErrorOf("0 0 2 L,15 * ?"), HasSubstr("without lists or ranges"));
  EXPECT_THAT(ErrorOf("0 0 2 ? * 6#6"), HasSubstr("1 to 5 after the '#'"));
  EXPECT_THAT(ErrorOf("0 0 2 ? * MNO"), HasSubstr("'MNO' is no value of the field day of week"));
  EXPECT_THAT(ErrorOf("0 0"), HasSubstr("has 2 fields"));
  EXPECT_THAT(ErrorOf("0 ? 2 * * ?"), HasSubstr("not in minutes"));
}

TEST(QuartzTest, KnowsItsSpacing) {
  EXPECT_EQ(QuartzCron::Parse("* * * * * ?")->MinimumSpacingSeconds(), 1);
  EXPECT_EQ(QuartzCron::Parse("0/20 * * * * ?")->MinimumSpacingSeconds(), 20);
  EXPECT_EQ(QuartzCron::Parse("5 * * * * ?")->MinimumSpacingSeconds(), 60);
}

}  // namespace
}  // namespace lakesmith::bundle
