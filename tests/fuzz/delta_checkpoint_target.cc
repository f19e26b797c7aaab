// The body of the checkpoint fuzzer: a store and a Parquet library that make everything of one
// string of bytes.
#include <memory>
#include <string>
#include <utility>

#include "../tests/fuzz/delta_targets.h"
#include "base/check.h"
#include "delta/replay_internal.h"

namespace lakesmith::delta::fuzz {
namespace {

using types::DataType;
using types::TypeId;
using types::Value;

// Draws values from bytes; zeros at their end.
class Drawer {
 public:
  explicit Drawer(std::string_view bytes) : bytes_(bytes) {}

  bool empty() const { return next_ >= bytes_.size(); }
  unsigned Byte() { return empty() ? 0 : static_cast<unsigned char>(bytes_[next_++]); }
  std::string Text() {
    const size_t length = Byte() % 40;
    const size_t begin = std::min(next_, bytes_.size());
    next_ = std::min(bytes_.size(), begin + length);
    return std::string(bytes_.substr(begin, next_ - begin));
  }
  int64_t Integer() {
    uint64_t bits = 0;
    for (unsigned left = Byte() % 9; left > 0; --left) bits = bits << 8 | Byte();
    return static_cast<int64_t>(bits);
  }

  // Anything that a Parquet library could hand over for the type.
  Value Draw(const DataType& type, int depth = 0) {
    if (Byte() % 4 == 0) return {};
    switch (type.id()) {
      case TypeId::kBoolean:
        return Value(Byte() % 2 == 0);
      case TypeId::kString:
        return Value(Text());
      case TypeId::kDouble:
        return Value(static_cast<double>(Integer()) / 8);
      case TypeId::kArray: {
        types::ArrayValue array;
        for (unsigned left = Byte() % 4; left > 0; --left)
          array.elements.push_back(Draw(type.element(), depth + 1));
        return Value(std::move(array));
      }
      case TypeId::kMap: {
        types::MapValue map;
        for (unsigned left = Byte() % 4; left > 0; --left) {
          Value key = Draw(type.key(), depth + 1);
          map.entries.emplace_back(std::move(key), Draw(type.value(), depth + 1));
        }
        return Value(std::move(map));
      }
      case TypeId::kStruct: {
        types::StructValue value;
        for (const types::StructField& field : type.fields())
          value.fields.push_back(Draw(field.type, depth + 1));
        return Value(std::move(value));
      }
      default:
        return Value(Integer());
    }
  }

 private:
  std::string_view bytes_;
  size_t next_ = 0;
};

class DrawnParquet : public ParquetIo {
 public:
  explicit DrawnParquet(std::string_view bytes) : bytes_(bytes) {}

  Result<DataType> ReadSchema(const std::string&) override {
    const DataType bounds = DataType::Struct({{"a", DataType::Long()}, {"b", DataType::String()}});
    const DataType stats = DataType::Struct({{"numRecords", DataType::Long()},
                                             {"minValues", bounds},
                                             {"maxValues", bounds},
                                             {"nullCount", bounds}});
    return DataType::Struct({{"add", DataType::Struct({{"stats_parsed", stats}})},
                             {"remove", DataType::Struct({{"path", DataType::String()}})}});
  }

  Status Read(const std::string&, const std::vector<ParquetColumn>& columns, bool,
              const std::function<Status(const ParquetBatch&)>& consume) override {
    Drawer drawer(bytes_);
    Batch batch;
    while (!drawer.empty() && batch.rows.size() < 50) {
      std::vector<Value>& row = batch.rows.emplace_back();
      for (const ParquetColumn& column : columns) row.push_back(drawer.Draw(column.type));
    }
    return consume(batch);
  }

  Result<int64_t> Write(const std::string& path, const DataType&, const RowSource&) override {
    return Unavailable("{}: cannot be written", path);
  }

 private:
  struct Batch : ParquetBatch {
    size_t row_count() const override { return rows.size(); }
    bool IsNull(size_t column, size_t row) const override { return rows[row][column].is_null(); }
    int64_t Integer(size_t column, size_t row) const override {
      const bool* flag = std::get_if<bool>(&rows[row][column].storage());
      return flag != nullptr ? *flag : rows[row][column].as<int64_t>();
    }
    std::string_view Text(size_t column, size_t row) const override {
      return rows[row][column].as<std::string>();
    }
    Value Get(size_t column, size_t row) const override { return rows[row][column]; }
    std::vector<std::vector<Value>> rows;
  };

  std::string_view bytes_;
};

// Every object holds the same bytes.
class OneObjectStore : public storage::ObjectStore {
 public:
  explicit OneObjectStore(std::string_view bytes) : bytes_(bytes) {}

  Result<std::string> Read(const std::string&) const override { return std::string(bytes_); }
  Result<std::string> ReadRange(const std::string&, int64_t, int64_t) const override {
    return std::string(bytes_);
  }
  Status PutIfAbsent(const std::string& path, std::string_view) override { return Refuse(path); }
  Status Put(const std::string& path, std::string_view) override { return Refuse(path); }
  Result<std::vector<storage::ObjectInfo>> List(const std::string&,
                                                std::string_view) const override {
    return std::vector<storage::ObjectInfo>();
  }
  Result<std::vector<storage::ObjectInfo>> ListRecursive(const std::string&) const override {
    return std::vector<storage::ObjectInfo>();
  }
  Status Delete(const std::string& path) override { return Refuse(path); }
  Result<storage::ObjectInfo> Stat(const std::string& path) const override {
    return storage::ObjectInfo{path, static_cast<int64_t>(bytes_.size()), 0};
  }

 private:
  static Status Refuse(const std::string& path) { return Unavailable("{}: read only", path); }

  std::string_view bytes_;
};

void ReadOne(const Table& table, const CheckpointFiles& checkpoint) {
  Replay replay(table.root);
  replay.KeepTombstones(true);
  const Status read = ReadCheckpoint(table, checkpoint, &replay);
  if (!read) {
    CHECK(read.error().code() == ErrorCode::kCorrupt);
    return;
  }
  const Result<SnapshotState> state = std::move(replay).Finish(0);
  if (state) return;
  const ErrorCode code = state.error().code();
  CHECK(code == ErrorCode::kCorrupt || code == ErrorCode::kUnsupported ||
        code == ErrorCode::kInvalid);
}

}  // namespace

void FuzzCheckpoint(std::string_view bytes) {
  const Table table{.store = std::make_shared<OneObjectStore>(bytes),
                    .parquet = std::make_shared<DrawnParquet>(bytes),
                    .root = "/t"};
  ReadOne(table, {.version = 1, .paths = {"/t/_delta_log/1.checkpoint.parquet"}});
  ReadOne(table, {.version = 1,
                  .kind = CheckpointFiles::Kind::kV2,
                  .paths = {"/t/_delta_log/1.checkpoint.x.json"}});
}

}  // namespace lakesmith::delta::fuzz
