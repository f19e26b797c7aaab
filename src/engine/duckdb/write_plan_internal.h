#pragma once

#include <string>

#include "base/result.h"
#include "engine/write_spec.h"

namespace lakesmith::engine {

// "name" between double quotes, 'text' between single ones.
std::string QuoteName(std::string_view name);
std::string QuoteText(std::string_view text);

// The COPY statement that writes the rows of `sql` into the folder `folder` (or the one file
// `folder`/0.parquet when no target size is set and the table has no partitions) and returns a row
// of statistics per file. Errors: kInvalid when no column is left to store.
Result<std::string> CopyStatement(const std::string& sql, const WriteSpec& spec,
                                  const std::string& folder);

// The name by which the engine's statistics call a leaf: "\"st\".\"a\"".
std::string StatisticsKey(const std::vector<std::string>& physical_path);

}  // namespace lakesmith::engine
