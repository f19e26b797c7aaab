#include "delta/transaction.h"

#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "delta/history.h"
#include "delta/test_table_internal.h"

namespace lakesmith::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TransactionTest : public TableTest {
 protected:
  // Commits `mine`, made on the snapshot from before `theirs`.
  template <typename Theirs, typename Mine>
  Result<CommitOutcome> Race(const Theirs& theirs, const Mine& mine) {
    const SnapshotPtr before = Load();
    Transaction winner(table_, before);
    theirs(&winner, *before);
    const Result<CommitOutcome> won = winner.Commit({.name = "WINNER"});
    EXPECT_TRUE(won) << won.error().ToString();
    Transaction loser(table_, before);
    mine(&loser, *before);
    return loser.Commit({.name = "LOSER"});
  }

  static std::string ClassOf(const Result<CommitOutcome>& outcome) {
    if (outcome) return "committed";
    EXPECT_EQ(outcome.error().code(), ErrorCode::kConflict) << outcome.error().ToString();
    return outcome.error().error_class();
  }
};

TEST_F(TransactionTest, CreatesAndAppends) {
  Create();
  EXPECT_EQ(Append("p=a/1.parquet"), 1);
  EXPECT_EQ(Append("p=b/2.parquet", "b"), 2);
  const SnapshotPtr snapshot = Load();
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->version(), 2);
  EXPECT_THAT(PathsOf(*snapshot), ElementsAre("p=a/1.parquet", "p=b/2.parquet"));
  EXPECT_EQ(snapshot->protocol(), (Protocol{.min_reader_version = 1, .min_writer_version = 2}));
  EXPECT_EQ(snapshot->metadata(), TestMetadata());
  EXPECT_EQ(*snapshot->files()[1]->PartitionText("p"), "b");
  EXPECT_THAT(PathsOf(*Load({.version = 1})), ElementsAre("p=a/1.parquet"));
}

TEST_F(TransactionTest, CommitInfoTellsTheOperation) {
  Create();
  Transaction transaction(table_, Load());
  transaction.Add(TestFile("1.parquet"));
  ASSERT_TRUE(
      transaction.Commit({.name = "WRITE",
                          .parameters = {{"mode", "Append"}, {"partitionBy", Json::array()}},
                          .metrics = {{"numOutputRows", 10}},
                          .user_metadata = "nightly"}));
  const std::vector<HistoryEntry> history = *ReadHistory(table_);
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].version, 1);
  EXPECT_EQ(history[0].operation, "WRITE");
  EXPECT_EQ(history[0].read_version, 0);
  EXPECT_EQ(history[0].is_blind_append, true);
  EXPECT_EQ(history[0].isolation_level, "WriteSerializable");
  EXPECT_EQ(history[0].user_metadata, "nightly");
  EXPECT_THAT(history[0].operation_parameters,
              ElementsAre(std::pair("mode", "Append"), std::pair("partitionBy", "[]")));
  EXPECT_THAT(history[0].operation_metrics, ElementsAre(std::pair("numOutputRows", "10")));
  EXPECT_THAT(*history[0].engine_info, HasSubstr("Lakesmith/"));
}

TEST_F(TransactionTest, RemoveAndTransactionVersion) {
  Create();
  Append("1.parquet");
  Transaction transaction(table_, Load());
  transaction.Remove(*Load()->files()[0]);
  transaction.SetTransactionVersion("flow", 7);
  ASSERT_TRUE(transaction.Commit({.name = "DELETE"}));
  EXPECT_TRUE(Load()->files().empty());
  EXPECT_EQ(Load()->TransactionVersion("flow"), 7);
  EXPECT_EQ(Load()->TransactionVersion("other"), std::nullopt);
  const SnapshotPtr with_tombstones = Load({.tombstones = true});
  ASSERT_EQ(with_tombstones->tombstones().size(), 1u);
  EXPECT_EQ(with_tombstones->tombstones()[0]->size_bytes, 100);
}

TEST_F(TransactionTest, SecondCreatorLoses) {
  Create();
  Transaction second(table_, nullptr);
  second.SetMetadata(TestMetadata());
  EXPECT_EQ(ClassOf(second.Commit({.name = "CREATE TABLE"})), "DELTA_PROTOCOL_CHANGED");
}

