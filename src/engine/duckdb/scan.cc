// The table function lakesmith_scan: the engine's own Parquet scan with a reader and a file list of
// ours, and what stands in for it when a binding is not of Parquet files.
#include <utility>

#include "duckdb/planner/expression_iterator.hpp"
#include "duckdb/planner/filter/expression_filter.hpp"
#include "engine/duckdb/error_mapping_internal.h"
#include "engine/duckdb/reinterpret_internal.h"
#include "engine/duckdb/rows_scan_internal.h"
#include "engine/duckdb/scan_internal.h"
#include "engine/duckdb/scan_metadata_internal.h"
#include "engine/duckdb/scan_source_internal.h"
#include "engine/duckdb/split_copy_internal.h"
#include "engine/duckdb/text_scan_internal.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/write_plan_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::column_t;
using ::duckdb::idx_t;
using ::duckdb::InsertionOrderPreservingMap;
using ::duckdb::LogicalType;
using ::duckdb::MultiFileBindData;
using ::duckdb::MultiFileReader;
using ::duckdb::shared_ptr;
using ::duckdb::TableColumn;
using ::duckdb::unique_ptr;
using ::duckdb::Value;
using ::duckdb::vector;

constexpr const char* kBindingsKey = "lakesmith_scan_bindings";
// Beyond the virtual columns that the engine has.
constexpr column_t kFileMetadataId = MultiFileReader::COLUMN_IDENTIFIER_FILENAME + 1000;

// The filters such that those of inexact columns are evaluated after the cast of the stored value.
// The reader would cast the constants instead, and round them: x > 1.5 would be x > 2 on stored
// integers.
unique_ptr<::duckdb::TableFilterSet> FiltersAfterCasts(
    const ::duckdb::TableFilterSet& filters, const vector<::duckdb::ColumnIndex>& column_ids,
    const std::vector<bool>& is_inexact) {
  auto result = ::duckdb::make_uniq<::duckdb::TableFilterSet>();
  for (const auto& [position, filter] : filters.filters) {
    const column_t column = column_ids[position].GetPrimaryIndex();
    if (column >= is_inexact.size() || !is_inexact[column]) {
      result->filters.emplace(position, filter->Copy());
      continue;
    }
    // The reader cannot cast an expression, and so leaves the whole filter as it is.
    auto both = ::duckdb::make_uniq<::duckdb::ConjunctionAndFilter>();
    both->child_filters.push_back(filter->Copy());
    both->child_filters.push_back(::duckdb::make_uniq<::duckdb::ExpressionFilter>(
        ::duckdb::make_uniq<::duckdb::BoundConstantExpression>(Value::BOOLEAN(true))));
    result->filters.emplace(position, std::move(both));
  }
  return result;
}

// The reader evaluates some filters on expressions over what it has read, which is of the stored
// types: `stored` are the file's columns before they were given the table's kinds of timestamps.
void ReadStoredTypes(::duckdb::BaseFileReader& reader, const ColumnDefinitions& stored) {
  for (auto& [column, expression] : reader.expression_map) {
    const LogicalType& type = stored[column].type;
    ::duckdb::ExpressionIterator::VisitExpressionMutable<::duckdb::BoundReferenceExpression>(
        expression, [&](::duckdb::BoundReferenceExpression& reference,
                        unique_ptr<::duckdb::Expression>& place) {
          const LogicalType wanted = reference.return_type;
          place = ReinterpretedAs(
              ::duckdb::make_uniq<::duckdb::BoundReferenceExpression>(type, reference.index),
              wanted);
        });
  }
}

// Reads the files of a ScanSource as one table.
class ScanReader : public MultiFileReader {
 public:
  shared_ptr<::duckdb::MultiFileList> CreateFileList(ClientContext& context,
                                                     const vector<std::string>& paths,
                                                     const ::duckdb::FileGlobInput&) override {
    source_ = ScanSource::FromBinding(*ScanBindings::Get(context).Find(paths[0]));
    return ::duckdb::make_shared_ptr<ScanFileList>(source_);
  }

