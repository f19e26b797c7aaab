// The Parquet library of the delta module: checkpoints are read by the same scan as data files,
// with a declared schema, so that missing columns, other layouts of lists and narrower types are
// dealt with in one place.
#include "delta/parquet_io.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "engine/duckdb/connection_internal.h"
#include "engine/duckdb/value_conversion_internal.h"
#include "engine/duckdb/write_plan_internal.h"
#include "storage/local_store.h"

namespace lakesmith::engine {
namespace {

using delta::ParquetColumn;
using types::DataType;
using types::StructField;
using types::Value;

// Adds the leaf at `path` (from position `depth`) to `fields`.
void AddLeaf(std::vector<StructField>& fields, const ParquetColumn& column, size_t depth) {
  const std::string& name = column.path[depth];
  auto found = std::find_if(fields.begin(), fields.end(),
                            [&](const StructField& field) { return field.name == name; });
  const bool is_leaf = depth + 1 == column.path.size();
  if (found == fields.end()) {
    fields.push_back({.name = name, .type = is_leaf ? column.type : DataType::Struct({})});
    found = fields.end() - 1;
  }
  if (is_leaf) return;
  std::vector<StructField> inner = found->type.fields();
  AddLeaf(inner, column, depth + 1);
  found->type = DataType::Struct(std::move(inner));
}

std::vector<StructField> SchemaOf(const std::vector<ParquetColumn>& columns) {
  std::vector<StructField> fields;
  for (const ParquetColumn& column : columns) AddLeaf(fields, column, 0);
  return fields;
}

std::string ReadSql(const std::vector<ParquetColumn>& columns, bool skip_empty_rows) {
  std::string selected;
  std::string condition;
  for (const ParquetColumn& column : columns) {
    const std::string expression = StatisticsKey(column.path);
    if (!selected.empty()) selected += ", ";
    if (!condition.empty()) condition += " OR ";
    selected += expression;
    condition += expression + " IS NOT NULL";
  }
  return fmt::format("SELECT {} FROM lakesmith_scan('file'){}", selected,
                     skip_empty_rows ? " WHERE " + condition : "");
}

class ChunkBatch : public delta::ParquetBatch {
 public:
  ChunkBatch(::duckdb::DataChunk& chunk, const std::vector<ParquetColumn>& columns)
      : columns_(columns), row_count_(chunk.size()), formats_(chunk.ColumnCount()) {
    for (size_t i = 0; i < formats_.size(); ++i) {
      ::duckdb::Vector::RecursiveToUnifiedFormat(chunk.data[i], row_count_, formats_[i]);
    }
  }

  size_t row_count() const override { return row_count_; }

  bool IsNull(size_t column, size_t row) const override {
    const auto& format = formats_[column].unified;
    return !format.validity.RowIsValid(format.sel->get_index(row));
  }

  int64_t Integer(size_t column, size_t row) const override {
    const auto& format = formats_[column];
    const auto index = format.unified.sel->get_index(row);
    switch (format.logical_type.InternalType()) {
      case ::duckdb::PhysicalType::BOOL:
        return At<bool>(format, index) ? 1 : 0;
      case ::duckdb::PhysicalType::INT8:
        return At<int8_t>(format, index);
      case ::duckdb::PhysicalType::INT16:
        return At<int16_t>(format, index);
      case ::duckdb::PhysicalType::INT32:
        return At<int32_t>(format, index);
      default:
        return At<int64_t>(format, index);
    }
  }

  std::string_view Text(size_t column, size_t row) const override {
    const auto& format = formats_[column];
    const auto& text = ::duckdb::UnifiedVectorFormat::GetData<::duckdb::string_t>(
        format.unified)[format.unified.sel->get_index(row)];
    return {text.GetData(), text.GetSize()};
  }

  Value Get(size_t column, size_t row) const override {
    // The scan has cast to the type asked for, so this cannot fail.
    return ReadValue(formats_[column], row, columns_[column].type).value();
  }

 private:
  template <typename T>
  static const T& At(const ::duckdb::RecursiveUnifiedVectorFormat& format, ::duckdb::idx_t index) {
    return ::duckdb::UnifiedVectorFormat::GetData<T>(format.unified)[index];
  }

