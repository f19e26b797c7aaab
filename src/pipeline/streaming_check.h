#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/substitute.h"
#include "sql/ast.h"

namespace lakesmith::pipeline {

// Whether a table that is named without STREAM is a stream all the same: a temporary view over one.
using IsStreamingView = std::function<bool(const std::vector<std::string>& parts)>;

// Tells whether a query reads a stream, and refuses what cannot be answered from new rows alone:
// aggregates, DISTINCT, windows, ORDER BY and LIMIT over a stream, joins of two streams, outer
// joins that keep the table's side, a stream inside an expression. Errors: kUnsupported with the
// place and what to do instead.
Result<bool> CheckStreaming(const sql::Query& query, const SourceText& source,
                            const IsStreamingView& is_streaming_view);

// Whether a function, by its name in lower case, folds many rows into one.
bool IsAggregate(std::string_view name);

}  // namespace lakesmith::pipeline
