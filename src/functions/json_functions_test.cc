#include "functions/json_functions.h"

#include <gtest/gtest.h>

#include "functions/json_scan.h"

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

std::optional<std::string> At(const char* json, const char* path) {
  return GetJsonObject(json, *ParseJsonPath(path));
}

TEST(JsonFunctionsTest, GetJsonObject) {
  EXPECT_EQ(At(R"({"a":"b"})", "$.a"), "b");
  EXPECT_EQ(At(R"({"a":[{"b":1},{"b":2}]})", "$.a[*].b"), "[1,2]");
  EXPECT_EQ(At(R"({"a":{"b":1.50}})", "$['a']"), R"({"b":1.50})");
  EXPECT_EQ(At(R"({"a":null})", "$.a"), std::nullopt);
  EXPECT_EQ(At("{", "$.a"), std::nullopt);
  EXPECT_FALSE(ParseJsonPath("a"));
}

// A scan that is sure must say what the tree says, and be sure of nothing that is malformed.
TEST(JsonFunctionsTest, ScanAgreesWithTheTree) {
  const char* texts[] = {
      R"({"a":1,"b":[1, 2.50 ,{"a":"x\ny"}],"a":2})",
      R"( {"a" : {"a":{"b":1}, "b":[[true],false]} } )",
      R"({"a":{"b":1},"a":3})",
      R"({"a":"\u0041","b":-0})",
      R"({"a":1e999})",
      R"({"a":1e2,"b":-0.0})",
      R"({"a":01})",
      R"({"a":1.})",
      R"({"a":-})",
      R"({"a":12345678901234567890123,"b":-7})",
      R"({"a":"é","b":""})",
      R"({"\u0061":1})",
      R"({"a":1,})",
      R"({"a":1} x)",
      R"({"a":tru})",
      R"(["a","\"q\"",null])",
      R"([1,,2])",
      "{\"a\":\"\t\"}",
      "\"b\"",
      "[[[[1]]]",
      "",
      " ",
      "12",
  };
  int sure = 0;
  for (const char* text : texts) {
    for (const char* path : {"$", "$.a", "$.b", "$.a.b", "$.a.a.b", "$[0]", "$.b[1]", "$[1]",
                             "$.b[2].a", "$.a.b[0][0]", "$[2]"}) {
      const auto steps = *ParseJsonPath(path);
      const JsonScan scan = ScanJson(text, steps);
      const auto root = JsonNode::Parse(text, kJsonByPath);
      sure += scan.sure ? 1 : 0;
      EXPECT_TRUE(root || !scan.sure) << text;
      const JsonNode* node = root ? NodeAt(*root, steps) : nullptr;
      std::optional<std::string> wanted;
      if (node != nullptr && node->kind != JsonNode::Kind::kNull)
        wanted = node->kind == JsonNode::Kind::kString ? node->text : node->ToText();
      EXPECT_EQ(GetJsonObject(text, steps), wanted) << text << " " << path;
    }
  }
  EXPECT_GE(sure, 7 * 11);
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
