#include <map>

#include "base/ascii.h"
#include "engine/duckdb/emit_internal.h"
#include "functions/cast_text.h"
#include "functions/text_value.h"

namespace lakesmith::engine {

using types::DataType;
using types::IntervalField;
using types::TypeId;

namespace {

bool IsPlainNumber(const DataType& type) { return type.IsIntegral() || type.is(TypeId::kBoolean); }

// Whether the engine's own CAST gives Spark's value.
bool EngineCasts(const DataType& from, const DataType& to) {
  if (types::SameTypeIgnoringNullability(from, to)) return true;
  if (from.is(TypeId::kVoid)) return true;
  if (from.IsString() && to.IsString()) return true;
  if (to.IsString()) {
    // The engine writes a decimal without digits before the point as ".5".
    const bool whole = from.is(TypeId::kDecimal) && from.precision() > from.scale();
    return from.IsIntegral() || from.is(TypeId::kBoolean) || whole;
  }
  if (IsPlainNumber(from) && to.IsNumeric()) return true;
  if (from.IsIntegral() && to.is(TypeId::kBoolean)) return true;
  if (from.IsFractional() && to.IsFractional()) return from == to || to.is(TypeId::kDouble);
  if (from.is(TypeId::kDecimal) && (to.is(TypeId::kDecimal) || to.IsFractional())) return true;
  if (from.IsDatetime() && to.IsDatetime()) return true;
  if (from.is(TypeId::kTime) && to.is(TypeId::kTime)) return from.precision() <= to.precision();
  if (from.is(TypeId::kArray) && to.is(TypeId::kArray))
    return EngineCasts(from.element(), to.element());
  return false;
}

// Microseconds or months of one of the field.
int64_t UnitOf(IntervalField field) {
  switch (field) {
    case IntervalField::kYear:
      return 12;
    case IntervalField::kMonth:
      return 1;
    case IntervalField::kDay:
      return 86'400'000'000;
    case IntervalField::kHour:
      return 3'600'000'000;
    case IntervalField::kMinute:
      return 60'000'000;
    case IntervalField::kSecond:
      return 1'000'000;
  }
  return 1;
}

std::string_view FieldName(IntervalField field) {
  static constexpr std::string_view kNames[] = {"year", "month", "day", "hour", "minute", "second"};
  return kNames[static_cast<size_t>(field)];
}

// The type with text in the place of binary.
DataType WithTextForBinary(const DataType& type) {
  if (type.is(TypeId::kBinary)) return DataType::String();
  if (type.is(TypeId::kArray)) {
    return DataType::Array(WithTextForBinary(type.element()), type.contains_null());
  }
  if (type.is(TypeId::kMap)) {
    return DataType::Map(WithTextForBinary(type.key()), WithTextForBinary(type.value()),
                         type.contains_null());
  }
  if (!type.is(TypeId::kStruct)) return type;
  std::vector<types::StructField> fields = type.fields();
  for (types::StructField& field : fields) field.type = WithTextForBinary(field.type);
  return DataType::Struct(std::move(fields));
}

// A variant that comes from a text: spark_parse_json(...), which has a relative that gives the
// variant's text at once.
bool IsParsedJson(const plan::Expression& source) {
  return source.kind == plan::ExpressionKind::kCall &&
         (source.name == "parse_json" || source.name == "try_parse_json");
}

std::string Tried(std::string text, bool is_try) {
  return is_try ? fmt::format("TRY({})", text) : text;
}

}  // namespace

Result<std::string> Emitter::Cast(std::string text, const plan::Expression* source,
                                  const DataType& from, const DataType& to, bool is_try) {
  if (from.IsString() && to.IsString()) return text;
  if (from.is(TypeId::kVoid)) return TypedNull(to);
  if (from.is(TypeId::kVariant)) {
    if (to.is(TypeId::kVariant)) return text;
    // Variants hold bytes as base64, like a text: which of the two it was is not known any more.
    if (to.is(TypeId::kBinary))
      return Unsupported("a cast from VARIANT to BINARY is not supported");
    if (to.is(TypeId::kString) && source != nullptr && IsParsedJson(*source)) {
      return text.insert(text.find('('), "_text");
    }
    return Native(fmt::format("spark_{}variant_get({}, '$', {}, {})", is_try ? "try_" : "", text,
                              SqlText(to.Sql()), TypedNull(to)));
  }
  if (to.is(TypeId::kVariant)) {
    return Native(fmt::format("spark_to_variant({}, {})", text, SqlText(from.Sql())));
  }
  if (from.IsString()) return CastText(std::move(text), source, to, is_try);
  if (to.IsString() && !EngineCasts(from, to)) {
    if (from.is(TypeId::kBinary)) return Native(fmt::format("spark_binary_to_string({})", text));
    if (from.is(TypeId::kDate)) {
      // Years of more or fewer than four digits have a sign.
      return Native(fmt::format(
          "CASE WHEN {0} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN CAST({0} AS VARCHAR) "
          "ELSE spark_to_string({0}, 'date') END",
          text));
    }
    if (from.is(TypeId::kDouble)) return Native(fmt::format("spark_double_to_string({})", text));
    if (from.is(TypeId::kFloat)) return Native(fmt::format("spark_float_to_string({})", text));
    if (from.is(TypeId::kDecimal) && from.precision() < 38) {
      // The engine writes no zero before the point where the type has no digit there.
      return fmt::format("CAST(CAST({} AS DECIMAL({},{})) AS VARCHAR)", text, from.precision() + 1,
                         from.scale());
    }
    if (from.is(TypeId::kDate)) return Native(fmt::format("spark_date_to_string({})", text));
    if (from.is(TypeId::kTimestamp) || from.is(TypeId::kTimestampNtz))
      return Native(fmt::format("spark_timestamp_to_string({})", text));
    if (from.IsNested()) {
      const DataType shown = WithTextForBinary(from);
      if (!types::SameTypeIgnoringNullability(shown, from)) {
        text = TRY(Cast(std::move(text), nullptr, from, shown, false));
      }
      return Native(fmt::format("spark_to_string({}, {})", text, SqlText(shown.Sql())));
    }
    return Native(fmt::format("spark_to_string({}, {})", text, SqlText(from.Sql())));
  }
  if (types::SameTypeIgnoringNullability(from, to) && DuckDbTypeName(from) == DuckDbTypeName(to)) {
    return text;
  }
  if (EngineCasts(from, to)) {
    return fmt::format("{}({} AS {})", is_try ? "TRY_CAST" : "CAST", text, DuckDbTypeName(to));
  }
  if (from.IsNested()) return CastNested(std::move(text), from, to, is_try);
  if (to.IsNumeric() || to.is(TypeId::kBoolean)) {
    return Tried(TRY(CastToNumber(std::move(text), from, to)), is_try);
  }
  return Tried(TRY(CastToTime(text, from, to)), is_try);
}

namespace {

// The value of a constant text, so that the engine sees a constant; nullopt when the text is no
// value, which only the row it is computed for may say.
std::optional<types::Value> ConstantOf(const std::string& text, const DataType& to) {
  switch (to.id()) {
    case TypeId::kBoolean:
      return functions::Boxed(functions::TextToBoolean(text));
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
      return functions::Boxed(functions::TextToIntegral(text, functions::IntegralBits(to)));
    case TypeId::kFloat:
      return functions::Boxed(functions::TextToFloat(text));
    case TypeId::kDouble:
      return functions::Boxed(functions::TextToDouble(text));
    case TypeId::kDecimal:
      return functions::TextToDecimalValue(text, to);
    case TypeId::kDate:
      return functions::Boxed(functions::TextToDate(text));
    case TypeId::kTimestampNtz:
      return functions::Boxed(functions::TextToTimestampNtz(text));
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval:
    case TypeId::kCalendarInterval:
      return functions::TextToIntervalValue(text, to);
    default:
      return std::nullopt;
  }
}

}  // namespace

namespace {

// Constant texts that stand for a point in time as the query sees it: 'today', 'epoch'.
std::optional<std::string> SpecialPoint(const std::string& text, const DataType& to) {
  if (!to.IsDatetime()) return std::nullopt;
  const std::string word = Lower(functions::TrimSparkWhiteSpace(text));
  static const std::map<std::string, std::string> kPoints = {{"now", "now()"},
                                                             {"today", "now()::DATE"},
                                                             {"tomorrow", "(now()::DATE + 1)"},
                                                             {"yesterday", "(now()::DATE - 1)"}};
  if (word == "epoch") {
    return to.is(TypeId::kTimestamp)
               ? "make_timestamptz(0)"
               : fmt::format("CAST(make_timestamp(0) AS {})", DuckDbTypeName(to));
  }
  const auto found = kPoints.find(word);
  if (found == kPoints.end()) return std::nullopt;
  return fmt::format("CAST({} AS {})", found->second, DuckDbTypeName(to));
}

}  // namespace

Result<std::string> Emitter::CastText(std::string text, const plan::Expression* source,
                                      const DataType& to, bool is_try) {
  if (to.is(TypeId::kBinary)) return fmt::format("encode({})", text);
  if (source != nullptr && IsLiteral(*source)) {
    if (auto point = SpecialPoint(source->value.as<std::string>(), to)) return std::move(*point);
    if (const auto value = ConstantOf(source->value.as<std::string>(), to))
      return Literal(*value, to);
  }
  // Text that is no interval of months, days and time gives NULL, not an error.
  const char* attempt = is_try || to.is(TypeId::kCalendarInterval) ? "try_" : "";
  if (to.IsAnsiInterval()) {
    const char* kind = to.is(TypeId::kYearMonthInterval) ? "ym" : "dt";
    return Native(fmt::format("spark_{}cast_{}({}, '{}', '{}')", attempt, kind, text,
                              FieldName(to.from()), FieldName(to.to())));
  }
  if (to.IsNested()) return Unsupported("a cast from STRING to {} is not supported", to.Sql());
  return Native(fmt::format("spark_{}cast({}, {})", attempt, text, TypedNull(to)));
}

Result<std::string> Emitter::CastNested(std::string text, const DataType& from, const DataType& to,
                                        bool is_try) {
  if (from.id() != to.id()) {
    return Unsupported("a cast from {} to {} is not possible", from.Sql(), to.Sql())
        .WithClass("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", "42K09");
  }
  if (from.is(TypeId::kArray)) {
    const std::string element = FreshName("e");
    const std::string inner = TRY(Cast(element, nullptr, from.element(), to.element(), is_try));
    return fmt::format("list_transform({}, lambda {}: {})", text, element, inner);
  }
  if (from.is(TypeId::kMap)) {
    const std::string entry = FreshName("e");
    const std::string key = TRY(Cast(entry + ".key", nullptr, from.key(), to.key(), is_try));
    const std::string value =
        TRY(Cast(entry + ".value", nullptr, from.value(), to.value(), is_try));
    return fmt::format(
        "map_from_entries(list_transform(map_entries({}), lambda {}: struct_pack(key := {}, value "
        ":= {})))",
        text, entry, key, value);
  }
  const std::string row = FreshName("e");
  std::string fields;
  for (size_t i = 0; i < from.fields().size(); ++i) {
    const std::string part = fmt::format("struct_extract_at({}, {})", row, i + 1);
    const std::string value =
        TRY(Cast(part, nullptr, from.fields()[i].type, to.fields()[i].type, is_try));
    fields +=
        fmt::format("{}{} := {}", fields.empty() ? "" : ", ", SqlName(to.fields()[i].name), value);
  }
  return fmt::format(
      "(list_transform([{}], lambda {}: CASE WHEN {} IS NOT NULL THEN struct_pack({}) END)[1])",
      text, row, row, fields);
}

Result<std::string> Emitter::CastToNumber(std::string text, const DataType& from,
                                          const DataType& to) {
  const std::string type = DuckDbTypeName(to);
  if (to.is(TypeId::kBoolean)) return fmt::format("({} <> 0)", text);
  if (from.IsFractional() && to.is(TypeId::kDecimal)) {
    return Native(fmt::format("spark_double_to_decimal({}::DOUBLE, {})", text, TypedNull(to)));
  }
  if (from.is(TypeId::kDouble) && to.is(TypeId::kFloat)) {
    // What is too large becomes infinite.
    return fmt::format(
        "CASE WHEN isfinite({0}) AND abs({0}) >= 3.4028235677973366e38::DOUBLE "
        "THEN sign({0}) * 'Infinity'::FLOAT ELSE CAST({0} AS FLOAT) END",
        text);
  }
  const bool rounds_up = to.is(TypeId::kLong) || (to.is(TypeId::kInt) && from.is(TypeId::kFloat));
  if (from.IsFractional() && rounds_up) {
    // The largest value has no such number, so its neighbour stands for it.
    const bool is_long = to.is(TypeId::kLong);
    return fmt::format("CASE WHEN {0} = {1} THEN {2} ELSE CAST(trunc({0}) AS {3}) END", text,
                       is_long ? "9223372036854775808.0::DOUBLE" : "2147483648.0::DOUBLE",
                       is_long ? "9223372036854775807" : "2147483647", type);
  }
  if (from.IsFractional() || from.is(TypeId::kDecimal)) {
    return fmt::format("CAST(trunc({}) AS {})", text, type);
  }
  if (from.is(TypeId::kTimestamp)) {
    if (to.IsIntegral()) {
      return Native(
          fmt::format("CAST(spark_floor_divide(epoch_us({}), 1000000) AS {})", text, type));
    }
    if (to.is(TypeId::kDecimal)) {
      return fmt::format("CAST(epoch_us({})::DECIMAL(32,0) * 0.000001 AS {})", text, type);
    }
    return fmt::format("CAST(epoch_us({}) / 1000000.0::DOUBLE AS {})", text, type);
  }
  if (from.IsAnsiInterval()) {
    if (to.is(TypeId::kDecimal) && from.to() == IntervalField::kSecond) {
      return fmt::format("CAST({}::DECIMAL(32,0) * 0.000001 AS {})", text, type);
    }
    return fmt::format("CAST({} // {} AS {})", text, UnitOf(from.to()), type);
  }
  if (from.is(TypeId::kTime)) {
    if (to.is(TypeId::kDecimal)) {
      return fmt::format("CAST(epoch_us({})::DECIMAL(32,0) * 0.000001 AS {})", text, type);
    }
    return fmt::format("CAST(epoch_us({}) // 1000000 AS {})", text, type);
  }
  return Unsupported("a cast from {} to {} is not supported", from.Sql(), to.Sql());
}

namespace {

std::string CastToTimestamp(const std::string& text, const DataType& from) {
  if (from.IsIntegral()) return fmt::format("make_timestamptz(CAST({} AS BIGINT) * 1000000)", text);
  if (from.is(TypeId::kBoolean)) return fmt::format("make_timestamptz(CAST({} AS BIGINT))", text);
  if (from.is(TypeId::kFloat)) {
    return fmt::format("make_timestamptz(CAST(trunc({}::DOUBLE * 1000000) AS BIGINT))", text);
  }
  return fmt::format("make_timestamptz(CAST(trunc({} * 1000000) AS BIGINT))", text);
}

// Empty when there is no such cast.
std::string CastToInterval(const std::string& text, const DataType& from, const DataType& to) {
  if (from.id() == to.id()) {
    return to.to() >= from.to() ? text : fmt::format("({0} - {0} % {1})", text, UnitOf(to.to()));
  }
  if (from.IsIntegral()) {
    return fmt::format("CAST({}::BIGINT * {} AS {})", text, UnitOf(to.to()), DuckDbTypeName(to));
  }
  if (from.is(TypeId::kDecimal)) {
    return fmt::format("CAST(round({} * {}) AS {})", text, UnitOf(to.to()), DuckDbTypeName(to));
  }
  return "";
}

// The bytes of an integer, the highest first.
std::string CastToBytes(const std::string& text, const DataType& from) {
  const int digits = from.is(TypeId::kByte)    ? 2
                     : from.is(TypeId::kShort) ? 4
                     : from.is(TypeId::kInt)   ? 8
                                               : 16;
  return fmt::format(
      "unhex(right(lpad(hex({0}::BIGINT), 16, CASE WHEN {0} < 0 THEN 'F' ELSE '0' END), {1}))",
      text, digits);
}

}  // namespace

Result<std::string> Emitter::CastToTime(const std::string& text, const DataType& from,
                                        const DataType& to) {
  if (to.is(TypeId::kTimestamp)) return CastToTimestamp(text, from);
  if (to.is(TypeId::kTime) && from.is(TypeId::kTimestamp)) {
    return fmt::format("{}::TIMESTAMP::TIME", text);
  }
  if (to.is(TypeId::kTime) && from.is(TypeId::kTime)) {
    if (to.precision() >= from.precision()) return text;
    int64_t unit = 1;
    for (int digits = to.precision(); digits < 6; ++digits) unit *= 10;
    return fmt::format("(TIME '00:00:00' + to_microseconds(epoch_us({}) // {} * {}))", text, unit,
                       unit);
  }
  if (to.IsAnsiInterval()) {
    std::string cast = CastToInterval(text, from, to);
    if (!cast.empty()) return cast;
  }
  if (to.is(TypeId::kBinary) && from.IsIntegral()) return CastToBytes(text, from);
  return Unsupported("a cast from {} to {} is not supported", from.Sql(), to.Sql());
}

}  // namespace lakesmith::engine
