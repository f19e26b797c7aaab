// What a table looks like after a crash between any two operations, lost replies and racing
// processes.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "delta/checkpoint.h"
#include "delta/deletion_vector.h"
#include "delta/history.h"
#include "delta/maintenance.h"
#include "delta/test_parquet_internal.h"
#include "delta/test_table_internal.h"

namespace lakesmith::delta {
namespace {

using ::testing::IsEmpty;

// Hands everything on, until it fails.
class FaultyStore : public storage::ObjectStore {
 public:
  enum class Fault {
    kCrash,      // From operation N on nothing happens any more.
    kLoseReply,  // Operation N is done, but its answer is lost.
    kLoseSend,   // Operation N is not done, and its answer is lost.
  };

  FaultyStore(std::shared_ptr<ObjectStore> inner, Fault fault, int at)
      : inner_(std::move(inner)), fault_(fault), at_(at) {}

  int operations() const { return count_; }

  Result<std::string> Read(const std::string& path) const override {
    TRY(CheckAlive());
    return inner_->Read(path);
  }
  Result<std::string> ReadRange(const std::string& path, int64_t offset,
                                int64_t length) const override {
    TRY(CheckAlive());
    return inner_->ReadRange(path, offset, length);
  }
  Result<std::vector<storage::ObjectInfo>> List(const std::string& folder,
                                                std::string_view from) const override {
    TRY(CheckAlive());
    return inner_->List(folder, from);
  }
  Result<std::vector<storage::ObjectInfo>> ListRecursive(const std::string& folder) const override {
    TRY(CheckAlive());
    return inner_->ListRecursive(folder);
  }
  Result<storage::ObjectInfo> Stat(const std::string& path) const override {
    TRY(CheckAlive());
    return inner_->Stat(path);
  }
  Status PutIfAbsent(const std::string& path, std::string_view bytes) override {
    return Change([&] { return inner_->PutIfAbsent(path, bytes); });
  }
  Status Put(const std::string& path, std::string_view bytes) override {
    return Change([&] { return inner_->Put(path, bytes); });
  }
  Status Delete(const std::string& path) override {
    return Change([&] { return inner_->Delete(path); });
  }

 private:
  Status CheckAlive() const {
    if (fault_ == Fault::kCrash && count_ >= at_) return Unavailable("the store is gone");
    return {};
  }

  template <typename Operation>
  Status Change(const Operation& operation) {
    ++count_;
    if (fault_ == Fault::kCrash && count_ >= at_) return Unavailable("the store is gone");
    if (fault_ == Fault::kLoseSend && count_ == at_) return CommitUnknown("no answer");
    const Status status = operation();
    if (fault_ == Fault::kLoseReply && count_ == at_) return CommitUnknown("no answer");
    return status;
  }

  std::shared_ptr<ObjectStore> inner_;
  Fault fault_;
  int at_;
  int count_ = 0;
};

class FaultTest : public TableTest {
 protected:
  FaultTest() { parquet_ = std::make_shared<MemoryParquet>(table_.store); }

  // Writes with a store that fails; returns the version last reported as committed, -1 for none.
  int64_t RunProgram(const std::shared_ptr<FaultyStore>& store) {
    Table table = table_;
    table.store = store;
    table.parquet = std::make_shared<ForwardingParquet>(store, parquet_);
    int64_t committed = -1;
    const auto commit = [&](Transaction* transaction) {
      const Result<CommitOutcome> outcome = transaction->Commit({.name = "STEP"});
      if (outcome) committed = outcome->version;
      return outcome.has_value();
    };
    Transaction create(table, nullptr);
    create.SetMetadata(
        TestMetadata({{"delta.checkpointInterval", "2"}, {"delta.enableDeletionVectors", "true"}}));
    if (!commit(&create)) return committed;
    for (int step = 1; step <= 4; ++step) {
      const Result<SnapshotPtr> snapshot = Snapshot::Load(table);
      if (!snapshot) return committed;
      Transaction transaction(table, *snapshot);
      const std::string path = fmt::format("{}.parquet", step);
      if (!table.store->Put(table.root + "/" + path, std::string(100, 'x'))) return committed;
      parquet_->Put(table.root + "/" + path, {});
      transaction.Add(TestFile(path));
      if (step == 3 && !DeleteRows(table, (*snapshot)->files()[0], &transaction)) return committed;
      if (step == 4) transaction.Remove(*(*snapshot)->files()[1]);
      if (!commit(&transaction)) return committed;
    }
    (void)WriteCheckpoint(table);
    (void)Vacuum(table, {.retention_ms = 0, .retention_check = false});
    return committed;
  }

