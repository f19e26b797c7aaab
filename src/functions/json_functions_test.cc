#include "functions/json_functions.h"

#include <gtest/gtest.h>

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::ToSparkText;

DataType Pair() {
  return DataType::Struct(
      {{.name = "a", .type = DataType::Int()}, {.name = "b", .type = DataType::Double()}});
}

std::string Read(const DataType& type, const char* json, const Options& options = {}) {
  const auto reader = JsonReader::Create(type, options, {});
  if (!reader) return reader.error().error_class();
  const auto value = reader->Read(json);
  return value ? ToSparkText(*value, type) : value.error().error_class();
}

TEST(JsonFunctionsTest, GetJsonObject) {
  EXPECT_EQ(GetJsonObject(R"({"a":"b"})", "$.a"), "b");
  EXPECT_EQ(GetJsonObject(R"({"a":[{"b":1},{"b":2}]})", "$.a[*].b"), "[1,2]");
  EXPECT_EQ(GetJsonObject(R"({"a":{"b":1.50}})", "$['a']"), R"({"b":1.50})");
  EXPECT_EQ(GetJsonObject(R"({"a":null})", "$.a"), std::nullopt);
  EXPECT_EQ(GetJsonObject("{", "$.a"), std::nullopt);
  EXPECT_EQ(GetJsonObject(R"({"a":1})", "a"), std::nullopt);
}

TEST(JsonFunctionsTest, FromJson) {
  EXPECT_EQ(Read(Pair(), R"({"a":1, "b":0.8})"), "{1, 0.8}");
  EXPECT_EQ(Read(Pair(), R"({"a":"x", "b":0.8})"), "{null, 0.8}");
  EXPECT_EQ(Read(Pair(), "{"), "{null, null}");
  EXPECT_EQ(Read(Pair(), "{", {{"mode", "FAILFAST"}}),
            "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION");
  EXPECT_EQ(Read(Pair(), "", {}), "NULL");
  EXPECT_EQ(Read(DataType::Map(DataType::String(), DataType::Int()), R"({"x":1})"), "{x -> 1}");
  EXPECT_EQ(Read(DataType::Array(DataType::String()), R"([1,{"a":2},"t"])"), R"([1, {"a":2}, t])");
  EXPECT_EQ(Read(DataType::Decimal(30, 10), "1234567890123456789.0123456789"),
            "1234567890123456789.0123456789");
}

TEST(JsonFunctionsTest, FromJsonWithPatterns) {
  const DataType time = DataType::Struct({{.name = "time", .type = DataType::Timestamp()}});
  EXPECT_EQ(Read(time, R"({"time":"26/08/2015"})", {{"timestampformat", "dd/MM/yyyy"}}),
            "{2015-08-26 00:00:00}");
}

TEST(JsonFunctionsTest, ToJson) {
  const types::Value value = types::StructValue{{types::Value(int64_t{1}), types::Value()}};
  EXPECT_EQ(*ValueToJson(value, Pair(), {}, {}), R"({"a":1})");
  EXPECT_EQ(*ValueToJson(value, Pair(), {{"ignorenullfields", "false"}}, {}),
            R"({"a":1,"b":null})");
  EXPECT_EQ(*ValueToJson(types::TimestampValue{0}, DataType::Timestamp(), {}, {}),
            R"("1970-01-01T00:00:00.000Z")");
}

TEST(JsonFunctionsTest, SchemaOfJson) {
  EXPECT_EQ(*SchemaOfJson(R"([{"col":0}])"), "ARRAY<STRUCT<col: BIGINT>>");
  EXPECT_EQ(*SchemaOfJson(R"({"b":null,"a":[1,2.5]})"), "STRUCT<a: ARRAY<DOUBLE>, b: STRING>");
}

}  // namespace
}  // namespace lakesmith::functions
