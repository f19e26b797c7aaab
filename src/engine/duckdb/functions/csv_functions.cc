// Records of comma-separated values.
#include "functions/csv_functions.h"

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::Expression;
using ::duckdb::unique_ptr;
using types::DataType;
using types::Value;
using Arguments = ::duckdb::vector<unique_ptr<Expression>>;

const DataType& TextList() {
  static const DataType kType = DataType::Array(DataType::String());
  return kType;
}

// text, TYPE, options, NULL::T
ValueSignature BindFromCsv(ClientContext& context, Arguments& arguments) {
  DataType type = ConstantType(context, *arguments.at(1));
  return {.arguments = {DataType::String(), DataType::String(), TextList(), type}, .result = type};
}

Status FromCsv(const ColumnCall& call) {
  const auto reader = TRY(
      functions::CsvReader::Create(call.result_type, OptionsOf(call.inputs[2].Get(0)), call.zone));
  return ReadTexts(call, reader);
}

// value, TYPE, options
ValueSignature BindToCsv(ClientContext& context, Arguments& arguments) {
  return {.arguments = {ConstantType(context, *arguments.at(1)), DataType::String(), TextList()},
          .result = DataType::String()};
}

Status ToCsv(const ColumnCall& call) {
  const auto writer =
      TRY(functions::CsvWriter::Create(OptionsOf(call.inputs[2].Get(0)), call.zone));
  return WriteTexts(call, [&](size_t row, std::string& text) {
    return writer.Append(call.inputs[0], row, call.types[0], text);
  });
}

ValueSignature BindSchemaOfCsv(ClientContext&, Arguments&) {
  return {.arguments = {DataType::String(), TextList()}, .result = DataType::String()};
}

Result<Value> SchemaOfCsv(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  std::string ddl = TRY(functions::SchemaOfCsv(call.values[0].as<std::string>(),
                                               OptionsOf(call.values[1]), call.zone));
  return Value(std::move(ddl));
}

const NativeFunction kCsvFunctions[] = {
    {"spark_from_csv",
     ScalarFactory([] { return MakeColumnFunction("spark_from_csv", BindFromCsv, FromCsv); })},
    {"spark_to_csv",
     ScalarFactory([] { return MakeColumnFunction("spark_to_csv", BindToCsv, ToCsv); })},
    {"spark_schema_of_csv", ScalarFactory([] {
       return MakeValueFunction("spark_schema_of_csv", BindSchemaOfCsv, SchemaOfCsv);
     })},
};

}  // namespace

std::span<const NativeFunction> CsvFunctions() { return kCsvFunctions; }

}  // namespace lakesmith::engine
