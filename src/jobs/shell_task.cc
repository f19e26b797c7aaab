#include "jobs/shell_task.h"

#include "base/check.h"
#include "jobs/subprocess.h"

namespace lakesmith::jobs {
namespace {

// The end of a text, for messages: its last line that is not blank.
std::string LastLine(std::string_view output) {
  const size_t end = output.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return "";
  const std::string_view text = output.substr(0, end + 1);
  const size_t begin = text.find_last_of('\n');
  return std::string(begin == std::string_view::npos ? text : text.substr(begin + 1));
}

}  // namespace

std::map<std::string, std::string> TaskEnvironment(
    const ProcessHost& host, const TaskAttempt& attempt,
    const std::map<std::string, std::string>& added) {
  std::map<std::string, std::string> environment = host.environment;
  if (!host.program_folder.empty()) {
    const std::string path = environment.contains("PATH") ? environment["PATH"] : "/usr/bin:/bin";
    environment["PATH"] = host.program_folder.string() + ":" + path;
    environment["LAKESMITH_PROGRAM"] = (host.program_folder / "lakesmith").string();
  }
  environment["LAKESMITH_JOB"] = attempt.job_key;
  environment["LAKESMITH_RUN_ID"] = std::to_string(attempt.run_id);
  environment["LAKESMITH_TASK_KEY"] = attempt.task.task_key.value;
  environment["LAKESMITH_TASK_RUN_ID"] = std::to_string(attempt.task_run_id);
  for (const auto& [name, value] : added) environment[name] = value;
  return environment;
}

Json TaskValuesOf(std::string_view output) {
  constexpr std::string_view kPrefix = "::task-value ";
  Json values = Json::object();
  while (!output.empty()) {
    const size_t newline = output.find('\n');
    std::string_view line = output.substr(0, newline);
    output = newline == std::string_view::npos ? "" : output.substr(newline + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const size_t equals = line.find('=');
    if (!line.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    const std::string name(line.substr(kPrefix.size(), equals - kPrefix.size()));
    const std::string_view text = line.substr(equals + 1);
    const Result<Json> value = ParseJson(text);
    values[name] = value ? *value : Json(std::string(text));
  }
  return values;
}

TaskResult RunShellTask(const TaskAttempt& attempt, const ProcessHost& host,
                        const std::stop_token& stop,
                        const std::function<void(std::string_view)>& on_log) {
  CHECK(attempt.task.shell_task.has_value());
  const bundle::ShellTask& shell = *attempt.task.shell_task;
  const Subprocess subprocess{.arguments = {"/bin/sh", "-c", shell.command.value},
                              .folder = host.folder.empty() ? host.root : host.folder,
                              .environment = TaskEnvironment(host, attempt, shell.env)};
  Result<SubprocessEnd> end = RunSubprocess(subprocess, stop, on_log);
  if (!end) return TaskResult::Failure(std::move(end).error().At(shell.command.location));
  TaskResult result;
  result.values = TaskValuesOf(end->output);
  result.log = end->output;
  if (end->stopped) {
    result.outcome = Outcome::kCanceled;
    result.error = Cancelled("the command was stopped").At(shell.command.location);
  } else if (end->exit_code != 0) {
    const std::string last = LastLine(end->output);
    result.outcome = Outcome::kFailed;
    result.error = Unavailable("the command ended with exit code {}{}{}", end->exit_code,
                               last.empty() ? "" : ": ", last)
                       .At(shell.command.location);
  }
  return result;
}

}  // namespace lakesmith::jobs
