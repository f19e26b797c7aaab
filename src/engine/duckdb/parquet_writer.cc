// Connection::WriteParquet: COPY into a staging folder below the table, statistics from what COPY
// returns, then each file moves to its final name.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <system_error>
#include <utility>

#include "base/crash_point.h"
#include "delta/column_mapping.h"
#include "delta/partition_values.h"
#include "delta/paths.h"
#include "engine/duckdb/connection_internal.h"
#include "engine/duckdb/error_mapping_internal.h"
#include "engine/duckdb/reinterpret_internal.h"
#include "engine/duckdb/split_copy_internal.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/value_conversion_internal.h"
#include "engine/duckdb/write_plan_internal.h"

namespace lakesmith::engine {
namespace {

namespace fs = std::filesystem;
using types::StructField;
using types::Value;

// A folder for files that are being written; whatever is left in it goes away with it.
class StagingFolder {
 public:
  explicit StagingFolder(fs::path path) : path_(std::move(path)) {}
  ~StagingFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Error SystemError(std::string_view what, const fs::path& path, int number) {
  return Unavailable("{}: {}: {}", path.string(), what, std::generic_category().message(number));
}

Status SyncPath(const fs::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return SystemError("cannot open", path, errno);
  const int failed = ::fsync(file);
  const int number = errno;
  ::close(file);
  if (failed != 0) return SystemError("cannot sync", path, number);
  return {};
}

// Two characters that spread files over folders of an object store.
std::string RandomPrefix() {
  static constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::string prefix;
  for (int i = 0; i < 2; ++i) prefix += kDigits[random() % kDigits.size()];
  return prefix;
}

std::string CodecSuffix(ParquetCompression compression) {
  switch (compression) {
    case ParquetCompression::kZstd:
      return ".zstd";
    case ParquetCompression::kSnappy:
      return ".snappy";
    case ParquetCompression::kUncompressed:
      return "";
  }
  return "";
}

// Statistics of one file by the engine's name of a leaf: {"min": "1", "null_count": "0", ...}.
using FileStatistics = std::map<std::string, std::map<std::string, ::duckdb::Value>>;

std::vector<std::pair<::duckdb::Value, ::duckdb::Value>> MapEntries(const ::duckdb::Value& map) {
  std::vector<std::pair<::duckdb::Value, ::duckdb::Value>> entries;
  if (map.IsNull()) return entries;
  for (const ::duckdb::Value& entry : ::duckdb::MapValue::GetChildren(map)) {
    const auto& pair = ::duckdb::StructValue::GetChildren(entry);
    entries.emplace_back(pair[0], pair[1]);
  }
  return entries;
}

FileStatistics ParseStatistics(const ::duckdb::Value& map) {
  FileStatistics statistics;
  for (const auto& [column, values] : MapEntries(map)) {
    auto& column_statistics = statistics[column.ToString()];
    for (const auto& [name, value] : MapEntries(values)) {
      column_statistics[name.ToString()] = value;
    }
  }
  return statistics;
}

FileStatistics ToFileStatistics(const ::duckdb::CopyFunctionFileStatistics& written) {
  FileStatistics statistics;
  for (const auto& [column, values] : written.column_statistics) {
    for (const auto& [name, value] : values) statistics[column][name] = value;
  }
  return statistics;
}

// A file as COPY left it in the staging folder.
struct StagedFile {
  fs::path path;
  int64_t row_count = 0;
  int64_t size_bytes = 0;
  FileStatistics statistics;
  ::duckdb::Value partition_keys;
};

// The value that the engine wrote as `text`.
Result<Value> ParseBound(const ::duckdb::Value& text, const types::DataType& type) {
  ::duckdb::Value bound = text.DefaultCastAs(ToDuckType(type));
  return FromDuckValue(bound, type);
}

Result<delta::ColumnStatistics> StatisticsOf(const delta::StatisticsColumn& column,
                                             const FileStatistics& file) {
  delta::ColumnStatistics result;
  const auto found = file.find(StatisticsKey(column.physical_path));
  if (column.type.is(types::TypeId::kVoid) || found == file.end()) return result;
  const auto& values = found->second;
  if (const auto nulls = values.find("null_count"); nulls != values.end()) {
    result.null_count = std::stoll(nulls->second.ToString());
  }
  const auto nan = values.find("has_nan");
  if (!column.has_bounds || (nan != values.end() && nan->second.ToString() == "true")) {
    return result;
  }
  const auto min = values.find("min");
  const auto max = values.find("max");
  if (min == values.end() || max == values.end()) return result;
  result.min = TRY(ParseBound(min->second, column.type));
  result.max = TRY(ParseBound(max->second, column.type));
  return result;
}

// The SQL expression of a leaf of a stored file.
std::string LeafExpression(const std::vector<std::string>& physical_path) {
  return StatisticsKey(physical_path);
}

}  // namespace

// One WriteParquet call.
class ParquetWrite {
 public:
  ParquetWrite(::duckdb::Connection& connection, const WriteSpec& spec)
      : connection_(connection),
        spec_(spec),
        folder_(spec.subfolder.empty() ? fs::path(spec.root)
                                       : fs::path(spec.root) / spec.subfolder),
        staging_(folder_ / ("staging-" + delta::NewUuid())) {}

