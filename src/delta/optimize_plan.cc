#include <algorithm>
#include <map>

#include "delta/data_skipping.h"
#include "delta/maintenance.h"
#include "delta/statistics.h"

namespace lakesmith::delta {
namespace {

// Tells partitions apart; the values come in the log's order, which is the same for all files of a
// writer.
std::map<std::string, std::optional<std::string>> PartitionKey(const AddFile& file) {
  std::map<std::string, std::optional<std::string>> key;
  for (const PartitionValue& value : file.partition_values) {
    const bool is_null = !value.value || value.value->empty();
    key[value.name] = is_null ? std::nullopt : value.value;
  }
  return key;
}

bool HasManyDeletedRows(const AddFile& file, double max_ratio) {
  if (!file.deletion_vector) return false;
  const std::optional<int64_t> records = NumRecords(file.stats);
  if (!records || *records == 0) return true;
  return static_cast<double>(file.deletion_vector->cardinality) / static_cast<double>(*records) >
         max_ratio;
}

bool IsCandidate(const AddFile& file, const OptimizeOptions& options) {
  return options.all_files || file.size_bytes < options.min_size_bytes ||
         HasManyDeletedRows(file, options.max_deleted_ratio);
}

bool IsWorthwhile(const OptimizeBin& bin, const OptimizeOptions& options) {
  if (bin.files.size() > 1) return true;
  if (bin.files.empty()) return false;
  return options.all_files || HasManyDeletedRows(*bin.files.front(), options.max_deleted_ratio);
}

// Fills one bin after the other with files in order of size, so that small ones come together.
void PackPartition(std::vector<AddFilePtr> files, const OptimizeOptions& options,
                   std::vector<OptimizeBin>* bins) {
  std::ranges::stable_sort(files, {}, [](const AddFilePtr& file) { return file->size_bytes; });
  OptimizeBin bin;
  const auto close = [&] {
    if (IsWorthwhile(bin, options)) bins->push_back(std::move(bin));
    bin = {};
  };
  for (const AddFilePtr& file : files) {
    const bool full =
        !options.all_files && bin.size_bytes + file->size_bytes > options.target_size_bytes;
    if (full && !bin.files.empty()) close();
    bin.partition_values = file->partition_values;
    bin.size_bytes += file->size_bytes;
    bin.files.push_back(file);
  }
  close();
}

}  // namespace

Result<std::vector<OptimizeBin>> PlanOptimize(const Snapshot& snapshot,
                                              const OptimizeOptions& options) {
  std::optional<FileSkipper> skipper;
  if (options.where) {
    skipper.emplace(snapshot, *options.where);
    if (!skipper->OnlyPartitionColumns()) {
      return Invalid("{}: the WHERE of OPTIMIZE may only use partition columns ({})",
                     snapshot.root(), fmt::join(snapshot.metadata().partition_columns, ", "))
          .WithClass("DELTA_UNSUPPORTED_WHERE_CONDITION", "42601");
    }
  }
  std::map<std::map<std::string, std::optional<std::string>>, std::vector<AddFilePtr>> partitions;
  for (const AddFilePtr& file : snapshot.files()) {
    if (skipper && !skipper->CanMatchPartition(*file)) continue;
    if (IsCandidate(*file, options)) partitions[PartitionKey(*file)].push_back(file);
  }
  std::vector<OptimizeBin> bins;
  for (auto& [key, files] : partitions) PackPartition(std::move(files), options, &bins);
  return bins;
}

}  // namespace lakesmith::delta
