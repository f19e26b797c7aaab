#include "delta/change_feed.h"

#include <gmock/gmock.h>

#include "delta/deletion_vector.h"
#include "delta/test_table_internal.h"
#include "delta/version_changes.h"

namespace lakesmith::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = ChangeFile::Kind;

class ChangeFeedTest : public TableTest {
 protected:
  // Version, kind and path; the rows of the ten in the file where it is not all of them.
  std::string Summary(const ChangeFile& change) const {
    constexpr const char* kNames[] = {"cdc", "insert", "delete"};
    std::string rows;
    if (change.file.deletion_vector) {
      RowBitmap shown;
      shown.AddRange(0, 10);
      shown.Subtract(*ReadDeletionVector(table_, *change.file.deletion_vector));
      shown.ForEach([&](uint64_t row) { rows += fmt::format(" {}", row); });
    }
    return fmt::format("{} {} {}{}", change.version, kNames[static_cast<int>(change.kind)],
                       change.file.path, rows);
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
              ElementsAre("1 insert 1.parquet", "2 insert 2.parquet", "3 delete 1.parquet 0 1 2",
                          "4 delete 1.parquet 3 4", "4 insert 1.parquet 0", "4 delete 2.parquet",
                          "5 cdc _change_data/cdc.parquet"));
  EXPECT_THAT(Plan(2, 3), ElementsAre("2 insert 2.parquet", "3 delete 1.parquet 0 1 2"));
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
  const std::vector<VersionChanges> commits = *ReadVersionChanges(table_, 1, 2);
  ASSERT_EQ(commits.size(), 2u);
  EXPECT_EQ(commits[0].adds.at(0).path, "1.parquet");
  EXPECT_EQ(commits[1].version, 2);
  EXPECT_TRUE(ReadVersionChanges(table_, 3, 2)->empty());
  EXPECT_EQ(ReadVersionChanges(table_, 0, 9).error().code(), ErrorCode::kNotFound);
  std::filesystem::remove(table_.LogFolder() + "/00000000000000000000.json");
  EXPECT_THAT(ReadVersionChanges(table_, 0, 2).error().message(),
              HasSubstr("version 0 is not there"));
}

TEST_F(ChangeFeedTest, SchemaChangesThatDoNotFitAreRefused) {
  Create({{"delta.enableChangeDataFeed", "true"}});
  const auto set = [&](const types::DataType& schema) {
    Transaction transaction(table_, Load());
    Metadata metadata = Load()->metadata();
    metadata.schema_string = SchemaText(schema);
    transaction.SetMetadata(std::move(metadata));
    ASSERT_TRUE(transaction.Commit({.name = "CHANGE"}));
  };
  std::vector<types::StructField> fields = TestSchema().fields();
  fields.push_back({"more", types::DataType::Int()});
  set(types::DataType::Struct(fields));
  EXPECT_TRUE(PlanChangeFeed(table_, 0).has_value()) << "one more column fits";
  fields.erase(fields.begin());
  set(types::DataType::Struct(fields));
  EXPECT_THAT(Plan(0), ElementsAre("DELTA_CHANGE_DATA_FEED_INCOMPATIBLE_SCHEMA_CHANGE"));
  EXPECT_THAT(Plan(2), ::testing::IsEmpty());
}

}  // namespace
}  // namespace lakesmith::delta
