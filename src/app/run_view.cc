#include "app/run_view.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <ctime>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include "app/text_table.h"
#include "base/redaction.h"

namespace lakesmith::app {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMicrosOfMilli = 1000;
constexpr auto kFollowPoll = std::chrono::milliseconds(200);
constexpr const char* kGone = "the process that ran it is gone";

std::string LocalText(int64_t micros) {
  if (micros == 0) return "";
  const auto seconds = static_cast<std::time_t>(micros / 1'000'000);
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
  return text;
}

std::string TimeTaken(int64_t started, int64_t ended) {
  return ended > started && started > 0 ? DurationText(ended - started) : "";
}

// The state of a row, where it has no record or the record does not know the end.
Json RowState(const state::QueuedRun& run) {
  switch (run.state) {
    case state::RunState::kQueued:
      return {{"life_cycle_state", "QUEUED"}, {"state_message", ""}};
    case state::RunState::kRunning:
      return {{"life_cycle_state", "RUNNING"}, {"state_message", ""}};
    case state::RunState::kSkipped:
      return {{"life_cycle_state", "SKIPPED"},
              {"result_state", run.error == "MAXIMUM_CONCURRENT_RUNS_REACHED" ? run.error : ""},
              {"state_message", run.error}};
    case state::RunState::kInterrupted:
      return {{"life_cycle_state", "INTERNAL_ERROR"},
              {"result_state", "FAILED"},
              {"state_message", kGone}};
    default:
      break;
  }
  std::string result(state::RunStateName(run.state));
  if (run.state == state::RunState::kSucceeded) result = "SUCCESS";
  if (run.state == state::RunState::kTimedOut) result = "TIMEDOUT";
  return {
      {"life_cycle_state", "TERMINATED"}, {"result_state", result}, {"state_message", run.error}};
}

bool IsOver(const Json& state) { return state.contains("result_state"); }

// Marks what a dead process had under way.
void EndInterrupted(Json& tasks) {
  for (Json& task : tasks) {
    if (!IsOver(task["state"])) {
      const bool started = task["start_time"].get<int64_t>() > 0;
      task["state"] = {{"life_cycle_state", started ? "INTERNAL_ERROR" : "TERMINATED"},
                       {"result_state", started ? "FAILED" : "CANCELED"},
                       {"state_message", kGone}};
    }
    for (const char* inner : {"attempts", "iterations"}) {
      if (task.contains(inner)) EndInterrupted(task[inner]);
    }
  }
}

std::string StateText(const Json& state) {
  const std::string result = state.value("result_state", "");
  return result.empty() ? state.value("life_cycle_state", "") : result;
}

// Rows of a task's attempts, or of the task itself when it never started.
void AddTaskRows(const Json& task, std::vector<std::vector<std::string>>& rows) {
  std::string label = task["task_key"];
  if (task.contains("iteration")) label += fmt::format("[{}]", task["iteration"].get<int>());
  const auto add = [&](const std::string& attempt, const std::string& id, const Json& of) {
    const int64_t start = of["start_time"].get<int64_t>() * kMicrosOfMilli;
    const int64_t end = of["end_time"].get<int64_t>() * kMicrosOfMilli;
    const std::string message = of["state"].value("state_message", "");
    rows.push_back({label, attempt, id, StateText(of["state"]), LocalText(start),
                    TimeTaken(start, end), message.substr(0, message.find('\n'))});
  };
  if (task["attempts"].empty()) add("", "", task);
  for (const Json& attempt : task["attempts"]) {
    add(std::to_string(attempt["attempt_number"].get<int>()),
        std::to_string(attempt["run_id"].get<int64_t>()), attempt);
  }
  for (const Json& iteration : task.value("iterations", Json::array()))
    AddTaskRows(iteration, rows);
}

std::string ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string JsonLabel(const Json& task) {
  std::string label = task["task_key"];
  if (task.contains("iteration")) label += fmt::format("[{}]", task["iteration"].get<int>());
  return label;
}

Json AttemptOutput(const OpenProject& opened, const Json& run, const Json& task,
                   const Json& attempt) {
  Json output = {{"metadata", attempt}};
  output["metadata"].erase("output");
  output["metadata"]["task_key"] = task["task_key"];
  output["metadata"]["job_id"] = run["job_id"];
  const Json& given = attempt["output"];
  for (const auto& [name, value] : given.items()) output[name] = value;
  const std::string message = attempt["state"].value("state_message", "");
  if (!message.empty()) output["error"] = message;
  const std::string name =
      fmt::format("{}.{}.log", JsonLabel(task), attempt["attempt_number"].get<int>());
  output["logs"] = ReadWhole(opened.LogFolder(run["run_id"].get<int64_t>()) / name);
  return output;
}

void CollectOutputs(const OpenProject& opened, const Json& run, const Json& task,
                    std::vector<Json>& outputs) {
  for (const Json& attempt : task["attempts"])
    outputs.push_back(AttemptOutput(opened, run, task, attempt));
  for (const Json& iteration : task.value("iterations", Json::array()))
    CollectOutputs(opened, run, iteration, outputs);
}

// Prints what files of logs have got since the last time.
class LogPrinter {
 public:
  LogPrinter(fs::path folder, std::string task)
      : folder_(std::move(folder)), task_(std::move(task)) {}

