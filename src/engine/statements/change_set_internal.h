#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/scratch_folder.h"
#include "engine/statements/dml_internal.h"
#include "engine/statements/rows_text_internal.h"

namespace lakesmith::engine {

enum class ChangeAction : int { kDelete = 0, kUpdate = 1, kInsert = 2 };

// The rows that a DELETE, UPDATE or MERGE changes, computed once and kept in scratch files, so that
// a statement reads its source once and needs no memory for it. Columns: the action, the file's
// position in the snapshot and the row's position in the file (null for inserted rows), a tag that
// the caller gives to each row, then the new values, then the old ones.
class ChangeSet {
 public:
  // `rows` has four columns (action int, file bigint, row bigint, tag int), then new values, then
  // old values, each all of the table's columns or none.
  static Result<std::unique_ptr<ChangeSet>> Write(StatementContext& context, const RowsText& rows,
                                                  size_t table_columns, bool has_new, bool has_old);

  // Rows by tag.
  const std::map<int, int64_t>& counts() const { return counts_; }
  // Distinct changed rows of each file of the snapshot.
  const std::map<int64_t, int64_t>& rows_by_file() const { return rows_by_file_; }
  // Whether rows of the tag have new values.
  bool AddsRows(int tag) const { return adding_tags_.contains(tag); }
  // Whether some row of the table is changed by two rows of the set.
  bool has_duplicates() const { return has_duplicates_; }

  // Two columns, file and row, of the rows that go.
  RowsText Positions() const;
  // New values of updated and inserted rows (`with_tag`: the tag in front).
  RowsText NewRows() const;
  // The values with _change_type behind them, as the change data feed has them. Empty text when
  // there are none.
  RowsText NewImages(const std::vector<types::StructField>& fields) const;
  RowsText OldImages(const std::vector<types::StructField>& fields) const;

 private:
  explicit ChangeSet(const std::string& warehouse) : scratch_(warehouse) {}
  RowsText Select(const std::string& items, const std::string& where,
                  std::vector<types::StructField> columns) const;
  Status Count(StatementContext& context);

  ScratchFolder scratch_;
  std::vector<types::StructField> columns_;
  std::vector<std::string> files_;
  size_t table_columns_ = 0;
  bool has_new_ = false;
  bool has_old_ = false;
  bool has_duplicates_ = false;
  std::map<int, int64_t> counts_;
  std::set<int> adding_tags_;
  std::map<int64_t, int64_t> rows_by_file_;
};

// The table's rows in `shape` (which may have more columns than the snapshot: those are null), then
// two columns, file and row position. `files` restricts the scan.
RowsText TargetRows(StatementContext& context, const StatementContext::OpenTable& table,
                    const TableShape& shape, const std::vector<delta::AddFilePtr>& files);

// Turns a change set into file changes: by deletion vectors when the table asks for them, else by
// rewriting the files that rows leave. New rows get their generated columns and are checked.
Result<FileChanges> ApplyChanges(StatementContext& context,
                                 const StatementContext::OpenTable& table, const TableShape& shape,
                                 const ChangeSet& changes);

// The files that may hold rows of the condition.
std::vector<delta::AddFilePtr> CandidateFiles(const delta::Snapshot& snapshot,
                                              const delta::Predicate& predicate);

}  // namespace lakesmith::engine