  Status MakeFolders() {
    std::error_code error;
    fs::create_directories(staging_.path(), error);
    if (error) return SystemError("cannot make the folder", staging_.path(), error.value());
    return {};
  }

  const fs::path& staging() const { return staging_.path(); }

  // Completes what is known of a file and moves it in place.
  Result<WrittenFile> Publish(const StagedFile& staged) {
    WrittenFile file;
    file.row_count = staged.row_count;
    file.size_bytes = staged.size_bytes;
    file.partition_values = TRY(PartitionValues(staged.partition_keys));
    file.statistics = TRY(Statistics(staged));
    const fs::path name = TRY(FinalName(file));
    TRY(SyncPath(staged.path, O_RDONLY));
    CrashPoint();
    TRY(Move(staged.path, folder_ / name));
    CrashPoint();
    published_.push_back(folder_ / name);
    file.path = (spec_.subfolder.empty() ? name : fs::path(spec_.subfolder) / name).string();
    file.modification_time_millis = TRY(ModificationTime(folder_ / name));
    return file;
  }

  // Makes the new names durable.
  Status SyncFolders() {
    for (const fs::path& folder : touched_folders_) TRY(SyncPath(folder, O_RDONLY | O_DIRECTORY));
    return {};
  }

  // Removes what was published: for when the write as a whole fails.
  void Undo() {
    std::error_code ignored;
    for (const fs::path& path : published_) fs::remove(path, ignored);
  }

 private:
  Result<std::vector<std::pair<std::string, Value>>> PartitionValues(
      const ::duckdb::Value& keys) const {
    std::map<std::string, ::duckdb::Value> texts;
    for (const auto& [name, text] : MapEntries(keys)) texts[name.ToString()] = text;
    std::vector<std::pair<std::string, Value>> values;
    for (const std::string& name : spec_.partition_columns) {
      const types::DataType& type = ColumnType(name);
      const ::duckdb::Value& text = texts[name];
      Value value;
      if (!text.IsNull()) value = TRY(ParseBound(text, type));
      values.emplace_back(name, std::move(value));
    }
    return values;
  }

  const types::DataType& ColumnType(const std::string& name) const {
    for (const StructField& field : spec_.columns) {
      if (field.name == name) return field.type;
    }
    static const types::DataType kNone;
    return kNone;
  }

  Result<std::vector<delta::ColumnStatistics>> Statistics(const StagedFile& staged) {
    const std::set<std::string> inexact = TRY(InexactColumns(staged.path));
    std::vector<delta::ColumnStatistics> statistics;
    for (const delta::StatisticsColumn& column : spec_.statistics_columns) {
      delta::ColumnStatistics one = TRY(StatisticsOf(column, staged.statistics));
      if (column.has_bounds && inexact.contains(StatisticsKey(column.physical_path))) {
        TRY(ExactBounds(staged.path, column, one));
      }
      statistics.push_back(std::move(one));
    }
    return statistics;
  }

