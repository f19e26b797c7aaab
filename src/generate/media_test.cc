#include "generate/media.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "generate/calendar.h"
#include "generate/media_model.h"

namespace lakesmith::generate {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class MediaTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        fs::temp_directory_path() / fmt::format("lakesmith-media-{}-{}", test->name(), getpid());
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  MediaOptions Small(std::string_view name = "out") const {
    MediaOptions options;
    options.out = folder_ / name;
    options.assets = 100;
    options.devices = 200;
    options.deliveries = 1000;
    options.metrics = 1000;
    options.dirty_millionths = 100000;
    options.threads = 1;
    return options;
  }
  std::string Text(const fs::path& path) const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  // Rows of a CSV file without its header.
  std::vector<std::string> Rows(const fs::path& out, const std::string& table,
                                const std::string& day) const {
    std::istringstream lines(Text(out / "csv_data_source" / table / (day + ".csv")));
    std::vector<std::string> rows;
    for (std::string line; std::getline(lines, line);) rows.push_back(line);
    if (!rows.empty()) rows.erase(rows.begin());
    return rows;
  }
  Json ManifestOf(const fs::path& out) const { return Json::parse(Text(out / "manifest.json")); }

  fs::path folder_;
};

TEST_F(MediaTest, RowsDependOnTheArgumentsAlone) {
  MediaOptions one = Small("one");
  MediaOptions many = Small("many");
  one.days = 3;
  many.threads = 7;
  ASSERT_TRUE(GenerateMedia(one));
  for (int day = 0; day < 3; ++day) ASSERT_TRUE(GenerateMedia(many));
  for (const char* table : {"assets", "delivery", "devices", "geo", "metrics"}) {
    for (const char* day : {"2024-01-15", "2024-01-16", "2024-01-17"}) {
      EXPECT_EQ(Rows(one.out, table, day), Rows(many.out, table, day)) << table << " " << day;
      EXPECT_FALSE(Rows(one.out, table, day).empty()) << table << " " << day;
    }
  }
  EXPECT_EQ(ManifestOf(one.out), ManifestOf(many.out));
  MediaOptions other = Small("other");
  other.seed = 43;
  ASSERT_TRUE(GenerateMedia(other));
  EXPECT_NE(Rows(one.out, "assets", "2024-01-15"), Rows(other.out, "assets", "2024-01-15"));
}

TEST_F(MediaTest, AFifthOfTheAssetsChangesEachLaterDay) {
  MediaOptions options = Small();
  options.dirty_millionths = 0;
  options.days = 6;
  ASSERT_TRUE(GenerateMedia(options));
  EXPECT_EQ(Rows(options.out, "assets", "2024-01-15").size(), 100U);
  std::map<std::string, int> changes;
  for (const char* day : {"2024-01-16", "2024-01-17", "2024-01-18", "2024-01-19", "2024-01-20"}) {
    const std::vector<std::string> rows = Rows(options.out, "assets", day);
    EXPECT_EQ(rows.size(), 20U) << day;
    for (const std::string& row : rows) ++changes[row.substr(0, row.find(','))];
  }
  EXPECT_EQ(changes.size(), 100U) << "each changes once in five days";
  const std::string header = Text(options.out / "csv_data_source/assets/2024-01-17.csv");
  EXPECT_THAT(header.substr(0, header.find('\n')), HasSubstr(",content_rating"));
}

TEST_F(MediaTest, TheManifestCountsWhatIsThere) {
  const MediaOptions options = Small();
  ASSERT_TRUE(GenerateMedia(options));
  const Json day = ManifestOf(options.out)["days"][0];
  EXPECT_EQ(day["date"], "2024-01-15");
  for (const auto& [table, facts] : day["tables"].items()) {
    const std::vector<std::string> rows = Rows(options.out, table, "2024-01-15");
    EXPECT_EQ(facts["rows"], rows.size()) << table;
    int64_t dirty = 0;
    for (const auto& [fault, count] : facts["faults"].items()) dirty += count.get<int64_t>();
    EXPECT_EQ(facts["rows"].get<int64_t>() - facts["clean_rows"].get<int64_t>(), dirty) << table;
    const auto null_ids = std::ranges::count_if(rows, [](const std::string& row) {
      return row.starts_with(',') || row.starts_with("\"\",");
    });
    EXPECT_EQ(facts["faults"]["null_id"], null_ids) << table;
    EXPECT_GT(null_ids, 0) << table;
  }
  int64_t views = 0;
  for (const auto& [type, totals] : day["truth"]["metrics_by_asset_type"].items()) {
    views += totals["views"].get<int64_t>();
  }
  EXPECT_EQ(views, day["truth"]["metrics"]["views"]);
  EXPECT_EQ(views, day["tables"]["metrics"]["clean_rows"]);
}

TEST_F(MediaTest, DaysFollowEachOtherAndAreWrittenOnce) {
  MediaOptions options = Small();
  options.day = DaysOf(2024, 3, 1);
  const Result<MediaReport> first = GenerateMedia(options);
  ASSERT_TRUE(first) << first.error().ToString();
  EXPECT_THAT(first->days, ElementsAre("2024-03-01"));
  const Result<MediaReport> again = GenerateMedia(options);
  ASSERT_TRUE(again);
  EXPECT_THAT(again->known_days, ElementsAre("2024-03-01"));
  EXPECT_TRUE(again->files.empty());
  options.day = DaysOf(2024, 3, 3);
  EXPECT_THAT(GenerateMedia(options).error().ToString(),
              HasSubstr("2024-03-03 comes after 2024-03-02, which is not there"));
  options.day = DaysOf(2024, 2, 29);
  EXPECT_THAT(GenerateMedia(options).error().ToString(), HasSubstr("is before 2024-03-01"));
  options.day.reset();
  options.assets = 7;
  EXPECT_THAT(GenerateMedia(options).error().ToString(), HasSubstr("made with 100"));
  options.overwrite = true;
  ASSERT_TRUE(GenerateMedia(options));
  EXPECT_EQ(ManifestOf(options.out)["arguments"]["assets"], 7);
}

TEST_F(MediaTest, AFolderOfOthersIsLeftAlone) {
  const MediaOptions options = Small();
  fs::create_directories(options.out / "csv_data_source" / "assets");
  std::ofstream(options.out / "csv_data_source" / "assets" / "mine.csv") << "x";
  EXPECT_THAT(GenerateMedia(options).error().ToString(), HasSubstr("holds other content"));
}

}  // namespace
}  // namespace lakesmith::generate
