#include "jobs/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

namespace lakesmith::jobs {
namespace {

namespace fs = std::filesystem;

constexpr Micros kSecond = 1'000'000;
constexpr Micros kMinute = 60 * kSecond;
constexpr Micros kHour = 60 * kMinute;
constexpr Micros kDay = 24 * kHour;
constexpr Micros kStart = 1'704'067'200 * kSecond;  // 2024-01-01T00:00:00Z, a Monday.

class FakeProbe final : public TriggerProbe {
 public:
  Result<std::vector<std::string>> ListFiles(const std::string& /*url*/) override { return files; }
  Result<std::optional<TableCommit>> NewestCommit(const std::string& table) override {
    const auto found = versions.find(table);
    if (found == versions.end()) return std::optional<TableCommit>();
    return TableCommit{.version = found->second, .time = kStart};
  }
  Result<Activity> ActivityOf(const std::string& /*job_key*/) override { return activity; }

  std::vector<std::string> files;
  std::map<std::string, int64_t> versions;
  Activity activity;
};

// A scheduler with a clock that stands still between steps, and the runs that it made.
class SchedulerTest : public testing::Test {
 protected:
  SchedulerTest() {
    std::string name = (fs::temp_directory_path() / "lakesmith_test_XXXXXX").string();
    folder_ = mkdtemp(name.data());
    queue_ = state::RunQueue::Open((folder_ / "state.db").string()).value();
    bundle_.name = "b";
    bundle_.target = "dev";
    job().max_concurrent_runs = 1'000'000;
    Restart();
  }
  ~SchedulerTest() override { fs::remove_all(folder_); }

  bundle::Job& job() {
    bundle::Job& job = bundle_.jobs["j"];
    job.key = "j";
    return job;
  }
  // As after a crash: all it knows is in the file.
  void Restart() {
    scheduler_ = std::make_unique<Scheduler>(
        *queue_, probe_, TriggerRules{},
        SchedulerEvents{.on_fired = [this](const state::QueuedRun& run) { fired_.push_back(run); },
                        .on_error = [](const std::string&,
                                       const Error& error) { FAIL() << error.ToString(); }});
    scheduler_->SetJobs(bundle_);
  }
  void Cron(const std::string& expression, const std::string& zone = "UTC") {
    job().schedule =
        bundle::CronSchedule{.quartz_cron_expression = {expression, {}}, .timezone_id = {zone, {}}};
    Restart();
  }
  // Lives on until `end`, waking when the scheduler asks for it.
  void LiveUntil(Micros end) {
    while (now_ < end) {
      const std::optional<Micros> next = scheduler_->Tick(now_);
      now_ = next ? std::clamp(*next, now_ + 1, end) : end;
    }
    scheduler_->Tick(now_);
  }
  std::vector<std::string> Times() const {
    std::vector<std::string> times;
    for (const state::QueuedRun& run : fired_) times.push_back(state::IsoTime(run.scheduled));
    return times;
  }

