#include "generate/media.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "engine/duckdb/batch_writer.h"
#include "generate/calendar.h"
#include "generate/media_rows.h"
#include "generate/media_truth.h"
#include "generate/output_folder.h"
#include "types/value.h"

namespace lakesmith::generate {
namespace {

constexpr int64_t kReportRows = 65536;
constexpr int64_t kMaxMediaCount = 1000000000;
constexpr std::array kMediaFormats = {engine::BatchFormat::kParquet, engine::BatchFormat::kCsv};

std::string MediaFolder(engine::BatchFormat format, MediaTable table) {
  return fmt::format("{}_data_source/{}", FormatName(format), TableName(table));
}

std::string PathOf(engine::BatchFormat format, MediaTable table, const std::string& day) {
  return fmt::format("{}/{}.{}", MediaFolder(format, table), day, FormatName(format));
}

std::vector<std::string> MediaFolders() {
  std::vector<std::string> folders;
  for (const engine::BatchFormat format : kMediaFormats) {
    for (const MediaTable table : kMediaTables) folders.push_back(MediaFolder(format, table));
  }
  return folders;
}

Json MediaArgumentsJson(const MediaArguments& arguments) {
  return {{"assets", arguments.assets},
          {"devices", arguments.devices},
          {"deliveries", arguments.deliveries},
          {"metrics", arguments.metrics},
          {"seed", arguments.seed},
          {"start_date", types::DateText({arguments.start_day})},
          {"dirty_millionths", arguments.dirty_millionths}};
}

// Throws what nlohmann's accessors throw.
Result<MediaArguments> ArgumentsOf(const Json& json) {
  MediaArguments arguments;
  arguments.assets = json.at("assets");
  arguments.devices = json.at("devices");
  arguments.deliveries = json.at("deliveries");
  arguments.metrics = json.at("metrics");
  arguments.seed = json.at("seed");
  arguments.start_day = TRY(ParseDay(json.at("start_date").get<std::string>()));
  arguments.dirty_millionths = json.at("dirty_millionths");
  return arguments;
}

// What the folder holds already.
struct Existing {
  MediaArguments arguments;
  std::vector<Json> days;  // As they stand in the manifest.

  std::vector<std::string> FilePaths() const {
    std::vector<std::string> paths;
    for (const Json& day : days) {
      for (const auto& [table, facts] : day.at("tables").items()) {
        for (const Json& file : facts.at("files")) paths.push_back(file.at("path"));
      }
    }
    return paths;
  }
};

Result<std::optional<Existing>> ReadExisting(const std::filesystem::path& folder) {
  const std::optional<Json> json = TRY(ReadManifestJson(folder, "media"));
  if (!json) return std::optional<Existing>();
  try {
    Existing existing{.arguments = TRY(ArgumentsOf(json->at("arguments"))),
                      .days = json->at("days").get<std::vector<Json>>()};
    (void)existing.FilePaths();  // Throws when a day is malformed.
    return std::optional<Existing>(std::move(existing));
  } catch (const nlohmann::json::exception& error) {
    return Corrupt("{}: {}; delete the folder or write to another one",
                   (folder / kManifestName).string(), error.what());
  }
}

Status CheckMediaCount(std::string_view option, int64_t value, int64_t most) {
  if (value < 1 || value > most)
    return Invalid("{} must be between 1 and {}, not {}", option, most, value);
  return {};
}

Status CheckMediaRanges(const MediaOptions& options, const MediaArguments& arguments) {
  TRY(CheckMediaCount("--assets", arguments.assets, 10000000));
  TRY(CheckMediaCount("--devices", arguments.devices, 100000000));
  TRY(CheckMediaCount("--deliveries", arguments.deliveries, kMaxMediaCount));
  TRY(CheckMediaCount("--metrics", arguments.metrics, kMaxMediaCount));
  TRY(CheckMediaCount("--days", options.days, 366));
  if (arguments.dirty_millionths < 0 || arguments.dirty_millionths > 500000) {
    return Invalid("--dirty-share must be between 0 and 0.5, not {}",
                   ShareText(arguments.dirty_millionths));
  }
  return {};
}

template <typename T, typename U>
Status TakeOption(std::string_view option, const std::optional<T>& given, bool fixed, U& value) {
  if (!given) return {};
  if (fixed && static_cast<U>(*given) != value) {
    return Invalid(
        "{} is {}, but the data there was made with {}; leave the option out, write to another "
        "folder, or replace the data with --overwrite",
        option, *given, value);
  }
  value = static_cast<U>(*given);
  return {};
}

Result<MediaArguments> ResolveMediaArguments(const MediaOptions& options,
                                             const Existing* existing) {
  const bool fixed = existing != nullptr;
  MediaArguments arguments = fixed ? existing->arguments : MediaArguments();
  TRY(TakeOption("--assets", options.assets, fixed, arguments.assets));
  TRY(TakeOption("--devices", options.devices, fixed, arguments.devices));
  TRY(TakeOption("--deliveries", options.deliveries, fixed, arguments.deliveries));
  TRY(TakeOption("--metrics", options.metrics, fixed, arguments.metrics));
  TRY(TakeOption("--seed", options.seed, fixed, arguments.seed));
  if (fixed && options.dirty_millionths &&
      *options.dirty_millionths != arguments.dirty_millionths) {
    return Invalid(
        "--dirty-share is {}, but the data there was made with {}; leave the option out, write to "
        "another folder, or replace the data with --overwrite",
        ShareText(*options.dirty_millionths), ShareText(arguments.dirty_millionths));
  }
  if (options.dirty_millionths) arguments.dirty_millionths = *options.dirty_millionths;
  if (!fixed && options.day) arguments.start_day = *options.day;
  TRY(CheckMediaRanges(options, arguments));
  return arguments;
}

// One file to write.
struct MediaFile {
  MediaTable table = MediaTable::kAssets;
  engine::BatchFormat format = engine::BatchFormat::kParquet;
  std::string path;                   // Below the output folder.
  std::filesystem::path staged_path;  // Where it is written.
  std::array<int64_t, kMediaFaults> faults{};
  int64_t rows = 0;
};

// Makes the files of one day, in parallel.
class DayWork {
 public:
  DayWork(const MediaOptions& options, const MediaModel& model, engine::BatchWriter& writer,
          int day)
      : options_(options),
        model_(model),
        writer_(writer),
        day_(day),
        text_(types::DateText({model.arguments().start_day + day})),
        deliveries_(model),
        views_(model) {
    // The large tables first.
    for (const MediaTable table : {MediaTable::kDelivery, MediaTable::kMetrics, MediaTable::kAssets,
                                   MediaTable::kDevices, MediaTable::kGeo}) {
      for (const engine::BatchFormat format : kMediaFormats) {
        files_.push_back({.table = table,
                          .format = format,
                          .path = PathOf(format, table, text_),
                          .staged_path = {}});
      }
    }
  }