  // Lets checkpoint writing fail as the store does.
  class ForwardingParquet : public ParquetIo {
   public:
    ForwardingParquet(std::shared_ptr<FaultyStore> store, std::shared_ptr<MemoryParquet> inner)
        : store_(std::move(store)), inner_(std::move(inner)) {}
    Result<types::DataType> ReadSchema(const std::string& path) override {
      TRY(store_->Stat(path));
      return inner_->ReadSchema(path);
    }
    Status Read(const std::string& path, const std::vector<ParquetColumn>& columns,
                bool skip_empty_rows,
                const std::function<Status(const ParquetBatch&)>& consume) override {
      TRY(store_->Stat(path));
      return inner_->Read(path, columns, skip_empty_rows, consume);
    }
    Result<int64_t> Write(const std::string& path, const types::DataType& schema,
                          const RowSource& rows) override {
      // Counts as one operation of the store.
      TRY(store_->Put(path + ".probe", ""));
      TRY(store_->Delete(path + ".probe"));
      return inner_->Write(path, schema, rows);
    }

   private:
    std::shared_ptr<FaultyStore> store_;
    std::shared_ptr<MemoryParquet> inner_;
  };

  static Status DeleteRows(const Table& table, const AddFilePtr& file, Transaction* transaction) {
    std::vector<RowBitmap> bitmaps(1);
    bitmaps[0].Add(1);
    const auto vectors = TRY(WriteDeletionVectors(table, bitmaps));
    return transaction->ReplaceDeletionVector(*file, vectors[0]);
  }

  std::shared_ptr<MemoryParquet> parquet_;
};

TEST_F(FaultTest, CrashAtEachOperationLeavesAValidTable) {
  table_.parquet = parquet_;
  for (int at = 1;; ++at) {
    std::filesystem::remove_all(table_.root);
    const auto store = std::make_shared<FaultyStore>(table_.store, FaultyStore::Fault::kCrash, at);
    const int64_t committed = RunProgram(store);
    const Result<SnapshotPtr> snapshot = Snapshot::Load(table_);
    if (!snapshot) {
      ASSERT_EQ(snapshot.error().code(), ErrorCode::kNotFound)
          << at << ": " << snapshot.error().ToString();
      ASSERT_EQ(committed, -1) << at;
    } else {
      ASSERT_EQ((*snapshot)->version(), committed) << at;
      const std::vector<Finding> findings = *CheckTable(table_);
      ASSERT_THAT(findings, IsEmpty())
          << at << ": " << findings[0].path << ": " << findings[0].message;
      ASSERT_EQ(Append("after.parquet"), committed + 1) << "the next writer goes on";
    }
    if (store->operations() < at) break;
  }
}

TEST_F(FaultTest, LostRepliesNeverDoubleOrLoseACommit) {
  table_.parquet = parquet_;
  for (const auto fault : {FaultyStore::Fault::kLoseReply, FaultyStore::Fault::kLoseSend}) {
    for (int at = 1;; ++at) {
      std::filesystem::remove_all(table_.root);
      const auto store = std::make_shared<FaultyStore>(table_.store, fault, at);
      const int64_t committed = RunProgram(store);
      const Result<SnapshotPtr> snapshot = Snapshot::Load(table_);
      ASSERT_EQ(snapshot ? (*snapshot)->version() : -1, committed) << at;
      std::set<std::string> ids;
      if (snapshot) {
        const std::vector<Finding> findings = *CheckTable(table_);
        ASSERT_THAT(findings, IsEmpty())
            << at << ": " << findings[0].path << ": " << findings[0].message;
      }
      if (store->operations() < at) break;
    }
  }
}

TEST_F(FaultTest, UnknownOutcomeIsSaidWhenItCannotBeReadBack) {
  // Sends are lost and the commit cannot be read.
  class SilentStore : public FaultyStore {
   public:
    using FaultyStore::FaultyStore;
    Status PutIfAbsent(const std::string&, std::string_view) override {
      return CommitUnknown("no answer");
    }
    Result<std::string> Read(const std::string&) const override { return Unavailable("no answer"); }
  };
  Create();
  Table table = table_;
  table.store = std::make_shared<SilentStore>(table_.store, FaultyStore::Fault::kCrash, 1000);
  Transaction transaction(table, Load());
  transaction.Add(TestFile("1.parquet"));
  const Result<CommitOutcome> outcome = transaction.Commit({.name = "WRITE"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), ErrorCode::kCommitUnknown);
}

TEST_F(FaultTest, ProcessesGetEachVersionExactlyOnce) {
  Create();
  constexpr int kProcesses = 4;
  constexpr int kCommits = 15;
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      bool ok = true;
      for (int i = 0; i < kCommits; ++i)
        ok = Append(fmt::format("{}-{}.parquet", process, i)) > 0 && ok;
      ::_exit(ok ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(Load()->version(), kProcesses * kCommits);
  EXPECT_EQ(Load()->files().size(), kProcesses * kCommits);
  EXPECT_EQ(ReadHistory(table_)->size(), kProcesses * kCommits + 1u);
}

}  // namespace
}  // namespace lakesmith::delta
