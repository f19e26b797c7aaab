#include "generate/retail.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "engine/duckdb/batch_writer.h"
#include "generate/output_folder.h"
#include "generate/retail_plan.h"
#include "generate/retail_rows.h"
#include "generate/retail_truth.h"
#include "types/value.h"

namespace lakesmith::generate {
namespace {

constexpr int64_t kRowsBetweenReports = 65536;

// How many rows of a table have each fault, by the number of the fault.
using FaultCounts = std::array<int64_t, 16>;

// What one range of rows gave.
struct RangeResult {
  FaultCounts faults{};
  int64_t rows = 0;
};

// Makes the rows of ranges, in parallel.
class BatchWork {
 public:
  BatchWork(const RetailOptions& options, const RetailModel& model, engine::BatchFormat format,
            engine::BatchWriter& writer, std::vector<RowRange> plan)
      : options_(options),
        model_(model),
        format_(format),
        writer_(writer),
        truth_(model),
        plan_(std::move(plan)) {
    results_.resize(plan_.size());
    for (const RowRange& range : plan_) {
      total_rows_ += range.end - range.first;
    }
  }

  // Runs all ranges; the first error stops the rest.
  Status Run(OutputFolder& folder);

  const std::vector<RowRange>& plan() const { return plan_; }
  const std::vector<RangeResult>& results() const { return results_; }
  Json Truth() const { return truth_.ToJson(totals_); }

 private:
  void WorkThread();
  Status MakeRange(size_t index, SaleTotals& totals);
  void CountAgain(const RowRange& range, SaleTotals& totals);
  Result<size_t> FillRows(const RowRange& range, int64_t& next, engine::OutputBatch& batch,
                          RangeResult& result, SaleTotals& totals);
  Status Report(int64_t rows);
  void Fail(Error error);

  const RetailOptions& options_;
  const RetailModel& model_;
  const engine::BatchFormat format_;
  engine::BatchWriter& writer_;
  RetailTruth truth_;
  std::vector<RowRange> plan_;
  std::vector<std::filesystem::path> paths_;
  std::vector<RangeResult> results_;
  int64_t total_rows_ = 0;
  std::atomic<size_t> next_range_{0};
  std::atomic<bool> stop_{false};

