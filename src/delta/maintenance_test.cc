#include "delta/maintenance.h"

#include <gmock/gmock.h>

#include "delta/deletion_vector.h"
#include "delta/test_table_internal.h"
#include "delta/version_checksum.h"

namespace lakesmith::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;

class MaintenanceTest : public TableTest {
 protected:
  // Files of the log exist as well, each of the size that TestFile says.
  int64_t AppendReal(const std::string& path, const std::string& partition = "a") {
    EXPECT_TRUE(table_.store->Put(table_.root + "/" + path, std::string(100, 'x')));
    return Append(path, partition);
  }

  void Remove(const std::string& path) {
    const SnapshotPtr snapshot = Load();
    Transaction transaction(table_, snapshot);
    for (const AddFilePtr& file : snapshot->files()) {
      if (file->path == path) transaction.Remove(*file);
    }
    ASSERT_TRUE(transaction.Commit({.name = "DELETE"}));
  }

  // All files look `days` old from here on.
  void Age(int64_t days) {
    table_.now_ms = [days] { return SystemNowMs() + days * kDay; };
  }

  std::vector<std::string> Vacuumed(const VacuumOptions& options) {
    const Result<VacuumOutcome> outcome = Vacuum(table_, options);
    EXPECT_TRUE(outcome) << outcome.error().ToString();
    std::vector<std::string> names;
    for (const std::string& path : outcome->files)
      names.push_back(path.substr(table_.root.size() + 1));
    return names;
  }

  std::vector<Finding> Check() {
    Result<std::vector<Finding>> findings = CheckTable(table_);
    EXPECT_TRUE(findings) << findings.error().ToString();
    return *std::move(findings);
  }
};

TEST_F(MaintenanceTest, VacuumDeletesWhatNobodyNeeds) {
  Create();
  AppendReal("live.parquet");
  AppendReal("removed.parquet");
  Remove("removed.parquet");
  for (const char* name : {"orphan.parquet", "p=a/orphan.parquet", "_hidden/x", ".dot",
                           "_change_data/cdc.parquet", "_p=1/x.parquet", "nested/_delta_log/0.json",
                           "nested/data.parquet", ".a.parquet.12-3-4.tmp"}) {
    ASSERT_TRUE(table_.store->Put(table_.root + "/" + name, "x"));
  }
  EXPECT_THAT(Vacuumed({}), IsEmpty()) << "everything is young";
  Age(8);
  const VacuumOptions dry{.dry_run = true};
  const std::vector<std::string> expected = {".a.parquet.12-3-4.tmp", "_change_data/cdc.parquet",
                                             "_p=1/x.parquet",        "orphan.parquet",
                                             "p=a/orphan.parquet",    "removed.parquet"};
  EXPECT_EQ(Vacuumed(dry), expected);
  EXPECT_EQ(Vacuumed({}), expected);
  EXPECT_THAT(Vacuumed({}), IsEmpty());
  EXPECT_TRUE(table_.store->Stat(table_.root + "/live.parquet").has_value());
  EXPECT_TRUE(table_.store->Stat(table_.root + "/nested/data.parquet").has_value());
}

TEST_F(MaintenanceTest, VacuumKeepsYoungTombstonesOfOldFiles) {
  Create();
  AppendReal("old.parquet");
  Age(30);
  Remove("old.parquet");
  EXPECT_THAT(Vacuumed({}), IsEmpty()) << "readers of the version before may still run";
  Age(38);
  EXPECT_THAT(Vacuumed({.lite = true}), ElementsAre("old.parquet"));
}

TEST_F(MaintenanceTest, VacuumRefusesAShortRetention) {
  Create();
  const Result<VacuumOutcome> refused = Vacuum(table_, {.retention_ms = kHour});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message(), HasSubstr("less than 168 hours ago"));
  EXPECT_TRUE(Vacuum(table_, {.retention_ms = kHour, .retention_check = false}).has_value());
}

TEST_F(MaintenanceTest, VacuumKeepsDeletionVectorsInUse) {
  Create({{"delta.enableDeletionVectors", "true"}});
  AppendReal("1.parquet");
  std::vector<RowBitmap> bitmaps(1);
  bitmaps[0].Add(3);
  Transaction transaction(table_, Load());
  ASSERT_TRUE(transaction.ReplaceDeletionVector(*Load()->files()[0],
                                                (*WriteDeletionVectors(table_, bitmaps))[0]));
  ASSERT_TRUE(transaction.Commit({.name = "DELETE"}));
  ASSERT_TRUE(WriteDeletionVectors(table_, bitmaps)) << "an orphan";
  Age(8);
  EXPECT_THAT(Vacuumed({}), SizeIs(1));
  EXPECT_THAT(Check(), IsEmpty());
}

