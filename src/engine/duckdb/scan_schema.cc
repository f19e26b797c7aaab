#include <optional>
#include <utility>

#include "delta/column_mapping.h"
#include "engine/duckdb/scan_schema_internal.h"
#include "engine/duckdb/type_mapping_internal.h"

namespace lakesmith::engine {
namespace {

using delta::ColumnMappingMode;
using ::duckdb::LogicalType;
using ::duckdb::LogicalTypeId;
using ::duckdb::MultiFileColumnDefinition;
using ::duckdb::Value;
using types::DataType;
using types::StructField;
using types::TypeId;

// No writer makes a column of this name.
constexpr const char* kAbsent =
    "\x01"
    "absent";

MultiFileColumnDefinition GlobalColumn(const std::string& name, const DataType& type) {
  MultiFileColumnDefinition column(name, ToDuckType(type));
  column.identifier = Value(name);
  column.default_expression = ::duckdb::make_uniq<::duckdb::ConstantExpression>(Value(column.type));
  switch (type.id()) {
    case TypeId::kArray:
      column.children.push_back(GlobalColumn("element", type.element()));
      break;
    case TypeId::kMap:
      column.children.push_back(GlobalColumn("key", type.key()));
      column.children.push_back(GlobalColumn("value", type.value()));
      break;
    case TypeId::kStruct:
      for (const StructField& field : type.fields()) {
        column.children.push_back(GlobalColumn(field.name, field.type));
      }
      break;
    default:
      break;
  }
  return column;
}

std::optional<size_t> FindById(const ColumnDefinitions& local, int id) {
  for (size_t i = 0; i < local.size(); ++i) {
    const Value& identifier = local[i].identifier;
    if (!identifier.IsNull() && identifier.type().id() == LogicalTypeId::INTEGER &&
        identifier.GetValue<int32_t>() == id) {
      return i;
    }
  }
  return std::nullopt;
}

std::optional<size_t> FindByName(const ColumnDefinitions& local, const std::string& name) {
  for (size_t i = 0; i < local.size(); ++i) {
    if (local[i].name == name) return i;
  }
  for (size_t i = 0; i < local.size(); ++i) {
    if (::duckdb::StringUtil::CIEquals(local[i].name, name)) return i;
  }
  return std::nullopt;
}

std::optional<size_t> FindLocal(const ColumnDefinitions& local, const StructField& field,
                                ColumnMappingMode mode) {
  if (mode == ColumnMappingMode::kId) {
    const std::optional<int> id = delta::ColumnId(field);
    return id ? FindById(local, *id) : std::nullopt;
  }
  return FindByName(local, delta::PhysicalName(field, mode));
}

bool IsMicrosecondTimestamp(const LogicalType& type) {
  return type.id() == LogicalTypeId::TIMESTAMP || type.id() == LogicalTypeId::TIMESTAMP_TZ;
}

// Whether values of the file can be taken as they are, with the same names inside.
bool IsSame(const MultiFileColumnDefinition& global, const MultiFileColumnDefinition& local) {
  return global.type == local.type;
}

void ResolvePair(MultiFileColumnDefinition& global, const DataType& type, ColumnMappingMode mode,
                 MultiFileColumnDefinition& local);

// Ties the only or n-th child of a list or map, whose name in the file is of no account.
void ResolveElement(MultiFileColumnDefinition& global, const DataType& type, ColumnMappingMode mode,
                    MultiFileColumnDefinition& local) {
  global.identifier = Value(local.name);
  ResolvePair(global, type, mode, local);
}

void ResolveStruct(MultiFileColumnDefinition& global, const DataType& type, ColumnMappingMode mode,
                   MultiFileColumnDefinition& local) {
  ::duckdb::child_list_t<LogicalType> children;
  for (size_t i = 0; i < global.children.size(); ++i) {
    const StructField& field = type.fields()[i];
    const std::optional<size_t> found = FindLocal(local.children, field, mode);
    if (!found) {
      global.children[i].identifier = Value(kAbsent);
      continue;
    }
    global.children[i].identifier = Value(local.children[*found].name);
    ResolvePair(global.children[i], field.type, mode, local.children[*found]);
  }
  for (const MultiFileColumnDefinition& child : local.children) {
    children.emplace_back(child.name, child.type);
  }
  local.type = LogicalType::STRUCT(std::move(children));
}

void ResolvePair(MultiFileColumnDefinition& global, const DataType& type, ColumnMappingMode mode,
                 MultiFileColumnDefinition& local) {
  if (IsMicrosecondTimestamp(global.type) && IsMicrosecondTimestamp(local.type)) {
    local.type = global.type;
    return;
  }
  if (type.is(TypeId::kStruct) && local.type.id() == LogicalTypeId::STRUCT) {
    ResolveStruct(global, type, mode, local);
  } else if (type.is(TypeId::kArray) && local.type.id() == LogicalTypeId::LIST &&
             local.children.size() == 1) {
    ResolveElement(global.children[0], type.element(), mode, local.children[0]);
    local.type = LogicalType::LIST(local.children[0].type);
    if (IsSame(global, local)) global.children.clear();
  } else if (type.is(TypeId::kMap) && local.type.id() == LogicalTypeId::MAP &&
             local.children.size() == 1 && local.children[0].children.size() == 2) {
    ColumnDefinitions& pair = local.children[0].children;
    ResolveElement(global.children[0], type.key(), mode, pair[0]);
    ResolveElement(global.children[1], type.value(), mode, pair[1]);
    local.type = LogicalType::MAP(pair[0].type, pair[1].type);
    if (IsSame(global, local)) global.children.clear();
  } else {
    global.children.clear();
  }
}

}  // namespace

ColumnDefinitions GlobalColumns(const std::vector<StructField>& columns) {
  ColumnDefinitions global;
  for (const StructField& column : columns) {
    global.push_back(GlobalColumn(column.name, column.type));
  }
  return global;
}

ColumnDefinitions ResolveColumns(const ColumnDefinitions& global,
                                 const std::vector<StructField>& columns, ColumnMappingMode mode,
                                 ColumnDefinitions& local) {
  ColumnDefinitions resolved = global;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::optional<size_t> found = FindLocal(local, columns[i], mode);
    if (!found || columns[i].type.is(TypeId::kVoid)) {
      resolved[i].identifier = Value(kAbsent);
      continue;
    }
    resolved[i].identifier = Value(local[*found].name);
    ResolvePair(resolved[i], columns[i].type, mode, local[*found]);
  }
  return resolved;
}

}  // namespace lakesmith::engine
