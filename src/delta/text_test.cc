#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "delta/partition_values.h"
#include "delta/paths.h"
#include "delta/scalar_text_internal.h"
#include "delta/table_properties.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::Value;

TEST(PathsTest, EncodingAsTheReferenceWriterDoes) {
  EXPECT_EQ(EncodePath("p=a b/x.parquet"), "p=a%20b/x.parquet");
  EXPECT_EQ(EncodePath("p=a%2Fb"), "p=a%252Fb");
  EXPECT_EQ(EncodePath("p=é&,;+~@$!="), "p=%C3%A9&,;+~@$!=")
      << "some writers cannot remove a raw é";
  EXPECT_EQ(EncodePath("<x>|{y}"), "%3Cx%3E%7C%7By%7D");
  EXPECT_EQ(EncodePath("\xff"), "%FF") << "not UTF-8";
  for (const char* path : {"p=a b/x", "100%", "é", "%41", "a%2", "\xff\x01"})
    EXPECT_EQ(DecodePath(EncodePath(path)), path);
  EXPECT_EQ(DecodePath("100%"), "100%");
  EXPECT_EQ(DecodePath("%zz%4"), "%zz%4");
}

TEST(PathsTest, OneFormForAllSpellings) {
  EXPECT_EQ(CanonicalPath("a%20b", "/t"), "a b");
  for (const char* path : {"/t/a", "file:/t/a", "file:///t/a", "file:///t/%61"})
    EXPECT_EQ(CanonicalPath(path, "/t"), "a");
  EXPECT_EQ(CanonicalPath("file:/other/a", "/t"), "/other/a");
  EXPECT_EQ(CanonicalPath("/tt/a", "/t"), "/tt/a");
  EXPECT_EQ(CanonicalPath("s3://b/t/a", "s3://b/t"), "a");
}

TEST(PathsTest, PartitionFolders) {
  EXPECT_EQ(PartitionFolder({{"p", "a/b"}, {"q", std::nullopt}, {"r", ""}}),
            "p=a%2Fb/q=__HIVE_DEFAULT_PARTITION__/r=__HIVE_DEFAULT_PARTITION__");
  EXPECT_EQ(EscapePartitionName("a=b:c é\x7f"), "a%3Db%3Ac é%7F");
}

TEST(PathsTest, UuidsDiffer) {
  EXPECT_EQ(NewUuid().size(), 36u);
  EXPECT_EQ(NewUuid()[14], '4');
  EXPECT_NE(NewUuid(), NewUuid());
}

struct TextCase {
  DataType type;
  Value value;
  const char* text;
};

TEST(PartitionValueTest, BothWays) {
  const TextCase cases[] = {
      {DataType::String(), std::string("a b"), "a b"},
      {DataType::Byte(), int64_t{-7}, "-7"},
      {DataType::Long(), std::numeric_limits<int64_t>::min(), "-9223372036854775808"},
      {DataType::Double(), 1.5, "1.5"},
      {DataType::Double(), -std::numeric_limits<double>::infinity(), "-Infinity"},
      {DataType::Decimal(10, 2), types::DecimalValue{-5, 2}, "-0.05"},
      {DataType::Boolean(), true, "true"},
      {DataType::Date(), types::DateValue{-1}, "1969-12-31"},
      {DataType::Timestamp(), types::TimestampValue{1'500'000}, "1970-01-01T00:00:01.500000Z"},
      {DataType::Timestamp(), types::TimestampValue{-1}, "1969-12-31T23:59:59.999999Z"},
      {DataType::TimestampNtz(), types::TimestampValue{1'500'000}, "1970-01-01 00:00:01.5"},
      {DataType::Binary(), types::BinaryValue{"bytes"}, "bytes"},
  };
  for (const TextCase& test : cases) {
    EXPECT_EQ(**PartitionValueText(test.value, test.type), test.text);
    EXPECT_EQ(*ParsePartitionValue(test.text, test.type), test.value) << test.text;
  }
  EXPECT_EQ(*PartitionValueText(Value(), DataType::Int()), std::nullopt);
  EXPECT_EQ(*PartitionValueText(std::string(), DataType::String()), std::nullopt);
  EXPECT_TRUE(ParsePartitionValue("", DataType::Int())->is_null());
  EXPECT_TRUE(ParsePartitionValue(std::nullopt, DataType::Int())->is_null());
  EXPECT_EQ(PartitionValueText(types::BinaryValue{"\xff"}, DataType::Binary()).error().code(),
            ErrorCode::kUnsupported);
  EXPECT_EQ(ParsePartitionValue("x", DataType::Int()).error().code(), ErrorCode::kCorrupt);
  EXPECT_TRUE(std::isnan(ParsePartitionValue("NaN", DataType::Double())->as<double>()));
}

