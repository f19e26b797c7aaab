#include "base/time_zone.h"

#include <date/tz.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <vector>

#include "base/nearest.h"

namespace lakesmith {
namespace {

using Micros = std::chrono::microseconds;
constexpr int64_t kMicrosPerSecond = 1'000'000;

date::sys_time<std::chrono::seconds> UtcSeconds(int64_t micros) {
  return date::floor<std::chrono::seconds>(date::sys_time<Micros>(Micros(micros)));
}

// Reads up to two digits at `at` and moves it on; -1 when there is none.
int TwoDigits(std::string_view text, size_t& at) {
  int number = -1;
  for (int count = 0; count < 2 && at < text.size() && text[at] >= '0' && text[at] <= '9';
       ++count) {
    number = (number < 0 ? 0 : number) * 10 + (text[at++] - '0');
  }
  return number;
}

// Seconds of "+h", "+hh:mm", "+hhmm" or "+hh:mm:ss"; nullopt when it is none of them or beyond 18
// hours.
std::optional<int64_t> OffsetSeconds(std::string_view text) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  size_t at = 1;
  const int hours = TwoDigits(text, at);
  int minutes = 0;
  int seconds = 0;
  if (at < text.size()) {
    if (text[at] == ':') ++at;
    minutes = TwoDigits(text, at);
    if (at < text.size() && text[at] == ':') {
      ++at;
      seconds = TwoDigits(text, at);
    }
  }
  const bool in_range =
      hours >= 0 && hours <= 18 && minutes >= 0 && minutes < 60 && seconds >= 0 && seconds < 60;
  if (!in_range || at != text.size()) return std::nullopt;
  const int64_t total = int64_t{hours} * 3600 + minutes * 60 + seconds;
  if (total > 18 * 3600) return std::nullopt;
  return text[0] == '-' ? -total : total;
}

std::optional<int64_t> FixedOffsetSeconds(std::string_view name) {
  if (name == "UTC" || name == "Z" || name == "GMT" || name == "UT") return 0;
  for (const std::string_view prefix : {"UTC", "GMT", "UT"}) {
    if (name.starts_with(prefix)) return OffsetSeconds(name.substr(prefix.size()));
  }
  return OffsetSeconds(name);
}

// The system's data end with this year; later ones follow its rules.
constexpr int kLastListedYear = 2037;

// How far a time lies behind the like time of a year whose rules are listed: one that begins on the
// same weekday and is as long. 0 for times of listed years.
int64_t BeyondListed(int64_t micros) {
  constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
  constexpr int64_t kDaysOf400Years = 146'097;
  const auto first_day = [](int year) {
    return int64_t{date::sys_days(date::year(year) / 1 / 1).time_since_epoch().count()};
  };
  static const int64_t kFirstUnlisted = first_day(kLastListedYear + 1);
  const int64_t day = micros / kMicrosPerDay;
  if (day < kFirstUnlisted) return 0;
  const int64_t cycles = (day - kFirstUnlisted) / kDaysOf400Years * kDaysOf400Years;
  const date::year_month_day at(date::sys_days(date::days(day - cycles)));
  const int year = static_cast<int>(at.year());
  for (int listed = kLastListedYear; listed > kLastListedYear - 28; --listed) {
    const int64_t distance = first_day(year) - first_day(listed);
    if (distance % 7 != 0 || date::year(listed).is_leap() != at.year().is_leap()) continue;
    return (cycles + distance) * kMicrosPerDay;
  }
  return 0;
}

Error UnknownZone(std::string_view name) {
  std::vector<std::string> names;
  try {
    for (const date::time_zone& zone : date::get_tzdb().zones) names.push_back(zone.name());
  } catch (const std::exception&) {
    return Unavailable("the system has no time zone data; install the package tzdata");
  }
  const std::string nearest = Nearest(name, names);
  Error error = Invalid(
      "the time zone '{}' is not known; give a name such as Europe/Oslo or an offset such as "
      "+01:00{}",
      name, nearest.empty() ? "" : fmt::format("; closest: '{}'", nearest));
  return std::move(error).WithClass("INVALID_TIMEZONE", "22009");
}

}  // namespace

struct TimeZone::Zone {
  const date::time_zone* zone;
};

Result<TimeZone> TimeZone::Find(std::string_view name) {
  TimeZone found;
  found.name_ = name;
  if (const std::optional<int64_t> seconds = FixedOffsetSeconds(name)) {
    found.fixed_offset_ = *seconds * kMicrosPerSecond;
    return found;
  }
  try {
    found.zone_ = std::make_shared<const Zone>(Zone{date::locate_zone(std::string(name))});
  } catch (const std::exception&) {
    return UnknownZone(name);
  }
  return found;
}

int64_t TimeZone::OffsetAt(int64_t utc_micros) const {
  if (!zone_) return fixed_offset_;
  const int64_t listed = utc_micros - BeyondListed(utc_micros);
  return zone_->zone->get_info(UtcSeconds(listed)).offset.count() * kMicrosPerSecond;
}

TimeZone::Instant TimeZone::ToInstant(int64_t local_micros) const {
  if (!zone_) return {.utc_micros = local_micros - fixed_offset_, .kind = LocalKind::kUnique};
  const auto local = date::floor<std::chrono::seconds>(
      date::local_time<Micros>(Micros(local_micros - BeyondListed(local_micros))));
  const date::local_info info = zone_->zone->get_info(local);
  const int64_t utc = local_micros - info.first.offset.count() * kMicrosPerSecond;
  switch (info.result) {
    case date::local_info::nonexistent:
      return {.utc_micros = utc, .kind = LocalKind::kGap};
    case date::local_info::ambiguous:
      return {.utc_micros = utc, .kind = LocalKind::kOverlap};
    default:
      return {.utc_micros = utc, .kind = LocalKind::kUnique};
  }
}

std::string TimeZone::Abbreviation(int64_t utc_micros) const {
  if (zone_) return zone_->zone->get_info(UtcSeconds(utc_micros - BeyondListed(utc_micros))).abbrev;
  if (fixed_offset_ == 0) return "UTC";
  const int64_t minutes = std::abs(fixed_offset_) / (60 * kMicrosPerSecond);
  return fmt::format("{}{:02}:{:02}", fixed_offset_ < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace lakesmith
