#include "base/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakesmith {
namespace {

Yaml Parse(std::string_view text) {
  Result<Yaml> parsed = ParseYaml(text, "a.yml");
  EXPECT_TRUE(parsed) << parsed.error().ToString();
  return parsed ? *parsed : Yaml();
}

std::string ErrorOf(std::string_view text) {
  const Result<Yaml> parsed = ParseYaml(text, "a.yml");
  return parsed ? "" : parsed.error().ToString();
}

TEST(YamlTest, TypesPlainScalarsByTheCoreSchema) {
  const Yaml list =
      Parse("[true, 12, -0x1F, 1.5e3, ~, yes, '12', 0o17, 1.0, -, 99999999999999999999]");
  std::string kinds;
  for (const Yaml& item : list.items()) kinds += std::string(item.KindName()) + ",";
  EXPECT_EQ(kinds,
            "a bool,an integer,an integer,a number,null,a string,a string,an integer,a number,"
            "a string,a number,");
  EXPECT_EQ(list.items()[2].int_value(), -31);
  EXPECT_EQ(list.items()[8].text(), "1.0");
}

TEST(YamlTest, KnowsThePlaceOfEveryKeyAndValue) {
  const Yaml root = Parse("a:\n  - x: 1\n    y:  two\n");
  const YamlEntry* y = root.Find("a")->items()[0].FindEntry("y");
  EXPECT_EQ(y->key_location.ToString(), "a.yml:3:5");
  EXPECT_EQ(y->value.location().ToString(), "a.yml:3:9");
  EXPECT_EQ(root.FindPath("a.b"), nullptr);
}

TEST(YamlTest, MergesAnchorsWithoutReplacingKeys) {
  const Yaml root =
      Parse("base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\nall:\n  <<: [*b, *m]\n  x: 9\n");
  EXPECT_EQ(JsonText(root.Find("all")->ToJson()), R"({"x":9,"y":2,"z":4})");
}

TEST(YamlTest, NamesWhatIsWrongAndWhere) {
  EXPECT_EQ(ErrorOf("a: 1\nb: 2\na: 3\n"),
            "a.yml:3:1: key 'a' is already in this map, on line 1; remove one of them");
  EXPECT_THAT(ErrorOf("a: b: c\n"), testing::StartsWith("a.yml:1:5: YAML syntax: "));
  EXPECT_THAT(ErrorOf("a: [1, 2\n"), testing::StartsWith("a.yml:2:1: YAML syntax: "));
  EXPECT_THAT(ErrorOf("a: *nope\n"), testing::StartsWith("a.yml:1:4: "));
  EXPECT_THAT(ErrorOf("{[1]: 2}"), testing::HasSubstr("a key must be plain text"));
  EXPECT_THAT(ErrorOf("a: 1\n---\nb: 2\n"), testing::HasSubstr("second YAML document"));
  EXPECT_THAT(ErrorOf("a: &x [*x]\n"), testing::HasSubstr("a.yml:1:8"));
}

TEST(YamlTest, RefusesAliasesThatExplode) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    text += fmt::format("a{}: &a{} [", i, i);
    for (int j = 0; j < 10; ++j) text += fmt::format("{}*a{}", j > 0 ? ", " : "", i - 1);
    text += "]\n";
  }
  EXPECT_THAT(ErrorOf(text), testing::HasSubstr("more than 1000000 values"));
}

TEST(YamlTest, ReadsNothingAsNull) {
  EXPECT_TRUE(Parse("").is_null());
  EXPECT_TRUE(Parse("# only a comment\n").is_null());
}

}  // namespace
}  // namespace lakesmith
