#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/data_type.h"

namespace lakesmith::engine {

// Rows being filled in, column by column. It lives as long as the call that hands it out.
class OutputBatch {
 public:
  virtual ~OutputBatch() = default;

  // Most rows that the batch holds.
  virtual size_t capacity() const = 0;
  // Values of a column of fixed width, `capacity()` of them: bool for boolean, int32_t for int and
  // date (days), int64_t for bigint, timestamp (microseconds, UTC) and decimal of precision 10 to
  // 18 (unscaled).
  template <typename T>
  T* Values(size_t column) {
    return static_cast<T*>(Data(column));
  }
  // Copies the text, which must be valid UTF-8.
  virtual void SetText(size_t column, size_t row, std::string_view text) = 0;
  virtual void SetNull(size_t column, size_t row) = 0;

 private:
  virtual void* Data(size_t column) = 0;
};

// Fills the next rows and returns their number; 0 is the end. Called by one thread at a time.
using FillBatch = std::function<Result<size_t>(OutputBatch&)>;

enum class BatchFormat { kParquet, kCsv, kJson };

struct BatchFile {
  std::string path;
  BatchFormat format = BatchFormat::kParquet;
  std::vector<types::StructField>
      columns;  // boolean, int, bigint, date, timestamp, decimal, string.
};

// Writes files from rows that a function makes, for data that no table holds. One file is written
// by the thread that asks for it, in the order of the rows, so that the same rows always give the
// same bytes; several threads may write different files at once.
class BatchWriter {
 public:
  // Errors: kInternal when the engine does not start.
  static Result<std::unique_ptr<BatchWriter>> Open();
  ~BatchWriter();

  // Writes the whole file and returns its number of rows. An existing file is replaced. A failed
  // call may leave a part of the file behind. Errors: those of `fill`, as they are; kUnavailable
  // when the disk refuses; kUnsupported for another column type.
  Result<int64_t> Write(const BatchFile& file, const FillBatch& fill);

  BatchWriter(const BatchWriter&) = delete;
  BatchWriter& operator=(const BatchWriter&) = delete;

 private:
  struct Instance;
  explicit BatchWriter(std::unique_ptr<Instance> instance);
  std::unique_ptr<Instance> instance_;
};

}  // namespace lakesmith::engine
