#include "connect/read_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakesmith::connect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string MessageOf(const std::map<std::string, std::string>& options) {
  const auto read = ParseReadFiles({"/data"}, options, "/base");
  return read ? "no error" : read.error().message();
}

TEST(ReadFilesTest, OptionsBecomeFields) {
  const ReadFiles read = ParseReadFiles({"/data/*.csv"},
                                        {{"Format", "CSV"},
                                         {"cloudFiles.maxFilesPerTrigger", "7"},
                                         {"maxbytespertrigger", "2mb"},
                                         {"partitionColumns", "year, month"},
                                         {"sep", ";"},
                                         {"modifiedAfter", "1970-01-01T00:00:10Z"},
                                         {"schemaEvolutionMode", "rescue"}},
                                        "/base")
                             .value();
  EXPECT_EQ(read.list.path, "/data/*.csv");
  EXPECT_EQ(read.format, FileFormat::kCsv);
  EXPECT_EQ(read.max_files_per_trigger, 7);
  EXPECT_EQ(read.max_bytes_per_trigger, 2 << 20);
  EXPECT_THAT(*read.partition_columns, ElementsAre("year", "month"));
  EXPECT_EQ(read.format_options.at("sep"), ";");
  EXPECT_EQ(read.list.modified_after_micros, 10'000'000);
  EXPECT_EQ(read.evolution, SchemaEvolution::kRescue);
}

TEST(ReadFilesTest, MistakesAreNamedWithTheNearest) {
  EXPECT_THAT(MessageOf({{"fromat", "csv"}}), HasSubstr("no option 'fromat'; closest: 'format'"));
  EXPECT_THAT(MessageOf({{"format", "parket"}}), HasSubstr("closest: 'parquet'"));
  EXPECT_THAT(MessageOf({{"format", "orc"}}), HasSubstr("not supported yet"));
  EXPECT_THAT(MessageOf({{"maxFilesPerTrigger", "0"}}), HasSubstr("above 0, not '0'"));
  EXPECT_THAT(MessageOf({{"maxBytesPerTrigger", "1x"}}), HasSubstr("a size such as"));
  EXPECT_THAT(MessageOf({{"allowOverwrites", "yes"}}), HasSubstr("true or false, not 'yes'"));
  EXPECT_THAT(MessageOf({{"modifiedAfter", "soon"}}), HasSubstr("a timestamp such as"));
  EXPECT_THAT(MessageOf({{"cleanSource", "DELETE"}}), HasSubstr("not supported yet"));
  EXPECT_EQ(MessageOf({{"cleanSource", "OFF"}, {"useNotifications", "true"}}), "no error");
}

TEST(ReadFilesTest, APathIsNeededOnce) {
  EXPECT_THAT(ParseReadFiles({}, {}, "").error().message(), HasSubstr("needs a path"));
  EXPECT_THAT(ParseReadFiles({"a", "b"}, {}, "").error().message(), HasSubstr("one path"));
  EXPECT_EQ(ParseReadFiles({}, {{"path", "x"}}, "").value().list.path, "x");
}

TEST(ReadFilesTest, FormatComesFromTheNames) {
  EXPECT_EQ(InferFormat({{.path = "/a/b.csv.gz"}}).value(), FileFormat::kCsv);
  EXPECT_EQ(InferFormat({{.path = "/a/b.JSONL"}}).value(), FileFormat::kJson);
  EXPECT_THAT(InferFormat({{.path = "/a.csv"}, {.path = "/b.json"}}).error().message(),
              HasSubstr("'/b.json' is json but files before it are csv"));
  EXPECT_THAT(InferFormat({{.path = "/nowhere/a"}}).error().message(), HasSubstr("cannot be told"));
  EXPECT_THAT(InferFormat({}).error().message(), HasSubstr("no file"));
}

TEST(ReadFilesTest, TheSourceIsKnownByItsPathAlone) {
  const auto key = [](const char* path, const std::map<std::string, std::string>& options) {
    return SourceKey(ParseReadFiles({path}, options, "/base").value());
  };
  EXPECT_EQ(key("in/../data", {}), key("/base/data", {{"format", "csv"}}));
  EXPECT_NE(key("data", {}), key("data2", {}));
}

}  // namespace
}  // namespace lakesmith::connect
