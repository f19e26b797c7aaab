#include "delta/schema.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "base/ascii.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;

constexpr const char* kCharVarcharKey = "__CHAR_VARCHAR_TYPE_STRING";

// Rebuilds a type with every struct field passed through `change`.
template <typename Change>
DataType MapFields(const DataType& type, const Change& change) {
  switch (type.id()) {
    case TypeId::kArray:
      return DataType::Array(MapFields(type.element(), change), type.contains_null());
    case TypeId::kMap:
      return DataType::Map(MapFields(type.key(), change), MapFields(type.value(), change),
                           type.contains_null());
    case TypeId::kStruct: {
      std::vector<StructField> fields = type.fields();
      for (StructField& field : fields) {
        change(&field);
        field.type = MapFields(field.type, change);
      }
      return DataType::Struct(std::move(fields));
    }
    default:
      return type;
  }
}

// Replaces char and varchar below arrays and maps, where the field's metadata speaks for the whole
// type.
DataType WithoutCharTypes(const DataType& type) {
  switch (type.id()) {
    case TypeId::kChar:
    case TypeId::kVarchar:
      return DataType::String();
    case TypeId::kArray:
      return DataType::Array(WithoutCharTypes(type.element()), type.contains_null());
    case TypeId::kMap:
      return DataType::Map(WithoutCharTypes(type.key()), WithoutCharTypes(type.value()),
                           type.contains_null());
    default:
      return type;
  }
}

void HideCharType(StructField* field) {
  const DataType plain = WithoutCharTypes(field->type);
  if (plain == field->type) return;
  field->metadata[kCharVarcharKey] = field->type.SimpleString();
  field->type = plain;
}

void ShowCharType(StructField* field) {
  const auto found = field->metadata.find(kCharVarcharKey);
  if (found == field->metadata.end() || !found->is_string() || !field->type.is(TypeId::kString))
    return;
  const Result<DataType> type = DataType::FromJson(*found);
  if (!type || !type->IsString()) return;
  field->type = *type;
  field->metadata.erase(kCharVarcharKey);
}

Status CheckType(const DataType& type, const std::string& name, bool column_mapping);

Status CheckFields(const DataType& type, const std::string& prefix, bool column_mapping) {
  constexpr std::string_view kForbidden = " ,;{}()\n\t=";
  std::set<std::string> seen;
  for (const StructField& field : type.fields()) {
    const std::string name = prefix.empty() ? field.name : prefix + "." + field.name;
    if (field.name.empty()) return Invalid("a column name is empty");
    if (!seen.insert(Lower(field.name)).second) {
      return Invalid(
                 "The column `{}` already exists. Choose another name or rename the existing "
                 "column.",
                 name)
          .WithClass("COLUMN_ALREADY_EXISTS", "42711");
    }
    if (!column_mapping && field.name.find_first_of(kForbidden) != std::string::npos) {
      return Invalid(
                 "column name '{}' has a character of ' ,;{{}}()\\n\\t='; set the table property "
                 "'delta.columnMapping.mode' to 'name' to allow it",
                 name)
          .WithClass("DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES", "42K05");
    }
    TRY(CheckType(field.type, name, column_mapping));
  }
  return {};
}

Status CheckType(const DataType& type, const std::string& name, bool column_mapping) {
  switch (type.id()) {
    case TypeId::kTime:
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval:
    case TypeId::kCalendarInterval:
      return Unsupported("column '{}': a Delta table cannot hold the type {}", name, type.Sql())
          .WithClass("DELTA_UNSUPPORTED_DATA_TYPES", "0AKDC");
    case TypeId::kArray:
      return CheckType(type.element(), name + ".element", column_mapping);
    case TypeId::kMap:
      TRY(CheckType(type.key(), name + ".key", column_mapping));
      return CheckType(type.value(), name + ".value", column_mapping);
    case TypeId::kStruct:
      if (type.fields().empty())
        return Invalid("column '{}': a struct without fields cannot be stored", name);
      return CheckFields(type, name, column_mapping);
    default:
      return {};
  }
}