  bool Bind(::duckdb::MultiFileOptions&, ::duckdb::MultiFileList&, vector<LogicalType>& types,
            vector<std::string>& names, ::duckdb::MultiFileReaderBindData& bind_data) override {
    for (const auto& column : source_->global_columns()) {
      names.push_back(column.name);
      types.push_back(column.type);
    }
    bind_data.schema = source_->global_columns();
    bind_data.mapping = ::duckdb::MultiFileColumnMappingMode::BY_NAME;
    return true;
  }

  void BindOptions(::duckdb::MultiFileOptions& options, ::duckdb::MultiFileList&,
                   vector<LogicalType>&, vector<std::string>&,
                   ::duckdb::MultiFileReaderBindData&) override {
    options.auto_detect_hive_partitioning = false;
    options.hive_partitioning = false;
  }

  // NOLINTNEXTLINE(readability-function-size): the engine's parameters.
  void FinalizeBind(::duckdb::MultiFileReaderData& data, const ::duckdb::MultiFileOptions&,
                    const ::duckdb::MultiFileReaderBindData&,
                    const vector<::duckdb::MultiFileColumnDefinition>&,
                    const vector<::duckdb::ColumnIndex>& column_ids, ClientContext&,
                    ::duckdb::optional_ptr<::duckdb::MultiFileReaderGlobalState>) override {
    const ScanFile& file = FileOf(*source_, data.reader->file);
    for (idx_t i = 0; i < column_ids.size(); ++i) {
      if (auto value = Constant(file, column_ids[i].GetPrimaryIndex())) {
        data.constant_map.Add(::duckdb::MultiFileGlobalIndex(i), std::move(*value));
      }
    }
    data.reader->deletion_filter = source_->DeletedRows(file);
  }

  // NOLINTNEXTLINE(readability-function-size): the engine's parameters.
  ::duckdb::ReaderInitializeType InitializeReader(
      ::duckdb::MultiFileReaderData& data, const MultiFileBindData& bind_data,
      const vector<::duckdb::MultiFileColumnDefinition>& global_columns,
      const vector<::duckdb::ColumnIndex>& column_ids,
      ::duckdb::optional_ptr<::duckdb::TableFilterSet> filters, ClientContext& context,
      ::duckdb::MultiFileGlobalState& state) override {
    FinalizeBind(data, bind_data.file_options, bind_data.reader_bind, global_columns, column_ids,
                 context, state.multi_file_reader_state.get());
    const ColumnDefinitions stored = data.reader->columns;
    const ResolvedColumns resolved = ResolveColumns(global_columns, source_->columns(),
                                                    source_->mapping(), data.reader->columns);
    unique_ptr<::duckdb::TableFilterSet> safe_filters;
    if (filters) safe_filters = FiltersAfterCasts(*filters, column_ids, resolved.is_inexact);
    const auto result =
        CreateMapping(context, data, resolved.columns, column_ids, safe_filters.get(),
                      state.file_list, bind_data.reader_bind, bind_data.virtual_columns);
    ReadStoredTypes(*data.reader, stored);
    for (idx_t i = 0; i < data.expressions.size(); ++i) {
      const column_t column = column_ids[i].GetPrimaryIndex();
      if (column >= global_columns.size() || !data.expressions[i]) continue;
      data.expressions[i] =
          ReinterpretedAs(std::move(data.expressions[i]), global_columns[column].type);
    }
    return result;
  }

  unique_ptr<MultiFileReader> Copy() const override {
    auto copy = ::duckdb::make_uniq<ScanReader>();
    copy->source_ = source_;
    return copy;
  }

  static unique_ptr<MultiFileReader> Create(const ::duckdb::TableFunction&) {
    return ::duckdb::make_uniq<ScanReader>();
  }

 private:
  // The value of a column that is the same in all rows of `file`.
  std::optional<Value> Constant(const ScanFile& file, column_t column) const {
    if (column == COLUMN_IDENTIFIER_FILENAME) return Value(file.shown_path);
    if (column == COLUMN_IDENTIFIER_FILE_INDEX) return Value::BIGINT(file.index);
    if (column == kFileMetadataId) return FileMetadata(file);
    if (::duckdb::IsVirtualColumn(column)) return std::nullopt;
    return source_->PartitionConstant(file, column);
  }

