#include "functions/number_text.h"

#include <gtest/gtest.h>

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::DecimalValue;
using types::Value;

DecimalValue Decimal(types::Int128 unscaled, int scale) {
  return {.unscaled = unscaled, .scale = scale};
}

TEST(NumberTextTest, FormatNumberGroupsAndRoundsHalfEven) {
  EXPECT_EQ(FormatNumber(12332.123456, 4), "12,332.1235");
  EXPECT_EQ(FormatNumber(-0.5, 0), "-0");
  EXPECT_EQ(FormatNumber(0.0, 2), "0.00");
  EXPECT_EQ(FormatNumber(-0.0, 1), "0.0");
  // 2.675 is a little less than that, 2.5 and 0.125 are exact.
  EXPECT_EQ(FormatNumber(2.675, 2), "2.67");
  EXPECT_EQ(FormatNumber(0.125, 2), "0.12");
  EXPECT_EQ(FormatNumber(0.375, 2), "0.38");
  EXPECT_EQ(FormatNumber(999.995, 2), "1,000.00");
  EXPECT_EQ(FormatNumber(1e15, 1), "1,000,000,000,000,000.0");
  EXPECT_EQ(FormatNumber(123456.789, 12), "123,456.789000000004");
  EXPECT_EQ(FormatNumber(Decimal(1234565, 2), 1), "12,345.6");
  EXPECT_EQ(FormatNumber(Decimal(-999995, 3), 2), "-1,000.00");
  EXPECT_EQ(*FormatNumberPattern(Decimal(12332123456, 6), "##################.###"), "12332.123");
  EXPECT_EQ(*FormatNumberPattern(Decimal(5, 1), "#,##0.00"), "0.50");
  EXPECT_FALSE(FormatNumberPattern(Decimal(5, 1), "abc"));
}

TEST(NumberTextTest, FormatStringFollowsJava) {
  const std::vector<Value> arguments = {Value(int64_t{100}), Value(std::string("days")),
                                        Value(1234567.891), Value(), Value(int64_t{-7})};
  const std::vector<DataType> types = {DataType::Int(), DataType::String(), DataType::Double(),
                                       DataType::String(), DataType::Long()};
  const auto formatted = [&](std::string_view format) -> Result<std::string> {
    const StringFormat compiled = TRY(StringFormat::Compile(format));
    return compiled.Format(arguments, types);
  };
  EXPECT_EQ(*formatted("Hello World %d %s"), "Hello World 100 days");
  EXPECT_EQ(*formatted("%3$,.2f|%2$-6s|%1$05d|%1$x|%4$s|%%"),
            "1,234,567.89|days  |00100|64|null|%");
  EXPECT_EQ(*formatted("%2$S%n%5$d|%5$4d|%5$(d|%5$-4d|%5$x"),
            "DAYS\n-7|  -7|(7)|-7  |fffffffffffffff9");
  EXPECT_EQ(*formatted(""), "");
  for (const std::string_view bad : {"%d %d", "%q", "%", "%9$s", "%d %s %s %s %s %s"})
    EXPECT_FALSE(formatted(bad)) << bad;
}

TEST(NumberTextTest, ToNumberReadsByItsFormat) {
  EXPECT_EQ(NumberFormat::Compile("999")->Parse("454"), types::Int128{454});
  EXPECT_EQ(NumberFormat::Compile("000.00")->Parse("454.00"), types::Int128{45400});
  EXPECT_EQ(NumberFormat::Compile("99,999")->Parse("12,454"), types::Int128{12454});
  EXPECT_EQ(NumberFormat::Compile("$99.99")->Parse("$78.12"), types::Int128{7812});
  EXPECT_EQ(NumberFormat::Compile("99,999.9S")->Parse("12,454.8-"), types::Int128{-124548});
  for (const auto& [format, bad] : {std::pair("999", "4544"),
                                    {"999", "45.4"},
                                    {"999", "4x4"},
                                    {"099", "54"},
                                    {"9,999", "4544"},
                                    {"99.9", "1.55"},
                                    {"99.9", "."},
                                    {"$9", "5"},
                                    {"9", ""}}) {
    EXPECT_EQ(NumberFormat::Compile(format)->Parse(bad), std::nullopt) << format << " " << bad;
  }
  EXPECT_EQ(NumberFormat::Compile("99.99")->Parse(".5"), types::Int128{50});
  EXPECT_EQ(NumberFormat::Compile("999999999999999999999.99")->Parse("123456789012345678901.2"),
            types::Int128{1234567890123456789} * 10000 + 120);
  EXPECT_EQ(NumberFormat::Compile("9PR")->Parse("<5>"), types::Int128{-5});
  EXPECT_EQ(NumberFormat::Compile("S99")->Parse(" - 5 5 "), types::Int128{-55});
  EXPECT_EQ(NumberFormat::Compile("9,900")->Parse("5"), types::Int128{5});
  EXPECT_EQ(NumberFormat::Compile("9,090")->Parse("5"), std::nullopt);
  EXPECT_EQ(NumberFormat::Compile("99.99")->precision(), 4);
  EXPECT_FALSE(NumberFormat::Compile("9x9"));
}

TEST(NumberTextTest, ToCharWritesByItsFormat) {
  EXPECT_EQ(NumberFormat::Compile("999")->Format(Decimal(454, 0)), "454");
  EXPECT_EQ(NumberFormat::Compile("000D00")->Format(Decimal(454, 0)), "454.00");
  EXPECT_EQ(NumberFormat::Compile("99G999")->Format(Decimal(12454, 0)), "12,454");
  EXPECT_EQ(NumberFormat::Compile("$99.99")->Format(Decimal(7812, 2)), "$78.12");
  EXPECT_EQ(NumberFormat::Compile("99,999.9S")->Format(Decimal(-124548, 1)), "12,454.8-");
  EXPECT_EQ(NumberFormat::Compile("99")->Format(Decimal(454, 0)), "##");
  EXPECT_EQ(NumberFormat::Compile("$9,999.99S")->Format(Decimal(1234567, 2)), "$# ###.##+");
  EXPECT_EQ(NumberFormat::Compile("S$9,999.90")->Format(Decimal(-5, 1)), "-$    0.50");
  EXPECT_EQ(NumberFormat::Compile("0,000MI")->Format(Decimal(12, 0)), "0,012 ");
  EXPECT_EQ(NumberFormat::Compile("99PR")->Format(Decimal(-5, 0)), " <5>");
  EXPECT_EQ(NumberFormat::Compile("99PR")->Format(Decimal(5, 0)), " 5  ");
  EXPECT_EQ(NumberFormat::Compile("999S")->Format(Decimal(0, 0)), "+   ");
  EXPECT_EQ(NumberFormat::Compile("S99.9")->Format(Decimal(-5, 1)), "  -.5");
  EXPECT_EQ(NumberFormat::Compile("0,999")->Format(Decimal(5, 0)), "0,  5");
  EXPECT_EQ(NumberFormat::Compile("9,999.")->Format(Decimal(0, 0)), "    0 ");
  EXPECT_EQ(NumberFormat::Compile("99.9")->Format(Decimal(-5, 2)), "##.#");
}

}  // namespace
}  // namespace lakesmith::functions
