#include "types/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/check.h"
#include "types/variant_text.h"

namespace lakesmith::types {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - ((a % b != 0) && ((a < 0) != (b < 0))); }

struct CivilDate {
  int64_t year;
  unsigned month;
  unsigned day;
};

// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
CivilDate CivilFromDays(int64_t days) {
  days += 719468;
  const int64_t era = FloorDivide(days, 146097);
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted_month = (5 * day_of_year + 2) / 153;
  const unsigned day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {.year = year_of_era + era * 400 + (month <= 2 ? 1 : 0), .month = month, .day = day};
}

// ".5" for 500000 micros, "" for none.
std::string FractionText(int64_t micros) {
  if (micros == 0) return "";
  std::string text = fmt::format(".{:06}", micros);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

std::string TimeOfDayText(int64_t micros) {
  const int64_t seconds = micros / kMicrosPerSecond;
  return fmt::format("{:02}:{:02}:{:02}{}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                     FractionText(micros % kMicrosPerSecond));
}

// Java's Double.toString and Float.toString on the shortest digits that read back the same.
template <typename T>
std::string FloatingText(T value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  char buffer[64];
  const auto written =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<size_t>(written.ptr - buffer));
  const size_t e = text.find('e');
  const bool negative = text[0] == '-';
  std::string digits;
  for (const char c : text.substr(0, e)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  const int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  std::string result = negative ? "-" : "";
  if (exponent >= -3 && exponent < 7) {
    if (exponent < 0)
      return result + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
    const auto whole = static_cast<size_t>(exponent) + 1;
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    const std::string fraction = digits.substr(whole);
    return result + digits.substr(0, whole) + "." + (fraction.empty() ? "0" : fraction);
  }
  const std::string fraction = digits.substr(1);
  return result + digits[0] + "." + (fraction.empty() ? "0" : fraction) +
         fmt::format("E{}", exponent);
}

std::string YearMonthText(const IntervalValue& value, const DataType& type) {
  const int64_t months = std::abs(static_cast<int64_t>(value.months));
  const char* sign = value.months < 0 ? "-" : "";
  if (type.from() != type.to()) {
    return fmt::format("INTERVAL '{}{}-{}' YEAR TO MONTH", sign, months / 12, months % 12);
  }
  if (type.from() == IntervalField::kYear)
    return fmt::format("INTERVAL '{}{}' YEAR", sign, months / 12);
  return fmt::format("INTERVAL '{}{}' MONTH", sign, months);
}

std::string SecondsText(unsigned __int128 micros, bool padded) {
  const auto seconds = static_cast<uint64_t>(micros / kMicrosPerSecond);
  const std::string fraction = FractionText(static_cast<int64_t>(micros % kMicrosPerSecond));
  return padded ? fmt::format("{:02}{}", seconds, fraction)
                : fmt::format("{}{}", seconds, fraction);
}

std::string DayTimeText(const IntervalValue& value, const DataType& type) {
  Int128 total = static_cast<Int128>(value.days) * kMicrosPerDay + value.micros;
  const char* sign = total < 0 ? "-" : "";
  auto rest = static_cast<unsigned __int128>(total < 0 ? -total : total);
  constexpr int64_t kUnits[] = {kMicrosPerDay, 3600 * kMicrosPerSecond, 60 * kMicrosPerSecond};
  constexpr const char* kNames[] = {"DAY", "HOUR", "MINUTE", "SECOND"};
  const int first = static_cast<int>(type.from()) - static_cast<int>(IntervalField::kDay);
  const int last = static_cast<int>(type.to()) - static_cast<int>(IntervalField::kDay);
  std::string text;
  for (int unit = first; unit <= last; ++unit) {
    const bool leading = unit == first;
    if (!leading) text += unit == 1 ? " " : ":";
    if (unit == 3) {
      text += SecondsText(rest, true);
      break;
    }
    const auto count = static_cast<uint64_t>(rest / static_cast<unsigned __int128>(kUnits[unit]));
    rest %= static_cast<unsigned __int128>(kUnits[unit]);
    text += leading && unit == 0 ? fmt::format("{}", count) : fmt::format("{:02}", count);
  }
  if (first == last) return fmt::format("INTERVAL '{}{}' {}", sign, text, kNames[first]);
  return fmt::format("INTERVAL '{}{}' {} TO {}", sign, text, kNames[first], kNames[last]);
}

std::string CalendarText(const IntervalValue& value) {
  std::string text;
  const auto add = [&text](int64_t count, const char* unit) {
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : " ", count, unit);
  };
  add(value.months / 12, "years");
  add(value.months % 12, "months");
  add(value.days, "days");
  add(value.micros / (3600 * kMicrosPerSecond), "hours");
  add(value.micros / (60 * kMicrosPerSecond) % 60, "minutes");
  const int64_t micros = value.micros % (60 * kMicrosPerSecond);
  if (micros != 0) {
    text += fmt::format("{}{}{} seconds", text.empty() ? "" : " ", micros < 0 ? "-" : "",
                        SecondsText(static_cast<unsigned __int128>(std::abs(micros)), false));
  }
  return text.empty() ? "0 seconds" : text;
}

std::string HexText(std::string_view bytes) {
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02X}", byte);
  return text;
}

