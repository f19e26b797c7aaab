#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "app/error_text.h"
#include "app/progress.h"
#include "app/project.h"
#include "app/result_output.h"

namespace lakesmith::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using types::DataType;

// Rows in memory, in batches of two.
class FakeStream final : public engine::RowStream {
 public:
  FakeStream(std::vector<types::StructField> columns, std::vector<engine::Row> rows)
      : RowStream(std::move(columns)), rows_(std::move(rows)) {}
  Result<std::vector<engine::Row>> Next() override {
    std::vector<engine::Row> batch;
    while (next_ < rows_.size() && batch.size() < 2) batch.push_back(rows_[next_++]);
    return batch;
  }
  void Close() override { next_ = rows_.size(); }

 private:
  std::vector<engine::Row> rows_;
  size_t next_ = 0;
};

std::string Written(OutputFormat format) {
  FakeStream stream({{.name = "id", .type = DataType::Long()},
                     {.name = "city", .type = DataType::String()},
                     {.name = "amount", .type = DataType::Decimal(10, 2)}},
                    {{types::Value(int64_t{1}), types::Value(std::string("Tromsø, \"N\"")),
                      types::Value(types::DecimalValue{1230, 2})},
                     {types::Value(int64_t{20}), types::Value(), types::Value()},
                     {types::Value(int64_t{3}), types::Value(std::string("a|b\nc")),
                      types::Value(types::DecimalValue{5, 2})}});
  char* text = nullptr;
  size_t size = 0;
  std::FILE* out = open_memstream(&text, &size);
  const Result<int64_t> rows = WriteRows(stream, {.format = format}, out);
  std::fclose(out);
  std::string result(text, size);
  free(text);
  EXPECT_EQ(*rows, 3);
  return result;
}

TEST(ResultOutputTest, Table) {
  EXPECT_EQ(Written(OutputFormat::kTable),
            "┌────┬─────────────┬────────┐\n"
            "│ id │ city        │ amount │\n"
            "├────┼─────────────┼────────┤\n"
            "│  1 │ Tromsø, \"N\" │  12.30 │\n"
            "│ 20 │ NULL        │   NULL │\n"
            "│  3 │ a|b↵c       │   0.05 │\n"
            "└────┴─────────────┴────────┘\n");
}

TEST(ResultOutputTest, CsvQuotesAndKeepsNullApartFromEmpty) {
  EXPECT_EQ(Written(OutputFormat::kCsv),
            "id,city,amount\n1,\"Tromsø, \"\"N\"\"\",12.30\n20,,\n3,\"a|b\nc\",0.05\n");
}

TEST(ResultOutputTest, JsonLinesAreObjects) {
  const std::string text = Written(OutputFormat::kJsonLines);
  EXPECT_EQ(Json::parse(text.substr(0, text.find('\n')))["city"], "Tromsø, \"N\"");
  EXPECT_EQ(Json::parse(Written(OutputFormat::kJson)).size(), 3U);
  EXPECT_TRUE(Json::parse(Written(OutputFormat::kJson))[1]["amount"].is_null());
}

TEST(ResultOutputTest, MarkdownEscapesBars) {
  EXPECT_THAT(Written(OutputFormat::kMarkdown), HasSubstr("| ---: | --- | ---: |"));
  EXPECT_THAT(Written(OutputFormat::kMarkdown), HasSubstr("| 3 | a\\|b↵c | 0.05 |"));
}

TEST(ResultOutputTest, VerticalShowsOneColumnALine) {
  EXPECT_THAT(Written(OutputFormat::kVertical),
              HasSubstr("    id: 20\n  city: NULL\namount: NULL\n"));
}

TEST(ResultOutputTest, UnknownFormatIsNamed) {
  EXPECT_THAT(ParseOutputFormat("marcdown").error().message(), HasSubstr("closest: 'markdown'"));
}

TEST(ErrorTextTest, ShowsTheLineWithACaret) {
  const Error error = Invalid("no column 'x'")
                          .WithClass("UNRESOLVED_COLUMN", "42703")
                          .At({.file = "", .line = 2, .column = 8});
  EXPECT_EQ(ErrorText(error, "-- ø\nSELECT x\nFROM t", Terminal::Plain(80)),
            "error: [UNRESOLVED_COLUMN] 2:8: no column 'x'\n  SELECT x\n         ^");
}

TEST(ErrorTextTest, DoesNotRepeatACaretOfTheMessage) {
  const Error error = Invalid("syntax\n  SELEC\n  ^").At({.file = "", .line = 1, .column = 1});
  EXPECT_EQ(ErrorText(error, "SELEC", Terminal::Plain(80)), "error: 1:1: syntax\n  SELEC\n  ^");
}

