// How a change set becomes files: deletion vectors or rewritten files, new rows, change data.
#include <utility>

#include "delta/deletion_vector.h"
#include "delta/statistics.h"
#include "engine/statements/change_set_internal.h"

namespace lakesmith::engine {
namespace {

// Appends the rows of `more`, which have the same columns.
void AppendRows(RowsText& rows, RowsText more) {
  if (rows.sql.empty()) {
    rows = std::move(more);
    return;
  }
  const std::string text = TakeReferences(rows, std::move(more));
  rows.sql = fmt::format("{} UNION ALL {}", rows.sql, text);
}

// Files of which every live row goes, and the others.
struct TouchedFiles {
  std::vector<delta::AddFilePtr> whole;
  std::vector<delta::AddFilePtr> partly;
};

TouchedFiles SplitTouched(const delta::Snapshot& snapshot, const ChangeSet& changes) {
  TouchedFiles touched;
  for (const auto& [index, rows] : changes.rows_by_file()) {
    const delta::AddFilePtr& file = snapshot.files()[static_cast<size_t>(index)];
    const std::optional<int64_t> live = delta::LiveRecords(*file);
    (live && *live == rows ? touched.whole : touched.partly).push_back(file);
  }
  return touched;
}

// The rows of partly touched files that stay.
RowsText KeptRows(StatementContext& context, const StatementContext::OpenTable& table,
                  const TableShape& shape, const ChangeSet& changes,
                  const std::vector<delta::AddFilePtr>& files) {
  RowsText rows = TargetRows(context, table, shape, files);
  const size_t count = shape.fields().size();
  const std::string positions = TakeReferences(rows, changes.Positions());
  std::string items;
  for (size_t i = 0; i < count; ++i) items += (i == 0 ? "t." : ", t.") + RowsColumn(i);
  rows.sql =
      fmt::format("SELECT {} FROM ({}) AS t ANTI JOIN ({}) AS c ON t.{} = c.k0 AND t.{} = c.k1",
                  items, rows.sql, positions, RowsColumn(count), RowsColumn(count + 1));
  rows.columns = shape.fields();
  return rows;
}

// Marks the changed rows of partly touched files by deletion vectors. Positions are read in order
// of the files.
Status MarkRows(StatementContext& context, const StatementContext::OpenTable& table,
                const ChangeSet& changes, FileChanges& out) {
  RowsText positions = changes.Positions();
  positions.sql = fmt::format("SELECT * FROM ({}) AS q ORDER BY k0, k1", positions.sql);
  const std::unique_ptr<RowStream> stream =
      TRY(context.session.connection->Query(positions.ToQuery()));
  delta::Table place = context.session.tables().At(table.target.location);
  std::vector<delta::AddFilePtr> files;
  std::vector<delta::RowBitmap> bitmaps;
  int64_t current = -1;
  while (true) {
    const std::vector<Row> batch = TRY(stream->Next());
    if (batch.empty()) break;
    for (const Row& row : batch) {
      if (row[0].as<int64_t>() != current) {
        current = row[0].as<int64_t>();
        files.push_back(table.snapshot->files()[static_cast<size_t>(current)]);
        const auto& vector = files.back()->deletion_vector;
        bitmaps.push_back(vector ? TRY(delta::ReadDeletionVector(place, *vector))
                                 : delta::RowBitmap());
      }
      bitmaps.back().Add(static_cast<uint64_t>(row[1].as<int64_t>()));
    }
  }
  std::vector<delta::RowBitmap> kept;
  std::vector<delta::AddFilePtr> marked;
  for (size_t i = 0; i < files.size(); ++i) {
    const std::optional<int64_t> physical = delta::NumRecords(files[i]->stats);
    if (physical && static_cast<uint64_t>(*physical) == bitmaps[i].cardinality()) {
      out.removed.push_back(files[i]);
    } else {
      marked.push_back(files[i]);
      kept.push_back(std::move(bitmaps[i]));
    }
  }
  if (marked.empty()) return {};
  const std::vector<delta::DeletionVectorDescriptor> vectors =
      TRY(delta::WriteDeletionVectors(place, kept));
  for (size_t i = 0; i < marked.size(); ++i) out.marked.emplace_back(marked[i], vectors[i]);
  return {};
}

int64_t LiveRows(const std::vector<delta::AddFilePtr>& files) {
  int64_t rows = 0;
  for (const delta::AddFilePtr& file : files) rows += delta::LiveRecords(*file).value_or(0);
  return rows;
}

// New rows with generated columns computed and constraints checked.
Result<RowsText> FinishedRows(StatementContext& context, RowsText rows, const TableShape& shape) {
  rows.columns = shape.fields();
  return FinishRows(context, std::move(rows), shape);
}

// The change data feed's rows; empty text when the table has no feed.
Result<RowsText> FeedRows(StatementContext& context, const TableShape& shape,
                          const ChangeSet& changes, bool has_new) {
  RowsText rows = changes.OldImages(shape.fields());
  if (!has_new) return rows;
  RowsText images = changes.NewImages(shape.fields());
  const std::vector<types::StructField> columns = images.columns;
  images.columns = shape.fields();
  images = TRY(FinishRows(context, std::move(images), shape, 1));
  images.columns = columns;
  AppendRows(rows, std::move(images));
  return rows;
}

}  // namespace

Result<FileChanges> ApplyChanges(StatementContext& context,
                                 const StatementContext::OpenTable& table, const TableShape& shape,
                                 const ChangeSet& changes) {
  FileChanges out;
  bool has_new = false;
  for (const auto& [tag, count] : changes.counts()) has_new |= changes.AddsRows(tag) && count > 0;
  RowsText rows;
  if (has_new) rows = TRY(FinishedRows(context, changes.NewRows(), shape));
  if (shape.properties.enable_deletion_vectors) {
    TRY(MarkRows(context, table, changes, out));
  } else {
    TouchedFiles touched = SplitTouched(*table.snapshot, changes);
    if (!touched.partly.empty())
      AppendRows(rows, KeptRows(context, table, shape, changes, touched.partly));
    int64_t gone = 0;
    for (const auto& [index, count] : changes.rows_by_file()) gone += count;
    out.rows_copied = LiveRows(touched.whole) + LiveRows(touched.partly) - gone;
    out.removed = std::move(touched.whole);
    out.removed.insert(out.removed.end(), touched.partly.begin(), touched.partly.end());
  }
  if (!rows.sql.empty()) out.added = TRY(WriteRows(context, rows, shape, table.target.location));
  if (shape.properties.enable_change_data_feed) {
    const RowsText feed = TRY(FeedRows(context, shape, changes, has_new));
    out.change_data = TRY(WriteChangeData(context, feed, shape, table.target.location));
  }
  return out;
}

}  // namespace lakesmith::engine