  std::shared_ptr<const ScanSource> source_;
};

::duckdb::virtual_column_map_t VirtualColumns(
    ClientContext&, ::duckdb::optional_ptr<::duckdb::FunctionData> bind_data) {
  ::duckdb::virtual_column_map_t columns;
  columns.insert({MultiFileReader::COLUMN_IDENTIFIER_FILENAME,
                  TableColumn(kFilePathColumn, LogicalType::VARCHAR)});
  columns.insert({MultiFileReader::COLUMN_IDENTIFIER_FILE_INDEX,
                  TableColumn(kFileIndexColumn, LogicalType::BIGINT)});
  columns.insert({MultiFileReader::COLUMN_IDENTIFIER_FILE_ROW_NUMBER,
                  TableColumn(kRowIndexColumn, LogicalType::BIGINT)});
  columns.insert({kFileMetadataId, TableColumn(kFileMetadataColumn, FileMetadataType())});
  columns.insert({::duckdb::COLUMN_IDENTIFIER_EMPTY, TableColumn("", LogicalType::BOOLEAN)});
  bind_data->Cast<MultiFileBindData>().virtual_columns = columns;
  return columns;
}

void Describe(const ScanFileList& files, InsertionOrderPreservingMap<std::string>& text) {
  const size_t all = files.source().files().size();
  const size_t read = files.selected().size();
  text.insert({"Table", files.source().label()});
  text.insert({"Files read", std::to_string(read)});
  text.insert({"Files skipped", std::to_string(all - read)});
}

InsertionOrderPreservingMap<std::string> ToText(::duckdb::TableFunctionToStringInput& input) {
  InsertionOrderPreservingMap<std::string> text;
  const auto& bind_data = input.bind_data->Cast<MultiFileBindData>();
  Describe(bind_data.file_list->Cast<ScanFileList>(), text);
  return text;
}

InsertionOrderPreservingMap<std::string> ToDynamicText(
    ::duckdb::TableFunctionDynamicToStringInput& input) {
  InsertionOrderPreservingMap<std::string> text;
  const auto& state = input.global_state->Cast<::duckdb::MultiFileGlobalState>();
  Describe(state.file_list.Cast<ScanFileList>(), text);
  return text;
}

// Row counts of the log, by which count(*) is answered without reading a file.
vector<::duckdb::PartitionStatistics> PartitionStats(ClientContext&,
                                                     ::duckdb::GetPartitionStatsInput& input) {
  vector<::duckdb::PartitionStatistics> result;
  const auto& bind_data = input.bind_data->Cast<MultiFileBindData>();
  const std::optional<uint64_t> rows = bind_data.file_list->Cast<ScanFileList>().LiveRows();
  if (!rows) return result;
  ::duckdb::PartitionStatistics all;
  all.row_start = 0;
  all.count = *rows;
  all.count_type = ::duckdb::CountType::COUNT_EXACT;
  result.push_back(std::move(all));
  return result;
}

unique_ptr<::duckdb::TableRef> ParseSubquery(ClientContext& context, const std::string& sql) {
  ::duckdb::Parser parser(context.GetParserOptions());
  parser.ParseQuery(sql);
  return ::duckdb::make_uniq<::duckdb::SubqueryRef>(
      ::duckdb::unique_ptr_cast<::duckdb::SQLStatement, ::duckdb::SelectStatement>(
          std::move(parser.statements[0])));
}

// What a call of lakesmith_scan is replaced with; null where it stays, for Parquet files.
unique_ptr<::duckdb::TableRef> BindReplace(ClientContext& context,
                                           ::duckdb::TableFunctionBindInput& input) {
  const std::string id = input.inputs[0].ToString();
  const auto binding = ScanBindings::Get(context).Find(id);
  if (std::holds_alternative<RowsScan>(binding->source) ||
      std::holds_alternative<StreamScan>(binding->source)) {
    return ParseSubquery(context,
                         fmt::format("SELECT * FROM {}({})", kRowsFunction, QuoteText(id)));
  }
  const auto* files = std::get_if<FileScan>(&binding->source);
  if (files == nullptr || files->format == FileFormat::kParquet) return nullptr;
  return ParseSubquery(context, TextScanSql(context, *files));
}

