#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "functions/cast_text.h"
#include "functions/civil_time.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"

namespace lakesmith::plan {

using sql::LiteralKind;
using types::DataType;
using types::IntervalField;
using types::IntervalValue;
using types::Value;

namespace {

Error OutOfRange(const std::string& text, std::string_view type) {
  return SparkError("INVALID_NUMERIC_LITERAL_RANGE", "22003",
                    "Numeric literal {} is outside the valid range for {}.", text, type);
}

// -? digits with a point or an exponent, exactly.
Result<ExpressionPtr> DecimalLiteral(const std::string& text) {
  std::string digits;
  int scale = 0;
  size_t exponent_at = text.find_first_of("eE");
  const std::string_view mantissa = std::string_view(text).substr(0, exponent_at);
  bool fraction = false;
  bool negative = false;
  for (const char c : mantissa) {
    if (c == '-') negative = true;
    if (c == '.') fraction = true;
    if (c < '0' || c > '9') continue;
    digits += c;
    if (fraction) ++scale;
  }
  if (exponent_at != std::string::npos) scale -= std::atoi(text.c_str() + exponent_at + 1);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (scale < 0) {
    digits.append(static_cast<size_t>(std::min(-scale, 60)), '0');
    scale = 0;
  }
  const int precision = std::max({static_cast<int>(digits.size()), scale, 1});
  if (precision > 38) {
    return SparkError("NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION", "22003",
                      "The {} rounded half up from {} cannot be represented as Decimal(38, 0).",
                      text, text);
  }
  types::Int128 unscaled = 0;
  for (const char digit : digits) unscaled = unscaled * 10 + (digit - '0');
  if (negative) unscaled = -unscaled;
  return MakeLiteral(Value(types::DecimalValue{unscaled, scale}),
                     DataType::Decimal(precision, scale));
}

Result<ExpressionPtr> IntegralLiteral(const std::string& text, int bits, const DataType& type) {
  const auto value = functions::TextToIntegral(text, bits);
  if (!value) return OutOfRange(text, type.SimpleString());
  return MakeLiteral(Value(*value), type);
}

Result<ExpressionPtr> PlainInteger(const std::string& text) {
  if (const auto value = functions::TextToIntegral(text, 32)) {
    return MakeLiteral(Value(*value), DataType::Int());
  }
  if (const auto value = functions::TextToIntegral(text, 64)) {
    return MakeLiteral(Value(*value), DataType::Long());
  }
  return DecimalLiteral(text);
}

Result<ExpressionPtr> BinaryLiteral(const std::string& digits) {
  const std::string even = digits.size() % 2 == 0 ? digits : "0" + digits;
  std::string bytes;
  for (size_t i = 0; i < even.size(); i += 2) {
    unsigned byte = 0;
    const auto result = std::from_chars(even.data() + i, even.data() + i + 2, byte, 16);
    if (result.ec != std::errc() || result.ptr != even.data() + i + 2) {
      return SparkError("INVALID_TYPED_LITERAL", "42604",
                        "The value of the typed literal \"X\" is invalid: '{}'.", digits);
    }
    bytes += static_cast<char>(byte);
  }
  return MakeLiteral(Value(types::BinaryValue{std::move(bytes)}), DataType::Binary());
}

Error InvalidTyped(std::string_view type, const std::string& text) {
  return SparkError("INVALID_TYPED_LITERAL", "42604",
                    "The value of the typed literal \"{}\" is invalid: '{}'.", type, text);
}

// Field of a unit, and how many microseconds or months one of it is.
struct Unit {
  std::string_view name;
  IntervalField field;
  int64_t size;
};
constexpr std::array kUnits = {
    Unit{"YEAR", IntervalField::kYear, 12},
    Unit{"MONTH", IntervalField::kMonth, 1},
    Unit{"WEEK", IntervalField::kDay, 7 * functions::kMicrosPerDay},
    Unit{"DAY", IntervalField::kDay, functions::kMicrosPerDay},
    Unit{"HOUR", IntervalField::kHour, functions::kMicrosPerHour},
    Unit{"MINUTE", IntervalField::kMinute, functions::kMicrosPerMinute},
    Unit{"SECOND", IntervalField::kSecond, functions::kMicrosPerSecond},
    Unit{"MILLISECOND", IntervalField::kSecond, 1000},
    Unit{"MICROSECOND", IntervalField::kSecond, 1},
};

const Unit* FindUnit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (SameName(unit.name, name)) return &unit;
  }
  if (name.size() > 1 && (name.back() == 'S' || name.back() == 's')) {
    return FindUnit(name.substr(0, name.size() - 1));
  }
  return nullptr;
}

