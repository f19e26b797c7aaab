#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "app/terminal.h"
#include "base/result.h"
#include "engine/row_stream.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::app {

enum class OutputFormat { kTable, kCsv, kJson, kJsonLines, kMarkdown, kVertical };

// Errors: kInvalid with the names that exist.
Result<OutputFormat> ParseOutputFormat(std::string_view name);

struct OutputOptions {
  OutputFormat format = OutputFormat::kTable;
  types::TimeZone zone;
  const Terminal* terminal = nullptr;  // Width and colours; null is plain text of any width.
};

// Writes the rows of a stream as they come, keeping at most a few thousand in memory, and returns
// their number. A stream without columns writes nothing. Tables take their widths from the first
// rows; later cells that are wider stick out. Errors: those of the stream; what was written before
// stays. kUnavailable when `out` takes no more.
Result<int64_t> WriteRows(engine::RowStream& rows, const OutputOptions& options, std::FILE* out);

}  // namespace lakesmith::app
