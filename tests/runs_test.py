"""Runs and their records: deployed snapshots, run-now, queueing, cancelling, repairing, logs, old and new spellings."""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from jobs_test import BundleCase  # noqa: E402
from lakesmith import PROGRAM  # noqa: E402

BUNDLE = """
    bundle: {name: shop}
    variables: {greeting: {default: hello}}
    resources:
      jobs:
        load:
          name: load-${bundle.target}
          parameters: [{name: day, default: monday}]
          tasks:
            - task_key: first
              shell_task: {command: "echo ${var.greeting} $(cat \\"$LAKESMITH_BUNDLE_ROOT/word.txt\\"); echo first >> ran.txt"}
            - task_key: second
              depends_on: [{task_key: first}]
              shell_task: {command: "echo second >> ran.txt; test -e good"}
            - task_key: third
              depends_on: [{task_key: second}]
              notebook_task: {notebook_path: third.py}
        slow:
          tasks:
            - {task_key: wait, shell_task: {command: "echo begun; echo x >> slow.txt; sleep 600"}}
        strict:
          queue: {enabled: false}
          tasks: [{task_key: wait, shell_task: {command: "sleep 600"}}]
    targets: {dev: {default: true, mode: development}, prod: {}}
"""


class RunsTest(BundleCase):
    def setUp(self):
        super().setUp()
        self.write("databricks.yml", BUNDLE)
        self.write("word.txt", "world\n")
        self.write("third.py", "# Databricks notebook source\ndbutils.notebook.exit(dbutils.widgets.get('day'))\n")

    def get(self, run_id):
        return json.loads(self.lakesmith("runs", "get", run_id, "-o", "json").stdout)

    def wait_for(self, run_id, wanted, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                run = self.get(run_id)
            except AssertionError as not_yet:  # Started by a process that has not come to recording it.
                run = not_yet
            else:
                if wanted(run):
                    return run
            time.sleep(0.1)
        raise AssertionError(f"waited in vain: {run}")

    def ran(self):
        return (self.folder / "ran.txt").read_text().split()

    def test_a_failed_run_is_repaired_from_where_it_failed(self):
        self.lakesmith("bundle", "run", "load", "--params", "day=sunday", code=1)
        run = self.get(1)
        self.assertEqual(run["state"]["result_state"], "FAILED")
        self.assertEqual(run["job_parameters"], [{"name": "day", "value": "sunday"}])
        states = {task["task_key"]: task["state"]["result_state"] for task in run["tasks"]}
        self.assertEqual(states, {"first": "SUCCESS", "second": "FAILED", "third": "UPSTREAM_FAILED"})
        self.write("good", "")
        self.lakesmith("runs", "repair", "1")
        run = self.get(1)
        self.assertEqual((run["state"]["result_state"], run["repair_count"]), ("SUCCESS", 1))
        self.assertEqual([(one["type"], one["state"]["result_state"]) for one in run["repair_history"]], [("ORIGINAL", "FAILED"), ("REPAIR", "SUCCESS")])
        self.assertEqual(self.ran(), ["first", "second", "second"])
        second = next(task for task in run["tasks"] if task["task_key"] == "second")
        self.assertEqual([attempt["attempt_number"] for attempt in second["attempts"]], [0, 1])
        self.assertEqual(len({attempt["run_id"] for task in run["tasks"] for attempt in task["attempts"]}), 4)
        third = run["tasks"][2]["run_id"]
        output = json.loads(self.lakesmith("runs", "get-output", third).stdout)
        self.assertEqual(output["notebook_output"]["result"], "sunday")
        self.assertIn("cannot be repaired", self.lakesmith("runs", "repair", "1", code=1).stderr)
        self.assertEqual(self.lakesmith("runs", "logs", "1").stdout, "first: hello world\n")
        self.assertEqual(len(list(self.folder.glob(".lakesmith/bundle/*"))), 0)

    def test_runs_use_what_was_deployed(self):
        self.write("good", "")
        self.assertIn("bundle deploy -t prod", self.lakesmith("jobs", "run-now", "load", "-t", "prod", code=1).stderr)
        self.lakesmith("bundle", "deploy", "-t", "prod", "--var", "greeting=hi")
        self.write("word.txt", "changed\n")
        done = self.lakesmith("bundle", "run", "load", "-t", "prod")
        self.assertIn("working copy differs from deployment 1", done.stderr)
        self.lakesmith("jobs", "run-now", "load", "-t", "prod", "--job-parameters", '{"day": "friday"}')
        self.lakesmith("bundle", "run", "load", "-t", "prod", "--working-copy")
        self.assertEqual([self.lakesmith("runs", "logs", n).stdout for n in (1, 2, 3)],
                         ["first: hi world\n", "first: hi world\n", "first: hello changed\n"])
        self.assertEqual(self.get(2)["job_parameters"][0]["value"], "friday")
        # Relative paths of data are the project's in both.
        self.assertEqual(len(self.ran()), 6)

    def test_waiting_cancelling_and_following(self):
        self.lakesmith("bundle", "deploy", "-t", "prod")
        first = json.loads(self.lakesmith("jobs", "run-now", "slow", "-t", "prod", "--no-wait", "-o", "json").stdout)["run_id"]
        self.wait_for(first, lambda run: run["tasks"] and run["tasks"][0]["state"]["life_cycle_state"] == "RUNNING")
        second = json.loads(self.lakesmith("jobs", "run-now", "slow", "-t", "prod", "--no-wait", "-o", "json",
                                           "--idempotency-token", "t1").stdout)["run_id"]
        again = json.loads(self.lakesmith("jobs", "run-now", "slow", "-t", "prod", "--no-wait", "-o", "json",
                                          "--idempotency-token", "t1").stdout)["run_id"]
        self.assertEqual(second, again)
        self.assertEqual(self.get(second)["state"]["life_cycle_state"], "QUEUED")
        listed = json.loads(self.lakesmith("runs", "list", "--active-only", "-o", "json").stdout)
        self.assertEqual([run["run_id"] for run in listed], [second, first])
        follow = subprocess.Popen([str(PROGRAM), "runs", "logs", str(first), "--follow"], cwd=self.folder,
                                  stdout=subprocess.PIPE, text=True)
        self.assertEqual(follow.stdout.readline(), "wait: begun\n")
        self.lakesmith("runs", "cancel", first)
        self.assertEqual(self.wait_for(first, lambda run: "result_state" in run["state"])["state"]["result_state"], "CANCELED")
        self.assertEqual(follow.wait(timeout=120), 0)
        follow.stdout.close()
        # The one that waited has its turn; a canceled one that waits never starts.
        self.wait_for(second, lambda run: run["tasks"])
        third = json.loads(self.lakesmith("jobs", "run-now", "slow", "-t", "prod", "--no-wait", "-o", "json").stdout)["run_id"]
        self.lakesmith("jobs", "cancel-run", third)
        self.lakesmith("jobs", "runs", "cancel", "--run-id", second)
        self.wait_for(second, lambda run: "result_state" in run["state"])
        self.assertEqual(self.get(third)["state"]["result_state"], "CANCELED")
        self.assertEqual((self.folder / "slow.txt").read_text(), "x\nx\n")

    def test_every_template_runs(self):
        for template in ("streaming", "cdc", "empty"):
            with self.subTest(template=template):
                self.lakesmith("bundle", "init", template, "--name", template, "--output-dir", "made")
                folder, self.folder = self.folder, self.folder / "made" / template
                self.assertIn("Validation OK!", self.lakesmith("bundle", "validate", "--strict").stdout)
                for _ in range(2):
                    self.lakesmith("bundle", "run", template)
                self.folder = folder
        done = self.lakesmith("sql", "-o", "csv", "--warehouse", "made/cdc/.lakesmith/warehouse", "-e",
                              "SELECT count(*) AS n, count(__END_AT) AS ended FROM silver.customers")
        self.assertEqual(done.stdout, "n,ended\n3,2\n")

    def test_checking_and_deploying_again_are_quick(self):
        tasks = "".join(f"\n    - {{task_key: t{n}, notebook_task: {{notebook_path: third.py}}, "
                        f"depends_on: [{{task_key: t0}}]}}" for n in range(1, 11))
        self.write("databricks.yml", "bundle: {name: eleven}\ntargets: {prod: {}}\nresources:\n  jobs:\n   job:\n    tasks:\n"
                   "    - {task_key: t0, notebook_task: {notebook_path: third.py}}" + tasks + "\n")

        def best_of_five(*words):
            """Milliseconds of processor time: other work on the machine does not count."""
            times = []
            for _ in range(5):
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                self.lakesmith(*words)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                times.append(1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime))
            return min(times)

        self.lakesmith("bundle", "deploy")
        self.assertIn("Nothing to deploy", self.lakesmith("bundle", "deploy").stdout)
        # A good machine takes a quarter of this (docs/jobs.md); slow ones are not what is tested.
        self.assertLess(best_of_five("bundle", "validate"), 150)
        self.assertLess(best_of_five("bundle", "deploy"), 300)

    def test_a_full_job_without_a_queue_skips(self):
        self.lakesmith("bundle", "deploy", "-t", "prod")
        first = json.loads(self.lakesmith("jobs", "run-now", "strict", "-t", "prod", "--no-wait", "-o", "json").stdout)["run_id"]
        self.wait_for(first, lambda run: run["tasks"])
        self.assertIn("MAXIMUM_CONCURRENT_RUNS_REACHED", self.lakesmith("bundle", "run", "strict", "-t", "prod", code=1).stderr)
        self.assertEqual(self.get(2)["state"]["life_cycle_state"], "SKIPPED")
        self.lakesmith("runs", "cancel", first)
        self.wait_for(first, lambda run: "result_state" in run["state"])

    def test_a_killed_run_is_interrupted_and_can_be_repaired(self):
        self.write("good", "")
        self.write("third.py", "# Databricks notebook source\nimport os, time\nif not os.path.exists('fast'): time.sleep(600)\n")
        process = subprocess.Popen([str(PROGRAM), "bundle", "run", "load"], cwd=self.folder, stderr=subprocess.PIPE, text=True)
        self.wait_for(1, lambda run: len(run["tasks"]) == 3 and run["tasks"][2]["state"]["life_cycle_state"] == "RUNNING")
        process.kill()
        process.communicate()
        run = self.get(1)
        self.assertEqual(run["state"]["life_cycle_state"], "INTERNAL_ERROR")
        self.assertEqual(run["tasks"][2]["state"]["result_state"], "FAILED")
        self.write("fast", "")
        self.lakesmith("runs", "repair", "1")
        run = self.get(1)
        self.assertEqual(run["state"]["result_state"], "SUCCESS")
        self.assertEqual(run["repair_history"][0]["state"]["life_cycle_state"], "INTERNAL_ERROR")
        self.assertEqual(self.ran(), ["first", "second"])

    def test_the_lines_of_the_official_tool_work_by_the_wrapper(self):
        self.write("good", "")
        self.lakesmith("wrapper", "--install", "bin")
        environment = {**os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}

        def shell(line):
            return subprocess.run(["bash", "-c", line], cwd=self.folder, env=environment, capture_output=True, text=True, check=True).stdout

        shell("databricks configure --token && databricks bundle validate -t prod && databricks bundle deploy -t prod")
        shell("databricks bundle run load -t prod --params day=2024-01-15")
        self.assertIn("load-prod", shell("databricks jobs list -t prod | grep load-prod"))
        self.assertIn("SUCCEEDED", shell("databricks jobs runs list --job-id load --limit 1"))
        if shutil.which("jq"):
            task = json.loads(shell("databricks jobs runs get --run-id 1 | jq '.tasks[] | select(.task_key==\"first\")'"))
            self.assertEqual(task["state"]["result_state"], "SUCCESS")
        self.assertEqual(len(json.loads(shell("databricks jobs runs get-output --run-id 1"))["outputs"]), 3)
        self.assertEqual(json.loads(shell("databricks jobs get load -t prod"))["settings"]["name"], "load-prod")
        self.assertIn("is gone", shell("databricks bundle destroy -t prod --auto-approve"))


if __name__ == "__main__":
    unittest.main()
