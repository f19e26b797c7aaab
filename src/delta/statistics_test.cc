#include "delta/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "delta/statistics_internal.h"

namespace lakesmith::delta {
namespace {

using ::testing::ElementsAre;
using types::DataType;
using types::Value;

DataType TestSchema() {
  return DataType::Struct(
      {{"id", DataType::Long()},
       {"s", DataType::Struct({{"a", DataType::String()}, {"b", DataType::Boolean()}})},
       {"list", DataType::Array(DataType::Int())},
       {"p", DataType::String()},
       {"d", DataType::Decimal(38, 2)}});
}

std::vector<std::string> NamesOf(const std::vector<StatisticsColumn>& columns) {
  std::vector<std::string> names;
  for (const StatisticsColumn& column : columns) {
    names.push_back(fmt::format("{}{}", fmt::join(column.logical_path, "."),
                                column.has_bounds ? "" : " (nulls)"));
  }
  return names;
}

TEST(StatisticsColumnsTest, FirstLeavesOrNamedOnes) {
  EXPECT_THAT(NamesOf(StatisticsColumns(TestSchema(), {"P"}, {})),
              ElementsAre("id", "s.a", "s.b (nulls)", "list (nulls)", "d"));
  EXPECT_THAT(NamesOf(StatisticsColumns(TestSchema(), {"p"}, {.data_skipping_indexed_columns = 2})),
              ElementsAre("id", "s.a"));
  EXPECT_THAT(
      NamesOf(StatisticsColumns(TestSchema(), {"p"}, {.data_skipping_columns = {{"S", "d"}}})),
      ElementsAre("s.a", "s.b (nulls)", "d"));
}

TEST(StatisticsTest, TextIsNestedAndExact) {
  const auto columns = StatisticsColumns(TestSchema(), {"p"}, {});
  const types::Int128 large = types::Int128{1234567890123456789} * 1000000000;
  const std::string text =
      StatisticsJson(3, columns,
                     {{.min = int64_t{1}, .max = int64_t{9}, .null_count = 0},
                      {.min = std::string("x"), .max = std::string("y"), .null_count = 1},
                      {.null_count = 2},
                      {.null_count = 0},
                      {.min = types::DecimalValue{-large, 2},
                       .max = types::DecimalValue{large, 2},
                       .null_count = 0}});
  EXPECT_EQ(
      text,
      R"({"numRecords":3,"minValues":{"id":1,"s":{"a":"x"},"d":-12345678901234567890000000.00},)"
      R"("maxValues":{"id":9,"s":{"a":"y"},"d":12345678901234567890000000.00},)"
      R"("nullCount":{"id":0,"s":{"a":1,"b":2},"list":0,"d":0},"tightBounds":true})");
  EXPECT_EQ(NumRecords(text), 3);
  const Result<StatisticTokens> tokens =
      ReadStatistics(text, std::vector<std::vector<std::string>>{{"d"}, {"s", "a"}});
  ASSERT_TRUE(tokens);
  EXPECT_EQ(tokens->columns[0].min.text, "-12345678901234567890000000.00");
  EXPECT_EQ(tokens->columns[1].max.text, "y");
  EXPECT_EQ(tokens->columns[1].null_count.text, "1");
}

TEST(StatisticsTest, StringsAreCutSoThatBoundsStillBound) {
  const std::string a32(32, 'a');
  const auto min = [](const std::string& text) {
    return MinimumText(text, DataType::String(), 32).value_or("none");
  };
  const auto max = [](const std::string& text) {
    return MaximumText(text, DataType::String(), 32).value_or("none");
  };
  EXPECT_EQ(min(a32), "\"" + a32 + "\"");
  EXPECT_EQ(max(a32), "\"" + a32 + "\"");
  EXPECT_EQ(min(a32 + "zzz"), "\"" + a32 + "\"");
  EXPECT_EQ(max(a32 + "zzz"), "\"" + a32 + "\x7f\"");
  EXPECT_EQ(max(a32 + "é"), "\"" + a32 + "\xF4\x8F\xBF\xBF\"");
  // The first dropped character is the greatest there is: one more is kept.
  EXPECT_EQ(max(a32 + "\xF4\x8F\xBF\xBF" + "b"), "\"" + a32 + "\xF4\x8F\xBF\xBF" + "\x7f\"");
  // A character of two units that straddles the cut is kept whole.
  const std::string straddling = std::string(31, 'a') + "\xF0\x9F\x98\x80";
  EXPECT_EQ(min(straddling + "x"), "\"" + straddling + "\"");
  EXPECT_EQ(min("\xff"), "none") << "not UTF-8";
  EXPECT_EQ(min("q\"\n"), R"("q\"\n")");
}

TEST(StatisticsTest, BoundsThatCannotBeSaidAreLeftOut) {
  const DataType d = DataType::Double();
  const DataType t = DataType::Timestamp();
  EXPECT_EQ(MinimumText(std::numeric_limits<double>::quiet_NaN(), d, 32), std::nullopt);
  EXPECT_EQ(MinimumText(0.0, d, 32), "-0.0");
  EXPECT_EQ(MaximumText(-0.0, d, 32), "0.0");
  EXPECT_EQ(MaximumText(std::numeric_limits<double>::infinity(), d, 32), "\"Infinity\"");
  EXPECT_EQ(MaximumText(1.5f, DataType::Float(), 32), "1.5");
  EXPECT_EQ(MaximumText(Value(), d, 32), std::nullopt);
  EXPECT_EQ(MinimumText(types::TimestampValue{1'999}, t, 32), "\"1970-01-01T00:00:00.001Z\"");
  EXPECT_EQ(MinimumText(types::TimestampValue{-1}, DataType::TimestampNtz(), 32),
            "\"1969-12-31T23:59:59.999\"");
  EXPECT_EQ(MinimumText(types::DateValue{3'000'000}, DataType::Date(), 32), std::nullopt)
      << "year above 9999";
}

TEST(StatisticsTest, StructsOfCheckpointsBecomeText) {
  const DataType type = DataType::Struct(
      {{"numRecords", DataType::Long()},
       {"minValues", DataType::Struct({{"t", DataType::Timestamp()},
                                       {"s", DataType::Struct({{"a", DataType::Int()}})}})},
       {"nullCount", DataType::Struct({{"t", DataType::Long()}})},
       {"tightBounds", DataType::Boolean()}});
  const Value value = types::StructValue{
      {int64_t{5}, types::StructValue{{types::TimestampValue{1000}, types::StructValue{{Value()}}}},
       types::StructValue{{int64_t{2}}}, false}};
  EXPECT_EQ(
      StatisticsFromStruct(value, type),
      R"({"numRecords":5,"minValues":{"t":"1970-01-01T00:00:00.001Z"},"nullCount":{"t":2},"tightBounds":false})");
  EXPECT_EQ(StatisticsFromStruct(Value(), type), "");
}

TEST(StatisticsTest, LiveRecordsLessTheDeletedOnes) {
  AddFile file{.stats = R"({"numRecords":10})"};
  EXPECT_EQ(LiveRecords(file), 10);
  file.deletion_vector = DeletionVectorDescriptor{.cardinality = 4};
  EXPECT_EQ(LiveRecords(file), 6);
  EXPECT_EQ(LiveRecords(AddFile{}), std::nullopt);
  EXPECT_EQ(LiveRecords(AddFile{.stats = "not JSON"}), std::nullopt);
}

TEST(StatisticsTest, WideningNeedsTheNumberOfRecords) {
  EXPECT_EQ(
      *WidenStatistics(R"({ "tightBounds" : true, "numRecords" : 3 , "maxValues":{"d": 1e-5 } })"),
      R"({"numRecords":3,"maxValues":{"d": 1e-5 },"tightBounds":false})");
  EXPECT_EQ(WidenStatistics("").error().code(), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace lakesmith::delta
