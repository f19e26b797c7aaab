#include "generate/retail_plan.h"

#include <algorithm>
#include <utility>

#include "types/value.h"

namespace lakesmith::generate {
namespace {

constexpr int64_t kRowsPerFile = 1000000;
constexpr int64_t kMaxCount = 100000000000;
constexpr int64_t kMaxProducts = 10000000;
constexpr int64_t kMaxCustomers = 1000000000;

// Bytes of one transaction with its share of customers (a fifth) and products, as measured at a
// million rows.
constexpr int64_t BytesPerTransaction(engine::BatchFormat format) {
  switch (format) {
    case engine::BatchFormat::kParquet:
      return 30;
    case engine::BatchFormat::kCsv:
      return 112;
    case engine::BatchFormat::kJson:
      return 325;
  }
  return 30;
}

void ScaleTo(int64_t target_size_bytes, ResolvedArguments& resolved) {
  RetailArguments& arguments = resolved.arguments;
  arguments.transactions =
      std::max<int64_t>(1, target_size_bytes / BytesPerTransaction(resolved.format));
  arguments.customers = std::max<int64_t>(1, arguments.transactions / 5);
  arguments.products = std::clamp<int64_t>(arguments.transactions / 2500, 200, 100000);
}

template <typename T>
void Take(const std::optional<T>& given, T& value) {
  if (given) value = *given;
}

Status CheckCount(std::string_view option, int64_t value, int64_t most) {
  if (value < 1 || value > most)
    return Invalid("{} must be between 1 and {}, not {}", option, most, value);
  return {};
}

Status CheckRanges(const RetailOptions& options, const RetailArguments& arguments) {
  TRY(CheckCount("--customers", arguments.customers, kMaxCustomers));
  TRY(CheckCount("--transactions", arguments.transactions, kMaxCount));
  TRY(CheckCount("--products", arguments.products, kMaxProducts));
  TRY(CheckCount("--days", arguments.days, 3660));
  TRY(CheckCount("--batch", options.batch, 9999));
  if (arguments.dirty_millionths < 0 || arguments.dirty_millionths > 500000) {
    return Invalid("--dirty-share must be between 0 and 0.5, not {}",
                   ShareText(arguments.dirty_millionths));
  }
  if (options.files < 0 || options.files > 9999) {
    return Invalid("--files must be between 1 and 9999, not {}", options.files);
  }
  return {};
}

template <typename T>
Status CheckSame(std::string_view option, const T& now, const T& before) {
  if (now == before) return {};
  return Invalid(
      "{} is {}, but the data there was made with {}; leave the option out, write to another "
      "folder, or replace the "
      "data with --overwrite",
      option, now, before);
}

Status CheckSameArguments(const ResolvedArguments& now, const Manifest& manifest) {
  const RetailArguments& before = manifest.arguments;
  TRY(CheckSame("--customers", now.arguments.customers, before.customers));
  TRY(CheckSame("--transactions", now.arguments.transactions, before.transactions));
  TRY(CheckSame("--products", now.arguments.products, before.products));
  TRY(CheckSame("--seed", now.arguments.seed, before.seed));
  TRY(CheckSame("--start-date", types::DateText({now.arguments.start_day}),
                types::DateText({before.start_day})));
  TRY(CheckSame("--days", now.arguments.days, before.days));
  TRY(CheckSame("--dirty-share", ShareText(now.arguments.dirty_millionths),
                ShareText(before.dirty_millionths)));
  TRY(CheckSame("--format", FormatName(now.format), FormatName(manifest.format)));
  return {};
}

void PlanTable(const RetailModel& model, RetailTable table, int64_t rows, int64_t files,
               engine::BatchFormat format, std::vector<RowRange>& plan) {
  if (rows == 0) return;
  const int64_t count =
      std::clamp<int64_t>(files > 0 ? files : (rows + kRowsPerFile - 1) / kRowsPerFile, 1, rows);
  for (int64_t part = 0; part < count; ++part) {
    // Without overflow for any count: the first `rows % count` files take one row more.
    const int64_t first = part * (rows / count) + std::min(part, rows % count);
    const int64_t size = rows / count + (part < rows % count ? 1 : 0);
    plan.push_back({.table = table,
                    .batch = model.batches(),
                    .first = first,
                    .end = first + size,
                    .path = fmt::format("{}/batch-{:04}-part-{:04}.{}", TableName(table),
                                        model.batches(), part + 1, FormatName(format))});
  }
}

}  // namespace

Result<ResolvedArguments> ResolveArguments(const RetailOptions& options,
                                           const std::optional<Manifest>& existing) {
  ResolvedArguments resolved;
  // Asked for again, or for a further batch: what is not said stays as it was.
  if (existing && !options.overwrite) {
    resolved = {.arguments = existing->arguments, .format = existing->format};
  }
  Take(options.format, resolved.format);
  if (options.target_size_bytes) {
    TRY(CheckCount("--target-size", *options.target_size_bytes, int64_t{1} << 50));
    ScaleTo(*options.target_size_bytes, resolved);
  }
  RetailArguments& arguments = resolved.arguments;
  Take(options.customers, arguments.customers);
  Take(options.transactions, arguments.transactions);
  Take(options.products, arguments.products);
  Take(options.seed, arguments.seed);
  Take(options.start_day, arguments.start_day);
  Take(options.days, arguments.days);
  Take(options.dirty_millionths, arguments.dirty_millionths);
  TRY(CheckRanges(options, arguments));
  if (existing && !options.overwrite) {
    TRY(CheckSameArguments(resolved, *existing));
  }
  return resolved;
}

std::vector<RowRange> PlanBatch(const RetailModel& model, engine::BatchFormat format,
                                int64_t files) {
  std::vector<RowRange> plan;
  const int batch = model.batches();
  PlanTable(model, RetailTable::kTransactions, model.TransactionRows(), files, format, plan);
  PlanTable(model, RetailTable::kCustomers, model.CustomerRows(batch), 0, format, plan);
  PlanTable(model, RetailTable::kProducts, model.ProductRows(batch), 0, format, plan);
  for (int earlier = 1; earlier < batch; ++earlier) {
    for (int64_t first = 0; first < model.TransactionRows(); first += kRowsPerFile) {
      plan.push_back({.table = RetailTable::kTransactions,
                      .batch = earlier,
                      .first = first,
                      .end = std::min(first + kRowsPerFile, model.TransactionRows())});
    }
  }
  return plan;
}

}  // namespace lakesmith::generate
