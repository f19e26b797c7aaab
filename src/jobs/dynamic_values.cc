#include "jobs/dynamic_values.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>

#include "base/nearest.h"
#include "bundle/dynamic_reference.h"

namespace lakesmith::jobs {
namespace {

using Path = std::vector<std::string>;
using bundle::DynamicReferenceText;

std::string JsonAsText(const Json& value) {
  return value.is_string() ? value.get<std::string>() : JsonText(value);
}

Error Unknown(const Path& path, size_t step, const std::vector<std::string>& known) {
  const std::string nearest = step < path.size() ? Nearest(path[step], known) : "";
  std::string hint = nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest);
  return Invalid("{} is unknown{}", DynamicReferenceText(path), hint);
}

// {{job.trigger.file_arrival.location}}, {{job.trigger.table_update.updated_tables}}, and of each
// table, whose name may have dots, `version` and `commit_timestamp`.
Result<std::string> TriggerValue(const Path& path, const ReferenceScope& scope) {
  const Json details = scope.trigger_details == nullptr ? Json::object() : *scope.trigger_details;
  const auto missing = [&](const char* kind) {
    return Invalid("{} has a value only in runs that a {} trigger started",
                   DynamicReferenceText(path), kind);
  };
  if (path[2] == "file_arrival") {
    if (path.size() != 4 || path[3] != "location") return Unknown(path, 3, {"location"});
    if (!details.contains("location")) return missing("file_arrival");
    return details["location"].get<std::string>();
  }
  if (path.size() == 4 && path[3] == "updated_tables")
    return JsonText(details.value("updated_tables", Json::array()));
  if (path.size() < 5) return Unknown(path, 3, {"updated_tables"});
  std::string table = path[3];
  for (size_t i = 4; i + 1 < path.size(); ++i) table += "." + path[i];
  const Json tables = details.value("tables", Json::object());
  if (!tables.contains(table)) return missing("table_update");
  if (!tables[table].contains(path.back()))
    return Unknown(path, path.size() - 1, {"version", "commit_timestamp"});
  return JsonAsText(tables[table][path.back()]);
}

Result<std::string> JobValue(const Path& path, const ReferenceScope& scope) {
  const RunRecord& run = *scope.run;
  if (path.size() == 2 && path[1] == "id") return run.job_key;
  if (path.size() == 2 && path[1] == "name") return run.run_name;
  if (path.size() == 2 && path[1] == "run_id") return std::to_string(run.run_id);
  if (path.size() == 2 && path[1] == "repair_count") return std::to_string(run.repair_count);
  if (path.size() == 3 && path[1] == "parameters") {
    const auto found = run.parameters.find(path[2]);
    if (found != run.parameters.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [name, value] : run.parameters) names.push_back(name);
    return Unknown(path, 2, names);
  }
  if (path.size() == 3 && path[1] == "start_time") return TimePart(run.start_time, path[2]);
  if (path.size() == 3 && path[1] == "trigger" && path[2] == "type") return run.trigger_type;
  if (path.size() == 4 && path[1] == "trigger" && path[2] == "time") {
    return TimePart(scope.trigger_time, path[3]);
  }
  if (path.size() > 3 && (path[2] == "file_arrival" || path[2] == "table_update"))
    return TriggerValue(path, scope);
  return Unknown(path, 1,
                 {"id", "name", "run_id", "repair_count", "parameters", "start_time", "trigger"});
}

std::string NotebookPath(const bundle::Task& task) {
  return task.notebook_task ? task.notebook_task->notebook_path.value : "";
}

Result<std::string> OwnTaskValue(const Path& path, const ReferenceScope& scope) {
  const bool has_attempt = !scope.task->attempts.empty();
  const std::string& name = path.size() == 2 ? path[1] : "";
  if (name == "name") return scope.task->task_key;
  if (name == "run_id") {
    return std::to_string(has_attempt ? scope.task->attempts.back().run_id : 0);
  }
  if (name == "execution_count") return std::to_string(scope.task->attempts.size());
  if (name == "notebook_path") return NotebookPath(*scope.settings);
  return Unknown(path, 1, {"name", "run_id", "execution_count", "notebook_path"});
}

// The output of a SQL task as references see it: rows are objects, and there is a first one.
Json OutputForReferences(Json output) {
  if (!output.is_object() || !output.contains("columns") || !output.contains("rows")) return output;
  Json rows = Json::array();
  for (const Json& values : output["rows"]) {
    Json row = Json::object();
    for (size_t i = 0; i < values.size(); ++i)
      row[output["columns"][i]["name"].get<std::string>()] = values[i];
    rows.push_back(std::move(row));
  }
  if (!rows.empty()) output["first_row"] = rows.front();
  output["rows"] = std::move(rows);
  return output;
}

Result<std::string> OutputValue(const Path& path, const TaskRecord& task) {
  const Json output =
      OutputForReferences(task.attempts.empty() ? Json::object() : task.attempts.back().output);
  const Json* value = &output;
  for (size_t i = 3; i < path.size(); ++i) {
    if (!value->is_object() || !value->contains(path[i])) {
      return Invalid("{}: the output of task '{}' has no '{}'", DynamicReferenceText(path),
                     task.task_key, path[i]);
    }
    value = &(*value)[path[i]];
  }
  return JsonAsText(*value);
}

// {{tasks.a.values.b}}
Result<std::string> ValueSet(const Path& path, const TaskRecord& task) {
  if (task.values.contains(path[3])) return JsonAsText(task.values[path[3]]);
  std::vector<std::string> names;
  for (const auto& [key, value] : task.values.items()) names.push_back(key);
  const std::string nearest = Nearest(path[3], names);
  return Invalid("{}: task '{}' set no value '{}'{}", DynamicReferenceText(path), path[1], path[3],
                 nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest));
}

