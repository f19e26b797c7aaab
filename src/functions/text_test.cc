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
  const auto base64 = [](std::string_view bytes) {
    const Base64Lines lines(bytes);
    std::string text(lines.size(), '?');
    lines.Write(text.data());
    return text;
  };
  EXPECT_EQ(base64("Spark SQL"), "U3BhcmsgU1FM");
  EXPECT_EQ(base64("ab"), "YWI=");
  EXPECT_EQ(base64("a"), "YQ==");
  EXPECT_EQ(base64(""), "");
  const std::string line(57, '\0');
  EXPECT_EQ(base64(line), std::string(76, 'A'));
  EXPECT_EQ(base64(line + "ab"), std::string(76, 'A') + "\r\nYWI=");
  EXPECT_EQ(*Unbase64Lines(base64(line + line + "ab")), line + line + "ab");
  EXPECT_EQ(*Unbase64("U3BhcmsgU1FM"), "Spark SQL");
  EXPECT_EQ(*Unbase64("YWI="), "ab");
  EXPECT_EQ(*Unbase64(" U3Bh\ncmsg U1FMYQ = = "), "Spark SQLa");
  EXPECT_EQ(*Unbase64("U3BhcmsgU1FMYWI"), "Spark SQLab");
  for (const std::string_view bad : {"a", "U3Bha", "U3Bh*msg", "U3Bhcms=gU1FM"})
    EXPECT_FALSE(Unbase64(bad)) << bad;
}

TEST(TextTest, Unbase64LinesPassesOverWhatIsNoLetter) {
  EXPECT_EQ(*Unbase64Lines("U3Bh\r\ncms*gU1FMYWI="), "Spark SQLab");
  EXPECT_EQ(*Unbase64Lines("U3Bhcm=="), "Spar");
  EXPECT_EQ(*Unbase64Lines("U3BhYWI=\r\n"), "Spaab");
  for (const std::string_view bad : {"U3Bh=", "U3Bha", "U3BhYWI=U3Bh"})
    EXPECT_FALSE(Unbase64Lines(bad)) << bad;
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

TEST(TextTest, CommaListComparesWholeParts) {
  EXPECT_EQ(CommaList("abc,b,ab,c").Find("ab"), 3);
  EXPECT_EQ(CommaList("abc,b,ab,c").Find("a"), 0);
  EXPECT_EQ(CommaList("a,,b").Find(""), 2);
  EXPECT_EQ(CommaList("").Find(""), 1);
  EXPECT_EQ(CommaList("a,b").Find("a,b"), 0);
}

TEST(TextTest, InitcapBeginsWordsAfterBlanksAlone) {
  EXPECT_EQ(InitcapAscii("sPark  sql-x 9a"), "Spark  Sql-x 9a");
}

}  // namespace
}  // namespace lakesmith::functions