  bool HasTextStatistics() const {
    for (const delta::StatisticsColumn& column : spec_.statistics_columns) {
      if (column.has_bounds && column.type.IsString()) return true;
    }
    return false;
  }

  // Keys of columns whose bounds the writer cut, because they have long strings.
  Result<std::set<std::string>> InexactColumns(const fs::path& staged) {
    std::set<std::string> columns;
    if (!HasTextStatistics()) return columns;
    auto result = connection_.Query(fmt::format(
        "SELECT DISTINCT path_in_schema FROM parquet_metadata({}) WHERE type = 'BYTE_ARRAY' AND "
        "num_values > stats_null_count AND NOT (coalesce(min_is_exact, false) AND "
        "coalesce(max_is_exact, false))",
        QuoteText(staged.string())));
    if (result->HasError()) return FromDuckError(result->GetErrorObject());
    std::set<std::string> paths;
    for (::duckdb::idx_t i = 0; i < result->RowCount(); ++i) {
      paths.insert(result->GetValue(0, i).ToString());
    }
    for (const delta::StatisticsColumn& column : spec_.statistics_columns) {
      if (paths.contains(fmt::format("{}", fmt::join(column.physical_path, ", "))) ||
          paths.contains(fmt::format("{}", fmt::join(column.physical_path, ".")))) {
        columns.insert(StatisticsKey(column.physical_path));
      }
    }
    return columns;
  }

  Status ExactBounds(const fs::path& staged, const delta::StatisticsColumn& column,
                     delta::ColumnStatistics& statistics) {
    const std::string leaf = LeafExpression(column.physical_path);
    auto result = connection_.Query(fmt::format("SELECT min({0}), max({0}) FROM read_parquet({1})",
                                                leaf, QuoteText(staged.string())));
    if (result->HasError()) return FromDuckError(result->GetErrorObject());
    statistics.min = TRY(FromDuckValue(result->GetValue(0, 0), column.type));
    statistics.max = TRY(FromDuckValue(result->GetValue(1, 0), column.type));
    return {};
  }

  // Where the file goes, relative to `folder_`.
  Result<fs::path> FinalName(const WrittenFile& file) {
    const std::string name = fmt::format("part-{:05}-{}.c000{}.parquet", published_.size(),
                                         delta::NewUuid(), CodecSuffix(spec_.compression));
    if (spec_.random_prefix) return fs::path(RandomPrefix()) / name;
    delta::PartitionValues texts;
    for (const auto& [column, value] : file.partition_values) {
      auto text = TRY(delta::PartitionValueText(value, ColumnType(column)));
      texts.push_back({.name = column, .value = std::move(text)});
    }
    return fs::path(delta::PartitionFolder(texts)) / name;
  }

  Status Move(const fs::path& from, const fs::path& to) {
    std::error_code error;
    for (fs::path folder = to.parent_path(); folder != folder_.parent_path();
         folder = folder.parent_path()) {
      touched_folders_.insert(folder);
    }
    fs::create_directories(to.parent_path(), error);
    if (error) return SystemError("cannot make the folder", to.parent_path(), error.value());
    fs::rename(from, to, error);
    if (error) return SystemError("cannot move a file to", to, error.value());
    return {};
  }

  static Result<int64_t> ModificationTime(const fs::path& path) {
    std::error_code error;
    const auto time = fs::last_write_time(path, error);
    if (error) return SystemError("cannot read the time of", path, error.value());
    const auto system_time = std::chrono::file_clock::to_sys(time);
    return std::chrono::duration_cast<std::chrono::milliseconds>(system_time.time_since_epoch())
        .count();
  }

