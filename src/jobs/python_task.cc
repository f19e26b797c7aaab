#include "jobs/python_task.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "jobs/subprocess.h"

namespace lakesmith::jobs {
namespace {

namespace fs = std::filesystem;

// A folder of one attempt for what its process writes; removed at the end.
class WorkFolder {
 public:
  static Result<WorkFolder> Make() {
    std::string name = (fs::temp_directory_path() / "lakesmith_python_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) return Internal("cannot make a folder like {}", name);
    return WorkFolder(name);
  }
  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  fs::path result_file() const { return path_ / "result.json"; }

 private:
  explicit WorkFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

std::string Interpreter(const ProcessHost& host) {
  const auto chosen = host.environment.find("LAKESMITH_PYTHON");
  if (chosen != host.environment.end() && !chosen->second.empty()) return chosen->second;
  const fs::path own = host.root / ".venv" / "bin" / "python";
  return fs::exists(own) ? own.string() : "python3";
}

SourceLocation PlaceOf(const bundle::Task& task) {
  if (task.notebook_task) return task.notebook_task->notebook_path.location;
  if (task.spark_python_task) return task.spark_python_task->python_file.location;
  return task.location;
}

std::vector<std::string> ArgumentsOf(const bundle::Task& task, const fs::path& root) {
  if (task.notebook_task)
    return {"notebook", (root / task.notebook_task->notebook_path.value).string()};
  std::vector<std::string> arguments;
  if (task.spark_python_task) {
    arguments = {"script", (root / task.spark_python_task->python_file.value).string()};
    const auto& own = task.spark_python_task->parameters;
    arguments.insert(arguments.end(), own.begin(), own.end());
    return arguments;
  }
  const bundle::PythonWheelTask& wheel = *task.python_wheel_task;
  arguments = {"wheel", wheel.package_name, wheel.entry_point};
  arguments.insert(arguments.end(), wheel.parameters.begin(), wheel.parameters.end());
  for (const auto& [name, value] : wheel.named_parameters) {
    arguments.push_back(fmt::format("--{}={}", name, value));
  }
  return arguments;
}

Subprocess Prepare(const TaskAttempt& attempt, const ProcessHost& host, const WorkFolder& folder) {
  const Json parameters = attempt.task.notebook_task
                              ? Json(attempt.task.notebook_task->base_parameters)
                              : Json(attempt.job_parameters);
  const auto path = host.environment.find("PYTHONPATH");
  const std::string inherited = path == host.environment.end() ? "" : ":" + path->second;
  Subprocess subprocess{.arguments = {Interpreter(host), "-u", "-m", "lakesmith_runtime"},
                        .folder = host.folder.empty() ? host.root : host.folder};
  for (std::string& argument : ArgumentsOf(attempt.task, host.root)) {
    subprocess.arguments.push_back(std::move(argument));
  }
  subprocess.environment = TaskEnvironment(
      host, attempt,
      {{"LAKESMITH_RESULT_FILE", folder.result_file().string()},
       {"LAKESMITH_PARAMETERS", JsonText(parameters)},
       {"LAKESMITH_TASK_VALUES", JsonText(attempt.upstream_values)},
       {"PYTHONPATH", host.python_folder.string() + ":" + host.root.string() + inherited},
       {"PYTHONDONTWRITEBYTECODE", "1"}});
  if (!attempt.packages.empty())
    subprocess.environment["LAKESMITH_PACKAGES"] = JsonText(attempt.packages);
  return subprocess;
}

Json ReadResult(const WorkFolder& folder) {
  std::ifstream stream(folder.result_file());
  std::ostringstream text;
  text << stream.rdbuf();
  const Result<Json> result = ParseJson(text.str());
  return result && result->is_object() ? *result : Json::object();
}

// The exception that ended the task, at its place in the user's file.
Error ErrorOf(const Json& result, int exit_code, const TaskAttempt& attempt, const fs::path& root) {
  if (!result.contains("error")) {
    return Unavailable("the Python process ended with exit code {}", exit_code)
        .At(PlaceOf(attempt.task));
  }
  const Json& error = result["error"];
  const std::string prefix = root.string() + "/";
  std::string message = error["message"].get<std::string>();
  for (size_t at = message.find(prefix); at != std::string::npos; at = message.find(prefix, at))
    message.erase(at, prefix.size());
  if (!error["file"].is_string()) return Unavailable("{}", message).At(PlaceOf(attempt.task));
  SourceLocation place{.file = error["file"].get<std::string>(), .line = error["line"].get<int>()};
  if (place.file.starts_with(prefix)) place.file.erase(0, prefix.size());
  return Unavailable("{}", message).At(std::move(place));
}

// Whether a SQL notebook has magic lines that are more than remarks.
bool HasOtherCells(std::string_view text) {
  constexpr std::string_view kMagic = "-- MAGIC %";
  for (size_t at = text.find(kMagic); at != std::string_view::npos; at = text.find(kMagic, at)) {
    const bool begins_line = at == 0 || text[at - 1] == '\n';
    at += kMagic.size();
    if (begins_line && !text.substr(at).starts_with("md") && !text.substr(at).starts_with("html"))
      return true;
  }
  return false;
}

}  // namespace

bool IsPythonTask(const bundle::Task& task, std::string_view sql_text) {
  if (task.kind == bundle::TaskKind::kNotebook) {
    return !task.notebook_task->notebook_path.value.ends_with(".sql") || HasOtherCells(sql_text);
  }
  return task.kind == bundle::TaskKind::kSparkPython || task.kind == bundle::TaskKind::kPythonWheel;
}

TaskResult RunPythonTask(const TaskAttempt& attempt, const ProcessHost& host,
                         const std::stop_token& stop,
                         const std::function<void(std::string_view)>& on_log) {
  Result<WorkFolder> folder = WorkFolder::Make();
  if (!folder) return TaskResult::Failure(std::move(folder).error());
  Result<SubprocessEnd> end = RunSubprocess(Prepare(attempt, host, *folder), stop, on_log);
  if (!end) return TaskResult::Failure(std::move(end).error().At(PlaceOf(attempt.task)));
  const Json answer = ReadResult(*folder);
  TaskResult result;
  result.log = end->output;
  if (answer.contains("values")) result.values = answer["values"];
  if (answer.contains("exit")) result.output["notebook_output"] = {{"result", answer["exit"]}};
  if (end->stopped) {
    result.outcome = Outcome::kCanceled;
    result.error = Cancelled("the Python process was stopped").At(PlaceOf(attempt.task));
  } else if (end->exit_code != 0) {
    result.outcome = Outcome::kFailed;
    result.error = ErrorOf(answer, end->exit_code, attempt, host.root);
  }
  return result;
}

}  // namespace lakesmith::jobs
