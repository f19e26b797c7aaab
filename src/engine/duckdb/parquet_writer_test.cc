#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "engine/duckdb/runtime.h"

namespace lakesmith::engine {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using types::DataType;
using types::StructField;
using types::Value;

delta::StatisticsColumn Bounds(std::vector<std::string> path, DataType type) {
  return {.logical_path = path, .physical_path = path, .type = std::move(type), .has_bounds = true};
}

class ParquetWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("lakesmith-writer-test-{}", ::getpid());
    runtime_ = std::move(*Runtime::Open({.threads = 2}));
    connection_ = std::move(*runtime_->NewConnection());
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::vector<WrittenFile> Write(const std::string& sql, WriteSpec spec) {
    spec.root = folder_.string();
    auto files = connection_->WriteParquet({.sql = sql}, spec);
    EXPECT_TRUE(files) << files.error().ToString();
    return files ? *files : std::vector<WrittenFile>{};
  }

  std::vector<Row> Rows(const std::string& sql) {
    auto stream = connection_->Query({.sql = sql});
    EXPECT_TRUE(stream) << stream.error().ToString();
    auto rows = Collect(**stream);
    EXPECT_TRUE(rows) << rows.error().ToString();
    return *rows;
  }

  size_t FilesInFolder() const {
    size_t count = 0;
    if (!fs::exists(folder_)) return 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_))
      count += entry.is_regular_file();
    return count;
  }

  fs::path folder_;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Connection> connection_;
};

std::string Text(const Value& value, const DataType& type) { return ToSparkText(value, type); }

