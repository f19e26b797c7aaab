#include <cmath>

#include "functions/json_functions.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;
using types::Value;

class Writer {
 public:
  Writer(const TimeZone& zone, bool keep_nulls) : zone_(zone), keep_nulls_(keep_nulls) {}

  Status SetPatterns(const Options& options) {
    if (const auto found = options.find("dateformat"); found != options.end()) {
      date_pattern_ = TRY(DateTimePattern::Compile(found->second, DateTimePattern::Use::kFormat));
    }
    if (const auto found = options.find("timestampformat"); found != options.end()) {
      timestamp_pattern_ =
          TRY(DateTimePattern::Compile(found->second, DateTimePattern::Use::kFormat));
    }
    return {};
  }

  Result<std::string> Text(const Value& value, const DataType& type) const {
    if (value.is_null()) return std::string("null");
    switch (type.id()) {
      case TypeId::kBoolean:
      case TypeId::kByte:
      case TypeId::kShort:
      case TypeId::kInt:
      case TypeId::kLong:
      case TypeId::kDecimal:
      case TypeId::kVariant:
        return types::ToSparkText(value, type);
      case TypeId::kFloat:
        return Floating(value.as<float>(), types::ToSparkText(value, type));
      case TypeId::kDouble:
        return Floating(value.as<double>(), types::ToSparkText(value, type));
      case TypeId::kTimestamp:
      case TypeId::kTimestampNtz:
        return Timestamp(value.as<types::TimestampValue>().micros, type);
      case TypeId::kDate:
        return Date(value.as<types::DateValue>());
      case TypeId::kArray:
        return List(value, type);
      case TypeId::kMap:
        return Map(value, type);
      case TypeId::kStruct:
        return Object(value, type);
      default:
        return JsonQuoted(types::ToSparkText(value, type));
    }
  }

 private:
  static std::string Floating(double value, const std::string& text) {
    return std::isfinite(value) ? text : JsonQuoted(text);
  }

  Result<std::string> Date(types::DateValue date) const {
    if (!date_pattern_) return JsonQuoted(types::DateText(date));
    constexpr int64_t kMicrosPerDay = 86'400'000'000;
    const std::string text = TRY(date_pattern_->Format(date.days * kMicrosPerDay, nullptr, 0));
    return JsonQuoted(text);
  }

  // Spark's default: 2024-01-15T10:00:00.000-08:00.
  Result<std::string> Timestamp(int64_t micros, const DataType& type) const {
    const bool instant = type.is(TypeId::kTimestamp);
    const int64_t local = instant ? zone_.ToLocal(micros) : micros;
    if (timestamp_pattern_) {
      const std::string text =
          TRY(timestamp_pattern_->Format(local, instant ? &zone_ : nullptr, micros));
      return JsonQuoted(text);
    }
    static const DateTimePattern kDefault =
        *DateTimePattern::Compile("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", DateTimePattern::Use::kFormat);
    static const DateTimePattern kWithoutZone =
        *DateTimePattern::Compile("yyyy-MM-dd'T'HH:mm:ss.SSS", DateTimePattern::Use::kFormat);
    const std::string text = TRY((instant ? kDefault : kWithoutZone).Format(local, &zone_, micros));
    return JsonQuoted(text);
  }

  Result<std::string> List(const Value& value, const DataType& type) const {
    std::string text = "[";
    for (const Value& element : value.array().elements) {
      if (text.size() > 1) text += ',';
      text += TRY(Text(element, type.element()));
    }
    return text + "]";
  }

  Result<std::string> Map(const Value& value, const DataType& type) const {
    std::string text = "{";
    for (const auto& [key, entry] : value.map().entries) {
      if (text.size() > 1) text += ',';
      text += JsonQuoted(types::ToSparkText(key, type.key())) + ":";
      text += TRY(Text(entry, type.value()));
    }
    return text + "}";
  }

  Result<std::string> Object(const Value& value, const DataType& type) const {
    std::string text = "{";
    for (size_t i = 0; i < type.fields().size(); ++i) {
      const Value& field = value.structure().fields.at(i);
      if (field.is_null() && !keep_nulls_) continue;
      if (text.size() > 1) text += ',';
      text += JsonQuoted(type.fields()[i].name) + ":";
      text += TRY(Text(field, type.fields()[i].type));
    }
    return text + "}";
  }

  const TimeZone& zone_;
  bool keep_nulls_;
  std::optional<DateTimePattern> date_pattern_;
  std::optional<DateTimePattern> timestamp_pattern_;
};

}  // namespace

Result<std::string> ValueToJson(const Value& value, const DataType& type, const Options& options,
                                const TimeZone& zone) {
  const auto nulls = options.find("ignorenullfields");
  Writer writer(zone, nulls != options.end() && nulls->second == "false");
  TRY(writer.SetPatterns(options));
  return writer.Text(value, type);
}

}  // namespace lakesmith::functions
