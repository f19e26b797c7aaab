#include "jobs/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace lakesmith::jobs {
namespace {

using bundle::Job;
using bundle::Task;
using bundle::TaskKind;

Task SqlTask(const std::string& key, std::vector<std::string> after = {}) {
  Task task;
  task.task_key.value = key;
  task.kind = TaskKind::kSql;
  task.sql_task.emplace();
  for (std::string& before : after)
    task.depends_on.push_back({.task_key = {std::move(before), {}}});
  return task;
}

// Answers each task by a function of the test.
class FakeExecutor : public TaskExecutor {
 public:
  using Answer = std::function<TaskResult(const TaskAttempt&, const std::stop_token&)>;
  explicit FakeExecutor(Answer answer) : answer_(std::move(answer)) {}

  TaskResult Execute(const TaskAttempt& attempt, const std::stop_token& stop,
                     const std::function<void(std::string_view)>& on_log) override {
    on_log("running " + attempt.label + "\n");
    return answer_(attempt, stop);
  }

 private:
  Answer answer_;
};

TEST(RunJobTest, HandsValuesToLaterTasks) {
  Job job{.key = "j"};
  job.parameters = {{.name = {"day", {}}, .default_value = "monday"}};
  job.tasks = {SqlTask("a"), SqlTask("b", {"a"})};
  job.tasks[1].sql_task->parameters = {{"rows", "{{tasks.a.values.rows}}"}};
  bundle::TextMap seen;
  FakeExecutor executor([&](const TaskAttempt& attempt, const std::stop_token&) {
    if (attempt.label == "b") seen = attempt.task.sql_task->parameters;
    return TaskResult{.values = {{"rows", 42}}};
  });
  std::string log;
  const Result<RunRecord> run = RunJob(job,
                                       {.parameters = {{"day", "sunday"}},
                                        .on_event =
                                            [&](const RunEvent& event) {
                                              if (event.kind == RunEvent::Kind::kLog)
                                                log += event.text;
                                            }},
                                       executor);
  ASSERT_TRUE(run) << run.error().ToString();
  EXPECT_EQ(run->outcome, Outcome::kSuccess);
  EXPECT_EQ(seen, (bundle::TextMap{{"day", "sunday"}, {"rows", "42"}}));
  EXPECT_EQ(log, "running a\nrunning b\n");
  EXPECT_EQ(run->tasks[0].attempts[0].log, "running a\n");
}

TEST(RunJobTest, RunsIndependentTasksInParallel) {
  Job job{.key = "j"};
  for (const char* key : {"a", "b", "c"}) job.tasks.push_back(SqlTask(key));
  std::mutex mutex;
  std::condition_variable all_here;
  int here = 0;
  // Ends only when all three run at the same time.
  FakeExecutor executor([&](const TaskAttempt&, const std::stop_token&) {
    std::unique_lock lock(mutex);
    ++here;
    all_here.notify_all();
    const bool met = all_here.wait_for(lock, std::chrono::seconds(120), [&] { return here == 3; });
    return met ? TaskResult::Success() : TaskResult::Failure(Internal("alone"));
  });
  EXPECT_EQ(RunJob(job, {}, executor)->outcome, Outcome::kSuccess);
}

TEST(RunJobTest, CancelsWhatRuns) {
  Job job{.key = "j"};
  job.tasks = {SqlTask("a"), SqlTask("b", {"a"})};
  std::stop_source cancel;
  FakeExecutor executor([&](const TaskAttempt&, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    cancel.request_stop();
    stopped.wait(lock, stop, [] { return false; });
    return TaskResult::Failure(Cancelled("stopped"));
  });
  const Result<RunRecord> run = RunJob(job, {.stop = cancel.get_token()}, executor);
  EXPECT_EQ(run->outcome, Outcome::kCanceled);
  EXPECT_EQ(run->tasks[0].outcome, Outcome::kCanceled);
  EXPECT_EQ(run->tasks[1].outcome, Outcome::kCanceled);
  EXPECT_TRUE(run->tasks[1].attempts.empty());
}

TEST(RunJobTest, RunsOtherJobsAndConditions) {
  Job child{.key = "child"};
  child.parameters = {{.name = {"n", {}}, .default_value = "0"}};
  child.tasks = {SqlTask("inner")};
  Job job{.key = "parent"};
  Task call = SqlTask("call");
  call.sql_task.reset();
  call.kind = TaskKind::kRunJob;
  call.run_job_task = bundle::RunJobTask{.job_id = {"child", {}}, .job_parameters = {{"n", "3"}}};
  Task check = SqlTask("check", {"call"});
  check.sql_task.reset();
  check.kind = TaskKind::kCondition;
  check.condition_task =
      bundle::ConditionTask{.left = "{{tasks.call.result_state}}", .right = "success"};
  Task after = SqlTask("never");
  after.depends_on = {{.task_key = {"check", {}}, .outcome = "false"}};
  job.tasks = {call, check, after};
  std::vector<std::string> ran;
  FakeExecutor executor([&](const TaskAttempt& attempt, const std::stop_token&) {
    ran.push_back(attempt.label + "=" + attempt.task.sql_task->parameters.at("n"));
    return TaskResult::Success();
  });
  const Result<RunRecord> run = RunJob(
      job, {.find_job = [&](const std::string& key) { return key == "child" ? &child : nullptr; }},
      executor);
  EXPECT_EQ(run->outcome, Outcome::kSuccess);
  EXPECT_EQ(run->tasks[2].outcome, Outcome::kExcluded);
  EXPECT_THAT(ran, testing::ElementsAre("inner=3"));
}

TEST(RunJobTest, FailsATaskWhoseReferenceHasNoValue) {
  Job job{.key = "j"};
  job.tasks = {SqlTask("a"), SqlTask("b", {"a"})};
  job.tasks[1].sql_task->parameters = {{"rows", "{{tasks.a.values.rows}}"}};
  FakeExecutor executor(
      [](const TaskAttempt&, const std::stop_token&) { return TaskResult::Success(); });
  const Result<RunRecord> run = RunJob(job, {}, executor);
  EXPECT_EQ(run->outcome, Outcome::kFailed);
  EXPECT_EQ(run->tasks[1].message, "{{tasks.a.values.rows}}: task 'a' set no value 'rows'");
}

TEST(RunJobTest, RefusesUnknownParameters) {
  Job job{.key = "j"};
  job.parameters = {{.name = {"date", {}}}};
  FakeExecutor executor(
      [](const TaskAttempt&, const std::stop_token&) { return TaskResult::Success(); });
  const Result<RunRecord> run = RunJob(job, {.parameters = {{"dat", "x"}}}, executor);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().message(), "job 'j' has no parameter 'dat'; did you mean 'date'?");
}

}  // namespace
}  // namespace lakesmith::jobs
