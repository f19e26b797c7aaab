#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/duckdb/duckdb_internal.h"
#include "functions/columns.h"

namespace lakesmith::engine {

// The engine's vectors as readers and writers of texts see them.

// Rows of a vector of any kind. `format` must outlive it.
class VectorInput final : public functions::InputColumn {
 public:
  VectorInput(const ::duckdb::RecursiveUnifiedVectorFormat& format, const types::DataType& type);

  bool IsNull(size_t row) const override;
  // Values of all types. Ends the statement when the vector is not of the type.
  types::Value Get(size_t row) const override;
  int64_t GetInteger(size_t row) const override;
  std::string_view GetText(size_t row) const override;
  Range GetList(size_t row) const override;
  const InputColumn& part(size_t index) const override { return parts_.at(index); }

 private:
  template <typename T>
  const T& At(size_t row) const;

  const ::duckdb::RecursiveUnifiedVectorFormat& format_;
  types::DataType type_;
  std::vector<VectorInput> parts_;
  mutable std::string text_;  // What GetText found where the vector does not hold texts.
};

// A flat vector that is filled; lists end where they had their end before. `vector` must be of the
// engine's type of `type` and outlive it.
class VectorOutput final : public functions::OutputColumn {
 public:
  VectorOutput(::duckdb::Vector& vector, const types::DataType& type);

  void SetNull(size_t row) override;
  void Set(size_t row, const types::Value& value) override;
  void SetInteger(size_t row, int64_t value) override;
  void SetText(size_t row, std::string_view bytes) override;
  void SetStruct(size_t row) override { SetValid(row); }
  void SetList(size_t row, size_t begin, size_t end) override;
  OutputColumn& part(size_t index) override { return parts_[index]; }
  size_t AddElement() override;
  size_t elements() const override { return elements_; }

 private:
  void SetValid(size_t row);

  ::duckdb::Vector& vector_;
  types::DataType type_;
  std::vector<VectorOutput> parts_;
  size_t elements_ = 0;
  size_t capacity_ = 0;
};

}  // namespace lakesmith::engine
