#include "functions/datetime_pattern.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "functions/civil_time.h"

namespace lakesmith::functions {
namespace {

using Item = DateTimePattern::Item;

struct LetterLimit {
  char letter;
  int most;  // Repetitions that Spark takes.
};

constexpr std::array kLetters = {
    LetterLimit{'G', 4}, LetterLimit{'y', 6}, LetterLimit{'M', 4}, LetterLimit{'L', 4},
    LetterLimit{'d', 2}, LetterLimit{'D', 3}, LetterLimit{'E', 4}, LetterLimit{'F', 1},
    LetterLimit{'a', 1}, LetterLimit{'h', 2}, LetterLimit{'H', 2}, LetterLimit{'k', 2},
    LetterLimit{'K', 2}, LetterLimit{'m', 2}, LetterLimit{'s', 2}, LetterLimit{'S', 9},
    LetterLimit{'V', 2}, LetterLimit{'z', 4}, LetterLimit{'O', 4}, LetterLimit{'X', 5},
    LetterLimit{'x', 5}, LetterLimit{'Z', 5}, LetterLimit{'Q', 4}, LetterLimit{'q', 4},
};

Error NotRecognized(std::string_view pattern) {
  return Invalid(
             "You may get a different result due to the upgrading to Spark >= 3.0: Fail to "
             "recognize '{}' pattern in "
             "the DateTimeFormatter.",
             pattern)
      .WithClass("INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION", "42K0B");
}

Error WeekBased(char letter) {
  return Invalid(
             "You may get a different result due to the upgrading to Spark >= 3.0: All week-based "
             "patterns are "
             "unsupported since Spark 3.0, detected week-based character: {}. Please use the SQL "
             "function EXTRACT "
             "instead.",
             letter)
      .WithClass("INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN", "42K0B");
}

Error IllegalCharacter(char letter, std::string_view pattern) {
  return Invalid(
             "Unrecognized datetime pattern: {}. Illegal pattern character found in datetime "
             "pattern: {}.",
             pattern, letter)
      .WithClass("INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", "22007");
}

Status CheckLetter(char letter, int count, std::string_view pattern, DateTimePattern::Use use) {
  if (std::string_view("YWwuec").find(letter) != std::string_view::npos) return WeekBased(letter);
  for (const LetterLimit& known : kLetters) {
    if (known.letter != letter) continue;
    const bool names_a_day = letter == 'E' || letter == 'F' || letter == 'q' || letter == 'Q';
    if (use == DateTimePattern::Use::kParse && names_a_day)
      return IllegalCharacter(letter, pattern);
    const bool fits = count <= known.most && !(letter == 'V' && count != 2) &&
                      !(letter == 'O' && count != 1 && count != 4);
    if (!fits) return NotRecognized(pattern);
    return {};
  }
  return IllegalCharacter(letter, pattern);
}

// Reads a quoted text that starts at `at`, a quote, and moves past it.
Result<std::string> QuotedText(std::string_view pattern, size_t& at) {
  std::string text;
  const size_t start = at++;
  while (at < pattern.size()) {
    if (pattern[at] != '\'') {
      text += pattern[at++];
      continue;
    }
    if (at + 1 < pattern.size() && pattern[at + 1] == '\'') {
      text += '\'';
      at += 2;
      continue;
    }
    ++at;
    return at == start + 2 ? "'" : text;
  }
  return NotRecognized(pattern);
}

// What the letters of a pattern are taken from.
struct Fields {
  CivilDate date;
  int64_t days;
  int64_t micros_of_day;
  const TimeZone* zone;
  int64_t utc_micros;