Result<std::string> OtherTaskValue(const Path& path, const ReferenceScope& scope) {
  std::vector<std::string> keys;
  for (const TaskRecord& task : scope.run->tasks) keys.push_back(task.task_key);
  const auto found = std::ranges::find(keys, path.size() > 1 ? path[1] : "");
  if (found == keys.end()) return Unknown(path, 1, keys);
  const TaskRecord& task = scope.run->tasks[static_cast<size_t>(found - keys.begin())];
  if (!task.outcome) {
    return Invalid("{}: task '{}' has not ended; depend on it", DynamicReferenceText(path),
                   path[1]);
  }
  const std::string& name = path.size() > 2 ? path[2] : "";
  if (name == "values" && path.size() == 4) return ValueSet(path, task);
  if (name == "output" && path.size() > 3) return OutputValue(path, task);
  if (path.size() == 3 && name == "result_state") return std::string(ReferenceName(*task.outcome));
  if (path.size() == 3 && name == "execution_count") return std::to_string(task.attempts.size());
  if (path.size() == 3 && name == "error_code") {
    return std::string(IsGood(*task.outcome) ? "" : OutcomeName(*task.outcome));
  }
  if (path.size() == 3 && name == "run_id") {
    return std::to_string(task.attempts.empty() ? 0 : task.attempts.back().run_id);
  }
  return Unknown(path, 2,
                 {"values", "output", "result_state", "error_code", "run_id", "execution_count"});
}

Result<std::string> InputValue(const Path& path, const ReferenceScope& scope) {
  if (scope.input == nullptr) {
    return Invalid("{} has a value inside a for_each_task only", DynamicReferenceText(path));
  }
  const Json* value = scope.input;
  for (size_t i = 1; i < path.size(); ++i) {
    if (!value->is_object() || !value->contains(path[i])) {
      return Invalid("{}: the element {} has no '{}'", DynamicReferenceText(path),
                     JsonText(*scope.input), path[i]);
    }
    value = &(*value)[path[i]];
  }
  return JsonAsText(*value);
}

// Old spellings, of one step.
Result<std::string> OldValue(const Path& path, const ReferenceScope& scope) {
  const std::string& name = path[0];
  const bool has_attempt = !scope.task->attempts.empty();
  if (name == "job_id") return scope.run->job_key;
  if (name == "run_id") {
    return std::to_string(has_attempt ? scope.task->attempts.back().run_id : 0);
  }
  if (name == "parent_run_id") return std::to_string(scope.run->run_id);
  if (name == "start_date") return TimePart(scope.run->start_time, "iso_date");
  if (name == "start_time") return std::to_string(scope.run->start_time);
  if (name == "task_key") return scope.task->task_key;
  return std::to_string(has_attempt ? scope.task->attempts.size() - 1 : 0);
}

