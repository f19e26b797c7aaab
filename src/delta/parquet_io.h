#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::delta {

// A leaf or nested column to read: names from the top of the file downwards, e.g. {"add", "path"},
// and the type in which the caller wants it. Names compare ignoring ASCII case.
struct ParquetColumn {
  std::vector<std::string> path;
  types::DataType type;
};

// Some rows of the columns asked for. Valid only during the call that hands it over.
class ParquetBatch {
 public:
  virtual ~ParquetBatch() = default;
  virtual size_t row_count() const = 0;
  virtual bool IsNull(size_t column, size_t row) const = 0;
  // Columns of type boolean, byte, short, int and long that are not null there.
  virtual int64_t Integer(size_t column, size_t row) const = 0;
  // Columns of type string that are not null there; lives as long as the batch.
  virtual std::string_view Text(size_t column, size_t row) const = 0;
  // Columns of every type, null too.
  virtual types::Value Get(size_t column, size_t row) const = 0;
};

// Fills `row` (one Value per column of the schema) and says true, or says false at the end.
using RowSource = std::function<Result<bool>(std::vector<types::Value>* row)>;

// What delta needs of a Parquet library; the engine implements it. Paths are full paths of the
// object store. Errors: kNotFound   no such file.
//         kCorrupt    not a Parquet file, or one that is damaged.
class ParquetIo {
 public:
  virtual ~ParquetIo() = default;

  // The file's columns as a struct type; every part nullable.
  virtual Result<types::DataType> ReadSchema(const std::string& path) = 0;

  // Reads `columns` and calls `consume` with batches of rows in the file's order, stopping at its
  // first error. A column that is not in the file (at any level of its path) reads as null, and so
  // does a field below a null struct. Stored types that differ from the asked one are cast where
  // that loses nothing (int to long, any list, map or struct layout); else kCorrupt. Rows in which
  // all columns are null are left out when `skip_empty_rows` is set: write it as a WHERE clause.
  virtual Status Read(const std::string& path, const std::vector<ParquetColumn>& columns,
                      bool skip_empty_rows,
                      const std::function<Status(const ParquetBatch&)>& consume) = 0;

  // Writes a file of these columns, Snappy-compressed, whole or not at all: to a temporary name
  // beside it, then storage::PublishFile. Replaces an older file of that name. Returns its size in
  // bytes. Types used: boolean, int, long, double, string, date, timestamp, timestamp_ntz, decimal,
  // binary, array, map, struct.
  virtual Result<int64_t> Write(const std::string& path, const types::DataType& schema,
                                const RowSource& rows) = 0;
};

}  // namespace lakesmith::delta
