#include "delta/column_mapping.h"

#include <algorithm>

#include "delta/paths.h"
#include "delta/schema.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;

constexpr const char* kIdKey = "delta.columnMapping.id";
constexpr const char* kPhysicalNameKey = "delta.columnMapping.physicalName";

std::string_view ModeName(ColumnMappingMode mode) {
  switch (mode) {
    case ColumnMappingMode::kNone:
      return "none";
    case ColumnMappingMode::kName:
      return "name";
    case ColumnMappingMode::kId:
      return "id";
  }
  return "";
}

int64_t HighestId(const DataType& type) {
  switch (type.id()) {
    case TypeId::kArray:
      return HighestId(type.element());
    case TypeId::kMap:
      return std::max(HighestId(type.key()), HighestId(type.value()));
    case TypeId::kStruct: {
      int64_t highest = 0;
      for (const StructField& field : type.fields()) {
        highest = std::max({highest, int64_t{ColumnId(field).value_or(0)}, HighestId(field.type)});
      }
      return highest;
    }
    default:
      return 0;
  }
}

DataType AssignBelow(const DataType& type, bool keep_names, int64_t* max_column_id) {
  switch (type.id()) {
    case TypeId::kArray:
      return DataType::Array(AssignBelow(type.element(), keep_names, max_column_id),
                             type.contains_null());
    case TypeId::kMap: {
      DataType key = AssignBelow(type.key(), keep_names, max_column_id);
      return DataType::Map(std::move(key), AssignBelow(type.value(), keep_names, max_column_id),
                           type.contains_null());
    }
    case TypeId::kStruct: {
      std::vector<StructField> fields = type.fields();
      for (StructField& field : fields) {
        if (!field.metadata.contains(kIdKey)) field.metadata[kIdKey] = ++*max_column_id;
        if (!field.metadata.contains(kPhysicalNameKey)) {
          field.metadata[kPhysicalNameKey] = keep_names ? field.name : "col-" + NewUuid();
        }
        field.type = AssignBelow(field.type, keep_names, max_column_id);
      }
      return DataType::Struct(std::move(fields));
    }
    default:
      return type;
  }
}

// The type below an array or map, if `part` is what that place is called.
const DataType* EnterCollection(const DataType& type, const std::string& part) {
  if (type.is(TypeId::kArray) && part == "element") return &type.element();
  if (type.is(TypeId::kMap) && part == "key") return &type.key();
  if (type.is(TypeId::kMap) && part == "value") return &type.value();
  return nullptr;
}

}  // namespace

std::string PhysicalName(const StructField& field, ColumnMappingMode mode) {
  if (mode == ColumnMappingMode::kNone) return field.name;
  const auto found = field.metadata.find(kPhysicalNameKey);
  return found != field.metadata.end() && found->is_string() ? found->get<std::string>()
                                                             : field.name;
}

std::optional<int> ColumnId(const StructField& field) {
  const auto found = field.metadata.find(kIdKey);
  if (found == field.metadata.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int>();
}

DataType PhysicalSchema(const DataType& schema, ColumnMappingMode mode) {
  if (mode == ColumnMappingMode::kNone) return schema;
  switch (schema.id()) {
    case TypeId::kArray:
      return DataType::Array(PhysicalSchema(schema.element(), mode), schema.contains_null());
    case TypeId::kMap:
      return DataType::Map(PhysicalSchema(schema.key(), mode), PhysicalSchema(schema.value(), mode),
                           schema.contains_null());
    case TypeId::kStruct: {
      std::vector<StructField> fields = schema.fields();
      for (StructField& field : fields) {
        field.name = PhysicalName(field, mode);
        field.type = PhysicalSchema(field.type, mode);
      }
      return DataType::Struct(std::move(fields));
    }
    default:
      return schema;
  }
}

Result<std::vector<std::string>> PhysicalPath(const DataType& schema,
                                              const std::vector<std::string>& logical_path,
                                              ColumnMappingMode mode) {
  std::vector<std::string> path;
  const DataType* type = &schema;
  for (const std::string& part : logical_path) {
    if (const DataType* inner = EnterCollection(*type, part)) {
      path.push_back(part);
      type = inner;
      continue;
    }
    const std::optional<size_t> index =
        type->is(TypeId::kStruct) ? type->FieldIndex(part) : std::nullopt;
    if (!index) return NotFound("'{}' is not a field of {}", part, type->Sql());
    const StructField& field = type->fields()[*index];
    path.push_back(PhysicalName(field, mode));
    type = &field.type;
  }
  return path;
}

DataType AssignColumnMapping(const DataType& schema, bool keep_names, int64_t* max_column_id) {
  *max_column_id = std::max(*max_column_id, HighestId(schema));
  return AssignBelow(schema, keep_names, max_column_id);
}

Result<Metadata> EnableColumnMapping(const Metadata& metadata, const DataType& schema,
                                     ColumnMappingMode mode, bool table_is_new) {
  const TableProperties properties = TRY(TableProperties::Parse(metadata.configuration));
  const ColumnMappingMode current = properties.column_mapping_mode;
  const bool legal = current == mode || (current == ColumnMappingMode::kNone &&
                                         (mode == ColumnMappingMode::kName || table_is_new));
  if (!legal) {
    return Invalid(
               "'delta.columnMapping.mode' cannot change from '{}' to '{}': an existing table can "
               "only go from "
               "'none' to 'name'",
               ModeName(current), ModeName(mode))
        .WithClass("DELTA_UNSUPPORTED_COLUMN_MAPPING_MODE_CHANGE", "0AKDC");
  }
  if (mode == ColumnMappingMode::kNone) return metadata;
  Metadata changed = metadata;
  int64_t max_column_id = properties.max_column_id;
  const bool keep_names = !table_is_new && current == ColumnMappingMode::kNone;
  changed.schema_string = SchemaText(AssignColumnMapping(schema, keep_names, &max_column_id));
  changed.configuration["delta.columnMapping.mode"] = ModeName(mode);
  changed.configuration["delta.columnMapping.maxColumnId"] = std::to_string(max_column_id);
  return changed;
}

}  // namespace lakesmith::delta
