#include "functions/variant_functions.h"

#include <gtest/gtest.h>

namespace lakesmith::functions {
namespace {

JsonNode Json(const char* text) { return *JsonNode::Parse(text); }

std::string Text(const Result<JsonNode>& node) {
  return node ? node->ToText() : node.error().error_class();
}

TEST(VariantTest, InsertMakesWhatIsMissing) {
  EXPECT_EQ(Text(InsertIntoVariant(Json("{}"), "$.a.b", Json("1"))), R"({"a":{"b":1}})");
  EXPECT_EQ(Text(InsertIntoVariant(Json(R"(["a","b"])"), "$[1]", Json("0"))), R"(["a",0,"b"])");
  EXPECT_EQ(Text(InsertIntoVariant(Json("[1]"), "$[3]", Json("4"))), "[1,null,null,4]");
  EXPECT_EQ(Text(InsertIntoVariant(Json(R"({"a":1})"), "$.a", Json("2"))), "VARIANT_DUPLICATE_KEY");
  EXPECT_EQ(Text(InsertIntoVariant(Json("[]"), "$.a", Json("2"))), "VARIANT_PATH_MISMATCH");
  EXPECT_EQ(Text(InsertIntoVariant(Json("{}"), "a", Json("2"))), "INVALID_VARIANT_PATH");
}

TEST(VariantTest, AppendAndDeleteLeaveAloneWhatIsNotThere) {
  EXPECT_EQ(Text(AppendToVariant(Json(R"({"a":[1]})"), "$.a", Json("2"))), R"({"a":[1,2]})");
  EXPECT_EQ(Text(AppendToVariant(Json(R"({"a":1})"), "$.b", Json("2"))), R"({"a":1})");
  EXPECT_EQ(Text(AppendToVariant(Json(R"({"a":1})"), "$.a", Json("2"))), "VARIANT_PATH_MISMATCH");
  EXPECT_EQ(Text(DeleteFromVariant(Json(R"({"a":[1,2],"b":3})"), "$.a[0]")), R"({"a":[2],"b":3})");
  EXPECT_EQ(Text(DeleteFromVariant(Json(R"({"b":3})"), "$.a[0]")), R"({"b":3})");
}

TEST(VariantTest, NullsAreStripped) {
  const JsonNode node = Json(R"({"a":{"b":null,"c":[1,null]},"d":null})");
  EXPECT_EQ(StripNulls(node, true).ToText(), R"({"a":{"c":[1]}})");
  EXPECT_EQ(StripNulls(node, false).ToText(), R"({"a":{"c":[1,null]}})");
}

}  // namespace
}  // namespace lakesmith::functions
