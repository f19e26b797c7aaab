#include "delta/snapshot.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "delta/checkpoint.h"
#include "delta/history.h"
#include "delta/statistics.h"
#include "delta/test_parquet_internal.h"
#include "delta/test_table_internal.h"

namespace lakesmith::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kDay = 24LL * 3'600'000;

class SnapshotTest : public TableTest {
 protected:
  SnapshotTest() {
    parquet_ = std::make_shared<MemoryParquet>(table_.store);
    table_.parquet = parquet_;
  }

  std::string LogPath(const std::string& name) const { return table_.LogFolder() + "/" + name; }
  void PutLog(const std::string& name, const std::string& text) {
    ASSERT_TRUE(table_.store->Put(LogPath(name), text));
  }
  void DropLog(const std::string& name) {
    ASSERT_TRUE(std::filesystem::remove(LogPath(name))) << name;
  }

  static std::string CommitName(int64_t version) { return fmt::format("{:020}.json", version); }

  void SetCommitTime(int64_t version, int64_t time_ms) {
    const timespec time{.tv_sec = time_ms / 1000, .tv_nsec = time_ms % 1000 * 1'000'000};
    const timespec times[2] = {time, time};
    ASSERT_EQ(::utimensat(AT_FDCWD, LogPath(CommitName(version)).c_str(), times, 0), 0);
  }

  void MakeHistory(int64_t versions) {
    for (int64_t i = 1; i <= versions; ++i) {
      Append(
          fmt::format("{:03}.parquet", i), i % 2 == 0 ? "a" : "b",
          fmt::format(
              R"({{"numRecords":10,"minValues":{{"id":{}}},"maxValues":{{"id":{}}},"nullCount":{{"id":0}}}})",
              i, i + 1));
    }
    Transaction transaction(table_, Load());
    transaction.Remove(*Load()->files()[0]);
    transaction.SetTransactionVersion("flow", 5);
    transaction.SetDomain({.domain = "mine", .configuration = "{}"});
    ASSERT_TRUE(transaction.Commit({.name = "DELETE"}));
  }

  // Two snapshots say the same of every file.
  static void ExpectSame(const Snapshot& a, const Snapshot& b) {
    EXPECT_EQ(a.version(), b.version());
    EXPECT_EQ(a.protocol(), b.protocol());
    EXPECT_EQ(a.metadata(), b.metadata());
    EXPECT_EQ(a.transactions(), b.transactions());
    EXPECT_EQ(a.domains(), b.domains());
    ASSERT_EQ(a.files().size(), b.files().size());
    for (size_t i = 0; i < a.files().size(); ++i) {
      EXPECT_EQ(a.files()[i]->path, b.files()[i]->path);
      EXPECT_EQ(a.files()[i]->partition_values, b.files()[i]->partition_values);
      EXPECT_EQ(a.files()[i]->size_bytes, b.files()[i]->size_bytes);
      EXPECT_EQ(a.files()[i]->deletion_vector, b.files()[i]->deletion_vector);
      EXPECT_EQ(NumRecords(a.files()[i]->stats), NumRecords(b.files()[i]->stats));
    }
  }

  std::shared_ptr<MemoryParquet> parquet_;
};

TEST_F(SnapshotTest, NoTableIsNamed) {
  const Result<SnapshotPtr> missing = Snapshot::Load(table_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message(), HasSubstr(table_.root + ": not a Delta table"));
  EXPECT_FALSE(*Snapshot::TableExists(table_));
}

