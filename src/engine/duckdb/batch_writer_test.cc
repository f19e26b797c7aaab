#include "engine/duckdb/batch_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace lakesmith::engine {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using types::DataType;

class BatchWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("lakesmith-batches-{}'s", getpid());
    fs::create_directories(folder_);
    writer_ = *BatchWriter::Open();
  }
  void TearDown() override { fs::remove_all(folder_); }

  BatchFile File(std::string_view name, BatchFormat format) const {
    return {.path = (folder_ / name).string(),
            .format = format,
            .columns = {{.name = "id", .type = DataType::Long()},
                        {.name = "price", .type = DataType::Decimal(10, 2)},
                        {.name = "name", .type = DataType::String()},
                        {.name = "at", .type = DataType::Timestamp()}}};
  }
  // Gives `rows` rows; each third name is null.
  static FillBatch Rows(int64_t rows) {
    return [next = int64_t{0}, rows](OutputBatch& batch) mutable -> Result<size_t> {
      size_t count = 0;
      for (; count < batch.capacity() && next < rows; ++count, ++next) {
        batch.Values<int64_t>(0)[count] = next;
        batch.Values<int64_t>(1)[count] = -next;
        batch.SetText(2, count, next == 1 ? "a,\"b\"" : "a name longer than twelve bytes");
        if (next % 3 == 2) batch.SetNull(2, count);
        batch.Values<int64_t>(3)[count] = next * 1000000;
      }
      return count;
    };
  }
  std::string Text(std::string_view name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  }

  fs::path folder_;
  std::unique_ptr<BatchWriter> writer_;
};

TEST_F(BatchWriterTest, WritesCsvInOrder) {
  EXPECT_EQ(*writer_->Write(File("x.csv", BatchFormat::kCsv), Rows(3)), 3);
  EXPECT_EQ(Text("x.csv"),
            "id,price,name,at\n"
            "0,0.00,a name longer than twelve bytes,1970-01-01T00:00:00Z\n"
            "1,-0.01,\"a,\"\"b\"\"\",1970-01-01T00:00:01Z\n"
            "2,-0.02,,1970-01-01T00:00:02Z\n");
}

TEST_F(BatchWriterTest, SameRowsGiveTheSameBytesFromAnyThread) {
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([this, number] {
      EXPECT_EQ(*writer_->Write(File(fmt::format("{}.parquet", number), BatchFormat::kParquet),
                                Rows(300000)),
                300000);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string first = Text("0.parquet");
  EXPECT_TRUE(first.starts_with("PAR1"));
  for (int number = 1; number < 4; ++number)
    EXPECT_EQ(first, Text(fmt::format("{}.parquet", number)));
}

TEST_F(BatchWriterTest, ErrorsOfTheSourceComeBackAsTheyAre) {
  const auto result =
      writer_->Write(File("x.json", BatchFormat::kJson),
                     [](OutputBatch&) -> Result<size_t> { return Cancelled("enough"); });
  EXPECT_EQ(result.error().code(), ErrorCode::kCancelled);
  EXPECT_EQ(result.error().message(), "enough");
}

TEST_F(BatchWriterTest, RefusedPlacesAndTypesAreNamed) {
  EXPECT_THAT(
      writer_->Write(File("no/such/folder/x.csv", BatchFormat::kCsv), Rows(1)).error().message(),
      HasSubstr("no/such/folder/x.csv: cannot be written"));
  BatchFile file = File("x.parquet", BatchFormat::kParquet);
  file.columns[0].type = DataType::Binary();
  EXPECT_THAT(writer_->Write(file, Rows(1)).error().message(),
              HasSubstr("column 'id' has type binary"));
}

}  // namespace
}  // namespace lakesmith::engine
