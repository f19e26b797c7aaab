#include "functions/csv_functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "functions/testing_columns.h"

namespace lakesmith::functions {
namespace {

using testing::ElementsAre;
using types::DataType;
using types::Value;

std::vector<std::string> Split(std::string_view record, const Options& options = {}) {
  std::vector<std::string> cells;
  const CsvDialect dialect = *CsvDialect::FromOptions(options, false);
  CsvFields fields(record, dialect);
  while (!fields.AtEnd()) cells.emplace_back(fields.Next().value_or("<null>"));
  return cells;
}

const DataType& Row() {
  static const DataType type =
      DataType::Struct({{"n", DataType::Int()}, {"s", DataType::String()}});
  return type;
}

std::string Read(std::string_view record, const Options& options = {}) {
  const auto reader = CsvReader::Create(Row(), options, {});
  if (!reader) return reader.error().error_class();
  ValueOutput column(Row());
  const Status read = reader->Read(record, column, 0);
  return read ? types::ToSparkText(column.Value(0), Row()) : read.error().error_class();
}

TEST(CsvTest, QuotedFieldsHoldSeparatorsAndQuotes) {
  EXPECT_THAT(Split(R"(a,"b,c",)"), ElementsAre("a", "b,c", "<null>"));
  EXPECT_THAT(Split(R"("say \"hi\"",2)"), ElementsAre("say \"hi\"", "2"));
  EXPECT_THAT(Split("1|2", {{"sep", "|"}}), ElementsAre("1", "2"));
  EXPECT_THAT(Split(""), ElementsAre("<null>"));
}

TEST(CsvTest, WhatDoesNotFitIsNullOrFails) {
  EXPECT_EQ(Read("1,abc"), "{1, abc}");
  EXPECT_EQ(Read("x,abc"), "{null, abc}");
  EXPECT_EQ(Read(" 1,abc"), "{null, abc}");
  EXPECT_EQ(Read("1"), "{1, null}");
  EXPECT_EQ(Read("x,abc", {{"mode", "FAILFAST"}}),
            "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION");
  EXPECT_EQ(Read("1,abc", {{"mode", "DROPMALFORMED"}}), "PARSE_MODE_UNSUPPORTED");
}

TEST(CsvTest, WritesQuotesOnlyWhereNeeded) {
  const auto written = [](Value n, Value s) {
    const ValueInput column({Value(types::StructValue{{std::move(n), std::move(s)}})}, Row());
    std::string text;
    EXPECT_TRUE(CsvWriter::Create({}, {})->Append(column, 0, Row(), text));
    return text;
  };
  EXPECT_EQ(written(Value(int64_t{1}), Value(std::string("a,\"b\""))), R"(1,"a,\"b\"")");
  EXPECT_EQ(written(Value(), Value(std::string(" x "))), ",x");
  EXPECT_EQ(written(Value(int64_t{1}), Value(std::string())), "1,\"\"");
}

TEST(CsvTest, SchemaIsTheNarrowestThatReadsTheSample) {
  EXPECT_EQ(*SchemaOfCsv("1,9999999999,1.5,true,2024-01-15,abc", {}, {}),
            "STRUCT<_c0: INT, _c1: BIGINT, _c2: DOUBLE, _c3: BOOLEAN, _c4: DATE, _c5: STRING>");
}

}  // namespace
}  // namespace lakesmith::functions
