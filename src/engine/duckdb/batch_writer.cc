#include "engine/duckdb/batch_writer.h"

#include <duckdb.h>

#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace lakesmith::engine {
namespace {

constexpr char kFunctionName[] = "lakesmith_batches";

// One file being written.
struct Writing {
  const BatchFile* file = nullptr;
  const FillBatch* fill = nullptr;
  std::optional<Error> error;  // Of `fill`.
};

// The files being written, by the number that stands in their statement.
class WritingRegistry {
 public:
  int64_t Add(Writing* writing) {
    const std::lock_guard lock(mutex_);
    writings_[++last_] = writing;
    return last_;
  }
  void Remove(int64_t number) {
    const std::lock_guard lock(mutex_);
    writings_.erase(number);
  }
  Writing* Find(int64_t number) {
    const std::lock_guard lock(mutex_);
    const auto found = writings_.find(number);
    return found == writings_.end() ? nullptr : found->second;
  }

 private:
  std::mutex mutex_;
  std::map<int64_t, Writing*> writings_;  // Guarded by mutex_.
  int64_t last_ = 0;                      // Guarded by mutex_.
};

class ChunkBatch final : public OutputBatch {
 public:
  explicit ChunkBatch(duckdb_data_chunk chunk) {
    const idx_t count = duckdb_data_chunk_get_column_count(chunk);
    for (idx_t column = 0; column < count; ++column) {
      vectors_.push_back(duckdb_data_chunk_get_vector(chunk, column));
    }
  }
  size_t capacity() const override { return duckdb_vector_size(); }
  void SetText(size_t column, size_t row, std::string_view text) override {
    duckdb_vector_assign_string_element_len(vectors_[column], row, text.data(), text.size());
  }
  void SetNull(size_t column, size_t row) override {
    duckdb_vector_ensure_validity_writable(vectors_[column]);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vectors_[column]), row);
  }

 private:
  void* Data(size_t column) override { return duckdb_vector_get_data(vectors_[column]); }
  std::vector<duckdb_vector> vectors_;
};

// nullopt for a type that batches do not carry. Text formats get wall-clock times, which print
// without a zone.
std::optional<duckdb_type> EngineType(const types::DataType& type, BatchFormat format) {
  switch (type.id()) {
    case types::TypeId::kBoolean:
      return DUCKDB_TYPE_BOOLEAN;
    case types::TypeId::kInt:
      return DUCKDB_TYPE_INTEGER;
    case types::TypeId::kLong:
      return DUCKDB_TYPE_BIGINT;
    case types::TypeId::kDate:
      return DUCKDB_TYPE_DATE;
    case types::TypeId::kTimestamp:
      return format == BatchFormat::kParquet ? DUCKDB_TYPE_TIMESTAMP_TZ : DUCKDB_TYPE_TIMESTAMP;
    case types::TypeId::kString:
      return DUCKDB_TYPE_VARCHAR;
    case types::TypeId::kDecimal:
      // Narrower and wider decimals are stored in other widths than int64.
      if (type.precision() < 10 || type.precision() > 18) return std::nullopt;
      return DUCKDB_TYPE_DECIMAL;
    default:
      return std::nullopt;
  }
}

void Bind(duckdb_bind_info info) {
  auto* registry = static_cast<WritingRegistry*>(duckdb_bind_get_extra_info(info));
  duckdb_value argument = duckdb_bind_get_parameter(info, 0);
  Writing* writing = registry->Find(duckdb_get_int64(argument));
  duckdb_destroy_value(&argument);
  if (writing == nullptr) {
    duckdb_bind_set_error(info, "no such batch");
    return;
  }
  for (const types::StructField& column : writing->file->columns) {
    const duckdb_type id = *EngineType(column.type, writing->file->format);
    duckdb_logical_type type =
        id == DUCKDB_TYPE_DECIMAL
            ? duckdb_create_decimal_type(static_cast<uint8_t>(column.type.precision()),
                                         static_cast<uint8_t>(column.type.scale()))
            : duckdb_create_logical_type(id);
    duckdb_bind_add_result_column(info, column.name.c_str(), type);
    duckdb_destroy_logical_type(&type);
  }
  duckdb_bind_set_bind_data(info, writing, nullptr);
}

void Start(duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); }

