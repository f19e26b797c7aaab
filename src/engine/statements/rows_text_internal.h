#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/duckdb/emit.h"
#include "engine/duckdb/emitted_query.h"
#include "types/data_type.h"

namespace lakesmith::engine {

// Rows in the engine's language, to be wrapped into further text: one SELECT whose columns are
// named k0, k1, ...
struct RowsText {
  std::string sql;
  std::vector<types::StructField> columns;  // Spark's names and types.
  std::vector<ScanBinding> scans;
  std::vector<std::string> native_functions;

  // The same rows as a whole query.
  EmittedQuery ToQuery() const;
};

// Name of column `index` of a RowsText.
std::string RowsColumn(size_t index);

RowsText RowsOf(EmittedQuery query);

// The rows of a scan. `extra` are hidden columns, read after the table's own ones.
RowsText RowsOfScan(decltype(ScanBinding::source) source, std::vector<types::StructField> columns,
                    const std::vector<types::StructField>& extra = {});

// Takes over what an expression or rows refer to, and returns their text with scans renamed so that
// no two pieces of one query share an id.
template <typename Piece>
std::string TakeReferences(RowsText& into, Piece piece);

// 'text' as a literal of the engine, "name" as an identifier of it.
std::string EngineText(std::string_view text);
std::string EngineName(std::string_view name);
// Text that fails the query with an error of Spark when it is evaluated. `values` is text of the
// engine that is added to the message; empty for none.
std::string RaiseText(std::string_view error_class, std::string_view sql_state,
                      std::string_view message, std::string_view values = {});

}  // namespace lakesmith::engine