  const std::vector<ParquetColumn>& columns_;
  const size_t row_count_;
  std::vector<::duckdb::RecursiveUnifiedVectorFormat> formats_;
};

// An error of reading `path`: what the engine calls invalid is damage of the file here.
Error ReadError(const std::string& path, const Error& error) {
  const ErrorCode code = error.code() == ErrorCode::kInvalid ? ErrorCode::kCorrupt : error.code();
  return Error(code, error.message()).Within(path);
}

// `type` with timestamp for timestamp_ntz in fields of these names: columns of 96-bit integers are
// instants, which the engine does not know. `name` is that of the field that has the type.
DataType WithInstants(const DataType& type, const std::string& name,
                      const std::set<std::string>& int96_names) {
  switch (type.id()) {
    case types::TypeId::kTimestampNtz:
      return int96_names.contains(name) ? DataType::Timestamp() : type;
    case types::TypeId::kArray: {
      // Element or array is what writers call the values of a list.
      const std::string element = int96_names.contains("array") ? "array" : "element";
      return DataType::Array(WithInstants(type.element(), element, int96_names));
    }
    case types::TypeId::kMap:
      return DataType::Map(WithInstants(type.key(), "key", int96_names),
                           WithInstants(type.value(), "value", int96_names));
    case types::TypeId::kStruct: {
      std::vector<StructField> fields = type.fields();
      for (StructField& field : fields) {
        field.type = WithInstants(field.type, field.name, int96_names);
      }
      return DataType::Struct(std::move(fields));
    }
    default:
      return type;
  }
}

Status CheckExists(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return NotFound("{}: no such file", path);
  return {};
}

class DuckParquetIo : public delta::ParquetIo {
 public:
  explicit DuckParquetIo(std::shared_ptr<Runtime::Implementation> runtime)
      : runtime_(std::move(runtime)) {}

  Result<DataType> ReadSchema(const std::string& path) override {
    TRY(CheckExists(path));
    ConnectionImpl connection(runtime_);
    auto columns = connection.Columns(
        {.sql = fmt::format("SELECT * FROM read_parquet({}) LIMIT 0", QuoteText(path))});
    if (!columns) return ReadError(path, columns.error());
    std::set<std::string> int96_names;
    TRY(connection.ForEachChunk(
        {.sql = fmt::format("SELECT name FROM parquet_schema({}) WHERE type = 'INT96'",
                            QuoteText(path))},
        [&](::duckdb::DataChunk& chunk) -> Status {
          for (::duckdb::idx_t row = 0; row < chunk.size(); ++row) {
            int96_names.insert(chunk.GetValue(0, row).ToString());
          }
          return {};
        }));
    return WithInstants(DataType::Struct(std::move(*columns)), "", int96_names);
  }

  Status Read(const std::string& path, const std::vector<ParquetColumn>& columns,
              bool skip_empty_rows,
              const std::function<Status(const delta::ParquetBatch&)>& consume) override {
    TRY(CheckExists(path));
    const FileScan scan{.files = {path}, .columns = SchemaOf(columns)};
    ConnectionImpl connection(runtime_);
    std::optional<Error> consumer_error;
    const Status status = connection.ForEachChunk(
        {.sql = ReadSql(columns, skip_empty_rows), .scans = {{.id = "file", .source = scan}}},
        [&](::duckdb::DataChunk& chunk) -> Status {
          Status consumed = consume(ChunkBatch(chunk, columns));
          if (!consumed) consumer_error = consumed.error();
          return consumed;
        });
    if (consumer_error) return std::move(*consumer_error);
    if (!status) return ReadError(path, status.error());
    return {};
  }

  Result<int64_t> Write(const std::string& path, const DataType& schema,
                        const delta::RowSource& rows) override {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    const std::string temporary = storage::TemporaryPath(path);
    const Status written = WriteFile(temporary, schema, rows);
    if (!written) {
      std::filesystem::remove(temporary, error);
      return Error(written.error()).Within(path);
    }
    const auto size = static_cast<int64_t>(std::filesystem::file_size(temporary, error));
    if (error) return Unavailable("{}: {}", temporary, error.message());
    TRY(storage::PublishFile(temporary, path));
    return size;
  }

 private:
  Status WriteFile(const std::string& path, const DataType& schema, const delta::RowSource& rows) {
    const StreamScan scan{.columns = schema.fields(), .next = rows};
    ConnectionImpl connection(runtime_);
    return connection.ForEachChunk(
        {.sql = fmt::format("COPY (SELECT * FROM lakesmith_scan('rows')) TO {} (FORMAT parquet, "
                            "COMPRESSION snappy)",
                            QuoteText(path)),
         .scans = {{.id = "rows", .source = scan}}},
        [](::duckdb::DataChunk&) { return Status(); });
  }

  const std::shared_ptr<Runtime::Implementation> runtime_;
};

}  // namespace

std::shared_ptr<delta::ParquetIo> MakeParquetIo(std::shared_ptr<Runtime::Implementation> runtime) {
  return std::make_shared<DuckParquetIo>(std::move(runtime));
}

}  // namespace lakesmith::engine