  void PrintNew() {
    std::error_code missing;
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_, missing)) {
      if (entry.path().extension() == ".log" && entry.path().filename() != "worker.log")
        files.push_back(entry.path());
    }
    // Those written first come first.
    std::ranges::sort(files, {}, [](const fs::path& path) {
      std::error_code ignored;
      return std::pair(fs::last_write_time(path, ignored), path);
    });
    for (const fs::path& path : files) PrintFile(path);
    std::fflush(stdout);
  }
  void PrintRest() {
    PrintNew();
    for (auto& [name, part] : open_lines_) {
      if (!part.empty()) fmt::print("{}: {}\n", name, part);
    }
  }

 private:
  void PrintFile(const fs::path& path) {
    const std::string stem = path.stem().string();
    const std::string name = stem.substr(0, stem.rfind('.'));
    if (!task_.empty() && name != task_ && !name.starts_with(task_ + "[")) return;
    std::ifstream file(path, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offsets_[stem]));
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    offsets_[stem] += text.size();
    std::string& part = open_lines_[name];
    part += text;
    for (size_t end = part.find('\n'); end != std::string::npos; end = part.find('\n')) {
      fmt::print("{}: {}\n", name, part.substr(0, end));
      part.erase(0, end + 1);
    }
  }

  const fs::path folder_;
  const std::string task_;
  std::map<std::string, size_t> offsets_;
  std::map<std::string, std::string> open_lines_;  // What came without its line break.
};

}  // namespace

std::string TriggerWord(const std::string& trigger) {
  if (trigger == "manual" || trigger == "onetime") return "ONE_TIME";
  std::string word = trigger;
  for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return word;
}

void PrintJson(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

Json RunViewJson(const state::QueuedRun& run) {
  const int64_t created = run.created / kMicrosOfMilli;
  const int64_t ended = run.ended / kMicrosOfMilli;
  Json json = run.record;
  if (!json.is_object()) {
    json = {{"run_id", run.run_id},
            {"job_id", run.job_key},
            {"run_name", run.job_name},
            {"start_time", created},
            {"end_time", ended},
            {"setup_duration", 0},
            {"execution_duration", 0},
            {"cleanup_duration", 0},
            {"state", RowState(run)},
            {"repair_count", 0},
            {"job_parameters", Json::array()},
            {"tasks", Json::array()}};
  }
  json["target"] = run.target;
  json["trigger"] = TriggerWord(run.trigger);
  if (run.scheduled != 0) json["scheduled_time"] = run.scheduled / kMicrosOfMilli;
  const bool over = IsOver(json["state"]);
  if (run.state == state::RunState::kInterrupted) EndInterrupted(json["tasks"]);
  const bool stale = state::IsFinal(run.state) ? !over : true;
  if (stale || run.state == state::RunState::kInterrupted) {
    json["state"] = RowState(run);
    json["end_time"] = ended;
  }
  return json;
}

std::string RunViewText(const state::QueuedRun& run) {
  const Json json = RunViewJson(run);
  std::string text = fmt::format("run {} of job '{}' ({}): {}, started {}, took {}\n", run.run_id,
                                 run.job_key, run.target, state::RunStateName(run.state),
                                 LocalText(run.created), TimeTaken(run.created, run.ended));
  if (!run.error.empty()) text += run.error + "\n";
  std::vector<std::vector<std::string>> rows;
  for (const Json& task : json["tasks"]) AddTaskRows(task, rows);
  return text + TextTable({"task", "attempt", "task run", "state", "started", "took", "message"},
                          rows, Terminal::Out());
}

std::string RunListText(const std::vector<state::QueuedRun>& runs) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(runs.size());
  for (const state::QueuedRun& run : runs) {
    rows.push_back({std::to_string(run.run_id), run.job_key, run.target,
                    std::string(state::RunStateName(run.state)), run.trigger,
                    LocalText(run.created), TimeTaken(run.created, run.ended)});
  }
  return TextTable({"run", "job", "target", "state", "trigger", "started", "took"}, rows,
                   Terminal::Out());
}

Result<Json> RunOutputJson(const OpenProject& opened, const state::QueuedRun& run,
                           int64_t task_run_id) {
  const Json json = RunViewJson(run);
  std::vector<Json> outputs;
  for (const Json& task : json["tasks"]) CollectOutputs(opened, json, task, outputs);
  if (task_run_id != 0) {
    for (const Json& output : outputs) {
      if (output["metadata"]["run_id"] == task_run_id) return output;
    }
    return NotFound("run {} has no attempt {}", run.run_id, task_run_id);
  }
  if (outputs.size() == 1) return outputs.front();
  Json metadata = json;
  metadata.erase("tasks");
  Json result = {{"metadata", metadata}, {"outputs", outputs}};
  if (!run.error.empty()) result["error"] = run.error;
  return result;
}

Status PrintLogs(const OpenProject& opened, int64_t run_id, const std::string& task, bool follow) {
  LogPrinter printer(opened.LogFolder(run_id), task);
  while (follow) {
    TRY(opened.queue->MarkInterrupted());
    const state::QueuedRun run = TRY(opened.queue->Get(run_id));
    printer.PrintNew();
    if (state::IsFinal(run.state)) break;
    std::this_thread::sleep_for(kFollowPoll);
  }
  printer.PrintRest();
  return {};
}

}  // namespace lakesmith::app
