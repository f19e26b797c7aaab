// The column `_metadata` of scans.
#include <fmt/format.h>
#include <sys/stat.h>

#include "connect/file_listing.h"
#include "engine/duckdb/scan_metadata_internal.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/write_plan_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::LogicalType;

struct SizeAndTime {
  ::duckdb::Value size{LogicalType::BIGINT};
  ::duckdb::Value time{LogicalType::TIMESTAMP_TZ};
};

::duckdb::Value Instant(int64_t micros) {
  return ::duckdb::Value::TIMESTAMPTZ(::duckdb::timestamp_tz_t(micros));
}

SizeAndTime Ask(const ScanFile& file) {
  SizeAndTime result;
  if (file.add != nullptr) {
    result.size = ::duckdb::Value::BIGINT(file.add->size_bytes);
    result.time = Instant(file.add->modified_ms * 1000);
    return result;
  }
  struct stat state{};
  if (::stat(file.open_path.c_str(), &state) != 0) return result;
  result.size = ::duckdb::Value::BIGINT(state.st_size);
  result.time = Instant(state.st_mtim.tv_sec * 1'000'000 + state.st_mtim.tv_nsec / 1000);
  return result;
}

}  // namespace

LogicalType FileMetadataType() {
  ::duckdb::child_list_t<LogicalType> fields;
  for (const types::StructField& field : FileMetadataFields()) {
    fields.emplace_back(field.name, ToDuckType(field.type));
  }
  return LogicalType::STRUCT(std::move(fields));
}

::duckdb::Value FileMetadata(const ScanFile& file) {
  const connect::InputFile named{.path = file.open_path};
  const SizeAndTime asked = Ask(file);
  return ::duckdb::Value::STRUCT(
      FileMetadataType(), {::duckdb::Value(named.Uri()), ::duckdb::Value(named.Name()), asked.size,
                           ::duckdb::Value::BIGINT(0), asked.size, asked.time});
}

std::string WithFileMetadata(const std::string& sql, const std::vector<std::string>& files) {
  std::string rows;
  for (const std::string& path : files) {
    rows += fmt::format("{}({}, {})", rows.empty() ? "" : ", ", QuoteText(path),
                        FileMetadata({.open_path = path, .shown_path = path}).ToSQLString());
  }
  return fmt::format(
      "SELECT r.* EXCLUDE ({0}), m.{1} FROM ({2}) AS r LEFT JOIN (VALUES {3}) AS m({0}, {1}) "
      "USING ({0})",
      kFilePathColumn, kFileMetadataColumn, sql, rows);
}

}  // namespace lakesmith::engine
