#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/check.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/value_conversion_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::hugeint_t;
using ::duckdb::idx_t;
using ::duckdb::LogicalType;
using ::duckdb::LogicalTypeId;
using ::duckdb::PhysicalType;
using ::duckdb::RecursiveUnifiedVectorFormat;
using ::duckdb::string_t;
using ::duckdb::UnifiedVectorFormat;
using types::DataType;
using types::Int128;
using types::TypeId;
using types::Value;

template <typename T>
const T& At(const RecursiveUnifiedVectorFormat& format, idx_t index) {
  return UnifiedVectorFormat::GetData<T>(format.unified)[index];
}

Error Mismatch(const LogicalType& from, const DataType& to) {
  return Internal("the engine gave a value of type {} where {} was planned", from.ToString(),
                  to.Sql());
}

Error Overflow(const DataType& type) {
  return Invalid("a value does not fit into {}", type.Sql())
      .WithClass("ARITHMETIC_OVERFLOW", "22003");
}

// The integer at `index` of a vector of any integral or decimal physical type.
std::optional<Int128> ReadInteger(const RecursiveUnifiedVectorFormat& format, idx_t index) {
  switch (format.logical_type.InternalType()) {
    case PhysicalType::INT8:
      return At<int8_t>(format, index);
    case PhysicalType::INT16:
      return At<int16_t>(format, index);
    case PhysicalType::INT32:
      return At<int32_t>(format, index);
    case PhysicalType::INT64:
      return At<int64_t>(format, index);
    case PhysicalType::INT128:
      return ToInt128(At<hugeint_t>(format, index));
    case PhysicalType::UINT8:
      return At<uint8_t>(format, index);
    case PhysicalType::UINT16:
      return At<uint16_t>(format, index);
    case PhysicalType::UINT32:
      return At<uint32_t>(format, index);
    case PhysicalType::UINT64:
      return At<uint64_t>(format, index);
    default:
      return std::nullopt;
  }
}

bool FitsIntegral(Int128 value, TypeId id) {
  switch (id) {
    case TypeId::kByte:
      return value >= std::numeric_limits<int8_t>::min() &&
             value <= std::numeric_limits<int8_t>::max();
    case TypeId::kShort:
      return value >= std::numeric_limits<int16_t>::min() &&
             value <= std::numeric_limits<int16_t>::max();
    case TypeId::kInt:
      return value >= std::numeric_limits<int32_t>::min() &&
             value <= std::numeric_limits<int32_t>::max();
    default:
      return value >= std::numeric_limits<int64_t>::min() &&
             value <= std::numeric_limits<int64_t>::max();
  }
}

Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

Result<Value> ReadIntegral(const RecursiveUnifiedVectorFormat& format, idx_t index,
                           const DataType& type) {
  if (!format.logical_type.IsIntegral()) return Mismatch(format.logical_type, type);
  const std::optional<Int128> value = ReadInteger(format, index);
  if (!value) return Mismatch(format.logical_type, type);
  if (!FitsIntegral(*value, type.id())) return Overflow(type);
  return Value(static_cast<int64_t>(*value));
}

Result<Value> ReadDecimal(const RecursiveUnifiedVectorFormat& format, idx_t index,
                          const DataType& type) {
  int scale = 0;
  if (format.logical_type.id() == LogicalTypeId::DECIMAL) {
    scale = ::duckdb::DecimalType::GetScale(format.logical_type);
  } else if (!format.logical_type.IsIntegral()) {
    return Mismatch(format.logical_type, type);
  }
  std::optional<Int128> unscaled = ReadInteger(format, index);
  if (!unscaled || scale > type.scale()) return Mismatch(format.logical_type, type);
  Int128 result = *unscaled;
  if (__builtin_mul_overflow(result, PowerOfTen(type.scale() - scale), &result)) {
    return Overflow(type);
  }
  const Int128 limit = PowerOfTen(type.precision());
  if (result >= limit || result <= -limit) return Overflow(type);
  return Value(types::DecimalValue{result, type.scale()});
}