  // Runs all files; the first error stops the rest.
  Status Run(OutputFolder& folder) {
    for (MediaFile& file : files_) file.staged_path = folder.Stage(file.path);
    const size_t wanted = options_.threads > 0 ? static_cast<size_t>(options_.threads)
                                               : std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::thread> threads;
    for (size_t index = 0; index < std::min(wanted, files_.size()); ++index) {
      threads.emplace_back([this] { WorkThread(); });
    }
    for (std::thread& thread : threads) thread.join();
    if (error_) return *error_;
    return {};
  }

  // The day in the manifest; its files are complete.
  Json ToJson(const std::filesystem::path& folder) const {
    Json tables = Json::object();
    for (const MediaTable table : kMediaTables) {
      tables[std::string(TableName(table))] = TableJson(table, folder);
    }
    Json truth = views_.ToJson();
    const Json of_deliveries = deliveries_.ToJson();
    for (const char* key : {"delivery", "delivery_by_cdn"}) truth[key] = of_deliveries[key];
    return {{"date", text_}, {"tables", std::move(tables)}, {"truth", std::move(truth)}};
  }

  const std::vector<MediaFile>& files() const { return files_; }
  const std::string& text() const { return text_; }

 private:
  void WorkThread() {
    while (!stop_) {
      const size_t index = next_file_.fetch_add(1);
      if (index >= files_.size()) break;
      Status status = MakeFile(files_[index]);
      if (status) continue;
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::move(status).error();
      stop_ = true;
    }
  }

  Status MakeFile(MediaFile& file) {
    const MediaRows rows(model_, file.table, day_);
    int64_t next = 0;
    int64_t reported = 0;
    const engine::FillBatch fill = [&](engine::OutputBatch& batch) -> Result<size_t> {
      if (next - reported >= kReportRows || next == rows.size()) {
        TRY(Report(next - reported));
        reported = next;
      }
      const auto left = static_cast<size_t>(rows.size() - next);
      const size_t count = std::min(batch.capacity(), left);
      for (size_t row = 0; row < count; ++row, ++next) {
        ++file.faults[static_cast<size_t>(rows.Put(next, row, batch))];
        // Counted once; the other format has the same rows.
        if (file.format == engine::BatchFormat::kParquet) AddToTruth(file.table, next);
      }
      return count;
    };
    file.rows = TRY(writer_.Write({.path = file.staged_path.string(),
                                   .format = file.format,
                                   .columns = MediaColumns(file.table, day_)},
                                  fill));
    return {};
  }

