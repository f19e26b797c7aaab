#include "engine/duckdb/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "engine/duckdb/functions/registry.h"

namespace lakesmith::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using types::DataType;
using types::Value;

class RuntimeTest : public testing::Test {
 protected:
  void SetUp() override {
    auto runtime = Runtime::Open({.threads = 2});
    ASSERT_TRUE(runtime) << runtime.error().ToString();
    runtime_ = std::move(*runtime);
    auto connection = runtime_->NewConnection();
    ASSERT_TRUE(connection) << connection.error().ToString();
    connection_ = std::move(*connection);
  }

  std::vector<Row> Rows(const EmittedQuery& query) {
    auto stream = connection_->Query(query);
    EXPECT_TRUE(stream) << stream.error().ToString();
    if (!stream) return {};
    auto rows = Collect(**stream);
    EXPECT_TRUE(rows) << rows.error().ToString();
    return rows ? *rows : std::vector<Row>{};
  }

  // Text of the only value of a query, as Spark shows it.
  std::string One(const std::string& sql, const DataType& type) {
    const auto rows = Rows({.sql = sql, .columns = {{.name = "x", .type = type}}});
    if (rows.size() != 1) return fmt::format("{} rows", rows.size());
    return ToSparkText(rows[0][0], type);
  }

  Error ErrorOf(const EmittedQuery& query) {
    auto stream = connection_->Query(query);
    if (!stream) return stream.error();
    auto rows = Collect(**stream);
    return rows ? Internal("no error") : rows.error();
  }

  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(RuntimeTest, ReadsValuesOfEveryType) {
  EXPECT_EQ(One("SELECT true", DataType::Boolean()), "true");
  EXPECT_EQ(One("SELECT (-5)::TINYINT", DataType::Byte()), "-5");
  EXPECT_EQ(One("SELECT 9223372036854775807", DataType::Long()), "9223372036854775807");
  EXPECT_EQ(One("SELECT 0.1::FLOAT", DataType::Float()), "0.1");
  EXPECT_EQ(One("SELECT 1e10::DOUBLE", DataType::Double()), "1.0E10");
  EXPECT_EQ(One("SELECT (-1.50)::DECIMAL(4,2)", DataType::Decimal(4, 2)), "-1.50");
  EXPECT_EQ(One("SELECT '-12345678901234567890123456789012345.678'::DECIMAL(38,3)",
                DataType::Decimal(38, 3)),
            "-12345678901234567890123456789012345.678");
  EXPECT_EQ(One("SELECT 'Tromsø'", DataType::String()), "Tromsø");
  EXPECT_EQ(One("SELECT DATE '1582-10-04'", DataType::Date()), "1582-10-04");
  EXPECT_EQ(One("SELECT TIME '10:11:12.5'", DataType::Time()), "10:11:12.5");
  EXPECT_EQ(One("SELECT TIMESTAMPTZ '2024-01-15 10:00:00.25+02'", DataType::Timestamp()),
            "2024-01-15 08:00:00.25");
  EXPECT_EQ(One("SELECT TIMESTAMP '2024-01-15 10:00:00'", DataType::TimestampNtz()),
            "2024-01-15 10:00:00");
  EXPECT_EQ(One("SELECT INTERVAL '14' MONTH", DataType::YearMonthInterval()),
            "INTERVAL '1-2' YEAR TO MONTH");
  EXPECT_EQ(One("SELECT [1, NULL, 3]", DataType::Array(DataType::Int())), "[1, null, 3]");
  EXPECT_EQ(One("SELECT MAP {'a': 1}", DataType::Map(DataType::String(), DataType::Int())),
            "{a -> 1}");
  EXPECT_EQ(One("SELECT {'a': 1, 'b': ['x']}",
                DataType::Struct({{.name = "a", .type = DataType::Int()},
                                  {.name = "b", .type = DataType::Array(DataType::String())}})),
            "{1, [x]}");
  EXPECT_EQ(One("SELECT [{'a': 1}, NULL]",
                DataType::Array(DataType::Struct({{.name = "a", .type = DataType::Int()}}))),
            "[{1}, null]");
  EXPECT_EQ(One("SELECT {'a': 1, 'b': [true]}::VARIANT", DataType::Variant()),
            R"({"a":1,"b":[true]})");
  EXPECT_EQ(One("SELECT NULL", DataType::Void()), "NULL");
}

TEST_F(RuntimeTest, TakesWiderIntegersOnlyWhereTheyFit) {
  EXPECT_EQ(One("SELECT sum(x) FROM (VALUES (1), (2)) t(x)", DataType::Long()), "3");
  const Error error =
      ErrorOf({.sql = "SELECT 3000000000", .columns = {{.name = "x", .type = DataType::Int()}}});
  EXPECT_EQ(error.error_class(), "ARITHMETIC_OVERFLOW");
}

TEST_F(RuntimeTest, StreamsMoreRowsThanABatchAndEndsForGood) {
  auto stream = connection_->Query({.sql = "SELECT range FROM range(100000)"});
  ASSERT_TRUE(stream) << stream.error().ToString();
  EXPECT_EQ((*stream)->columns()[0].type, DataType::Long());
  int64_t sum = 0;
  while (true) {
    auto batch = (*stream)->Next();
    ASSERT_TRUE(batch) << batch.error().ToString();
    if (batch->empty()) break;
    for (const Row& row : *batch) sum += row[0].as<int64_t>();
  }
  EXPECT_EQ(sum, 4999950000);
  EXPECT_TRUE((*stream)->Next()->empty());
}

TEST_F(RuntimeTest, TheNextStatementClosesAnOpenStream) {
  auto stream = connection_->Query({.sql = "SELECT range FROM range(10000000)"});
  ASSERT_TRUE((*stream)->Next());
  EXPECT_EQ(One("SELECT 1", DataType::Int()), "1");
  auto batch = (*stream)->Next();
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().code(), ErrorCode::kCancelled);
}

