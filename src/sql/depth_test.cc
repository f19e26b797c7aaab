// Texts as deep as no person writes them, but generators do: none may overflow the stack.
#include <gtest/gtest.h>

#include <string>

#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::sql {
namespace {

constexpr size_t kDepth = 100'000;
// Where the nodes are large or many, so that the test stays short.
constexpr size_t kLess = 20'000;

std::string Repeat(std::string_view text, size_t count) {
  std::string repeated;
  repeated.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i) {
    repeated += text;
  }
  return repeated;
}

// Parses, copies, compares, prints and parses again.
void ExpectRoundTrip(const std::string& text) {
  const auto parsed = ParseStatement(text);
  ASSERT_TRUE(parsed) << parsed.error().message().substr(0, 200);
  const StatementPtr copy = *parsed;
  EXPECT_TRUE(copy == *parsed);
  const auto again = ParseStatement(ToSql(*copy));
  ASSERT_TRUE(again) << again.error().message().substr(0, 200);
  EXPECT_TRUE(*again == *parsed);
}

TEST(DepthTest, Parentheses) {
  ExpectRoundTrip("SELECT " + Repeat("(", kDepth) + "1" + Repeat(")", kDepth));
}
TEST(DepthTest, Sums) { ExpectRoundTrip("SELECT a" + Repeat(" + a", kDepth)); }
TEST(DepthTest, RightNestedSums) {
  ExpectRoundTrip("SELECT " + Repeat("a + (", kLess) + "a" + Repeat(")", kLess));
}
TEST(DepthTest, Unions) { ExpectRoundTrip("SELECT 1" + Repeat(" UNION ALL SELECT 1", kDepth)); }
TEST(DepthTest, Calls) {
  ExpectRoundTrip("SELECT " + Repeat("f(", kLess) + "1" + Repeat(")", kLess));
}
TEST(DepthTest, Negations) { ExpectRoundTrip("SELECT " + Repeat("NOT ", kLess) + "a"); }
TEST(DepthTest, Signs) { ExpectRoundTrip("SELECT " + Repeat("- ", kLess) + "a"); }
TEST(DepthTest, Cases) {
  ExpectRoundTrip("SELECT " + Repeat("CASE WHEN a THEN b ELSE ", kLess / 4) + "c" +
                  Repeat(" END", kLess / 4));
}
TEST(DepthTest, Conditions) {
  ExpectRoundTrip("SELECT * FROM t WHERE a" + Repeat(" OR a = 1", kDepth));
}
TEST(DepthTest, Subqueries) {
  ExpectRoundTrip(Repeat("SELECT * FROM (", kLess / 4) + "SELECT 1" + Repeat(") AS t", kLess / 4));
}
TEST(DepthTest, ParenthesizedQueries) {
  ExpectRoundTrip(Repeat("(", kLess / 4) + "SELECT 1" + Repeat(")", kLess / 4));
}
TEST(DepthTest, Joins) { ExpectRoundTrip("SELECT * FROM a" + Repeat(" JOIN b ON c", kLess)); }
TEST(DepthTest, Subscripts) { ExpectRoundTrip("SELECT a" + Repeat("[0]", kLess)); }
TEST(DepthTest, Casts) { ExpectRoundTrip("SELECT a" + Repeat("::int", kLess)); }
TEST(DepthTest, Lambdas) { ExpectRoundTrip("SELECT f(" + Repeat("x -> ", kLess) + "x)"); }
TEST(DepthTest, Pipes) { ExpectRoundTrip("FROM t" + Repeat(" |> WHERE a", kLess)); }
TEST(DepthTest, Explains) { ExpectRoundTrip(Repeat("EXPLAIN ", kLess) + "SELECT 1"); }
TEST(DepthTest, Comments) {
  ExpectRoundTrip(Repeat("/*", kDepth) + Repeat("*/", kDepth) + "SELECT 1");
}

TEST(DepthTest, TypesNestWithinALimit) {
  const auto parsed = ParseDataType(Repeat("array<", kDepth) + "int" + Repeat(">", kDepth));
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message().find("nest at most"), std::string::npos);
}

TEST(DepthTest, UnclosedParenthesesAreAnError) {
  EXPECT_FALSE(ParseStatement("SELECT " + Repeat("(", kLess)));
  EXPECT_FALSE(ParseStatement(Repeat("(", kLess) + "SELECT 1"));
  EXPECT_FALSE(ParseStatement("SELECT " + Repeat("(SELECT ", kLess / 4)));
}

}  // namespace
}  // namespace lakesmith::sql