Result<Value> ReadTimestamp(const RecursiveUnifiedVectorFormat& format, idx_t index,
                            const DataType& type) {
  switch (format.logical_type.id()) {
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_TZ:
      return Value(types::TimestampValue{At<int64_t>(format, index)});
    case LogicalTypeId::TIMESTAMP_SEC:
      return Value(types::TimestampValue{At<int64_t>(format, index) * 1000000});
    case LogicalTypeId::TIMESTAMP_MS:
      return Value(types::TimestampValue{At<int64_t>(format, index) * 1000});
    case LogicalTypeId::TIMESTAMP_NS: {
      const int64_t nanos = At<int64_t>(format, index);
      return Value(types::TimestampValue{nanos / 1000 - (nanos % 1000 < 0 ? 1 : 0)});
    }
    default:
      return Mismatch(format.logical_type, type);
  }
}

Result<Value> ReadText(const RecursiveUnifiedVectorFormat& format, idx_t index,
                       const DataType& type) {
  if (format.logical_type.InternalType() == PhysicalType::VARCHAR) {
    return Value(At<string_t>(format, index).GetString());
  }
  if (format.logical_type.id() == LogicalTypeId::ENUM) {
    const std::optional<Int128> position = ReadInteger(format, index);
    return Value(::duckdb::EnumType::GetString(format.logical_type, static_cast<idx_t>(*position))
                     .GetString());
  }
  if (format.logical_type.id() == LogicalTypeId::UUID) {
    return Value(std::string(::duckdb::UUID::ToString(At<hugeint_t>(format, index))));
  }
  return Mismatch(format.logical_type, type);
}

Result<Value> ReadArray(const RecursiveUnifiedVectorFormat& format, idx_t index,
                        const DataType& type) {
  ::duckdb::list_entry_t entry;
  if (format.logical_type.id() == LogicalTypeId::LIST) {
    entry = At<::duckdb::list_entry_t>(format, index);
  } else if (format.logical_type.id() == LogicalTypeId::ARRAY) {
    const idx_t size = ::duckdb::ArrayType::GetSize(format.logical_type);
    entry = ::duckdb::list_entry_t(index * size, size);
  } else {
    return Mismatch(format.logical_type, type);
  }
  types::ArrayValue array;
  array.elements.reserve(entry.length);
  for (idx_t i = 0; i < entry.length; ++i) {
    Value element = TRY(ReadValue(format.children[0], entry.offset + i, type.element()));
    array.elements.push_back(std::move(element));
  }
  return Value(std::move(array));
}

Result<Value> ReadMap(const RecursiveUnifiedVectorFormat& format, idx_t index,
                      const DataType& type) {
  if (format.logical_type.id() != LogicalTypeId::MAP) return Mismatch(format.logical_type, type);
  const auto entry = At<::duckdb::list_entry_t>(format, index);
  const RecursiveUnifiedVectorFormat& pairs = format.children[0];
  types::MapValue map;
  map.entries.reserve(entry.length);
  for (idx_t i = 0; i < entry.length; ++i) {
    Value key = TRY(ReadValue(pairs.children[0], entry.offset + i, type.key()));
    Value value = TRY(ReadValue(pairs.children[1], entry.offset + i, type.value()));
    map.entries.emplace_back(std::move(key), std::move(value));
  }
  return Value(std::move(map));
}

// By row: where the rows of a struct are a selection, those of its fields are the same selection.
Result<Value> ReadStruct(const RecursiveUnifiedVectorFormat& format, idx_t row,
                         const DataType& type) {
  if (format.logical_type.id() != LogicalTypeId::STRUCT ||
      format.children.size() != type.fields().size()) {
    return Mismatch(format.logical_type, type);
  }
  types::StructValue structure;
  structure.fields.reserve(format.children.size());
  for (size_t i = 0; i < format.children.size(); ++i) {
    Value field = TRY(ReadValue(format.children[i], row, type.fields()[i].type));
    structure.fields.push_back(std::move(field));
  }
  return Value(std::move(structure));
}

