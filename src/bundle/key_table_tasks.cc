#include "bundle/decode.h"
#include "bundle/key_table.h"

// Keys of tasks. Source: compatibility notes, section 5.
namespace lakesmith::bundle {
namespace {

// Task kinds of services that one machine does not have.
void AddUnsupportedTasks(std::vector<Field>& fields) {
  for (const char* name :
       {"alert_task", "dashboard_task", "power_bi_task", "clean_rooms_notebook_task",
        "ai_runtime_task", "gen_ai_compute_task", "dbt_cloud_task", "dbt_platform_task",
        "python_operator_task", "spark_jar_task", "spark_submit_task"}) {
    fields.push_back(Unbound<AnyValue>(name, "Not supported here.").Unsupported());
  }
}

void AddComputeKeys(std::vector<Field>& fields) {
  for (const char* name : {"existing_cluster_id", "new_cluster", "job_cluster_key", "compute",
                           "compute_key", "disable_auto_optimization"}) {
    fields.push_back(Unbound<AnyValue>(name, "Compute of a workspace: without effect.").Ignored());
  }
}

}  // namespace

template <>
std::vector<Field> FieldsOf<Task>() {
  std::vector<Field> fields = {
      Key<&Task::task_key>("task_key", "Name of the task, unique in its job.")
          .Required()
          .KeyCharacters(),
      Key<&Task::description>("description", "Shown in lists."),
      Key<&Task::depends_on>("depends_on", "Tasks that must have ended before this one."),
      Key<&Task::run_if>("run_if", "Which ends of its dependencies let it start."),
      Key<&Task::disabled>("disabled", "A disabled task is left out of runs."),
      Key<&Task::max_retries>("max_retries", "Attempts after the first; -1 is without limit.")
          .AtLeast(-1),
      Key<&Task::min_retry_interval_millis>("min_retry_interval_millis",
                                            "Least time between starts of attempts.")
          .AtLeast(0),
      Key<&Task::retry_on_timeout>("retry_on_timeout", "Whether an attempt timed out is retried."),
      Key<&Task::retry_backoff>("retry_backoff", "Growing waits between attempts (Lakesmith)."),
      Key<&Task::retry_on>("retry_on", "'all' retries permanent failures too (Lakesmith).")
          .OneOf({"all", "transient"}),
      Key<&Task::timeout_seconds>("timeout_seconds", "Limit of each attempt; 0 is none.")
          .AtLeast(0),
      Key<&Task::health>("health", "Rules that warn."),
      Key<&Task::email_notifications>("email_notifications", "Who gets mail, by event."),
      Key<&Task::webhook_notifications>("webhook_notifications", "Who is called, by event."),
      Key<&Task::notification_settings>("notification_settings", "What is not told."),
      Key<&Task::environment_key>("environment_key", "Environment of a Python task."),
      Key<&Task::libraries>("libraries", "Python packages of the task."),
      Key<&Task::notebook_task>("notebook_task", "Runs a notebook."),
      Key<&Task::sql_task>("sql_task", "Runs SQL statements."),
      Key<&Task::spark_python_task>("spark_python_task", "Runs a Python file."),
      Key<&Task::python_wheel_task>("python_wheel_task", "Runs an entry point of a package."),
      Key<&Task::pipeline_task>("pipeline_task", "Updates a pipeline."),
      Key<&Task::run_job_task>("run_job_task", "Runs another job and waits for it."),
      Key<&Task::condition_task>("condition_task", "Compares two values."),
      Key<&Task::for_each_task>("for_each_task", "Runs a task for each element of a list."),
      Key<&Task::dbt_task>("dbt_task", "Runs dbt commands."),
      Key<&Task::shell_task>("shell_task", "Runs a command line (Lakesmith)."),
  };
  AddUnsupportedTasks(fields);
  AddComputeKeys(fields);
  return fields;
}

template <>
std::vector<Field> FieldsOf<Dependency>() {
  return {Key<&Dependency::task_key>("task_key", "Task that must have ended.").Required(),
          Key<&Dependency::outcome>("outcome", "Outcome wanted of a condition task.")
              .OneOf({"true", "false"})};
}

template <>
std::vector<Field> FieldsOf<RetryBackoff>() {
  return {Key<&RetryBackoff::multiplier>("multiplier", "Growth of the wait with each attempt."),
          Key<&RetryBackoff::max_millis>("max_millis", "Longest wait.").AtLeast(0),
          Key<&RetryBackoff::jitter>("jitter", "Share of the wait drawn at random, 0 to 1.")};
}

template <>
std::vector<Field> FieldsOf<TaskLibrary>() {
  std::vector<Field> fields = {
      Key<&TaskLibrary::pypi>("pypi", "A package of an index."),
      Key<&TaskLibrary::whl>("whl", "A wheel, or a pattern.").Path(PathKind::kAny),
      Key<&TaskLibrary::requirements>("requirements", "A requirements file.")
          .Path(PathKind::kFile)};
  for (const char* name : {"jar", "maven", "cran", "egg"}) {
    fields.push_back(Unbound<AnyValue>(name, "Not for Python: without effect.").Ignored());
  }
  return fields;
}

template <>
std::vector<Field> FieldsOf<PypiLibrary>() {
  return {Key<&PypiLibrary::package>("package", "As pip takes it.").Required(),
          Key<&PypiLibrary::repo>("repo", "Address of another index.")};
}

template <>
std::vector<Field> FieldsOf<JobEnvironment>() {
  return {Key<&JobEnvironment::environment_key>("environment_key", "What tasks name.")
              .Required()
              .KeyCharacters(),
          Key<&JobEnvironment::spec>("spec", "What it holds.")};
}

template <>
std::vector<Field> FieldsOf<EnvironmentSpec>() {
  std::vector<Field> fields = {Key<&EnvironmentSpec::dependencies>(
      "dependencies", "Packages, wheels, '-r' with a file: lines as pip takes them.")};
  for (const char* name :
       {"client", "environment_version", "base_environment", "java_dependencies"})
    fields.push_back(Unbound<AnyValue>(name, "Without effect here.").Ignored());
  return fields;
}

template <>
std::vector<Field> FieldsOf<NotebookTask>() {
  return {
      Key<&NotebookTask::notebook_path>("notebook_path", "A .py, .sql or .ipynb file.")
          .Required()
          .Path(PathKind::kNotebook),
      Key<&NotebookTask::base_parameters>("base_parameters", "Values of widgets."),
      Key<&NotebookTask::source>("source", "Where the notebook is.").OneOf({"WORKSPACE", "GIT"}),
      Unbound<std::string>("warehouse_id", "Without effect here.").Ignored()};
}

template <>
std::vector<Field> FieldsOf<SqlTask>() {
  return {Key<&SqlTask::file>("file", "A file of statements."),
          Key<&SqlTask::query>("query", "One query."),
          Key<&SqlTask::parameters>("parameters", "Values of :name markers."),
          Unbound<AnyValue>("alert", "Not supported here.").Unsupported(),
          Unbound<AnyValue>("dashboard", "Not supported here.").Unsupported(),
          Unbound<std::string>("warehouse_id", "Without effect here.").Ignored()};
}

template <>
std::vector<Field> FieldsOf<SqlFile>() {
  return {Key<&SqlFile::path>("path", "The file.").Required().Path(PathKind::kFile),
          Unbound<std::string>("source", "Where the file is.").OneOf({"WORKSPACE", "GIT"})};
}

template <>
std::vector<Field> FieldsOf<SqlQuery>() {
  return {Key<&SqlQuery::query_id>("query_id", "A saved query of a workspace."),
          Key<&SqlQuery::query>("query", "The statements themselves (Lakesmith).")};
}

template <>
std::vector<Field> FieldsOf<SparkPythonTask>() {
  return {Key<&SparkPythonTask::python_file>("python_file", "The file.")
              .Required()
              .Path(PathKind::kFile),
          Key<&SparkPythonTask::parameters>("parameters", "Command line arguments."),
          Unbound<std::string>("source", "Where the file is.").OneOf({"WORKSPACE", "GIT"})};
}

template <>
std::vector<Field> FieldsOf<PythonWheelTask>() {
  return {Key<&PythonWheelTask::package_name>("package_name", "The package.").Required(),
          Key<&PythonWheelTask::entry_point>("entry_point", "Its entry point.").Required(),
          Key<&PythonWheelTask::parameters>("parameters", "Command line arguments."),
          Key<&PythonWheelTask::named_parameters>("named_parameters", "Given as --name=value.")};
}

template <>
std::vector<Field> FieldsOf<PipelineTask>() {
  return {
      Key<&PipelineTask::pipeline_id>("pipeline_id", "Usually ${resources.pipelines.<key>.id}.")
          .Required(),
      Key<&PipelineTask::full_refresh>("full_refresh", "Rebuild every dataset from nothing."),
      Key<&PipelineTask::full_refresh_selection>("full_refresh_selection", "Datasets to rebuild."),
      Key<&PipelineTask::refresh_selection>("refresh_selection", "Datasets to refresh."),
      Key<&PipelineTask::refresh_flow_selection>("refresh_flow_selection", "Flows to refresh."),
      Key<&PipelineTask::reset_checkpoint_selection>("reset_checkpoint_selection",
                                                     "Flows to read from the start again."),
      Key<&PipelineTask::parameters>("parameters", "Values of ${name} in the pipeline.")};
}

template <>
std::vector<Field> FieldsOf<RunJobTask>() {
  return {Key<&RunJobTask::job_id>("job_id", "Usually ${resources.jobs.<key>.id}.").Required(),
          Key<&RunJobTask::job_parameters>("job_parameters", "Parameters of that job."),
          Unbound<AnyValue>("pipeline_params", "Without effect here.").Ignored()};
}

template <>
std::vector<Field> FieldsOf<ConditionTask>() {
  return {Key<&ConditionTask::op>("op", "The comparison.").Required(),
          Key<&ConditionTask::left>("left", "Left operand.").Required(),
          Key<&ConditionTask::right>("right", "Right operand.").Required()};
}

template <>
std::vector<Field> FieldsOf<ForEachTask>() {
  return {
      Key<&ForEachTask::inputs>("inputs", "A JSON array, or a {{reference}} to one.").Required(),
      Key<&ForEachTask::concurrency>("concurrency", "Iterations at a time.").Between(1, 100),
      Key<&ForEachTask::task>("task", "The task to repeat.").Required()};
}

template <>
std::vector<Field> FieldsOf<DbtTask>() {
  return {Key<&DbtTask::commands>("commands", "Each starts with 'dbt'.").Required(),
          Key<&DbtTask::project_directory>("project_directory", "Folder of the project.")
              .Path(PathKind::kAny),
          Key<&DbtTask::profiles_directory>("profiles_directory", "Folder of profiles.yml.")
              .Path(PathKind::kAny),
          Key<&DbtTask::catalog>("catalog", "Catalog to write to."),
          Key<&DbtTask::schema>("schema", "Schema to write to."),
          Unbound<std::string>("source", "Where the project is.").OneOf({"WORKSPACE", "GIT"}),
          Unbound<std::string>("warehouse_id", "Without effect here.").Ignored()};
}

template <>
std::vector<Field> FieldsOf<ShellTask>() {
  return {
      Key<&ShellTask::command>("command", "Run by /bin/sh in the root of the bundle.").Required(),
      Key<&ShellTask::env>("env", "Environment variables added.")};
}

}  // namespace lakesmith::bundle
