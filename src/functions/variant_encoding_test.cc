#include "functions/variant_encoding.h"

#include <gtest/gtest.h>

namespace lakesmith::functions {
namespace {

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

// Value, then the names where there are any.
std::string Encoded(std::string_view json) {
  const auto node = JsonNode::Parse(json);
  if (!node) return "not JSON";
  const auto encoded = EncodeVariant(*node);
  if (!encoded) return encoded.error().ToString();
  const std::string names = Hex(encoded->metadata);
  return Hex(encoded->value) + (names == "110000" ? "" : " " + names);
}

// Bytes worked out by hand from the format's description.
TEST(VariantEncodingTest, WritesEachKind) {
  EXPECT_EQ(Encoded("null"), "00");
  EXPECT_EQ(Encoded("true"), "04");
  EXPECT_EQ(Encoded("false"), "08");
  EXPECT_EQ(Encoded("5"), "0c05");
  EXPECT_EQ(Encoded("-1"), "0cff");
  EXPECT_EQ(Encoded("300"), "102c01");
  EXPECT_EQ(Encoded("-70000"), "1490eefeff");
  EXPECT_EQ(Encoded("3000000000"), "18005ed0b200000000");
  EXPECT_EQ(Encoded("1.25"), "20027d000000");
  EXPECT_EQ(Encoded("-0.5"), "2001fbffffff");
  EXPECT_EQ(Encoded("12345678901.5"), "2401171a99be1c000000");
  EXPECT_EQ(Encoded("9223372036854775808"), "280000000000000000800000000000000000");
  EXPECT_EQ(Encoded("1e3"), "1c0000000000408f40");
  EXPECT_EQ(Encoded("\"ab\""), "096162");
  EXPECT_EQ(Encoded("[]"), "030000");
  EXPECT_EQ(Encoded("[1,\"x\"]"), "03020002040c010578");
}

TEST(VariantEncodingTest, SortsFieldsAndNames) {
  EXPECT_EQ(Encoded("{}"), "020000");
  EXPECT_EQ(Encoded(R"({"b":1,"a":true})"), "02020001000103040c01 11020001026162");
}

TEST(VariantEncodingTest, WidensCountsAndOffsets) {
  std::string many = "[0";
  for (int i = 0; i < 299; ++i) many += ",0";
  const std::string encoded = Encoded(many + "]");
  // Large count, offsets of two bytes.
  EXPECT_EQ(encoded.substr(0, 18), "172c01000000000200");
  EXPECT_EQ(Encoded("\"" + std::string(64, 'a') + "\"").substr(0, 12), "404000000061");
}

}  // namespace
}  // namespace lakesmith::functions
