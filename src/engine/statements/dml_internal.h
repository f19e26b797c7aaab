#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "delta/predicate.h"
#include "engine/statements/table_write_internal.h"
#include "plan/expression.h"

namespace lakesmith::engine {

// What a statement does to the files of a table, ready to be committed.
struct FileChanges {
  std::vector<delta::AddFilePtr> removed;  // Whole files.
  std::vector<std::pair<delta::AddFilePtr, delta::DeletionVectorDescriptor>>
      marked;  // Rows of files.
  WrittenRows added;
  std::vector<delta::CdcFile> change_data;
  int64_t rows_copied = 0;

  void PutInto(delta::Transaction& transaction) const;
  int64_t removed_bytes() const;
};

// Milliseconds since it was made, and between laps: for operation metrics.
class Stopwatch {
 public:
  int64_t TotalMs() const { return Since(begin_); }
  // Since the last lap.
  int64_t LapMs();

 private:
  using Clock = std::chrono::steady_clock;
  static int64_t Since(Clock::time_point time);
  Clock::time_point begin_ = Clock::now();
  Clock::time_point lap_ = begin_;
};

using OperationMetrics = std::vector<std::pair<std::string, int64_t>>;
// What DELETE and UPDATE tell of deletion vectors; `prefix` is "num", or "numTarget" for MERGE.
void AddVectorMetrics(const FileChanges& changes, const std::string& prefix,
                      OperationMetrics& metrics);

// The part of a condition over the table's columns (column i has id i + 1) that statistics and
// partition values can decide; weaker than the condition, never stronger.
delta::Predicate PredicateOf(const plan::Expression& condition, const types::DataType& schema);

// Deletes the rows for which the condition is true. Null deletes all.
struct DeleteOutcome {
  FileChanges changes;
  int64_t rows_deleted = -1;  // -1: unknown, because whole files went whose rows are not counted.
  int64_t scan_ms = 0;
  int64_t rewrite_ms = 0;
};
Result<DeleteOutcome> DeleteRows(StatementContext& context,
                                 const StatementContext::OpenTable& table,
                                 const plan::ExpressionPtr& condition,
                                 delta::Transaction& transaction);

// Columns of a table for the analysis of conditions: reached by name, by alias, or by the table's
// name.
std::vector<plan::InputColumn> TableInputs(const std::vector<types::StructField>& fields,
                                           const TableTarget& target,
                                           const std::optional<sql::TableAlias>& alias);

// Protocol and metadata of a table whose schema changes; new fields get their column mapping.
Result<TableActions> ChangeSchema(const delta::Snapshot& snapshot, const types::DataType& schema,
                                  const std::string& display,
                                  const std::vector<std::string>& partition_columns);
// The schema widened by the columns that only `incoming` has; nullopt when it is the same.
Result<std::optional<TableActions>> EvolveSchema(const delta::Snapshot& snapshot,
                                                 const std::vector<types::StructField>& incoming,
                                                 const std::string& display);

}  // namespace lakesmith::engine