int64_t Local(int64_t micros, const TimeZone& zone) {
  return zone.offset == nullptr ? micros : micros + zone.offset(micros, zone.context);
}

std::string NestedText(const Value& value, const DataType& type, const TimeZone& zone) {
  const auto part = [&zone](const Value& inner, const DataType& inner_type) {
    return inner.is_null() ? std::string("null") : ToSparkText(inner, inner_type, zone);
  };
  std::vector<std::string> parts;
  if (type.is(TypeId::kArray)) {
    for (const Value& element : value.array().elements)
      parts.push_back(part(element, type.element()));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  if (type.is(TypeId::kMap)) {
    for (const auto& [key, entry] : value.map().entries) {
      parts.push_back(fmt::format("{} -> {}", part(key, type.key()), part(entry, type.value())));
    }
    return fmt::format("{{{}}}", fmt::join(parts, ", "));
  }
  for (size_t i = 0; i < type.fields().size(); ++i) {
    parts.push_back(part(value.structure().fields.at(i), type.fields()[i].type));
  }
  return fmt::format("{{{}}}", fmt::join(parts, ", "));
}

Json NestedJson(const Value& value, const DataType& type, const TimeZone& zone) {
  if (type.is(TypeId::kArray)) {
    Json list = Json::array();
    for (const Value& element : value.array().elements) {
      list.push_back(ToBatchJson(element, type.element(), zone));
    }
    return list;
  }
  if (type.is(TypeId::kMap)) {
    Json entries = Json::array();
    for (const auto& [key, entry] : value.map().entries) {
      entries.push_back(Json::array(
          {ToBatchJson(key, type.key(), zone), ToBatchJson(entry, type.value(), zone)}));
    }
    Json map = Json::object();
    map["$map"] = std::move(entries);
    return map;
  }
  Json object = Json::object();
  for (size_t i = 0; i < type.fields().size(); ++i) {
    const StructField& field = type.fields()[i];
    object[field.name] = ToBatchJson(value.structure().fields.at(i), field.type, zone);
  }
  return object;
}

template <typename T>
Json FloatingJson(T value, const std::string& text) {
  if (!std::isfinite(value)) return text;
  // A float goes through its shortest text, so that 0.1f is 0.1 and not 0.10000000149011612.
  return std::strtod(text.c_str(), nullptr);
}

// A decimal is a JSON number only where a double, which most readers use, holds it exactly.
Json DecimalJson(const DecimalValue& value) {
  constexpr Int128 kExact = static_cast<Int128>(1) << 53;
  if (value.scale == 0 && value.unscaled > -kExact && value.unscaled < kExact) {
    return static_cast<int64_t>(value.unscaled);
  }
  return DecimalText(value);
}

}  // namespace

bool ArrayValue::operator==(const ArrayValue& other) const { return elements == other.elements; }
bool MapValue::operator==(const MapValue& other) const { return entries == other.entries; }
bool StructValue::operator==(const StructValue& other) const { return fields == other.fields; }

bool Value::operator==(const Value& other) const {
  if (storage_.index() != other.storage_.index()) return false;
  return std::visit(
      [&other](const auto& mine) {
        using T = std::decay_t<decltype(mine)>;
        const T& theirs = std::get<T>(other.storage_);
        if constexpr (requires { *mine == *theirs; }) {
          return *mine == *theirs;
        } else {
          return mine == theirs;
        }
      },
      storage_);
}

void WrongValueKind() { CHECK(!"the value is of the kind that its type says"); }

