#include <algorithm>
#include <utility>
#include <vector>

#include "engine/duckdb/error_mapping_internal.h"
#include "engine/duckdb/scan_metadata_internal.h"
#include "engine/duckdb/text_scan_internal.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/write_plan_internal.h"

namespace lakesmith::engine {
namespace {

// More files than this are read by one call, and `_metadata` is joined to their rows, whose order
// is then not kept.
constexpr size_t kFilesReadOneByOne = 256;

std::string TextList(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + QuoteText(text);
  return "[" + list + "]";
}

std::vector<std::string> ColumnNames(const FileScan& scan) {
  std::vector<std::string> names;
  names.reserve(scan.columns.size());
  for (const types::StructField& column : scan.columns) names.push_back(column.name);
  return names;
}

bool HasHeader(const FileScan& scan) {
  return std::ranges::any_of(scan.options, [](const auto& option) {
    return option.first == "header" && ::duckdb::StringUtil::CIEquals(option.second, "true");
  });
}

std::string OptionsText(const FileScan& scan) {
  std::string text;
  for (const auto& [name, value] : scan.options)
    text += fmt::format(", {} = {}", name, QuoteText(value));
  return text;
}

// Options of read_csv by which the columns of several files come together.
std::string UnionText(const FileScan& scan) {
  std::string text = OptionsText(scan) + ", union_by_name = true, hive_partitioning = false";
  if (!HasHeader(scan)) text += ", names = " + TextList(ColumnNames(scan));
  return text;
}

// Every column that some of the files have, as its header spells it.
std::vector<std::string> ColumnsOfFiles(::duckdb::ClientContext& context, const FileScan& scan) {
  ::duckdb::Connection looking(*context.db);
  const auto result =
      looking.Query(fmt::format("SELECT * FROM read_csv({}{}, all_varchar = true, sample_size = 1) "
                                "LIMIT 0",
                                TextList(scan.files), UnionText(scan)));
  if (result->HasError()) {
    const std::string message = FromDuckError(result->GetErrorObject()).message();
    ThrowAsDuckError(Invalid("{}{} cannot be read as CSV with these options: {}",
                             scan.files.front(),
                             scan.files.size() > 1 ? " or a file beside it" : "",
                             message.substr(0, message.find('\n'))));
  }
  return result->names;
}

std::string DeclaredColumns(const FileScan& scan) {
  std::string columns;
  for (const types::StructField& column : scan.columns) {
    columns += fmt::format("{}{}: {}", columns.empty() ? "" : ", ", QuoteText(column.name),
                           QuoteText(ToDuckType(column.type).ToString()));
  }
  return columns;
}

std::string ReadDeclared(const FileScan& scan, std::string_view reader) {
  return fmt::format(
      "SELECT * FROM {}({}, columns = {{{}}}{}{})", reader, TextList(scan.files),
      DeclaredColumns(scan), OptionsText(scan),
      scan.with_metadata ? fmt::format(", filename = {}", QuoteText(kFilePathColumn)) : "");
}

std::string ReadCsv(::duckdb::ClientContext& context, const FileScan& scan) {
  const std::vector<std::string> present = ColumnsOfFiles(context, scan);
  std::string types;
  std::string items;
  for (const types::StructField& column : scan.columns) {
    const std::string type = ToDuckType(column.type).ToString();
    const auto found = std::ranges::find_if(present, [&](const std::string& name) {
      return ::duckdb::StringUtil::CIEquals(name, column.name);
    });
    if (found == present.end()) {
      items += fmt::format("NULL::{} AS {}, ", type, QuoteName(column.name));
      continue;
    }
    items += fmt::format("{} AS {}, ", QuoteName(*found), QuoteName(column.name));
    types += fmt::format("{}{}: {}", types.empty() ? "" : ", ", QuoteText(*found), QuoteText(type));
  }
  // Declared columns of which no header speaks stand for the files' own by their position.
  if (types.empty()) return ReadDeclared(scan, "read_csv");
  if (scan.with_metadata) items += fmt::format("{}, ", kFilePathColumn);
  items.resize(items.size() - 2);
  return fmt::format(
      "SELECT {} FROM read_csv({}, types = {{{}}}{}{})", items, TextList(scan.files), types,
      UnionText(scan),
      scan.with_metadata ? fmt::format(", filename = {}", QuoteText(kFilePathColumn)) : "");
}

std::string NoRows(const FileScan& scan) {
  std::string items;
  for (const types::StructField& column : scan.columns) {
    items +=
        fmt::format("NULL::{} AS {}, ", ToDuckType(column.type).ToString(), QuoteName(column.name));
  }
  if (scan.with_metadata) {
    items += fmt::format("NULL::{} AS {}, ", FileMetadataType().ToString(), kFileMetadataColumn);
  }
  items.resize(items.size() - 2);
  return fmt::format("SELECT {} LIMIT 0", items);
}

std::string ReadAll(::duckdb::ClientContext& context, const FileScan& scan) {
  return scan.format == FileFormat::kCsv ? ReadCsv(context, scan) : ReadDeclared(scan, "read_json");
}

}  // namespace

std::string TextScanSql(::duckdb::ClientContext& context, const FileScan& scan) {
  if (scan.files.empty()) return NoRows(scan);
  if (!scan.with_metadata) return ReadAll(context, scan);
  if (scan.files.size() > kFilesReadOneByOne)
    return WithFileMetadata(ReadAll(context, scan), scan.files);
  std::string sql;
  for (const std::string& path : scan.files) {
    FileScan one = scan;
    one.files = {path};
    one.with_metadata = false;
    sql += fmt::format("{}SELECT *, {} AS {} FROM ({})", sql.empty() ? "" : " UNION ALL ",
                       FileMetadata({.open_path = path, .shown_path = path}).ToSQLString(),
                       kFileMetadataColumn, ReadAll(context, one));
  }
  return sql;
}

}  // namespace lakesmith::engine
