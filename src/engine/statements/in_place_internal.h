#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "engine/statements/change_set_internal.h"
#include "engine/statements/dml_internal.h"

// UPDATE and DELETE on a table without deletion vectors and without a change feed: one query finds
// the files that hold rows of the condition, one more writes those files anew, each row where it
// stood. What is changed needs no scratch files.
namespace lakesmith::engine {

// Whether the condition has the same answer for a row however often it is asked, and the table
// keeps no notes of changed rows. A null condition is true for all rows.
bool ChangesInPlace(const TableShape& shape, const plan::ExpressionPtr& condition);

// Rows of the condition by the position of their file in the snapshot; files without any are left
// out.
using MatchCounts = std::map<int64_t, int64_t>;
Result<MatchCounts> CountMatches(StatementContext& context,
                                 const StatementContext::OpenTable& table, const TableShape& shape,
                                 const plan::ExpressionPtr& condition,
                                 const delta::Predicate& predicate);

// The files of `matches` without the rows of the condition.
Result<FileChanges> DeleteInPlace(StatementContext& context,
                                  const StatementContext::OpenTable& table, const TableShape& shape,
                                  const plan::ExpressionPtr& condition, const MatchCounts& matches);

// The files of `matches` with `values` (one for each column) in the rows of the condition. Changed
// rows get their generated columns and are checked; the others are copied as they are.
Result<FileChanges> UpdateInPlace(StatementContext& context,
                                  const StatementContext::OpenTable& table, const TableShape& shape,
                                  const std::vector<plan::ExpressionPtr>& values,
                                  const plan::ExpressionPtr& condition, const MatchCounts& matches);

}  // namespace lakesmith::engine
