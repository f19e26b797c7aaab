#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "delta/column_mapping.h"
#include "delta/deletion_vector.h"
#include "delta/partition_values.h"
#include "delta/row_bitmap.h"
#include "delta/statistics.h"
#include "engine/duckdb/error_mapping_internal.h"
#include "engine/duckdb/scan_filter_internal.h"
#include "engine/duckdb/scan_source_internal.h"
#include "engine/duckdb/value_conversion_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::idx_t;
using ::duckdb::OpenFileInfo;
using ::duckdb::unique_ptr;
using types::StructField;

// Key of OpenFileInfo's options: position of the file in ScanSource::files().
constexpr const char* kPositionOption = "lakesmith_position";

// Hides the rows of a deletion vector from the Parquet reader.
class DeletedRowsFilter : public ::duckdb::DeleteFilter {
 public:
  explicit DeletedRowsFilter(delta::RowBitmap rows) : rows_(std::move(rows)) {}

  idx_t Filter(::duckdb::row_t first, idx_t count, ::duckdb::SelectionVector& selection) override {
    bool selected[STANDARD_VECTOR_SIZE];
    std::fill_n(selected, count, true);
    rows_.ClearSelected(static_cast<uint64_t>(first), count, selected);
    selection.Initialize(STANDARD_VECTOR_SIZE);
    idx_t kept = 0;
    for (idx_t i = 0; i < count; ++i) {
      selection.set_index(kept, i);
      kept += selected[i] ? 1 : 0;
    }
    return kept;
  }

 private:
  const delta::RowBitmap rows_;
};

OpenFileInfo OpenInfo(const ScanSource& source, uint32_t position) {
  const ScanFile& file = source.files()[position];
  OpenFileInfo info(file.open_path);
  info.extended_info = ::duckdb::make_shared_ptr<::duckdb::ExtendedOpenFileInfo>();
  info.extended_info->options[kPositionOption] = ::duckdb::Value::UINTEGER(position);
  return info;
}

std::string TableName(const std::string& root) {
  const size_t slash = root.find_last_of('/');
  return slash == std::string::npos ? root : root.substr(slash + 1);
}

// Positions of the files in the order they were written, so that rows come as they were inserted.
std::vector<size_t> OldestFirst(const std::vector<delta::AddFilePtr>& files) {
  std::vector<size_t> order(files.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t at) { return files[at]->modified_ms; });
  return order;
}

}  // namespace

const ScanFile& FileOf(const ScanSource& source, const OpenFileInfo& info) {
  const auto& options = info.extended_info->options;
  return source.files()[options.at(kPositionOption).GetValue<uint32_t>()];
}

void ScanSource::SetColumns(std::vector<StructField> columns) {
  columns_ = std::move(columns);
  global_columns_ = GlobalColumns(columns_);
}

std::shared_ptr<const ScanSource> ScanSource::FromBinding(const ScanBinding& binding) {
  auto source = std::make_shared<ScanSource>();
  if (const auto* scan = std::get_if<FileScan>(&binding.source)) {
    source->SetColumns(scan->columns);
    for (const std::string& path : scan->files) {
      const auto index = static_cast<int64_t>(source->files_.size());
      source->files_.push_back({.open_path = path, .shown_path = path, .index = index});
    }
    source->label_ = fmt::format("{} files", scan->files.size());
    return source;
  }
  const auto* scan = std::get_if<DeltaScan>(&binding.source);
  if (scan == nullptr) {
    throw ::duckdb::InvalidInputException("scan %s does not read files", binding.id);
  }
  const delta::Snapshot& snapshot = *scan->snapshot;
  source->table_ = scan->table;
  source->snapshot_ = scan->snapshot;
  source->mapping_ = snapshot.properties().column_mapping_mode;
  source->SetColumns(snapshot.schema().fields());
  std::optional<std::set<std::string>> wanted;
  if (scan->only_files) wanted.emplace(scan->only_files->begin(), scan->only_files->end());
  for (const size_t i : OldestFirst(snapshot.files())) {
    const delta::AddFilePtr& add = snapshot.files()[i];
    if (wanted && !wanted->contains(add->path)) continue;
    source->files_.push_back({.open_path = scan->table.FullPath(add->path),
                              .shown_path = add->path,
                              .index = static_cast<int64_t>(i),
                              .add = add});
  }
  source->label_ = fmt::format("{}@v{}", TableName(snapshot.root()), snapshot.version());
  return source;
}

std::optional<::duckdb::Value> ScanSource::PartitionConstant(const ScanFile& file,
                                                             size_t column) const {
  if (snapshot_ == nullptr || !snapshot_->IsPartitionColumn(column)) return std::nullopt;
  const StructField& field = columns_[column];
  const std::string* text = file.add->PartitionText(delta::PhysicalName(field, mapping_));
  auto value = delta::ParsePartitionValue(
      text == nullptr ? std::nullopt : std::optional<std::string>(*text), field.type);
  if (!value) ThrowAsDuckError(std::move(value.error()).Within(file.shown_path));
  return ToDuckValue(*value, field.type);
}

