#include "generate/retail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "generate/calendar.h"
#include "generate/random.h"

namespace lakesmith::generate {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RetailTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        fs::temp_directory_path() / fmt::format("lakesmith-retail-{}-{}", test->name(), getpid());
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  RetailOptions Small(std::string_view name = "out") const {
    RetailOptions options;
    options.out = folder_ / name;
    options.customers = 300;
    options.transactions = 4000;
    options.products = 60;
    options.dirty_millionths = 100000;
    options.format = engine::BatchFormat::kCsv;
    return options;
  }
  std::string Text(const fs::path& path) const {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  // Text of all files of a table, in order.
  std::string TableText(const fs::path& folder, std::string_view table) const {
    std::set<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder / table)) paths.insert(entry.path());
    std::string text;
    for (const fs::path& path : paths) text += Text(path).substr(Text(path).find('\n') + 1);
    return text;
  }
  fs::path folder_;
};

TEST_F(RetailTest, RowsDependOnTheArgumentsAlone) {
  RetailOptions one = Small("one");
  one.threads = 1;
  RetailOptions many = Small("many");
  many.threads = 7;
  many.files = 5;
  ASSERT_TRUE(GenerateRetail(one));
  ASSERT_TRUE(GenerateRetail(many));
  for (const std::string_view table : {"customers", "products", "transactions"}) {
    EXPECT_EQ(TableText(one.out, table), TableText(many.out, table)) << table;
  }
  // Fixes the data for all machines: a change of this value is a change of everybody's test data.
  std::istringstream lines(TableText(one.out, "transactions"));
  std::string first;
  std::getline(lines, first);
  EXPECT_EQ(first, "1,2,39,2024-01-01T07:05:02Z,1,69.69,15,59.24,completed,paypal,mobile,Chrome");
  RetailOptions other = Small("other");
  other.seed = 43;
  ASSERT_TRUE(GenerateRetail(other));
  EXPECT_NE(TableText(one.out, "customers"), TableText(other.out, "customers"));
}

TEST_F(RetailTest, AskingAgainWritesNothing) {
  ASSERT_TRUE(GenerateRetail(Small()));
  const auto written = fs::last_write_time(Small().out / "manifest.json");
  const Result<RetailReport> again = GenerateRetail(Small());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->already_there);
  EXPECT_EQ(fs::last_write_time(Small().out / "manifest.json"), written);
}

TEST_F(RetailTest, OtherArgumentsAreRefusedUnlessOverwriting) {
  ASSERT_TRUE(GenerateRetail(Small()));
  RetailOptions other = Small();
  other.seed = 7;
  const Result<RetailReport> refused = GenerateRetail(other);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(),
              HasSubstr("--seed is 7, but the data there was made with 42"));
  other.overwrite = true;
  EXPECT_TRUE(GenerateRetail(other));
}

TEST_F(RetailTest, FurtherBatchesKeepTheFilesOfEarlierOnes) {
  ASSERT_TRUE(GenerateRetail(Small()));
  const std::string before = TableText(Small().out, "transactions");
  RetailOptions third = Small();
  third.batch = 3;
  EXPECT_THAT(GenerateRetail(third).error().message(), HasSubstr("batch 3 comes after batch 2"));
  RetailOptions second;
  second.out = Small().out;
  second.batch = 2;
  const Result<RetailReport> report = GenerateRetail(second);
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_EQ(report->manifest.batches.size(), 2U);
  EXPECT_TRUE(TableText(Small().out, "transactions").starts_with(before));
  EXPECT_EQ(report->manifest.truth["customers"].get<int64_t>() > 300 * 8 / 10, true);
}

TEST_F(RetailTest, OtherContentIsNeverTouched) {
  fs::create_directories(folder_ / "out");
  std::ofstream(folder_ / "out" / "thesis.txt") << "precious";
  RetailOptions options = Small();
  options.overwrite = true;
  const Result<RetailReport> report = GenerateRetail(options);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message(), HasSubstr("holds other content, such as 'thesis.txt'"));
  EXPECT_EQ(Text(folder_ / "out" / "thesis.txt"), "precious");
  EXPECT_FALSE(fs::exists(folder_ / "out" / "customers"));
}

TEST_F(RetailTest, CancellingLeavesNoFile) {
  const std::atomic<bool> cancelled{true};
  RetailOptions options = Small();
  options.cancelled = &cancelled;
  const Result<RetailReport> report = GenerateRetail(options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), ErrorCode::kCancelled);
  EXPECT_FALSE(fs::exists(options.out / "manifest.json"));
  EXPECT_TRUE(fs::is_empty(options.out / "transactions"));
}

TEST_F(RetailTest, ArgumentsOutOfRangeAreNamed) {
  RetailOptions options = Small();
  options.customers = 0;
  EXPECT_THAT(GenerateRetail(options).error().message(),
              HasSubstr("--customers must be between 1 and"));
  options = Small();
  options.dirty_millionths = 600000;
  EXPECT_THAT(GenerateRetail(options).error().message(),
              HasSubstr("--dirty-share must be between 0 and 0.5, not 0.6"));
}

TEST_F(RetailTest, TinySizesWork) {
  RetailOptions options = Small();
  options.customers = 1;
  options.transactions = 1;
  options.products = 1;
  options.dirty_millionths = 500000;
  options.days = 1;
  const Result<RetailReport> report = GenerateRetail(options);
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_EQ(report->manifest.truth["transactions"], 1);
  options.batch = 2;
  EXPECT_TRUE(GenerateRetail(options));
}

TEST(RandomTest, ShuffleIsABijection) {
  for (const uint64_t size : {1U, 2U, 3U, 10U, 60U, 997U, 1024U}) {
    const Shuffle shuffle(size);
    std::set<uint64_t> seen;
    for (uint64_t position = 0; position < size; ++position) seen.insert(shuffle.Map(position));
    EXPECT_EQ(seen.size(), size);
    EXPECT_LT(*seen.rbegin(), size);
  }
}

TEST(CalendarTest, ParsesDaysOfTheCalendarOnly) {
  EXPECT_EQ(*ParseDay("1970-01-01"), 0);
  EXPECT_EQ(*ParseDay("2024-02-29"), 19782);
  for (const std::string_view text : {"2023-02-29", "2024-1-1", "2024-13-01", "tomorrow", ""}) {
    EXPECT_FALSE(ParseDay(text)) << text;
  }
  EXPECT_EQ(WeekdayOf(19723), 0);  // 2024-01-01 was a Monday.
}

}  // namespace
}  // namespace lakesmith::generate
