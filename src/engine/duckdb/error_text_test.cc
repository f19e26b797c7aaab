#include "engine/duckdb/error_text.h"

#include <gtest/gtest.h>

namespace lakesmith::engine {
namespace {

TEST(ErrorTextTest, TellsOverflowsInTypesOfTheQuery) {
  const ErrorText cast = InSparkWords(
      "Type INT64 with value 10000000000 can't be cast because the value is out of range for the "
      "destination type INT32 when casting from source column k0\n\nLINE 1: SELECT CAST(c1 AS "
      "INTEGER)\n               ^");
  EXPECT_EQ(cast.error_class, "CAST_OVERFLOW");
  EXPECT_EQ(cast.message,
            "The value 10000000000L of the type \"BIGINT\" cannot be cast to \"INT\" due to an "
            "overflow. Use `try_cast` to tolerate overflow and return NULL instead.");
  const ErrorText sum = InSparkWords(
      "Type INT128 with value 9223372036854775808 can't be cast because the value is out of range "
      "for the destination type INT64 when casting from source column sum(c1)");
  EXPECT_EQ(sum.error_class, "ARITHMETIC_OVERFLOW");
  const ErrorText added = InSparkWords("Overflow in addition of INT64 (1 + 9223372036854775807)!");
  EXPECT_EQ(added.message,
            "Overflow in addition of BIGINT (1 + 9223372036854775807). Use `try_add` to tolerate "
            "overflow and return NULL instead.");
}

TEST(ErrorTextTest, TellsValuesThatNoDecimalHolds) {
  for (const char* message :
       {"Casting value \"12345.6\" to type DECIMAL(4,1) failed: value is out of range!",
        "Could not cast value 12345.6 to DECIMAL(4,1)\n\nLINE 1: SELECT",
        "Could not convert string \"12345.6\" to DECIMAL(4,1)"}) {
    const ErrorText text = InSparkWords(message);
    EXPECT_EQ(text.error_class, "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION") << message;
    EXPECT_EQ(text.message.find("The value 12345.6 cannot be represented as DECIMAL(4,1)."), 0U);
  }
}

TEST(ErrorTextTest, DropsTheTextThatTheUserDidNotWrite) {
  const ErrorText text = InSparkWords("Something else\n\nLINE 1: SELECT c1\n   ^");
  EXPECT_EQ(text.error_class, "");
  EXPECT_EQ(text.message, "Something else");
}

}  // namespace
}  // namespace lakesmith::engine
