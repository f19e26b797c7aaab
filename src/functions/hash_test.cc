#include "functions/hash.h"

#include <gtest/gtest.h>

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::Value;

Value Text(const char* text) { return Value(std::string(text)); }

// The answers are those of Spark's documentation: hash('Spark', array(123), 2), xxhash64 of the
// same.
TEST(HashTest, EqualsSparksDocumentedAnswers) {
  const DataType array = DataType::Array(DataType::Int());
  const Value list = types::ArrayValue{{Value(int64_t{123})}};
  int32_t murmur = SparkMurmur3(Text("Spark"), DataType::String(), 42);
  murmur = SparkMurmur3(list, array, murmur);
  EXPECT_EQ(SparkMurmur3(Value(int64_t{2}), DataType::Int(), murmur), -1321691492);
  int64_t xx = SparkXxHash64(Text("Spark"), DataType::String(), 42);
  xx = SparkXxHash64(list, array, xx);
  EXPECT_EQ(SparkXxHash64(Value(int64_t{2}), DataType::Int(), xx), 5602566077635097486);
}

TEST(HashTest, NullKeepsTheSeed) {
  EXPECT_EQ(SparkMurmur3(Value(), DataType::Int(), 42), 42);
  EXPECT_EQ(SparkXxHash64(Value(), DataType::String(), 42), 42);
}

TEST(HashTest, Crc32OfSpark) { EXPECT_EQ(Crc32("Spark"), 1557323817U); }

TEST(HashTest, ConvertsBases) {
  bool overflow = false;
  EXPECT_EQ(ConvertBase("100", 2, 10, overflow), "4");
  EXPECT_EQ(ConvertBase("-10", 16, -10, overflow), "-16");
  EXPECT_EQ(ConvertBase("-1", 10, 16, overflow), "FFFFFFFFFFFFFFFF");
  EXPECT_EQ(ConvertBase("1", 1, 10, overflow), std::nullopt);
  EXPECT_FALSE(overflow);
  ConvertBase("18446744073709551616", 10, 16, overflow);
  EXPECT_TRUE(overflow);
}

}  // namespace
}  // namespace lakesmith::functions
