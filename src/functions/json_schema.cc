// The types that JSON texts and variants have.
#include <algorithm>

#include "functions/cast_text.h"
#include "functions/json_functions.h"
#include "functions/json_node.h"
#include "types/variant_text.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;

constexpr int kMaxPrecision = 38;

// What differs between schema_of_json and schema_of_variant.
struct Rules {
  DataType (*of_number)(const JsonNode& number);
  DataType (*join)(const DataType& a, const DataType& b);  // Of scalars that differ.
};

DataType Joined(const DataType& a, const DataType& b, const Rules& rules) {
  if (a.is(TypeId::kVoid)) return b;
  if (b.is(TypeId::kVoid) || a == b) return a;
  if (a.is(TypeId::kArray) && b.is(TypeId::kArray))
    return DataType::Array(Joined(a.element(), b.element(), rules));
  if (!a.is(TypeId::kStruct) || !b.is(TypeId::kStruct)) return rules.join(a, b);
  std::vector<StructField> fields = a.fields();
  for (const StructField& field : b.fields()) {
    const auto same = std::ranges::find(fields, field.name, &StructField::name);
    if (same == fields.end()) {
      fields.push_back(field);
    } else {
      same->type = Joined(same->type, field.type, rules);
    }
  }
  std::ranges::sort(fields, {}, &StructField::name);
  return DataType::Struct(std::move(fields));
}

DataType TypeOf(const JsonNode& node, const Rules& rules) {
  switch (node.kind) {
    case JsonKind::kNull:
      return DataType::Void();
    case JsonKind::kBoolean:
      return DataType::Boolean();
    case JsonKind::kInteger:
    case JsonKind::kFraction:
      return rules.of_number(node);
    case JsonKind::kString:
      return DataType::String();
    case JsonKind::kArray: {
      DataType element = DataType::Void();
      for (const JsonNode& item : node.elements)
        element = Joined(element, TypeOf(item, rules), rules);
      return DataType::Array(element);
    }
    case JsonKind::kObject:
      break;
  }
  std::vector<StructField> fields;
  for (const auto& [name, field] : node.fields)
    fields.push_back({.name = name, .type = TypeOf(field, rules)});
  std::ranges::sort(fields, {}, &StructField::name);
  return DataType::Struct(std::move(fields));
}

DataType JsonNumber(const JsonNode& number) {
  if (number.kind == JsonKind::kFraction) return DataType::Double();
  if (TextToIntegral(number.text, 64)) return DataType::Long();
  const auto digits = static_cast<int>(number.text.size());
  return digits <= kMaxPrecision ? DataType::Decimal(digits, 0) : DataType::Double();
}

DataType JsonJoin(const DataType& a, const DataType& b) {
  return a.IsNumeric() && b.IsNumeric() ? DataType::Double() : DataType::String();
}

// By the digits that are shown: 1.50 is a DECIMAL(2,1).
DataType VariantNumber(const JsonNode& number) {
  if (TextToIntegral(number.text, 64)) return DataType::Long();
  const std::string shown = types::VariantText(number.text);
  const bool exponent = number.text.find_first_of("eE") != std::string::npos;
  if (exponent || shown.find_first_of("EI") != std::string::npos) return DataType::Double();
  const std::string_view digits = std::string_view(shown).substr(shown.starts_with('-') ? 1 : 0);
  const size_t point = std::min(digits.find('.'), digits.size());
  const auto whole = static_cast<int>(digits.starts_with("0.") ? 0 : point);
  const auto scale = static_cast<int>(digits.size() - std::min(point + 1, digits.size()));
  return DataType::Decimal(whole + scale, scale);
}

DataType VariantJoin(const DataType& a, const DataType& b) {
  if (!a.IsNumeric() || !b.IsNumeric()) return DataType::Variant();
  if (a.IsFractional() || b.IsFractional()) return DataType::Double();
  constexpr int kDigitsOfLong = 20;
  const auto whole = [](const DataType& type) {
    return type.is(TypeId::kLong) ? kDigitsOfLong : type.precision() - type.scale();
  };
  const auto scale = [](const DataType& type) { return type.is(TypeId::kLong) ? 0 : type.scale(); };
  const int most = std::max(scale(a), scale(b));
  const int precision = std::max(whole(a), whole(b)) + most;
  return precision > kMaxPrecision ? DataType::Double() : DataType::Decimal(precision, most);
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

// The type's SQL, where structs are called OBJECT.
std::string ObjectSql(const DataType& type) {
  if (type.is(TypeId::kArray)) return "ARRAY<" + ObjectSql(type.element()) + ">";
  if (!type.is(TypeId::kStruct)) return type.Sql();
  std::string text;
  for (const StructField& field : type.fields()) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ",
                        types::QuoteIdentifierIfNeeded(field.name), ObjectSql(field.type));
  }
  return "OBJECT<" + text + ">";
}

}  // namespace

Result<std::string> SchemaOfJson(std::string_view text) {
  const std::optional<JsonNode> node = JsonNode::Parse(text);
  if (!node) return MalformedRecord(text);
  return WithoutVoid(TypeOf(*node, {.of_number = JsonNumber, .join = JsonJoin})).Sql();
}

std::string SchemaOfVariant(std::string_view variant) {
  const JsonNode node = JsonNode::Parse(variant).value_or(JsonNode());
  return ObjectSql(TypeOf(node, {.of_number = VariantNumber, .join = VariantJoin}));
}

}  // namespace lakesmith::functions
