#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "engine/row_stream.h"

namespace lakesmith::engine {

// Rows that a command made in memory, given as one batch.
class MemoryStream : public RowStream {
 public:
  MemoryStream(std::vector<types::StructField> columns, std::vector<Row> rows)
      : RowStream(std::move(columns)), rows_(std::move(rows)) {}

  Result<std::vector<Row>> Next() override { return std::exchange(rows_, {}); }
  void Close() override { rows_.clear(); }

 private:
  std::vector<Row> rows_;
};

}  // namespace lakesmith::engine
