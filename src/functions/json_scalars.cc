#include "functions/json_scalars.h"

#include <algorithm>
#include <cmath>

#include "base/ascii.h"
#include "functions/cast_text.h"
#include "functions/civil_time.h"
#include "functions/json_text.h"
#include "functions/text.h"
#include "functions/text_value.h"
#include "types/variant_text.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::TypeId;
using types::Value;

bool PutValue(const std::optional<Value>& value, OutputColumn& column, size_t row) {
  if (value) column.Set(row, *value);
  return value.has_value();
}

bool PutInteger(const std::optional<int64_t>& value, OutputColumn& column, size_t row) {
  if (value) column.SetInteger(row, *value);
  return value.has_value();
}

std::optional<Value> FloatingValue(std::string_view text, const DataType& type) {
  return type.is(TypeId::kFloat) ? Boxed(TextToFloat(text)) : Boxed(TextToDouble(text));
}

// The texts that from_json takes for floating numbers.
std::optional<Value> FloatingText(std::string_view text, const DataType& type) {
  for (const std::string_view name :
       {"NaN", "Infinity", "+Infinity", "-Infinity", "+INF", "-INF"}) {
    if (text != name) continue;
    const double number = name == "NaN" ? std::nan("") : name[0] == '-' ? -INFINITY : INFINITY;
    return type.is(TypeId::kFloat) ? Value(static_cast<float>(number)) : Value(number);
  }
  return std::nullopt;
}

// A timestamp that is written as seconds since 1970.
std::optional<Value> SecondsFrom(std::string_view text) {
  int64_t micros = 0;
  const auto seconds = TextToIntegral(text, 64);
  if (!seconds || __builtin_mul_overflow(*seconds, kMicrosPerSecond, &micros)) return std::nullopt;
  return Value(types::TimestampValue{micros});
}

// Intervals and times.
std::optional<Value> SpanFrom(std::string_view text, const DataType& type) {
  if (!type.is(TypeId::kTime)) return TextToIntervalValue(text, type);
  const auto micros = TextToTime(text);
  return micros ? std::optional<Value>(types::TimeValue{*micros}) : std::nullopt;
}

using Pattern = std::optional<DateTimePattern>;

Result<Pattern> PatternOption(const Options& options, const char* name) {
  const auto found = options.find(name);
  if (found == options.end()) return Pattern();
  return Pattern(TRY(DateTimePattern::Compile(found->second, DateTimePattern::Use::kParse)));
}

std::string_view BooleanText(bool value) { return value ? "true" : "false"; }

class FromJsonScalars final : public JsonScalars {
 public:
  static Result<std::shared_ptr<const JsonScalars>> Create(const Options& options, TimeZone zone) {
    auto scalars = std::make_shared<FromJsonScalars>();
    scalars->zone_ = std::move(zone);
    scalars->date_pattern_ = TRY(PatternOption(options, "dateformat"));
    scalars->timestamp_pattern_ = TRY(PatternOption(options, "timestampformat"));
    scalars->ntz_pattern_ = TRY(PatternOption(options, "timestampntzformat"));
    if (const auto named = options.find("timezone"); named != options.end()) {
      scalars->zone_ = TRY(TimeZone::Find(named->second));
    }
    return std::shared_ptr<const JsonScalars>(std::move(scalars));
  }

  bool Put(const JsonToken& scalar, const DataType& type, OutputColumn& column,
           size_t row) const override {
    switch (type.id()) {
      case TypeId::kString:
      case TypeId::kChar:
      case TypeId::kVarchar:
        PutString(scalar, column, row);
        return true;
      case TypeId::kBoolean:
        if (scalar.kind != JsonKind::kBoolean) return false;
        return PutValue(Value(scalar.boolean), column, row);
      case TypeId::kByte:
      case TypeId::kShort:
      case TypeId::kInt:
      case TypeId::kLong:
        if (scalar.kind != JsonKind::kInteger) return false;
        return PutInteger(TextToIntegral(scalar.text, IntegralBits(type)), column, row);
      case TypeId::kBinary:
        return scalar.kind == JsonKind::kString && PutBinary(scalar.text, column, row);
      default:
        return PutValue(From(scalar, type), column, row);
    }
  }