  ::duckdb::Connection& connection_;
  const WriteSpec& spec_;
  const fs::path folder_;
  StagingFolder staging_;
  std::vector<fs::path> published_;
  std::set<fs::path> touched_folders_;
};

namespace {

// The files of a finished COPY: those that it returned, and those that were split off.
std::vector<StagedFile> StagedFiles(::duckdb::QueryResult& result, const SplitFiles& split) {
  std::vector<StagedFile> files;
  std::map<std::string, ::duckdb::Value> partition_keys;
  while (auto chunk = result.Fetch()) {
    if (chunk->size() == 0) break;
    for (::duckdb::idx_t i = 0; i < chunk->size(); ++i) {
      const std::string path = chunk->GetValue(0, i).ToString();
      partition_keys[path] = chunk->GetValue(5, i);
      files.push_back({.path = path,
                       .row_count = chunk->GetValue(1, i).GetValue<int64_t>(),
                       .size_bytes = chunk->GetValue(2, i).GetValue<int64_t>(),
                       .statistics = ParseStatistics(chunk->GetValue(4, i)),
                       .partition_keys = chunk->GetValue(5, i)});
    }
  }
  for (const SplitFile& file : split.files()) {
    files.push_back({.path = file.path,
                     .row_count = static_cast<int64_t>(file.statistics.row_count),
                     .size_bytes = static_cast<int64_t>(file.statistics.file_size_bytes),
                     .statistics = ToFileStatistics(file.statistics),
                     .partition_keys = partition_keys[file.first_path]});
  }
  return files;
}

Result<std::vector<WrittenFile>> PublishAll(ParquetWrite& write,
                                            const std::vector<StagedFile>& staged) {
  std::vector<WrittenFile> files;
  for (const StagedFile& one : staged) {
    if (one.row_count == 0) continue;
    WrittenFile file = TRY(write.Publish(one));
    files.push_back(std::move(file));
  }
  TRY(write.SyncFolders());
  return files;
}

// Variants that are written must be the ones that are read, for as long as the query runs.
class ExactVariantsScope {
 public:
  ExactVariantsScope(::duckdb::ClientContext& context, const WriteSpec& spec)
      : state_(ExactVariants::Get(context)) {
    state_.wanted = std::ranges::any_of(
        spec.columns, [](const StructField& column) { return ContainsVariant(column.type); });
  }
  ~ExactVariantsScope() { state_.wanted = false; }
  ExactVariantsScope(const ExactVariantsScope&) = delete;
  ExactVariantsScope& operator=(const ExactVariantsScope&) = delete;

 private:
  static bool ContainsVariant(const types::DataType& type) {
    switch (type.id()) {
      case types::TypeId::kVariant:
        return true;
      case types::TypeId::kArray:
        return ContainsVariant(type.element());
      case types::TypeId::kMap:
        return ContainsVariant(type.key()) || ContainsVariant(type.value());
      case types::TypeId::kStruct:
        return std::ranges::any_of(
            type.fields(), [](const StructField& field) { return ContainsVariant(field.type); });
      default:
        return false;
    }
  }

  ExactVariants& state_;
};

}  // namespace

Result<std::vector<WrittenFile>> ConnectionImpl::WriteParquet(const EmittedQuery& query,
                                                              const WriteSpec& spec) {
  TRY(Prepare(query));
  instance_->EnsureScans();
  ParquetWrite write(*connection_, spec);
  TRY(write.MakeFolders());
  const std::string copy = TRY(CopyStatement(query.sql, spec, write.staging().string()));
  SplitFiles& split = SplitFiles::Get(*connection_->context);
  split.Clear();
  const ExactVariantsScope exact(*connection_->context, spec);
  std::unique_ptr<::duckdb::QueryResult> result = TRY(Start(copy, false));
  try {
    Result<std::vector<WrittenFile>> files = PublishAll(write, StagedFiles(*result, split));
    if (!files) write.Undo();
    return files;
  } catch (const std::exception& exception) {
    write.Undo();
    return FromDuckError(::duckdb::ErrorData(exception));
  }
}

}  // namespace lakesmith::engine
