#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/row_stream.h"
#include "types/data_type.h"

namespace lakesmith::delta {
class Snapshot;
}  // namespace lakesmith::delta

namespace lakesmith::engine {

// One version of a Delta table. Columns: the table's logical schema.
struct DeltaScan {
  std::shared_ptr<const delta::Snapshot> snapshot;
  // Adds __file_path (as in the log's `path`, decoded), __file_index and __row_index (physical
  // position in the file, deleted rows counted) after the table's columns. What DML needs to name a
  // row.
  bool with_row_position = false;
  // Restricts the scan to these files (log `path` values, as in the snapshot); nullopt for all.
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
  // Adds __file_path, __file_index and __row_index after the columns. Parquet only for __row_index.
  bool with_row_position = false;
};

// Rows held in memory.
struct RowsScan {
  std::vector<types::StructField> columns;
  std::shared_ptr<const std::vector<Row>> rows;
};

// What `lakesmith_scan('<id>')` in the text of a query stands for.
struct ScanBinding {
  std::string id;
  std::variant<DeltaScan, FileScan, RowsScan> source;
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
};

}  // namespace lakesmith::engine
