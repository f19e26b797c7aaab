#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/result_output.h"

namespace lakesmith::app {

// Turns rows into text of one format. Text is appended to `out`, which the caller empties now and
// then.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  virtual void Begin(std::string& out) = 0;
  virtual void Add(const engine::Row& row, std::string& out) = 0;
  virtual void End(std::string& out) = 0;
};

using Columns = std::vector<types::StructField>;

std::unique_ptr<RowWriter> NewTableWriter(const Columns& columns, const OutputOptions& options);

// Text of a cell on one line: line breaks and tabs are shown as ↵ and blanks.
std::string CellText(const types::Value& value, const types::DataType& type,
                     const types::TimeZone& zone);

}  // namespace lakesmith::app