TEST_F(SnapshotTest, CheckpointsOfAllKindsGiveTheSameState) {
  const std::vector<std::map<std::string, std::string>> kinds = {
      {},
      {{"delta.checkpoint.writeStatsAsStruct", "true"}},
      {{"delta.checkpoint.writeStatsAsStruct", "true"},
       {"delta.checkpoint.writeStatsAsJson", "false"}},
      {{"delta.checkpointPolicy", "v2"}}};
  for (const auto& configuration : kinds) {
    std::filesystem::remove_all(table_.root);
    Create(configuration);
    MakeHistory(12);
    const SnapshotPtr with = Load({.tombstones = true});
    EXPECT_EQ(with->checkpoint_version(), 10);
    const SnapshotPtr from_commits =
        *Snapshot::Load({.store = table_.store, .root = table_.root}, {.version = 9});
    ExpectSame(*from_commits, *Load({.version = 9}));
    // The newest version from a checkpoint of itself.
    ASSERT_TRUE(WriteCheckpoint(table_));
    const SnapshotPtr again = Load({.tombstones = true});
    EXPECT_EQ(again->checkpoint_version(), 13);
    ExpectSame(*with, *again);
    EXPECT_EQ(again->tombstones().size(), 1u);
    EXPECT_EQ(again->TransactionVersion("flow"), 5);
    EXPECT_EQ(again->domains().at("mine").configuration, "{}");
    EXPECT_THAT(again->files()[3]->stats, HasSubstr(R"("minValues":{"id":5})"));
    for (int64_t version = 0; version < 13; ++version) DropLog(CommitName(version));
    ExpectSame(*again, *Load());
    EXPECT_EQ(Append("late.parquet"), 14);
  }
}

TEST_F(SnapshotTest, MultiPartCheckpointNeedsAllParts) {
  Create();
  MakeHistory(3);
  ASSERT_TRUE(WriteCheckpoint(table_));
  const std::string classic = LogPath("00000000000000000004.checkpoint.parquet");
  MemoryParquet::File whole = parquet_->Get(classic);
  MemoryParquet::File second{.schema = whole.schema};
  second.rows.assign(whole.rows.begin() + 3, whole.rows.end());
  whole.rows.resize(3);
  const std::string prefix = "00000000000000000004.checkpoint.000000000";
  for (const auto& [name, file] :
       {std::pair("1.0000000002.parquet", whole), std::pair("2.0000000002.parquet", second)}) {
    PutLog(prefix + name, "");
    parquet_->Put(LogPath(prefix + name), file);
  }
  std::filesystem::remove(classic);
  const SnapshotPtr from_parts = Load();
  EXPECT_EQ(from_parts->checkpoint_version(), 4);
  EXPECT_THAT(PathsOf(*from_parts), ElementsAre("002.parquet", "003.parquet"));
  DropLog(prefix + "1.0000000002.parquet");
  EXPECT_EQ(Load()->checkpoint_version(), std::nullopt);
  EXPECT_THAT(PathsOf(*Load()), ElementsAre("002.parquet", "003.parquet"));
}

TEST_F(SnapshotTest, DamagedCheckpointIsPassedOver) {
  Create();
  MakeHistory(3);
  ASSERT_TRUE(WriteCheckpoint(table_, 2));
  PutLog("00000000000000000004.checkpoint.parquet", "garbage");
  EXPECT_EQ(Load()->checkpoint_version(), 2);
  DropLog(CommitName(0));
  DropLog("00000000000000000002.checkpoint.parquet");
  const Result<SnapshotPtr> lost = Snapshot::Load(table_);
  ASSERT_FALSE(lost);
  EXPECT_THAT(lost.error().message(), HasSubstr("00000000000000000004.checkpoint.parquet"));
}

TEST_F(SnapshotTest, HintMayBeStaleMissingOrBroken) {
  Create();
  MakeHistory(3);
  ASSERT_TRUE(WriteCheckpoint(table_, 3));
  for (const char* hint :
       {"{", "[]", "{}", R"({"version":2})", R"({"version":999})", R"({"version":-1})"}) {
    PutLog("_last_checkpoint", hint);
    EXPECT_EQ(Load()->version(), 4) << hint;
    EXPECT_EQ(Load()->checkpoint_version(), 3) << hint;
  }
  DropLog("_last_checkpoint");
  EXPECT_EQ(Load()->checkpoint_version(), 3);
  EXPECT_THAT(PathsOf(*Load({.version = 1})), ElementsAre("001.parquet"));
}

