#include "jobs/python_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "bundle/bundle.h"

namespace lakesmith::jobs {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// A folder with Python files, removed at the end.
class PythonTaskTest : public testing::Test {
 protected:
  PythonTaskTest() {
    std::string name = (fs::temp_directory_path() / "lakesmith_test_XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~PythonTaskTest() override { fs::remove_all(root_); }

  void Write(const std::string& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }

  TaskResult RunNotebook(const std::string& path, bundle::TextMap parameters = {}) {
    TaskAttempt attempt{.upstream_values = {{"load", {{"rows", 12}}}}};
    attempt.task.kind = bundle::TaskKind::kNotebook;
    attempt.task.notebook_task =
        bundle::NotebookTask{.notebook_path = {path, {}}, .base_parameters = std::move(parameters)};
    return Run(attempt);
  }

  TaskResult Run(const TaskAttempt& attempt) {
    const ProcessHost host{
        .root = root_,
        .folder = {},
        .environment = bundle::ProcessEnvironment(),
        .program_folder = {},
        .python_folder = fs::path(LAKESMITH_SOURCE_DIR) / "src" / "jobs" / "python"};
    return RunPythonTask(attempt, host, {}, {});
  }

  fs::path root_;
};

TEST_F(PythonTaskTest, RunsCellsWithWidgetsValuesAndSiblings) {
  Write("nb/config.py", "SUFFIX = '!'\n");
  Write("nb/shared.py", "# Databricks notebook source\nfactor = 2\n");
  Write("nb/main.py", R"(# Databricks notebook source
# MAGIC %md
# MAGIC # A title
# COMMAND ----------
# MAGIC %run ./shared
# COMMAND ----------
from config import SUFFIX
dbutils.widgets.text("day", "monday")
rows = dbutils.jobs.taskValues.get("load", "rows")
print(dbutils.widgets.get("day") + SUFFIX, rows * factor)
dbutils.jobs.taskValues.set("total", rows * factor)
dbutils.notebook.exit("done")
# COMMAND ----------
raise RuntimeError("not reached")
)");
  const TaskResult result = RunNotebook("nb/main.py", {{"day", "sunday"}});
  EXPECT_EQ(result.outcome, Outcome::kSuccess) << result.log;
  EXPECT_EQ(result.log, "sunday! 24\n");
  EXPECT_EQ(JsonText(result.values), R"({"total":24})");
  EXPECT_EQ(result.output["notebook_output"]["result"], "done");
}

TEST_F(PythonTaskTest, TellsWhereAnExceptionCameFrom) {
  Write("nb/bad.py", "# Databricks notebook source\nx = 1\n# COMMAND ----------\n\nx / 0\n");
  const TaskResult result = RunNotebook("nb/bad.py");
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_EQ(result.error->ToString(), "nb/bad.py:5: ZeroDivisionError: division by zero");
}

TEST_F(PythonTaskTest, RunsJupyterNotebooks) {
  Write("nb/n.ipynb", R"json({"cells": [{"cell_type": "markdown", "source": ["# Title"]},
    {"cell_type": "code", "source": ["x = 3\n", "print(x)"]},
    {"cell_type": "code", "source": ["print(x + dbutils.nope)"]}]
})json");
  const TaskResult result = RunNotebook("nb/n.ipynb");
  EXPECT_THAT(result.log, HasSubstr("3\n"));
  EXPECT_THAT(result.error->ToString(), HasSubstr("nb/n.ipynb[cell 3]:1: AttributeError"));
}

TEST_F(PythonTaskTest, TellsThatThereIsNoSparkYet) {
  Write("nb/s.py", "# Databricks notebook source\ndf = spark.read.parquet('x')\n");
  EXPECT_THAT(RunNotebook("nb/s.py").error->ToString(),
              HasSubstr("nb/s.py:2: RuntimeError: spark.read: Python tasks have no Spark session"));
}

TEST_F(PythonTaskTest, RunsScriptsWithArguments) {
  Write("job.py", "import sys\nprint(sys.argv[1:])\nsys.exit(int(sys.argv[1]))\n");
  TaskAttempt attempt;
  attempt.task.kind = bundle::TaskKind::kSparkPython;
  attempt.task.spark_python_task =
      bundle::SparkPythonTask{.python_file = {"job.py", {}}, .parameters = {"0", "b c"}};
  EXPECT_EQ(Run(attempt).log, "['0', 'b c']\n");
  attempt.task.spark_python_task->parameters = {"4"};
  const TaskResult failed = Run(attempt);
  EXPECT_EQ(failed.outcome, Outcome::kFailed);
  EXPECT_EQ(failed.error->message(), "the Python process ended with exit code 4");
}

}  // namespace
}  // namespace lakesmith::jobs