unique_ptr<::duckdb::DeleteFilter> ScanSource::DeletedRows(const ScanFile& file) const {
  if (file.add == nullptr || !file.add->deletion_vector) return nullptr;
  auto rows = delta::ReadDeletionVector(table_, *file.add->deletion_vector);
  if (!rows) ThrowAsDuckError(std::move(rows.error()).Within(file.shown_path));
  return ::duckdb::make_uniq<DeletedRowsFilter>(std::move(*rows));
}

std::optional<int64_t> ScanSource::LiveRows(uint32_t position) const {
  std::call_once(counted_, [this] {
    for (const ScanFile& file : files_) {
      live_rows_.push_back(file.add == nullptr ? std::nullopt : delta::LiveRecords(*file.add));
    }
  });
  return live_rows_[position];
}

ScanFileList::ScanFileList(std::shared_ptr<const ScanSource> source) : source_(std::move(source)) {
  selected_.resize(source_->files().size());
  for (size_t i = 0; i < selected_.size(); ++i) selected_[i] = static_cast<uint32_t>(i);
}

std::optional<uint64_t> ScanFileList::LiveRows() const {
  uint64_t rows = 0;
  for (const uint32_t position : selected_) {
    const std::optional<int64_t> live = source_->LiveRows(position);
    if (!live) return std::nullopt;
    rows += static_cast<uint64_t>(*live);
  }
  return rows;
}

unique_ptr<ScanFileList> ScanFileList::Prune(const delta::Predicate& predicate) const {
  if (source_->snapshot() == nullptr || predicate.kind == delta::Predicate::Kind::kUnknown) {
    return nullptr;
  }
  const delta::FileSkipper skipper(*source_->snapshot(), predicate);
  std::vector<uint32_t> left;
  for (const uint32_t position : selected_) {
    if (skipper.CanMatch(*source_->files()[position].add)) left.push_back(position);
  }
  if (left.size() == selected_.size()) return nullptr;
  return ::duckdb::make_uniq<ScanFileList>(source_, std::move(left));
}

unique_ptr<::duckdb::MultiFileList> ScanFileList::ComplexFilterPushdown(
    ::duckdb::ClientContext&, const ::duckdb::MultiFileOptions&,
    ::duckdb::MultiFilePushdownInfo& info,
    ::duckdb::vector<unique_ptr<::duckdb::Expression>>& filters) const {
  if (filters.empty()) return nullptr;
  auto left = Prune(PredicateOf(*source_, info, filters));
  info.extra_info.total_files = source_->files().size();
  info.extra_info.filtered_files = (left ? *left : *this).selected_.size();
  return left;
}

unique_ptr<::duckdb::MultiFileList> ScanFileList::DynamicFilterPushdown(
    ::duckdb::ClientContext&, const ::duckdb::MultiFileOptions&,
    const ::duckdb::vector<std::string>&, const ::duckdb::vector<::duckdb::LogicalType>&,
    const ::duckdb::vector<::duckdb::column_t>& column_ids,
    ::duckdb::TableFilterSet& filters) const {
  return Prune(PredicateOf(*source_, column_ids, filters));
}

::duckdb::vector<OpenFileInfo> ScanFileList::GetAllFiles() const {
  ::duckdb::vector<OpenFileInfo> files;
  files.reserve(selected_.size());
  for (const uint32_t position : selected_) files.push_back(OpenInfo(*source_, position));
  return files;
}

::duckdb::FileExpandResult ScanFileList::GetExpandResult() const {
  if (selected_.empty()) return ::duckdb::FileExpandResult::NO_FILES;
  return selected_.size() == 1 ? ::duckdb::FileExpandResult::SINGLE_FILE
                               : ::duckdb::FileExpandResult::MULTIPLE_FILES;
}

::duckdb::MultiFileCount ScanFileList::GetFileCount(idx_t) const {
  return ::duckdb::MultiFileCount(selected_.size());
}

::duckdb::vector<OpenFileInfo> ScanFileList::GetDisplayFileList(
    ::duckdb::optional_idx max_files) const {
  ::duckdb::vector<OpenFileInfo> files;
  for (const uint32_t position : selected_) {
    if (max_files.IsValid() && files.size() >= max_files.GetIndex()) break;
    files.emplace_back(source_->files()[position].shown_path);
  }
  return files;
}

unique_ptr<::duckdb::NodeStatistics> ScanFileList::GetCardinality(::duckdb::ClientContext&) const {
  if (selected_.empty()) return ::duckdb::make_uniq<::duckdb::NodeStatistics>(0, 0);
  const std::optional<uint64_t> rows = LiveRows();
  if (!rows) return nullptr;
  return ::duckdb::make_uniq<::duckdb::NodeStatistics>(*rows, *rows);
}

unique_ptr<::duckdb::MultiFileList> ScanFileList::Copy() const {
  return ::duckdb::make_uniq<ScanFileList>(source_, selected_);
}

OpenFileInfo ScanFileList::GetFile(idx_t i) const {
  // An empty path is the end of the list for the base class.
  return i < selected_.size() ? OpenInfo(*source_, selected_[i]) : OpenFileInfo();
}

}  // namespace lakesmith::engine
