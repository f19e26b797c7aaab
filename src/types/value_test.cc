#include "types/value.h"

#include <gtest/gtest.h>

#include <cmath>

#include "types/variant_text.h"

namespace lakesmith::types {
namespace {

TEST(ValueTest, DoublesReadAsJavaWritesThem) {
  EXPECT_EQ(DoubleText(1), "1.0");
  EXPECT_EQ(DoubleText(1e10), "1.0E10");
  EXPECT_EQ(DoubleText(0.001), "0.001");
  EXPECT_EQ(DoubleText(0.00012), "1.2E-4");
  EXPECT_EQ(DoubleText(1234567.25), "1234567.25");
  EXPECT_EQ(DoubleText(-12345678), "-1.2345678E7");
  EXPECT_EQ(DoubleText(std::nan("")), "NaN");
  EXPECT_EQ(FloatText(0.1F), "0.1");
}

TEST(ValueTest, DecimalsKeepTheirScale) {
  EXPECT_EQ(DecimalText({.unscaled = -1230, .scale = 2}), "-12.30");
  EXPECT_EQ(DecimalText({.unscaled = 5, .scale = 3}), "0.005");
  EXPECT_EQ(DecimalText({.unscaled = 0, .scale = 0}), "0");
}

TEST(ValueTest, DatesAndTimes) {
  EXPECT_EQ(DateText({0}), "1970-01-01");
  EXPECT_EQ(DateText({-719528}), "0000-01-01");
  EXPECT_EQ(WallClockText(1'705'312'800'500'000), "2024-01-15 10:00:00.5");
  EXPECT_EQ(WallClockText(-1), "1969-12-31 23:59:59.999999");
}

TEST(ValueTest, Intervals) {
  EXPECT_EQ(IntervalText({.months = 14}, DataType::YearMonthInterval()),
            "INTERVAL '1-2' YEAR TO MONTH");
  EXPECT_EQ(IntervalText({.days = 1, .micros = 7'384'000'000}, DataType::DayTimeInterval()),
            "INTERVAL '1 02:03:04' DAY TO SECOND");
  EXPECT_EQ(IntervalText({.months = 1, .days = 2}, DataType::CalendarInterval()),
            "1 months 2 days");
}

TEST(ValueTest, NestedText) {
  const DataType type =
      DataType::Struct({{.name = "m", .type = DataType::Map(DataType::String(), DataType::Int())},
                        {.name = "l", .type = DataType::Array(DataType::Double())}});
  const Value value = StructValue{{MapValue{{{Value(std::string("a")), Value(int64_t{1})}}},
                                   ArrayValue{{Value(1.5), Value()}}}};
  EXPECT_EQ(ToSparkText(value, type), "{{a -> 1}, [1.5, null]}");
  EXPECT_EQ(JsonText(ToBatchJson(value, type)), R"({"m":{"$map":[["a",1]]},"l":[1.5,null]})");
}

TEST(ValueTest, JsonKeepsWhatANumberWouldLose) {
  EXPECT_EQ(
      JsonText(ToBatchJson(DecimalValue{.unscaled = 1230, .scale = 2}, DataType::Decimal(10, 2))),
      "\"12.30\"");
  EXPECT_EQ(JsonText(ToBatchJson(std::nan(""), DataType::Double())), "\"NaN\"");
  EXPECT_EQ(JsonText(ToBatchJson(BinaryValue{"\x01\xff"}, DataType::Binary())),
            R"({"$binary":"01FF"})");
  EXPECT_EQ(JsonText(ToBatchJson(0.1F, DataType::Float())), "0.1");
}

TEST(ValueTest, VariantsShowNumbersByTheirType) {
  EXPECT_EQ(VariantText(R"({"a 1.50":[1.50,100.00,-0.0,1e2,7,-12],"b":"1.50\"}")"),
            R"({"a 1.50":[1.5,100,0,100.0,7,-12],"b":"1.50\"}")");
  EXPECT_EQ(VariantText("100000000000000000000"), "100000000000000000000");
  EXPECT_EQ(VariantText("12345678901234567890123456789012345678901"), "1.2345678901234568E40");
  EXPECT_EQ(VariantText("0.00000000000000000000000000000000000000001"), "1.0E-41");
}

}  // namespace
}  // namespace lakesmith::types