 private:
  static void PutString(const JsonToken& scalar, OutputColumn& column, size_t row) {
    if (scalar.kind == JsonKind::kBoolean) return column.SetText(row, BooleanText(scalar.boolean));
    if (scalar.kind != JsonKind::kFraction) return column.SetText(row, scalar.text);
    column.SetText(row, JsonFraction(scalar.text));
  }

  static bool PutBinary(std::string_view text, OutputColumn& column, size_t row) {
    const Result<std::string> bytes = Unbase64(text);
    if (bytes) column.SetText(row, *bytes);
    return bytes.has_value();
  }

  std::optional<Value> From(const JsonToken& scalar, const DataType& type) const {
    const bool is_text = scalar.kind == JsonKind::kString;
    const bool is_number = scalar.IsNumber();
    switch (type.id()) {
      case TypeId::kFloat:
      case TypeId::kDouble:
        if (is_text || (is_number && !IsDigit(scalar.text.back())))
          return FloatingText(scalar.text, type);
        return is_number ? FloatingValue(scalar.text, type) : std::nullopt;
      case TypeId::kDecimal:
        if (is_text && TrimSparkWhiteSpace(scalar.text) != scalar.text) return std::nullopt;
        return is_text || is_number ? TextToDecimalValue(scalar.text, type) : std::nullopt;
      case TypeId::kDate:
        return is_text ? DateFrom(scalar.text) : std::nullopt;
      case TypeId::kTimestamp:
        if (scalar.kind == JsonKind::kInteger) return SecondsFrom(scalar.text);
        return is_text ? TimestampFrom(scalar.text) : std::nullopt;
      case TypeId::kTimestampNtz:
        return is_text ? TimestampNtzFrom(scalar.text) : std::nullopt;
      default:
        return is_text ? SpanFrom(scalar.text, type) : std::nullopt;
    }
  }

  std::optional<Value> DateFrom(std::string_view text) const {
    if (!date_pattern_) return Boxed(TextToDate(text));
    const auto parsed = date_pattern_->Parse(text);
    if (!parsed) return std::nullopt;
    const int64_t days = FloorDivide(parsed->local_micros, kMicrosPerDay);
    return Value(types::DateValue{static_cast<int32_t>(days)});
  }

  std::optional<Value> TimestampFrom(std::string_view text) const {
    if (!timestamp_pattern_) return Boxed(TextToTimestamp(text, zone_, 0));
    const auto parsed = timestamp_pattern_->Parse(text);
    if (!parsed) return std::nullopt;
    const TimeZone& zone = parsed->zone ? *parsed->zone : zone_;
    return Value(types::TimestampValue{zone.ToInstant(parsed->local_micros).utc_micros});
  }

  std::optional<Value> TimestampNtzFrom(std::string_view text) const {
    if (!ntz_pattern_) return Boxed(TextToTimestampNtz(text));
    const auto parsed = ntz_pattern_->Parse(text);
    if (!parsed) return std::nullopt;
    return Value(types::TimestampValue{parsed->local_micros});
  }

  TimeZone zone_;
  Pattern date_pattern_;
  Pattern timestamp_pattern_;
  Pattern ntz_pattern_;
};

class VariantScalars final : public JsonScalars {
 public:
  explicit VariantScalars(TimeZone zone) : zone_(std::move(zone)) {}

  bool Put(const JsonToken& scalar, const DataType& type, OutputColumn& column,
           size_t row) const override {
    if (scalar.kind == JsonKind::kString) return PutText(scalar.text, type, column, row);
    if (type.IsString()) {
      column.SetText(row, scalar.kind == JsonKind::kBoolean ? BooleanText(scalar.boolean)
                                                            : types::VariantText(scalar.text));
      return true;
    }
    if (scalar.kind == JsonKind::kBoolean) {
      if (type.is(TypeId::kBoolean)) return PutValue(Value(scalar.boolean), column, row);
      return type.IsNumeric() && PutNumber(scalar.boolean ? "1" : "0", type, column, row);
    }
    if (type.is(TypeId::kBoolean))
      return PutValue(Value(TextToDouble(scalar.text) != 0.0), column, row);
    return PutNumber(scalar.text, type, column, row);
  }

