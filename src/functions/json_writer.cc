#include <cmath>
#include <utility>

#include "functions/json_functions.h"

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

void AppendFloating(std::string& out, double value, const std::string& text) {
  if (std::isfinite(value)) {
    out += text;
  } else {
    AppendJsonQuoted(out, text);
  }
}

}  // namespace

Result<JsonWriter> JsonWriter::Create(const Options& options, TimeZone zone) {
  JsonWriter writer;
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

Result<std::string> JsonWriter::Text(const Value& value, const DataType& type) const {
  std::string out;
  TRY(Append(out, value, type));
  return out;
}

Status JsonWriter::Append(std::string& out, const Value& value, const DataType& type) const {
  if (value.is_null()) {
    out += "null";
    return {};
  }
  switch (type.id()) {
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong: {
      const fmt::format_int digits(value.as<int64_t>());
      out.append(digits.data(), digits.size());
      return {};
    }
    case TypeId::kString:
      AppendJsonQuoted(out, value.as<std::string>());
      return {};
    case TypeId::kBoolean:
    case TypeId::kDecimal:
    case TypeId::kVariant:
      out += types::ToSparkText(value, type);
      return {};
    case TypeId::kFloat:
      AppendFloating(out, value.as<float>(), types::ToSparkText(value, type));
      return {};
    case TypeId::kDouble:
      AppendFloating(out, value.as<double>(), types::ToSparkText(value, type));
      return {};
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return AppendTimestamp(out, value.as<types::TimestampValue>().micros, type);
    case TypeId::kDate:
      return AppendDate(out, value.as<types::DateValue>());
    case TypeId::kArray: {
      char before = '[';
      for (const Value& element : value.array().elements) {
        out += std::exchange(before, ',');
        TRY(Append(out, element, type.element()));
      }
      out += before == '[' ? "[]" : "]";
      return {};
    }
    case TypeId::kMap:
      return AppendMap(out, value, type);
    case TypeId::kStruct:
      return AppendStruct(out, value, type);
    default:
      AppendJsonQuoted(out, types::ToSparkText(value, type));
      return {};
  }
}

Status JsonWriter::AppendDate(std::string& out, types::DateValue date) const {
  const std::string text = date_pattern_
                               ? TRY(date_pattern_->Format(date.days * kMicrosPerDay, nullptr, 0))
                               : types::DateText(date);
  AppendJsonQuoted(out, text);
  return {};
}

// Spark's default: 2024-01-15T10:00:00.000-08:00.
Status JsonWriter::AppendTimestamp(std::string& out, int64_t micros, const DataType& type) const {
  static const DateTimePattern kDefault =
      *DateTimePattern::Compile("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", DateTimePattern::Use::kFormat);
  static const DateTimePattern kWithoutZone =
      *DateTimePattern::Compile("yyyy-MM-dd'T'HH:mm:ss.SSS", DateTimePattern::Use::kFormat);
  const bool instant = type.is(TypeId::kTimestamp);
  const int64_t local = instant ? zone_.ToLocal(micros) : micros;
  const DateTimePattern& pattern = instant ? (timestamp_pattern_ ? *timestamp_pattern_ : kDefault)
                                           : (ntz_pattern_ ? *ntz_pattern_ : kWithoutZone);
  const std::string text = TRY(pattern.Format(local, instant ? &zone_ : nullptr, micros));
  AppendJsonQuoted(out, text);
  return {};
}

Status JsonWriter::AppendMap(std::string& out, const Value& value, const DataType& type) const {
  char before = '{';
  for (const auto& [key, entry] : value.map().entries) {
    out += std::exchange(before, ',');
    AppendJsonQuoted(out, types::ToSparkText(key, type.key()));
    out += ':';
    TRY(Append(out, entry, type.value()));
  }
  out += before == '{' ? "{}" : "}";
  return {};
}

Status JsonWriter::AppendStruct(std::string& out, const Value& value, const DataType& type) const {
  char before = '{';
  for (size_t i = 0; i < type.fields().size(); ++i) {
    const Value& field = value.structure().fields.at(i);
    if (field.is_null() && !keep_nulls_) continue;
    out += std::exchange(before, ',');
    AppendJsonQuoted(out, type.fields()[i].name);
    out += ':';
    TRY(Append(out, field, type.fields()[i].type));
  }
  out += before == '{' ? "{}" : "}";
  return {};
}

Result<std::string> ValueToJson(const Value& value, const DataType& type, const Options& options,
                                const TimeZone& zone) {
  const JsonWriter writer = TRY(JsonWriter::Create(options, zone));
  return writer.Text(value, type);
}

}  // namespace lakesmith::functions
