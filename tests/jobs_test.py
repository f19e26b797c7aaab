"""Jobs as people run them: Python notebooks, dbutils, runs and their records, by the built program."""

import json
import os
import pathlib
import sys
import tempfile
import textwrap
import unittest
import unittest.mock
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from lakesmith import run  # noqa: E402


class BundleCase(unittest.TestCase):
    """A bundle in a folder of its own."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="lakesmith-jobs-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"))

    def lakesmith(self, *words, code=0, stdin=None):
        done = run(*words, cwd=self.folder, stdin=stdin)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def run_job(self, key="job", *words, code=0):
        """Runs a job; returns its tasks by key."""
        done = self.lakesmith("bundle", "run", key, "-o", "json", *words, code=code)
        return {task["task_key"]: task for task in json.loads(done.stdout)["tasks"]}


def write_wheel(folder, name, version, text):
    """A wheel of one module with the entry point `main`."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", text)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/entry_points.txt", f"[console_scripts]\nmain = {name}:main\n")
        wheel.writestr(f"{info}/RECORD", "")


class PythonTaskTest(BundleCase):
    def test_wheels_of_the_bundle_are_installed_without_a_network(self):
        self.write("databricks.yml", "bundle: {name: py}\ninclude: [resources/*.yml]\n")
        self.write("resources/job.yml", """
            resources:
              jobs:
                job:
                  environments:
                    - environment_key: shouting
                      spec: {client: "1", dependencies: ["../dist/*.whl"]}
                  tasks:
                    - task_key: wheel
                      libraries: [{whl: ../dist/*.whl}]
                      python_wheel_task: {package_name: shout, entry_point: main, parameters: [hello]}
                    - task_key: environment
                      environment_key: shouting
                      spark_python_task: {python_file: ../use.py}
                    - task_key: pip
                      notebook_task: {notebook_path: ../nb/pip.py}
                    - task_key: without
                      spark_python_task: {python_file: ../use.py}
            """)
        text = "import sys\ndef shout(word): return word.upper() + '{0}'\ndef main(): print(shout(sys.argv[1]))\n"
        write_wheel(self.folder / "dist", "shout", "1.0", text.format("!"))
        self.write("use.py", "import shout; print(shout.shout('from a file'))\n")
        self.write("nb/pip.py", """
            # Databricks notebook source
            # MAGIC %pip install ../dist/shout-1.0-py3-none-any.whl
            # COMMAND ----------
            dbutils.library.restartPython()
            # COMMAND ----------
            import shout
            dbutils.notebook.exit(shout.shout("from pip"))
            """)
        # No package index is asked, so none is needed.
        patch = unittest.mock.patch.dict(os.environ, {"PIP_NO_INDEX": "1"})
        patch.start()
        self.addCleanup(patch.stop)
        tasks = self.run_job(code=1)
        results = {key: task["state"]["result_state"] for key, task in tasks.items()}
        self.assertEqual(results, {"wheel": "SUCCESS", "environment": "SUCCESS", "pip": "SUCCESS", "without": "FAILED"}, json.dumps(tasks, indent=1))
        self.assertEqual(tasks["pip"]["output"]["notebook_output"]["result"], "FROM PIP!")
        logs = self.lakesmith("runs", "logs", "1").stdout
        self.assertIn("wheel: HELLO!\n", logs)
        self.assertIn("environment: FROM A FILE!\n", logs)
        made = len(list((self.folder / ".lakesmith/python").glob("*/complete")))
        self.assertEqual(made, 1)  # All three want the same set.
        # A set that is there is used; another wheel of the same name is another set.
        write_wheel(self.folder / "dist", "shout", "1.0", text.format("?"))
        self.run_job("job", "--only", "wheel")
        self.run_job("job", "--only", "wheel")
        logs = self.lakesmith("runs", "logs", "2").stdout + self.lakesmith("runs", "logs", "3").stdout
        self.assertEqual((logs.count("HELLO?"), logs.count("installing")), (2, 1))

    def test_packages_that_cannot_be_installed_are_told(self):
        self.write("databricks.yml", """
            bundle: {name: py}
            resources:
              jobs:
                job:
                  tasks:
                    - {task_key: no_index, libraries: [{pypi: {package: no-such-package==1}}], spark_python_task: {python_file: a.py}}
                    - {task_key: no_wheel, libraries: [{whl: dist/*.whl}], spark_python_task: {python_file: a.py}}
                    - {task_key: workspace, libraries: [{whl: /Workspace/x.whl}], spark_python_task: {python_file: a.py}}
                    - {task_key: jar, libraries: [{jar: x.jar}], spark_python_task: {python_file: a.py}}
            """)
        self.write("a.py", "print('ran')\n")
        settings = {"PIP_INDEX_URL": "http://127.0.0.1:1/simple", "PIP_RETRIES": "1", "PIP_CONFIG_FILE": os.devnull,
                    "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        patch = unittest.mock.patch.dict(os.environ, settings)
        patch.start()
        self.addCleanup(patch.stop)
        tasks = self.run_job(code=1)
        message = {key: task["state"]["state_message"] for key, task in tasks.items()}
        self.assertRegex(message["no_index"], r"^databricks\.yml:\d+:\d+: pip could not install no-such-package==1: .*"
                         r"The package index was not reached")
        self.assertIn("no wheel matches 'dist/*.whl'; build it first", message["no_wheel"])
        self.assertIn("'/Workspace/x.whl' is not on this machine", message["workspace"])
        self.assertEqual(tasks["jar"]["state"]["result_state"], "SUCCESS")

    def test_cells_share_one_sql_session_with_widgets_as_parameters(self):
        self.write("databricks.yml", """
            bundle: {name: py}
            resources:
              jobs:
                job:
                  parameters: [{name: day, default: monday}]
                  tasks:
                    - task_key: load
                      notebook_task: {notebook_path: nb/load}
                    - task_key: use
                      depends_on: [{task_key: load}]
                      spark_python_task: {python_file: use.py, parameters: ["{{tasks.load.values.rows}}"]}
            """)
        self.write("nb/shared.sql", """
            -- Databricks notebook source
            CREATE TEMPORARY VIEW numbers AS SELECT id FROM range(5)
            """)
        self.write("nb/load.py", """
            # Databricks notebook source
            # MAGIC %md
            # MAGIC # Loads
            # COMMAND ----------
            # MAGIC %run ./shared
            # COMMAND ----------
            dbutils.widgets.text("least", "2")
            # COMMAND ----------
            # MAGIC %sql
            # MAGIC CREATE TABLE kept AS SELECT id, :day AS day FROM numbers WHERE id >= int(:least);
            # MAGIC SELECT count(*) AS n, ';' AS mark, max(day) AS day FROM kept
            # COMMAND ----------
            [row] = _sqldf
            dbutils.jobs.taskValues.set("rows", row["n"])
            dbutils.notebook.exit(json_text := str(row))
            """)
        self.write("use.py", "import sys; assert sys.argv[1:] == ['3'], sys.argv")
        tasks = self.run_job("job", "--params", "day=sunday")
        self.assertEqual(tasks["load"]["output"]["notebook_output"]["result"], "{'n': 3, 'mark': ';', 'day': 'sunday'}")
        self.assertEqual(tasks["use"]["state"]["result_state"], "SUCCESS")

    def test_a_notebook_that_is_run_gets_values_of_its_widgets(self):
        self.write("databricks.yml", """
            bundle: {name: py}
            resources: {jobs: {job: {tasks: [{task_key: a, notebook_task: {notebook_path: a.py, base_parameters: {day: monday}}}]}}}
            """)
        self.write("other.py", """
            # Databricks notebook source
            said = dbutils.widgets.get("day") + " " + dbutils.widgets.get("word")
            """)
        self.write("a.py", """
            # Databricks notebook source
            # MAGIC %run ./other $day="a fine day" $word=yes
            # COMMAND ----------
            dbutils.notebook.exit(said + ", " + dbutils.widgets.get("day"))
            """)
        self.assertEqual(self.run_job()["a"]["output"]["notebook_output"]["result"], "a fine day yes, monday")

    def test_cells_of_a_sql_notebook_need_no_semicolons(self):
        self.write("databricks.yml", """
            bundle: {name: py}
            resources: {jobs: {job: {tasks: [{task_key: a, notebook_task: {notebook_path: a.sql}},
                                             {task_key: b, depends_on: [{task_key: a}], notebook_task: {notebook_path: b.sql}}]}}}
            """)
        self.write("a.sql", """
            -- Databricks notebook source
            CREATE TABLE t AS SELECT 7 AS x

            -- COMMAND ----------

            -- MAGIC %md
            -- MAGIC # A title; with a semicolon

            -- COMMAND ----------

            INSERT INTO t VALUES (8);

            -- COMMAND ----------

            SELECT sum(x) AS total FROM t
            """)
        self.write("b.sql", """
            -- Databricks notebook source
            SELECT 1
            -- COMMAND ----------
            SELECT nope FROM t
            """)
        tasks = self.run_job(code=1)
        self.assertEqual(tasks["a"]["output"]["rows"], [[15]])
        self.assertIn("b.sql:4:8: ", tasks["b"]["state"]["state_message"])
        self.write("databricks.yml", """
            bundle: {name: py}
            resources: {pipelines: {p: {name: p, schema: s, libraries: [{notebook: {path: p.sql}}]}}}
            """)
        self.write("p.sql", """
            -- Databricks notebook source
            CREATE MATERIALIZED VIEW one AS SELECT 1 AS x
            -- COMMAND ----------
            CREATE MATERIALIZED VIEW two AS SELECT x + 1 AS y FROM one
            """)
        self.lakesmith("bundle", "run", "p")
        self.assertEqual(self.lakesmith("sql", "-o", "csv", "-e", "SELECT y FROM s.two").stdout, "y\n2\n")

    def test_a_sql_notebook_may_have_python_cells(self):
        self.write("databricks.yml", """
            bundle: {name: py}
            resources: {jobs: {job: {tasks: [{task_key: a, notebook_task: {notebook_path: a.sql}}]}}}
            """)
        self.write("a.sql", """
            -- Databricks notebook source
            CREATE TABLE t AS SELECT 7 AS x
            -- COMMAND ----------
            -- MAGIC %python
            -- MAGIC dbutils.notebook.exit("python ran")
            """)
        self.assertEqual(self.run_job()["a"]["output"]["notebook_output"]["result"], "python ran")

    def test_failures_name_their_place(self):
        self.write("databricks.yml", """
            bundle: {name: py}
            resources:
              jobs:
                job:
                  tasks:
                    - {task_key: bad_sql, notebook_task: {notebook_path: bad_sql.py}}
                    - {task_key: bad_python, notebook_task: {notebook_path: bad.ipynb}}
                    - {task_key: spark, spark_python_task: {python_file: spark.py}}
            """)
        self.write("bad_sql.py", "# Databricks notebook source\n# COMMAND ----------\n# MAGIC %sql\n# MAGIC SELECT nope\n")
        cell = {"cell_type": "code", "source": ["1 / 0"]}
        (self.folder / "bad.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}}))
        self.write("spark.py", "spark.read.parquet('x')\n")
        tasks = self.run_job(code=1)
        message = {key: task["state"]["state_message"] for key, task in tasks.items()}
        self.assertIn("bad_sql.py:3: [UNRESOLVED_COLUMN", message["bad_sql"])
        self.assertIn("bad.ipynb[cell 1]:1: ZeroDivisionError", message["bad_python"])
        self.assertIn("spark.py:1: RuntimeError: spark.read: Python tasks have no Spark session", message["spark"])

    def test_scripts_and_packages_run_and_dbt_is_refused(self):
        self.write("databricks.yml", """
            bundle: {name: py}
            resources:
              jobs:
                job:
                  tasks:
                    - {task_key: script, spark_python_task: {python_file: s.py, parameters: [a, "b c"]}}
                    - {task_key: wheel, python_wheel_task: {package_name: my-etl, entry_point: main, named_parameters: {day: monday}}}
                    - {task_key: dbt, dbt_task: {commands: [dbt run]}}
            """)
        self.write("s.py", "import sys\nassert sys.argv[1:] == ['a', 'b c']\n")
        self.write("my_etl/__init__.py", "import sys\ndef main():\n    assert sys.argv[1:] == ['--day=monday'], sys.argv\n")
        tasks = self.run_job(code=1)
        self.assertEqual([tasks[key]["state"]["result_state"] for key in ("script", "wheel", "dbt")], ["SUCCESS", "SUCCESS", "FAILED"])
        self.assertRegex(tasks["dbt"]["state"]["state_message"], r"^databricks\.yml:\d+:\d+: dbt has no adapter")

    def test_what_a_job_does_that_a_task_runs_is_kept_with_the_task(self):
        self.write("databricks.yml", """
            bundle: {name: nested}
            resources:
              jobs:
                child:
                  parameters: [{name: who, default: nobody}]
                  tasks:
                    - {task_key: greet, shell_task: {command: "echo hello {{job.parameters.who}} by {{job.trigger.type}}"}}
                    - {task_key: fail, depends_on: [{task_key: greet}], shell_task: {command: "echo no such file >&2; exit 5"}}
                job:
                  tasks:
                    - task_key: numbers
                      sql_task: {query: {query: "SELECT id, id * 2 AS twice FROM range(3)"}}
                    - task_key: each
                      depends_on: [{task_key: numbers}]
                      for_each_task:
                        inputs: "{{tasks.numbers.output.rows}}"
                        task: {task_key: one, shell_task: {command: "echo {{input.id}} {{input.twice}}"}}
                    - task_key: call
                      run_job_task: {job_id: "${resources.jobs.child.id}", job_parameters: {who: world}}
            """)
        tasks = self.run_job(code=1)
        self.assertEqual(tasks["call"]["state"]["state_message"],
                         "databricks.yml:4:5: job 'child' ended FAILED; its task 'fail': databricks.yml:8:83: the command ended with exit code 5: no such file")
        inner = {task["task_key"]: task["state"]["result_state"] for task in tasks["call"]["output"]["run_job_output"]["tasks"]}
        self.assertEqual(inner, {"greet": "SUCCESS", "fail": "FAILED"})
        self.assertEqual(self.lakesmith("runs", "logs", "1", "--task", "call").stdout, "call: hello world by run_job_task\ncall: no such file\n")
        self.assertEqual(sorted(self.lakesmith("runs", "logs", "1", "--task", "one").stdout.splitlines()), ["one[0]: 0 0", "one[1]: 1 2", "one[2]: 2 4"])

    def test_dbutils_works_on_files_and_runs_other_notebooks(self):
        self.write("databricks.yml", """
            bundle: {name: py}
            resources: {jobs: {job: {tasks: [{task_key: a, notebook_task: {notebook_path: nb/a.py}}]}}}
            """)
        self.write("nb/child.py", """
            # Databricks notebook source
            from helper import TIMES
            dbutils.notebook.exit(int(dbutils.widgets.get("x")) * TIMES)
            """)
        self.write("nb/helper.py", "TIMES = 3\n")
        self.write("nb/a.py", """
            # Databricks notebook source
            dbutils.fs.put("data/in/a.txt", "hello")
            dbutils.fs.cp("data/in", "data/out", recurse=True)
            assert [info.name for info in dbutils.fs.ls("data/")] == ["in/", "out/"]
            assert dbutils.fs.head("data/out/a.txt") == "hello"
            # COMMAND ----------
            # MAGIC %fs cp data/out/a.txt data/b.txt
            # COMMAND ----------
            assert dbutils.fs.head("data/b.txt") == "hello"
            assert dbutils.fs.rm("data", True) and not dbutils.fs.rm("data")
            import databricks.sdk.runtime
            assert databricks.sdk.runtime.dbutils is dbutils
            dbutils.notebook.exit(dbutils.notebook.run("child", 60, {"x": 4}))
            """)
        self.assertEqual(self.run_job()["a"]["output"]["notebook_output"]["result"], "12")


if __name__ == "__main__":
    unittest.main()
