#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "functions/civil_time.h"
#include "functions/json_functions.h"
#include "functions/json_text.h"
#include "functions/text.h"
#include "types/variant_text.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::TypeId;
using types::Value;

Result<std::optional<DateTimePattern>> FormatOption(const Options& options, const char* name) {
  const auto found = options.find(name);
  if (found == options.end()) return std::optional<DateTimePattern>();
  return std::optional(TRY(DateTimePattern::Compile(found->second, DateTimePattern::Use::kFormat)));
}

void AppendInteger(int64_t number, std::string& out) {
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

// The name of a map's entry: dates and timestamps are the numbers that Spark holds them as.
void AppendKey(const InputColumn& keys, size_t row, const DataType& type, std::string& out) {
  if (type.IsString()) return AppendJsonQuoted(out, keys.GetText(row));
  if (type.is(TypeId::kBinary)) return AppendJsonQuoted(out, Base64(keys.GetText(row)));
  out += '"';
  if (type.IsIntegral()) {
    AppendInteger(keys.GetInteger(row), out);
  } else if (type.is(TypeId::kDate)) {
    AppendInteger(keys.Get(row).as<types::DateValue>().days, out);
  } else if (type.IsDatetime()) {
    AppendInteger(keys.Get(row).as<types::TimestampValue>().micros, out);
  } else {
    out += types::ToSparkText(keys.Get(row), type);
  }
  out += '"';
}

}  // namespace

JsonWriter::Shape::Shape(DataType whole, std::string field_name)
    : type(std::move(whole)), name(std::move(field_name)) {
  if (type.is(TypeId::kArray)) parts.emplace_back(type.element());
  if (type.is(TypeId::kMap)) {
    parts.emplace_back(type.key());
    parts.emplace_back(type.value());
  }
  if (!type.is(TypeId::kStruct)) return;
  for (const types::StructField& field : type.fields())
    parts.emplace_back(field.type, JsonQuoted(field.name) + ":");
}

JsonWriter JsonWriter::ForVariants(const DataType& type, TimeZone zone) {
  JsonWriter writer(type);
  writer.zone_ = std::move(zone);
  writer.keep_nulls_ = true;
  writer.variants_ = true;
  return writer;
}

Result<JsonWriter> JsonWriter::Create(const DataType& type, const Options& options, TimeZone zone) {
  JsonWriter writer(type);
  writer.zone_ = std::move(zone);
  const auto nulls = options.find("ignorenullfields");
  writer.keep_nulls_ = nulls != options.end() && nulls->second == "false";
  writer.date_pattern_ = TRY(FormatOption(options, "dateformat"));
  writer.timestamp_pattern_ = TRY(FormatOption(options, "timestampformat"));
  writer.ntz_pattern_ = TRY(FormatOption(options, "timestampntzformat"));
  if (const auto named = options.find("timezone"); named != options.end())
    writer.zone_ = TRY(TimeZone::Find(named->second));
  return writer;
}

Status JsonWriter::Append(const InputColumn& column, size_t row, const Shape& shape,
                          std::string& out) const {
  if (!column.IsNull(row)) return AppendValue(column, row, shape, out);
  out += "null";
  return {};
}

Status JsonWriter::AppendValue(const InputColumn& column, size_t row, const Shape& shape,
                               std::string& out) const {
  switch (shape.type.id()) {
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
      AppendInteger(column.GetInteger(row), out);
      return {};
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      AppendJsonQuoted(out, column.GetText(row));
      return {};
    case TypeId::kBinary:
      AppendJsonQuoted(out, Base64(column.GetText(row)));
      return {};
    case TypeId::kVariant:
      if (variants_) {
        out += column.GetText(row);
      } else {
        out += types::VariantText(column.GetText(row));
      }
      return {};
    case TypeId::kArray:
      return AppendList(column, row, shape, out);
    case TypeId::kMap:
      return AppendMap(column, row, shape, out);
    case TypeId::kStruct:
      return AppendStruct(column, row, shape, out);
    default:
      return AppendScalar(column.Get(row), shape.type, out);
  }
}