TEST_F(RuntimeTest, ErrorsOfDataCarrySparksCondition) {
  const Error cast = ErrorOf({.sql = "SELECT CAST('x' AS INTEGER)"});
  EXPECT_EQ(cast.code(), ErrorCode::kInvalid);
  EXPECT_EQ(cast.error_class(), "CAST_INVALID_INPUT");
  const Error raised = ErrorOf({.sql = "SELECT error('[DIVIDE_BY_ZERO:22012] Division by zero.')"});
  EXPECT_EQ(raised.error_class(), "DIVIDE_BY_ZERO");
  EXPECT_EQ(raised.sql_state(), "22012");
  EXPECT_EQ(raised.message(), "Division by zero.");
}

TEST_F(RuntimeTest, ReadsRowsHeldInMemory) {
  auto rows = std::make_shared<std::vector<Row>>();
  for (int64_t i = 0; i < 5000; ++i) {
    rows->push_back({Value(i), Value(types::DecimalValue{i * 10, 1}),
                     i % 2 == 0 ? Value() : Value(std::string("odd"))});
  }
  const RowsScan scan{.columns = {{.name = "i", .type = DataType::Long()},
                                  {.name = "d", .type = DataType::Decimal(10, 1)},
                                  {.name = "s", .type = DataType::String()}},
                      .rows = rows};
  const auto result =
      Rows({.sql = "SELECT sum(i)::BIGINT, max(d), count(s) FROM lakesmith_scan('r')",
            .scans = {{.id = "r", .source = scan}}});
  ASSERT_EQ(result.size(), 1);
  EXPECT_EQ(result[0][0].as<int64_t>(), 12497500);
  EXPECT_EQ(types::DecimalText(result[0][1].as<types::DecimalValue>()), "4999.0");
  EXPECT_EQ(result[0][2].as<int64_t>(), 2500);
}