 private:
  bool PutText(std::string_view text, const DataType& type, OutputColumn& column,
               size_t row) const {
    if (type.IsString() || type.is(TypeId::kBinary)) {
      column.SetText(row, text);
      return true;
    }
    if (type.IsIntegral()) return PutInteger(TextToIntegral(text, IntegralBits(type)), column, row);
    return PutValue(FromText(text, type), column, row);
  }

  std::optional<Value> FromText(std::string_view text, const DataType& type) const {
    switch (type.id()) {
      case TypeId::kBoolean:
        return Boxed(TextToBoolean(text));
      case TypeId::kFloat:
      case TypeId::kDouble:
        return FloatingValue(text, type);
      case TypeId::kDecimal:
        return TextToDecimalValue(text, type);
      case TypeId::kDate:
        return Boxed(TextToDate(text));
      case TypeId::kTimestamp:
        return Boxed(TextToTimestamp(text, zone_, 0));
      case TypeId::kTimestampNtz:
        return Boxed(TextToTimestampNtz(text));
      default:
        return SpanFrom(text, type);
    }
  }

  static bool PutNumber(std::string_view digits, const DataType& type, OutputColumn& column,
                        size_t row) {
    if (type.IsIntegral()) return PutInteger(Truncated(digits, IntegralBits(type)), column, row);
    if (type.IsFractional()) return PutValue(FloatingValue(digits, type), column, row);
    if (type.is(TypeId::kDecimal)) return PutValue(TextToDecimalValue(digits, type), column, row);
    if (!type.is(TypeId::kTimestamp)) return false;
    const auto micros = TextToDecimal(digits, 18, 6);
    if (micros) column.Set(row, types::TimestampValue{static_cast<int64_t>(*micros)});
    return micros.has_value();
  }

  // A number without its fraction; nullopt when it needs more bits.
  static std::optional<int64_t> Truncated(std::string_view digits, int bits) {
    if (digits.find_first_of(".eE") == std::string_view::npos) return TextToIntegral(digits, bits);
    if (digits.find_first_of("eE") == std::string_view::npos)
      return TextToIntegral(digits.substr(0, digits.find('.')), bits);
    const double number = std::trunc(TextToDouble(digits).value_or(std::nan("")));
    const double limit = std::ldexp(1.0, bits - 1);
    if (!(number >= -limit && number < limit)) return std::nullopt;
    return static_cast<int64_t>(number);
  }

  TimeZone zone_;
};

}  // namespace

std::string OptionOr(const Options& options, const char* name, const char* otherwise) {
  const auto found = options.find(name);
  return found == options.end() ? otherwise : found->second;
}

JsonDialect DialectOf(const Options& options) {
  const auto is_on = [&options](const char* name, bool otherwise) {
    return Lower(OptionOr(options, name, otherwise ? "true" : "false")) == "true";
  };
  return {.single_quotes = is_on("allowsinglequotes", true),
          .unquoted_names = is_on("allowunquotedfieldnames", false),
          .comments = is_on("allowcomments", false),
          .control_characters = is_on("allowunquotedcontrolchars", false),
          .leading_zeros = is_on("allownumericleadingzeros", false),
          .non_numbers = is_on("allownonnumericnumbers", true),
          .escapes_any = is_on("allowbackslashescapinganycharacter", false),
          .ignores_rest = true};
}

Result<std::shared_ptr<const JsonScalars>> ScalarsOfJson(const Options& options, TimeZone zone) {
  return FromJsonScalars::Create(options, std::move(zone));
}

std::shared_ptr<const JsonScalars> ScalarsOfVariants(TimeZone zone) {
  return std::make_shared<const VariantScalars>(std::move(zone));
}

}  // namespace lakesmith::functions
