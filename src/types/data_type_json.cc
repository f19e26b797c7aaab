#include <array>
#include <charconv>
#include <utility>

#include "base/check.h"
#include "types/data_type.h"

namespace lakesmith::types {
namespace {

struct JsonName {
  std::string_view name;
  TypeId id;
};

// Names in Delta's schema text that differ from, or equal, Spark's; only flat types without
// arguments.
constexpr std::array kJsonNames = {
    JsonName{"void", TypeId::kVoid},
    JsonName{"boolean", TypeId::kBoolean},
    JsonName{"byte", TypeId::kByte},
    JsonName{"short", TypeId::kShort},
    JsonName{"integer", TypeId::kInt},
    JsonName{"long", TypeId::kLong},
    JsonName{"float", TypeId::kFloat},
    JsonName{"double", TypeId::kDouble},
    JsonName{"string", TypeId::kString},
    JsonName{"binary", TypeId::kBinary},
    JsonName{"date", TypeId::kDate},
    JsonName{"timestamp", TypeId::kTimestamp},
    JsonName{"timestamp_ntz", TypeId::kTimestampNtz},
    JsonName{"interval", TypeId::kCalendarInterval},
    JsonName{"variant", TypeId::kVariant},
};

DataType FlatType(TypeId id) {
  switch (id) {
    case TypeId::kVoid:
      return DataType::Void();
    case TypeId::kBoolean:
      return DataType::Boolean();
    case TypeId::kByte:
      return DataType::Byte();
    case TypeId::kShort:
      return DataType::Short();
    case TypeId::kInt:
      return DataType::Int();
    case TypeId::kLong:
      return DataType::Long();
    case TypeId::kFloat:
      return DataType::Float();
    case TypeId::kDouble:
      return DataType::Double();
    case TypeId::kString:
      return DataType::String();
    case TypeId::kBinary:
      return DataType::Binary();
    case TypeId::kDate:
      return DataType::Date();
    case TypeId::kTimestamp:
      return DataType::Timestamp();
    case TypeId::kTimestampNtz:
      return DataType::TimestampNtz();
    case TypeId::kCalendarInterval:
      return DataType::CalendarInterval();
    case TypeId::kVariant:
      return DataType::Variant();
    default:
      CHECK(!"a type of kJsonNames");
  }
}

// Whole numbers of "name(a,b)"; empty when the text is not of that form.
std::vector<int> Arguments(std::string_view text, std::string_view name) {
  if (!text.starts_with(name) || text.size() < name.size() + 3) return {};
  if (text[name.size()] != '(' || text.back() != ')') return {};
  std::vector<int> numbers;
  const char* at = text.data() + name.size() + 1;
  const char* end = text.data() + text.size() - 1;
  while (at < end) {
    while (at < end && (*at == ' ' || *at == ',')) ++at;
    int number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc()) return {};
    numbers.push_back(number);
    at = next;
  }
  return numbers;
}

std::optional<DataType> IntervalFromName(std::string_view name) {
  for (auto from = IntervalField::kYear; from <= IntervalField::kSecond;
       from = static_cast<IntervalField>(static_cast<int>(from) + 1)) {
    for (auto to = from; to <= IntervalField::kSecond;
         to = static_cast<IntervalField>(static_cast<int>(to) + 1)) {
      if (from <= IntervalField::kMonth && to > IntervalField::kMonth) continue;
      DataType type = from <= IntervalField::kMonth ? DataType::YearMonthInterval(from, to)
                                                    : DataType::DayTimeInterval(from, to);
      if (type.SimpleString() == name) return type;
    }
  }
  return std::nullopt;
}

Result<DataType> FromName(std::string_view name) {
  for (const JsonName& known : kJsonNames) {
    if (known.name == name) return FlatType(known.id);
  }
  if (name == "decimal") return DataType::Decimal(10, 0);
  if (const auto decimal = Arguments(name, "decimal"); decimal.size() == 2) {
    if (decimal[0] < 1 || decimal[0] > 38 || decimal[1] < 0 || decimal[1] > decimal[0]) {
      return Corrupt("schema: '{}' is not a decimal that can be stored", name);
    }
    return DataType::Decimal(decimal[0], decimal[1]);
  }
  if (const auto length = Arguments(name, "char"); length.size() == 1)
    return DataType::Char(length[0]);
  if (const auto length = Arguments(name, "varchar"); length.size() == 1) {
    return DataType::Varchar(length[0]);
  }
  if (const auto time = Arguments(name, "time"); time.size() == 1 && time[0] >= 0 && time[0] <= 6) {
    return DataType::Time(time[0]);
  }
  if (const auto interval = IntervalFromName(name)) return *interval;
  return Unsupported("schema: the type '{}' is not known", name);
}

Result<const Json*> Member(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) return Corrupt("schema: '{}' is missing in {}", name, JsonText(json));
  return &*found;
}

