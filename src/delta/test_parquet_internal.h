#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "delta/parquet_io.h"
#include "storage/object_store.h"

namespace lakesmith::delta {

// Keeps "Parquet files" as values in memory and puts a marker in the store, so that listings show
// them. For tests.
class MemoryParquet : public ParquetIo {
 public:
  struct File {
    types::DataType schema;
    std::vector<std::vector<types::Value>> rows;
  };

  explicit MemoryParquet(std::shared_ptr<storage::ObjectStore> store) : store_(std::move(store)) {}

  Result<types::DataType> ReadSchema(const std::string& path) override {
    return TRY(Find(path)).schema;
  }

  Status Read(const std::string& path, const std::vector<ParquetColumn>& columns,
              bool skip_empty_rows,
              const std::function<Status(const ParquetBatch&)>& consume) override {
    const File file = TRY(Find(path));
    Batch batch;
    for (const auto& row : file.rows) {
      std::vector<types::Value> cells;
      bool empty = true;
      for (const ParquetColumn& column : columns) {
        cells.push_back(Lookup(types::StructValue{row}, file.schema, column.path, 0));
        if (!cells.back().is_null()) empty = false;
      }
      if (!empty || !skip_empty_rows) batch.cells.push_back(std::move(cells));
    }
    return consume(batch);
  }

  Result<int64_t> Write(const std::string& path, const types::DataType& schema,
                        const RowSource& rows) override {
    File file{.schema = schema};
    std::vector<types::Value> row;
    while (TRY(rows(&row))) file.rows.push_back(row);
    Put(path, std::move(file));
    TRY(store_->Put(path, "in memory"));
    return 9;
  }

  void Put(const std::string& path, File file) {
    const std::lock_guard lock(mutex_);
    files_[path] = std::move(file);
  }
  File Get(const std::string& path) { return *Find(path); }

 private:
  struct Batch : ParquetBatch {
    size_t row_count() const override { return cells.size(); }
    bool IsNull(size_t column, size_t row) const override { return cells[row][column].is_null(); }
    int64_t Integer(size_t column, size_t row) const override {
      const types::Value& value = cells[row][column];
      const bool* flag = std::get_if<bool>(&value.storage());
      return flag != nullptr ? *flag : value.as<int64_t>();
    }
    std::string_view Text(size_t column, size_t row) const override {
      return cells[row][column].as<std::string>();
    }
    types::Value Get(size_t column, size_t row) const override { return cells[row][column]; }
    std::vector<std::vector<types::Value>> cells;
  };

  Result<File> Find(const std::string& path) {
    TRY(store_->Stat(path));
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(path);
    if (found == files_.end()) return Corrupt("{}: not a Parquet file", path);
    return found->second;
  }

  static types::Value Lookup(const types::Value& value, const types::DataType& type,
                             const std::vector<std::string>& path, size_t depth) {
    if (value.is_null() || depth == path.size()) return value;
    const std::optional<size_t> index = type.FieldIndex(path[depth]);
    if (!index) return {};
    return Lookup(value.structure().fields[*index], type.fields()[*index].type, path, depth + 1);
  }

  std::shared_ptr<storage::ObjectStore> store_;
  std::mutex mutex_;
  std::map<std::string, File> files_;
};

}  // namespace lakesmith::delta
