#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Typed tasks of a job. See resources.h.
namespace lakesmith::bundle {

using TextMap = std::map<std::string, std::string>;

// A text with the place where it was written. Paths in it are relative to the bundle root, whatever
// file they were written in.
struct LocatedText {
  std::string value;
  SourceLocation location;

  bool empty() const { return value.empty(); }
};

struct HealthRule {
  std::string metric;
  std::string op;
  int64_t value = 0;
};

struct Health {
  std::vector<HealthRule> rules;
};

struct EmailNotifications {
  std::vector<std::string> on_start;
  std::vector<std::string> on_success;
  std::vector<std::string> on_failure;
  std::vector<std::string> on_duration_warning_threshold_exceeded;
  std::vector<std::string> on_streaming_backlog_exceeded;
  bool no_alert_for_skipped_runs = false;
};

struct WebhookReference {
  std::string id;
};

struct WebhookNotifications {
  std::vector<WebhookReference> on_start;
  std::vector<WebhookReference> on_success;
  std::vector<WebhookReference> on_failure;
  std::vector<WebhookReference> on_duration_warning_threshold_exceeded;
  std::vector<WebhookReference> on_streaming_backlog_exceeded;
};

struct NotificationSettings {
  bool no_alert_for_skipped_runs = false;
  bool no_alert_for_canceled_runs = false;
  bool alert_on_last_attempt = false;
};

struct RetryBackoff {
  double multiplier = 2;
  std::optional<int64_t> max_millis;
  double jitter = 0;  // Share of the wait drawn at random, 0 to 1.
};

// When a task starts, given how its dependencies ended.
enum class RunIf {
  kAllSuccess,
  kAtLeastOneSuccess,
  kNoneFailed,
  kAllDone,
  kAtLeastOneFailed,
  kAllFailed,
};

struct Dependency {
  LocatedText task_key;
  std::string outcome;  // "true", "false", or "" for any.
};

struct NotebookTask {
  LocatedText notebook_path;
  TextMap base_parameters;
  std::string source;  // "WORKSPACE", "GIT" or "".
};

struct SqlFile {
  LocatedText path;
};

struct SqlQuery {
  std::string query_id;
  LocatedText query;  // Text of the statement itself: ours alone.
};

struct SqlTask {
  std::optional<SqlFile> file;
  std::optional<SqlQuery> query;
  TextMap parameters;
};

struct SparkPythonTask {
  LocatedText python_file;
  std::vector<std::string> parameters;
};

struct PythonWheelTask {
  std::string package_name;
  std::string entry_point;
  std::vector<std::string> parameters;
  TextMap named_parameters;
};

struct PipelineTask {
  LocatedText pipeline_id;  // Key of the pipeline in the bundle, from ${resources.pipelines.x.id}.
  bool full_refresh = false;
  std::vector<std::string> full_refresh_selection;
  std::vector<std::string> refresh_selection;
  std::vector<std::string> refresh_flow_selection;
  std::vector<std::string> reset_checkpoint_selection;
  TextMap parameters;
};

struct RunJobTask {
  LocatedText job_id;  // Key of the job in the bundle, from ${resources.jobs.x.id}.
  TextMap job_parameters;
};

enum class ConditionOp {
  kEqualTo,
  kNotEqual,
  kGreaterThan,
  kGreaterThanOrEqual,
  kLessThan,
  kLessThanOrEqual,
};

struct ConditionTask {
  ConditionOp op = ConditionOp::kEqualTo;
  std::string left;
  std::string right;
};

struct PypiLibrary {
  LocatedText package;  // As pip takes it: "pandas==2.2.0".
  std::string repo;     // Address of another index, or "".
};

// Something that a Python task wants installed: one of them. Others, such as jars, mean nothing
// here.
struct TaskLibrary {
  std::optional<PypiLibrary> pypi;
  LocatedText whl;           // A path or pattern.
  LocatedText requirements;  // A file.
};

struct EnvironmentSpec {
  std::vector<LocatedText> dependencies;  // As lines of a requirements file.
};

// Packages that several Python tasks of a job share.
struct JobEnvironment {
  LocatedText environment_key;
  EnvironmentSpec spec;
};

struct Task;

struct ForEachTask {
  LocatedText inputs;  // A JSON array, or a {{reference}} to one.
  int64_t concurrency = 1;
  std::shared_ptr<Task> task;  // Never null after a load without errors.
};

struct DbtTask {
  std::vector<std::string> commands;
  LocatedText project_directory;
  LocatedText profiles_directory;
  std::string catalog;
  std::string schema = "default";
};

// Ours: a command line run by /bin/sh in the bundle's root, with `lakesmith` on PATH.
struct ShellTask {
  LocatedText command;
  TextMap env;
};

enum class TaskKind {
  kNone,  // No task field was given: an error that Load reports.
  kNotebook,
  kSql,
  kSparkPython,
  kPythonWheel,
  kPipeline,
  kRunJob,
  kCondition,
  kForEach,
  kDbt,
  kShell,
  kUnsupported,  // E.g. a dashboard: excluded when unsupported tasks are allowed.
};
// The key of the task field, e.g. "notebook_task".
std::string_view TaskKindName(TaskKind kind);

struct Task {
  SourceLocation location;
  LocatedText task_key;
  std::string description;
  std::vector<Dependency> depends_on;
  RunIf run_if = RunIf::kAllSuccess;
  bool disabled = false;
  int64_t max_retries = 0;  // -1: without limit.
  int64_t min_retry_interval_millis = 0;
  bool retry_on_timeout = false;
  std::optional<RetryBackoff> retry_backoff;
  std::string retry_on;         // "all": permanent failures are retried too.
  int64_t timeout_seconds = 0;  // 0: none.
  std::optional<Health> health;
  EmailNotifications email_notifications;
  WebhookNotifications webhook_notifications;
  NotificationSettings notification_settings;
  LocatedText environment_key;
  std::vector<TaskLibrary> libraries;

  TaskKind kind = TaskKind::kNone;
  std::optional<NotebookTask> notebook_task;
  std::optional<SqlTask> sql_task;
  std::optional<SparkPythonTask> spark_python_task;
  std::optional<PythonWheelTask> python_wheel_task;
  std::optional<PipelineTask> pipeline_task;
  std::optional<RunJobTask> run_job_task;
  std::optional<ConditionTask> condition_task;
  std::optional<ForEachTask> for_each_task;
  std::optional<DbtTask> dbt_task;
  std::optional<ShellTask> shell_task;
};

}  // namespace lakesmith::bundle
