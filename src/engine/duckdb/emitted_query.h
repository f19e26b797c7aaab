#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "delta/snapshot.h"
#include "delta/table.h"
#include "engine/row_stream.h"
#include "types/data_type.h"

namespace lakesmith::engine {

// Hidden columns of every scan of Delta and Parquet files: not part of `*`, read by naming them.
// Path as the log has it (of a FileScan: as given), VARCHAR.
inline constexpr const char* kFilePathColumn = "__file_path";
// Position of the file in the snapshot's list of files (of a FileScan: in `files`), BIGINT.
inline constexpr const char* kFileIndexColumn = "__file_index";
// Position of the row in its file, from 0, deleted rows counted, BIGINT.
inline constexpr const char* kRowIndexColumn = "__row_index";

// What of Spark's `_metadata` is the same for all rows of a file, STRUCT of FileMetadataFields().
inline constexpr const char* kFileMetadataColumn = "__file_metadata";
// file_path, file_name, file_size, file_block_start, file_block_length, file_modification_time.
std::vector<types::StructField> FileMetadataFields();

// One version of a Delta table. Columns: the table's logical schema.
struct DeltaScan {
  delta::Table table;  // Deletion vectors are read through its store.
  delta::SnapshotPtr snapshot;
  // Restricts the scan to these files (`path` values as in the snapshot); nullopt for all.
  std::optional<std::vector<std::string>> only_files;
};

enum class FileFormat { kParquet, kCsv, kJson };

// A list of files read with a declared schema: columns by name, missing ones null, others ignored.
struct FileScan {
  FileFormat format = FileFormat::kParquet;
  std::vector<std::string> files;  // Absolute paths, in order.
  std::vector<types::StructField> columns;
  // Reader options in the engine's own terms, e.g. {"delim", ";"}, {"header", "true"}.
  std::vector<std::pair<std::string, std::string>> options;
  // Gives __file_metadata as a last column. Of text files only: Parquet files have it hidden.
  bool with_metadata = false;
};

// Rows held in memory.
struct RowsScan {
  std::vector<types::StructField> columns;
  std::shared_ptr<const std::vector<Row>> rows;
};

// Rows that are made while they are read, once, by one thread.
struct StreamScan {
  std::vector<types::StructField> columns;
  // Fills `row` and says true, or says false at the end.
  std::function<Result<bool>(Row* row)> next;
};

// What `lakesmith_scan('<id>')` in the text of a query stands for.
struct ScanBinding {
  std::string id;
  std::variant<DeltaScan, FileScan, RowsScan, StreamScan> source;
};

// A query in the embedded engine's language with all that its text refers to.
struct EmittedQuery {
  std::string sql;  // One statement.
  std::vector<ScanBinding> scans;
  // Names of native functions that the text calls; registered before it is prepared.
  std::vector<std::string> native_functions;
  // Spark's names and types of the result, one per column of the text's result. Empty: taken from
  // the engine.
  std::vector<types::StructField> columns;
  // SELECT * without FROM: rows without columns. The text's result has one that is not shown.
  bool without_columns = false;
};

}  // namespace lakesmith::engine
