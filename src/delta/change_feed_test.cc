#include "delta/change_feed.h"

#include <gmock/gmock.h>

#include "delta/deletion_vector.h"
#include "delta/test_table_internal.h"

namespace lakesmith::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = ChangeFile::Kind;

class ChangeFeedTest : public TableTest {
 protected:
  static std::string Summary(const ChangeFile& file) {
    constexpr const char* kNames[] = {"cdc", "insert", "delete"};
    return fmt::format("{} {} {}{}", file.version, kNames[static_cast<int>(file.kind)], file.path,
                       file.only_rows ? fmt::format(" [{}]", file.only_rows->cardinality()) : "");
  }

  std::vector<std::string> Plan(int64_t from, std::optional<int64_t> to = std::nullopt) {
    const Result<ChangeFeed> feed = PlanChangeFeed(table_, from, to);
    if (!feed) return {feed.error().error_class()};
    std::vector<std::string> lines;
    for (const ChangeFile& file : feed->files) lines.push_back(Summary(file));
    return lines;
  }
};

TEST_F(ChangeFeedTest, FilesOfEachKind) {
  Create({{"delta.enableChangeDataFeed", "true"}, {"delta.enableDeletionVectors", "true"}});
  Append("1.parquet");
  Append("2.parquet");
  SnapshotPtr snapshot = Load();
  std::vector<RowBitmap> bitmaps(2);
  bitmaps[0].AddRange(0, 3);
  bitmaps[1].AddRange(1, 5);
  const auto vectors = *WriteDeletionVectors(table_, bitmaps);
  Transaction first(table_, snapshot);
  ASSERT_TRUE(first.ReplaceDeletionVector(*snapshot->files()[0], vectors[0]));
  ASSERT_TRUE(first.Commit({.name = "DELETE"}));
  snapshot = Load();
  Transaction second(table_, snapshot);
  ASSERT_TRUE(second.ReplaceDeletionVector(*snapshot->files()[0], vectors[1]));
  second.Remove(*snapshot->files()[1]);
  ASSERT_TRUE(second.Commit({.name = "RESTORE"}));
  Transaction third(table_, Load());
  third.Add(TestFile("3.parquet"));
  third.AddChangeData(
      {.path = "_change_data/cdc.parquet", .partition_values = {{"p", "a"}}, .size_bytes = 5});
  ASSERT_TRUE(third.Commit({.name = "UPDATE"}));
  Transaction fourth(table_, Load());
  AddFile rearranged = TestFile("4.parquet");
  rearranged.data_change = false;
  fourth.Add(std::move(rearranged));
  ASSERT_TRUE(fourth.Commit({.name = "OPTIMIZE"}));

  EXPECT_THAT(Plan(0),
              ElementsAre("1 insert 1.parquet", "2 insert 2.parquet", "3 delete 1.parquet [3]",
                          "4 delete 1.parquet [2]", "4 insert 1.parquet [1]", "4 delete 2.parquet",
                          "5 cdc _change_data/cdc.parquet"));
  EXPECT_THAT(Plan(2, 3), ElementsAre("2 insert 2.parquet", "3 delete 1.parquet [3]"));
  EXPECT_THAT(Plan(3, 2), ElementsAre("DELTA_INVALID_CDC_RANGE"));
  EXPECT_THAT(Plan(0, 77), ElementsAre("DELTA_VERSION_NOT_FOUND"));
}

TEST_F(ChangeFeedTest, OffAtSomeVersionIsAnError) {
  Create();
  Append("1.parquet");
  EXPECT_THAT(Plan(0), ElementsAre("DELTA_MISSING_CHANGE_DATA"));
  const auto set = [&](const char* value) {
    Transaction transaction(table_, Load());
    Metadata metadata = Load()->metadata();
    metadata.configuration["delta.enableChangeDataFeed"] = value;
    transaction.SetMetadata(std::move(metadata));
    ASSERT_TRUE(transaction.Commit({.name = "SET TBLPROPERTIES"}));
  };
  set("true");
  Append("2.parquet");
  EXPECT_THAT(Plan(2), ElementsAre("3 insert 2.parquet"));
  set("false");
  EXPECT_THAT(Plan(2), ElementsAre("DELTA_MISSING_CHANGE_DATA"));
}

TEST_F(ChangeFeedTest, CommitsOneByOne) {
  Create();
  Append("1.parquet");
  Append("2.parquet");
  const auto commits = *ReadCommits(table_, 1);
  ASSERT_EQ(commits.size(), 2u);
  EXPECT_EQ(commits[0].adds.at(0).path, "1.parquet");
  EXPECT_EQ(commits[1].operation, "WRITE");
  EXPECT_LT(commits[0].timestamp_ms, commits[1].timestamp_ms);
  EXPECT_FALSE(commits[0].ChangesOldRows());
  EXPECT_TRUE(ReadCommits(table_, 3)->empty());
  EXPECT_EQ(ReadCommits(table_, 0, 9).error().code(), ErrorCode::kNotFound);
  std::filesystem::remove(table_.LogFolder() + "/00000000000000000000.json");
  EXPECT_THAT(ReadCommits(table_, 0).error().message(),
              HasSubstr("version 0 is not there; versions 1 to 2 are"));
}

}  // namespace
}  // namespace lakesmith::delta
