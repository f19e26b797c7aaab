// Writing the rows of files anew: for OPTIMIZE, REORG, dropped features and auto-compaction.
#include <algorithm>
#include <map>
#include <utility>

#include "engine/statements/change_set_internal.h"
#include "engine/statements/rewrite_files_internal.h"

namespace lakesmith::engine {
namespace {

// Ranges into which the values of a column of ZORDER BY are divided, and rows that are looked at to
// find them.
constexpr int kZOrderRanges = 1024;
constexpr int kZOrderSample = 100'000;
constexpr int64_t kDefaultTargetBytes = 1LL << 30;
// Defaults of Spark's settings for auto-compaction.
constexpr int64_t kAutoCompactMaxBytes = 128LL << 20;
constexpr int64_t kAutoCompactMinFiles = 50;

// The rows along a Z-order curve: each column becomes the number of its range, and the bits of the
// numbers are interleaved. The ranges come from a sample, so that only the rows themselves are
// sorted.
RowsText ZOrdered(RowsText rows, const std::vector<size_t>& columns) {
  std::string keys;
  std::string bounds;
  std::string ranks;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string separator = i == 0 ? "" : ", ";
    const std::string key =
        fmt::format("create_sort_key({}, 'ASC NULLS FIRST')", RowsColumn(columns[i]));
    keys += fmt::format("{}{} AS s{}", separator, key, i);
    bounds += fmt::format("{}quantile_disc(s{}, [i / {}.0 for i in range(1, {})]) AS b{}",
                          separator, i, kZOrderRanges, kZOrderRanges, i);
    ranks += fmt::format("{}spark_zorder_rank(b{}, {})", separator, i, key);
  }
  std::string items;
  for (size_t i = 0; i < rows.columns.size(); ++i) items += (i == 0 ? "" : ", ") + RowsColumn(i);
  rows.sql = fmt::format(
      "SELECT {} FROM ({}) AS q, (SELECT {} FROM (SELECT {} FROM ({}) AS q USING SAMPLE "
      "reservoir({} ROWS) REPEATABLE (1)) AS q) AS bounds ORDER BY spark_zorder_key({})",
      items, rows.sql, bounds, keys, rows.sql, kZOrderSample, ranks);
  rows.native_functions.insert(rows.native_functions.end(),
                               {"spark_zorder_rank", "spark_zorder_key"});
  return rows;
}

int64_t Setting(const StatementContext& context, std::string_view key, int64_t fallback) {
  const std::optional<std::string> text = context.session.settings.Get(key);
  if (!text) return fallback;
  const Result<int64_t> value = delta::ParseByteSize(*text);
  return value ? *value : fallback;
}

bool WantsAutoCompaction(const StatementContext& context, const delta::Snapshot& snapshot) {
  const std::string session = catalog::FoldName(
      context.session.settings.GetOr("spark.databricks.delta.autoCompact.enabled", ""));
  if (!session.empty()) return session == "true" || session == "auto";
  return snapshot.properties().auto_compact;
}

// Bins of those partitions that hold at least `min_files` small files.
Result<std::vector<delta::OptimizeBin>> CompactionBins(const StatementContext& context,
                                                       const delta::Snapshot& snapshot) {
  const int64_t max_bytes =
      Setting(context, "spark.databricks.delta.autoCompact.maxFileSize", kAutoCompactMaxBytes);
  const int64_t min_files =
      Setting(context, "spark.databricks.delta.autoCompact.minNumFiles", kAutoCompactMinFiles);
  delta::OptimizeOptions options;
  options.target_size_bytes = max_bytes;
  options.min_size_bytes =
      Setting(context, "spark.databricks.delta.autoCompact.minFileSize", max_bytes / 2);
  std::vector<delta::OptimizeBin> bins = TRY(delta::PlanOptimize(snapshot, options));
  const auto key = [](const delta::OptimizeBin& bin) {
    std::string text;
    for (const delta::PartitionValue& value : bin.partition_values)
      text += value.name + '\0' + (value.value ? "=" + *value.value : "") + '\0';
    return text;
  };
  std::map<std::string, int64_t> files;
  for (const delta::OptimizeBin& bin : bins)
    files[key(bin)] += static_cast<int64_t>(bin.files.size());
  std::erase_if(bins, [&](const delta::OptimizeBin& bin) { return files[key(bin)] < min_files; });
  return bins;
}

Status CompactOnce(StatementContext& context, const TableTarget& target) {
  context.catalog.ForgetSnapshots();
  const StatementContext::OpenTable table{target, TRY(context.catalog.SnapshotOf(target.location))};
  if (!WantsAutoCompaction(context, *table.snapshot)) return {};
  const std::vector<delta::OptimizeBin> bins = TRY(CompactionBins(context, *table.snapshot));
  if (bins.empty()) return {};
  const Rewrite rewrite = TRY(RewriteBins(context, table, ShapeOf(target, *table.snapshot), bins));
  delta::Transaction transaction(context.session.tables().At(target.location), table.snapshot);
  PutInto(rewrite, transaction);
  delta::OperationInfo operation;
  operation.name = "OPTIMIZE";
  operation.parameters = {
      {"predicate", "[]"}, {"zOrderBy", "[]"}, {"clusterBy", "[]"}, {"auto", true}};
  operation.metrics = RewriteMetrics(rewrite);
  TRY(transaction.Commit(operation));
  return {};
}

}  // namespace

