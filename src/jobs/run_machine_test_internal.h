#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "jobs/run_json.h"
#include "jobs/run_machine.h"

namespace lakesmith::jobs {

using bundle::Job;
using bundle::RunIf;
using bundle::Task;
using bundle::TaskKind;

// What an attempt will do when nobody stops it.
struct Script {
  Millis duration = 1000;
  Outcome outcome = Outcome::kSuccess;
  bool permanent = false;
  std::string condition;
};
using Scripts = std::map<std::string, std::vector<Script>>;  // By label: one for each attempt.

inline Task MakeTask(const std::string& key, std::vector<std::string> after = {}) {
  Task task;
  task.task_key.value = key;
  task.kind = TaskKind::kShell;
  task.shell_task.emplace();
  for (std::string& before : after)
    task.depends_on.push_back({.task_key = {std::move(before), {}}});
  return task;
}

// Runs a machine by a clock of its own. Attempts end as scripted; a stopped one ends at once.
class Simulation {
 public:
  Simulation(const Job& job, Scripts scripts, RunOptions options = {})
      : scripts_(std::move(scripts)), machine_([&] {
          Result<RunMachine> made = RunMachine::Make(job, options);
          EXPECT_TRUE(made) << made.error().ToString();
          return *std::move(made);
        }()) {}

  RunRecord Run(std::optional<Millis> cancel_at = std::nullopt) {
    machine_.Start(now_);
    Settle();
    while (!machine_.done()) {
      Step(cancel_at);
      Settle();
    }
    EXPECT_TRUE(pending_.empty()) << "an attempt still runs after the end";
    return machine_.record();
  }

  std::vector<std::string> log;  // Starts and stops with their times in seconds.
  int most_at_once = 0;

 private:
  struct Pending {
    Millis end = 0;
    TaskResult result;
  };

  void Step(std::optional<Millis>& cancel_at) {
    auto next = pending_.end();
    for (auto it = pending_.begin(); it != pending_.end(); ++it) {
      if (next == pending_.end() || it->second.end < next->second.end) next = it;
    }
    Millis when = next == pending_.end() ? INT64_MAX : next->second.end;
    const Millis due = std::max(machine_.next_due().value_or(INT64_MAX), now_);
    ASSERT_TRUE(when != INT64_MAX || due != INT64_MAX || cancel_at) << "the run is stuck";
    if (cancel_at && *cancel_at < std::min(when, due)) {
      now_ = *cancel_at;
      cancel_at.reset();
      return machine_.Cancel(now_);
    }
    if (when <= due) {
      now_ = when;
      const int64_t id = next->first;
      TaskResult result = next->second.result;
      pending_.erase(next);
      return machine_.FinishAttempt(id, std::move(result), now_);
    }
    now_ = due;
    machine_.Tick(now_);
  }

  void Settle() {
    for (std::vector<MachineAction> actions = machine_.TakeActions(); !actions.empty();
         actions = machine_.TakeActions()) {
      for (const MachineAction& action : actions) Do(action);
    }
    most_at_once = std::max(most_at_once, static_cast<int>(pending_.size()));
  }

  void Do(const MachineAction& action) {
    if (action.kind == MachineAction::Kind::kExpandInputs) {
      std::vector<Json> inputs(loop_size);
      for (size_t i = 0; i < inputs.size(); ++i) inputs[i] = i;
      return machine_.SetInputs(action.task, std::move(inputs), now_);
    }
    if (action.kind == MachineAction::Kind::kWarn) {
      log.push_back(fmt::format("{}: {}", now_ / 1000, action.text));
      return;
    }
    const TaskRecord& record = machine_.RecordOf(action.task, action.iteration);
    const std::string label =
        record.task_key + (action.iteration ? fmt::format("[{}]", *action.iteration) : "");
    if (action.kind == MachineAction::Kind::kStopAttempt) {
      log.push_back(fmt::format("{}: stop {}", now_ / 1000, label));
      pending_.at(action.task_run_id) = {now_, {.outcome = Outcome::kCanceled}};
      return;
    }
    log.push_back(fmt::format("{}: {}", now_ / 1000, label));
    const std::vector<Script>& scripts = scripts_[label];
    const size_t number = starts_[label]++;
    const Script script =
        scripts.empty() ? Script() : scripts[std::min(number, scripts.size() - 1)];
    TaskResult result{
        .outcome = script.outcome, .permanent = script.permanent, .condition = script.condition};
    pending_[action.task_run_id] = {now_ + script.duration, std::move(result)};
  }

 public:
  size_t loop_size = 0;

 private:
  Scripts scripts_;
  RunMachine machine_;
  Millis now_ = 0;
  std::map<int64_t, Pending> pending_;
  std::map<std::string, size_t> starts_;
};

inline std::map<std::string, std::string> Outcomes(const RunRecord& run) {
  std::map<std::string, std::string> outcomes;
  for (const TaskRecord& task : run.tasks) {
    outcomes[task.task_key] = task.outcome ? OutcomeName(*task.outcome) : "OPEN";
  }
  return outcomes;
}

}  // namespace lakesmith::jobs
