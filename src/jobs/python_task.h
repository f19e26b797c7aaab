#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "jobs/shell_task.h"
#include "jobs/task_executor.h"

namespace lakesmith::jobs {

// Whether RunPythonTask runs the task: Python files and wheels, and notebooks. A .sql notebook is
// one only when `sql_text`, its content, has cells of other languages or runs other notebooks.
bool IsPythonTask(const bundle::Task& task, std::string_view sql_text = "");

// Runs the Python of a task in a process of its own, with `dbutils`, in the project's environment:
// LAKESMITH_PYTHON, else .venv/bin/python of the bundle, else python3 on PATH. Task values and the
// text of dbutils.notebook.exit come back in the result; an exception is a failure with its place
// in the user's file.
TaskResult RunPythonTask(const TaskAttempt& attempt, const ProcessHost& host,
                         const std::stop_token& stop,
                         const std::function<void(std::string_view)>& on_log);

}  // namespace lakesmith::jobs