TEST(ProgressTest, TableIsATreeInOrderOfArrival) {
  const Terminal plain = Terminal::Plain(100);
  ProgressDisplay display(ProgressDisplay::Mode::kSilent, stdout, plain);
  display.Put({.key = "load",
               .name = "load",
               .state = "SUCCESS",
               .phase = ProgressRow::Phase::kGood,
               .elapsed = std::chrono::milliseconds(310)});
  display.Put(
      {.key = "build", .name = "build", .state = "RUNNING", .phase = ProgressRow::Phase::kActive});
  display.Put({.key = "check", .name = "check", .state = "BLOCKED"});
  display.Put({.key = "build/a",
               .parent = "build",
               .name = "silver.a",
               .state = "COMPLETED",
               .phase = ProgressRow::Phase::kGood,
               .rows = 12345,
               .dropped_rows = 7});
  EXPECT_THAT(display.FinalTable(100),
              ElementsAre(HasSubstr("state"), HasSubstr("✓ load"), HasSubstr("build"),
                          testing::AllOf(HasSubstr("  ✓ silver.a"), HasSubstr("12,345"),
                                         HasSubstr("7 dropped")),
                          HasSubstr("· check")));
}

TEST(ProgressTest, LinesTellChangesOfState) {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* out = open_memstream(&text, &size);
  {
    ProgressDisplay display(ProgressDisplay::Mode::kLines, out, Terminal::Plain(100));
    display.Put({.key = "a", .name = "a", .state = "BLOCKED"});
    display.Put(
        {.key = "a", .name = "a", .state = "RUNNING", .phase = ProgressRow::Phase::kActive});
    display.Put({.key = "a",
                 .name = "a",
                 .state = "RUNNING",
                 .phase = ProgressRow::Phase::kActive,
                 .rows = 5});
    display.Put({.key = "a",
                 .name = "a",
                 .state = "SUCCESS",
                 .phase = ProgressRow::Phase::kGood,
                 .rows = 9});
  }
  std::fclose(out);
  const std::string lines(text, size);
  free(text);
  EXPECT_THAT(lines, testing::MatchesRegex(
                         "[-0-9]+ [:0-9]+ \"a\" RUNNING\n[-0-9]+ [:0-9]+ \"a\" SUCCESS 9 rows\n"));
}

class ProjectTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("lakesmith-project-{}", getpid());
    fs::create_directories(folder_ / "src" / "deep");
  }
  void TearDown() override { fs::remove_all(folder_); }
  void Write(std::string_view name, std::string_view text) {
    std::ofstream(folder_ / name) << text;
  }
  fs::path folder_;
};

TEST_F(ProjectTest, IsFoundFromBelow) {
  Write("databricks.yml", "bundle: {name: x}");
  const Result<Project> project = FindProject(folder_ / "src" / "deep", "");
  EXPECT_EQ(project->root, folder_);
  EXPECT_EQ(project->warehouse, folder_ / ".lakesmith" / "warehouse");
  EXPECT_EQ(project->StateFile(), folder_ / ".lakesmith" / "state.db");
}

TEST_F(ProjectTest, OwnFileMovesTheWarehouse) {
  Write("lakesmith.yml", "warehouse: ../lake/\n");
  EXPECT_EQ(FindProject(folder_, "")->warehouse, folder_.parent_path() / "lake");
  EXPECT_EQ(FindProject(folder_, "/other")->warehouse, "/other");
  EXPECT_EQ(FindProject(folder_, "")->memory_limit_bytes, 0);
  Write("lakesmith.yml", "limits:\n  memory: 2GB\n  threads: 3\n");
  EXPECT_EQ(FindProject(folder_, "/other")->memory_limit_bytes, 2'147'483'648);
  EXPECT_EQ(FindProject(folder_, "/other")->threads, 3);
  Write("lakesmith.yml", "limits:\n  memory: much\n");
  EXPECT_THAT(FindProject(folder_, "").error().ToString(), HasSubstr("lakesmith.yml:2:"));
  Write("lakesmith.yml", "warehose: x\n");
  EXPECT_THAT(FindProject(folder_, "").error().ToString(), HasSubstr("lakesmith.yml:1:"));
  EXPECT_THAT(FindProject(folder_, "").error().ToString(), HasSubstr("closest: 'warehouse'"));
}

}  // namespace
}  // namespace lakesmith::app