// Number of digits before the point that the integral type needs.
int IntegerDigits(TypeId id) { return id == TypeId::kLong ? 20 : 10; }

int IntegralRank(TypeId id) {
  constexpr std::array kOrder = {TypeId::kByte, TypeId::kShort, TypeId::kInt, TypeId::kLong};
  return static_cast<int>(std::ranges::find(kOrder, id) - kOrder.begin());
}

class Merger {
 public:
  explicit Merger(const MergeOptions& options) : options_(options) {}

  Result<DataType> MergeStructs(const DataType& table, const DataType& incoming,
                                const std::string& prefix) {
    std::vector<StructField> fields = table.fields();
    for (const StructField& field : incoming.fields()) {
      const std::string name = prefix.empty() ? field.name : prefix + "." + field.name;
      const std::optional<size_t> index = table.FieldIndex(field.name);
      if (!index) {
        fields.push_back(NewField(field));
        continue;
      }
      StructField& existing = fields[*index];
      Json changes = Json::array();
      existing.type = TRY(Merge(existing.type, field.type, {.name = name, .changes = &changes}));
      for (Json& change : changes)
        existing.metadata["delta.typeChanges"].push_back(std::move(change));
    }
    return DataType::Struct(std::move(fields));
  }

 private:
  static StructField NewField(const StructField& field) {
    StructField added = field;
    added.nullable = true;
    return added;
  }

  // Where in a column the merge is, and the widened types found below the nearest struct field.
  struct Place {
    std::string name;        // Dotted, for messages.
    std::string field_path;  // Below the struct field: "", "element", "value.key".
    Json* changes;

    Place Below(const std::string& part) const {
      return {.name = name + "." + part,
              .field_path = field_path.empty() ? part : field_path + "." + part,
              .changes = changes};
    }
  };

  static void RecordChange(const Place& place, const DataType& from, const DataType& to) {
    Json change = {{"fromType", from.ToJson()}, {"toType", to.ToJson()}};
    if (!place.field_path.empty()) change["fieldPath"] = place.field_path;
    place.changes->push_back(std::move(change));
  }

  Result<DataType> Merge(const DataType& table, const DataType& incoming, const Place& place) {
    if (incoming.is(TypeId::kVoid) || SameTypeIgnoringNullability(table, incoming)) return table;
    if (table.is(TypeId::kVoid)) return incoming;
    if (table.is(TypeId::kStruct) && incoming.is(TypeId::kStruct)) {
      return MergeStructs(table, incoming, place.name);
    }
    if (table.is(TypeId::kArray) && incoming.is(TypeId::kArray)) {
      return DataType::Array(
          TRY(Merge(table.element(), incoming.element(), place.Below("element"))),
          table.contains_null());
    }
    if (table.is(TypeId::kMap) && incoming.is(TypeId::kMap)) {
      DataType key = TRY(Merge(table.key(), incoming.key(), place.Below("key")));
      DataType value = TRY(Merge(table.value(), incoming.value(), place.Below("value")));
      return DataType::Map(std::move(key), std::move(value), table.contains_null());
    }
    if (table.IsString() && incoming.IsString()) return table;
    if (options_.widen_types && IsLegalWidening(table, incoming)) {
      RecordChange(place, table, incoming);
      return incoming;
    }
    if (options_.keep_existing_type && CanStore(table, incoming)) return table;
    return Invalid(
               "column '{}' has type {} in the table and {} in the new data, which do not go "
               "together",
               place.name, table.Sql(), incoming.Sql())
        .WithClass("DELTA_FAILED_TO_MERGE_FIELDS", "22005");
  }

  // Whether an ANSI store assignment casts `incoming` to the table's type.
  static bool CanStore(const DataType& table, const DataType& incoming) {
    if (table.IsNumeric() && incoming.IsNumeric()) return true;
    if (table.IsString()) return !incoming.IsNested() && !incoming.is(TypeId::kBinary);
    return table.IsDatetime() && incoming.IsDatetime();
  }

  const MergeOptions& options_;
};