TEST_F(SnapshotTest, CompactedCommitsReplaceTheirRange) {
  Create();
  MakeHistory(4);
  const SnapshotPtr before = Load();
  PutLog(
      "00000000000000000001.00000000000000000003.compacted.json",
      R"({"add":{"path":"001.parquet","partitionValues":{"p":"b"},"size":100,"modificationTime":1,"dataChange":true}})"
      "\n"
      R"({"add":{"path":"002.parquet","partitionValues":{"p":"a"},"size":100,"modificationTime":1,"dataChange":true}})"
      "\n"
      R"({"add":{"path":"003.parquet","partitionValues":{"p":"b"},"size":100,"modificationTime":1,"dataChange":true}})");
  for (const int64_t version : {1, 2, 3}) PutLog(CommitName(version), "broken");
  const SnapshotPtr after = Load();
  EXPECT_EQ(PathsOf(*after), PathsOf(*before));
  EXPECT_FALSE(Snapshot::Load(table_, {.version = 2}).has_value())
      << "the compaction reaches too far";
}

TEST_F(SnapshotTest, GapsAndVersionsOutOfRange) {
  Create();
  MakeHistory(4);
  const Result<SnapshotPtr> future = Snapshot::Load(table_, {.version = 99});
  EXPECT_EQ(future.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(future.error().message(),
              HasSubstr("version 99 is not there; versions 0 to 5 can be read"));
  DropLog(CommitName(2));
  const Result<SnapshotPtr> gap = Snapshot::Load(table_);
  EXPECT_EQ(gap.error().code(), ErrorCode::kCorrupt);
  EXPECT_THAT(gap.error().message(), HasSubstr("commit 2 is missing"));
  EXPECT_EQ(gap.error().error_class(), "DELTA_VERSIONS_NOT_CONTIGUOUS");
}

TEST_F(SnapshotTest, OddButLegalLogs) {
  Create();
  PutLog(CommitName(1), "");
  PutLog(CommitName(2),
         "\r\n{\"add\":{\"path\":\"a%20b\",\"partitionValues\":{\"p\":null},\"size\":1.0,"
         "\"modificationTime\":1,"
         "\"dataChange\":true,\"tags\":null,\"new\":[{}]}}\n\n{\"unknownAction\":{\"x\":[1,2]}}\n  "
         "\n");
  PutLog(CommitName(3), R"({"remove":{"path":"a b","dataChange":true}})");
  PutLog("notes.txt", "x");
  PutLog(".00000000000000000001.json.crc", "x");
  EXPECT_THAT(PathsOf(*Load({.version = 2})), ElementsAre("a%20b"));
  EXPECT_EQ(Load({.version = 2})->files()[0]->PartitionText("p"), nullptr);
  EXPECT_THAT(PathsOf(*Load()), IsEmpty()) << "encoded and raw path are one key";
  PutLog(CommitName(4), R"({"add":{"path":"x","size":1)");
  const Result<SnapshotPtr> cut = Snapshot::Load(table_);
  EXPECT_EQ(cut.error().code(), ErrorCode::kCorrupt);
  EXPECT_THAT(cut.error().message(), HasSubstr("00000000000000000004.json:1: not an action"));
}

TEST_F(SnapshotTest, MissingProtocolOrMetadata) {
  PutLog(CommitName(0), R"({"commitInfo":{}})");
  EXPECT_THAT(Snapshot::Load(table_).error().message(), HasSubstr("no 'protocol'"));
  PutLog(CommitName(0), R"({"protocol":{"minReaderVersion":99,"minWriterVersion":7}})");
  EXPECT_EQ(Snapshot::Load(table_).error().code(), ErrorCode::kUnsupported);
  PutLog(CommitName(0), R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})");
  EXPECT_THAT(Snapshot::Load(table_).error().message(), HasSubstr("no 'metaData'"));
}