bool IsYearMonth(IntervalField field) { return field <= IntervalField::kMonth; }

Error InvalidInterval(const std::string& text, std::string_view why) {
  return SparkError("INVALID_INTERVAL_FORMAT.INPUT_IS_EMPTY", "22006",
                    "Error parsing '{}' to interval: {}.", text, why);
}

// The literal of a sum of months or microseconds, over the given fields.
ExpressionPtr IntervalOf(int64_t amount, IntervalField from, IntervalField to) {
  if (IsYearMonth(from)) {
    return MakeLiteral(Value(IntervalValue{static_cast<int32_t>(amount), 0, 0}),
                       DataType::YearMonthInterval(from, to));
  }
  const int64_t days = amount / functions::kMicrosPerDay;
  return MakeLiteral(
      Value(IntervalValue{0, static_cast<int32_t>(days), amount - days * functions::kMicrosPerDay}),
      DataType::DayTimeInterval(from, to));
}

// Amount of `value` units: whole numbers, and a fraction of seconds.
std::optional<int64_t> AmountOf(std::string_view value, const Unit& unit) {
  const size_t point = value.find('.');
  if (point != std::string_view::npos && unit.name != "SECOND") return std::nullopt;
  const std::string_view whole_text = value.substr(0, point);
  const bool negative = whole_text.starts_with('-');
  int64_t whole = 0;
  if (!whole_text.empty() && whole_text != "-" && whole_text != "+") {
    const auto parsed = functions::TextToIntegral(whole_text, 64);
    if (!parsed) return std::nullopt;
    whole = *parsed;
  }
  int64_t amount = 0;
  if (__builtin_mul_overflow(whole, unit.size, &amount)) return std::nullopt;
  if (point == std::string_view::npos) return amount;
  std::string digits(value.substr(point + 1));
  if (digits.size() > 9) return std::nullopt;
  digits.resize(6, '0');
  const auto fraction = digits.empty() ? std::optional<int64_t>(0)
                                       : functions::TextToIntegral(digits.substr(0, 6), 64);
  if (!fraction) return std::nullopt;
  const bool overflows = negative ? __builtin_sub_overflow(amount, *fraction, &amount)
                                  : __builtin_add_overflow(amount, *fraction, &amount);
  return overflows ? std::nullopt : std::optional(amount);
}

// Fields of "3 days 2 hours" that are named in the text.
std::vector<const Unit*> UnitsIn(const std::string& text) {
  std::vector<const Unit*> units;
  std::string word;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if (std::isalpha(static_cast<unsigned char>(c))) {
      word += c;
      continue;
    }
    if (!word.empty()) {
      if (const Unit* unit = FindUnit(word)) units.push_back(unit);
    }
    word.clear();
  }
  return units;
}

// Whether a timestamp's text has a zone of its own: it is the same instant wherever it is read.
bool NamesZone(const std::string& text) {
  const Result<TimeZone> utc = TimeZone::Find("UTC");
  const Result<TimeZone> east = TimeZone::Find("+01:00");
  if (!utc || !east) return false;
  const auto here = functions::TextToTimestamp(text, *utc, 0);
  const auto there = functions::TextToTimestamp(text, *east, 0);
  return here && there && here->micros == there->micros;
}

}  // namespace

bool Analyzer::TimestampsArePlain() const {
  return SameName(config_.Get("spark.sql.timestampType", ""), "TIMESTAMP_NTZ");
}

