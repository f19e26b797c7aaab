#include "jobs/run_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jobs/run_machine_test_internal.h"

namespace lakesmith::jobs {
namespace {

using testing::ElementsAre;

TEST(RunMachineTest, RunsIndependentTasksAtOnce) {
  Job job;
  job.tasks = {MakeTask("a"), MakeTask("b", {"a"}), MakeTask("c", {"a"}),
               MakeTask("d", {"b", "c"})};
  Simulation simulation(job, {{"c", {{.duration = 3000}}}});
  const RunRecord run = simulation.Run();
  EXPECT_EQ(run.outcome, Outcome::kSuccess);
  EXPECT_THAT(simulation.log, ElementsAre("0: a", "1: b", "1: c", "4: d"));
  EXPECT_EQ(run.end_time, 5000);
}

TEST(RunMachineTest, LimitsTasksAtOnce) {
  Job job;
  for (const char* key : {"a", "b", "c", "d", "e"}) job.tasks.push_back(MakeTask(key));
  Simulation simulation(job, {}, {.max_parallel_tasks = 2});
  EXPECT_EQ(simulation.Run().end_time, 3000);
  EXPECT_EQ(simulation.most_at_once, 2);
}

TEST(RunMachineTest, RetriesNoEarlierThanTheIntervalAfterTheStart) {
  Job job;
  job.tasks = {MakeTask("a")};
  job.tasks[0].max_retries = 2;
  job.tasks[0].min_retry_interval_millis = 5000;
  Simulation simulation(job, {{"a",
                               {{.duration = 1000, .outcome = Outcome::kFailed},
                                {.duration = 9000, .outcome = Outcome::kFailed},
                                {}}}});
  const RunRecord run = simulation.Run();
  EXPECT_THAT(simulation.log, ElementsAre("0: a", "5: a", "14: a"));
  EXPECT_EQ(run.outcome, Outcome::kSuccess);
  EXPECT_EQ(run.tasks[0].attempts.size(), 3);
  EXPECT_EQ(run.tasks[0].attempts[1].outcome, Outcome::kFailed);
}

TEST(RunMachineTest, DoesNotRetryWhatCannotSucceed) {
  Job job;
  job.tasks = {MakeTask("a")};
  job.tasks[0].max_retries = -1;
  const Scripts scripts = {{"a", {{.outcome = Outcome::kFailed, .permanent = true}, {}}}};
  EXPECT_EQ(Simulation(job, scripts).Run().outcome, Outcome::kFailed);
  job.tasks[0].retry_on = "all";
  EXPECT_EQ(Simulation(job, scripts).Run().outcome, Outcome::kSuccess);
}

TEST(RunMachineTest, GrowsTheWaitUpToItsLimit) {
  Job job;
  job.tasks = {MakeTask("a")};
  job.tasks[0].max_retries = 3;
  job.tasks[0].min_retry_interval_millis = 2000;
  job.tasks[0].retry_backoff = bundle::RetryBackoff{.multiplier = 3, .max_millis = 7000};
  Simulation simulation(job, {{"a", {{.duration = 1, .outcome = Outcome::kFailed}}}});
  simulation.Run();
  EXPECT_THAT(simulation.log, ElementsAre("0: a", "2: a", "8: a", "15: a"));
}

TEST(RunMachineTest, StopsAnAttemptAtItsTimeout) {
  Job job;
  job.tasks = {MakeTask("a"), MakeTask("b", {"a"})};
  job.tasks[0].timeout_seconds = 4;
  job.tasks[0].max_retries = 1;
  const Scripts scripts = {{"a", {{.duration = 60'000}, {.duration = 1000}}}};
  const RunRecord run = Simulation(job, scripts).Run();
  EXPECT_THAT(Outcomes(run),
              ElementsAre(testing::Pair("a", "TIMEDOUT"), testing::Pair("b", "UPSTREAM_FAILED")));
  job.tasks[0].retry_on_timeout = true;
  Simulation again(job, scripts);
  EXPECT_EQ(again.Run().outcome, Outcome::kSuccess);
  EXPECT_THAT(again.log, ElementsAre("0: a", "4: stop a", "4: a", "5: b"));
}

TEST(RunMachineTest, FollowsTheOutcomeOfACondition) {
  Job job;
  job.tasks = {MakeTask("check"), MakeTask("no"), MakeTask("after_no", {"no"}), MakeTask("yes"),
               MakeTask("end", {"yes", "no"})};
  job.tasks[0].kind = TaskKind::kCondition;
  job.tasks[1].depends_on = {{.task_key = {"check", {}}, .outcome = "false"}};
  job.tasks[3].depends_on = {{.task_key = {"check", {}}, .outcome = "true"}};
  const RunRecord run = Simulation(job, {{"check", {{.condition = "true"}}}}).Run();
  EXPECT_THAT(Outcomes(run),
              ElementsAre(testing::Pair("after_no", "EXCLUDED"), testing::Pair("check", "SUCCESS"),
                          testing::Pair("end", "SUCCESS"), testing::Pair("no", "EXCLUDED"),
                          testing::Pair("yes", "SUCCESS")));
  EXPECT_EQ(run.outcome, Outcome::kSuccess);
}

TEST(RunMachineTest, RepeatsATaskForEachElement) {
  Job job;
  job.tasks = {MakeTask("loop"), MakeTask("after", {"loop"})};
  job.tasks[0].kind = TaskKind::kForEach;
  job.tasks[0].for_each_task = bundle::ForEachTask{.concurrency = 2};
  job.tasks[0].for_each_task->task = std::make_shared<Task>(MakeTask("one"));
  job.tasks[0].for_each_task->task->max_retries = 1;
  Simulation simulation(job, {{"one[1]", {{.outcome = Outcome::kFailed}, {}}}});
  simulation.loop_size = 4;
  const RunRecord run = simulation.Run();
  EXPECT_EQ(run.outcome, Outcome::kSuccess);
  EXPECT_EQ(simulation.most_at_once, 2);
  EXPECT_EQ(run.tasks[0].iterations.size(), 4);
  EXPECT_EQ(run.tasks[0].iterations[1].attempts.size(), 2);

  Simulation failing(job, {{"one[2]", {{.outcome = Outcome::kFailed}}}});
  failing.loop_size = 4;
  const RunRecord failed = failing.Run();
  EXPECT_EQ(failed.tasks[0].message, "1 of 4 iterations failed");
  EXPECT_EQ(failed.tasks[1].outcome, Outcome::kUpstreamFailed);
  EXPECT_EQ(Simulation(job, {}).Run().outcome, Outcome::kSuccess);  // No elements.
}

TEST(RunMachineTest, StopsALoopAtItsTimeout) {
  Job job;
  job.tasks = {MakeTask("loop")};
  job.tasks[0].kind = TaskKind::kForEach;
  job.tasks[0].timeout_seconds = 5;
  job.tasks[0].for_each_task = bundle::ForEachTask{.concurrency = 1};
  job.tasks[0].for_each_task->task = std::make_shared<Task>(MakeTask("one"));
  Simulation simulation(job,
                        {{"one[0]", {{.duration = 3000}}}, {"one[1]", {{.duration = 60'000}}}});
  simulation.loop_size = 3;
  const RunRecord run = simulation.Run();
  EXPECT_EQ(run.tasks[0].outcome, Outcome::kTimedOut);
  EXPECT_EQ(run.tasks[0].iterations[0].outcome, Outcome::kSuccess);
  EXPECT_EQ(run.tasks[0].iterations[2].outcome, Outcome::kCanceled);
  EXPECT_EQ(run.end_time, 5000);
}

TEST(RunMachineTest, SelectsTasksByName) {
  Job job;
  job.tasks = {MakeTask("a"), MakeTask("b", {"a"}), MakeTask("c", {"b"}), MakeTask("d", {"c"})};
  const auto started = [&](const std::string& only) {
    Simulation simulation(job, {}, {.only = only});
    simulation.Run();
    return simulation.log;
  };
  EXPECT_THAT(started("c"), ElementsAre("0: c"));
  EXPECT_THAT(started("+b"), ElementsAre("0: a", "1: b"));
  EXPECT_THAT(started("c+,a"), ElementsAre("0: a", "0: c", "1: d"));
  // A failure is one of the run, whatever would come after it.
  EXPECT_EQ(Simulation(job, {{"b", {{.outcome = Outcome::kFailed}}}}, {.only = "+b"}).Run().outcome,
            Outcome::kFailed);
  const Result<RunMachine> wrong = RunMachine::Make(job, {.only = "+bb"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message(), "job '' has no task 'bb'; did you mean 'b'?");
}

TEST(RunMachineTest, WarnsOnceOfALongTask) {
  Job job;
  job.tasks = {MakeTask("a")};
  job.tasks[0].health.emplace();
  job.tasks[0].health->rules = {
      {.metric = "RUN_DURATION_SECONDS", .op = "GREATER_THAN", .value = 7}};
  Simulation simulation(job, {{"a", {{.duration = 20'000}}}});
  EXPECT_EQ(simulation.Run().outcome, Outcome::kSuccess);
  EXPECT_THAT(simulation.log,
              ElementsAre("0: a", "7: task 'a' has been running for more than 7 s"));
}

}  // namespace
}  // namespace lakesmith::jobs
