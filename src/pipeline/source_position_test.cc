#include "pipeline/source_position.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "delta/transaction.h"
#include "storage/local_store.h"

namespace lakesmith::pipeline {
namespace {

using connect::InputFile;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

class FlowPositionTest : public testing::Test {
 protected:
  FlowPositionTest() : store_(std::make_shared<storage::LocalStore>()) {
    root_ = (std::filesystem::temp_directory_path() / ("position-" + std::to_string(getpid())))
                .string();
    std::filesystem::remove_all(root_);
    table_ = {.store = store_, .parquet = nullptr, .root = root_};
    delta::Transaction create(table_, nullptr);
    create.SetProtocol({});
    create.SetMetadata(Described(""));
    EXPECT_TRUE(create.Commit({.name = "CREATE TABLE"}));
  }
  ~FlowPositionTest() override { std::filesystem::remove_all(root_); }

  static delta::Metadata Described(const std::string& epoch) {
    delta::Metadata metadata;
    metadata.id = "t";
    metadata.schema_string = R"({"type":"struct","fields":[]})";
    if (!epoch.empty()) metadata.configuration[kEpochProperty] = epoch;
    return metadata;
  }

  delta::SnapshotPtr Snapshot() const { return delta::Snapshot::Load(table_).value(); }
  FlowPosition Load() const { return FlowPosition::Load(store_, *Snapshot(), "Orders").value(); }

  void Commit(const FlowPosition& position, int64_t number) {
    delta::Transaction write(table_, Snapshot());
    write.SetTransactionVersion(position.app_id(), number);
    EXPECT_TRUE(write.Commit({.name = "WRITE"}));
  }

  // Writes one batch with these files of the source "files:/in", and commits it.
  void Ingest(const std::vector<SeenFile>& files) {
    FlowPosition position = Load();
    PositionStep step;
    step.files["files:/in"] = files;
    step.schemas["files:/in"] =
        types::DataType::Struct({{.name = "id", .type = types::DataType::Long()}});
    Commit(position, position.Prepare(step).value());
  }

  static InputFile File(const std::string& path, int64_t size = 1) {
    return {.path = path, .size_bytes = size, .modified_micros = 7};
  }

  std::string root_;
  std::shared_ptr<storage::ObjectStore> store_;
  delta::Table table_;
};

TEST_F(FlowPositionTest, OnlyTheCommitMakesABatchCount) {
  FlowPosition position = Load();
  EXPECT_EQ(position.committed(), -1);
  PositionStep step;
  step.files["files:/in"] = {{.path = "/in/a", .size_bytes = 1, .modified_micros = 7}};
  step.tables["table:x"] = {.table_id = "id", .version = 4};
  const int64_t crashed = position.Prepare(step).value();
  EXPECT_THAT(Load().Unseen("files:/in", {File("/in/a")}, false), testing::SizeIs(1));
  EXPECT_FALSE(Load().Table("table:x"));

  FlowPosition again = Load();
  const int64_t number = again.Prepare(step).value();
  EXPECT_GT(number, crashed);
  Commit(again, number);
  EXPECT_EQ(Load().committed(), number);
  EXPECT_THAT(Load().Unseen("files:/in", {File("/in/a"), File("/in/b")}, false),
              ElementsAre(Field(&InputFile::path, "/in/b")));
  EXPECT_EQ(Load().Table("table:x")->version, 4);
}

TEST_F(FlowPositionTest, AChangedFileIsReadAgainOnlyWhenAsked) {
  Ingest({{.path = "/in/a", .size_bytes = 1, .modified_micros = 7}});
  EXPECT_THAT(Load().Unseen("files:/in", {File("/in/a", 2)}, false), IsEmpty());
  EXPECT_THAT(Load().Unseen("files:/in", {File("/in/a", 2)}, true), testing::SizeIs(1));
  EXPECT_THAT(Load().Unseen("files:/in", {File("/in/a", 1)}, true), IsEmpty());
}

TEST_F(FlowPositionTest, ManyBatchesAreMergedAndNothingIsForgotten) {
  for (int i = 0; i < 20; ++i) {
    Ingest({{.path = fmt::format("/in/{:03}", i), .size_bytes = 1, .modified_micros = 7}});
  }
  const FlowPosition position = Load();
  EXPECT_EQ(position.seen_files(), 20);
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(position.Unseen("files:/in", {File(fmt::format("/in/{:03}", i))}, false),
                IsEmpty());
  }
  EXPECT_EQ(position.Schema("files:/in")->fields().at(0).name, "id");
  const std::string newest =
      store_->Read(fmt::format("{}/_lakesmith/flows/orders/{:020}.json", root_, 19)).value();
  EXPECT_LE(ParseJson(newest).value()["segments"].size(), 17U);
}

TEST_F(FlowPositionTest, ANewEpochForgetsEverythingButTheNumbers) {
  Ingest({{.path = "/in/a", .size_bytes = 1, .modified_micros = 7}});
  delta::Transaction refresh(table_, Snapshot());
  refresh.SetMetadata(Described("2"));
  ASSERT_TRUE(refresh.Commit({.name = "CREATE OR REPLACE TABLE"}));
  FlowPosition position = Load();
  EXPECT_EQ(position.committed(), 0);
  EXPECT_EQ(position.seen_files(), 0);
  EXPECT_EQ(position.Prepare({}).value(), 1);
}

TEST_F(FlowPositionTest, AMissingPositionIsNoFreshStart) {
  Ingest({{.path = "/in/a", .size_bytes = 1, .modified_micros = 7}});
  std::filesystem::remove_all(root_ + "/_lakesmith");
  const auto position = FlowPosition::Load(store_, *Snapshot(), "orders");
  ASSERT_FALSE(position);
  EXPECT_EQ(position.error().code(), ErrorCode::kCorrupt);
  EXPECT_THAT(position.error().message(),
              HasSubstr("_lakesmith/flows/orders/00000000000000000000.json"));
}

}  // namespace
}  // namespace lakesmith::pipeline
