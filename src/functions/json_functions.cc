#include "functions/json_functions.h"

#include <algorithm>
#include <cmath>

#include "base/ascii.h"
#include "functions/cast_text.h"
#include "functions/civil_time.h"
#include "functions/error.h"
#include "functions/text.h"
#include "functions/text_value.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;
using types::Value;

std::string Option(const Options& options, const char* name, const char* otherwise) {
  const auto found = options.find(name);
  return found == options.end() ? otherwise : found->second;
}

Result<std::optional<DateTimePattern>> PatternOption(const Options& options, const char* name,
                                                     DateTimePattern::Use use) {
  const auto found = options.find(name);
  if (found == options.end()) return std::optional<DateTimePattern>();
  DateTimePattern pattern = TRY(DateTimePattern::Compile(found->second, use));
  return std::optional(std::move(pattern));
}

JsonDialect DialectOf(const Options& options) {
  const auto is_on = [&options](const char* name, bool otherwise) {
    const std::string text = Lower(Option(options, name, otherwise ? "true" : "false"));
    return text == "true";
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

std::optional<Value> FloatingFrom(const JsonNode& node, const DataType& type) {
  const bool special = (node.kind == JsonNode::Kind::kString || !IsDigit(node.text.back())) &&
                       (node.text == "NaN" || node.text == "Infinity" || node.text == "-Infinity" ||
                        node.text == "+Infinity" || node.text == "INF" || node.text == "-INF" ||
                        node.text == "+INF");
  if (!node.IsNumber() && !special) return std::nullopt;
  std::string text = node.text;
  if (text.ends_with("INF")) text += "INITY";
  if (type.is(TypeId::kFloat)) return Boxed(TextToFloat(text));
  return Boxed(TextToDouble(text));
}

std::optional<Value> DecimalFrom(const JsonNode& node, const DataType& type) {
  if (!node.IsNumber() && node.kind != JsonNode::Kind::kString) return std::nullopt;
  return TextToDecimalValue(node.text, type);
}

// A timestamp that is written as seconds since 1970.
std::optional<Value> SecondsFrom(const std::string& text) {
  int64_t micros = 0;
  const auto seconds = TextToIntegral(text, 64);
  if (!seconds || __builtin_mul_overflow(*seconds, kMicrosPerSecond, &micros)) return std::nullopt;
  return Value(types::TimestampValue{micros});
}

// Intervals and times.
std::optional<Value> SpanFrom(const std::string& text, const DataType& type) {
  if (type.is(TypeId::kTime)) {
    const auto micros = TextToTime(text);
    return micros ? std::optional<Value>(types::TimeValue{*micros}) : std::nullopt;
  }
  return TextToIntervalValue(text, type);
}

DataType TypeOf(const JsonNode& node);

DataType WiderType(const DataType& a, const DataType& b) {
  if (a.is(TypeId::kVoid)) return b;
  if (b.is(TypeId::kVoid) || a == b) return a;
  if (a.IsNumeric() && b.IsNumeric()) return DataType::Double();
  if (a.is(TypeId::kArray) && b.is(TypeId::kArray))
    return DataType::Array(WiderType(a.element(), b.element()));
  if (!a.is(TypeId::kStruct) || !b.is(TypeId::kStruct)) return DataType::String();
  std::vector<StructField> fields = a.fields();
  for (const StructField& field : b.fields()) {
    const auto same = std::ranges::find(fields, field.name, &StructField::name);
    if (same == fields.end()) {
      fields.push_back(field);
    } else {
      same->type = WiderType(same->type, field.type);
    }
  }
  std::ranges::sort(fields, {}, &StructField::name);
  return DataType::Struct(std::move(fields));
}

DataType TypeOf(const JsonNode& node) {
  switch (node.kind) {
    case JsonNode::Kind::kNull:
      return DataType::Void();
    case JsonNode::Kind::kBoolean:
      return DataType::Boolean();
    case JsonNode::Kind::kInteger:
      if (TextToIntegral(node.text, 64)) return DataType::Long();
      return node.text.size() <= 38 ? DataType::Decimal(static_cast<int>(node.text.size()), 0)
                                    : DataType::Double();
    case JsonNode::Kind::kFraction:
      return DataType::Double();
    case JsonNode::Kind::kString:
      return DataType::String();
    case JsonNode::Kind::kArray: {
      DataType element = DataType::Void();
      for (const JsonNode& item : node.elements) element = WiderType(element, TypeOf(item));
      return DataType::Array(element);
    }
    case JsonNode::Kind::kObject:
      break;
  }
  std::vector<StructField> fields;
  for (const auto& [name, field] : node.fields)
    fields.push_back({.name = name, .type = TypeOf(field)});
  std::ranges::sort(fields, {}, &StructField::name);
  return DataType::Struct(std::move(fields));
}

// What is null in every sample is read as text.
DataType WithoutVoid(const DataType& type) {
  if (type.is(TypeId::kVoid)) return DataType::String();
  if (type.is(TypeId::kArray)) return DataType::Array(WithoutVoid(type.element()));
  if (!type.is(TypeId::kStruct)) return type;
  std::vector<StructField> fields = type.fields();
  for (StructField& field : fields) field.type = WithoutVoid(field.type);
  return DataType::Struct(std::move(fields));
}

Error Malformed(std::string_view text) {
  return Invalid(
             "Malformed records are detected in record parsing: {}. Parse Mode: FAILFAST. To "
             "process malformed records "
             "as null result, try setting the option 'mode' as 'PERMISSIVE'.",
             text)
      .WithClass("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "22023");
}

}  // namespace

Result<JsonReader> JsonReader::Create(DataType type, const Options& options, TimeZone zone) {
  JsonReader reader;
  reader.type_ = std::move(type);
  reader.zone_ = std::move(zone);
  std::string mode = Option(options, "mode", "PERMISSIVE");
  std::ranges::transform(mode, mode.begin(), [](unsigned char c) { return std::toupper(c); });
  if (mode != "PERMISSIVE" && mode != "FAILFAST") {
    return Invalid(
               "The function `from_json` doesn't support the {} mode. Acceptable modes are "
               "PERMISSIVE and FAILFAST.",
               mode)
        .WithClass("PARSE_MODE_UNSUPPORTED", "42601");
  }
  reader.fail_fast_ = mode == "FAILFAST";
  reader.dialect_ = DialectOf(options);
  reader.corrupt_column_ = Option(options, "columnnameofcorruptrecord", "_corrupt_record");
  reader.date_pattern_ = TRY(PatternOption(options, "dateformat", DateTimePattern::Use::kParse));
  reader.timestamp_pattern_ =
      TRY(PatternOption(options, "timestampformat", DateTimePattern::Use::kParse));
  if (const auto named = options.find("timezone"); named != options.end()) {
    reader.zone_ = TRY(TimeZone::Find(named->second));
  }
  return reader;
}

Result<Value> JsonReader::Read(std::string_view text) const {
  if (TrimSparkWhiteSpace(text).empty()) return Value();
  const std::optional<JsonNode> node = JsonNode::Parse(text, dialect_);
  if (!node) {
    if (fail_fast_) return Malformed(text);
    return Corrupt(text, nullptr);
  }
  if (node->kind == JsonNode::Kind::kNull) return Value();
  if (type_.is(TypeId::kStruct)) {
    // An array stands for its first record.
    const bool list = node->kind == JsonNode::Kind::kArray;
    if (list && node->elements.empty()) return Corrupt(text, nullptr);
    bool partial = false;
    const std::optional<Value> value =
        ConvertStruct(list ? node->elements[0] : *node, type_, &partial);
    if (value && !partial) return *value;
    if (fail_fast_) return Malformed(text);
    return Corrupt(text, value ? &*value : nullptr);
  }
  // A single record is read as a list of one.
  const bool single = type_.is(TypeId::kArray) && node->kind == JsonNode::Kind::kObject;
  JsonNode list{.kind = JsonNode::Kind::kArray};
  if (single) list.elements.push_back(*node);
  const std::optional<Value> value = Convert(single ? list : *node, type_);
  if (value) return *value;
  if (fail_fast_) return Malformed(text);
  return Value();
}

Value JsonReader::Corrupt(std::string_view text, const Value* partial) const {
  if (!type_.is(TypeId::kStruct)) return {};
  types::StructValue row;
  for (size_t i = 0; i < type_.fields().size(); ++i) {
    if (type_.fields()[i].name == corrupt_column_) {
      row.fields.emplace_back(std::string(text));
    } else {
      row.fields.push_back(partial != nullptr ? partial->structure().fields[i] : Value());
    }
  }
  return row;
}

std::optional<Value> JsonReader::Convert(const JsonNode& node, const DataType& type) const {
  if (node.kind == JsonNode::Kind::kNull) return Value();
  if (type.is(TypeId::kStruct)) {
    bool partial = false;
    std::optional<Value> value = ConvertStruct(node, type, &partial);
    return partial ? std::nullopt : value;
  }
  if (type.is(TypeId::kArray)) {
    if (node.kind != JsonNode::Kind::kArray) return std::nullopt;
    types::ArrayValue list;
    for (const JsonNode& element : node.elements) {
      std::optional<Value> value = Convert(element, type.element());
      if (!value) return std::nullopt;
      list.elements.push_back(*std::move(value));
    }
    return Value(std::move(list));
  }
  if (type.is(TypeId::kMap)) {
    if (node.kind != JsonNode::Kind::kObject || !type.key().IsString()) return std::nullopt;
    types::MapValue map;
    for (const auto& [name, field] : node.fields) {
      std::optional<Value> value = Convert(field, type.value());
      if (!value) return std::nullopt;
      map.entries.emplace_back(Value(name), *std::move(value));
    }
    return Value(std::move(map));
  }
  return ConvertScalar(node, type);
}

std::optional<Value> JsonReader::ConvertStruct(const JsonNode& node, const DataType& type,
                                               bool* partial) const {
  if (node.kind != JsonNode::Kind::kObject) return std::nullopt;
  types::StructValue row;
  for (const StructField& field : type.fields()) {
    const JsonNode* found = node.Field(field.name);
    if (found == nullptr) {
      row.fields.emplace_back();
      continue;
    }
    std::optional<Value> value = Convert(*found, field.type);
    if (!value) *partial = true;
    row.fields.push_back(value ? *std::move(value) : Value());
  }
  return Value(std::move(row));
}

std::optional<Value> JsonReader::DateFrom(const std::string& text) const {
  if (!date_pattern_) return Boxed(TextToDate(text));
  const auto parsed = date_pattern_->Parse(text);
  if (!parsed) return std::nullopt;
  constexpr int64_t kMicrosPerDay = 86'400'000'000;
  return Value(types::DateValue{static_cast<int32_t>(parsed->local_micros / kMicrosPerDay)});
}

std::optional<Value> JsonReader::TimestampFrom(const std::string& text) const {
  if (!timestamp_pattern_) return Boxed(TextToTimestamp(text, zone_, 0));
  const auto parsed = timestamp_pattern_->Parse(text);
  if (!parsed) return std::nullopt;
  const TimeZone& zone = parsed->zone ? *parsed->zone : zone_;
  return Value(types::TimestampValue{zone.ToInstant(parsed->local_micros).utc_micros});
}

std::optional<Value> JsonReader::ConvertScalar(const JsonNode& node, const DataType& type) const {
  const bool is_text = node.kind == JsonNode::Kind::kString;
  switch (type.id()) {
    case TypeId::kBoolean:
      if (node.kind != JsonNode::Kind::kBoolean) return std::nullopt;
      return Value(node.boolean);
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
      if (node.kind != JsonNode::Kind::kInteger) return std::nullopt;
      return Boxed(TextToIntegral(node.text, IntegralBits(type)));
    case TypeId::kFloat:
    case TypeId::kDouble:
      return FloatingFrom(node, type);
    case TypeId::kDecimal:
      return DecimalFrom(node, type);
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      return Value(is_text ? node.text : node.ToText());
    case TypeId::kVariant:
      return Value(types::VariantValue{node.ToText(true)});
    case TypeId::kBinary: {
      if (!is_text) return std::nullopt;
      Result<std::string> bytes = Unbase64(node.text);
      return bytes ? std::optional<Value>(types::BinaryValue{*std::move(bytes)}) : std::nullopt;
    }
    case TypeId::kDate:
      return is_text ? DateFrom(node.text) : std::nullopt;
    case TypeId::kTimestamp:
      if (node.kind == JsonNode::Kind::kInteger) return SecondsFrom(node.text);
      return is_text ? TimestampFrom(node.text) : std::nullopt;
    case TypeId::kTimestampNtz:
      if (!is_text) return std::nullopt;
      return Boxed(TextToTimestampNtz(node.text));
    default:
      if (!is_text) return std::nullopt;
      return SpanFrom(node.text, type);
  }
}

Result<std::string> SchemaOfJson(std::string_view text) {
  const std::optional<JsonNode> node = JsonNode::Parse(text);
  if (!node) return Malformed(text);
  return WithoutVoid(TypeOf(*node)).Sql();
}

}  // namespace lakesmith::functions