void Rewrite::Add(const std::vector<delta::AddFilePtr>& files, WrittenRows written) {
  removed.insert(removed.end(), files.begin(), files.end());
  std::ranges::move(written.files, std::back_inserter(added.files));
  added.row_count += written.row_count;
  added.size_bytes += written.size_bytes;
}

Result<WrittenRows> RewriteFiles(StatementContext& context,
                                 const StatementContext::OpenTable& table, const TableShape& shape,
                                 const std::vector<delta::AddFilePtr>& files,
                                 const std::vector<size_t>& zorder) {
  DeltaScan scan{.table = context.session.tables().At(table.target.location),
                 .snapshot = table.snapshot};
  scan.only_files.emplace();
  for (const delta::AddFilePtr& file : files) scan.only_files->push_back(file->path);
  RowsText rows = RowsOfScan(std::move(scan), table.snapshot->schema().fields());
  if (!zorder.empty()) rows = ZOrdered(std::move(rows), zorder);
  rows.columns = shape.fields();
  TableShape sized = shape;
  sized.properties.target_file_size_bytes =
      shape.properties.target_file_size_bytes.value_or(kDefaultTargetBytes);
  WrittenRows written = TRY(WriteRows(context, rows, sized, table.target.location));
  for (delta::AddFile& file : written.files) file.data_change = false;
  return written;
}

Result<Rewrite> RewriteBins(StatementContext& context, const StatementContext::OpenTable& table,
                            const TableShape& shape, const std::vector<delta::OptimizeBin>& bins,
                            const std::vector<size_t>& zorder) {
  Rewrite rewrite;
  for (const delta::OptimizeBin& bin : bins) {
    rewrite.Add(bin.files, TRY(RewriteFiles(context, table, shape, bin.files, zorder)));
  }
  return rewrite;
}

std::vector<std::pair<std::string, int64_t>> RewriteMetrics(const Rewrite& rewrite) {
  int64_t removed_bytes = 0;
  int64_t vectors = 0;
  for (const delta::AddFilePtr& file : rewrite.removed) {
    removed_bytes += file->size_bytes;
    vectors += file->deletion_vector ? 1 : 0;
  }
  std::vector<int64_t> sizes;
  for (const delta::AddFile& file : rewrite.added.files) sizes.push_back(file.size_bytes);
  std::ranges::sort(sizes);
  const auto quantile = [&](size_t percent) {
    return sizes.empty() ? 0 : sizes[(sizes.size() - 1) * percent / 100];
  };
  return {{"numAddedFiles", static_cast<int64_t>(sizes.size())},
          {"numRemovedFiles", static_cast<int64_t>(rewrite.removed.size())},
          {"numAddedBytes", rewrite.added.size_bytes},
          {"numRemovedBytes", removed_bytes},
          {"numDeletionVectorsRemoved", vectors},
          {"minFileSize", quantile(0)},
          {"p25FileSize", quantile(25)},
          {"p50FileSize", quantile(50)},
          {"p75FileSize", quantile(75)},
          {"maxFileSize", quantile(100)}};
}

void PutInto(const Rewrite& rewrite, delta::Transaction& transaction) {
  for (const delta::AddFilePtr& file : rewrite.removed) transaction.Remove(*file, false);
  for (const delta::AddFile& file : rewrite.added.files) transaction.Add(file);
}

void AutoCompact(StatementContext& context, const TableTarget& target) {
  (void)CompactOnce(context, target);
}

}  // namespace lakesmith::engine
