#pragma once

#include <optional>
#include <string>
#include <vector>

#include "functions/columns.h"

namespace lakesmith::functions {

// Columns of plain values, for tests of what reads and writes columns.

class ValueOutput final : public OutputColumn {
 public:
  explicit ValueOutput(types::DataType type) : type_(std::move(type)) {
    using types::TypeId;
    if (type_.is(TypeId::kArray)) parts_.emplace_back(type_.element());
    if (type_.is(TypeId::kMap)) {
      parts_.emplace_back(type_.key());
      parts_.emplace_back(type_.value());
    }
    if (!type_.is(TypeId::kStruct)) return;
    for (const types::StructField& field : type_.fields()) parts_.emplace_back(field.type);
  }

  void SetNull(size_t row) override {
    At(row) = {};
    if (type_.is(types::TypeId::kStruct)) {
      for (ValueOutput& field : parts_) field.SetNull(row);
    }
  }
  void Set(size_t row, const types::Value& value) override { At(row) = {.value = value}; }
  void SetInteger(size_t row, int64_t value) override { At(row) = {.value = value}; }
  void SetText(size_t row, std::string_view bytes) override {
    const std::string text(bytes);
    if (type_.is(types::TypeId::kBinary)) {
      At(row) = {.value = types::BinaryValue{text}};
    } else if (type_.is(types::TypeId::kVariant)) {
      At(row) = {.value = types::VariantValue{text}};
    } else {
      At(row) = {.value = text};
    }
  }
  void SetStruct(size_t row) override { At(row) = {.nested = true}; }
  void SetList(size_t row, size_t begin, size_t end) override {
    At(row) = {.nested = true, .begin = begin, .end = end};
  }
  OutputColumn& part(size_t index) override { return parts_.at(index); }
  size_t AddElement() override { return elements_++; }
  size_t elements() const override { return elements_; }

  // What stands in the row.
  types::Value Value(size_t row) {
    const Row& at = At(row);
    if (!at.nested) return at.value;
    if (type_.is(types::TypeId::kStruct)) {
      types::StructValue structure;
      for (ValueOutput& field : parts_) structure.fields.push_back(field.Value(row));
      return structure;
    }
    types::ArrayValue array;
    types::MapValue map;
    for (size_t i = at.begin; i < at.end; ++i) {
      if (parts_.size() == 1) {
        array.elements.push_back(parts_[0].Value(i));
      } else {
        map.entries.emplace_back(parts_[0].Value(i), parts_[1].Value(i));
      }
    }
    return parts_.size() == 1 ? types::Value(array) : types::Value(map);
  }

 private:
  struct Row {
    types::Value value;
    bool nested = false;
    size_t begin = 0;
    size_t end = 0;
  };
  Row& At(size_t row) {
    if (row >= rows_.size()) rows_.resize(row + 1);
    return rows_[row];
  }

  types::DataType type_;
  std::vector<Row> rows_;
  std::vector<ValueOutput> parts_;
  size_t elements_ = 0;
};

class ValueInput final : public InputColumn {
 public:
  ValueInput(std::vector<types::Value> rows, const types::DataType& type) : rows_(std::move(rows)) {
    if (type.is(types::TypeId::kStruct)) {
      AddFields(type);
    } else if (type.is(types::TypeId::kArray) || type.is(types::TypeId::kMap)) {
      AddLists(type);
    }
  }

  bool IsNull(size_t row) const override { return rows_.at(row).is_null(); }
  types::Value Get(size_t row) const override { return rows_.at(row); }
  int64_t GetInteger(size_t row) const override { return rows_.at(row).as<int64_t>(); }
  std::string_view GetText(size_t row) const override {
    const types::Value& value = rows_.at(row);
    if (const auto* bytes = std::get_if<types::BinaryValue>(&value.storage())) return bytes->bytes;
    if (const auto* json = std::get_if<types::VariantValue>(&value.storage())) return json->json;
    return value.as<std::string>();
  }
  Range GetList(size_t row) const override { return ranges_.at(row); }
  const InputColumn& part(size_t index) const override { return parts_.at(index); }

 private:
  void AddFields(const types::DataType& type) {
    for (size_t i = 0; i < type.fields().size(); ++i) {
      std::vector<types::Value> field;
      for (const types::Value& row : rows_)
        field.push_back(row.is_null() ? types::Value() : row.structure().fields.at(i));
      parts_.emplace_back(std::move(field), type.fields()[i].type);
    }
  }

  void AddLists(const types::DataType& type) {
    const bool map = type.is(types::TypeId::kMap);
    std::vector<types::Value> first;
    std::vector<types::Value> second;
    for (const types::Value& row : rows_) {
      const size_t begin = first.size();
      if (!row.is_null() && map) {
        for (const auto& [key, value] : row.map().entries) {
          first.push_back(key);
          second.push_back(value);
        }
      } else if (!row.is_null()) {
        for (const types::Value& element : row.array().elements) first.push_back(element);
      }
      ranges_.push_back({.begin = begin, .end = first.size()});
    }
    parts_.emplace_back(std::move(first), map ? type.key() : type.element());
    if (map) parts_.emplace_back(std::move(second), type.value());
  }

  std::vector<types::Value> rows_;
  std::vector<Range> ranges_;
  std::vector<ValueInput> parts_;
};

}  // namespace lakesmith::functions
