#include "storage/local_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

namespace lakesmith::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class LocalStoreTest : public ::testing::Test {
 protected:
  LocalStoreTest() {
    std::string pattern = ::testing::TempDir() + "/local_store_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~LocalStoreTest() override { std::filesystem::remove_all(root_); }

  std::string At(std::string_view name) const { return JoinPath(root_, name); }

  std::string root_;
  LocalStore store_;
};

TEST_F(LocalStoreTest, ReadsBackWhatWasPut) {
  ASSERT_TRUE(store_.Put(At("a/b/c.txt"), "one"));
  EXPECT_EQ(*store_.Read(At("a/b/c.txt")), "one");
  ASSERT_TRUE(store_.Put(At("a/b/c.txt"), "second"));
  EXPECT_EQ(*store_.Read(At("a/b/c.txt")), "second");
  EXPECT_EQ(*store_.ReadRange(At("a/b/c.txt"), 1, 3), "eco");
  EXPECT_EQ(*store_.ReadRange(At("a/b/c.txt"), 4, int64_t{1} << 60), "nd");
  EXPECT_EQ(*store_.ReadRange(At("a/b/c.txt"), 400, 3), "");
  EXPECT_EQ(store_.Stat(At("a/b/c.txt"))->size_bytes, 6);
}

TEST_F(LocalStoreTest, PutIfAbsentNeverReplaces) {
  ASSERT_TRUE(store_.PutIfAbsent(At("log/0.json"), "first"));
  const Status second = store_.PutIfAbsent(At("log/0.json"), "other");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kConflict);
  EXPECT_EQ(*store_.Read(At("log/0.json")), "first");
}

TEST_F(LocalStoreTest, PutIfAbsentHasOneWinnerAmongThreads) {
  for (int round = 0; round < 50; ++round) {
    const std::string path = At(fmt::format("log/{}.json", round));
    std::atomic<int> wins = 0;
    std::string winner;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&, thread] {
        const std::string text = fmt::format("writer {}", thread);
        if (store_.PutIfAbsent(path, text)) {
          ++wins;
          winner = text;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(wins, 1);
    ASSERT_EQ(*store_.Read(path), winner);
  }
  EXPECT_EQ(store_.List(At("log"))->size(), 50u) << "temporary files must be gone";
}

TEST_F(LocalStoreTest, ListIsOrderedAndStartsAtAName) {
  for (const char* name : {"f/2.json", "f/1.json", "f/3.json", "f/sub/4.json"}) {
    ASSERT_TRUE(store_.Put(At(name), ""));
  }
  EXPECT_THAT(*store_.List(At("f"), "2"), ElementsAre(Field(&ObjectInfo::path, At("f/2.json")),
                                                      Field(&ObjectInfo::path, At("f/3.json"))));
  EXPECT_THAT(*store_.ListRecursive(At("f")),
              UnorderedElementsAre(Field(&ObjectInfo::path, At("f/1.json")),
                                   Field(&ObjectInfo::path, At("f/2.json")),
                                   Field(&ObjectInfo::path, At("f/3.json")),
                                   Field(&ObjectInfo::path, At("f/sub/4.json"))));
  EXPECT_TRUE(store_.List(At("nowhere"))->empty());
}

TEST_F(LocalStoreTest, ErrorsNameThePath) {
  const Result<std::string> missing = store_.Read(At("no.json"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message(), HasSubstr("no.json"));
  EXPECT_EQ(store_.Read("relative").error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(store_.Stat(root_).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(store_.Delete(At("no.json")));
}

TEST_F(LocalStoreTest, ReadOnlyFolderIsUnavailableAndLeavesNothing) {
  if (::geteuid() == 0) GTEST_SKIP() << "skipped: root may write everywhere";
  ASSERT_TRUE(store_.Put(At("ro/a"), "x"));
  ::chmod(At("ro").c_str(), 0555);
  EXPECT_EQ(store_.PutIfAbsent(At("ro/b"), "y").error().code(), ErrorCode::kUnavailable);
  ::chmod(At("ro").c_str(), 0755);
  EXPECT_EQ(store_.List(At("ro"))->size(), 1u);
}

TEST_F(LocalStoreTest, PublishGivesATemporaryFileItsName) {
  const std::string temporary = TemporaryPath(At("p.parquet"));
  EXPECT_TRUE(BaseName(temporary).starts_with(".p.parquet."));
  EXPECT_NE(temporary, TemporaryPath(At("p.parquet")));
  ASSERT_TRUE(store_.Put(temporary, "bytes"));
  ASSERT_TRUE(PublishFile(temporary, At("p.parquet")));
  EXPECT_EQ(*store_.Read(At("p.parquet")), "bytes");
  EXPECT_EQ(store_.Stat(temporary).error().code(), ErrorCode::kNotFound);
}

TEST(JoinPathTest, PutsExactlyOneSlash) {
  EXPECT_EQ(JoinPath("/a/", "/b"), "/a/b");
  EXPECT_EQ(JoinPath("/a", "b"), "/a/b");
  EXPECT_EQ(JoinPath("/", "b"), "/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
  EXPECT_EQ(JoinPath("/a", ""), "/a");
  EXPECT_EQ(BaseName("/a/b"), "b");
}

}  // namespace
}  // namespace lakesmith::storage
