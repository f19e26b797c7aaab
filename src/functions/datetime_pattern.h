#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
#include "functions/civil_time.h"

namespace lakesmith::functions {

// A pattern of Java's DateTimeFormatter with Spark's restrictions and defaults, English names.
// Immutable; threads may share it. Source: Spark SQL reference, "Datetime Patterns for Formatting
// and Parsing".
class DateTimePattern {
 public:
  enum class Use : uint8_t { kFormat, kParse };

  // Errors, as Spark's: INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER, ...WITH_SUGGESTION of
  // week-based or overlong letters (INCONSISTENT_BEHAVIOR_CROSS_VERSION.*), unbalanced quotes or
  // brackets.
  static Result<DateTimePattern> Compile(std::string_view pattern, Use use);

  // Text of a wall-clock time. `zone` and `utc_micros` serve the zone letters; without a zone those
  // are an error.
  Result<std::string> Format(int64_t local_micros, const TimeZone* zone, int64_t utc_micros) const;

  // A text read by the pattern: the wall-clock time, with missing fields as 1970-01-01 00:00:00,
  // and the zone it names.
  struct Parsed {
    int64_t local_micros = 0;
    std::optional<TimeZone> zone;
  };
  // Nullopt when the text does not match as a whole or names no real date; `error_index` tells how
  // far it matched.
  std::optional<Parsed> Parse(std::string_view text, size_t* error_index = nullptr) const;

  struct Item {
    enum class Kind : uint8_t { kLetter, kLiteral, kOptionalStart, kOptionalEnd };
    Kind kind = Kind::kLiteral;
    char letter = 0;
    int count = 0;
    std::string literal;
  };
  const std::vector<Item>& items() const { return items_; }

  // A pattern of nothing but fixed numbers (yyyy MM dd HH mm ss SSS SSSSSS, each once) and literals
  // without digits: its text has one shape for the years 0 to 9999, written and read in place.
  struct FixedShape {
    struct Field {
      char letter = 0;
      uint16_t at = 0;
      uint16_t width = 0;
    };
    std::string text;  // The literals, with '0' where digits stand.
    std::vector<Field> fields;
  };
  // True when Format cannot fail and needs no zone.
  bool has_fixed_shape() const { return shape_.has_value(); }

 private:
  std::string FormatFixed(const CivilDate& date, int64_t micros_of_day) const;
  // Nullopt where the text needs the general way, if only for its error.
  std::optional<int64_t> ParseFixed(std::string_view text) const;

  std::vector<Item> items_;
  std::optional<FixedShape> shape_;
};

inline constexpr const char* kMonthNames[] = {"January",   "February", "March",    "April",
                                              "May",       "June",     "July",     "August",
                                              "September", "October",  "November", "December"};
inline constexpr const char* kWeekdayNames[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                "Friday", "Saturday", "Sunday"};

}  // namespace lakesmith::functions
