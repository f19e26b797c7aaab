#pragma once

#include <cstddef>
#include <string_view>

#include "types/value.h"

namespace lakesmith::functions {

// A column that a reader of texts fills: a vector of the engine. Rows may be written more than
// once, the last time counts. The values belong to the column's type.
class OutputColumn {
 public:
  virtual ~OutputColumn() = default;

  // Of a struct, all its fields too.
  virtual void SetNull(size_t row) = 0;
  // Of types that hold neither texts nor other values. `value` is not null.
  virtual void Set(size_t row, const types::Value& value) = 0;
  virtual void SetInteger(size_t row, int64_t value) = 0;
  // A string, a binary or a variant.
  virtual void SetText(size_t row, std::string_view bytes) = 0;
  // Not null; the fields are as they were.
  virtual void SetStruct(size_t row) = 0;
  // Not null; the elements, or entries of a map, are the rows of the parts from `begin` to `end`.
  virtual void SetList(size_t row, size_t begin, size_t end) = 0;

  // A field of a struct, an array's elements, a map's keys (0) or values (1).
  virtual OutputColumn& part(size_t index) = 0;
  // Lists: one more row in the parts, and which one it is.
  virtual size_t AddElement() = 0;
  // Lists: how many rows the parts have.
  virtual size_t elements() const = 0;
};

// A column that a writer of texts reads: a vector of the engine.
class InputColumn {
 public:
  struct Range {
    size_t begin = 0;
    size_t end = 0;
  };
  virtual ~InputColumn() = default;

  virtual bool IsNull(size_t row) const = 0;
  // The rest is for rows that are not null. Of types that hold neither texts nor other values:
  virtual types::Value Get(size_t row) const = 0;
  virtual int64_t GetInteger(size_t row) const = 0;
  // A string, a binary or a variant; holds as long as the column.
  virtual std::string_view GetText(size_t row) const = 0;
  // The rows of the parts that are the elements, or entries of a map.
  virtual Range GetList(size_t row) const = 0;
  // A field of a struct, an array's elements, a map's keys (0) or values (1). The rows of a field
  // are those of its struct.
  virtual const InputColumn& part(size_t index) const = 0;
};

}  // namespace lakesmith::functions
