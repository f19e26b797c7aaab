#include "bundle/resources.h"

#include <algorithm>

#include "base/check.h"

namespace lakesmith::bundle {

std::string_view TaskKindName(TaskKind kind) {
  switch (kind) {
    case TaskKind::kNone:
      return "no task";
    case TaskKind::kNotebook:
      return "notebook_task";
    case TaskKind::kSql:
      return "sql_task";
    case TaskKind::kSparkPython:
      return "spark_python_task";
    case TaskKind::kPythonWheel:
      return "python_wheel_task";
    case TaskKind::kPipeline:
      return "pipeline_task";
    case TaskKind::kRunJob:
      return "run_job_task";
    case TaskKind::kCondition:
      return "condition_task";
    case TaskKind::kForEach:
      return "for_each_task";
    case TaskKind::kDbt:
      return "dbt_task";
    case TaskKind::kShell:
      return "shell_task";
    case TaskKind::kUnsupported:
      return "unsupported task";
  }
  CHECK(!"a valid task kind");
}

const Task* Job::FindTask(std::string_view task_key) const {
  const auto found = std::ranges::find_if(
      tasks, [&](const Task& task) { return task.task_key.value == task_key; });
  return found == tasks.end() ? nullptr : &*found;
}

}  // namespace lakesmith::bundle
