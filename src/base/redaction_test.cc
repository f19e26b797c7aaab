#include "base/redaction.h"

#include <gtest/gtest.h>

namespace lakesmith {
namespace {

TEST(RedactorTest, StrikesOutValuesInAllTheirForms) {
  Redactor redactor;
  EXPECT_TRUE(redactor.empty());
  redactor.Add("hunter2");
  redactor.Add("a\"b'c\\d");
  redactor.Add("-----BEGIN KEY-----\nabcdefghij\nxy\n");
  EXPECT_EQ(redactor.Redact("login hunter2, again hunter2hunter2"),
            "login [REDACTED], again [REDACTED][REDACTED]");
  EXPECT_EQ(redactor.Redact(R"({"x":"a\"b'c\\d"})"), R"({"x":"[REDACTED]"})");
  EXPECT_EQ(redactor.Redact("WHERE p = 'a\"b''c\\d'"), "WHERE p = '[REDACTED]'");
  EXPECT_EQ(redactor.Redact("line abcdefghij only, xy stays"), "line [REDACTED] only, xy stays");
  EXPECT_EQ(JsonText(redactor.RedactJson(Json{{"a", {1, "hunter2"}}, {"hunter2", nullptr}})),
            R"({"a":[1,"[REDACTED]"],"[REDACTED]":null})");
}

TEST(RedactorTest, LeavesShortValuesAndTakesTheLongestFirst) {
  Redactor redactor;
  redactor.Add("abc");
  EXPECT_EQ(redactor.Redact("abc"), "abc");
  redactor.Add("password");
  redactor.Add("password123");
  EXPECT_EQ(redactor.Redact("password123 password"), "[REDACTED] [REDACTED]");
}

TEST(RedactingStreamTest, FindsAValueHoweverItIsCut) {
  Redactor redactor;
  redactor.Add("secret-value");
  const std::string text = "a secret-value, a secret- and secret-valuesecret-value.";
  const std::string wanted = "a [REDACTED], a secret- and [REDACTED][REDACTED].";
  for (size_t size = 1; size <= text.size(); ++size) {
    RedactingStream stream(redactor);
    std::string shown;
    for (size_t at = 0; at < text.size(); at += size) shown += stream.Push(text.substr(at, size));
    EXPECT_EQ(shown + stream.Finish(), wanted) << "pieces of " << size;
  }
}

}  // namespace
}  // namespace lakesmith
