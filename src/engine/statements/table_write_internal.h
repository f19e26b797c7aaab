#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "delta/actions.h"
#include "delta/snapshot.h"
#include "delta/transaction.h"
#include "engine/statements/rows_text_internal.h"
#include "engine/statements/statement_internal.h"
#include "engine/write_request.h"

namespace lakesmith::engine {

// What rows must be like to go into a table.
struct TableShape {
  std::string display;     // For messages.
  types::DataType schema;  // A struct, logical names, all metadata.
  std::vector<std::string> partition_columns;
  delta::TableProperties properties;

  const std::vector<types::StructField>& fields() const { return schema.fields(); }
};
TableShape ShapeOf(const TableTarget& target, const delta::Snapshot& snapshot);

// A value as a column of a Delta table takes it: by any cast that CAST allows, in ANSI mode. Text
// for CHAR and VARCHAR stays whole, so that its length is checked and not cut. Errors:
// INCOMPATIBLE_DATA_FOR_TABLE for types without a cast.
Result<plan::ExpressionPtr> CastForColumn(plan::ExpressionPtr value,
                                          const types::StructField& field,
                                          const std::string& display);

// Which column of the source fills each column of a table; nullopt is filled by its default or
// generated.
using ColumnSources = std::vector<std::optional<size_t>>;

// By position. Errors: INSERT_COLUMN_ARITY_MISMATCH.
Result<ColumnSources> SourcesByPosition(const std::vector<types::StructField>& source,
                                        const TableShape& shape);
// By name, ignoring case. Errors: kInvalid for a source column that the table lacks.
Result<ColumnSources> SourcesByName(const std::vector<types::StructField>& source,
                                    const TableShape& shape);

// The source's rows as rows of the table: cast by Spark's rules of store assignment, defaults and
// generated columns filled in, NOT NULL and CHECK constraints and lengths checked while they are
// computed.
Result<RowsText> ShapeRows(StatementContext& context, RowsText source, const ColumnSources& sources,
                           const TableShape& shape);
// The last steps alone, on rows that have the table's columns already: generated columns are
// computed and constraints checked. `extra_columns` more columns stand behind the table's and pass
// through. `only` names a column of them: rows for which it is false are copied unchecked.
Result<RowsText> FinishRows(StatementContext& context, RowsText rows, const TableShape& shape,
                            size_t extra_columns = 0, const std::string& only = "");

// Writes the rows as files of the table. `subfolder` is "" or "_change_data"; then there is one
// more column, _change_type, at the end.
struct WrittenRows {
  std::vector<delta::AddFile> files;
  int64_t row_count = 0;
  int64_t size_bytes = 0;
};
Result<WrittenRows> WriteRows(StatementContext& context, const RowsText& rows,
                              const TableShape& shape, const std::string& location,
                              const std::string& subfolder = "");
// For the change data feed.
Result<std::vector<delta::CdcFile>> WriteChangeData(StatementContext& context, const RowsText& rows,
                                                    const TableShape& shape,
                                                    const std::string& location);

// Protocol, metadata and schema of a table to be made.
struct TableDefinition {
  std::vector<types::StructField> fields;
  std::vector<std::string> partition_columns;
  std::map<std::string, std::string> properties;
  std::optional<std::string> comment;
};
struct TableActions {
  delta::Protocol protocol;
  delta::Metadata metadata;
  TableShape shape;
};
Result<TableActions> DefineTable(const TableDefinition& definition, const std::string& display);

// Puts the caller's additions into a transaction. False when the batch was committed before.
// Errors: kConflict when the application is not where the caller expects it.
Result<bool> ApplyExtras(delta::Transaction& transaction, const CommitExtras& extras,
                         delta::OperationInfo& operation);

// Takes what the session's settings say of commits into context.commit, where the caller said
// nothing. Errors: DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS.
Status TakeCommitSettings(StatementContext& context);
// The same from INSERT INTO t WITH (...), which win over settings. Errors: kUnsupported for others.
Status TakeWriteOptions(StatementContext& context, const std::vector<sql::Option>& options);
// After a write: forgets the version of the batch if the session asks for that.
void ResetCommitSettings(StatementContext& context);
// Whether the table has the statement's batch already, so that nothing needs to run.
bool IsCommitted(const StatementContext& context, const delta::Snapshot& snapshot);

// Fills the metrics of a result from a commit.
void ReportCommit(StatementResult& result, const delta::OperationInfo& operation,
                  const delta::CommitOutcome& outcome, const WrittenRows& written);

// Runs a statement again from a fresh snapshot while others win the race for its table.
Result<StatementResult> RetryOnConflict(StatementContext& context,
                                        const std::function<Result<StatementResult>()>& run);

// `["a","b"]`: a list as commits write it.
std::string JsonList(const std::vector<std::string>& items);

}  // namespace lakesmith::engine