TEST_F(RuntimeTest, RegistersNativeFunctionsWhenAQueryNamesThem) {
  EXPECT_THAT(ErrorOf({.sql = "SELECT spark_bit_count(7)"}).message(),
              HasSubstr("spark_bit_count"));
  const auto rows =
      Rows({.sql = "SELECT spark_bit_count(-1), (SELECT spark_bit_xor(x) FROM range(4) t(x))",
            .native_functions = {"spark_bit_count", "spark_bit_xor"}});
  EXPECT_THAT(rows, ElementsAre(ElementsAre(Value(int64_t{64}), Value(int64_t{0}))));
  const Error error = ErrorOf({.sql = "SELECT 1", .native_functions = {"spark_nothing"}});
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
}

TEST_F(RuntimeTest, UsesTheSessionTimeZone) {
  const std::string sql = "SELECT TIMESTAMPTZ '2024-07-01 12:00:00'::TIMESTAMPTZ";
  EXPECT_EQ(One(sql, DataType::Timestamp()), "2024-07-01 12:00:00");
  ASSERT_TRUE(connection_->SetTimeZone("Europe/Oslo"));
  EXPECT_EQ(One(sql, DataType::Timestamp()), "2024-07-01 10:00:00");
  for (const char* zone : {"+02:00", "-05:00", "Z", "UTC", "GMT+3", "America/Los_Angeles"}) {
    auto status = connection_->SetTimeZone(zone);
    EXPECT_TRUE(status) << zone << ": " << status.error().ToString();
  }
  auto unknown = connection_->SetTimeZone("Mars/Olympus");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message(), HasSubstr("Mars/Olympus"));
}

TEST_F(RuntimeTest, InterruptEndsARunningStatement) {
  // Again and again: the first time may come before the statement has begun. Late enough for its
  // planning to be over, which a loaded machine may take long for.
  std::atomic<bool> ended = false;
  std::thread other([&] {
    while (!ended) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      connection_->Interrupt();
    }
  });
  const Error error =
      ErrorOf({.sql = "SELECT count(*) FROM range(10000000000) a WHERE range % 7 = sqrt(range)"});
  ended = true;
  other.join();
  EXPECT_EQ(error.code(), ErrorCode::kCancelled);
  EXPECT_EQ(One("SELECT 1", DataType::Int()), "1");
}

TEST_F(RuntimeTest, ReportsProgress) {
  double last = -1;
  int calls = 0;
  connection_->SetProgress([&](double fraction) {
    last = fraction;
    ++calls;
  });
  ASSERT_TRUE(connection_->Execute("CREATE TEMP TABLE t AS SELECT range AS i FROM range(5000000)"));
  Rows({.sql = "SELECT count(*) FROM t WHERE md5(i::VARCHAR) < 'a'"});
  EXPECT_GT(calls, 0);
  EXPECT_GE(last, 0);
  EXPECT_LE(last, 1);
}

TEST_F(RuntimeTest, AnInternalErrorReplacesTheInstance) {
  const Error error = ErrorOf({.sql = "SELECT lakesmith_fail_internally()",
                               .native_functions = {"lakesmith_fail_internally"}});
  EXPECT_EQ(error.code(), ErrorCode::kInternal);
  EXPECT_EQ(One("SELECT 2", DataType::Int()), "2");
  EXPECT_EQ(runtime_->replaced_instances(), 1);
}

TEST(RuntimeOptionsTest, SpillsBeyondTheMemoryLimitIntoTheGivenFolder) {
  const auto folder =
      std::filesystem::temp_directory_path() / fmt::format("lakesmith-runtime-test-{}", ::getpid());
  {
    auto runtime = Runtime::Open(
        {.memory_limit_bytes = 80 << 20, .threads = 1, .temporary_folder = folder.string()});
    ASSERT_TRUE(runtime) << runtime.error().ToString();
    auto connection = (*runtime)->NewConnection();
    auto stream =
        (*connection)
            ->Query({.sql = "SELECT range, hash(range) FROM range(10000000) ORDER BY hash(range)"});
    ASSERT_TRUE(stream) << stream.error().ToString();
    EXPECT_TRUE(std::filesystem::exists(folder));
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lakesmith::engine