TEST_F(ParquetWriterTest, GivesExactStatisticsOfEachType) {
  const DataType decimal = DataType::Decimal(38, 2);
  const DataType inner = DataType::Struct({{.name = "a b", .type = DataType::Int()}});
  const auto files = Write(
      "SELECT * FROM (VALUES (1::INT, 'x', 1.5::DECIMAL(38,2), TIMESTAMPTZ '2024-01-15 "
      "10:00:00.000123+00', "
      "TIMESTAMP '1969-12-31 23:59:59.999999', DATE '2024-02-29', {'a b': 5}, [1], 1.5::FLOAT, "
      "'nan'::DOUBLE), "
      "(NULL, NULL, -2.25, NULL, TIMESTAMP '2262-01-01', DATE '0001-01-01', NULL, NULL, 0.1, 1.0), "
      "(7, 'é', 99999999999999999999999999999999999.99, TIMESTAMPTZ '1500-01-01 00:00:00+00', "
      "NULL, NULL, "
      "{'a b': NULL}, [], -0.5, 2.0))",
      {.columns = {{.name = "i", .type = DataType::Int()},
                   {.name = "s", .type = DataType::String()},
                   {.name = "d", .type = decimal},
                   {.name = "t", .type = DataType::Timestamp()},
                   {.name = "n", .type = DataType::TimestampNtz()},
                   {.name = "day", .type = DataType::Date()},
                   {.name = "st", .type = inner},
                   {.name = "l", .type = DataType::Array(DataType::Int())},
                   {.name = "f", .type = DataType::Float()},
                   {.name = "nan", .type = DataType::Double()}},
       .statistics_columns = {
           Bounds({"i"}, DataType::Int()), Bounds({"s"}, DataType::String()),
           Bounds({"d"}, decimal), Bounds({"t"}, DataType::Timestamp()),
           Bounds({"n"}, DataType::TimestampNtz()), Bounds({"day"}, DataType::Date()),
           Bounds({"st", "a b"}, DataType::Int()), Bounds({"f"}, DataType::Float()),
           Bounds({"nan"}, DataType::Double())}});
  ASSERT_EQ(files.size(), 1);
  const WrittenFile& file = files[0];
  EXPECT_EQ(file.row_count, 3);
  EXPECT_EQ(file.size_bytes, static_cast<int64_t>(fs::file_size(folder_ / file.path)));
  EXPECT_THAT(file.path, StartsWith("part-00000-"));
  EXPECT_THAT(file.path, EndsWith(".c000.zstd.parquet"));
  const auto& s = file.statistics;
  EXPECT_EQ(Text(s[0].min, DataType::Int()), "1");
  EXPECT_EQ(Text(s[0].max, DataType::Int()), "7");
  EXPECT_EQ(s[0].null_count, 1);
  EXPECT_EQ(Text(s[1].max, DataType::String()), "é");
  EXPECT_EQ(Text(s[2].min, decimal), "-2.25");
  EXPECT_EQ(Text(s[2].max, decimal), "99999999999999999999999999999999999.99");
  EXPECT_EQ(Text(s[3].min, DataType::Timestamp()), "1500-01-01 00:00:00");
  EXPECT_EQ(Text(s[3].max, DataType::Timestamp()), "2024-01-15 10:00:00.000123");
  EXPECT_EQ(Text(s[4].min, DataType::TimestampNtz()), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(Text(s[5].min, DataType::Date()), "0001-01-01");
  EXPECT_EQ(Text(s[6].min, DataType::Int()), "5");
  EXPECT_EQ(s[6].null_count, 2);
  EXPECT_EQ(Text(s[7].min, DataType::Float()), "-0.5");
  EXPECT_TRUE(s[8].min.is_null());
  EXPECT_EQ(s[8].null_count, 0);
}

TEST_F(ParquetWriterTest, DoesNotCutLongStrings) {
  const auto files = Write("SELECT repeat('é', 400) || 'z' AS s UNION ALL SELECT repeat('a', 300)",
                           {.columns = {{.name = "s", .type = DataType::String()}},
                            .statistics_columns = {Bounds({"s"}, DataType::String())}});
  ASSERT_EQ(files.size(), 1);
  EXPECT_EQ(files[0].statistics[0].min.as<std::string>(), std::string(300, 'a'));
  EXPECT_EQ(files[0].statistics[0].max.as<std::string>().size(), 801);
}

TEST_F(ParquetWriterTest, PartitionsByTypedValuesIntoHiveFolders) {
  const auto files = Write(
      "SELECT * FROM (VALUES (1, 'a/b=c d', DATE '2024-01-01'), (2, NULL, DATE '2024-01-01'), "
      "(3, 'a/b=c d', DATE '2024-01-01'), (4, 'NULL', NULL), (5, '', NULL))",
      {.columns = {{.name = "id", .type = DataType::Int()},
                   {.name = "p q", .type = DataType::String()},
                   {.name = "d", .type = DataType::Date()}},
       .partition_columns = {"p q", "d"},
       .statistics_columns = {Bounds({"id"}, DataType::Int())}});
  ASSERT_EQ(files.size(), 4);
  std::vector<std::string> seen;
  for (const WrittenFile& file : files) {
    EXPECT_TRUE(fs::exists(folder_ / file.path)) << file.path;
    EXPECT_EQ(file.partition_values[0].first, "p q");
    seen.push_back(fmt::format("{}|{}|{}|{}",
                               Text(file.partition_values[0].second, DataType::String()),
                               Text(file.partition_values[1].second, DataType::Date()),
                               file.row_count, fs::path(file.path).parent_path().string()));
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_THAT(seen,
              ElementsAre("NULL|2024-01-01|1|p q=__HIVE_DEFAULT_PARTITION__/d=2024-01-01",
                          "NULL|NULL|1|p q=NULL/d=__HIVE_DEFAULT_PARTITION__",
                          "a/b=c d|2024-01-01|2|p q=a%2Fb%3Dc d/d=2024-01-01",
                          "|NULL|1|p q=__HIVE_DEFAULT_PARTITION__/d=__HIVE_DEFAULT_PARTITION__"));
  const auto columns =
      Rows(fmt::format("SELECT * FROM read_parquet('{}', hive_partitioning = false) LIMIT 1",
                       (folder_ / files[0].path).string()));
  EXPECT_EQ(columns[0].size(), 1);
}

TEST_F(ParquetWriterTest, ClosesAFileAtItsTargetSize) {
  const auto files = Write("SELECT range AS i, hash(range) AS h FROM range(2000000)",
                           {.columns = {{.name = "i", .type = DataType::Long()},
                                        {.name = "h", .type = DataType::Decimal(20, 0)}},
                            .target_file_bytes = 4 << 20});
  EXPECT_GT(files.size(), 2);
  int64_t rows = 0;
  for (const WrittenFile& file : files) rows += file.row_count;
  EXPECT_EQ(rows, 2000000);
}

TEST_F(ParquetWriterTest, ClosesFilesOfPartitionsAtTheirTargetSize) {
  const auto files =
      Write("SELECT range AS i, hash(range) AS h, range % 2 AS p FROM range(4000000)",
            {.columns = {{.name = "i", .type = DataType::Long()},
                         {.name = "h", .type = DataType::Decimal(20, 0)},
                         {.name = "p", .type = DataType::Long()}},
             .partition_columns = {"p"},
             .target_file_bytes = 4 << 20,
             .statistics_columns = {Bounds({"i"}, DataType::Long())}});
  EXPECT_GT(files.size(), 3);
  int64_t rows = 0;
  for (const WrittenFile& file : files) {
    rows += file.row_count;
    const std::string path = (folder_ / file.path).string();
    const auto seen = Rows(fmt::format(
        "SELECT count(*), min(i), max(i), min(i % 2), max(i % 2) FROM read_parquet('{}')", path));
    EXPECT_EQ(seen[0][0], Value(file.row_count));
    EXPECT_EQ(seen[0][1], file.statistics[0].min);
    EXPECT_EQ(seen[0][2], file.statistics[0].max);
    EXPECT_EQ(seen[0][3], file.partition_values[0].second);
    EXPECT_EQ(seen[0][4], file.partition_values[0].second);
  }
  EXPECT_EQ(rows, 4000000);
}

TEST_F(ParquetWriterTest, NoRowsGiveNoFiles) {
  EXPECT_TRUE(
      Write("SELECT 1 AS i WHERE false", {.columns = {{.name = "i", .type = DataType::Int()}}})
          .empty());
  EXPECT_TRUE(Write("SELECT 1 AS i, 2 AS p WHERE false",
                    {.columns = {{.name = "i", .type = DataType::Int()},
                                 {.name = "p", .type = DataType::Int()}},
                     .partition_columns = {"p"}})
                  .empty());
  EXPECT_EQ(FilesInFolder(), 0);
}

TEST_F(ParquetWriterTest, AFailureLeavesNothingBehind) {
  const WriteSpec spec{.root = folder_.string(),
                       .columns = {{.name = "i", .type = DataType::Long()}},
                       .target_file_bytes = 1 << 20};
  auto files =
      connection_->WriteParquet({.sql = "SELECT CASE WHEN range = 1999999 THEN error('late') ELSE "
                                        "range END FROM range(2000000)"},
                                spec);
  ASSERT_FALSE(files);
  EXPECT_THAT(files.error().message(), HasSubstr("late"));
  EXPECT_EQ(FilesInFolder(), 0);
}

TEST_F(ParquetWriterTest, WritesMappedNamesAndFieldIds) {
  const auto field = [](std::string name, DataType type, int id) {
    StructField result{.name = name, .type = std::move(type)};
    result.metadata = {{"delta.columnMapping.id", id},
                       {"delta.columnMapping.physicalName", "col-" + name}};
    return result;
  };
  const DataType inner = DataType::Struct({field("x", DataType::Int(), 3)});
  const auto files =
      Write("SELECT 1 AS a, [{'x': 2}, NULL] AS b, {'x': 5} AS c",
            {.columns = {field("a", DataType::Int(), 1), field("b", DataType::Array(inner), 2),
                         field("c", DataType::Struct({field("x", DataType::Int(), 5)}), 4)},
             .column_mapping = delta::ColumnMappingMode::kName});
  ASSERT_EQ(files.size(), 1);
  const std::string path = (folder_ / files[0].path).string();
  const auto names =
      Rows(fmt::format("SELECT string_agg(name || ':' || coalesce(field_id::VARCHAR, '-'), ' ') "
                       "FROM parquet_schema('{}')",
                       path));
  EXPECT_THAT(names[0][0].as<std::string>(),
              EndsWith("col-a:1 col-b:2 list:- element:- col-x:3 col-c:4 col-x:5"));
  const auto rows =
      Rows(fmt::format(R"(SELECT "col-b"[1]."col-x", "col-c"."col-x" FROM '{}')", path));
  EXPECT_THAT(rows, ElementsAre(ElementsAre(Value(int64_t{2}), Value(int64_t{5}))));
}

}  // namespace
}  // namespace lakesmith::engine
