#include <simdjson.h>

#include "delta/statistics.h"
#include "delta/statistics_internal.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;
using types::Value;
namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

// Long enough never to cut: what is in a checkpoint was cut by its writer.
constexpr int64_t kUncut = int64_t{1} << 40;

enum class Part { kMin, kMax, kCount };

// Text of a value of `stats_parsed`, "" for none; structs give an object of their fields.
std::string PartText(const Value& value, const DataType& type, Part part) {
  if (value.is_null()) return "";
  if (type.is(TypeId::kStruct)) {
    std::string text;
    for (size_t i = 0; i < type.fields().size(); ++i) {
      const StructField& field = type.fields()[i];
      const std::string inner = PartText(value.structure().fields[i], field.type, part);
      if (inner.empty()) continue;
      text += (text.empty() ? "{" : ",") + JsonText(Json(field.name)) + ':' + inner;
    }
    return text.empty() ? "" : text + "}";
  }
  if (part == Part::kCount) return type.IsIntegral() ? std::to_string(value.as<int64_t>()) : "";
  if (!type.IsNumeric() && !type.IsString() && !type.IsDatetime()) return "";
  return (part == Part::kMin ? MinimumText(value, type, kUncut) : MaximumText(value, type, kUncut))
      .value_or("");
}

// The member's value exactly as it is written; numbers of many digits must not pass through a
// double.
error_code RawText(ondemand::value value, std::string* out) {
  ondemand::json_type type;
  if (const error_code error = value.type().get(type)) return error;
  std::string_view text;
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    if (const error_code error = value.get_object().get(object)) return error;
    if (const error_code error = object.raw_json().get(text)) return error;
  } else if (type == ondemand::json_type::array) {
    ondemand::array array;
    if (const error_code error = value.get_array().get(array)) return error;
    if (const error_code error = array.raw_json().get(text)) return error;
  } else {
    text = value.raw_json_token();
  }
  const size_t end = text.find_last_not_of(" \t\r\n");
  out->assign(text.substr(0, end == std::string_view::npos ? 0 : end + 1));
  return simdjson::SUCCESS;
}

error_code CopyAllButTightBounds(std::string_view stats, std::string* out) {
  const simdjson::padded_string padded(stats);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::object object;
  if (const error_code error = parser.iterate(padded).get(document)) return error;
  if (const error_code error = document.get_object().get(object)) return error;
  for (auto field : object) {
    ondemand::field pair;
    if (const error_code error = std::move(field).get(pair)) return error;
    std::string_view key;
    if (const error_code error = pair.unescaped_key().get(key)) return error;
    if (key == "tightBounds") continue;
    std::string text;
    if (const error_code error = RawText(pair.value(), &text)) return error;
    *out += JsonText(Json(std::string(key))) + ':' + text + ',';
  }
  return simdjson::SUCCESS;
}

}  // namespace

std::string StatisticsFromStruct(const Value& value, const DataType& type) {
  if (value.is_null() || !type.is(TypeId::kStruct)) return "";
  std::string text;
  for (size_t i = 0; i < type.fields().size(); ++i) {
    const StructField& field = type.fields()[i];
    const Value& member = value.structure().fields[i];
    std::string inner;
    if (field.name == "numRecords") inner = PartText(member, field.type, Part::kCount);
    if (field.name == "minValues") inner = PartText(member, field.type, Part::kMin);
    if (field.name == "maxValues") inner = PartText(member, field.type, Part::kMax);
    if (field.name == "nullCount") inner = PartText(member, field.type, Part::kCount);
    if (field.name == "tightBounds" && !member.is_null() && field.type.is(TypeId::kBoolean)) {
      inner = member.as<bool>() ? "true" : "false";
    }
    if (inner.empty()) continue;
    text += (text.empty() ? "{\"" : ",\"") + field.name + "\":" + inner;
  }
  return text.empty() ? "" : text + "}";
}

Result<std::string> WidenStatistics(const std::string& stats) {
  if (!NumRecords(stats)) {
    return Invalid(
        "file statistics lack 'numRecords', which a deletion vector needs; count the file's rows "
        "first");
  }
  std::string text = "{";
  if (const error_code error = CopyAllButTightBounds(stats, &text)) {
    return Corrupt("file statistics are not JSON: {}", simdjson::error_message(error));
  }
  return text + "\"tightBounds\":false}";
}

}  // namespace lakesmith::delta
