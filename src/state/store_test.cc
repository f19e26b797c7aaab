#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "state/state.h"

namespace lakesmith::state {
namespace {

class StateFileTest : public testing::Test {
 protected:
  StateFileTest() {
    folder_ = std::filesystem::temp_directory_path() / ("state-" + NewId());
    path_ = (folder_ / "sub" / "state.db").string();
  }
  ~StateFileTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(StateFileTest, RunsComeBackNewestFirstAfterReopening) {
  int64_t first = 0;
  {
    const auto store = Store::Open(path_).value();
    first =
        store->BeginRun({.job_key = "retail", .state = RunState::kRunning, .started = 5}).value();
    state::Run done = store->GetRun(first).value();
    done.state = RunState::kFailed;
    done.ended = 9;
    done.error = "boom";
    done.parameters = {{"date", "2024-01-15"}};
    ASSERT_TRUE(store->UpdateRun(done));
    ASSERT_TRUE(store->BeginRun({.job_key = "other", .state = RunState::kRunning}));
  }
  const auto store = Store::Open(path_).value();
  EXPECT_EQ(store->ListRuns().value().size(), 2U);
  EXPECT_EQ(store->ListRuns("", 1).value().at(0).job_key, "other");
  const state::Run run = store->ListRuns("retail").value().at(0);
  EXPECT_EQ(run.run_id, first);
  EXPECT_EQ(run.state, RunState::kFailed);
  EXPECT_EQ(run.error, "boom");
  EXPECT_EQ(run.parameters["date"], "2024-01-15");
  EXPECT_EQ(store->GetRun(99).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(store->UpdateRun({.run_id = 99}).error().code(), ErrorCode::kNotFound);
}

TEST_F(StateFileTest, WhatAKilledProcessLeftIsInterrupted) {
  ASSERT_TRUE(Store::Open(path_));
  const pid_t child = fork();
  if (child == 0) {
    const auto store = Store::Open(path_).value();
    const int64_t run = store->BeginRun({.job_key = "j", .state = RunState::kRunning}).value();
    const bool ok =
        store->PutTaskAttempt({.run_id = run, .task_key = "t", .state = RunState::kRunning})
            .has_value() &&
        store->PutUpdate({.update_id = "u", .pipeline_id = "p"}).has_value();
    if (ok) raise(SIGKILL);
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));

  const auto store = Store::Open(path_).value();
  EXPECT_EQ(store->interrupted(), 2);
  const state::Run run = store->ListRuns().value().at(0);
  EXPECT_EQ(run.state, RunState::kInterrupted);
  EXPECT_GT(run.ended, 0);
  EXPECT_EQ(store->ListTaskAttempts(run.run_id).value().at(0).state, RunState::kInterrupted);
  EXPECT_EQ(store->ListUpdates("p").value().at(0).state, RunState::kInterrupted);
  EXPECT_EQ(Store::Open(path_).value()->interrupted(), 0);
}

TEST_F(StateFileTest, WhatALivingProcessRunsIsLeftAlone) {
  const auto store = Store::Open(path_).value();
  ASSERT_TRUE(store->BeginRun({.job_key = "j", .state = RunState::kRunning}));
  const auto other = Store::Open(path_).value();
  EXPECT_EQ(other->interrupted(), 0);
  EXPECT_EQ(other->ListRuns().value().at(0).state, RunState::kRunning);
}

TEST_F(StateFileTest, AFileThatIsNoDatabaseIsRefused) {
  std::filesystem::create_directories(folder_ / "sub");
  std::ofstream(path_) << std::string(4096, 'x');
  const auto store = Store::Open(path_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code(), ErrorCode::kCorrupt);
  EXPECT_THAT(store.error().message(), testing::HasSubstr("state.db"));
}

TEST(StateTest, EventsAreOrderedAndFiltered) {
  const auto store = Store::OpenInMemory().value();
  const Event first =
      store
          ->AppendEvent({.pipeline_id = "p",
                         .update_id = "u",
                         .level = "INFO",
                         .event_type = "create_update",
                         .message = "m",
                         .details = {{"create_update", {{"cause", "USER_ACTION"}}}}})
          .value();
  EXPECT_FALSE(first.id.empty());
  EXPECT_GT(first.timestamp, 0);
  ASSERT_TRUE(
      store->AppendEvent({.pipeline_id = "p", .update_id = "u", .event_type = "flow_progress"}));
  ASSERT_TRUE(
      store->AppendEvent({.pipeline_id = "q", .update_id = "v", .event_type = "flow_progress"}));
  EXPECT_EQ(store->ListEvents({}).value().size(), 3U);
  EXPECT_EQ(store->ListEvents({.pipeline_id = "p"}).value().size(), 2U);
  EXPECT_EQ(store->ListEvents({.event_type = "flow_progress", .limit = 1}).value().size(), 1U);
  EXPECT_EQ(store->ListEvents({.after_sequence = first.sequence}).value().size(), 2U);
  const Event read = store->ListEvents({.update_id = "u", .limit = 1}).value().at(0);
  EXPECT_EQ(read.details["create_update"]["cause"], "USER_ACTION");
  EXPECT_TRUE(read.error.is_null());
}

TEST(StateTest, DeploymentsAreReplacedAndDeleted) {
  const auto store = Store::OpenInMemory().value();
  ASSERT_TRUE(
      store->PutDeployment({.bundle = "b", .target = "dev", .resource = "jobs.a", .id = "1"}));
  ASSERT_TRUE(
      store->PutDeployment({.bundle = "b", .target = "dev", .resource = "jobs.a", .id = "2"}));
  ASSERT_TRUE(
      store->PutDeployment({.bundle = "b", .target = "prod", .resource = "jobs.a", .id = "3"}));
  const auto deployed = store->ListDeployments("b", "dev").value();
  ASSERT_EQ(deployed.size(), 1U);
  EXPECT_EQ(deployed[0].id, "2");
  ASSERT_TRUE(store->DeleteDeployment("b", "dev", "jobs.a"));
  EXPECT_TRUE(store->ListDeployments("b", "dev").value().empty());
}

TEST(StateTest, ThreadsMayShareAStore) {
  const auto store = Store::OpenInMemory().value();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&store] {
      for (int n = 0; n < 50; ++n) EXPECT_TRUE(store->AppendEvent({.pipeline_id = "p"}));
    });
  }
  threads.clear();
  EXPECT_EQ(store->ListEvents({}).value().back().sequence, 200);
}

TEST(StateTest, IsoTimeIsUtcWithMilliseconds) {
  EXPECT_EQ(IsoTime(1'700'000'000'123'456), "2023-11-14T22:13:20.123Z");
}

}  // namespace
}  // namespace lakesmith::state