Result<std::string> ValueOf(const Path& path, const ReferenceScope& scope) {
  if (path[0] == "job") return JobValue(path, scope);
  if (path[0] == "task") return OwnTaskValue(path, scope);
  if (path[0] == "tasks") return OtherTaskValue(path, scope);
  if (path[0] == "input") return InputValue(path, scope);
  if (path[0] == "backfill" && path.size() == 2) return TimePart(scope.trigger_time, path[1]);
  if (path[0] == "workspace" && path.size() == 2) {
    if (path[1] == "id") return std::string("0");
    if (path[1] == "url") return scope.workspace_url;
  }
  if (path.size() == 1) return OldValue(path, scope);
  return Unknown(path, 1, {"id", "url"});
}

// Expands the texts of a task in place, each with the place it was written at.
class TaskExpander {
 public:
  explicit TaskExpander(const ReferenceScope& scope) : scope_(scope) {}

  Status Text(std::string& text) {
    text = TRY(ExpandReferences(text, scope_));
    return {};
  }
  Status Text(bundle::LocatedText& text) {
    Result<std::string> expanded = ExpandReferences(text.value, scope_);
    if (!expanded) return std::move(expanded).error().At(text.location);
    text.value = *std::move(expanded);
    return {};
  }
  Status Texts(std::vector<std::string>& texts) {
    for (std::string& text : texts) TRY(Text(text));
    return {};
  }
  Status Texts(bundle::TextMap& texts) {
    for (auto& [name, text] : texts) TRY(Text(text));
    return {};
  }

 private:
  const ReferenceScope& scope_;
};

Status ExpandSql(bundle::SqlTask& sql, TaskExpander& expander) {
  if (sql.file) TRY(expander.Text(sql.file->path));
  if (sql.query) TRY(expander.Text(sql.query->query));
  return expander.Texts(sql.parameters);
}

Status ExpandPipeline(bundle::PipelineTask& pipeline, TaskExpander& expander) {
  TRY(expander.Text(pipeline.pipeline_id));
  TRY(expander.Texts(pipeline.full_refresh_selection));
  TRY(expander.Texts(pipeline.refresh_selection));
  return expander.Texts(pipeline.parameters);
}

Status ExpandWheel(bundle::PythonWheelTask& wheel, TaskExpander& expander) {
  TRY(expander.Texts(wheel.parameters));
  return expander.Texts(wheel.named_parameters);
}

Status ExpandCondition(bundle::ConditionTask& condition, TaskExpander& expander) {
  TRY(expander.Text(condition.left));
  return expander.Text(condition.right);
}

Status ExpandShell(bundle::ShellTask& shell, TaskExpander& expander) {
  TRY(expander.Text(shell.command));
  return expander.Texts(shell.env);
}

Result<double> ReadNumber(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end) {
    return Invalid("'{}' is no number, so it cannot be compared as one", text);
  }
  return number;
}

}  // namespace

Result<std::string> ExpandReferences(std::string_view text, const ReferenceScope& scope) {
  std::string expanded;
  size_t position = 0;
  for (const bundle::DynamicReference& reference : bundle::FindDynamicReferences(text)) {
    const std::string value = TRY(ValueOf(reference.path, scope));
    expanded += std::string(text.substr(position, reference.begin - position)) + value;
    position = reference.begin + reference.size;
  }
  return expanded + std::string(text.substr(position));
}

