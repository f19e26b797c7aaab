#include "bundle/quartz.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>

namespace lakesmith::bundle {
namespace {

namespace chrono = std::chrono;

constexpr int64_t kMicros = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2099;

// One field: its name in messages, its range, and the names of its values.
struct FieldKind {
  std::string_view name;
  int lowest;
  int highest;
  std::vector<std::string> names;  // Of the values from `lowest` on.
};

const FieldKind kSeconds{"seconds", 0, 59, {}};
const FieldKind kMinutes{"minutes", 0, 59, {}};
const FieldKind kHours{"hours", 0, 23, {}};
const FieldKind kDayOfMonth{"day of month", 1, 31, {}};
const FieldKind kMonth{
    "month",
    1,
    12,
    {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}};
const FieldKind kDayOfWeek{"day of week", 1, 7, {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}};
const FieldKind kYear{"year", kFirstYear, kLastYear, {}};

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return upper;
}

std::vector<std::string> SplitAt(std::string_view text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  while (true) {
    const size_t end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::vector<std::string> SplitBlanks(std::string_view text) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : std::string(text) + " ") {
    if (c != ' ' && c != '\t') {
      part += c;
    } else if (!part.empty()) {
      parts.push_back(std::exchange(part, ""));
    }
  }
  return parts;
}

std::optional<int> ReadNumber(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole && text[0] != '-' ? std::optional(number) : std::nullopt;
}

Result<int> ReadValue(const std::string& text, const FieldKind& kind) {
  const std::string upper = Upper(text);
  const auto named = std::ranges::find(kind.names, upper);
  if (named != kind.names.end()) return kind.lowest + static_cast<int>(named - kind.names.begin());
  const std::optional<int> number = ReadNumber(text);
  if (!number) return Invalid("'{}' is no value of the field {}", text, kind.name);
  if (*number < kind.lowest || *number > kind.highest) {
    return Invalid("{} is out of range in the field {}: {} to {}", text, kind.name, kind.lowest,
                   kind.highest);
  }
  return *number;
}

// Adds `first`, `first + step`, ... up to `last`; a range may wrap around its end.
void AddRange(int first, int last, int step, const FieldKind& kind, std::set<int>& into) {
  const int size = kind.highest - kind.lowest + 1;
  const int length = last >= first ? last - first : last - first + size;
  for (int offset = 0; offset <= length; offset += step) {
    into.insert(kind.lowest + (first - kind.lowest + offset) % size);
  }
}

// One part of a list: *, a, a-b, each perhaps with /n.
Status ReadPart(const std::string& part, const FieldKind& kind, std::set<int>& into) {
  const size_t slash = part.find('/');
  const std::string range = part.substr(0, slash);
  int step = 1;
  if (slash != std::string::npos) {
    const std::optional<int> number = ReadNumber(part.substr(slash + 1));
    if (!number || *number == 0) {
      return Invalid("the step '{}' of the field {} must be a number from 1 on",
                     part.substr(slash + 1), kind.name);
    }
    step = *number;
  }
  if (range == "*" || (range.empty() && slash != std::string::npos)) {
    AddRange(kind.lowest, kind.highest, step, kind, into);
    return {};
  }
  const size_t dash = range.find('-');
  const int first = TRY(ReadValue(range.substr(0, dash), kind));
  int last = slash == std::string::npos ? first : kind.highest;
  if (dash != std::string::npos) last = TRY(ReadValue(range.substr(dash + 1), kind));
  AddRange(first, last, step, kind, into);
  return {};
}

Result<std::set<int>> ReadField(std::string_view text, const FieldKind& kind) {
  std::set<int> values;
  for (const std::string& part : SplitAt(text, ',')) {
    if (part == "?") {
      return Invalid("'?' is allowed in the fields day of month and day of week only, not in {}",
                     kind.name);
    }
    TRY(ReadPart(part, kind, values));
  }
  return values;
}

bool HasSpecial(std::string_view text, std::string_view characters) {
  return text.find_first_of(characters) != std::string_view::npos;
}

// The Quartz form of a five-field expression of Unix cron.
std::string FromUnix(const std::vector<std::string>& fields) {
  std::string weekday;
  for (const char c : fields[4]) {
    const bool is_day = c >= '0' && c <= '7' && fields[4].find('/') == std::string::npos;
    weekday += is_day ? kDayOfWeek.names[static_cast<size_t>(c - '0') % 7] : std::string(1, c);
  }
  std::string day = fields[2];
  if (weekday == "*") {
    weekday = "?";
  } else {
    day = "?";
  }
  return fmt::format("0 {} {} {} {} {}", fields[0], fields[1], day, fields[3], weekday);
}

int DaysInMonth(int year, int month) {
  const chrono::year_month_day_last last{chrono::year(year),
                                         chrono::month_day_last(chrono::month(month))};
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

// 1 is Sunday.
int WeekdayOf(int year, int month, int day) {
  const chrono::sys_days date{chrono::year(year) / month / day};
  return static_cast<int>(chrono::weekday(date).c_encoding()) + 1;
}

bool IsWorkday(int weekday) { return weekday != 1 && weekday != 7; }

// The workday nearest to a day, within its month.
int NearestWorkday(int year, int month, int day) {
  const int weekday = WeekdayOf(year, month, day);
  if (IsWorkday(weekday)) return day;
  const int last = DaysInMonth(year, month);
  if (weekday == 7) return day > 1 ? day - 1 : day + 2;
  return day < last ? day + 1 : day - 2;
}

int LastWorkday(int year, int month) {
  int day = DaysInMonth(year, month);
  while (!IsWorkday(WeekdayOf(year, month, day))) --day;
  return day;
}

// The first instant after the gap that swallows a local time.
int64_t EndOfGap(int64_t local_micros, const TimeZone& zone, int64_t moved) {
  int64_t before = local_micros - zone.OffsetAt(moved);
  int64_t after = moved;
  const int64_t offset_before = zone.OffsetAt(before);
  while (after - before > kMicros) {
    const int64_t middle = before + (after - before) / 2 / kMicros * kMicros;
    if (middle == before) break;
    (zone.OffsetAt(middle) == offset_before ? before : after) = middle;
  }
  return after;
}

}  // namespace

Result<QuartzCron> QuartzCron::Parse(std::string_view expression) {
  const std::vector<std::string> fields = SplitBlanks(expression);
  if (fields.size() == 5) {
    return Invalid("'{}' has the five fields of Unix cron; Quartz begins with seconds: '{}'",
                   expression, FromUnix(fields));
  }
  if (fields.size() != 6 && fields.size() != 7) {
    return Invalid("'{}' has {} fields; a Quartz expression has six or seven, seconds first",
                   expression, fields.size());
  }
  QuartzCron cron;
  cron.seconds_ = TRY(ReadField(fields[0], kSeconds));
  cron.minutes_ = TRY(ReadField(fields[1], kMinutes));
  cron.hours_ = TRY(ReadField(fields[2], kHours));
  cron.months_ = TRY(ReadField(fields[4], kMonth));
  cron.years_ = TRY(ReadField(fields.size() == 7 ? fields[6] : "*", kYear));
  const bool any_day = fields[3] == "?";
  const bool any_weekday = fields[5] == "?";
  if (any_day && any_weekday) {
    return Invalid("'{}' has '?' for both day of month and day of week; write '*' for one",
                   expression);
  }
  if (!any_day && !any_weekday) {
    std::vector<std::string> fixed = fields;
    fixed[fields[5] == "*" ? 5 : 3] = "?";
    std::string hint;
    for (const std::string& field : fixed) hint += (hint.empty() ? "" : " ") + field;
    return Invalid("'{}' gives both day of month and day of week; one must be '?', e.g. '{}'",
                   expression, hint);
  }
  if (!any_day) TRY(cron.ReadDayOfMonth(fields[3]));
  if (!any_weekday) TRY(cron.ReadDayOfWeek(fields[5]));
  return cron;
}

Status QuartzCron::ReadDayOfMonth(std::string_view text) {
  const std::string upper = Upper(text);
  if (!HasSpecial(upper, "LW")) {
    days_of_month_ = TRY(ReadField(text, kDayOfMonth));
    return {};
  }
  if (upper == "L") {
    rule_ = DayRule::kLastDay;
    return {};
  }
  if (upper == "LW") {
    rule_ = DayRule::kLastWeekday;
    return {};
  }
  const std::optional<int> offset =
      upper.starts_with("L-") ? ReadNumber(upper.substr(2)) : std::nullopt;
  if (offset && *offset <= 30) {
    rule_ = DayRule::kLastDay;
    rule_day_ = *offset;
    return {};
  }
  const std::optional<int> day =
      upper.ends_with('W') ? ReadNumber(upper.substr(0, upper.size() - 1)) : std::nullopt;
  if (day && *day >= 1 && *day <= 31) {
    rule_ = DayRule::kNearestWeekday;
    rule_day_ = *day;
    return {};
  }
  return Invalid(
      "'{}' is no value of the field day of month; L, L-3, LW and 15W stand alone, without "
      "lists or ranges",
      text);
}

Status QuartzCron::ReadDayOfWeek(std::string_view text) {
  const std::string upper = Upper(text);
  const size_t hash = upper.find('#');
  if (hash != std::string::npos) {
    const std::optional<int> count = ReadNumber(upper.substr(hash + 1));
    if (HasSpecial(upper, ",-/") || !count || *count < 1 || *count > 5) {
      return Invalid(
          "'{}' is no value of the field day of week; the third Friday is 6#3, 1 to 5 after "
          "the '#'",
          text);
    }
    rule_ = DayRule::kNthOfWeekday;
    rule_day_ = TRY(ReadValue(upper.substr(0, hash), kDayOfWeek));
    rule_count_ = *count;
    return {};
  }
  if (upper == "L") {
    days_of_week_ = {7};
    return {};
  }
  if (upper.ends_with('L')) {
    if (HasSpecial(upper, ",-/")) {
      return Invalid("'{}': L stands alone in the field day of week, without lists or ranges",
                     text);
    }
    rule_ = DayRule::kLastOfWeekday;
    rule_day_ = TRY(ReadValue(upper.substr(0, upper.size() - 1), kDayOfWeek));
    return {};
  }
  days_of_week_ = TRY(ReadField(text, kDayOfWeek));
  return {};
}

bool QuartzCron::MatchesDay(int year, int month, int day) const {
  const int last = DaysInMonth(year, month);
  const int weekday = WeekdayOf(year, month, day);
  switch (rule_) {
    case DayRule::kSet:
      return days_of_month_.empty() ? days_of_week_.contains(weekday)
                                    : days_of_month_.contains(day);
    case DayRule::kLastDay:
      return day == last - rule_day_;
    case DayRule::kLastWeekday:
      return day == LastWorkday(year, month);
    case DayRule::kNearestWeekday:
      return rule_day_ <= last && day == NearestWorkday(year, month, rule_day_);
    case DayRule::kLastOfWeekday:
      return weekday == rule_day_ && day + 7 > last;
    case DayRule::kNthOfWeekday:
      return weekday == rule_day_ && (day - 1) / 7 + 1 == rule_count_;
  }
  return false;
}

// The first matching second of a day that is `from_seconds` or later.
std::optional<int64_t> QuartzCron::NextTimeOfDay(int64_t from_seconds) const {
  for (const int hour : hours_) {
    if (hour * 3600 + 3599 < from_seconds) continue;
    for (const int minute : minutes_) {
      const int64_t begin = hour * 3600 + minute * 60;
      if (begin + 59 < from_seconds) continue;
      const auto first = static_cast<int>(std::clamp<int64_t>(from_seconds - begin, 0, 60));
      const auto second = seconds_.lower_bound(first);
      if (second != seconds_.end()) return begin + *second;
    }
  }
  return std::nullopt;
}

// The first matching wall-clock time after `after_seconds`.
std::optional<int64_t> QuartzCron::NextLocal(int64_t after_seconds) const {
  const int64_t from = after_seconds + 1;
  chrono::sys_days day = chrono::floor<chrono::days>(chrono::sys_seconds(chrono::seconds(from)));
  int64_t time_of_day = from - day.time_since_epoch().count() * kSecondsPerDay;
  while (true) {
    const chrono::year_month_day date(day);
    const int year = static_cast<int>(date.year());
    const int month = static_cast<int>(static_cast<unsigned>(date.month()));
    if (year > kLastYear) return std::nullopt;
    if (!years_.contains(year)) {
      day = chrono::sys_days{chrono::year(year + 1) / 1 / 1};
    } else if (!months_.contains(month)) {
      day = chrono::sys_days{chrono::year(year) / month / chrono::last} + chrono::days(1);
    } else {
      const auto day_number = static_cast<int>(static_cast<unsigned>(date.day()));
      const std::optional<int64_t> time =
          MatchesDay(year, month, day_number) ? NextTimeOfDay(time_of_day) : std::nullopt;
      if (time) return day.time_since_epoch().count() * kSecondsPerDay + *time;
      day += chrono::days(1);
    }
    time_of_day = 0;
  }
}

std::optional<int64_t> QuartzCron::NextFire(int64_t after_micros, const TimeZone& zone) const {
  const int64_t local = zone.ToLocal(after_micros);
  int64_t seconds = local / kMicros - (local % kMicros < 0 ? 1 : 0);
  while (const std::optional<int64_t> next = NextLocal(seconds)) {
    seconds = *next;
    const TimeZone::Instant instant = zone.ToInstant(seconds * kMicros);
    const int64_t fire = instant.kind == TimeZone::LocalKind::kGap
                             ? EndOfGap(seconds * kMicros, zone, instant.utc_micros)
                             : instant.utc_micros;
    if (fire > after_micros) return fire;
  }
  return std::nullopt;
}

int QuartzCron::MinimumSpacingSeconds() const {
  int spacing = 60;
  int previous = *seconds_.rbegin() - 60;
  for (const int second : seconds_) {
    spacing = std::min(spacing, second - previous);
    previous = second;
  }
  return spacing;
}

bool QuartzCron::FiresAtNight() const { return *hours_.begin() <= 3; }

}  // namespace lakesmith::bundle
