#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "generate/manifest.h"

namespace lakesmith::generate {

// What the user asked for. What is empty comes from the manifest of the folder, else from
// RetailArguments.
struct RetailOptions {
  std::filesystem::path out;
  int batch = 1;
  std::optional<int64_t> customers;
  std::optional<int64_t> transactions;
  std::optional<int64_t> products;
  std::optional<uint64_t> seed;
  std::optional<int32_t> start_day;
  std::optional<int32_t> days;
  std::optional<int32_t> dirty_millionths;
  std::optional<engine::BatchFormat> format;
  std::optional<int64_t> target_size_bytes;  // Sets the three counts.
  int64_t files = 0;                         // Of transactions; 0: one per million rows.
  int threads = 0;                           // 0: one per core.
  bool overwrite = false;

  // Rows done of all rows; called by one thread at a time, often.
  std::function<void(int64_t done, int64_t total)> progress;
  // Set by another thread or a signal handler: stops soon, with kCancelled.
  const std::atomic<bool>* cancelled = nullptr;
};

struct RetailReport {
  bool already_there = false;  // The same data was there; nothing was written.
  std::vector<GeneratedFile> files;
  Manifest manifest;
};

// Writes one batch of the retail data set. Memory: a few megabytes a thread and 24 bytes a customer
// and a product. Errors: kInvalid for arguments out of range, other content in the folder, or
// arguments that differ from those of
//         earlier batches; kUnavailable when the disk refuses; kCancelled.
// When it fails, files of this batch are gone and earlier batches are as before.
Result<RetailReport> GenerateRetail(const RetailOptions& options);

}  // namespace lakesmith::generate
