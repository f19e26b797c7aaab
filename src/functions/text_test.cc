#include "functions/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakesmith::functions {
namespace {

using ::testing::ElementsAre;

TEST(TextTest, Soundex) {
  EXPECT_EQ(Soundex("Miller"), "M460");
  EXPECT_EQ(Soundex("Ashcraft"), "A261");
  EXPECT_EQ(Soundex("10"), "10");
}

TEST(TextTest, Levenshtein) {
  EXPECT_EQ(Levenshtein("kitten", "sitting", 100), 3);
  EXPECT_EQ(Levenshtein("kitten", "sitting", 2), -1);
  EXPECT_EQ(Levenshtein("ä", "a", 1), 1);
  EXPECT_EQ(Levenshtein("a", "a", -1), -1);
}

TEST(TextTest, Sentences) {
  EXPECT_THAT(Sentences("Hi there! Good morning."),
              ElementsAre(ElementsAre("Hi", "there"), ElementsAre("Good", "morning")));
}

TEST(TextTest, HexAndBase64) {
  EXPECT_EQ(Unhex("537061726B"), "Spark");
  EXPECT_EQ(Unhex("F"), "\x0f");
  EXPECT_EQ(Unhex("xx"), std::nullopt);
  EXPECT_EQ(Base64("Spark SQL"), "U3BhcmsgU1FM");
  EXPECT_EQ(Base64("ab"), "YWI=");
  EXPECT_EQ(*Unbase64("U3BhcmsgU1FM"), "Spark SQL");
  EXPECT_EQ(*Unbase64("YWI="), "ab");
  EXPECT_FALSE(Unbase64("a"));
}

TEST(TextTest, Utf8AndCharsets) {
  EXPECT_TRUE(IsValidUtf8("äб𝄞"));
  EXPECT_FALSE(IsValidUtf8("\x80"));
  EXPECT_FALSE(IsValidUtf8("\xed\xa0\x80"));
  EXPECT_EQ(MakeValidUtf8("a\x80z"), "a\xef\xbf\xbdz");
  EXPECT_EQ(*EncodeCharset("ab", "utf-16"), std::string("\xfe\xff\0a\0b", 6));
  EXPECT_EQ(*DecodeCharset(*EncodeCharset("ä𝄞", "UTF-16LE"), "UTF-16LE"), "ä𝄞");
  EXPECT_EQ(*EncodeCharset("", "UTF-16"), "");
  EXPECT_EQ(EncodeCharset("ä", "US-ASCII").error().error_class(), "MALFORMED_CHARACTER_CODING");
  EXPECT_EQ(EncodeCharset("a", "WINDOWS-1252").error().error_class(),
            "INVALID_PARAMETER_VALUE.CHARSET");
}

TEST(TextTest, Urls) {
  const char* url = "http://user@spark.apache.org:80/path?query=1&k=v#ref";
  EXPECT_EQ(**ParseUrl(url, "HOST", std::nullopt), "spark.apache.org");
  EXPECT_EQ(**ParseUrl(url, "QUERY", "k"), "v");
  EXPECT_EQ(**ParseUrl(url, "FILE", std::nullopt), "/path?query=1&k=v");
  EXPECT_EQ(**ParseUrl(url, "USERINFO", std::nullopt), "user");
  EXPECT_EQ(*ParseUrl(url, "QUERY", "none"), std::nullopt);
  EXPECT_FALSE(ParseUrl("http://a b", "HOST", std::nullopt));
  EXPECT_EQ(UrlEncode("a b&c"), "a+b%26c");
  EXPECT_EQ(*UrlDecode("a+b%26c"), "a b&c");
  EXPECT_FALSE(UrlDecode("%2"));
}

TEST(TextTest, SubstringIndexCountsFromEitherEnd) {
  EXPECT_EQ(SubstringIndex("www.apache.org", ".", 2), "www.apache");
  EXPECT_EQ(SubstringIndex("www.apache.org", ".", -2), "apache.org");
  EXPECT_EQ(SubstringIndex("www.apache.org", ".", 5), "www.apache.org");
  EXPECT_EQ(SubstringIndex("www.apache.org", ".", -5), "www.apache.org");
  EXPECT_EQ(SubstringIndex("aaaa", "aa", 2), "a");
  EXPECT_EQ(SubstringIndex("a.", ".", -1), "");
  EXPECT_EQ(SubstringIndex("a", "", 1), "");
  EXPECT_EQ(SubstringIndex("a", "a", INT32_MIN), "a");
}

TEST(TextTest, FindInSetComparesWholeParts) {
  EXPECT_EQ(FindInSet("ab", "abc,b,ab,c"), 3);
  EXPECT_EQ(FindInSet("a", "abc,b,ab,c"), 0);
  EXPECT_EQ(FindInSet("", "a,,b"), 2);
  EXPECT_EQ(FindInSet("", ""), 1);
  EXPECT_EQ(FindInSet("a,b", "a,b"), 0);
}

TEST(TextTest, InitcapBeginsWordsAfterBlanksAlone) {
  EXPECT_EQ(InitcapAscii("sPark  sql-x 9a"), "Spark  Sql-x 9a");
}

}  // namespace
}  // namespace lakesmith::functions