TEST_F(MaintenanceTest, RestoreGoesBackAndNamesWhatIsMissing) {
  Create();
  AppendReal("1.parquet");
  AppendReal("2.parquet");
  Remove("1.parquet");
  const Result<RestoreOutcome> restored = Restore(table_, {.version = 1});
  ASSERT_TRUE(restored) << restored.error().ToString();
  EXPECT_EQ(restored->commit.version, 4);
  EXPECT_EQ(restored->restored_files, 1);
  EXPECT_EQ(restored->removed_files, 1);
  EXPECT_THAT(PathsOf(*Load()), ElementsAre("1.parquet"));
  std::filesystem::remove(table_.root + "/2.parquet");
  const Result<RestoreOutcome> missing = Restore(table_, {.version = 3});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message(), HasSubstr("2.parquet is gone"));
  EXPECT_EQ(Restore(table_, {.version = 99}).error().code(), ErrorCode::kNotFound);
}

TEST_F(MaintenanceTest, OptimizePacksSmallFilesOfEachPartition) {
  Create();
  for (int i = 0; i < 5; ++i) Append(fmt::format("a{}.parquet", i), "a");
  Append("b.parquet", "b");
  const auto plan = [&](const OptimizeOptions& options) {
    std::vector<size_t> sizes;
    const auto bins = PlanOptimize(*Load(), options);
    for (const OptimizeBin& bin : *bins) sizes.push_back(bin.files.size());
    return sizes;
  };
  EXPECT_THAT(plan({.target_size_bytes = 1000, .min_size_bytes = 1000}), ElementsAre(5));
  EXPECT_THAT(plan({.target_size_bytes = 250, .min_size_bytes = 1000}), ElementsAre(2, 2));
  EXPECT_THAT(plan({.target_size_bytes = 1000, .min_size_bytes = 100}), IsEmpty());
  EXPECT_THAT(plan({.all_files = true}), ElementsAre(5, 1));
  EXPECT_THAT(plan({.where = Predicate::Compare({"p"}, CompareOp::kEqual, std::string("b")),
                    .all_files = true}),
              ElementsAre(1));
  const OptimizeOptions bad{.where = Predicate::IsNull({"id"})};
  EXPECT_EQ(PlanOptimize(*Load(), bad).error().code(), ErrorCode::kInvalid);
}

TEST_F(MaintenanceTest, CheckFindsDamageOfEachKind) {
  Create();
  AppendReal("1.parquet");
  AppendReal("2.parquet");
  AppendReal("3.parquet");
  EXPECT_THAT(Check(), IsEmpty());
  std::filesystem::remove(table_.root + "/1.parquet");
  std::filesystem::resize_file(table_.root + "/2.parquet", 7);
  const std::string checksum = VersionChecksumPath(table_, 3);
  VersionChecksum wrong = *ReadVersionChecksum(table_, 3);
  wrong.num_files = 77;
  std::filesystem::remove(checksum);
  ASSERT_TRUE(WriteVersionChecksum(table_, 3, wrong));
  const std::vector<Finding> findings = Check();
  ASSERT_THAT(findings, SizeIs(3));
  EXPECT_EQ(findings[0].kind, Finding::Kind::kBadChecksum);
  EXPECT_THAT(findings[0].message, HasSubstr("says 77 files"));
  EXPECT_EQ(findings[1].kind, Finding::Kind::kMissingFile);
  EXPECT_EQ(findings[2].kind, Finding::Kind::kWrongSize);
  EXPECT_THAT(findings[2].message, HasSubstr("has 7 bytes, but the log says 100"));

  std::filesystem::resize_file(table_.LogFolder() + "/00000000000000000002.json", 50);
  const std::vector<Finding> broken = Check();
  ASSERT_THAT(broken, SizeIs(2));
  EXPECT_EQ(broken[0].kind, Finding::Kind::kBadCommit);
  EXPECT_THAT(broken[0].message, HasSubstr("00000000000000000002.json:1: not an action"));
}

TEST_F(MaintenanceTest, ChecksumFollowsEachCommit) {
  Create();
  AppendReal("1.parquet");
  AppendReal("2.parquet");
  Remove("1.parquet");
  for (int64_t version = 0; version <= 3; ++version) {
    const Result<VersionChecksum> checksum = ReadVersionChecksum(table_, version);
    ASSERT_TRUE(checksum) << checksum.error().ToString();
    const VersionChecksum replayed = ChecksumOf(*Load({.version = version}));
    EXPECT_EQ(checksum->num_files, replayed.num_files);
    EXPECT_EQ(checksum->table_size_bytes, replayed.table_size_bytes);
    EXPECT_EQ(checksum->metadata, replayed.metadata);
    EXPECT_TRUE(checksum->txn_id.has_value());
  }
}

}  // namespace
}  // namespace lakesmith::delta
