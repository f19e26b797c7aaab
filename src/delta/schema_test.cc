#include "delta/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakesmith::delta {
namespace {

using ::testing::HasSubstr;
using types::DataType;
using types::StructField;

DataType SomeTable() {
  return DataType::Struct({{"id", DataType::Int(), false},
                           {"Name", DataType::Varchar(10)},
                           {"s", DataType::Struct({{"a", DataType::Int()}})},
                           {"list", DataType::Array(DataType::Int())}});
}

TEST(SchemaTest, CharTypesAreKeptInMetadata) {
  const std::string text = SchemaText(SomeTable());
  EXPECT_THAT(text, HasSubstr(R"("name":"Name","type":"string")"));
  EXPECT_THAT(text, HasSubstr(R"x("__CHAR_VARCHAR_TYPE_STRING":"varchar(10)")x"));
  EXPECT_EQ(*ParseSchema(text), SomeTable());
}

TEST(SchemaTest, ParseNamesWhatIsWrong) {
  EXPECT_EQ(ParseSchema("{").error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(ParseSchema("\"long\"").error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(
      ParseSchema(R"({"type":"struct","fields":[{"name":"g","type":"geometry"}]})").error().code(),
      ErrorCode::kUnsupported);
}

TEST(SchemaTest, CheckRefusesWhatDeltaCannotHold) {
  const auto check = [](std::vector<StructField> fields, bool mapped = false) {
    const Status status = CheckSchema(DataType::Struct(std::move(fields)), {}, mapped);
    return status ? std::string("ok") : status.error().message();
  };
  EXPECT_EQ(check({{"a", DataType::Int()}}), "ok");
  EXPECT_THAT(check({{"a", DataType::Int()}, {"A", DataType::Int()}}),
              HasSubstr("`A` already exists"));
  EXPECT_THAT(check({{"a b", DataType::Int()}}), HasSubstr("columnMapping"));
  EXPECT_EQ(check({{"a b", DataType::Int()}}, true), "ok");
  EXPECT_THAT(check({{"t", DataType::Array(DataType::Time())}}), HasSubstr("'t.element'"));
  const Status all = CheckSchema(DataType::Struct({{"a", DataType::Int()}}), {"a"}, false);
  EXPECT_EQ(all.error().error_class(), "ALL_PARTITION_COLUMNS_NOT_ALLOWED");
  EXPECT_FALSE(CheckSchema(SomeTable(), {"s"}, false).has_value());
  EXPECT_FALSE(CheckSchema(SomeTable(), {"nope"}, false).has_value());
}

TEST(SchemaTest, MergeAddsColumnsAtEveryLevel) {
  const DataType incoming = DataType::Struct(
      {{"NAME", DataType::String()},
       {"s", DataType::Struct({{"b", DataType::String(), false}, {"A", DataType::Int()}})},
       {"extra", DataType::Date(), false}});
  const Result<DataType> merged = MergeSchemas(SomeTable(), incoming);
  ASSERT_TRUE(merged) << merged.error().ToString();
  EXPECT_EQ(merged->Sql(),
            "STRUCT<id: INT NOT NULL, Name: VARCHAR(10), s: STRUCT<a: INT, b: STRING>, list: "
            "ARRAY<INT>, extra: DATE>");
}

TEST(SchemaTest, MergeNamesTypesThatDoNotGoTogether) {
  const Result<DataType> merged = MergeSchemas(
      SomeTable(), DataType::Struct({{"s", DataType::Struct({{"a", DataType::Date()}})}}));
  ASSERT_FALSE(merged);
  EXPECT_THAT(merged.error().message(),
              HasSubstr("column 's.a' has type INT in the table and DATE"));
}

TEST(SchemaTest, WideningIsRecordedWhereItHappened) {
  const DataType incoming =
      DataType::Struct({{"id", DataType::Long()}, {"list", DataType::Array(DataType::Double())}});
  const DataType kept = *MergeSchemas(SomeTable(), incoming);
  EXPECT_EQ(kept.fields()[0].type, DataType::Int());
  const DataType widened = *MergeSchemas(SomeTable(), incoming, {.widen_types = true});
  EXPECT_EQ(widened.fields()[0].type, DataType::Long());
  EXPECT_EQ(JsonText(widened.fields()[0].metadata["delta.typeChanges"]),
            R"([{"fromType":"integer","toType":"long"}])");
  EXPECT_EQ(JsonText(widened.fields()[3].metadata["delta.typeChanges"]),
            R"([{"fromType":"integer","toType":"double","fieldPath":"element"}])");
  EXPECT_TRUE(CheckTypeChanges(widened).has_value());
}

TEST(SchemaTest, LegalWidening) {
  EXPECT_TRUE(IsLegalWidening(DataType::Byte(), DataType::Short()));
  EXPECT_TRUE(IsLegalWidening(DataType::Int(), DataType::Double()));
  EXPECT_TRUE(IsLegalWidening(DataType::Float(), DataType::Double()));
  EXPECT_TRUE(IsLegalWidening(DataType::Date(), DataType::TimestampNtz()));
  EXPECT_TRUE(IsLegalWidening(DataType::Decimal(10, 2), DataType::Decimal(12, 4)));
  EXPECT_TRUE(IsLegalWidening(DataType::Int(), DataType::Decimal(10, 0)));
  EXPECT_TRUE(IsLegalWidening(DataType::Long(), DataType::Decimal(22, 2)));
  EXPECT_FALSE(IsLegalWidening(DataType::Long(), DataType::Double()));
  EXPECT_FALSE(IsLegalWidening(DataType::Long(), DataType::Int()));
  EXPECT_FALSE(IsLegalWidening(DataType::Decimal(10, 2), DataType::Decimal(11, 4)));
  EXPECT_FALSE(IsLegalWidening(DataType::Byte(), DataType::Decimal(4, 1)));
  EXPECT_FALSE(IsLegalWidening(DataType::Date(), DataType::Timestamp()));
  EXPECT_FALSE(IsLegalWidening(DataType::Int(), DataType::Int()));
}

TEST(SchemaTest, UnknownTypeChangeIsRefused) {
  StructField field{"d", DataType::Decimal(4, 1)};
  field.metadata["delta.typeChanges"] = {{{"fromType", "byte"}, {"toType", "decimal(4,1)"}}};
  const Status status = CheckTypeChanges(DataType::Struct({field}));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kUnsupported);
  EXPECT_THAT(status.error().message(), HasSubstr("'d' was changed from TINYINT to DECIMAL(4,1)"));
}

}  // namespace
}  // namespace lakesmith::delta