  std::mutex mutex_;
  SaleTotals totals_;           // Guarded by mutex_ while threads run.
  int64_t done_rows_ = 0;       // Guarded by mutex_.
  std::optional<Error> error_;  // Guarded by mutex_.
};

Status BatchWork::Run(OutputFolder& folder) {
  for (const RowRange& range : plan_) {
    paths_.push_back(range.path.empty() ? std::filesystem::path() : folder.Stage(range.path));
  }
  const size_t wanted = options_.threads > 0 ? static_cast<size_t>(options_.threads)
                                             : std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (size_t index = 0; index < std::min(wanted, plan_.size()); ++index) {
    threads.emplace_back([this] { WorkThread(); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  if (error_) return *error_;
  return {};
}

void BatchWork::WorkThread() {
  SaleTotals totals;
  while (!stop_) {
    const size_t index = next_range_.fetch_add(1);
    if (index >= plan_.size()) break;
    Status status = MakeRange(index, totals);
    if (!status) Fail(std::move(status).error());
  }
  const std::lock_guard lock(mutex_);
  totals_.Add(totals);
}

void BatchWork::Fail(Error error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  stop_ = true;
}

Status BatchWork::Report(int64_t rows) {
  if (stop_ || (options_.cancelled != nullptr && *options_.cancelled)) {
    return Cancelled("stopped; no file of this batch was kept");
  }
  const std::lock_guard lock(mutex_);
  done_rows_ += rows;
  if (options_.progress) options_.progress(done_rows_, total_rows_);
  return {};
}

Status BatchWork::MakeRange(size_t index, SaleTotals& totals) {
  const RowRange& range = plan_[index];
  if (range.path.empty()) {
    CountAgain(range, totals);
    return Report(range.end - range.first);
  }
  RangeResult& result = results_[index];
  int64_t next = range.first;
  int64_t reported = range.first;
  const engine::BatchFile file{
      .path = paths_[index].string(), .format = format_, .columns = TableColumns(range.table)};
  const engine::FillBatch fill = [&](engine::OutputBatch& batch) -> Result<size_t> {
    if (next - reported >= kRowsBetweenReports || next == range.end) {
      TRY(Report(next - reported));
      reported = next;
    }
    return FillRows(range, next, batch, result, totals);
  };
  result.rows = TRY(writer_.Write(file, fill));
  return {};
}

void BatchWork::CountAgain(const RowRange& range, SaleTotals& totals) {
  for (int64_t row = range.first; row < range.end; ++row) {
    truth_.Add(model_.Transaction(range.batch, row), totals);
  }
}

Result<size_t> BatchWork::FillRows(const RowRange& range, int64_t& next, engine::OutputBatch& batch,
                                   RangeResult& result, SaleTotals& totals) {
  const size_t count = std::min<size_t>(batch.capacity(), static_cast<size_t>(range.end - next));
  for (size_t row = 0; row < count; ++row, ++next) {
    size_t fault = 0;
    if (range.table == RetailTable::kTransactions) {
      const TransactionRow sale = model_.Transaction(range.batch, next);
      fault = static_cast<size_t>(sale.fault);
      PutTransaction(model_, sale, row, batch);
      truth_.Add(sale, totals);
    } else if (range.table == RetailTable::kCustomers) {
      const CustomerRow customer = model_.Customer(range.batch, next);
      fault = static_cast<size_t>(customer.fault);
      PutCustomer(model_, customer, row, batch);
    } else {
      const ProductRow product = model_.Product(range.batch, next);
      fault = static_cast<size_t>(product.fault);
      PutProduct(model_, product, row, batch);
    }
    ++result.faults[fault];
  }
  return count;
}

template <typename Fault>
Json FaultsJson(const FaultCounts& counts, Fault last) {
  Json faults = Json::object();
  for (size_t number = 1; number <= static_cast<size_t>(last); ++number) {
    faults[std::string(FaultName(static_cast<Fault>(number)))] = counts[number];
  }
  return faults;
}

Json FaultsOf(RetailTable table, const FaultCounts& counts) {
  switch (table) {
    case RetailTable::kCustomers:
      return FaultsJson(counts, CustomerFault::kMalformedEmail);
    case RetailTable::kProducts:
      return FaultsJson(counts, ProductFault::kNullCategory);
    case RetailTable::kTransactions:
      break;
  }
  return FaultsJson(counts, TransactionFault::kOrphanProduct);
}

Json TableJson(RetailTable table, const BatchWork& work, const std::vector<GeneratedFile>& files) {
  FaultCounts counts{};
  int64_t rows = 0;
  Json list = Json::array();
  size_t file = 0;
  for (size_t index = 0; index < work.plan().size(); ++index) {
    if (work.plan()[index].path.empty()) continue;
    const GeneratedFile& written = files[file++];
    if (work.plan()[index].table != table) continue;
    const RangeResult& result = work.results()[index];
    for (size_t number = 0; number < counts.size(); ++number) {
      counts[number] += result.faults[number];
    }
    rows += result.rows;
    list.push_back({{"path", written.path}, {"rows", written.rows}, {"bytes", written.size_bytes}});
  }
  return {{"rows", rows},
          {"clean_rows", counts[0]},
          {"faults", FaultsOf(table, counts)},
          {"files", list}};
}

Json BatchJson(const RetailModel& model, const BatchWork& work,
               const std::vector<GeneratedFile>& files) {
  Json tables = Json::object();
  for (const RetailTable table : kRetailTables) {
    tables[std::string(TableName(table))] = TableJson(table, work, files);
  }
  const int batch = model.batches();
  return {{"batch", batch},
          {"first_day", types::DateText({model.FirstDay(batch)})},
          {"last_day", types::DateText({model.LastDay(batch)})},
          {"tables", tables}};
}

std::vector<GeneratedFile> FilesOf(const BatchWork& work, const std::filesystem::path& folder) {
  std::vector<GeneratedFile> files;
  for (size_t index = 0; index < work.plan().size(); ++index) {
    const std::string& path = work.plan()[index].path;
    if (path.empty()) continue;
    std::error_code ignored;
    const auto size = std::filesystem::file_size(folder / path, ignored);
    files.push_back({.path = path,
                     .rows = work.results()[index].rows,
                     .size_bytes = static_cast<int64_t>(size)});
  }
  return files;
}

// True when the batch is there already.
Result<bool> IsThere(const RetailOptions& options, const std::optional<Manifest>& existing) {
  const int last = existing ? static_cast<int>(existing->batches.size()) : 0;
  if (options.overwrite && options.batch > 1) {
    return Invalid("--overwrite starts again at batch 1; leave --batch {} out", options.batch);
  }
  if (options.batch > last + 1 && !options.overwrite) {
    return Invalid("{}: batch {} comes after batch {}, which is not there; write that one first",
                   options.out.string(), options.batch, options.batch - 1);
  }
  if (options.batch > last || options.overwrite) return false;
  TRY(CheckFilesThere(options.out, existing->FilePaths()));
  return true;
}

}  // namespace

Result<RetailReport> GenerateRetail(const RetailOptions& options) {
  std::optional<Manifest> existing = TRY(Manifest::Read(options.out));
  const ResolvedArguments resolved = TRY(ResolveArguments(options, existing));
  const bool already_there = TRY(IsThere(options, existing));
  if (already_there)
    return RetailReport{.already_there = true, .files = {}, .manifest = *std::move(existing)};

  std::vector<std::string> tables;
  for (const RetailTable table : kRetailTables) {
    tables.emplace_back(TableName(table));
  }
  OutputFolder folder = TRY(OutputFolder::Prepare(
      options.out, tables, existing ? existing->FilePaths() : std::vector<std::string>()));
  const RetailModel model(resolved.arguments, options.batch);
  const std::unique_ptr<engine::BatchWriter> writer = TRY(engine::BatchWriter::Open());
  BatchWork work(options, model, resolved.format, *writer,
                 PlanBatch(model, resolved.format, options.files));
  TRY(work.Run(folder));

  Manifest manifest;
  if (existing && options.overwrite) {
    TRY(RemoveDataSet(options.out, existing->FilePaths()));
  } else if (existing) {
    manifest = *std::move(existing);
  }
  TRY(folder.Publish());
  const std::vector<GeneratedFile> files = FilesOf(work, options.out);
  manifest.arguments = resolved.arguments;
  manifest.format = resolved.format;
  manifest.batches.push_back(BatchJson(model, work, files));
  manifest.truth = work.Truth();
  TRY(manifest.Write(options.out));
  return RetailReport{.already_there = false, .files = files, .manifest = std::move(manifest)};
}

}  // namespace lakesmith::generate
