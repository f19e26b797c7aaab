#pragma once

#include <optional>

#include "delta/predicate.h"
#include "engine/duckdb/duckdb_internal.h"
#include "engine/duckdb/scan_source_internal.h"

namespace lakesmith::engine {

// What the optimizer's filters (all must hold) say about the columns of a scan, for skipping files.
// Parts that cannot be said are left unknown: the predicate is never stronger than the filters.
delta::Predicate PredicateOf(
    const ScanSource& source, const ::duckdb::MultiFilePushdownInfo& info,
    const ::duckdb::vector<::duckdb::unique_ptr<::duckdb::Expression>>& filters);

// The same for the filters that are known when the scan starts, e.g. from the build side of a join.
delta::Predicate PredicateOf(const ScanSource& source,
                             const ::duckdb::vector<::duckdb::column_t>& column_ids,
                             const ::duckdb::TableFilterSet& filters);

}  // namespace lakesmith::engine
