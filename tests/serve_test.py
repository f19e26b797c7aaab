"""The scheduler: runs on schedules, files and tables, kills at random, graceful stop, cost of idling."""

import contextlib
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from jobs_test import BundleCase  # noqa: E402
from lakesmith import PROGRAM  # noqa: E402


class ServeTest(BundleCase):
    def setUp(self):
        super().setUp()
        self.processes = []

    def tearDown(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()

    def log(self):
        return (self.folder / "serve.log").read_text() if (self.folder / "serve.log").exists() else ""

    def serve(self, *options):
        self.before = len(self.log())
        with open(self.folder / "serve.log", "a", encoding="utf-8") as log:
            process = subprocess.Popen([str(PROGRAM), "serve", *options], cwd=self.folder, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def wait_until(self, true, seconds=120):
        end = time.monotonic() + seconds
        while not true():
            self.assertLess(time.monotonic(), end, (self.folder / "serve.log").read_text())
            time.sleep(0.05)

    def runs(self):
        return json.loads(self.lakesmith("runs", "list", "-o", "json", "--limit", "100000").stdout)

    def ended(self):
        return all("result_state" in run["state"] for run in self.runs())

    def stop(self, process):
        # Before it schedules, a signal ends it as it ends any program.
        self.wait_until(lambda: "scheduling target" in self.log()[self.before:])
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=120), 0, (self.folder / "serve.log").read_text())

    def deploy(self, trigger, command, more=""):
        self.write("databricks.yml", f"""
            bundle: {{name: s}}
            resources:
              jobs:
                job:
                  {trigger}
                  {more}
                  tasks: [{{task_key: t, shell_task: {{command: "{command}"}}}}]
            """)
        self.lakesmith("bundle", "deploy")

    def first_seen(self):
        """When the scheduler began to count for each job, in microseconds."""
        try:
            with contextlib.closing(sqlite3.connect(f"file:{self.folder}/.lakesmith/state.db?mode=ro", uri=True, timeout=30)) as state:
                return dict(state.execute("SELECT job_key, cursor FROM triggers"))
        except sqlite3.OperationalError:
            return {}  # Not made yet.

    def test_killed_at_random_every_scheduled_run_happens_once(self):
        """LAKESMITH_SERVE_SECONDS=150 kills for longer, with more jobs: some hundred runs."""
        seconds = int(os.environ.get("LAKESMITH_SERVE_SECONDS", "24"))
        jobs, period = (60 if seconds > 60 else 15), 30
        task = "tasks: [{task_key: t, shell_task: {command: 'echo {{job.id}} {{job.trigger.time.timestamp_ms}} >> ran.txt'}}]"
        lines = [f"    j{n}: {{max_concurrent_runs: 9, schedule: {{quartz_cron_expression: '{n % period}/{period} * * * * ?', "
                 f"timezone_id: UTC}}, {task}}}" for n in range(jobs)]
        self.write("databricks.yml", "bundle: {name: s}\nresources:\n  jobs:\n" + "\n".join(lines) + "\n")
        self.lakesmith("bundle", "deploy")
        draw = random.Random(11)
        process = self.serve()
        self.wait_until(lambda: len(self.first_seen()) == jobs)
        seen, kills = self.first_seen(), 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(draw.uniform(0.1, 2.5))
            process.kill()
            process.wait()
            process, kills = self.serve(), kills + 1
        last = int(time.time())
        # The milliseconds of all instants that each job was to run at.
        wanted = {(f"j{n}", 1000 * moment) for n in range(jobs)
                  for moment in range(seen[f"j{n}"] // 1_000_000, last + 1)
                  if moment % period == n % period and moment * 1_000_000 > seen[f"j{n}"]}

        def ran():
            text = (self.folder / "ran.txt").read_text() if (self.folder / "ran.txt").exists() else ""
            return [(line.split()[0], int(line.split()[1])) for line in text.splitlines()]

        self.wait_until(lambda: wanted <= set(ran()) and self.ended(), seconds=300)
        self.stop(process)
        print(f"{len(wanted)} scheduled runs, {kills} kills", file=sys.stderr)
        self.assertEqual(len(ran()), len(set(ran())), "no run twice")
        self.assertGreater(len(wanted), 5)

    def test_files_tables_and_manual_runs(self):
        self.write("databricks.yml", """
            bundle: {name: s}
            resources:
              jobs:
                files:
                  trigger: {file_arrival: {url: landing}}
                  tasks: [{task_key: t, shell_task: {command: "echo {{job.trigger.file_arrival.location}} {{job.trigger.type}} >> files.txt"}}]
                table:
                  trigger: {table_update: {table_names: [main.default.orders]}}
                  tasks:
                    - task_key: t
                      shell_task:
                        command: >-
                          echo '{{job.trigger.table_update.updated_tables}}' {{job.trigger.table_update.main.default.orders.version}} >> table.txt
                manual:
                  tasks: [{task_key: t, shell_task: {command: "echo x >> manual.txt"}}]
            """)
        self.write("landing/old.csv", "")
        self.lakesmith("bundle", "deploy")
        self.lakesmith("sql", "-e", "CREATE TABLE orders AS SELECT 1 AS a")
        process = self.serve()
        self.wait_until(lambda: "scheduling target" in (self.folder / "serve.log").read_text())
        self.lakesmith("jobs", "run-now", "manual", "--no-wait")
        self.wait_until((self.folder / "manual.txt").exists)
        self.write("landing/new.csv", "")
        self.lakesmith("sql", "-e", "INSERT INTO orders VALUES (2)")
        self.wait_until(lambda: (self.folder / "files.txt").exists() and (self.folder / "table.txt").exists())
        self.wait_until(self.ended)
        self.assertEqual((self.folder / "files.txt").read_text(), "landing file_arrival\n")
        self.assertEqual((self.folder / "table.txt").read_text(), '["main.default.orders"] 1\n')
        self.assertEqual(sorted(run["trigger"] for run in self.runs()), ["FILE_ARRIVAL", "ONE_TIME", "TABLE"])
        other = subprocess.run([str(PROGRAM), "serve"], cwd=self.folder, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(other.returncode, 1)
        self.assertIn("another process schedules", other.stderr)
        self.stop(process)

    def test_a_killed_worker_is_resumed_and_a_stop_waits_for_runs(self):
        self.deploy("continuous: {pause_status: PAUSED}", "echo begun >> ran.txt; [ -e go ] || sleep 600; sleep 2; echo ended >> ran.txt")
        process = self.serve()
        self.wait_until(lambda: "scheduling target" in (self.folder / "serve.log").read_text())
        self.lakesmith("jobs", "run-now", "job", "--no-wait")
        self.wait_until((self.folder / "ran.txt").exists)
        self.write("go", "")  # For the next attempt.
        for worker in subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True).stdout.split():
            os.kill(int(worker), signal.SIGKILL)
        self.wait_until(lambda: (self.folder / "ran.txt").read_text().count("begun") == 2)
        self.stop(process)
        self.assertEqual((self.folder / "ran.txt").read_text().split(), ["begun", "begun", "ended"])
        [run] = self.runs()
        self.assertEqual((run["state"]["result_state"], run["repair_count"]), ("SUCCESS", 1))

    def test_idling_costs_little(self):
        self.deploy("schedule: {quartz_cron_expression: '0 0 3 * * ?', timezone_id: Europe/Oslo}", "true")
        process = self.serve()
        self.wait_until(lambda: "scheduling target" in (self.folder / "serve.log").read_text())
        time.sleep(1)

        def cpu_seconds():
            fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

        before = cpu_seconds()
        time.sleep(10)
        share = (cpu_seconds() - before) / 10
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        print(f"idle scheduler: {share:.2%} of a core, {memory / 1024:.0f} MiB", file=sys.stderr)
        self.assertLess(share, 0.01)
        self.assertLess(memory, 100 * 1024)
        self.stop(process)


if __name__ == "__main__":
    unittest.main()
