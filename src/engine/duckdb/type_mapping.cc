#include "base/check.h"
#include "engine/duckdb/type_mapping_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::LogicalType;
using ::duckdb::LogicalTypeId;
using types::DataType;
using types::TypeId;

LogicalType StructToDuckType(const DataType& type) {
  ::duckdb::child_list_t<LogicalType> children;
  for (const types::StructField& field : type.fields()) {
    children.emplace_back(field.name, ToDuckType(field.type));
  }
  return LogicalType::STRUCT(std::move(children));
}

Result<DataType> StructFromDuckType(const LogicalType& type) {
  std::vector<types::StructField> fields;
  for (const auto& [name, child] : ::duckdb::StructType::GetChildTypes(type)) {
    DataType field_type = TRY(FromDuckType(child));
    fields.push_back({.name = name, .type = std::move(field_type)});
  }
  return DataType::Struct(std::move(fields));
}

Result<DataType> NestedFromDuckType(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::LIST: {
      DataType element = TRY(FromDuckType(::duckdb::ListType::GetChildType(type)));
      return DataType::Array(std::move(element));
    }
    case LogicalTypeId::ARRAY: {
      DataType element = TRY(FromDuckType(::duckdb::ArrayType::GetChildType(type)));
      return DataType::Array(std::move(element));
    }
    case LogicalTypeId::MAP: {
      DataType key = TRY(FromDuckType(::duckdb::MapType::KeyType(type)));
      DataType value = TRY(FromDuckType(::duckdb::MapType::ValueType(type)));
      return DataType::Map(std::move(key), std::move(value));
    }
    case LogicalTypeId::STRUCT:
      return StructFromDuckType(type);
    default:
      return Unsupported("a column has the engine type {}, which Spark SQL does not have",
                         type.ToString());
  }
}

}  // namespace

LogicalType ToDuckType(const DataType& type) {
  switch (type.id()) {
    case TypeId::kVoid:
      return LogicalType::INTEGER;
    case TypeId::kBoolean:
      return LogicalType::BOOLEAN;
    case TypeId::kByte:
      return LogicalType::TINYINT;
    case TypeId::kShort:
      return LogicalType::SMALLINT;
    case TypeId::kInt:
      return LogicalType::INTEGER;
    case TypeId::kLong:
      return LogicalType::BIGINT;
    case TypeId::kFloat:
      return LogicalType::FLOAT;
    case TypeId::kDouble:
      return LogicalType::DOUBLE;
    case TypeId::kDecimal:
      return LogicalType::DECIMAL(static_cast<uint8_t>(type.precision()),
                                  static_cast<uint8_t>(type.scale()));
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      return LogicalType::VARCHAR;
    case TypeId::kBinary:
      return LogicalType::BLOB;
    case TypeId::kDate:
      return LogicalType::DATE;
    case TypeId::kTime:
      return LogicalType::TIME;
    case TypeId::kTimestamp:
      return LogicalType::TIMESTAMP_TZ;
    case TypeId::kTimestampNtz:
      return LogicalType::TIMESTAMP;
    case TypeId::kYearMonthInterval:
      return LogicalType::INTEGER;
    case TypeId::kDayTimeInterval:
      return LogicalType::BIGINT;
    case TypeId::kCalendarInterval:
      return LogicalType::INTERVAL;
    case TypeId::kArray:
      return LogicalType::LIST(ToDuckType(type.element()));
    case TypeId::kMap:
      return LogicalType::MAP(ToDuckType(type.key()), ToDuckType(type.value()));
    case TypeId::kStruct:
      return StructToDuckType(type);
    case TypeId::kVariant:
      return LogicalType::JSON();
  }
  CHECK(false);
  return LogicalType::SQLNULL;
}

LogicalType ToStoredType(const DataType& type) {
  return ::duckdb::TypeVisitor::VisitReplace(ToDuckType(type), [](const LogicalType& part) {
    if (!part.IsJSONType()) return part;
    return LogicalType::STRUCT({{"metadata", LogicalType::BLOB}, {"value", LogicalType::BLOB}});
  });
}

Result<DataType> FromDuckType(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::SQLNULL:
      return DataType::Void();
    case LogicalTypeId::BOOLEAN:
      return DataType::Boolean();
    case LogicalTypeId::TINYINT:
      return DataType::Byte();
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::UTINYINT:
      return DataType::Short();
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::USMALLINT:
      return DataType::Int();
    case LogicalTypeId::BIGINT:
    case LogicalTypeId::UINTEGER:
      return DataType::Long();
    case LogicalTypeId::UBIGINT:
      return DataType::Decimal(20, 0);
    case LogicalTypeId::HUGEINT:
      return DataType::Decimal(38, 0);
    case LogicalTypeId::FLOAT:
      return DataType::Float();
    case LogicalTypeId::DOUBLE:
      return DataType::Double();
    case LogicalTypeId::DECIMAL:
      return DataType::Decimal(::duckdb::DecimalType::GetWidth(type),
                               ::duckdb::DecimalType::GetScale(type));
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::ENUM:
    case LogicalTypeId::UUID:
      return DataType::String();
    case LogicalTypeId::BLOB:
      return DataType::Binary();
    case LogicalTypeId::DATE:
      return DataType::Date();
    case LogicalTypeId::TIME:
      return DataType::Time();
    case LogicalTypeId::TIMESTAMP_TZ:
      return DataType::Timestamp();
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_SEC:
    case LogicalTypeId::TIMESTAMP_MS:
    case LogicalTypeId::TIMESTAMP_NS:
      return DataType::TimestampNtz();
    case LogicalTypeId::INTERVAL:
      return DataType::CalendarInterval();
    case LogicalTypeId::VARIANT:
      return DataType::Variant();
    default:
      return NestedFromDuckType(type);
  }
}

}  // namespace lakesmith::engine
