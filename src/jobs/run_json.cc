#include "jobs/run_json.h"

#include <array>

#include "base/check.h"

namespace lakesmith::jobs {
namespace {

constexpr std::array kLifeCycles = {
    LifeCycle::kQueued,     LifeCycle::kPending,         LifeCycle::kBlocked,
    LifeCycle::kRunning,    LifeCycle::kWaitingForRetry, LifeCycle::kTerminating,
    LifeCycle::kTerminated, LifeCycle::kSkipped,         LifeCycle::kInternalError};
constexpr std::array kOutcomes = {
    Outcome::kSuccess,          Outcome::kSuccessWithFailures,
    Outcome::kFailed,           Outcome::kTimedOut,
    Outcome::kCanceled,         Outcome::kExcluded,
    Outcome::kDisabled,         Outcome::kUpstreamFailed,
    Outcome::kUpstreamCanceled, Outcome::kMaximumConcurrentRunsReached};

Json StateJson(LifeCycle life_cycle, const std::optional<Outcome>& outcome,
               const std::string& message) {
  Json state = {{"life_cycle_state", LifeCycleName(life_cycle)}};
  if (outcome) state["result_state"] = OutcomeName(*outcome);
  state["state_message"] = message;
  return state;
}

void AddTimes(Json& json, Millis start, Millis end) {
  json["start_time"] = start;
  json["end_time"] = end;
  json["setup_duration"] = 0;
  json["execution_duration"] = end > 0 ? end - start : 0;
  json["cleanup_duration"] = 0;
}

Json AttemptJson(const AttemptRecord& attempt) {
  Json json = {{"run_id", attempt.run_id}, {"attempt_number", attempt.attempt_number}};
  json["state"] = StateJson(attempt.life_cycle, attempt.outcome, attempt.error);
  AddTimes(json, attempt.start_time, attempt.end_time);
  json["output"] = attempt.output;
  return json;
}

Json TaskJson(const TaskRecord& task) {
  const bool started = !task.attempts.empty();
  Json json = {{"task_key", task.task_key},
               {"run_id", started ? task.attempts.back().run_id : 0},
               {"attempt_number", started ? task.attempts.back().attempt_number : 0}};
  if (task.iteration) json["iteration"] = *task.iteration;
  json["depends_on"] = Json::array();
  for (const std::string& key : task.depends_on) json["depends_on"].push_back({{"task_key", key}});
  json["state"] = StateJson(task.life_cycle, task.outcome, task.message);
  AddTimes(json, task.start_time, task.end_time);
  if (!task.condition.empty()) json["condition_task"] = {{"outcome", task.condition}};
  json["values"] = task.values;
  json["output"] = started ? task.attempts.back().output : Json::object();
  json["attempts"] = Json::array();
  for (const AttemptRecord& attempt : task.attempts)
    json["attempts"].push_back(AttemptJson(attempt));
  if (!task.iterations.empty()) {
    json["iterations"] = Json::array();
    for (const TaskRecord& one : task.iterations) json["iterations"].push_back(TaskJson(one));
  }
  return json;
}

template <typename Names, typename NameOf>
auto FindNamed(const Names& values, NameOf name_of, const std::string& name)
    -> std::optional<typename Names::value_type> {
  for (const auto value : values) {
    if (name_of(value) == name) return value;
  }
  return std::nullopt;
}

void ReadState(const Json& json, LifeCycle& life_cycle, std::optional<Outcome>& outcome,
               std::string& message) {
  const Json& state = json.at("state");
  life_cycle =
      FindNamed(kLifeCycles, LifeCycleName, state.at("life_cycle_state").get<std::string>())
          .value_or(LifeCycle::kInternalError);
  if (state.contains("result_state")) {
    outcome = FindNamed(kOutcomes, OutcomeName, state["result_state"].get<std::string>());
  }
  message = state.value("state_message", "");
}

AttemptRecord ReadAttempt(const Json& json) {
  AttemptRecord attempt;
  attempt.run_id = json.at("run_id").get<int64_t>();
  attempt.attempt_number = json.at("attempt_number").get<int>();
  attempt.start_time = json.at("start_time").get<Millis>();
  attempt.end_time = json.at("end_time").get<Millis>();
  attempt.output = json.at("output");
  ReadState(json, attempt.life_cycle, attempt.outcome, attempt.error);
  return attempt;
}

TaskRecord ReadTask(const Json& json) {
  TaskRecord task;
  task.task_key = json.at("task_key").get<std::string>();
  if (json.contains("iteration")) task.iteration = json["iteration"].get<int>();
  for (const Json& before : json.at("depends_on")) {
    task.depends_on.push_back(before.at("task_key").get<std::string>());
  }
  ReadState(json, task.life_cycle, task.outcome, task.message);
  task.start_time = json.at("start_time").get<Millis>();
  task.end_time = json.at("end_time").get<Millis>();
  if (json.contains("condition_task")) {
    task.condition = json["condition_task"].at("outcome").get<std::string>();
  }
  task.values = json.at("values");
  for (const Json& attempt : json.at("attempts")) task.attempts.push_back(ReadAttempt(attempt));
  if (json.contains("iterations")) {
    for (const Json& one : json["iterations"]) task.iterations.push_back(ReadTask(one));
  }
  return task;
}

// What the Jobs API calls the history of a repaired run: its first end, and each repair.
Json RepairHistory(const RunRecord& run) {
  Json history = Json::array();
  const auto add = [&](Millis start, Millis end, Json state) {
    history.push_back({{"type", history.empty() ? "ORIGINAL" : "REPAIR"},
                       {"id", history.size()},
                       {"start_time", start},
                       {"end_time", end},
                       {"state", std::move(state)}});
  };
  for (const EarlierEnd& end : run.earlier_ends) {
    add(end.start_time, end.end_time, StateJson(end.life_cycle, end.outcome, end.message));
  }
  add(run.start_time, run.end_time, StateJson(run.life_cycle, run.outcome, run.message));
  return history;
}

EarlierEnd ReadEarlierEnd(const Json& json) {
  EarlierEnd end{.start_time = json.at("start_time").get<Millis>(),
                 .end_time = json.at("end_time").get<Millis>()};
  ReadState(json, end.life_cycle, end.outcome, end.message);
  return end;
}

RunRecord ReadRun(const Json& json) {
  RunRecord run;
  run.run_id = json.at("run_id").get<int64_t>();
  run.job_key = json.at("job_id").get<std::string>();
  run.run_name = json.at("run_name").get<std::string>();
  run.trigger_type = json.at("trigger").get<std::string>();
  run.start_time = json.at("start_time").get<Millis>();
  run.end_time = json.at("end_time").get<Millis>();
  run.repair_count = json.at("repair_count").get<int>();
  ReadState(json, run.life_cycle, run.outcome, run.message);
  for (const Json& parameter : json.at("job_parameters")) {
    run.parameters[parameter.at("name").get<std::string>()] =
        parameter.at("value").get<std::string>();
  }
  for (const Json& task : json.at("tasks")) run.tasks.push_back(ReadTask(task));
  const Json history = json.value("repair_history", Json::array());
  for (size_t i = 0; i + 1 < history.size(); ++i)
    run.earlier_ends.push_back(ReadEarlierEnd(history[i]));
  return run;
}

}  // namespace

Json RunJson(const RunRecord& run) {
  Json json = {{"run_id", run.run_id}, {"job_id", run.job_key}, {"run_name", run.run_name}};
  AddTimes(json, run.start_time, run.end_time);
  json["state"] = StateJson(run.life_cycle, run.outcome, run.message);
  json["trigger"] = run.trigger_type;
  json["repair_count"] = run.repair_count;
  if (!run.earlier_ends.empty()) json["repair_history"] = RepairHistory(run);
  json["job_parameters"] = Json::array();
  for (const auto& [name, value] : run.parameters) {
    json["job_parameters"].push_back({{"name", name}, {"value", value}});
  }
  json["tasks"] = Json::array();
  for (const TaskRecord& task : run.tasks) json["tasks"].push_back(TaskJson(task));
  return json;
}

Result<RunRecord> RunFromJson(const Json& json) {
  try {
    return ReadRun(json);
  } catch (const Json::exception& exception) {
    return Corrupt("this is no record of a run: {}", exception.what());
  }
}

}  // namespace lakesmith::jobs