  int hour() const { return static_cast<int>(micros_of_day / kMicrosPerHour); }
  int minute() const { return static_cast<int>(micros_of_day / kMicrosPerMinute % 60); }
  int second() const { return static_cast<int>(micros_of_day / kMicrosPerSecond % 60); }
};

std::string Padded(int64_t number, int width) { return fmt::format("{:0{}}", number, width); }

std::string YearText(int64_t year, int count) {
  if (count == 2) return Padded(((year % 100) + 100) % 100, 2);
  const std::string digits = Padded(std::abs(year), count);
  if (year < 0) return "-" + digits;
  return count >= 4 && static_cast<int>(digits.size()) > count ? "+" + digits : digits;
}

std::string NameText(const char* name, int count) {
  return count == 3 ? std::string(name).substr(0, 3) : name;
}

std::string QuarterText(int month, int count) {
  constexpr const char* kNames[] = {"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"};
  const int quarter = (month - 1) / 3 + 1;
  if (count <= 2) return Padded(quarter, count);
  return count == 3 ? fmt::format("Q{}", quarter) : kNames[quarter - 1];
}

// "+08:00" and the like; `seconds` are shown when they are not zero and `with_seconds`.
std::string OffsetText(int64_t offset_micros, std::string_view separator, bool minutes_optional,
                       bool with_seconds) {
  const int64_t total = std::abs(offset_micros) / kMicrosPerSecond;
  std::string text = fmt::format("{}{:02}", offset_micros < 0 ? '-' : '+', total / 3600);
  if (!minutes_optional || total % 3600 != 0)
    text += fmt::format("{}{:02}", separator, total / 60 % 60);
  if (with_seconds && total % 60 != 0) text += fmt::format("{}{:02}", separator, total % 60);
  return text;
}

std::string LocalizedOffset(int64_t offset_micros, bool full) {
  if (offset_micros == 0) return "GMT";
  if (full) return "GMT" + OffsetText(offset_micros, ":", false, true);
  const int64_t total = std::abs(offset_micros) / kMicrosPerSecond;
  std::string text = fmt::format("GMT{}{}", offset_micros < 0 ? '-' : '+', total / 3600);
  if (total % 3600 != 0) text += fmt::format(":{:02}", total / 60 % 60);
  return text;
}

// English names of zones: an abbreviation means something else in other parts of the world. Source:
// the Unicode Common Locale Data Repository.
constexpr struct {
  std::string_view region;
  std::string_view abbreviation;
  std::string_view name;
} kZoneNames[] = {
    {"America/", "PST", "Pacific Standard Time"},
    {"America/", "PDT", "Pacific Daylight Time"},
    {"America/", "MST", "Mountain Standard Time"},
    {"America/", "MDT", "Mountain Daylight Time"},
    {"America/", "CST", "Central Standard Time"},
    {"America/", "CDT", "Central Daylight Time"},
    {"America/", "EST", "Eastern Standard Time"},
    {"America/", "EDT", "Eastern Daylight Time"},
    {"America/", "AKST", "Alaska Standard Time"},
    {"America/", "AKDT", "Alaska Daylight Time"},
    {"Europe/", "WET", "Western European Standard Time"},
    {"Europe/", "WEST", "Western European Summer Time"},
    {"Europe/", "CET", "Central European Standard Time"},
    {"Europe/", "CEST", "Central European Summer Time"},
    {"Europe/", "EET", "Eastern European Standard Time"},
    {"Europe/", "EEST", "Eastern European Summer Time"},
    {"Europe/", "GMT", "Greenwich Mean Time"},
    {"Europe/London", "BST", "British Summer Time"},
    {"Europe/Moscow", "MSK", "Moscow Standard Time"},
    {"Asia/Tokyo", "JST", "Japan Standard Time"},
    {"Asia/Seoul", "KST", "Korean Standard Time"},
    {"Asia/Shanghai", "CST", "China Standard Time"},
    {"Asia/Kolkata", "IST", "India Standard Time"},
    {"Australia/", "AEST", "Australian Eastern Standard Time"},
    {"Australia/", "AEDT", "Australian Eastern Daylight Time"},
    {"UTC", "UTC", "Coordinated Universal Time"},
    {"GMT", "GMT", "Greenwich Mean Time"},
};

Result<std::string> FullZoneName(const TimeZone& zone, int64_t utc_micros) {
  const std::string abbreviation = zone.Abbreviation(utc_micros);
  for (const auto& known : kZoneNames) {
    const bool same = known.abbreviation == abbreviation && zone.name().starts_with(known.region);
    if (same && zone.name() != "America/Havana") return std::string(known.name);
  }
  return Unsupported("the full name (pattern letters 'zzzz') of the time zone {} is not known",
                     zone.name());
}

Result<std::string> ZoneText(const Item& item, const Fields& fields) {
  if (fields.zone == nullptr) {
    return Invalid(
               "Unable to extract ZoneId from temporal: the value has no time zone for the letter "
               "'{}'",
               item.letter)
        .WithClass("INVALID_DATETIME_PATTERN", "22007");
  }
  const int64_t offset = fields.zone->OffsetAt(fields.utc_micros);
  switch (item.letter) {
    case 'V':
      return fields.zone->name();
    case 'z':
      if (item.count == 4) return FullZoneName(*fields.zone, fields.utc_micros);
      return fields.zone->Abbreviation(fields.utc_micros);
    case 'O':
      return LocalizedOffset(offset, item.count == 4);
    case 'Z':
      if (item.count == 4) return LocalizedOffset(offset, true);
      if (item.count == 5) return offset == 0 ? "Z" : OffsetText(offset, ":", false, true);
      return OffsetText(offset, "", false, false);
    default:
      if (item.letter == 'X' && offset == 0) return "Z";
      return OffsetText(offset, item.count == 3 || item.count == 5 ? ":" : "", item.count == 1,
                        item.count >= 4);
  }
}

Result<std::string> LetterText(const Item& item, const Fields& fields) {
  const int count = item.count;
  switch (item.letter) {
    case 'G':
      return count == 4 ? (fields.date.year > 0 ? "Anno Domini" : "Before Christ")
                        : (fields.date.year > 0 ? "AD" : "BC");
    case 'y':
      return YearText(fields.date.year, count);
    case 'M':
    case 'L':
      if (count <= 2) return Padded(fields.date.month, count);
      return NameText(kMonthNames[fields.date.month - 1], count);
    case 'd':
      return Padded(fields.date.day, count);
    case 'D':
      return Padded(
          fields.days - DaysFromCivil({.year = fields.date.year, .month = 1, .day = 1}) + 1, count);
    case 'E':
      return NameText(kWeekdayNames[WeekdayOf(fields.days) - 1], count == 4 ? 4 : 3);
    case 'F':
      return Padded((fields.date.day - 1) % 7 + 1, 1);
    case 'a':
      return fields.hour() < 12 ? "AM" : "PM";
    case 'h':
      return Padded((fields.hour() + 11) % 12 + 1, count);
    case 'H':
      return Padded(fields.hour(), count);
    case 'k':
      return Padded((fields.hour() + 23) % 24 + 1, count);
    case 'K':
      return Padded(fields.hour() % 12, count);
    case 'm':
      return Padded(fields.minute(), count);
    case 's':
      return Padded(fields.second(), count);
    case 'S':
      return (Padded(fields.micros_of_day % kMicrosPerSecond, 6) + "000")
          .substr(0, static_cast<size_t>(count));
    case 'Q':
    case 'q':
      return QuarterText(fields.date.month, count);
    default:
      return ZoneText(item, fields);
  }
}

using FixedShape = DateTimePattern::FixedShape;

bool IsFixedNumber(const Item& item) {
  switch (item.letter) {
    case 'y':
      return item.count == 4;
    case 'M':
    case 'd':
    case 'H':
    case 'm':
    case 's':
      return item.count == 2;
    case 'S':
      return item.count == 3 || item.count == 6;
    default:
      return false;
  }
}

std::optional<FixedShape> ShapeOf(const std::vector<Item>& items) {
  constexpr size_t kMaxWidth = 1000;
  FixedShape shape;
  for (const Item& item : items) {
    if (shape.text.size() > kMaxWidth) return std::nullopt;
    if (item.kind == Item::Kind::kLiteral) {
      if (std::ranges::any_of(item.literal, [](unsigned char c) { return std::isdigit(c); }))
        return std::nullopt;
      shape.text += item.literal;
      continue;
    }
    if (item.kind != Item::Kind::kLetter || !IsFixedNumber(item)) return std::nullopt;
    const auto same = [&item](const FixedShape::Field& field) {
      return field.letter == item.letter;
    };
    if (std::ranges::any_of(shape.fields, same)) return std::nullopt;
    shape.fields.push_back({.letter = item.letter,
                            .at = static_cast<uint16_t>(shape.text.size()),
                            .width = static_cast<uint16_t>(item.count)});
    shape.text.append(static_cast<size_t>(item.count), '0');
  }
  return shape;
}

// Reads exactly the digits of a field; nullopt when something else stands there.
std::optional<int64_t> DigitsAt(std::string_view text, const FixedShape::Field& field) {
  int64_t number = 0;
  for (const char c : text.substr(field.at, field.width)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

// What a text says by its numbers.
struct FixedNumbers {
  int64_t year = 1970;
  int month = 1;
  int day = 1;
  int64_t micros_of_day = 0;
};

// False when a clock has no such number.
bool Put(const FixedShape::Field& field, int64_t number, FixedNumbers& numbers) {
  switch (field.letter) {
    case 'y':
      numbers.year = number;
      return true;
    case 'M':
      numbers.month = static_cast<int>(number);
      return true;
    case 'd':
      numbers.day = static_cast<int>(number);
      return true;
    case 'H':
      numbers.micros_of_day += number * kMicrosPerHour;
      return number < 24;
    case 'm':
      numbers.micros_of_day += number * kMicrosPerMinute;
      return number < 60;
    case 's':
      numbers.micros_of_day += number * kMicrosPerSecond;
      return number < 60;
    default:
      numbers.micros_of_day += number * (field.width == 3 ? 1000 : 1);
      return true;
  }
}

}  // namespace

std::string DateTimePattern::FormatFixed(const CivilDate& date, int64_t micros_of_day) const {
  std::string text = shape_->text;
  for (const FixedShape::Field& field : shape_->fields) {
    int64_t number = 0;
    switch (field.letter) {
      case 'y':
        number = date.year;
        break;
      case 'M':
        number = date.month;
        break;
      case 'd':
        number = date.day;
        break;
      case 'H':
        number = micros_of_day / kMicrosPerHour;
        break;
      case 'm':
        number = micros_of_day / kMicrosPerMinute % 60;
        break;
      case 's':
        number = micros_of_day / kMicrosPerSecond % 60;
        break;
      default:
        number = micros_of_day % kMicrosPerSecond / (field.width == 3 ? 1000 : 1);
    }
    for (size_t at = size_t{field.at} + field.width; at > field.at; number /= 10)
      text[--at] = static_cast<char>('0' + number % 10);
  }
  return text;
}

std::optional<int64_t> DateTimePattern::ParseFixed(std::string_view text) const {
  const std::string& shape = shape_->text;
  if (text.size() != shape.size()) return std::nullopt;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != '0' && shape[i] != text[i]) return std::nullopt;
  }
  FixedNumbers numbers;
  for (const FixedShape::Field& field : shape_->fields) {
    const std::optional<int64_t> number = DigitsAt(text, field);
    if (!number || !Put(field, *number, numbers)) return std::nullopt;
  }
  const auto days = CheckedDays(numbers.year, numbers.month, numbers.day);
  if (!days) return std::nullopt;
  return *days * kMicrosPerDay + numbers.micros_of_day;
}

Result<DateTimePattern> DateTimePattern::Compile(std::string_view pattern, Use use) {
  DateTimePattern compiled;
  int depth = 0;
  for (size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (std::isalpha(static_cast<unsigned char>(c))) {
      size_t end = at;
      while (end < pattern.size() && pattern[end] == c) ++end;
      const auto count = static_cast<int>(end - at);
      TRY(CheckLetter(c, count, pattern, use));
      compiled.items_.push_back(
          {.kind = Item::Kind::kLetter, .letter = c, .count = count, .literal = ""});
      at = end;
      continue;
    }
    Item item;
    if (c == '\'') {
      item.literal = TRY(QuotedText(pattern, at));
    } else if (c == '[' || c == ']') {
      depth += c == '[' ? 1 : -1;
      if (depth < 0) return NotRecognized(pattern);
      item.kind = c == '[' ? Item::Kind::kOptionalStart : Item::Kind::kOptionalEnd;
      ++at;
    } else if (c == '{' || c == '}' || c == '#') {
      return NotRecognized(pattern);
    } else {
      item.literal = std::string(1, c);
      ++at;
    }
    compiled.items_.push_back(std::move(item));
  }
  while (depth-- > 0) compiled.items_.push_back({.kind = Item::Kind::kOptionalEnd});
  compiled.shape_ = ShapeOf(compiled.items_);
  return compiled;
}

Result<std::string> DateTimePattern::Format(int64_t local_micros, const TimeZone* zone,
                                            int64_t utc_micros) const {
  const int64_t days = FloorDivide(local_micros, kMicrosPerDay);
  const CivilDate date = CivilFromDays(days);
  if (shape_ && date.year >= 0 && date.year <= 9999)
    return FormatFixed(date, local_micros - days * kMicrosPerDay);
  const Fields fields{.date = date,
                      .days = days,
                      .micros_of_day = local_micros - days * kMicrosPerDay,
                      .zone = zone,
                      .utc_micros = utc_micros};
  std::string text;
  for (const Item& item : items_) {
    if (item.kind == Item::Kind::kLiteral) text += item.literal;
    if (item.kind == Item::Kind::kLetter) text += TRY(LetterText(item, fields));
  }
  return text;
}

}  // namespace lakesmith::functions
