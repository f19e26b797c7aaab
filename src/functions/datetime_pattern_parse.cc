#include <algorithm>
#include <cctype>
#include <map>

#include "base/ascii.h"
#include "functions/civil_time.h"
#include "functions/datetime_pattern.h"

namespace lakesmith::functions {
namespace {

using Item = DateTimePattern::Item;

bool StartsWithIgnoringCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::ranges::equal(
             text.substr(0, prefix.size()), prefix,
             [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

bool IsNumeric(const Item& item) {
  if (item.kind != Item::Kind::kLetter) return false;
  if (item.letter == 'M' || item.letter == 'L') return item.count <= 2;
  return std::string_view("yDdhHkKmsS").find(item.letter) != std::string_view::npos;
}

// Digits that a field takes for certain when others stand right after it.
int FixedWidth(const Item& item) { return item.count >= 2 || item.letter == 'S' ? item.count : 0; }

// What a text said, letter by letter.
struct Read {
  std::map<char, int64_t> numbers;  // By letter; 'a' is 0 or 1, 'G' 0 for BC, 'S' micros.
  std::optional<TimeZone> zone;
};

class Parser {
 public:
  Parser(const std::vector<Item>& items, std::string_view text) : items_(items), text_(text) {}

  bool ParseAll() { return ParseFrom(0, items_.size()) && at_ == text_.size(); }
  size_t position() const { return at_; }
  const Read& read() const { return read_; }

 private:
  bool ParseFrom(size_t first, size_t last) {
    for (size_t i = first; i < last; ++i) {
      if (items_[i].kind == Item::Kind::kOptionalStart) {
        const size_t end = EndOfOptional(i);
        const size_t at = at_;
        const Read before = read_;
        if (!ParseFrom(i + 1, end)) {
          at_ = at;
          read_ = before;
        }
        i = end;
      } else if (!ParseItem(i)) {
        return false;
      }
    }
    return true;
  }

  size_t EndOfOptional(size_t start) const {
    int depth = 0;
    for (size_t i = start; i < items_.size(); ++i) {
      if (items_[i].kind == Item::Kind::kOptionalStart) ++depth;
      if (items_[i].kind == Item::Kind::kOptionalEnd && --depth == 0) return i;
    }
    return items_.size();
  }

  bool ParseItem(size_t index) {
    const Item& item = items_[index];
    switch (item.kind) {
      case Item::Kind::kOptionalStart:
      case Item::Kind::kOptionalEnd:
        return true;
      case Item::Kind::kLiteral:
        if (!StartsWithIgnoringCase(text_.substr(at_), item.literal)) return false;
        at_ += item.literal.size();
        return true;
      case Item::Kind::kLetter:
        break;
    }
    if (IsNumeric(item)) return ParseNumber(index);
    switch (item.letter) {
      case 'M':
      case 'L':
        return ParseName(item, kMonthNames, 12);
      case 'a':
        return ParseChoice('a', {"AM", "PM"});
      case 'G':
        return ParseChoice('G', {"BC", "AD"}) || ParseChoice('G', {"Before Christ", "Anno Domini"});
      default:
        return ParseZone(item);
    }
  }

  // Digits left for the fields of fixed width that follow without anything between.
  int Reserved(size_t index) const {
    int reserved = 0;
    for (size_t i = index + 1;
         i < items_.size() && IsNumeric(items_[i]) && FixedWidth(items_[i]) > 0; ++i) {
      reserved += FixedWidth(items_[i]);
    }
    return reserved;
  }

  bool ParseNumber(size_t index) {
    const Item& item = items_[index];
    const bool negative =
        item.letter == 'y' && item.count >= 4 && at_ < text_.size() && text_[at_] == '-';
    if (negative) ++at_;
    size_t available = 0;
    while (at_ + available < text_.size() && IsDigit(text_[at_ + available])) ++available;
    // A fraction takes up to its count of digits; an open-ended field leaves what fixed ones behind
    // it need.
    const size_t least = item.letter == 'S' ? 1 : static_cast<size_t>(item.count);
    auto most = static_cast<size_t>(item.count);
    if ((item.count == 1 && item.letter != 'S') || (item.letter == 'y' && item.count >= 4)) {
      const auto reserved = static_cast<size_t>(Reserved(index));
      most = available > reserved ? available - reserved : 0;
    }
    const size_t width = std::min(available, most);
    if (width < least || width > 10) return false;
    int64_t number = 0;
    for (size_t i = 0; i < width; ++i) number = number * 10 + (text_[at_ + i] - '0');
    at_ += width;
    if (item.letter == 'S') {
      for (size_t i = width; i < 6; ++i) number *= 10;
      for (size_t i = 6; i < width; ++i) number /= 10;
    }
    if (item.letter == 'y' && item.count == 2) number += 2000;
    read_.numbers[item.letter == 'L' ? 'M' : item.letter] = negative ? -number : number;
    return true;
  }

  bool ParseName(const Item& item, const char* const* names, int count) {
    for (int i = 0; i < count; ++i) {
      const std::string name = item.count == 3 ? std::string(names[i]).substr(0, 3) : names[i];
      if (!StartsWithIgnoringCase(text_.substr(at_), name)) continue;
      at_ += name.size();
      read_.numbers['M'] = i + 1;
      return true;
    }
    return false;
  }

  bool ParseChoice(char letter, std::initializer_list<std::string_view> choices) {
    int64_t number = 0;
    for (const std::string_view choice : choices) {
      if (StartsWithIgnoringCase(text_.substr(at_), choice)) {
        at_ += choice.size();
        read_.numbers[letter] = number;
        return true;
      }
      ++number;
    }
    return false;
  }

  // The longest text at this place that is a zone by the letter.
  bool ParseZone(const Item& item) {
    size_t end = at_;
    const auto is_part = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) ||
             std::string_view("+-:/_").find(c) != std::string_view::npos;
    };
    while (end < text_.size() && is_part(text_[end])) ++end;
    for (; end > at_; --end) {
      const std::string_view name = text_.substr(at_, end - at_);
      const bool is_offset =
          name[0] == '+' || name[0] == '-' || name == "Z" || name.starts_with("GMT");
      const bool wants_offset =
          std::string_view("XxZO").find(item.letter) != std::string_view::npos;
      if (wants_offset && (!is_offset || (item.letter == 'x' && name == "Z"))) continue;
      if (Result<TimeZone> zone = TimeZone::Find(AbbreviatedZone(name))) {
        read_.zone = *std::move(zone);
        at_ = end;
        return true;
      }
    }
    return false;
  }

  static std::string_view AbbreviatedZone(std::string_view name) {
    static const std::map<std::string_view, std::string_view> kZones = {
        {"PST", "America/Los_Angeles"}, {"PDT", "America/Los_Angeles"}, {"MST", "America/Denver"},
        {"MDT", "America/Denver"},      {"CST", "America/Chicago"},     {"CDT", "America/Chicago"},
        {"EST", "America/New_York"},    {"EDT", "America/New_York"},    {"CET", "Europe/Paris"},
        {"CEST", "Europe/Paris"},       {"JST", "Asia/Tokyo"},          {"BST", "Europe/London"}};
    const auto found = kZones.find(name);
    return found == kZones.end() ? name : found->second;
  }

  const std::vector<Item>& items_;
  std::string_view text_;
  size_t at_ = 0;
  Read read_;
};

// The number of a letter within its range, or `missing` when the text has none; nullopt when it is
// out of range.
std::optional<int64_t> Field(const Read& read, char letter, int64_t missing, int64_t least,
                             int64_t most) {
  const auto found = read.numbers.find(letter);
  if (found == read.numbers.end()) return missing;
  if (found->second < least || found->second > most) return std::nullopt;
  return found->second;
}

std::optional<int64_t> HourOf(const Read& read) {
  if (read.numbers.contains('H')) return Field(read, 'H', 0, 0, 23);
  if (read.numbers.contains('k')) {
    const auto hour = Field(read, 'k', 24, 1, 24);
    return hour ? std::optional(*hour % 24) : std::nullopt;
  }
  const bool from_one = read.numbers.contains('h');
  const auto hour = from_one ? Field(read, 'h', 12, 1, 12) : Field(read, 'K', 0, 0, 11);
  const auto half = Field(read, 'a', 0, 0, 1);
  if (!hour || !half) return std::nullopt;
  return *hour % 12 + *half * 12;
}

std::optional<int64_t> DaysOf(const Read& read) {
  auto year = Field(read, 'y', 1970, -999'999, 999'999);
  if (!year) return std::nullopt;
  if (read.numbers.contains('G') && read.numbers.at('G') == 0) year = 1 - *year;
  if (read.numbers.contains('D') && !read.numbers.contains('M') && !read.numbers.contains('d')) {
    const auto day = Field(read, 'D', 1, 1, IsLeapYear(*year) ? 366 : 365);
    if (!day) return std::nullopt;
    return DaysFromCivil({.year = *year, .month = 1, .day = 1}) + *day - 1;
  }
  const auto month = Field(read, 'M', 1, 1, 12);
  const auto day = Field(read, 'd', 1, 1, 31);
  if (!month || !day) return std::nullopt;
  return CheckedDays(*year, static_cast<int>(*month), static_cast<int>(*day));
}

}  // namespace

std::optional<DateTimePattern::Parsed> DateTimePattern::Parse(std::string_view text,
                                                              size_t* error_index) const {
  if (shape_) {
    if (const auto local = ParseFixed(text)) {
      if (error_index != nullptr) *error_index = 0;
      return Parsed{.local_micros = *local, .zone = std::nullopt};
    }
  }
  Parser parser(items_, text);
  const bool matched = parser.ParseAll();
  if (error_index != nullptr) *error_index = matched ? 0 : parser.position();
  if (!matched) return std::nullopt;
  const Read& read = parser.read();
  const auto days = DaysOf(read);
  const auto hour = HourOf(read);
  const auto minute = Field(read, 'm', 0, 0, 59);
  const auto second = Field(read, 's', 0, 0, 59);
  const auto micros = Field(read, 'S', 0, 0, 999'999);
  if (!days || !hour || !minute || !second || !micros) return std::nullopt;
  const int64_t of_day =
      *hour * kMicrosPerHour + *minute * kMicrosPerMinute + *second * kMicrosPerSecond + *micros;
  const __int128 local = static_cast<__int128>(*days) * kMicrosPerDay + of_day;
  if (local > INT64_MAX || local < INT64_MIN) return std::nullopt;
  return Parsed{.local_micros = static_cast<int64_t>(local), .zone = read.zone};
}

}  // namespace lakesmith::functions
