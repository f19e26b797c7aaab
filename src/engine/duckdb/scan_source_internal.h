#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "delta/data_skipping.h"
#include "delta/predicate.h"
#include "engine/duckdb/duckdb_internal.h"
#include "engine/duckdb/emitted_query.h"
#include "engine/duckdb/scan_schema_internal.h"

namespace lakesmith::engine {

// One file that a scan may read.
struct ScanFile {
  std::string open_path;   // What the engine opens.
  std::string shown_path;  // What __file_path says.
  int64_t index = 0;       // What __file_index says.
  delta::AddFilePtr add;   // Null for plain files.
};

// What a scan reads, common to all its copies. Immutable.
class ScanSource {
 public:
  // Throws an engine exception for what the binding asks and a scan cannot do.
  static std::shared_ptr<const ScanSource> FromBinding(const ScanBinding& binding);

  const std::vector<types::StructField>& columns() const { return columns_; }
  const ColumnDefinitions& global_columns() const { return global_columns_; }
  delta::ColumnMappingMode mapping() const { return mapping_; }
  const std::vector<ScanFile>& files() const { return files_; }
  // "sales@v12" or "3 files": for EXPLAIN.
  const std::string& label() const { return label_; }
  // Null for plain files.
  const delta::Snapshot* snapshot() const { return snapshot_.get(); }

  // The value of a column that is one for a whole file; nullopt for columns that are stored.
  std::optional<::duckdb::Value> PartitionConstant(const ScanFile& file, size_t column) const;
  // The filter for rows that are deleted; null when there is none.
  ::duckdb::unique_ptr<::duckdb::DeleteFilter> DeletedRows(const ScanFile& file) const;
  // Rows of the file at `position` less the deleted ones, when the log says. Any thread.
  std::optional<int64_t> LiveRows(uint32_t position) const;

 private:
  void SetColumns(std::vector<types::StructField> columns);

  std::vector<types::StructField> columns_;
  ColumnDefinitions global_columns_;
  delta::ColumnMappingMode mapping_ = delta::ColumnMappingMode::kNone;
  std::vector<ScanFile> files_;
  std::string label_;
  delta::Table table_;
  delta::SnapshotPtr snapshot_;
  mutable std::once_flag counted_;
  mutable std::vector<std::optional<int64_t>> live_rows_;  // By file, filled once.
};

// The files of a scan that are left after pruning.
class ScanFileList : public ::duckdb::MultiFileList {
 public:
  explicit ScanFileList(std::shared_ptr<const ScanSource> source);
  ScanFileList(std::shared_ptr<const ScanSource> source, std::vector<uint32_t> selected)
      : source_(std::move(source)), selected_(std::move(selected)) {}

  const ScanSource& source() const { return *source_; }
  const std::shared_ptr<const ScanSource>& shared_source() const { return source_; }
  const std::vector<uint32_t>& selected() const { return selected_; }
  // Rows of the selected files when all are known.
  std::optional<uint64_t> LiveRows() const;

  ::duckdb::unique_ptr<::duckdb::MultiFileList> ComplexFilterPushdown(
      ::duckdb::ClientContext& context, const ::duckdb::MultiFileOptions& options,
      ::duckdb::MultiFilePushdownInfo& info,
      ::duckdb::vector<::duckdb::unique_ptr<::duckdb::Expression>>& filters) const override;
  ::duckdb::unique_ptr<::duckdb::MultiFileList> DynamicFilterPushdown(
      ::duckdb::ClientContext& context, const ::duckdb::MultiFileOptions& options,
      const ::duckdb::vector<std::string>& names,
      const ::duckdb::vector<::duckdb::LogicalType>& types,
      const ::duckdb::vector<::duckdb::column_t>& column_ids,
      ::duckdb::TableFilterSet& filters) const override;

  ::duckdb::vector<::duckdb::OpenFileInfo> GetAllFiles() const override;
  ::duckdb::FileExpandResult GetExpandResult() const override;
  ::duckdb::idx_t GetTotalFileCount() const override { return selected_.size(); }
  ::duckdb::MultiFileCount GetFileCount(::duckdb::idx_t min_exact_count) const override;
  ::duckdb::vector<::duckdb::OpenFileInfo> GetDisplayFileList(
      ::duckdb::optional_idx max_files) const override;
  ::duckdb::unique_ptr<::duckdb::NodeStatistics> GetCardinality(
      ::duckdb::ClientContext& context) const override;
  ::duckdb::unique_ptr<::duckdb::MultiFileList> Copy() const override;

 protected:
  ::duckdb::OpenFileInfo GetFile(::duckdb::idx_t i) const override;

 private:
  // The files of this list that may hold a row that fulfils `predicate`; null when it rules out
  // none.
  ::duckdb::unique_ptr<ScanFileList> Prune(const delta::Predicate& predicate) const;

  std::shared_ptr<const ScanSource> source_;
  std::vector<uint32_t> selected_;  // Positions in the source's files, ascending.
};

// The file that a list handed out as `info`.
const ScanFile& FileOf(const ScanSource& source, const ::duckdb::OpenFileInfo& info);

}  // namespace lakesmith::engine