Result<Value> ReadFractional(const RecursiveUnifiedVectorFormat& format, idx_t index,
                             const DataType& type) {
  const PhysicalType physical = format.logical_type.InternalType();
  if (physical == PhysicalType::FLOAT) {
    const float value = At<float>(format, index);
    return type.is(TypeId::kFloat) ? Value(value) : Value(static_cast<double>(value));
  }
  if (physical == PhysicalType::DOUBLE) {
    const double value = At<double>(format, index);
    return type.is(TypeId::kDouble) ? Value(value) : Value(static_cast<float>(value));
  }
  return Mismatch(format.logical_type, type);
}

Result<Value> ReadInterval(const RecursiveUnifiedVectorFormat& format, idx_t index,
                           const DataType& type) {
  if (type.IsAnsiInterval() && format.logical_type.IsIntegral()) {
    const std::optional<Int128> count = ReadInteger(format, index);
    if (!count) return Mismatch(format.logical_type, type);
    if (type.is(TypeId::kYearMonthInterval)) {
      return Value(types::IntervalValue{.months = static_cast<int32_t>(*count)});
    }
    return Value(types::IntervalValue{.micros = static_cast<int64_t>(*count)});
  }
  if (format.logical_type.id() != LogicalTypeId::INTERVAL) {
    return Mismatch(format.logical_type, type);
  }
  const auto interval = At<::duckdb::interval_t>(format, index);
  return Value(types::IntervalValue{interval.months, interval.days, interval.micros});
}

::duckdb::Value ToDuckDecimal(const types::DecimalValue& decimal, const DataType& type) {
  const Int128 unscaled = decimal.unscaled * PowerOfTen(type.scale() - decimal.scale);
  const auto precision = static_cast<uint8_t>(type.precision());
  const auto scale = static_cast<uint8_t>(type.scale());
  if (precision <= 18) {
    return ::duckdb::Value::DECIMAL(static_cast<int64_t>(unscaled), precision, scale);
  }
  return ::duckdb::Value::DECIMAL(ToHugeInt(unscaled), precision, scale);
}

::duckdb::Value ToDuckArray(const types::ArrayValue& array, const DataType& type) {
  ::duckdb::vector<::duckdb::Value> elements;
  for (const Value& element : array.elements) {
    elements.push_back(ToDuckValue(element, type.element()));
  }
  return ::duckdb::Value::LIST(ToDuckType(type.element()), std::move(elements));
}

::duckdb::Value ToDuckMap(const types::MapValue& map, const DataType& type) {
  ::duckdb::vector<::duckdb::Value> keys;
  ::duckdb::vector<::duckdb::Value> values;
  for (const auto& [key, value] : map.entries) {
    keys.push_back(ToDuckValue(key, type.key()));
    values.push_back(ToDuckValue(value, type.value()));
  }
  return ::duckdb::Value::MAP(ToDuckType(type.key()), ToDuckType(type.value()), std::move(keys),
                              std::move(values));
}

::duckdb::Value ToDuckStruct(const types::StructValue& structure, const DataType& type) {
  ::duckdb::vector<::duckdb::Value> fields;
  for (size_t i = 0; i < type.fields().size(); ++i) {
    fields.push_back(ToDuckValue(structure.fields[i], type.fields()[i].type));
  }
  return ::duckdb::Value::STRUCT(ToDuckType(type), std::move(fields));
}

::duckdb::Value ToDuckInteger(int64_t value, TypeId id) {
  switch (id) {
    case TypeId::kByte:
      return ::duckdb::Value::TINYINT(static_cast<int8_t>(value));
    case TypeId::kShort:
      return ::duckdb::Value::SMALLINT(static_cast<int16_t>(value));
    case TypeId::kInt:
      return ::duckdb::Value::INTEGER(static_cast<int32_t>(value));
    default:
      return ::duckdb::Value::BIGINT(value);
  }
}