TEST(ScalarTextTest, TimestampsOfAllWriters) {
  constexpr int64_t kMicros = 1'704'103'200'000'000;  // 2024-01-01T10:00:00Z
  EXPECT_EQ(ParseTimestampText("2024-01-01 10:00:00"), kMicros);
  EXPECT_EQ(ParseTimestampText("2024-01-01T10:00:00Z"), kMicros);
  EXPECT_EQ(ParseTimestampText("2024-01-01T10:00:00.000000+00:00"), kMicros);
  EXPECT_EQ(ParseTimestampText("2024-01-01T02:00:00.000-08:00"), kMicros);
  EXPECT_EQ(ParseTimestampText("2024-01-01T10:00:00.1234567Z"), kMicros + 123'456);
  EXPECT_EQ(ParseTimestampText("2024-01-01"), kMicros - 36'000'000'000);
  for (const char* text :
       {"", "2024", "2024-13-01", "2024-02-30", "2024-01-01 25:00", "2024-01-01T10:00:00X"}) {
    EXPECT_EQ(ParseTimestampText(text), std::nullopt) << text;
  }
}

TEST(ScalarTextTest, DecimalsNeverPassThroughDouble) {
  const auto parsed = ParseDecimalText("12345678901234567890123456789012345.678", 3);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(types::DecimalText({*parsed, 3}), "12345678901234567890123456789012345.678");
  EXPECT_EQ(ParseDecimalText("0E-18", 2), types::Int128{0});
  EXPECT_EQ(ParseDecimalText("-1.5e+3", 1), types::Int128{-15000});
  EXPECT_EQ(ParseDecimalText("1.230", 2), types::Int128{123});
  EXPECT_EQ(ParseDecimalText("1.234", 2), std::nullopt) << "a digit would be lost";
  EXPECT_EQ(ParseDecimalText("1e99", 2), std::nullopt);
  EXPECT_EQ(ParseDecimalText("", 2), std::nullopt);
  EXPECT_EQ(ParseDecimalText("-", 2), std::nullopt);
}

TEST(TablePropertiesTest, IntervalsAndSizes) {
  EXPECT_EQ(*ParseInterval("interval 1 week"), 7 * 86'400'000LL);
  EXPECT_EQ(*ParseInterval("2 days 3 hours"), 2 * 86'400'000LL + 3 * 3'600'000LL);
  EXPECT_EQ(*ParseInterval("INTERVAL 5 MILLISECONDS"), 5);
  for (const char* text : {"", "interval", "1 month", "days 1", "1", "9999999999999999 weeks"}) {
    EXPECT_FALSE(ParseInterval(text).has_value()) << text;
  }
  EXPECT_EQ(*ParseByteSize("128mb"), 128LL << 20);
  EXPECT_EQ(*ParseByteSize("1 GiB"), 1LL << 30);
  EXPECT_EQ(*ParseByteSize("77"), 77);
  for (const char* text : {"", "mb", "1x", "99999999999pb", "-1"})
    EXPECT_FALSE(ParseByteSize(text).has_value()) << text;
}

TEST(TablePropertiesTest, ParseNamesTheWrongOne) {
  const TableProperties properties =
      *TableProperties::Parse({{"delta.appendOnly", "TRUE"},
                               {"delta.isolationLevel", "serializable"},
                               {"delta.constraints.c", "id > 0"},
                               {"delta.dataSkippingStatsColumns", "a, `b c`,s.x"},
                               {"delta.targetFileSize", "32mb"},
                               {"mine", "kept elsewhere"}});
  EXPECT_TRUE(properties.append_only);
  EXPECT_EQ(properties.isolation_level, IsolationLevel::kSerializable);
  EXPECT_EQ(properties.constraints.at(0).second, "id > 0");
  EXPECT_EQ(*properties.data_skipping_columns, (std::vector<std::string>{"a", "b c", "s.x"}));
  EXPECT_EQ(properties.target_file_size_bytes, 32 << 20);
  const auto wrong = TableProperties::Parse({{"delta.checkpointInterval", "0"}});
  EXPECT_EQ(
      wrong.error().message(),
      "table property 'delta.checkpointInterval' is '0'; it must be a whole number, at least 1");
  EXPECT_EQ(CanonicalPropertyKey("DELTA.APPENDONLY"), "delta.appendOnly");
  EXPECT_EQ(CanonicalPropertyKey("My.Key"), "My.Key");
}

}  // namespace
}  // namespace lakesmith::delta