Status CheckFieldTypeChanges(const StructField& field) {
  const auto changes = field.metadata.find("delta.typeChanges");
  if (changes == field.metadata.end() || !changes->is_array()) return {};
  for (const Json& change : *changes) {
    if (!change.is_object() || !change.contains("fromType") || !change.contains("toType")) {
      return Corrupt("column '{}': 'delta.typeChanges' holds {}", field.name, JsonText(change));
    }
    const DataType from = TRY(DataType::FromJson(change["fromType"]));
    const DataType to = TRY(DataType::FromJson(change["toType"]));
    if (!IsLegalWidening(from, to)) {
      return Unsupported(
                 "column '{}' was changed from {} to {}, which the feature 'typeWidening' does not "
                 "allow",
                 field.name, from.Sql(), to.Sql())
          .WithClass("DELTA_UNSUPPORTED_TYPE_CHANGE_IN_SCHEMA", "0AKDC");
    }
  }
  return {};
}

}  // namespace

std::string SchemaText(const DataType& schema) {
  return JsonText(MapFields(schema, HideCharType).ToJson());
}

Result<DataType> ParseSchema(std::string_view text) {
  Result<Json> json = ParseJson(text);
  if (!json) return Corrupt("the table's schema: {}", json.error().message());
  const DataType schema = TRY(DataType::FromJson(*json));
  if (!schema.is(TypeId::kStruct))
    return Corrupt("the table's schema is {}, not a struct", schema.Sql());
  return MapFields(schema, ShowCharType);
}

Status CheckSchema(const DataType& schema, const std::vector<std::string>& partition_columns,
                   bool column_mapping) {
  TRY(CheckFields(schema, "", column_mapping));
  for (const std::string& name : partition_columns) {
    const std::optional<size_t> index = schema.FieldIndex(name);
    if (!index) return Invalid("partition column '{}' is not in the table's schema", name);
    const DataType& type = schema.fields()[*index].type;
    if (type.IsNested() || type.is(TypeId::kVariant) || type.is(TypeId::kVoid)) {
      return Invalid("column '{}' of type {} cannot partition the table", name, type.Sql());
    }
  }
  if (!partition_columns.empty() && partition_columns.size() == schema.fields().size()) {
    return Invalid("all columns are partition columns; at least one must be kept in the files")
        .WithClass("ALL_PARTITION_COLUMNS_NOT_ALLOWED", "KD005");
  }
  return {};
}

Result<DataType> MergeSchemas(const DataType& table, const DataType& incoming,
                              const MergeOptions& options) {
  return Merger(options).MergeStructs(table, incoming, "");
}

bool IsLegalWidening(const DataType& from, const DataType& to) {
  if (from.IsIntegral() && to.IsIntegral()) return IntegralRank(from.id()) < IntegralRank(to.id());
  if (to.is(TypeId::kDouble)) {
    return from.is(TypeId::kFloat) || (from.IsIntegral() && !from.is(TypeId::kLong));
  }
  if (from.is(TypeId::kDate)) return to.is(TypeId::kTimestampNtz);
  if (!to.is(TypeId::kDecimal)) return false;
  if (from.is(TypeId::kDecimal)) {
    const int more_digits = to.precision() - from.precision();
    const int more_scale = to.scale() - from.scale();
    return more_scale >= 0 && more_digits >= more_scale && more_digits > 0;
  }
  return from.IsIntegral() && to.precision() - to.scale() >= IntegerDigits(from.id());
}

Status CheckTypeChanges(const DataType& schema) {
  switch (schema.id()) {
    case TypeId::kArray:
      return CheckTypeChanges(schema.element());
    case TypeId::kMap:
      TRY(CheckTypeChanges(schema.key()));
      return CheckTypeChanges(schema.value());
    case TypeId::kStruct:
      for (const StructField& field : schema.fields()) {
        TRY(CheckFieldTypeChanges(field));
        TRY(CheckTypeChanges(field.type));
      }
      return {};
    default:
      return {};
  }
}

}  // namespace lakesmith::delta
