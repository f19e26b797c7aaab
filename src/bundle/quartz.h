#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"

namespace lakesmith::bundle {

// A Quartz cron expression: six or seven fields, seconds first. Immutable and pure.
// Source: compatibility notes, section 6.
class QuartzCron {
 public:
  // Errors: kInvalid, naming the field and what is wrong; for an expression of five fields the
  // message holds its Quartz form.
  static Result<QuartzCron> Parse(std::string_view expression);

  // The first instant after `after_micros` (UTC) at which it fires on the wall clock of the zone.
  // A time that a clock change skips fires at the first instant after the gap, a repeated one at
  // its first occurrence only. Nothing when it never fires again up to the year 2099.
  std::optional<int64_t> NextFire(int64_t after_micros, const TimeZone& zone) const;

  // The smallest distance between two times of one minute that it can fire at, in seconds.
  int MinimumSpacingSeconds() const;
  // Whether it fires at hours of the night, when clocks are changed (0:00 to 3:59).
  bool FiresAtNight() const;

 private:
  // How the days of a month are chosen when not by a plain set.
  enum class DayRule {
    kSet,
    kLastDay,         // L and L-k: k days before the last.
    kLastWeekday,     // LW.
    kNearestWeekday,  // kW.
    kLastOfWeekday,   // Day of week kL.
    kNthOfWeekday,    // Day of week k#n.
  };

  Status ReadDayOfMonth(std::string_view text);
  Status ReadDayOfWeek(std::string_view text);
  bool MatchesDay(int year, int month, int day) const;
  std::optional<int64_t> NextLocal(int64_t after_seconds) const;
  std::optional<int64_t> NextTimeOfDay(int64_t from_seconds) const;

  std::set<int> seconds_;
  std::set<int> minutes_;
  std::set<int> hours_;
  std::set<int> months_;
  std::set<int> years_;
  std::set<int> days_of_month_;  // Empty when the day of week decides.
  std::set<int> days_of_week_;   // 1 is Sunday; empty when the day of month decides.
  DayRule rule_ = DayRule::kSet;
  int rule_day_ = 0;    // k of the rule.
  int rule_count_ = 0;  // n of k#n.
};

}  // namespace lakesmith::bundle
