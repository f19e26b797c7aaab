#include <memory>

#include "engine/duckdb/error_mapping_internal.h"
#include "engine/duckdb/rows_scan_internal.h"
#include "engine/duckdb/scan_internal.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/value_conversion_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::idx_t;
using ::duckdb::unique_ptr;

// Hands out the rows of a RowsScan or StreamScan.
class RowReader {
 public:
  explicit RowReader(const ScanBinding& binding) : binding_(binding) {}

  // The next row; null at the end. Valid until the next call.
  const Row* Next() {
    if (const auto* scan = std::get_if<RowsScan>(&binding_.source)) {
      return position_ < scan->rows->size() ? &(*scan->rows)[position_++] : nullptr;
    }
    if (at_end_) return nullptr;
    Result<bool> more = std::get<StreamScan>(binding_.source).next(&row_);
    if (!more) ThrowAsDuckError(more.error());
    at_end_ = !*more;
    return at_end_ ? nullptr : &row_;
  }

 private:
  const ScanBinding& binding_;
  size_t position_ = 0;
  Row row_;
  bool at_end_ = false;
};

struct RowsBindData : public ::duckdb::TableFunctionData {
  explicit RowsBindData(std::shared_ptr<const ScanBinding> value) : binding(std::move(value)) {}

  const std::vector<types::StructField>& columns() const {
    const auto* scan = std::get_if<RowsScan>(&binding->source);
    return scan != nullptr ? scan->columns : std::get<StreamScan>(binding->source).columns;
  }

  std::shared_ptr<const ScanBinding> binding;
};

struct RowsState : public ::duckdb::GlobalTableFunctionState {
  explicit RowsState(const ScanBinding& binding) : reader(binding) {}
  // One thread reads the rows.
  idx_t MaxThreads() const override { return 1; }

  RowReader reader;
};

unique_ptr<::duckdb::FunctionData> Bind(ClientContext& context,
                                        ::duckdb::TableFunctionBindInput& input,
                                        ::duckdb::vector<::duckdb::LogicalType>& types,
                                        ::duckdb::vector<std::string>& names) {
  auto bind_data = ::duckdb::make_uniq<RowsBindData>(
      ScanBindings::Get(context).Find(input.inputs[0].ToString()));
  for (const types::StructField& column : bind_data->columns()) {
    names.push_back(column.name);
    types.push_back(ToDuckType(column.type));
  }
  return bind_data;
}

unique_ptr<::duckdb::GlobalTableFunctionState> Initialize(ClientContext&,
                                                          ::duckdb::TableFunctionInitInput& input) {
  return ::duckdb::make_uniq<RowsState>(*input.bind_data->Cast<RowsBindData>().binding);
}

void Scan(ClientContext&, ::duckdb::TableFunctionInput& input, ::duckdb::DataChunk& output) {
  const auto& columns = input.bind_data->Cast<RowsBindData>().columns();
  RowReader& reader = input.global_state->Cast<RowsState>().reader;
  idx_t count = 0;
  while (count < STANDARD_VECTOR_SIZE) {
    const Row* row = reader.Next();
    if (row == nullptr) break;
    for (size_t column = 0; column < columns.size(); ++column) {
      output.SetValue(column, count, ToDuckValue((*row)[column], columns[column].type));
    }
    ++count;
  }
  output.SetCardinality(count);
}

unique_ptr<::duckdb::NodeStatistics> Cardinality(ClientContext&,
                                                 const ::duckdb::FunctionData* bind_data) {
  const auto& binding = *bind_data->Cast<RowsBindData>().binding;
  const auto* scan = std::get_if<RowsScan>(&binding.source);
  if (scan == nullptr) return nullptr;
  return ::duckdb::make_uniq<::duckdb::NodeStatistics>(scan->rows->size(), scan->rows->size());
}

}  // namespace

::duckdb::TableFunction MakeRowsFunction() {
  ::duckdb::TableFunction function(kRowsFunction, {::duckdb::LogicalType::VARCHAR}, Scan, Bind,
                                   Initialize);
  function.cardinality = Cardinality;
  return function;
}

}  // namespace lakesmith::engine
