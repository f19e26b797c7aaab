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

bool IsOtherTimestamp(const LogicalType& type) {
  return type.id() == LogicalTypeId::TIMESTAMP_NS || type.id() == LogicalTypeId::TIMESTAMP_MS ||
         type.id() == LogicalTypeId::TIMESTAMP_SEC;
}

// Ties one column, with all inside, to its counterpart in a file.
class ColumnResolver {
 public:
  ColumnResolver(ColumnMappingMode mode, bool is_nested) : mode_(mode), is_nested_(is_nested) {}

  bool is_inexact() const { return is_inexact_; }

  void Resolve(MultiFileColumnDefinition& global, const DataType& type,
               MultiFileColumnDefinition& local) {
    if (type.is(TypeId::kStruct) && local.type.id() == LogicalTypeId::STRUCT) {
      ResolveStruct(global, type, local);
    } else if (type.is(TypeId::kArray) && local.type.id() == LogicalTypeId::LIST &&
               local.children.size() == 1) {
      ResolveArray(global, type, local);
    } else if (type.is(TypeId::kMap) && local.type.id() == LogicalTypeId::MAP &&
               local.children.size() == 1 && local.children[0].children.size() == 2) {
      ResolveMap(global, type, local);
    } else {
      global.children.clear();
      ResolveLeaf(global, local);
    }
  }

 private:
  void ResolveLeaf(MultiFileColumnDefinition& global, MultiFileColumnDefinition& local) {
    if (IsMicrosecondTimestamp(global.type) && IsMicrosecondTimestamp(local.type)) {
      local.type = global.type;
    } else if (!is_nested_ && global.type.id() == LogicalTypeId::TIMESTAMP_TZ &&
               IsOtherTimestamp(local.type)) {
      // A cast to an instant would take the session's zone; one to a timestamp has the right bytes.
      global.type = LogicalType::TIMESTAMP;
      is_inexact_ = true;
    } else if (global.type != local.type &&
               !(global.type.IsIntegral() && local.type.IsIntegral())) {
      is_inexact_ = true;
    }
  }

  // The only child of a list, a key or a value: its name in the file is of no account, but the
  // engine knows it by one name only and fails on that of old writers.
  void ResolveElement(MultiFileColumnDefinition& global, const DataType& type, const char* name,
                      MultiFileColumnDefinition& local) {
    local.name = name;
    global.identifier = Value(name);
    Resolve(global, type, local);
  }

  void ResolveArray(MultiFileColumnDefinition& global, const DataType& type,
                    MultiFileColumnDefinition& local) {
    ResolveElement(global.children[0], type.element(), "list", local.children[0]);
    global.type = LogicalType::LIST(global.children[0].type);
    local.type = LogicalType::LIST(local.children[0].type);
    if (global.type == local.type) global.children.clear();
  }

  void ResolveMap(MultiFileColumnDefinition& global, const DataType& type,
                  MultiFileColumnDefinition& local) {
    ColumnDefinitions& pair = local.children[0].children;
    ResolveElement(global.children[0], type.key(), "key", pair[0]);
    ResolveElement(global.children[1], type.value(), "value", pair[1]);
    global.type = LogicalType::MAP(global.children[0].type, global.children[1].type);
    local.type = LogicalType::MAP(pair[0].type, pair[1].type);
    if (global.type == local.type) global.children.clear();
  }

  void ResolveStruct(MultiFileColumnDefinition& global, const DataType& type,
                     MultiFileColumnDefinition& local) {
    for (size_t i = 0; i < global.children.size(); ++i) {
      const StructField& field = type.fields()[i];
      const std::optional<size_t> found = FindLocal(local.children, field, mode_);
      global.children[i].identifier =
          Value(found ? local.children[*found].name : std::string(kAbsent));
      if (found) Resolve(global.children[i], field.type, local.children[*found]);
    }
    global.type = StructOf(global.children);
    local.type = StructOf(local.children);
  }

  static LogicalType StructOf(const ColumnDefinitions& children) {
    ::duckdb::child_list_t<LogicalType> fields;
    for (const MultiFileColumnDefinition& child : children) {
      fields.emplace_back(child.name, child.type);
    }
    return LogicalType::STRUCT(std::move(fields));
  }

  const ColumnMappingMode mode_;
  const bool is_nested_;
  bool is_inexact_ = false;
};

}  // namespace

ColumnDefinitions GlobalColumns(const std::vector<StructField>& columns) {
  ColumnDefinitions global;
  for (const StructField& column : columns) {
    global.push_back(GlobalColumn(column.name, column.type));
  }
  return global;
}

ResolvedColumns ResolveColumns(const ColumnDefinitions& global,
                               const std::vector<StructField>& columns, ColumnMappingMode mode,
                               ColumnDefinitions& local) {
  ResolvedColumns resolved{.columns = global, .is_inexact = {}};
  for (size_t i = 0; i < columns.size(); ++i) {
    MultiFileColumnDefinition& column = resolved.columns[i];
    ColumnResolver resolver(mode, columns[i].type.IsNested());
    const std::optional<size_t> found =
        columns[i].type.is(TypeId::kVoid) ? std::nullopt : FindLocal(local, columns[i], mode);
    column.identifier = Value(found ? local[*found].name : std::string(kAbsent));
    if (found) resolver.Resolve(column, columns[i].type, local[*found]);
    resolved.is_inexact.push_back(resolver.is_inexact() && !columns[i].type.IsNested());
  }
  return resolved;
}

}  // namespace lakesmith::engine