Result<bundle::Task> ExpandTask(const bundle::Task& task, const ReferenceScope& scope) {
  bundle::Task copy = task;
  TaskExpander expander(scope);
  if (copy.notebook_task) {
    TRY(expander.Text(copy.notebook_task->notebook_path));
    TRY(expander.Texts(copy.notebook_task->base_parameters));
  }
  if (copy.sql_task) TRY(ExpandSql(*copy.sql_task, expander));
  if (copy.spark_python_task) {
    TRY(expander.Text(copy.spark_python_task->python_file));
    TRY(expander.Texts(copy.spark_python_task->parameters));
  }
  if (copy.python_wheel_task) TRY(ExpandWheel(*copy.python_wheel_task, expander));
  if (copy.pipeline_task) TRY(ExpandPipeline(*copy.pipeline_task, expander));
  if (copy.run_job_task) TRY(expander.Texts(copy.run_job_task->job_parameters));
  if (copy.condition_task) TRY(ExpandCondition(*copy.condition_task, expander));
  if (copy.dbt_task) TRY(expander.Texts(copy.dbt_task->commands));
  if (copy.shell_task) TRY(ExpandShell(*copy.shell_task, expander));
  return copy;
}

void PushDownParameters(const std::map<std::string, std::string>& job_parameters,
                        bundle::Task& task) {
  const auto push = [&](bundle::TextMap& own) {
    for (const auto& [name, value] : job_parameters) own[name] = value;
  };
  if (task.notebook_task) push(task.notebook_task->base_parameters);
  if (task.sql_task) push(task.sql_task->parameters);
  if (task.pipeline_task) push(task.pipeline_task->parameters);
  if (task.python_wheel_task && task.python_wheel_task->parameters.empty()) {
    push(task.python_wheel_task->named_parameters);
  }
}

Result<std::vector<Json>> ExpandInputs(const bundle::ForEachTask& loop,
                                       const ReferenceScope& scope) {
  const std::string text = TRY(ExpandReferences(loop.inputs.value, scope));
  const Result<Json> array = ParseJson(text);
  if (!array || !array->is_array()) {
    return Invalid("the inputs of a for_each_task must be a JSON array, this is '{}'",
                   text.substr(0, 200))
        .At(loop.inputs.location);
  }
  return std::vector<Json>(array->begin(), array->end());
}

Result<std::string> EvaluateCondition(const bundle::ConditionTask& condition) {
  using bundle::ConditionOp;
  const auto text = [](bool value) { return std::string(value ? "true" : "false"); };
  if (condition.op == ConditionOp::kEqualTo) return text(condition.left == condition.right);
  if (condition.op == ConditionOp::kNotEqual) return text(condition.left != condition.right);
  const double left = TRY(ReadNumber(condition.left));
  const double right = TRY(ReadNumber(condition.right));
  if (condition.op == ConditionOp::kGreaterThan) return text(left > right);
  if (condition.op == ConditionOp::kGreaterThanOrEqual) return text(left >= right);
  if (condition.op == ConditionOp::kLessThan) return text(left < right);
  return text(left <= right);
}

Result<std::string> TimePart(Millis time, const std::string& part) {
  using std::chrono::days;
  using std::chrono::floor;
  using std::chrono::milliseconds;
  const std::chrono::sys_time<milliseconds> instant{milliseconds(time)};
  const auto day = floor<days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(floor<std::chrono::seconds>(instant - day));
  const auto weekday = std::chrono::weekday(day).iso_encoding();
  const auto year = static_cast<int>(date.year());
  const auto month = static_cast<unsigned>(date.month());
  const auto day_of_month = static_cast<unsigned>(date.day());
  std::string iso_date = fmt::format("{:04}-{:02}-{:02}", year, month, day_of_month);
  if (part == "iso_date") return iso_date;
  if (part == "iso_datetime") {
    return fmt::format("{}T{:02}:{:02}:{:02}", iso_date, clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
  }
  if (part == "year") return std::to_string(year);
  if (part == "month") return std::to_string(month);
  if (part == "day") return std::to_string(day_of_month);
  if (part == "hour") return std::to_string(clock.hours().count());
  if (part == "minute") return std::to_string(clock.minutes().count());
  if (part == "second") return std::to_string(clock.seconds().count());
  if (part == "timestamp_ms") return std::to_string(time);
  if (part == "iso_weekday") return std::to_string(weekday);
  if (part == "is_weekday") return std::string(weekday <= 5 ? "true" : "false");
  const std::string nearest = Nearest(part, bundle::TimeParts());
  return Invalid("'{}' is no part of a time{}", part,
                 nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest));
}

}  // namespace lakesmith::jobs
