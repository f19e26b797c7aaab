#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "delta/schema.h"
#include "delta/snapshot.h"
#include "delta/transaction.h"
#include "storage/local_store.h"

namespace lakesmith::delta {

// A table in a fresh folder, written through our own transactions. For tests.
class TableTest : public ::testing::Test {
 protected:
  TableTest() {
    std::string pattern = ::testing::TempDir() + "/delta_XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    table_.store = std::make_shared<storage::LocalStore>();
    table_.root = folder_ + "/t";
  }
  ~TableTest() override { std::filesystem::remove_all(folder_); }

  static types::DataType TestSchema() {
    return types::DataType::Struct({{"id", types::DataType::Long()},
                                    {"name", types::DataType::String()},
                                    {"p", types::DataType::String()}});
  }

  static Metadata TestMetadata(std::map<std::string, std::string> configuration = {}) {
    return {.id = "11111111-2222-4333-8444-555555555555",
            .schema_string = SchemaText(TestSchema()),
            .partition_columns = {"p"},
            .created_time_ms = 1'700'000'000'000,
            .configuration = std::move(configuration)};
  }

  static AddFile TestFile(const std::string& path, const std::string& partition = "a",
                          const std::string& stats = R"({"numRecords":10})") {
    return {.path = path,
            .partition_values = {{"p", partition}},
            .size_bytes = 100,
            .modified_ms = 1'700'000'000'000,
            .stats = stats};
  }

  void Create(std::map<std::string, std::string> configuration = {}) {
    Transaction transaction(table_, nullptr);
    transaction.SetMetadata(TestMetadata(std::move(configuration)));
    const Result<CommitOutcome> outcome = transaction.Commit({.name = "CREATE TABLE"});
    ASSERT_TRUE(outcome) << outcome.error().ToString();
    ASSERT_EQ(outcome->version, 0);
  }

  SnapshotPtr Load(const LoadOptions& options = {}) const {
    Result<SnapshotPtr> snapshot = Snapshot::Load(table_, options);
    EXPECT_TRUE(snapshot) << snapshot.error().ToString();
    return snapshot ? *snapshot : nullptr;
  }

  int64_t Append(const std::string& path, const std::string& partition = "a",
                 const std::string& stats = R"({"numRecords":10})") {
    Transaction transaction(table_, Load());
    transaction.Add(TestFile(path, partition, stats));
    const Result<CommitOutcome> outcome = transaction.Commit({.name = "WRITE"});
    EXPECT_TRUE(outcome) << outcome.error().ToString();
    return outcome ? outcome->version : -1;
  }

  static std::vector<std::string> PathsOf(const Snapshot& snapshot) {
    std::vector<std::string> paths;
    for (const AddFilePtr& file : snapshot.files()) paths.push_back(file->path);
    return paths;
  }

  std::string folder_;
  Table table_;
};

}  // namespace lakesmith::delta
