#include "jobs/shell_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include "bundle/bundle.h"
#include "jobs/subprocess.h"

namespace lakesmith::jobs {
namespace {

namespace fs = std::filesystem;

ProcessHost Host() {
  return {.root = fs::temp_directory_path(), .environment = bundle::ProcessEnvironment()};
}

TaskResult RunCommand(const std::string& command, std::stop_token stop = {},
                      std::map<std::string, std::string> environment = {}) {
  TaskAttempt attempt{.run_id = 5, .task_run_id = 9, .job_key = "job"};
  attempt.task.task_key.value = "task";
  attempt.task.shell_task.emplace();
  attempt.task.shell_task->command = {command, {.file = "a.yml", .line = 3, .column = 7}};
  attempt.task.shell_task->env = std::move(environment);
  return RunShellTask(attempt, Host(), stop, {});
}

TEST(ShellTaskTest, CapturesOutputInOrder) {
  const TaskResult result =
      RunCommand("echo one; echo two >&2; echo $LAKESMITH_RUN_ID $X", {}, {{"X", "y"}});
  EXPECT_EQ(result.outcome, Outcome::kSuccess);
  EXPECT_EQ(result.log, "one\ntwo\n5 y\n");
}

TEST(ShellTaskTest, TellsTheExitCodeAndTheLastLine) {
  const TaskResult result = RunCommand("echo working; echo no such file >&2; exit 3");
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_FALSE(result.permanent);
  EXPECT_EQ(result.error->ToString(),
            "a.yml:3:7: the command ended with exit code 3: no such file");
}

TEST(ShellTaskTest, ReadsTaskValues) {
  const TaskResult result =
      RunCommand("echo '::task-value rows=12'; echo '::task-value name=hello there'; echo rows=3");
  EXPECT_EQ(JsonText(result.values), R"({"rows":12,"name":"hello there"})");
}

// The number in a file, or 0 while there is none.
pid_t ReadNumber(const fs::path& file) {
  pid_t number = 0;
  std::ifstream(file) >> number;
  return number;
}

// One that has ended may stay as a zombie until somebody asks for its end.
bool IsAlive(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  const std::string stat((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const size_t name_end = stat.rfind(')');
  return name_end != std::string::npos && stat.substr(name_end + 2, 1) != "Z";
}

// Waits for what must come at some time; false when it does not.
bool Comes(const std::function<bool()>& holds) {
  for (int i = 0; i < 6000 && !holds(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return holds();
}

TEST(ShellTaskTest, StoppingReachesChildren) {
  const fs::path file = fs::temp_directory_path() / fmt::format("lakesmith_stop_{}", getpid());
  std::stop_source stop;
  std::jthread stopper([&] {
    Comes([&] { return ReadNumber(file) > 0; });
    stop.request_stop();
  });
  const TaskResult result = RunCommand(
      fmt::format("sleep 600 & echo $! > {0}.new && mv {0}.new {0}; sleep 600", file.string()),
      stop.get_token());
  EXPECT_EQ(result.outcome, Outcome::kCanceled);
  const pid_t child = ReadNumber(file);
  ASSERT_GT(child, 0);
  EXPECT_TRUE(Comes([child] { return !IsAlive(child); }));
  fs::remove(file);
}

TEST(SubprocessTest, GivesInputAndFindsPrograms) {
  const std::string text(300'000, 'x');
  const Result<SubprocessEnd> end = RunSubprocess(
      {.arguments = {"wc", "-c"}, .environment = bundle::ProcessEnvironment(), .input = text}, {},
      {});
  ASSERT_TRUE(end) << end.error().ToString();
  EXPECT_EQ(end->output, "300000\n");
  const Result<SubprocessEnd> missing = RunSubprocess(
      {.arguments = {"no-such-program"}, .environment = bundle::ProcessEnvironment()}, {}, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message(), "program 'no-such-program' is not on PATH");
}

TEST(SubprocessTest, KeepsTheEndOfALongOutput) {
  const Result<SubprocessEnd> end =
      RunSubprocess({.arguments = {"/bin/sh", "-c", "yes | head -c 5000000; echo end"},
                     .environment = bundle::ProcessEnvironment()},
                    {}, {});
  ASSERT_TRUE(end);
  EXPECT_EQ(end->output.size(), size_t{1} << 20);
  EXPECT_TRUE(end->output.ends_with("end\n"));
}

}  // namespace
}  // namespace lakesmith::jobs