void Fill(duckdb_function_info info, duckdb_data_chunk chunk) {
  auto* writing = static_cast<Writing*>(duckdb_function_get_bind_data(info));
  ChunkBatch batch(chunk);
  Result<size_t> rows = (*writing->fill)(batch);
  if (!rows) {
    duckdb_function_set_error(info, rows.error().message().c_str());
    writing->error = std::move(rows).error();
    return;
  }
  duckdb_data_chunk_set_size(chunk, *rows);
}

std::string CopyStatement(const BatchFile& file, int64_t number) {
  std::string path;
  for (const char letter : file.path) {
    path.append(letter == '\'' ? 2 : 1, letter);
  }
  std::string_view options = "FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880";
  if (file.format == BatchFormat::kCsv) {
    options = "FORMAT csv, HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ'";
  } else if (file.format == BatchFormat::kJson) {
    options = "FORMAT json, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ'";
  }
  return fmt::format("COPY (SELECT * FROM {}({})) TO '{}' ({})", kFunctionName, number, path,
                     options);
}

Error EngineError(const BatchFile& file, duckdb_result& result) {
  const char* text = duckdb_result_error(&result);
  const std::string message = text == nullptr ? "unknown error" : text;
  if (duckdb_result_error_type(&result) == DUCKDB_ERROR_IO) {
    return Unavailable("{}: cannot be written: {}", file.path, message);
  }
  return Internal("{}: {}", file.path, message);
}

}  // namespace

struct BatchWriter::Instance {
  WritingRegistry registry;
  duckdb_database database = nullptr;

  ~Instance() { duckdb_close(&database); }

  Status Start() {
    duckdb_config config = nullptr;
    duckdb_create_config(&config);
    // Every caller works on its own file: no threads of the engine are wanted.
    duckdb_set_config(config, "threads", "1");
    char* message = nullptr;
    const duckdb_state state = duckdb_open_ext(nullptr, &database, config, &message);
    duckdb_destroy_config(&config);
    if (state != DuckDBSuccess) {
      Error error =
          Internal("the embedded engine does not start: {}", message == nullptr ? "" : message);
      duckdb_free(message);
      return error;
    }
    return RegisterFunction();
  }

  Status RegisterFunction() {
    duckdb_connection connection = nullptr;
    if (duckdb_connect(database, &connection) != DuckDBSuccess)
      return Internal("cannot connect to the engine");
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, kFunctionName);
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_table_function_add_parameter(function, number);
    duckdb_destroy_logical_type(&number);
    duckdb_table_function_set_extra_info(function, &registry, nullptr);
    duckdb_table_function_set_bind(function, Bind);
    duckdb_table_function_set_init(function, engine::Start);
    duckdb_table_function_set_function(function, Fill);
    const duckdb_state state = duckdb_register_table_function(connection, function);
    duckdb_destroy_table_function(&function);
    duckdb_disconnect(&connection);
    if (state != DuckDBSuccess)
      return Internal("the engine refuses the table function '{}'", kFunctionName);
    return {};
  }
};

BatchWriter::BatchWriter(std::unique_ptr<Instance> instance) : instance_(std::move(instance)) {}

BatchWriter::~BatchWriter() = default;

Result<std::unique_ptr<BatchWriter>> BatchWriter::Open() {
  auto instance = std::make_unique<Instance>();
  TRY(instance->Start());
  return std::unique_ptr<BatchWriter>(new BatchWriter(std::move(instance)));
}

Result<int64_t> BatchWriter::Write(const BatchFile& file, const FillBatch& fill) {
  for (const types::StructField& column : file.columns) {
    if (!EngineType(column.type, file.format)) {
      return Unsupported("column '{}' has type {}, which batches do not carry", column.name,
                         column.type.SimpleString());
    }
  }
  duckdb_connection connection = nullptr;
  if (duckdb_connect(instance_->database, &connection) != DuckDBSuccess) {
    return Internal("cannot connect to the engine");
  }
  Writing writing{.file = &file, .fill = &fill, .error = std::nullopt};
  const int64_t number = instance_->registry.Add(&writing);
  duckdb_result result;
  const duckdb_state state = duckdb_query(connection, CopyStatement(file, number).c_str(), &result);
  instance_->registry.Remove(number);
  std::optional<Error> error = std::move(writing.error);
  if (state != DuckDBSuccess && !error) error = EngineError(file, result);
  const auto rows = static_cast<int64_t>(duckdb_rows_changed(&result));
  duckdb_destroy_result(&result);
  duckdb_disconnect(&connection);
  if (error) return *std::move(error);
  return rows;
}

}  // namespace lakesmith::engine
