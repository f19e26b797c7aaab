#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "delta/maintenance.h"
#include "engine/statements/dml_internal.h"

namespace lakesmith::engine {

// Files that are replaced by others with the same rows.
struct Rewrite {
  std::vector<delta::AddFilePtr> removed;
  WrittenRows added;

  void Add(const std::vector<delta::AddFilePtr>& files, WrittenRows written);
};

// Writes the live rows of a table's files anew, as `shape` lays them out (the snapshot's own
// columns in another mapping, or file size). `zorder`: the columns of a Z-order curve to sort by;
// none keeps the order.
Result<WrittenRows> RewriteFiles(StatementContext& context,
                                 const StatementContext::OpenTable& table, const TableShape& shape,
                                 const std::vector<delta::AddFilePtr>& files,
                                 const std::vector<size_t>& zorder = {});

// Rewrites the bins of a plan into files of the table's target size.
Result<Rewrite> RewriteBins(StatementContext& context, const StatementContext::OpenTable& table,
                            const TableShape& shape, const std::vector<delta::OptimizeBin>& bins,
                            const std::vector<size_t>& zorder = {});

// The operation metrics of OPTIMIZE and REORG, as Spark names them.
std::vector<std::pair<std::string, int64_t>> RewriteMetrics(const Rewrite& rewrite);

// Puts a rewrite into a transaction: no data changes by it.
void PutInto(const Rewrite& rewrite, delta::Transaction& transaction);

// OPTIMIZE of the partitions with many small files, when the table property
// delta.autoOptimize.autoCompact (or spark.databricks.delta.autoCompact.enabled) asks for it.
// Called after a statement has committed, so it never fails that statement: a lost race leaves the
// files to the next write.
void AutoCompact(StatementContext& context, const TableTarget& target);

}  // namespace lakesmith::engine