Result<ExpressionPtr> Analyzer::ResolveLiteral(const sql::Literal& literal) {
  const std::string& text = literal.text;
  switch (literal.literal_kind) {
    case LiteralKind::kNull:
      return MakeNull(DataType::Void());
    case LiteralKind::kBoolean:
      return MakeLiteral(Value(SameName(text, "true")), DataType::Boolean());
    case LiteralKind::kByte:
      return IntegralLiteral(text, 8, DataType::Byte());
    case LiteralKind::kShort:
      return IntegralLiteral(text, 16, DataType::Short());
    case LiteralKind::kInteger:
      return PlainInteger(text);
    case LiteralKind::kLong:
      return IntegralLiteral(text, 64, DataType::Long());
    case LiteralKind::kDecimal:
      return DecimalLiteral(text);
    case LiteralKind::kFloat: {
      const auto value = functions::TextToFloat(text);
      if (!value || std::isinf(*value)) return OutOfRange(text, "float");
      return MakeLiteral(Value(*value), DataType::Float());
    }
    case LiteralKind::kDouble: {
      const auto value = functions::TextToDouble(text);
      if (!value || std::isinf(*value)) return OutOfRange(text, "double");
      return MakeLiteral(Value(*value), DataType::Double());
    }
    case LiteralKind::kString:
      return MakeLiteral(Value(text), DataType::String());
    case LiteralKind::kBinary:
      return BinaryLiteral(text);
    default:
      return DatetimeLiteral(literal);
  }
}

std::optional<int64_t> Analyzer::SpecialTime(const std::string& text) const {
  const std::string trimmed(functions::TrimSparkWhiteSpace(text));
  const size_t blank = std::min(trimmed.find(' '), trimmed.size());
  const std::string word = Lower(trimmed.substr(0, blank));
  TimeZone zone = zone_;  // A zone may follow: 'tomorrow CET'.
  if (blank < trimmed.size()) {
    const auto named = TimeZone::Find(functions::TrimSparkWhiteSpace(trimmed.substr(blank)));
    if (!named) return std::nullopt;
    zone = *named;
  }
  if (word == "epoch") return 0;
  const int64_t local = zone.ToLocal(config_.now.micros);
  if (word == "now") return config_.now.micros;
  const int64_t midnight =
      functions::FloorDivide(local, functions::kMicrosPerDay) * functions::kMicrosPerDay;
  if (word == "today") return zone.ToInstant(midnight).utc_micros;
  if (word == "tomorrow") return zone.ToInstant(midnight + functions::kMicrosPerDay).utc_micros;
  if (word == "yesterday") return zone.ToInstant(midnight - functions::kMicrosPerDay).utc_micros;
  return std::nullopt;
}

Result<ExpressionPtr> Analyzer::DatetimeLiteral(const sql::Literal& literal) {
  const std::string& text = literal.text;
  const std::optional<int64_t> special =
      literal.literal_kind == LiteralKind::kTime ? std::nullopt : SpecialTime(text);
  if (special && literal.literal_kind == LiteralKind::kDate) {
    const int64_t local = text.find('p') != std::string::npos ? 0 : zone_.ToLocal(*special);
    const auto days = static_cast<int32_t>(functions::FloorDivide(local, functions::kMicrosPerDay));
    return MakeLiteral(Value(types::DateValue{days}), DataType::Date());
  }
  if (special && literal.literal_kind == LiteralKind::kTimestampNtz) {
    const int64_t local = *special == 0 ? 0 : zone_.ToLocal(*special);
    return MakeLiteral(Value(types::TimestampValue{local}), DataType::TimestampNtz());
  }
  if (special) return ShownTimestamp({*special});
  if (literal.literal_kind == LiteralKind::kDate) {
    const auto value = functions::TextToDate(text);
    if (!value) return InvalidTyped("DATE", text);
    return MakeLiteral(Value(*value), DataType::Date());
  }
  if (literal.literal_kind == LiteralKind::kTime) {
    const auto value = functions::TextToTime(text);
    if (!value) return InvalidTyped("TIME", text);
    return MakeLiteral(Value(types::TimeValue{*value}), DataType::Time());
  }
  const bool plain =
      literal.literal_kind == LiteralKind::kTimestampNtz ||
      (literal.literal_kind == LiteralKind::kTimestamp && TimestampsArePlain() && !NamesZone(text));
  if (plain) {
    const auto value = functions::TextToTimestampNtz(text);
    if (!value) return InvalidTyped("TIMESTAMP_NTZ", text);
    return MakeLiteral(Value(*value), DataType::TimestampNtz());
  }
  const auto value = functions::TextToTimestamp(text, zone_, config_.now.micros);
  if (!value) return InvalidTyped("TIMESTAMP", text);
  return ShownTimestamp(*value);
}

