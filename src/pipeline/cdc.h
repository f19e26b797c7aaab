#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "sql/ast.h"
#include "types/data_type.h"

namespace lakesmith::pipeline {

// A column or an expression over columns that a clause of AUTO CDC names.
struct CdcMention {
  std::string clause;  // "KEYS"
  std::string text;
  SourceLocation location;
  bool is_expression = false;
};

// What an AUTO CDC flow asks for, beside its source. Source: compatibility notes, "AUTO CDC".
struct CdcSpec {
  std::vector<std::string> keys;
  bool keep_history = false;  // SCD type 2.
  bool truncates = false;
  bool ignore_null_updates = false;
  sql::ColumnSelection columns;  // Of the target; without, all of the source.
  sql::ColumnSelection ignore_null_updates_on;
  sql::ColumnSelection track_history_on;
  std::string source;                // As written, for errors.
  std::vector<CdcMention> mentions;  // Of columns of the source, in the order of the clauses.
};

// AUTO CDC is done in two steps. All change rows go into a table of their own, exactly once, as
// into any streaming table; the target is a pure function of that table. So the outcome does not
// depend on the order or the batches in which changes arrive.

// Name of the table of change rows beside a target.
std::string ChangesTableName(const std::string& target);

// Checks that all columns that clauses name are columns of the source, and that keys are among
// those that COLUMNS selects. Expressions are left to the analyzer. Errors: kInvalid with the place
// of the name and the nearest column.
Status CheckMentions(const CdcSpec& spec, const types::DataType& source);

// Columns that the table of change rows has beside the selected ones of the source.
inline constexpr const char* kCdcPrefix = "__cdc_";
inline constexpr const char* kCdcSequence = "__cdc_sequence";
inline constexpr const char* kCdcOperation = "__cdc_operation";  // 'U'psert, 'D'elete, 'T'runcate

// The select list of the query that makes change rows. `text` gives an expression as it was
// written.
template <typename WrittenText>
std::string ChangesSelectList(const sql::AutoCdc& cdc, WrittenText text);

// The query over the table of change rows, of these columns, that gives the rows of the target.
// Errors: kInvalid for a key or a column of a selection that is not there.
Result<std::string> TargetQuery(const CdcSpec& spec, const std::string& changes_table,
                                const types::DataType& columns);

template <typename WrittenText>
std::string ChangesSelectList(const sql::AutoCdc& cdc, WrittenText text) {
  std::string list;
  if (cdc.columns.selection_kind == sql::ColumnSelectionKind::kList) {
    for (const sql::Identifier& column : cdc.columns.columns) {
      list += types::QuoteIdentifierIfNeeded(column.name) + ", ";
    }
  } else {
    std::string except;
    for (const sql::Identifier& column : cdc.columns.columns) {
      except += (except.empty() ? "" : ", ") + types::QuoteIdentifierIfNeeded(column.name);
    }
    list = except.empty() ? "*, " : "* EXCEPT (" + except + "), ";
  }
  std::string operation;
  if (cdc.truncate_when) operation += "WHEN " + text(*cdc.truncate_when) + " THEN 'T' ";
  if (cdc.delete_when) operation += "WHEN " + text(*cdc.delete_when) + " THEN 'D' ";
  operation = operation.empty() ? "'U'" : "CASE " + operation + "ELSE 'U' END";
  return list + text(*cdc.sequence_by) + " AS " + kCdcSequence + ", " + operation + " AS " +
         kCdcOperation;
}

}  // namespace lakesmith::pipeline