std::string DecimalText(const DecimalValue& value) {
  auto rest = static_cast<unsigned __int128>(value.unscaled < 0 ? -value.unscaled : value.unscaled);
  std::string digits;
  if (rest <= UINT64_MAX) {
    // Division in 64 bits is many times as fast.
    digits = fmt::format_int(static_cast<uint64_t>(rest)).str();
    std::ranges::reverse(digits);
    if (rest == 0) digits.clear();
    rest = 0;
  }
  while (rest != 0) {
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  const auto scale = static_cast<size_t>(value.scale);
  if (digits.size() <= scale) digits.append(scale + 1 - digits.size(), '0');
  std::ranges::reverse(digits);
  if (scale > 0) digits.insert(digits.size() - scale, ".");
  return value.unscaled < 0 ? "-" + digits : digits;
}

namespace {

void PutTwo(char* at, int64_t number) {
  at[0] = static_cast<char>('0' + number / 10);
  at[1] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::string DateText(DateValue value) {
  const CivilDate date = CivilFromDays(value.days);
  if (date.year < 0) return fmt::format("-{:04}-{:02}-{:02}", -date.year, date.month, date.day);
  if (date.year > 9999) return fmt::format("+{}-{:02}-{:02}", date.year, date.month, date.day);
  std::string text = "0000-00-00";
  PutTwo(text.data(), date.year / 100);
  PutTwo(text.data() + 2, date.year % 100);
  PutTwo(text.data() + 5, date.month);
  PutTwo(text.data() + 8, date.day);
  return text;
}

std::string WallClockText(int64_t micros) {
  const int64_t days = FloorDivide(micros, kMicrosPerDay);
  const int64_t of_day = micros - days * kMicrosPerDay;
  std::string text = DateText({static_cast<int32_t>(days)});
  text.reserve(text.size() + 16);
  if (of_day % kMicrosPerSecond != 0) return text.append(" ").append(TimeOfDayText(of_day));
  const int64_t seconds = of_day / kMicrosPerSecond;
  text += " 00:00:00";
  PutTwo(text.data() + text.size() - 8, seconds / 3600);
  PutTwo(text.data() + text.size() - 5, seconds / 60 % 60);
  PutTwo(text.data() + text.size() - 2, seconds % 60);
  return text;
}

std::string DoubleText(double value) { return FloatingText(value); }
std::string FloatText(float value) { return FloatingText(value); }

std::string IntervalText(const IntervalValue& value, const DataType& type) {
  if (type.is(TypeId::kYearMonthInterval)) return YearMonthText(value, type);
  if (type.is(TypeId::kDayTimeInterval)) return DayTimeText(value, type);
  return CalendarText(value);
}

std::string ToSparkText(const Value& value, const DataType& type, const TimeZone& zone) {
  if (value.is_null()) return "NULL";
  switch (type.id()) {
    case TypeId::kVoid:
      return "NULL";
    case TypeId::kBoolean:
      return value.as<bool>() ? "true" : "false";
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
      return fmt::format("{}", value.as<int64_t>());
    case TypeId::kFloat:
      return FloatText(value.as<float>());
    case TypeId::kDouble:
      return DoubleText(value.as<double>());
    case TypeId::kDecimal:
      return DecimalText(value.as<DecimalValue>());
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      return value.as<std::string>();
    case TypeId::kBinary:
      return HexText(value.as<BinaryValue>().bytes);
    case TypeId::kDate:
      return DateText(value.as<DateValue>());
    case TypeId::kTime:
      return TimeOfDayText(value.as<TimeValue>().micros);
    case TypeId::kTimestamp:
      return WallClockText(Local(value.as<TimestampValue>().micros, zone));
    case TypeId::kTimestampNtz:
      return WallClockText(value.as<TimestampValue>().micros);
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval:
    case TypeId::kCalendarInterval:
      return IntervalText(value.as<IntervalValue>(), type);
    case TypeId::kVariant:
      return VariantText(value.as<VariantValue>().json);
    case TypeId::kArray:
    case TypeId::kMap:
    case TypeId::kStruct:
      return NestedText(value, type, zone);
  }
  CHECK(!"a known type");
}

Json ToBatchJson(const Value& value, const DataType& type, const TimeZone& zone) {
  if (value.is_null()) return nullptr;
  switch (type.id()) {
    case TypeId::kVoid:
      return nullptr;
    case TypeId::kBoolean:
      return value.as<bool>();
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
      return value.as<int64_t>();
    case TypeId::kFloat:
      return FloatingJson(value.as<float>(), FloatText(value.as<float>()));
    case TypeId::kDouble:
      return FloatingJson(value.as<double>(), DoubleText(value.as<double>()));
    case TypeId::kDecimal:
      return DecimalJson(value.as<DecimalValue>());
    case TypeId::kBinary: {
      Json binary = Json::object();
      binary["$binary"] = HexText(value.as<BinaryValue>().bytes);
      return binary;
    }
    case TypeId::kArray:
    case TypeId::kMap:
    case TypeId::kStruct:
      return NestedJson(value, type, zone);
    default:
      return ToSparkText(value, type, zone);
  }
}

}  // namespace lakesmith::types