Status JsonWriter::AppendScalar(const Value& value, const DataType& type, std::string& out) const {
  switch (type.id()) {
    case TypeId::kBoolean:
      out += value.as<bool>() ? "true" : "false";
      return {};
    case TypeId::kDecimal:
      out += types::ToSparkText(value, type);
      if (variants_ && type.scale() == 0) out += ".0";
      return {};
    case TypeId::kFloat:
      AppendFloating(value.as<float>(), types::FloatText(value.as<float>()), out);
      return {};
    case TypeId::kDouble:
      AppendFloating(value.as<double>(), types::DoubleText(value.as<double>()), out);
      return {};
    case TypeId::kDate:
      return AppendDate(value.as<types::DateValue>(), out);
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return AppendTimestamp(value.as<types::TimestampValue>().micros, type, out);
    default:
      AppendJsonQuoted(out, types::ToSparkText(value, type));
      return {};
  }
}

void JsonWriter::AppendFloating(double number, std::string text, std::string& out) const {
  if (!std::isfinite(number)) return AppendJsonQuoted(out, text);
  out += text;
  if (variants_ && text.find('E') == std::string::npos) out += "E0";
}

Status JsonWriter::AppendDate(types::DateValue date, std::string& out) const {
  const std::string text = date_pattern_
                               ? TRY(date_pattern_->Format(date.days * kMicrosPerDay, nullptr, 0))
                               : types::DateText(date);
  AppendJsonQuoted(out, text);
  return {};
}

// Spark's default: 2024-01-15T10:00:00.000-08:00.
Status JsonWriter::AppendTimestamp(int64_t micros, const DataType& type, std::string& out) const {
  static const DateTimePattern kDefault =
      *DateTimePattern::Compile("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", DateTimePattern::Use::kFormat);
  static const DateTimePattern kWithoutZone =
      *DateTimePattern::Compile("yyyy-MM-dd'T'HH:mm:ss.SSS", DateTimePattern::Use::kFormat);
  static const DateTimePattern kOffset =
      *DateTimePattern::Compile("XXX", DateTimePattern::Use::kFormat);
  const bool instant = type.is(TypeId::kTimestamp);
  const int64_t local = instant ? zone_.ToLocal(micros) : micros;
  if (variants_) {
    const std::string offset = instant ? TRY(kOffset.Format(local, &zone_, micros)) : "";
    AppendJsonQuoted(out, types::WallClockText(local) + offset);
    return {};
  }
  const DateTimePattern& pattern = instant ? (timestamp_pattern_ ? *timestamp_pattern_ : kDefault)
                                           : (ntz_pattern_ ? *ntz_pattern_ : kWithoutZone);
  const std::string text = TRY(pattern.Format(local, instant ? &zone_ : nullptr, micros));
  AppendJsonQuoted(out, text);
  return {};
}

Status JsonWriter::AppendList(const InputColumn& column, size_t row, const Shape& shape,
                              std::string& out) const {
  const auto [begin, end] = column.GetList(row);
  out += '[';
  for (size_t i = begin; i < end; ++i) {
    if (i > begin) out += ',';
    TRY(Append(column.part(0), i, shape.parts[0], out));
  }
  out += ']';
  return {};
}

Status JsonWriter::AppendMap(const InputColumn& column, size_t row, const Shape& shape,
                             std::string& out) const {
  const auto [begin, end] = column.GetList(row);
  out += '{';
  for (size_t i = begin; i < end; ++i) {
    if (i > begin) out += ',';
    AppendKey(column.part(0), i, shape.parts[0].type, out);
    out += ':';
    TRY(Append(column.part(1), i, shape.parts[1], out));
  }
  out += '}';
  return {};
}

Status JsonWriter::AppendStruct(const InputColumn& column, size_t row, const Shape& shape,
                                std::string& out) const {
  char before = '{';
  for (size_t i = 0; i < shape.parts.size(); ++i) {
    const InputColumn& field = column.part(i);
    const bool null = field.IsNull(row);
    if (null && !keep_nulls_) continue;
    out += std::exchange(before, ',');
    out += shape.parts[i].name;
    if (null) {
      out += "null";
    } else {
      TRY(AppendValue(field, row, shape.parts[i], out));
    }
  }
  out += before == '{' ? "{}" : "}";
  return {};
}

}  // namespace lakesmith::functions