  fs::path folder_;
  std::unique_ptr<state::RunQueue> queue_;
  FakeProbe probe_;
  bundle::Bundle bundle_;
  std::unique_ptr<Scheduler> scheduler_;
  std::vector<state::QueuedRun> fired_;
  Micros now_ = kStart;
};

TEST_F(SchedulerTest, FiresEachNightOfFiveYearsOnceInLocalTime) {
  Cron("0 30 2 * * ?", "Europe/Oslo");
  LiveUntil(kStart + 1827 * kDay);
  // 2024-01-01 to 2028-12-31. In March 02:30 does not exist, in October it comes twice.
  EXPECT_EQ(fired_.size(), 1827U);
  EXPECT_THAT(Times(),
              testing::IsSupersetOf({"2024-01-01T01:30:00.000Z", "2024-03-31T01:00:00.000Z",
                                     "2024-07-01T00:30:00.000Z", "2024-10-27T00:30:00.000Z"}));
  std::set<std::string> different;
  for (const std::string& time : Times()) different.insert(time);
  EXPECT_EQ(different.size(), fired_.size());
}

TEST_F(SchedulerTest, ACrashAtAnyPointLosesNothingAndDoublesNothing) {
  Cron("0 0 * * * ?");
  std::mt19937 random(7);
  scheduler_->Tick(now_);
  while (now_ < kStart + 60 * kDay) {
    now_ += std::uniform_int_distribution<Micros>(kSecond, 4 * kMinute)(random);
    if (random() % 3 == 0) Restart();
    scheduler_->Tick(now_);
  }
  std::set<Micros> hours;
  for (const state::QueuedRun& run : fired_) hours.insert(run.scheduled);
  EXPECT_EQ(fired_.size(), hours.size());
  EXPECT_EQ(hours.size(), static_cast<size_t>((now_ - kStart) / kHour));
}

TEST_F(SchedulerTest, TwoSchedulersFireOnce) {
  Cron("0 0 * * * ?");
  Scheduler other(*queue_, probe_, TriggerRules{},
                  {.on_fired = [this](const state::QueuedRun& run) { fired_.push_back(run); }});
  other.SetJobs(bundle_);
  for (; now_ < kStart + kDay; now_ += 10 * kMinute) {
    scheduler_->Tick(now_);
    other.Tick(now_);
  }
  EXPECT_EQ(fired_.size(), 23U);
}

TEST_F(SchedulerTest, AfterADownTimeOnlyAYoungFireTimeIsMadeUpFor) {
  Cron("0 0 * * * ?");
  LiveUntil(kStart + kHour);
  EXPECT_EQ(fired_.size(), 1U);
  now_ = kStart + 5 * kHour + 4 * kMinute;  // Down for four of them, the last 4 minutes ago.
  Restart();
  scheduler_->Tick(now_);
  EXPECT_THAT(Times(),
              testing::ElementsAre("2024-01-01T01:00:00.000Z", "2024-01-01T05:00:00.000Z"));
  now_ = kStart + 9 * kHour + 6 * kMinute;  // Too old.
  Restart();
  scheduler_->Tick(now_);
  EXPECT_EQ(fired_.size(), 2U);
  LiveUntil(kStart + 10 * kHour);
  EXPECT_EQ(Times().back(), "2024-01-01T10:00:00.000Z");
}

TEST_F(SchedulerTest, UnpausingNeverBackfills) {
  Cron("0 0 * * * ?");
  job().schedule->pause_status = bundle::PauseStatus::kPaused;
  Restart();
  EXPECT_EQ(scheduler_->Tick(now_), std::nullopt);
  now_ += 10 * kHour + kMinute;
  job().schedule->pause_status = bundle::PauseStatus::kUnpaused;
  Restart();
  LiveUntil(now_ + kHour);
  EXPECT_THAT(Times(), testing::ElementsAre("2024-01-01T11:00:00.000Z"));
}

TEST_F(SchedulerTest, PeriodsCountFromTheDeployment) {
  now_ += 7 * kMinute;
  job().trigger = bundle::Trigger{
      .periodic = bundle::PeriodicTrigger{.interval = 2, .unit = bundle::PeriodUnit::kHours}};
  Restart();
  LiveUntil(kStart + 5 * kHour);
  EXPECT_THAT(Times(),
              testing::ElementsAre("2024-01-01T02:07:00.000Z", "2024-01-01T04:07:00.000Z"));
}

TEST_F(SchedulerTest, NewFilesFireAfterTheyAreQuiet) {
  probe_.files = {"old.csv"};
  job().trigger = bundle::Trigger{
      .file_arrival = bundle::FileArrivalTrigger{.url = {"landing", {}},
                                                 .min_time_between_triggers_seconds = 600,
                                                 .wait_after_last_change_seconds = 60}};
  Restart();
  LiveUntil(kStart + kMinute);
  EXPECT_TRUE(fired_.empty());
  probe_.files = {"old.csv", "a.csv"};
  LiveUntil(now_ + 40 * kSecond);
  probe_.files = {"old.csv", "a.csv", "b.csv"};  // The waiting begins anew.
  LiveUntil(now_ + 50 * kSecond);
  EXPECT_TRUE(fired_.empty());
  LiveUntil(now_ + 20 * kSecond);
  EXPECT_EQ(fired_.size(), 1U);
  probe_.files.push_back("c.csv");
  LiveUntil(now_ + 5 * kMinute);
  EXPECT_EQ(fired_.size(), 1U);  // Not twice within ten minutes.
  Restart();
  LiveUntil(now_ + 10 * kMinute);
  EXPECT_EQ(fired_.size(), 2U);
  probe_.files.erase(probe_.files.begin());
  LiveUntil(now_ + kHour);
  EXPECT_EQ(fired_.size(), 2U);
}

TEST_F(SchedulerTest, TablesFireForAnyOrForAllOfThem) {
  for (const bool all : {false, true}) {
    fired_.clear();
    probe_.versions = {{"a", 0}, {"b", 0}};
    job().trigger = bundle::Trigger{
        .table_update = bundle::TableUpdateTrigger{
            .table_names = {"a", "b"}, .condition = all ? "ALL_UPDATED" : "ANY_UPDATED"}};
    job().trigger->location.line = all ? 2 : 1;
    job().key = "j";
    bundle_.target = all ? "all" : "any";
    Restart();
    LiveUntil(now_ + kMinute);
    EXPECT_TRUE(fired_.empty());
    probe_.versions["a"] = 3;
    LiveUntil(now_ + kMinute);
    EXPECT_EQ(fired_.size(), all ? 0U : 1U);
    probe_.versions["b"] = 1;
    LiveUntil(now_ + kMinute);
    EXPECT_EQ(fired_.size(), all ? 1U : 2U);
    EXPECT_EQ(JsonText(fired_.back().request["trigger_details"]["updated_tables"]),
              all ? R"(["a","b"])" : R"(["b"])");
    EXPECT_EQ(JsonText(fired_.back().request["trigger_details"]["tables"]["b"]),
              R"({"version":1,"commit_timestamp":"2024-01-01T00:00:00.000Z"})");
    LiveUntil(now_ + kHour);
    EXPECT_EQ(fired_.size(), all ? 1U : 2U);
  }
}

TEST_F(SchedulerTest, AContinuousJobHasOneRunAndWaitsLongerAfterFailures) {
  job().continuous = bundle::Continuous{};
  Restart();
  scheduler_->Tick(now_);
  EXPECT_EQ(fired_.size(), 1U);
  probe_.activity.active = true;
  LiveUntil(now_ + kHour);
  EXPECT_EQ(fired_.size(), 1U);
  probe_.activity = {.active = false, .failures = 3, .last_end = now_};
  LiveUntil(now_ + 39 * kSecond);
  EXPECT_EQ(fired_.size(), 1U);
  scheduler_->Tick(now_ + 2 * kSecond);
  EXPECT_EQ(fired_.size(), 2U);
}

TEST_F(SchedulerTest, ARunThatNobodyWaitsForIsLeftOutAfterTwoDaysInTheQueue) {
  const auto add = [&](Micros created, bool unattended) {
    return queue_
        ->Add({.bundle = "b",
               .target = "dev",
               .job_key = "j",
               .created = created,
               .unattended = unattended},
              {.max_concurrent_runs = 1})
        ->run_id;
  };
  const int64_t old = add(kStart, true);
  add(kStart, false);             // Somebody waits for it.
  add(kStart + 2 * kHour, true);  // Not so old.
  const int64_t running = add(kStart, true);
  const std::vector<state::QueuedRun> none =
      queue_->List({.active_only = true, .oldest_first = true}).value();
  EXPECT_TRUE(OverdueRuns(none, kStart + 2 * kDay).empty());
  std::vector<state::QueuedRun> active = none;
  std::ranges::find(active, running, &state::QueuedRun::run_id)->state = state::RunState::kRunning;
  EXPECT_THAT(OverdueRuns(active, kStart + 2 * kDay + kSecond), testing::ElementsAre(old));
}

TEST_F(SchedulerTest, RunsStartInTheirOrderAsPlacesAreFree) {
  const state::JobLimits limits{.max_concurrent_runs = 2};
  std::vector<int64_t> ids;
  for (int i = 0; i < 4; ++i) {
    ids.push_back(
        queue_->Add({.bundle = "b", .target = "dev", .job_key = "j", .unattended = true}, limits)
            ->run_id);
  }
  const auto ready = [&] {
    return ReadyRuns(queue_->List({.active_only = true, .oldest_first = true}).value(),
                     [&](const state::QueuedRun&) { return limits; });
  };
  EXPECT_THAT(ready(), testing::ElementsAre(ids[0], ids[1]));
  EXPECT_FALSE(*queue_->Claim(ids[2], limits));
  EXPECT_TRUE(*queue_->Claim(ids[0], limits));
  EXPECT_TRUE(*queue_->Claim(ids[1], limits));
  EXPECT_EQ(queue_->Claim(ids[1], limits).error().code(), ErrorCode::kConflict);
  EXPECT_TRUE(ready().empty());
  ASSERT_TRUE(queue_->Finish(ids[0], state::RunState::kSucceeded, "", Json()));
  EXPECT_THAT(ready(), testing::ElementsAre(ids[2]));
  // Without a queue, and with the same token.
  const state::QueuedRun skipped =
      queue_->Add({.bundle = "b", .target = "dev", .job_key = "j"}, {1, false}).value();
  EXPECT_EQ(skipped.state, state::RunState::kSkipped);
  state::QueuedRun token{.bundle = "b", .target = "dev", .job_key = "k"};
  token.token = "once";
  EXPECT_EQ(queue_->Add(token, limits)->run_id, queue_->Add(token, limits)->run_id);
  // A canceled one does not wait any more; one that succeeded is not repaired.
  ASSERT_TRUE(queue_->RequestCancel(ids[2]));
  EXPECT_EQ(queue_->Get(ids[2])->state, state::RunState::kCanceled);
  EXPECT_EQ(queue_->Requeue(ids[0], Json::object(), true).error().code(), ErrorCode::kInvalid);
  EXPECT_TRUE(queue_->Requeue(ids[2], Json::object(), true));
}

}  // namespace
}  // namespace lakesmith::jobs