// Names show a point in time as the session's clock did.
ExpressionPtr Analyzer::ShownTimestamp(types::TimestampValue value) const {
  return WithPretty(
      MakeLiteral(Value(value), DataType::Timestamp()),
      fmt::format("TIMESTAMP '{}'", types::WallClockText(zone_.ToLocal(value.micros))));
}

namespace {

// INTERVAL '1 day 2 hours'
Result<ExpressionPtr> IntervalOfText(const sql::IntervalLiteral& literal) {
  const auto value = functions::TextToCalendarInterval(literal.text);
  const std::vector<const Unit*> units = UnitsIn(literal.text);
  if (!value || units.empty()) return InvalidTyped("INTERVAL", literal.text);
  const auto [first, last] = std::minmax_element(
      units.begin(), units.end(), [](const Unit* a, const Unit* b) { return a->field < b->field; });
  if (IsYearMonth((*first)->field) != IsYearMonth((*last)->field)) {
    return InvalidInterval(literal.text, "Cannot mix year-month and day-time fields");
  }
  const int64_t amount = IsYearMonth((*first)->field)
                             ? value->months
                             : value->days * functions::kMicrosPerDay + value->micros;
  return IntervalOf(amount, (*first)->field, (*last)->field);
}

// INTERVAL '1-2' YEAR TO MONTH
Result<ExpressionPtr> IntervalOfRange(const sql::IntervalLiteral& literal) {
  const auto& part = literal.parts.front();
  const Unit* from = FindUnit(part.unit);
  const Unit* to = FindUnit(literal.to_unit);
  if (from == nullptr || to == nullptr) return InvalidInterval(part.value, "unknown unit");
  if (IsYearMonth(from->field) != IsYearMonth(to->field) || from->field > to->field) {
    return SparkError("UNSUPPORTED_FROM_TO_EXPRESSION", "42000",
                      "Intervals FROM {} TO {} are not supported.", part.unit, literal.to_unit);
  }
  std::string text = part.value;
  if (part.negated) text = text.starts_with('-') ? text.substr(1) : "-" + text;
  if (IsYearMonth(from->field)) {
    const auto months =
        functions::TextToYearMonth(text, DataType::YearMonthInterval(from->field, to->field));
    if (!months) return InvalidInterval(text, "it does not match the fields YEAR TO MONTH");
    return IntervalOf(*months, from->field, to->field);
  }
  const auto micros =
      functions::TextToDayTime(text, DataType::DayTimeInterval(from->field, to->field));
  if (!micros) return InvalidInterval(text, "it does not match the fields");
  return IntervalOf(*micros, from->field, to->field);
}

}  // namespace

Result<ExpressionPtr> Analyzer::ResolveInterval(const sql::IntervalLiteral& literal) {
  if (literal.is_text) return IntervalOfText(literal);
  if (!literal.to_unit.empty()) return IntervalOfRange(literal);
  int64_t amount = 0;
  std::optional<IntervalField> first;
  IntervalField last = IntervalField::kYear;
  for (const auto& part : literal.parts) {
    const Unit* unit = FindUnit(part.unit);
    if (unit == nullptr) return InvalidInterval(part.value, "unknown unit " + part.unit);
    const auto one = AmountOf(functions::TrimSparkWhiteSpace(part.value), *unit);
    if (!one) return InvalidInterval(part.value, "invalid value for " + part.unit);
    if (first && IsYearMonth(*first) != IsYearMonth(unit->field)) {
      return InvalidInterval(part.value, "Cannot mix year-month and day-time fields");
    }
    amount += part.negated ? -*one : *one;
    first = std::min(first.value_or(unit->field), unit->field);
    last = std::max(last, unit->field);
  }
  if (!first) return InvalidInterval("", "the interval is empty");
  return IntervalOf(amount, *first, last);
}

}  // namespace lakesmith::plan