bool ContainsVariant(const LogicalType& type) {
  return ::duckdb::TypeVisitor::Contains(type, LogicalTypeId::VARIANT);
}

// Types that the engine holds in one way alone.
Result<Value> ReadOfOneKind(const RecursiveUnifiedVectorFormat& format, idx_t index,
                            const DataType& type) {
  const LogicalTypeId id = format.logical_type.id();
  const bool bytes = format.logical_type.InternalType() == PhysicalType::VARCHAR;
  if (type.is(TypeId::kBoolean) && id == LogicalTypeId::BOOLEAN) {
    return Value(At<bool>(format, index));
  }
  if (type.is(TypeId::kDate) && id == LogicalTypeId::DATE) {
    return Value(types::DateValue{At<int32_t>(format, index)});
  }
  if (type.is(TypeId::kTime) && id == LogicalTypeId::TIME) {
    return Value(types::TimeValue{At<int64_t>(format, index)});
  }
  if (type.is(TypeId::kBinary) && bytes) {
    return Value(types::BinaryValue{At<string_t>(format, index).GetString()});
  }
  if (type.is(TypeId::kVariant) && bytes) {
    return Value(types::VariantValue{At<string_t>(format, index).GetString()});
  }
  return Mismatch(format.logical_type, type);
}

// `type` with every VARIANT replaced by JSON.
LogicalType WithJsonForVariant(const LogicalType& type) {
  return ::duckdb::TypeVisitor::VisitReplace(type, [](const LogicalType& part) {
    return part.id() == LogicalTypeId::VARIANT ? LogicalType::JSON() : part;
  });
}

}  // namespace

Int128 ToInt128(hugeint_t value) {
  return (static_cast<Int128>(value.upper) << 64) | static_cast<Int128>(value.lower);
}

hugeint_t ToHugeInt(Int128 value) {
  return hugeint_t(static_cast<int64_t>(value >> 64), static_cast<uint64_t>(value));
}

Result<Value> ReadValue(const RecursiveUnifiedVectorFormat& format, idx_t row,
                        const DataType& type) {
  const idx_t index = format.unified.sel->get_index(row);
  if (!format.unified.validity.RowIsValid(index)) return Value();
  switch (type.id()) {
    case TypeId::kVoid:
      return Mismatch(format.logical_type, type);
    case TypeId::kBoolean:
    case TypeId::kBinary:
    case TypeId::kDate:
    case TypeId::kTime:
    case TypeId::kVariant:
      return ReadOfOneKind(format, index, type);
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
      return ReadIntegral(format, index, type);
    case TypeId::kFloat:
    case TypeId::kDouble:
      return ReadFractional(format, index, type);
    case TypeId::kDecimal:
      return ReadDecimal(format, index, type);
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      return ReadText(format, index, type);
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return ReadTimestamp(format, index, type);
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval:
    case TypeId::kCalendarInterval:
      return ReadInterval(format, index, type);
    case TypeId::kArray:
      return ReadArray(format, index, type);
    case TypeId::kMap:
      return ReadMap(format, index, type);
    case TypeId::kStruct:
      return ReadStruct(format, row, type);
  }
  CHECK(false);
  return {};
}

