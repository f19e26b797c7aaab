#include "types/data_type.h"

#include <gtest/gtest.h>

namespace lakesmith::types {
namespace {

DataType Sample() {
  return DataType::Struct(
      {{.name = "id", .type = DataType::Long(), .nullable = false},
       {.name = "tags",
        .type = DataType::Map(DataType::String(), DataType::Array(DataType::Int()))},
       {.name = "odd name", .type = DataType::Decimal(10, 2)}});
}

TEST(DataTypeTest, PrintsSparksNames) {
  EXPECT_EQ(Sample().SimpleString(),
            "struct<id:bigint,tags:map<string,array<int>>,odd name:decimal(10,2)>");
  EXPECT_EQ(
      Sample().Sql(),
      "STRUCT<id: BIGINT NOT NULL, tags: MAP<STRING, ARRAY<INT>>, `odd name`: DECIMAL(10,2)>");
  EXPECT_EQ(DataType::DayTimeInterval().SimpleString(), "interval day to second");
}

TEST(DataTypeTest, SurvivesTheSchemaText) {
  const Result<DataType> read = DataType::FromJson(Sample().ToJson());
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(*read, Sample());
}

TEST(DataTypeTest, RefusesUnknownTypesByName) {
  const Result<DataType> read = DataType::FromJson(Json("geometry(4326)"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(DataType::FromJson(Json("decimal(50,2)")).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(DataType::FromJson(Json(3)).error().code(), ErrorCode::kCorrupt);
}

TEST(DataTypeTest, FindsFieldsIgnoringCase) {
  EXPECT_EQ(Sample().FieldIndex("TAGS"), 1);
  EXPECT_EQ(Sample().FieldIndex("nope"), std::nullopt);
}

}  // namespace
}  // namespace lakesmith::types
