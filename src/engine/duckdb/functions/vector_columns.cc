#include <algorithm>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/vector_columns_internal.h"
#include "engine/duckdb/value_conversion_internal.h"

namespace lakesmith::engine {

using ::duckdb::FlatVector;
using ::duckdb::ListVector;
using ::duckdb::PhysicalType;
using ::duckdb::string_t;
using ::duckdb::StructVector;
using types::TypeId;

VectorInput::VectorInput(const ::duckdb::RecursiveUnifiedVectorFormat& format,
                         const types::DataType& type)
    : format_(format), type_(type) {
  const auto& children = format.children;
  if (type.is(TypeId::kArray)) parts_.emplace_back(children.at(0), type.element());
  if (type.is(TypeId::kMap)) {
    parts_.emplace_back(children.at(0).children.at(0), type.key());
    parts_.emplace_back(children.at(0).children.at(1), type.value());
  }
  if (!type.is(TypeId::kStruct)) return;
  parts_.reserve(children.size());
  for (size_t i = 0; i < type.fields().size(); ++i)
    parts_.emplace_back(children.at(i), type.fields()[i].type);
}

template <typename T>
const T& VectorInput::At(size_t row) const {
  const auto& rows = format_.unified;
  return ::duckdb::UnifiedVectorFormat::GetData<T>(rows)[rows.sel->get_index(row)];
}

bool VectorInput::IsNull(size_t row) const {
  return !format_.unified.validity.RowIsValid(format_.unified.sel->get_index(row));
}

types::Value VectorInput::Get(size_t row) const {
  return ValueOrThrow(ReadValue(format_, row, type_));
}

int64_t VectorInput::GetInteger(size_t row) const {
  switch (format_.logical_type.InternalType()) {
    case PhysicalType::INT8:
      return At<int8_t>(row);
    case PhysicalType::INT16:
      return At<int16_t>(row);
    case PhysicalType::INT32:
      return At<int32_t>(row);
    case PhysicalType::INT64:
      return At<int64_t>(row);
    default:
      return Get(row).as<int64_t>();
  }
}

std::string_view VectorInput::GetText(size_t row) const {
  if (format_.logical_type.InternalType() == PhysicalType::VARCHAR) {
    const auto& text = At<string_t>(row);
    return {text.GetData(), text.GetSize()};
  }
  const types::Value value = Get(row);
  text_ =
      type_.is(TypeId::kVariant) ? value.as<types::VariantValue>().json : value.as<std::string>();
  return text_;
}

functions::InputColumn::Range VectorInput::GetList(size_t row) const {
  if (format_.logical_type.id() == ::duckdb::LogicalTypeId::ARRAY) {
    const size_t size = ::duckdb::ArrayType::GetSize(format_.logical_type);
    const size_t begin = format_.unified.sel->get_index(row) * size;
    return {.begin = begin, .end = begin + size};
  }
  const auto& list = At<::duckdb::list_entry_t>(row);
  return {.begin = list.offset, .end = list.offset + list.length};
}

VectorOutput::VectorOutput(::duckdb::Vector& vector, const types::DataType& type)
    : vector_(vector), type_(type) {
  if (type.is(TypeId::kStruct)) {
    auto& fields = StructVector::GetEntries(vector);
    parts_.reserve(fields.size());
    for (size_t i = 0; i < fields.size(); ++i)
      parts_.emplace_back(*fields[i], type.fields()[i].type);
    return;
  }
  if (!type.is(TypeId::kArray) && !type.is(TypeId::kMap)) return;
  elements_ = ListVector::GetListSize(vector);
  capacity_ = ListVector::GetListCapacity(vector);
  ::duckdb::Vector& child = ListVector::GetEntry(vector);
  if (type.is(TypeId::kArray)) {
    parts_.emplace_back(child, type.element());
    return;
  }
  auto& pair = StructVector::GetEntries(child);
  parts_.reserve(2);
  parts_.emplace_back(*pair[0], type.key());
  parts_.emplace_back(*pair[1], type.value());
}

void VectorOutput::SetValid(size_t row) { FlatVector::Validity(vector_).SetValid(row); }

void VectorOutput::SetNull(size_t row) {
  FlatVector::Validity(vector_).SetInvalid(row);
  if (!type_.is(TypeId::kStruct)) return;
  for (VectorOutput& field : parts_) field.SetNull(row);
}

void VectorOutput::Set(size_t row, const types::Value& value) {
  SetValid(row);
  WriteValue(vector_, row, value, type_);
}

void VectorOutput::SetInteger(size_t row, int64_t value) {
  SetValid(row);
  switch (vector_.GetType().InternalType()) {
    case PhysicalType::INT8:
      FlatVector::GetData<int8_t>(vector_)[row] = static_cast<int8_t>(value);
      return;
    case PhysicalType::INT16:
      FlatVector::GetData<int16_t>(vector_)[row] = static_cast<int16_t>(value);
      return;
    case PhysicalType::INT32:
      FlatVector::GetData<int32_t>(vector_)[row] = static_cast<int32_t>(value);
      return;
    default:
      FlatVector::GetData<int64_t>(vector_)[row] = value;
  }
}

void VectorOutput::SetText(size_t row, std::string_view bytes) {
  SetValid(row);
  FlatVector::GetData<string_t>(vector_)[row] =
      ::duckdb::StringVector::AddStringOrBlob(vector_, bytes.data(), bytes.size());
}

void VectorOutput::SetList(size_t row, size_t begin, size_t end) {
  SetValid(row);
  FlatVector::GetData<::duckdb::list_entry_t>(vector_)[row] = {begin, end - begin};
  ListVector::SetListSize(vector_, elements_);
}

size_t VectorOutput::AddElement() {
  if (elements_ == capacity_) {
    ListVector::Reserve(vector_, std::max<size_t>(2 * capacity_, elements_ + 1));
    capacity_ = ListVector::GetListCapacity(vector_);
  }
  return elements_++;
}

}  // namespace lakesmith::engine