TEST_F(TransactionTest, BlindAppendsNeverConflict) {
  Create();
  const auto append_a = [&](Transaction* t, const Snapshot&) { t->Add(TestFile("a.parquet")); };
  const auto append_b = [&](Transaction* t, const Snapshot&) { t->Add(TestFile("b.parquet")); };
  const Result<CommitOutcome> outcome = Race(append_a, append_b);
  ASSERT_TRUE(outcome) << outcome.error().ToString();
  EXPECT_EQ(outcome->version, 2);
  EXPECT_EQ(outcome->attempts, 2);
}

TEST_F(TransactionTest, RulesForFilesReadAndRemoved) {
  Create();
  Append("1.parquet", "a");
  Append("2.parquet", "b");
  const auto remove_first = [&](Transaction* t, const Snapshot& s) { t->Remove(*s.files()[0]); };
  const auto read_first = [&](Transaction* t, const Snapshot& s) {
    t->ReadFile(*s.files()[0]);
    t->Add(TestFile("new.parquet"));
  };
  EXPECT_EQ(ClassOf(Race(remove_first, read_first)), "DELTA_CONCURRENT_DELETE_READ");
  const auto remove_again = [&](Transaction* t, const Snapshot& s) { t->Remove(*s.files()[0]); };
  EXPECT_EQ(ClassOf(Race(remove_again, remove_again)), "DELTA_CONCURRENT_DELETE_DELETE");
}

TEST_F(TransactionTest, AppendsThatWereNotReadConflictByIsolationAndPartition) {
  for (const bool serializable : {false, true}) {
    std::filesystem::remove_all(table_.root);
    Create(serializable
               ? std::map<std::string, std::string>{{"delta.isolationLevel", "Serializable"}}
               : std::map<std::string, std::string>{});
    Append("1.parquet", "a");
    int count = 0;
    const auto blind_in = [&](const std::string& partition) {
      return [&, partition](Transaction* t, const Snapshot&) {
        t->Add(TestFile(fmt::format("w{}.parquet", ++count), partition));
      };
    };
    const auto update_in = [&](const std::string& partition) {
      return [&, partition](Transaction* t, const Snapshot&) {
        t->ReadMatching(Predicate::Compare({"p"}, CompareOp::kEqual, partition));
        t->Add(TestFile(fmt::format("u{}.parquet", ++count), partition));
      };
    };
    EXPECT_EQ(ClassOf(Race(blind_in("a"), update_in("a"))),
              serializable ? "DELTA_CONCURRENT_APPEND" : "committed");
    EXPECT_EQ(ClassOf(Race(update_in("a"), update_in("a"))), "DELTA_CONCURRENT_APPEND");
    EXPECT_EQ(ClassOf(Race(update_in("b"), update_in("a"))), "committed");
    EXPECT_EQ(ClassOf(Race(update_in("a"), blind_in("a"))), "committed");
  }
}

TEST_F(TransactionTest, OptimizeConflictsOnlyOnCommonFiles) {
  Create();
  Append("1.parquet");
  Append("2.parquet");
  const auto optimize = [&](Transaction* t, const Snapshot& s) {
    t->ReadFile(*s.files()[0]);
    t->Remove(*s.files()[0], false);
    AddFile file = TestFile(fmt::format("compact{}.parquet", s.version()));
    file.data_change = false;
    t->Add(std::move(file));
  };
  const auto append = [&](Transaction* t, const Snapshot& s) {
    t->Add(TestFile(fmt::format("z{}.parquet", s.version())));
  };
  EXPECT_EQ(ClassOf(Race(append, optimize)), "committed");
  EXPECT_EQ(ClassOf(Race(optimize, append)), "committed");
  EXPECT_NE(ClassOf(Race(optimize, optimize)), "committed");
}

TEST_F(TransactionTest, MetadataProtocolDomainAndTransactionConflicts) {
  Create();
  const auto append = [&](Transaction* t, const Snapshot& s) {
    t->Add(TestFile(fmt::format("{}.parquet", s.version())));
  };
  const auto rename = [&](Transaction* t, const Snapshot& s) {
    Metadata metadata = s.metadata();
    metadata.description = fmt::format("at {}", s.version());
    metadata.configuration["user.key"] = metadata.description.value();
    t->SetMetadata(std::move(metadata));
  };
  EXPECT_EQ(ClassOf(Race(rename, append)), "DELTA_METADATA_CHANGED");
  EXPECT_EQ(ClassOf(Race(append, rename)), "committed");
  const auto batch = [&](Transaction* t, const Snapshot& s) {
    t->Add(TestFile(fmt::format("b{}.parquet", s.version())));
    t->SetTransactionVersion("flow", 1);
  };
  EXPECT_EQ(ClassOf(Race(batch, batch)), "DELTA_CONCURRENT_TRANSACTION");
  const auto check = [&](Transaction* t, const Snapshot& s) {
    Metadata metadata = s.metadata();
    metadata.configuration["delta.constraints.positive"] = "id > 0";
    t->SetMetadata(std::move(metadata));
  };
  EXPECT_EQ(ClassOf(Race(check, append)), "DELTA_CONCURRENT_PROTOCOL_CHANGED");
}

