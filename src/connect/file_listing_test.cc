#include "connect/file_listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace lakesmith::connect {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

struct GlobCase {
  const char* glob;
  const char* name;
  bool matches;
};

class GlobTest : public testing::TestWithParam<GlobCase> {};

TEST_P(GlobTest, MatchesAsDocumented) {
  EXPECT_EQ(GlobMatches(GetParam().glob, GetParam().name).value(), GetParam().matches)
      << GetParam().glob << " on " << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(
    All, GlobTest,
    testing::Values(GlobCase{"*.csv", "a.csv", true}, GlobCase{"*.csv", "a.csv.gz", false},
                    GlobCase{"a?c", "abc", true}, GlobCase{"a?c", "ac", false},
                    GlobCase{"a?c",
                             "a\xC3\xA9"
                             "c",
                             true},
                    GlobCase{"[abc]1", "b1", true}, GlobCase{"[a-c]1", "d1", false},
                    GlobCase{"[^a-c]1", "d1", true}, GlobCase{"[^a]1", "a1", false},
                    GlobCase{"{ab,cd}.x", "cd.x", true}, GlobCase{"{ab,cd}.x", "ad.x", false},
                    GlobCase{"{a{b,c},d}e", "ace", true}, GlobCase{"{a{b,c},d}e", "ae", false},
                    GlobCase{"\\*", "*", true}, GlobCase{"\\*", "a", false},
                    GlobCase{"a*b*c", "aXbYbZc", true}, GlobCase{"*", "", true},
                    GlobCase{"x{,1}", "x", true}));

TEST(GlobErrorTest, AnOpenGroupIsNamed) {
  EXPECT_THAT(GlobMatches("a{b", "ab").error().message(), HasSubstr("'{' that is not closed"));
  EXPECT_THAT(GlobMatches("a[b", "ab").error().message(), HasSubstr("'[' that is not closed"));
}

class ListFilesTest : public testing::Test {
 protected:
  ListFilesTest() {
    root_ = fs::temp_directory_path() / ("listing-" + std::to_string(getpid()));
    fs::remove_all(root_);
    for (const char* name :
         {"a/1.csv", "a/2.csv", "a/x.json", "a/sub/3.csv", "a/_hidden/4.csv", "a/.5.csv", "b/6.csv",
          "p/year=2024/city=S%C3%A3o/7.csv", "p/year=2023/8.csv", "p/year=2023/k=v.csv"}) {
      fs::create_directories((root_ / name).parent_path());
      std::ofstream(root_ / name) << "12345";
    }
  }
  ~ListFilesTest() override { fs::remove_all(root_); }

  // Paths below the root, of what the request lists.
  std::vector<std::string> List(ListRequest request) {
    request.base_folder = root_.string();
    std::vector<std::string> names;
    const std::vector<InputFile> files = ListFiles(request).value();
    for (const InputFile& file : files) {
      names.push_back(fs::path(file.path).lexically_relative(root_).string());
    }
    return names;
  }

  fs::path root_;
};

TEST_F(ListFilesTest, AFolderIsReadWithAllBelowItButHiddenNames) {
  EXPECT_THAT(List({.path = "a"}), ElementsAre("a/1.csv", "a/2.csv", "a/sub/3.csv", "a/x.json"));
  EXPECT_THAT(List({.path = "a", .recursive = false}),
              ElementsAre("a/1.csv", "a/2.csv", "a/x.json"));
  EXPECT_THAT(List({.path = "a", .file_name_glob = "*.json"}), ElementsAre("a/x.json"));
}

TEST_F(ListFilesTest, AStarStaysWithinOneLevel) {
  EXPECT_THAT(List({.path = "a/*.csv"}), ElementsAre("a/1.csv", "a/2.csv"));
  EXPECT_THAT(List({.path = "*/*.csv"}), ElementsAre("a/1.csv", "a/2.csv", "b/6.csv"));
  EXPECT_THAT(List({.path = "{a/sub,b}/*.csv"}), ElementsAre("a/sub/3.csv", "b/6.csv"));
  EXPECT_THAT(List({.path = "[b-c]"}), ElementsAre("b/6.csv"));
  EXPECT_THAT(List({.path = "a*", .strict_glob = false}),
              ElementsAre("a/1.csv", "a/2.csv", "a/sub/3.csv", "a/x.json"));
  EXPECT_THAT(List({.path = "a*"}), ElementsAre("a/1.csv", "a/2.csv", "a/x.json"));
  EXPECT_THAT(List({.path = "none*"}), IsEmpty());
}

TEST_F(ListFilesTest, FoldersOfTheFormKeyEqualsValueArePartitions) {
  const auto files = ListFiles({.path = (root_ / "p").string()}).value();
  ASSERT_EQ(files.size(), 3U);
  EXPECT_THAT(files[0].partition_values, ElementsAre(Pair("year", "2023")));
  EXPECT_THAT(files[1].partition_values, ElementsAre(Pair("year", "2023")));
  EXPECT_THAT(files[2].partition_values,
              ElementsAre(Pair("year", "2024"), Pair("city", "S\xC3\xA3o")));
}

TEST_F(ListFilesTest, SizeAndTimeAreThoseOfTheFile) {
  const auto files = ListFiles({.path = (root_ / "b/6.csv").string()}).value();
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].size_bytes, 5);
  const int64_t modified = files[0].modified_micros;
  EXPECT_THAT(List({.path = "b", .modified_after_micros = modified}), IsEmpty());
  EXPECT_THAT(List({.path = "b", .modified_after_micros = modified - 1}), ElementsAre("b/6.csv"));
  EXPECT_THAT(List({.path = "b", .modified_before_micros = modified}), IsEmpty());
}

TEST_F(ListFilesTest, AMissingPathNamesTheNearest) {
  const auto files = ListFiles({.path = (root_ / "a/subb/x.csv").string()});
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(files.error().message(), HasSubstr("a/subb/x.csv'; closest in"));
  EXPECT_THAT(files.error().message(), HasSubstr("'sub'"));
}

TEST(InputFileTest, UriIsPercentEncoded) {
  EXPECT_EQ((InputFile{.path = "/a b/\xC3\xA9#.csv"}).Uri(), "file:///a%20b/%C3%A9%23.csv");
}

}  // namespace
}  // namespace lakesmith::connect
