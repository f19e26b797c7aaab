#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::engine {

// One value per column, in the order of the columns.
using Row = std::vector<types::Value>;

// Rows of one running query, pulled in batches. Used by one thread at a time; the engine computes
// ahead only as far as its buffer allows, so memory stays bounded. It must not outlive the
// connection that made it.
class RowStream {
 public:
  virtual ~RowStream() = default;

  const std::vector<types::StructField>& columns() const { return columns_; }

  // The next rows; an empty batch is the end, also when called again.
  // Errors: as of the query, e.g. kInvalid for a failed cast; kCancelled after Close() or an
  // interrupt.
  virtual Result<std::vector<Row>> Next() = 0;

  // Stops the query and frees what it holds. Idempotent; the destructor does it too.
  virtual void Close() = 0;

 protected:
  explicit RowStream(std::vector<types::StructField> columns) : columns_(std::move(columns)) {}

 private:
  std::vector<types::StructField> columns_;
};

// All rows that are left. For results known to be small.
Result<std::vector<Row>> Collect(RowStream& stream);

}  // namespace lakesmith::engine