TEST_F(SnapshotTest, TravelsByFileTimeEvenWhenClocksWentBack) {
  Create();
  MakeHistory(3);
  const int64_t start = 1'700'000'000'000;
  // Version 2 looks older than version 1: it counts as one millisecond later.
  const std::vector<int64_t> times = {start, start + 1000, start + 500, start + 3000, start + 4000};
  for (size_t i = 0; i < times.size(); ++i) SetCommitTime(static_cast<int64_t>(i), times[i]);
  EXPECT_EQ(*VersionAtTime(table_, start), 0);
  EXPECT_EQ(*VersionAtTime(table_, start + 999), 0);
  EXPECT_EQ(*VersionAtTime(table_, start + 1000), 1);
  EXPECT_EQ(*VersionAtTime(table_, start + 1001), 2);
  EXPECT_EQ(*VersionAtTime(table_, start + 4000), 4);
  EXPECT_EQ(Load({.timestamp_ms = start + 3500})->version(), 3);
  EXPECT_EQ(VersionAtTime(table_, start - 1).error().error_class(),
            "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION");
  EXPECT_THAT(VersionAtTime(table_, start + 4001).error().message(),
              HasSubstr("after the newest version"));
}

TEST_F(SnapshotTest, TravelsByInCommitTimestampOnceEnabled) {
  Create();
  Append("1.parquet");
  // Of two commits within one millisecond, the second counts as one millisecond later.
  const int64_t base = 1'700'000'000'000;
  SetCommitTime(0, base - 1000);
  SetCommitTime(1, base);
  table_.now_ms = [&] { return base + kDay; };
  Transaction transaction(table_, Load());
  Metadata metadata = Load()->metadata();
  metadata.configuration["delta.enableInCommitTimestamps"] = "true";
  transaction.SetMetadata(std::move(metadata));
  ASSERT_TRUE(transaction.Commit({.name = "SET TBLPROPERTIES"}));
  table_.now_ms = [&] { return base + 2 * kDay; };
  Append("2.parquet");
  EXPECT_EQ(*VersionAtTime(table_, base), 1);
  EXPECT_EQ(*VersionAtTime(table_, base + kDay - 1), 1);
  EXPECT_EQ(*VersionAtTime(table_, base + kDay), 2);
  EXPECT_EQ(*VersionAtTime(table_, base + 2 * kDay), 3);
  EXPECT_EQ((*ReadHistory(table_))[0].timestamp_ms, base + 2 * kDay);
}

TEST_F(SnapshotTest, LogCleanUpKeepsWhatIsNeeded) {
  Create({{"delta.enableExpiredLogCleanup", "false"}});
  MakeHistory(25);
  ASSERT_EQ(Load()->checkpoint_version(), 20);
  const SnapshotPtr before = Load();
  EXPECT_EQ(*CleanUpLog(table_, 30 * kDay), 0) << "all is young";
  table_.now_ms = [] { return SystemNowMs() + 40 * kDay; };
  EXPECT_GT(*CleanUpLog(table_, 30 * kDay), 20);
  ExpectSame(*before, *Load());
  EXPECT_EQ(Snapshot::Load(table_, {.version = 20}).value()->version(), 20);
  EXPECT_EQ(Snapshot::Load(table_, {.version = 19}).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(table_.store->Stat(LogPath(CommitName(20))).has_value());
  EXPECT_FALSE(table_.store->Stat(LogPath(CommitName(19))).has_value());
  EXPECT_EQ(Append("more.parquet"), 27);
}

TEST_F(SnapshotTest, DetailSumsUp) {
  Create({{"delta.appendOnly", "true"}});
  Append("1.parquet");
  Append("2.parquet");
  const TableDetail detail = DetailOf(*Load());
  EXPECT_EQ(detail.num_files, 2);
  EXPECT_EQ(detail.size_bytes, 200);
  EXPECT_THAT(detail.partition_columns, ElementsAre("p"));
  EXPECT_THAT(detail.properties, ElementsAre(std::pair("delta.appendOnly", "true")));
}

}  // namespace
}  // namespace lakesmith::delta