TEST_F(TransactionTest, HarmlessPropertyOfAWinnerIsAdopted) {
  Create();
  const auto enable = [&](Transaction* t, const Snapshot& s) {
    Metadata metadata = s.metadata();
    metadata.configuration["delta.enableInCommitTimestamps"] = "true";
    t->SetMetadata(std::move(metadata));
  };
  const auto append = [&](Transaction* t, const Snapshot&) { t->Add(TestFile("1.parquet")); };
  const Result<CommitOutcome> outcome = Race(enable, append);
  ASSERT_EQ(ClassOf(outcome), "committed");
  EXPECT_TRUE(Load()->in_commit_timestamp_ms().has_value())
      << "our commit must follow the new property";
  EXPECT_EQ(Load()->properties().in_commit_timestamp_enablement_version, 1);
}

TEST_F(TransactionTest, InCommitTimestampsGrowWhenTheClockGoesBack) {
  Create({{"delta.enableInCommitTimestamps", "true"}});
  const int64_t first = *Load()->in_commit_timestamp_ms();
  table_.now_ms = [&] { return first - 10'000; };
  Append("1.parquet");
  EXPECT_EQ(Load()->in_commit_timestamp_ms(), first + 1);
  EXPECT_EQ(Load()->timestamp_ms(), first + 1);
}

TEST_F(TransactionTest, RefusesWhatTheTableForbids) {
  Create({{"delta.appendOnly", "true"}});
  Append("1.parquet");
  Transaction remover(table_, Load());
  remover.Remove(*Load()->files()[0]);
  const Result<CommitOutcome> removed = remover.Commit({.name = "DELETE"});
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().error_class(), "DELTA_CANNOT_MODIFY_APPEND_ONLY");

  Transaction unpartitioned(table_, Load());
  AddFile file = TestFile("2.parquet");
  file.partition_values.clear();
  unpartitioned.Add(file);
  EXPECT_EQ(unpartitioned.Commit({.name = "WRITE"}).error().code(), ErrorCode::kInvalid);

  Transaction twice(table_, Load());
  twice.Add(TestFile("3.parquet"));
  twice.Add(TestFile("3.parquet"));
  EXPECT_THAT(twice.Commit({.name = "WRITE"}).error().message(), HasSubstr("added twice"));
  EXPECT_EQ(Load()->version(), 1);
}

TEST_F(TransactionTest, RefreshReadsOnlyNewCommits) {
  Create();
  Append("1.parquet");
  const SnapshotPtr first = Load();
  EXPECT_EQ(*Snapshot::Refresh(table_, first), first);
  Append("2.parquet");
  Transaction transaction(table_, Load());
  transaction.Remove(*first->files()[0]);
  ASSERT_TRUE(transaction.Commit({.name = "DELETE"}));
  // What the old snapshot holds is not read again.
  std::filesystem::resize_file(table_.LogFolder() + "/00000000000000000000.json", 0);
  const SnapshotPtr newest = *Snapshot::Refresh(table_, first);
  EXPECT_EQ(newest->version(), 3);
  EXPECT_THAT(PathsOf(*newest), ElementsAre("2.parquet"));
}

TEST_F(TransactionTest, ThreadsGetEachVersionExactlyOnce) {
  Create();
  constexpr int kThreads = 8;
  constexpr int kCommits = 10;
  std::vector<std::vector<int64_t>> versions(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kCommits; ++i) {
        versions[thread].push_back(Append(fmt::format("{}-{}.parquet", thread, i)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<int64_t> all;
  for (const auto& list : versions) all.insert(list.begin(), list.end());
  EXPECT_EQ(all.size(), kThreads * kCommits);
  EXPECT_EQ(*all.begin(), 1);
  EXPECT_EQ(*all.rbegin(), kThreads * kCommits);
  EXPECT_EQ(Load()->files().size(), kThreads * kCommits);
}

}  // namespace
}  // namespace lakesmith::delta
