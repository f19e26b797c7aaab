#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "generate/retail.h"
#include "generate/retail_rows.h"

namespace lakesmith::generate {

// The arguments that hold for a request, with its format.
struct ResolvedArguments {
  RetailArguments arguments;
  engine::BatchFormat format = engine::BatchFormat::kParquet;
};

// Fills in what the request leaves open and checks ranges. Errors: kInvalid; for a further batch
// also when a value differs from the manifest's.
Result<ResolvedArguments> ResolveArguments(const RetailOptions& options,
                                           const std::optional<Manifest>& existing);

// A range of rows of one table and batch. With a path it is one file to write; without one its rows
// are made again only to be counted in the truth.
struct RowRange {
  RetailTable table = RetailTable::kTransactions;
  int batch = 1;
  int64_t first = 0;
  int64_t end = 0;
  std::string path;  // Below the output folder.
};

// The work of one batch, largest table first. `files` of transactions, 0 for one per million rows.
std::vector<RowRange> PlanBatch(const RetailModel& model, engine::BatchFormat format,
                                int64_t files);

}  // namespace lakesmith::generate