  // Each of the two totals belongs to one file, and so to one thread.
  void AddToTruth(MediaTable table, int64_t row) {
    if (table == MediaTable::kDelivery) deliveries_.Add(model_.Delivery(day_, row));
    if (table == MediaTable::kMetrics) views_.Add(model_.Metric(day_, row));
  }

  Status Report(int64_t rows) {
    if (stop_ || (options_.cancelled != nullptr && *options_.cancelled)) {
      return Cancelled("stopped; no file of {} was kept", text_);
    }
    const MediaArguments& arguments = model_.arguments();
    const std::lock_guard lock(mutex_);
    done_rows_ += rows;
    const int64_t about = 2 * (arguments.deliveries + arguments.metrics + arguments.assets);
    if (options_.progress) options_.progress(done_rows_, std::max(about, done_rows_));
    return {};
  }

  Json TableJson(MediaTable table, const std::filesystem::path& folder) const {
    Json files = Json::array();
    Json faults = Json::object();
    int64_t rows = 0;
    int64_t clean = 0;
    for (const MediaFile& file : files_) {
      if (file.table != table) continue;
      std::error_code ignored;
      const auto bytes = std::filesystem::file_size(folder / file.path, ignored);
      files.push_back({{"path", file.path}, {"rows", file.rows}, {"bytes", bytes}});
      rows = file.rows;
      clean = file.faults[0];
      for (size_t number = 1; number < kMediaFaults; ++number) {
        faults[std::string(FaultName(static_cast<MediaFault>(number)))] = file.faults[number];
      }
    }
    return {{"rows", rows}, {"clean_rows", clean}, {"faults", faults}, {"files", files}};
  }

  const MediaOptions& options_;
  const MediaModel& model_;
  engine::BatchWriter& writer_;
  const int day_;
  const std::string text_;
  MediaTruth deliveries_;
  MediaTruth views_;
  std::vector<MediaFile> files_;
  std::atomic<size_t> next_file_{0};
  std::atomic<bool> stop_{false};

  std::mutex mutex_;
  int64_t done_rows_ = 0;       // Guarded by mutex_.
  std::optional<Error> error_;  // Guarded by mutex_.
};

// Days asked for, from 0: the first that is not there yet, up to the last.
struct DayRange {
  int first = 0;
  int last = 0;
};

Result<DayRange> RangeOf(const MediaOptions& options, const MediaArguments& arguments, int known) {
  DayRange range;
  range.first = options.day ? *options.day - arguments.start_day : known;
  range.last = range.first + options.days - 1;
  const auto text = [&](int day) { return types::DateText({arguments.start_day + day}); };
  if (range.first < 0) {
    return Invalid("{} is before {}, the first day of the data in {}", text(range.first), text(0),
                   options.out.string());
  }
  if (range.first > known) {
    return Invalid("{} comes after {}, which is not there; write that day first", text(range.first),
                   text(range.first - 1));
  }
  return range;
}

}  // namespace

Result<MediaReport> GenerateMedia(const MediaOptions& options) {
  std::optional<Existing> existing = TRY(ReadExisting(options.out));
  if (existing && options.overwrite) {
    TRY(ResolveMediaArguments(options, nullptr));
    TRY(RemoveDataSet(options.out, existing->FilePaths()));
    existing.reset();
  }
  if (existing) TRY(CheckFilesThere(options.out, existing->FilePaths()));
  const MediaArguments arguments =
      TRY(ResolveMediaArguments(options, existing ? &*existing : nullptr));
  std::vector<Json> days = existing ? existing->days : std::vector<Json>();
  const DayRange range = TRY(RangeOf(options, arguments, static_cast<int>(days.size())));
  const MediaModel model(arguments);
  const std::unique_ptr<engine::BatchWriter> writer = TRY(engine::BatchWriter::Open());
  MediaReport report;
  for (int day = range.first; day <= range.last; ++day) {
    if (day < static_cast<int>(days.size())) {
      report.known_days.push_back(types::DateText({arguments.start_day + day}));
      continue;
    }
    OutputFolder folder = TRY(OutputFolder::Prepare(
        options.out, MediaFolders(), Existing{.arguments = arguments, .days = days}.FilePaths()));
    DayWork work(options, model, *writer, day);
    TRY(work.Run(folder));
    TRY(folder.Publish());
    days.push_back(work.ToJson(options.out));
    TRY(WriteManifestJson(options.out, {{"generator", "media"},
                                        {"format_version", 1},
                                        {"arguments", MediaArgumentsJson(arguments)},
                                        {"days", days}}));
    report.days.push_back(work.text());
    for (const auto& [table, facts] : days.back()["tables"].items()) {
      for (const Json& file : facts["files"]) {
        report.files.push_back(
            {.path = file["path"], .rows = file["rows"], .size_bytes = file["bytes"]});
      }
    }
  }
  return report;
}

}  // namespace lakesmith::generate
