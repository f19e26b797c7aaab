#include "functions/regex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakesmith::functions {
namespace {

using ::testing::ElementsAre;

Regex Compiled(const char* pattern) {
  Result<Regex> regex = Regex::Compile(pattern, "rlike");
  EXPECT_TRUE(regex) << regex.error().ToString();
  return *regex;
}

// Whether the class matches a letter.
bool InClass(const char* pattern, const char* letter) {
  return Regex::Compile(pattern, "rlike")->Contains(letter);
}

TEST(RegexTest, ClassesWithinClassesAreJavas) {
  EXPECT_TRUE(InClass("^[a-z&&[^b]]$", "a"));
  EXPECT_FALSE(InClass("^[a-z&&[^b]]$", "b"));
  EXPECT_TRUE(InClass("^[a-c[x-z]]$", "y"));
  EXPECT_FALSE(InClass("^[^a-c[x-z]]$", "y"));
  EXPECT_TRUE(InClass("^[^a-c[x-z]]$", "m"));
  EXPECT_TRUE(InClass("^[]a]$", "]"));
  EXPECT_TRUE(InClass("(?iu)A", "a"));
}

TEST(RegexTest, FindsAnywhere) {
  EXPECT_TRUE(Compiled("b+").Contains("abbc"));
  EXPECT_FALSE(Compiled("^b").Contains("abbc"));
  EXPECT_TRUE(Compiled("\\u0041(?=B)").Contains("xAB"));
  EXPECT_FALSE(Regex::Compile("(", "rlike"));
  EXPECT_EQ(Regex::Compile("(", "rlike").error().error_class(), "INVALID_PARAMETER_VALUE.PATTERN");
}

TEST(RegexTest, ReplacesAllWithGroups) {
  EXPECT_EQ(*Compiled("(\\d+)").ReplaceAll("100-200", "<$1>"), "<100>-<200>");
  EXPECT_EQ(*Compiled("(?<n>a)").ReplaceAll("xa", "${n}\\$"), "xa$");
  EXPECT_EQ(*Compiled("x*").ReplaceAll("abc", "-"), "-a-b-c-");
  EXPECT_FALSE(Compiled("a").ReplaceAll("a", "$1"));
  EXPECT_FALSE(Compiled("a").ReplaceAll("a", "$"));
}

TEST(RegexTest, SplitsLikeJava) {
  EXPECT_THAT(Compiled("[ABC]").Split("oneAtwoBthreeC", -1),
              ElementsAre("one", "two", "three", ""));
  EXPECT_THAT(Compiled("[ABC]").Split("oneAtwoBthreeC", 2), ElementsAre("one", "twoBthreeC"));
  EXPECT_THAT(Compiled("").Split("abc", -1), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Compiled(",").Split("", -1), ElementsAre(""));
}

TEST(RegexTest, SplitsAtLiteralsAsByTheirPattern) {
  for (const char* pattern : {",", "ab", "ä", "# "}) {
    ASSERT_TRUE(IsLiteralPattern(pattern));
    for (const char* text : {"", ",", "a,b,,c,", "abab", "xabaabb", "ää,ä", "a# b#"}) {
      for (const int limit : {-1, 0, 1, 2}) {
        EXPECT_EQ(SplitAt(text, pattern, limit), Compiled(pattern).Split(text, limit))
            << pattern << " " << text << " " << limit;
      }
    }
  }
  for (const char* pattern : {"", "a|b", "\\.", "a.", "[x]", "a{2}", "^a"})
    EXPECT_FALSE(IsLiteralPattern(pattern)) << pattern;
}

TEST(RegexTest, LikeKnowsItsEscape) {
  EXPECT_TRUE(*Like("a%c", "a\\%c", '\\', false));
  EXPECT_FALSE(*Like("abc", "a\\%c", '\\', false));
  EXPECT_TRUE(*Like("ÄBC\n", "_b%", '\\', true));
  EXPECT_EQ(Like("a", "a\\", '\\', false).error().error_class(), "INVALID_FORMAT.ESC_AT_THE_END");
  EXPECT_EQ(Like("a", "\\a", '\\', false).error().error_class(),
            "INVALID_FORMAT.ESC_IN_THE_MIDDLE");
}

TEST(RegexTest, CountsCharactersNotBytes) {
  EXPECT_EQ(ByteOfCharacter("äbc", 2), 2);
  EXPECT_EQ(CharactersBefore("äbc", 2), 1);
}

}  // namespace
}  // namespace lakesmith::functions
