#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "generate/manifest.h"

namespace lakesmith::generate {

// What the user asked for. What is empty comes from the manifest of the folder, else from
// MediaArguments.
struct MediaOptions {
  std::filesystem::path out;
  std::optional<int32_t> day;  // Since 1970-01-01; empty: the day after the last one.
  int days = 1;                // From `day` on.
  std::optional<int64_t> assets;
  std::optional<int64_t> devices;
  std::optional<int64_t> deliveries;  // Each day.
  std::optional<int64_t> metrics;     // Each day.
  std::optional<uint64_t> seed;
  std::optional<int32_t> dirty_millionths;
  int threads = 0;  // 0: one per core.
  bool overwrite = false;

  // Rows done of all rows of a day; called by one thread at a time.
  std::function<void(int64_t done, int64_t total)> progress;
  // Set by another thread or a signal handler: stops soon, with kCancelled.
  const std::atomic<bool>* cancelled = nullptr;
};

struct MediaReport {
  std::vector<GeneratedFile> files;     // Written by this call.
  std::vector<std::string> days;        // Written by this call, as YYYY-MM-DD.
  std::vector<std::string> known_days;  // Asked for, and there already.
};

// Writes days of the media data set: each of its five tables as one Parquet and one CSV file a day,
// both with the same rows. Memory: a few megabytes a thread, a few bytes a device and an asset.
// Errors: kInvalid for arguments out of range, a day whose day before is missing, other content in
// the folder, or arguments that differ from those of earlier days; kUnavailable when the disk
// refuses; kCancelled. A day that fails leaves no file; days before it stay.
Result<MediaReport> GenerateMedia(const MediaOptions& options);

}  // namespace lakesmith::generate
