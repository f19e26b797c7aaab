#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/duckdb/emitted_query.h"
#include "plan/expression.h"
#include "plan/relation.h"
#include "types/data_type.h"

namespace lakesmith::engine {

// How Spark's types are kept in the engine's columns:
//   byte TINYINT, short SMALLINT, int INTEGER, long BIGINT, float FLOAT, double DOUBLE,
//   decimal(p,s) DECIMAL(p,s), string/char/varchar VARCHAR, binary BLOB, boolean BOOLEAN, date
//   DATE, time TIME, timestamp TIMESTAMP WITH TIME ZONE, timestamp_ntz TIMESTAMP, void INTEGER (all
//   null), interval year to month INTEGER (months), interval day to second BIGINT (microseconds),
//   as in Parquet, calendar interval INTERVAL, array LIST, map MAP, struct STRUCT, variant VARCHAR
//   (JSON text).
std::string DuckDbTypeName(const types::DataType& type);

// The handle of a table that this engine can scan; what CatalogLookup gives for it.
struct ScanHandle : plan::TableHandle {
  explicit ScanHandle(decltype(ScanBinding::source) of) : source(std::move(of)) {}
  decltype(ScanBinding::source) source;
};

// `_metadata` of a scan; nullopt where it does not read files.
std::optional<types::StructField> MetadataColumn(const decltype(ScanBinding::source)& source);

// Writes a plan as one SELECT statement. The text's own column names are c<id>; `columns` has
// Spark's names, which may repeat. Needs these settings: default_null_order =
// 'nulls_first_on_asc_last_on_desc', TimeZone = the session time zone. Errors: kUnsupported names
// what the engine cannot do.
Result<EmittedQuery> Emit(const plan::Query& query);

// An expression over columns of a SELECT that the caller writes around it.
struct EmittedExpression {
  std::string sql;
  std::vector<ScanBinding> scans;
  std::vector<std::string> native_functions;
};
// `column_sql` gives the text that stands for a column.
Result<EmittedExpression> EmitExpression(
    const plan::Expression& expression,
    const std::function<std::string(plan::ColumnId)>& column_sql);

}  // namespace lakesmith::engine