// The engine's function `name` of one kind.
::duckdb::CatalogEntry& EngineEntry(::duckdb::DatabaseInstance& instance,
                                    ::duckdb::CatalogType type, const std::string& name) {
  auto& catalog = ::duckdb::Catalog::GetSystemCatalog(instance);
  const auto transaction = ::duckdb::CatalogTransaction::GetSystemTransaction(instance);
  auto& schema = catalog.GetSchema(transaction, DEFAULT_SCHEMA);
  auto entry = schema.GetEntry(transaction, type, name);
  if (!entry) throw ::duckdb::InternalException("the engine has no function %s", name);
  return *entry;
}

::duckdb::TableFunction ParquetScan(::duckdb::DatabaseInstance& instance) {
  auto& entry = EngineEntry(instance, ::duckdb::CatalogType::TABLE_FUNCTION_ENTRY, "parquet_scan");
  // One of two overloads, for one path and for a list of them.
  for (const auto& function :
       entry.Cast<::duckdb::TableFunctionCatalogEntry>().functions.functions) {
    if (function.arguments[0] == LogicalType::VARCHAR) return function;
  }
  throw ::duckdb::InternalException("the engine's parquet_scan takes no path");
}

// lakesmith_rename(value, NULL::type): the value with the names of fields that `type` has.
unique_ptr<::duckdb::FunctionData> BindRename(ClientContext&, ::duckdb::ScalarFunction& function,
                                              vector<unique_ptr<::duckdb::Expression>>& arguments) {
  function.arguments = {arguments[0]->return_type, arguments[1]->return_type};
  function.SetReturnType(arguments[1]->return_type);
  return nullptr;
}

void Rename(::duckdb::DataChunk& arguments, ::duckdb::ExpressionState&, ::duckdb::Vector& result) {
  ReinterpretDeep(arguments.data[0], result, arguments.size());
}

}  // namespace

ScanBindings& ScanBindings::Get(ClientContext& context) {
  return *context.registered_state->GetOrCreate<ScanBindings>(kBindingsKey);
}

void ScanBindings::Set(const std::vector<ScanBinding>& bindings) {
  bindings_.clear();
  for (const ScanBinding& binding : bindings) {
    bindings_[binding.id] = std::make_shared<const ScanBinding>(binding);
  }
}

std::shared_ptr<const ScanBinding> ScanBindings::Find(const std::string& id) const {
  const auto found = bindings_.find(id);
  if (found == bindings_.end()) {
    ThrowAsDuckError(Internal("the statement has no scan '{}'", id));
  }
  return found->second;
}

void RegisterScanFunctions(::duckdb::DatabaseInstance& instance) {
  RegisterVariantCast(instance);
  ::duckdb::TableFunction scan = ParquetScan(instance);
  scan.name = kScanFunction;
  scan.bind_replace = BindReplace;
  scan.get_multi_file_reader = ScanReader::Create;
  scan.get_virtual_columns = VirtualColumns;
  scan.get_partition_stats = PartitionStats;
  scan.to_string = ToText;
  scan.dynamic_to_string = ToDynamicText;
  scan.statistics = nullptr;
  scan.serialize = nullptr;
  scan.deserialize = nullptr;
  ::duckdb::ScalarFunction rename("lakesmith_rename", {LogicalType::ANY, LogicalType::ANY},
                                  LogicalType::ANY, Rename, BindRename);
  rename.null_handling = ::duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  ::duckdb::ExtensionLoader loader(instance, "lakesmith");
  loader.RegisterFunction(std::move(scan));
  loader.RegisterFunction(MakeRowsFunction());
  loader.RegisterFunction(std::move(rename));
  auto& parquet = EngineEntry(instance, ::duckdb::CatalogType::COPY_FUNCTION_ENTRY, "parquet");
  loader.RegisterFunction(
      MakeSplitCopyFunction(parquet.Cast<::duckdb::CopyFunctionCatalogEntry>().function));
}

}  // namespace lakesmith::engine