Status AppendRows(::duckdb::ClientContext* context, ::duckdb::DataChunk& chunk,
                  const std::vector<types::StructField>& columns, std::vector<Row>& rows) {
  if (columns.empty()) return {};  // Nothing to show of rows without columns.
  const size_t first = rows.size();
  rows.resize(first + chunk.size());
  for (size_t i = first; i < rows.size(); ++i) rows[i].resize(columns.size());
  for (size_t column = 0; column < columns.size(); ++column) {
    ::duckdb::Vector* vector = &chunk.data[column];
    std::optional<::duckdb::Vector> text;
    if (ContainsVariant(vector->GetType())) {
      text.emplace(WithJsonForVariant(vector->GetType()), chunk.size());
      if (context != nullptr) {
        ::duckdb::VectorOperations::Cast(*context, *vector, *text, chunk.size());
      } else {
        ::duckdb::VectorOperations::DefaultCast(*vector, *text, chunk.size());
      }
      vector = &*text;
    }
    RecursiveUnifiedVectorFormat format;
    ::duckdb::Vector::RecursiveToUnifiedFormat(*vector, chunk.size(), format);
    for (idx_t row = 0; row < chunk.size(); ++row) {
      rows[first + row][column] = TRY(ReadValue(format, row, columns[column].type));
    }
  }
  return {};
}

::duckdb::Value ToDuckValue(const Value& value, const DataType& type) {
  if (value.is_null()) return ::duckdb::Value(ToDuckType(type));
  switch (type.id()) {
    case TypeId::kVoid:
      return ::duckdb::Value(ToDuckType(type));
    case TypeId::kBoolean:
      return ::duckdb::Value::BOOLEAN(value.as<bool>());
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
      return ToDuckInteger(value.as<int64_t>(), type.id());
    case TypeId::kFloat:
      return ::duckdb::Value::FLOAT(value.as<float>());
    case TypeId::kDouble:
      return ::duckdb::Value::DOUBLE(value.as<double>());
    case TypeId::kDecimal:
      return ToDuckDecimal(value.as<types::DecimalValue>(), type);
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      return ::duckdb::Value(value.as<std::string>());
    case TypeId::kBinary: {
      const std::string& bytes = value.as<types::BinaryValue>().bytes;
      return ::duckdb::Value::BLOB(::duckdb::const_data_ptr_cast(bytes.data()), bytes.size());
    }
    case TypeId::kDate:
      return ::duckdb::Value::DATE(::duckdb::date_t(value.as<types::DateValue>().days));
    case TypeId::kTime:
      return ::duckdb::Value::TIME(::duckdb::dtime_t(value.as<types::TimeValue>().micros));
    case TypeId::kTimestamp:
      return ::duckdb::Value::TIMESTAMPTZ(
          ::duckdb::timestamp_tz_t(value.as<types::TimestampValue>().micros));
    case TypeId::kTimestampNtz:
      return ::duckdb::Value::TIMESTAMP(
          ::duckdb::timestamp_t(value.as<types::TimestampValue>().micros));
    case TypeId::kYearMonthInterval:
      return ::duckdb::Value::INTEGER(value.as<types::IntervalValue>().months);
    case TypeId::kDayTimeInterval: {
      constexpr int64_t kMicrosPerDay = 86'400'000'000;
      const types::IntervalValue& interval = value.as<types::IntervalValue>();
      return ::duckdb::Value::BIGINT(interval.days * kMicrosPerDay + interval.micros);
    }
    case TypeId::kCalendarInterval: {
      const types::IntervalValue& interval = value.as<types::IntervalValue>();
      return ::duckdb::Value::INTERVAL(interval.months, interval.days, interval.micros);
    }
    case TypeId::kArray:
      return ToDuckArray(value.array(), type);
    case TypeId::kMap:
      return ToDuckMap(value.map(), type);
    case TypeId::kStruct:
      return ToDuckStruct(value.structure(), type);
    case TypeId::kVariant:
      return ::duckdb::Value(value.as<types::VariantValue>().json)
          .DefaultCastAs(LogicalType::JSON());
  }
  CHECK(false);
  return ::duckdb::Value();
}

Result<Value> FromDuckValue(const ::duckdb::Value& value, const DataType& type) {
  ::duckdb::Vector vector(value);
  RecursiveUnifiedVectorFormat format;
  ::duckdb::Vector::RecursiveToUnifiedFormat(vector, 1, format);
  return ReadValue(format, 0, type);
}

}  // namespace lakesmith::engine
