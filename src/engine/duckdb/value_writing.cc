// Values into vectors.
#include "base/check.h"
#include "engine/duckdb/value_conversion_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::FlatVector;
using ::duckdb::idx_t;
using ::duckdb::ListVector;
using ::duckdb::PhysicalType;
using ::duckdb::Vector;
using types::DataType;
using types::Int128;
using types::TypeId;
using types::Value;

void WriteText(Vector& vector, idx_t row, const std::string& text) {
  FlatVector::GetData<::duckdb::string_t>(vector)[row] =
      ::duckdb::StringVector::AddStringOrBlob(vector, text.data(), text.size());
}

// An integer or the digits of a decimal, in the width of the vector.
void WriteInteger(Vector& vector, idx_t row, Int128 value) {
  switch (vector.GetType().InternalType()) {
    case PhysicalType::INT8:
      FlatVector::GetData<int8_t>(vector)[row] = static_cast<int8_t>(value);
      break;
    case PhysicalType::INT16:
      FlatVector::GetData<int16_t>(vector)[row] = static_cast<int16_t>(value);
      break;
    case PhysicalType::INT32:
      FlatVector::GetData<int32_t>(vector)[row] = static_cast<int32_t>(value);
      break;
    case PhysicalType::INT64:
      FlatVector::GetData<int64_t>(vector)[row] = static_cast<int64_t>(value);
      break;
    default:
      CHECK(vector.GetType().InternalType() == PhysicalType::INT128);
      FlatVector::GetData<::duckdb::hugeint_t>(vector)[row] = ToHugeInt(value);
  }
}

void WriteDecimal(Vector& vector, idx_t row, const types::DecimalValue& value,
                  const DataType& type) {
  Int128 unscaled = value.unscaled;
  for (int scale = value.scale; scale < type.scale(); ++scale) unscaled *= 10;
  WriteInteger(vector, row, unscaled);
}

// Room for `length` more children of the list in `row`; where they begin.
idx_t AddChildren(Vector& vector, idx_t row, idx_t length) {
  const idx_t offset = ListVector::GetListSize(vector);
  ListVector::Reserve(vector, offset + length);
  ListVector::SetListSize(vector, offset + length);
  FlatVector::GetData<::duckdb::list_entry_t>(vector)[row] = {offset, length};
  return offset;
}

void WriteArray(Vector& vector, idx_t row, const types::ArrayValue& array, const DataType& type) {
  const idx_t offset = AddChildren(vector, row, array.elements.size());
  Vector& elements = ListVector::GetEntry(vector);
  for (size_t i = 0; i < array.elements.size(); ++i)
    WriteValue(elements, offset + i, array.elements[i], type.element());
}

void WriteMap(Vector& vector, idx_t row, const types::MapValue& map, const DataType& type) {
  const idx_t offset = AddChildren(vector, row, map.entries.size());
  auto& pair = ::duckdb::StructVector::GetEntries(ListVector::GetEntry(vector));
  for (size_t i = 0; i < map.entries.size(); ++i) {
    WriteValue(*pair[0], offset + i, map.entries[i].first, type.key());
    WriteValue(*pair[1], offset + i, map.entries[i].second, type.value());
  }
}

void WriteStruct(Vector& vector, idx_t row, const types::StructValue& structure,
                 const DataType& type) {
  auto& fields = ::duckdb::StructVector::GetEntries(vector);
  for (size_t i = 0; i < fields.size(); ++i)
    WriteValue(*fields[i], row, structure.fields[i], type.fields()[i].type);
}

void WriteInterval(Vector& vector, idx_t row, const types::IntervalValue& interval,
                   const DataType& type) {
  constexpr int64_t kMicrosPerDay = 86'400'000'000;
  if (type.is(TypeId::kYearMonthInterval)) return WriteInteger(vector, row, interval.months);
  if (type.is(TypeId::kDayTimeInterval))
    return WriteInteger(vector, row, interval.days * kMicrosPerDay + interval.micros);
  FlatVector::GetData<::duckdb::interval_t>(vector)[row] = {interval.months, interval.days,
                                                            interval.micros};
}

}  // namespace

void WriteValue(Vector& vector, idx_t row, const Value& value, const DataType& type) {
  if (value.is_null()) return FlatVector::SetNull(vector, row, true);
  switch (type.id()) {
    case TypeId::kBoolean:
      FlatVector::GetData<bool>(vector)[row] = value.as<bool>();
      return;
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
      return WriteInteger(vector, row, value.as<int64_t>());
    case TypeId::kFloat:
      FlatVector::GetData<float>(vector)[row] = value.as<float>();
      return;
    case TypeId::kDouble:
      FlatVector::GetData<double>(vector)[row] = value.as<double>();
      return;
    case TypeId::kDecimal:
      return WriteDecimal(vector, row, value.as<types::DecimalValue>(), type);
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      return WriteText(vector, row, value.as<std::string>());
    case TypeId::kBinary:
      return WriteText(vector, row, value.as<types::BinaryValue>().bytes);
    case TypeId::kDate:
      return WriteInteger(vector, row, value.as<types::DateValue>().days);
    case TypeId::kTime:
      return WriteInteger(vector, row, value.as<types::TimeValue>().micros);
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return WriteInteger(vector, row, value.as<types::TimestampValue>().micros);
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval:
    case TypeId::kCalendarInterval:
      return WriteInterval(vector, row, value.as<types::IntervalValue>(), type);
    case TypeId::kArray:
      return WriteArray(vector, row, value.array(), type);
    case TypeId::kMap:
      return WriteMap(vector, row, value.map(), type);
    case TypeId::kStruct:
      return WriteStruct(vector, row, value.structure(), type);
    case TypeId::kVariant:
    case TypeId::kVoid:
      return vector.SetValue(row, ToDuckValue(value, type));
  }
}

}  // namespace lakesmith::engine