Result<bool> Flag(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return true;
  if (!found->is_boolean())
    return Corrupt("schema: '{}' is not true or false in {}", name, JsonText(json));
  return found->get<bool>();
}

Result<StructField> FieldFromJson(const Json& json) {
  const Json* name = TRY(Member(json, "name"));
  if (!name->is_string()) return Corrupt("schema: a field name is not text: {}", JsonText(json));
  const Json* type = TRY(Member(json, "type"));
  StructField field{.name = name->get<std::string>(),
                    .type = TRY(DataType::FromJson(*type)),
                    .nullable = TRY(Flag(json, "nullable")),
                    .metadata = Json::object()};
  const auto metadata = json.find("metadata");
  if (metadata != json.end() && metadata->is_object()) field.metadata = *metadata;
  return field;
}

Result<DataType> StructFromJson(const Json& json) {
  const Json* fields = TRY(Member(json, "fields"));
  if (!fields->is_array()) return Corrupt("schema: 'fields' is not a list");
  std::vector<StructField> parsed;
  parsed.reserve(fields->size());
  for (const Json& field : *fields) parsed.push_back(TRY(FieldFromJson(field)));
  return DataType::Struct(std::move(parsed));
}

}  // namespace

Json DataType::ToJson() const {
  switch (id_) {
    case TypeId::kArray:
      return {{"type", "array"},
              {"elementType", element().ToJson()},
              {"containsNull", contains_null()}};
    case TypeId::kMap:
      return {{"type", "map"},
              {"keyType", key().ToJson()},
              {"valueType", value().ToJson()},
              {"valueContainsNull", contains_null()}};
    case TypeId::kStruct: {
      Json list = Json::array();
      for (const StructField& field : fields()) {
        Json item;
        item["name"] = field.name;
        item["type"] = field.type.ToJson();
        item["nullable"] = field.nullable;
        item["metadata"] = field.metadata;
        list.push_back(std::move(item));
      }
      Json json;
      json["type"] = "struct";
      json["fields"] = std::move(list);
      return json;
    }
    default:
      for (const JsonName& known : kJsonNames) {
        if (known.id == id_) return known.name;
      }
      return SimpleString();
  }
}

Result<DataType> DataType::FromJson(const Json& json) {
  if (json.is_string()) return FromName(json.get_ref<const std::string&>());
  if (!json.is_object()) return Corrupt("schema: {} is not a type", JsonText(json));
  const Json* kind = TRY(Member(json, "type"));
  if (*kind == "struct") return StructFromJson(json);
  if (*kind == "array") {
    const Json* element = TRY(Member(json, "elementType"));
    return Array(TRY(FromJson(*element)), TRY(Flag(json, "containsNull")));
  }
  if (*kind == "map") {
    const Json* key = TRY(Member(json, "keyType"));
    const Json* value = TRY(Member(json, "valueType"));
    DataType key_type = TRY(FromJson(*key));
    DataType value_type = TRY(FromJson(*value));
    return Map(std::move(key_type), std::move(value_type), TRY(Flag(json, "valueContainsNull")));
  }
  return Unsupported("schema: the type {} is not known", JsonText(*kind));
}

}  // namespace lakesmith::types
