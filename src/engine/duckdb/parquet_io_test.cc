#include "delta/parquet_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/duckdb/runtime.h"

namespace lakesmith::engine {
namespace {

using delta::ParquetBatch;
using testing::ElementsAre;
using types::DataType;
using types::Value;

class ParquetIoTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("lakesmith-parquet-io-test-{}", ::getpid());
    std::filesystem::create_directories(folder_);
    runtime_ = std::move(*Runtime::Open({.threads = 2}));
    parquet_ = runtime_->NewParquetIo();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  // Two actions as a checkpoint has them: an add and a protocol.
  Result<int64_t> WriteActions(const std::string& path) {
    const DataType add = DataType::Struct(
        {{.name = "path", .type = DataType::String()},
         {.name = "size", .type = DataType::Long()},
         {.name = "partitionValues", .type = DataType::Map(DataType::String(), DataType::String())},
         {.name = "tags", .type = DataType::Array(DataType::String())}});
    const DataType protocol =
        DataType::Struct({{.name = "minReaderVersion", .type = DataType::Int()}});
    const Value add_value(types::StructValue{
        {Value(std::string("a.parquet")), Value(int64_t{7}),
         Value(types::MapValue{{{Value(std::string("p")), Value(std::string("x"))}}}), Value()}});
    const Value protocol_value(types::StructValue{{Value(int64_t{3})}});
    size_t next = 0;
    return parquet_->Write(
        path,
        DataType::Struct({{.name = "add", .type = add}, {.name = "protocol", .type = protocol}}),
        [&](std::vector<Value>* row) -> Result<bool> {
          if (next == 2) return false;
          *row = next == 0 ? std::vector<Value>{add_value, Value()}
                           : std::vector<Value>{Value(), protocol_value};
          ++next;
          return true;
        });
  }

  std::filesystem::path folder_;
  std::unique_ptr<Runtime> runtime_;
  std::shared_ptr<delta::ParquetIo> parquet_;
};

TEST_F(ParquetIoTest, ReadsBackWhatItWrote) {
  const std::string path = Path("checkpoint.parquet");
  auto size = WriteActions(path);
  ASSERT_TRUE(size) << size.error().ToString();
  EXPECT_EQ(*size, static_cast<int64_t>(std::filesystem::file_size(path)));
  std::vector<std::string> seen;
  const auto status = parquet_->Read(
      path,
      {{{"add", "path"}, DataType::String()},
       {{"add", "size"}, DataType::Long()},
       {{"add", "partitionValues"}, DataType::Map(DataType::String(), DataType::String())},
       {{"add", "absent"}, DataType::Boolean()},
       {{"protocol", "minReaderVersion"}, DataType::Long()},
       {{"txn", "appId"}, DataType::String()}},
      false, [&](const ParquetBatch& batch) -> Status {
        for (size_t row = 0; row < batch.row_count(); ++row) {
          EXPECT_TRUE(batch.IsNull(3, row));
          EXPECT_TRUE(batch.IsNull(5, row));
          if (!batch.IsNull(0, row)) {
            seen.push_back(
                fmt::format("{} {} {}", batch.Text(0, row), batch.Integer(1, row),
                            ToSparkText(batch.Get(2, row),
                                        DataType::Map(DataType::String(), DataType::String()))));
          } else {
            seen.push_back(fmt::format("reader {}", batch.Integer(4, row)));
          }
        }
        return {};
      });
  ASSERT_TRUE(status) << status.error().ToString();
  EXPECT_THAT(seen, ElementsAre("a.parquet 7 {p -> x}", "reader 3"));
}

TEST_F(ParquetIoTest, LeavesOutEmptyRowsWhenAsked) {
  ASSERT_TRUE(WriteActions(Path("c.parquet")));
  size_t rows = 0;
  ASSERT_TRUE(parquet_->Read(Path("c.parquet"),
                             {{{"protocol", "minReaderVersion"}, DataType::Int()}}, true,
                             [&](const ParquetBatch& batch) -> Status {
                               rows += batch.row_count();
                               return {};
                             }));
  EXPECT_EQ(rows, 1);
}

TEST_F(ParquetIoTest, StopsAtTheConsumersError) {
  ASSERT_TRUE(WriteActions(Path("c.parquet")));
  const auto status =
      parquet_->Read(Path("c.parquet"), {{{"add", "path"}, DataType::String()}}, false,
                     [](const ParquetBatch&) -> Status { return Conflict("enough"); });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().ToString(), "enough");
}

TEST_F(ParquetIoTest, TellsAMissingFileFromADamagedOne) {
  const auto read = [&](const std::string& path) {
    return parquet_->Read(path, {{{"add", "path"}, DataType::String()}}, false,
                          [](const ParquetBatch&) -> Status { return {}; });
  };
  EXPECT_EQ(read(Path("none.parquet")).error().code(), ErrorCode::kNotFound);
  std::ofstream(Path("bad.parquet")) << "PAR1 this is not a Parquet file, but long enough PAR1";
  EXPECT_EQ(read(Path("bad.parquet")).error().code(), ErrorCode::kCorrupt);
}

TEST_F(ParquetIoTest, AFailedWriteLeavesNothingBehind) {
  const auto written = parquet_->Write(
      Path("w.parquet"), DataType::Struct({{.name = "a", .type = DataType::Int()}}),
      [](std::vector<Value>*) -> Result<bool> { return Conflict("source failed"); });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), ErrorCode::kConflict);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

// Bytes of files of old writers: lists of two levels, as the Parquet format's rules for backward
// compatibility say.
std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

TEST_F(ParquetIoTest, ReadsListsOfTwoLevels) {
  // optional group l (LIST) { repeated int32 array; } with [1, 2], null, [], [3].
  std::ofstream(Path("old.parquet"), std::ios::binary) << FromHex(
      "504152311500153215322c150a150015061506000002000000030203000000034a020100000002000000030000"
      "001502193c4804726f6f74150200350218016c15021506001502250418056172726179001608191c191c26081c"
      "1502192500061928016c0561727261791500160a16541654260800001632160800280a6f6c6420777269746572"
      "005a00000050415231");
  const DataType list = DataType::Array(DataType::Long());
  std::vector<std::string> lists;
  const Status status = parquet_->Read(Path("old.parquet"), {{{"l"}, list}}, false,
                                       [&](const ParquetBatch& batch) -> Status {
                                         for (size_t row = 0; row < batch.row_count(); ++row) {
                                           lists.push_back(ToSparkText(batch.Get(0, row), list));
                                         }
                                         return {};
                                       });
  ASSERT_TRUE(status) << status.error().ToString();
  EXPECT_THAT(lists, ElementsAre("[1, 2]", "NULL", "[]", "[3]"));
}

TEST_F(ParquetIoTest, ReadsTheSchema) {
  ASSERT_TRUE(WriteActions(Path("c.parquet")));
  auto schema = parquet_->ReadSchema(Path("c.parquet"));
  ASSERT_TRUE(schema) << schema.error().ToString();
  EXPECT_EQ(
      schema->SimpleString(),
      "struct<add:struct<path:string,size:bigint,partitionValues:map<string,string>,tags:array<"
      "string>>,protocol:struct<minReaderVersion:int>>");
}

}  // namespace
}  // namespace lakesmith::engine
