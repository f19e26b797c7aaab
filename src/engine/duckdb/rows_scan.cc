#include <algorithm>

#include "engine/duckdb/rows_scan_internal.h"
#include "engine/duckdb/scan_internal.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/value_conversion_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::idx_t;
using ::duckdb::unique_ptr;

struct RowsBindData : public ::duckdb::TableFunctionData {
  explicit RowsBindData(RowsScan scan_value) : scan(std::move(scan_value)) {}
  RowsScan scan;
};

struct RowsState : public ::duckdb::GlobalTableFunctionState {
  size_t position = 0;
  // One thread reads the rows.
  idx_t MaxThreads() const override { return 1; }
};

unique_ptr<::duckdb::FunctionData> Bind(ClientContext& context,
                                        ::duckdb::TableFunctionBindInput& input,
                                        ::duckdb::vector<::duckdb::LogicalType>& types,
                                        ::duckdb::vector<std::string>& names) {
  const auto binding = ScanBindings::Get(context).Find(input.inputs[0].ToString());
  const auto& scan = std::get<RowsScan>(binding->source);
  for (const types::StructField& column : scan.columns) {
    names.push_back(column.name);
    types.push_back(ToDuckType(column.type));
  }
  return ::duckdb::make_uniq<RowsBindData>(scan);
}

unique_ptr<::duckdb::GlobalTableFunctionState> Initialize(ClientContext&,
                                                          ::duckdb::TableFunctionInitInput&) {
  return ::duckdb::make_uniq<RowsState>();
}

void Scan(ClientContext&, ::duckdb::TableFunctionInput& input, ::duckdb::DataChunk& output) {
  const RowsScan& scan = input.bind_data->Cast<RowsBindData>().scan;
  auto& state = input.global_state->Cast<RowsState>();
  const size_t count = std::min<size_t>(STANDARD_VECTOR_SIZE, scan.rows->size() - state.position);
  for (size_t column = 0; column < scan.columns.size(); ++column) {
    for (size_t row = 0; row < count; ++row) {
      output.SetValue(
          column, row,
          ToDuckValue((*scan.rows)[state.position + row][column], scan.columns[column].type));
    }
  }
  output.SetCardinality(count);
  state.position += count;
}

unique_ptr<::duckdb::NodeStatistics> Cardinality(ClientContext&,
                                                 const ::duckdb::FunctionData* bind_data) {
  const size_t rows = bind_data->Cast<RowsBindData>().scan.rows->size();
  return ::duckdb::make_uniq<::duckdb::NodeStatistics>(rows, rows);
}

}  // namespace

::duckdb::TableFunction MakeRowsFunction() {
  ::duckdb::TableFunction function(kRowsFunction, {::duckdb::LogicalType::VARCHAR}, Scan, Bind,
                                   Initialize);
  function.cardinality = Cardinality;
  return function;
}

}  // namespace lakesmith::engine
