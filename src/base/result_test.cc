#include "base/result.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace lakesmith {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return Invalid("{} is odd", number);
  return number / 2;
}

Result<int> Quarter(int number) {
  const int half = TRY(Half(number));
  return Half(half);
}

Status CheckEven(int number) {
  TRY(Half(number));
  return {};
}

Status CheckQuarter(int number) {
  TRY(CheckEven(number));
  return CheckEven(number / 2);
}

TEST(ResultTest, TryPassesTheValueOrReturnsTheError) {
  EXPECT_EQ(Quarter(8).value(), 2);
  ASSERT_FALSE(Quarter(6));
  EXPECT_EQ(Quarter(6).error().message(), "3 is odd");
  EXPECT_TRUE(CheckEven(2));
  EXPECT_EQ(CheckEven(3).error().code(), ErrorCode::kInvalid);
  EXPECT_FALSE(CheckQuarter(3));
  EXPECT_TRUE(CheckQuarter(4));
}

TEST(ResultTest, ErrorTextStartsWithThePlace) {
  const Error error =
      Invalid("column 'a' is unknown").At({.file = "q.sql", .line = 3, .column = 7});
  EXPECT_EQ(error.ToString(), "q.sql:3:7: column 'a' is unknown");
  EXPECT_EQ(Invalid("bad").ToString(), "bad");
  EXPECT_EQ(Invalid("bad").Within("table t").ToString(), "table t: bad");
}

TEST(JsonTest, ParseErrorNamesLineAndColumn) {
  const Result<Json> json = ParseJson("{\n  \"a\": nul\n}");
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().location().line, 2);
}

TEST(JsonTest, NumberTooLargeForADoubleIsAnError) {
  EXPECT_EQ(ParseJson("1e999").error().code(), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace lakesmith
