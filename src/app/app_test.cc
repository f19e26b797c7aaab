#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/argument_values.h"
#include "app/terminal.h"

namespace lakesmith::app {
namespace {

TEST(ArgumentValuesTest, SharesAreExact) {
  EXPECT_EQ(*ParseShare("0.02"), 20000);
  EXPECT_EQ(*ParseShare("1"), 1000000);
  EXPECT_EQ(*ParseShare("0.000001"), 1);
  for (const std::string_view text : {"", "x", "-1", "1.5", "0.0000001", "0.1 "})
    EXPECT_FALSE(ParseShare(text)) << text;
}

TEST(ArgumentValuesTest, SizesHaveUnits) {
  EXPECT_EQ(*ParseSize("1GB"), 1000000000);
  EXPECT_EQ(*ParseSize("1.5 GiB"), 1610612736);
  EXPECT_EQ(*ParseSize("4096"), 4096);
  EXPECT_EQ(*ParseSize("500mb"), 500000000);
  for (const std::string_view text : {"", "GB", "1 XB", "99999999999TB"})
    EXPECT_FALSE(ParseSize(text)) << text;
}

TEST(TerminalTest, NumbersReadWell) {
  EXPECT_EQ(CountText(0), "0");
  EXPECT_EQ(CountText(999), "999");
  EXPECT_EQ(CountText(1234567), "1,234,567");
  EXPECT_EQ(CountText(-1234), "-1,234");
  EXPECT_EQ(SizeText(999), "999 B");
  EXPECT_EQ(SizeText(1400000), "1.4 MB");
  EXPECT_EQ(SizeText(999950000), "1.0 GB");
  EXPECT_EQ(DurationText(4000), "4 ms");
  EXPECT_EQ(DurationText(310000), "0.31 s");
  EXPECT_EQ(DurationText(125000000), "2m 05s");
  EXPECT_EQ(Plural(1, "file"), "1 file");
  EXPECT_EQ(Plural(2000, "file"), "2,000 files");
}

TEST(TerminalTest, WidthsFollowTheTerminal) {
  EXPECT_EQ(DisplayWidth("Tromsø"), 6);
  EXPECT_EQ(DisplayWidth("日本"), 4);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);
  EXPECT_EQ(CutToWidth("Tromsø", 6), "Tromsø");
  EXPECT_EQ(CutToWidth("Tromsø", 5), "Trom…");
  EXPECT_EQ(CutToWidth("日本", 3), "日…");
}

}  // namespace
}  // namespace lakesmith::app
