"""The scheduler: runs on schedules, files and tables, kills at random, graceful stop, cost of idling."""

import json
import os
import pathlib
import random
import signal
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

    def serve(self, *options):
        with open(self.folder / "serve.log", "a", encoding="utf-8") as log:
            process = subprocess.Popen([str(PROGRAM), "serve", *options], cwd=self.folder, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def wait_until(self, true, seconds=30):
        end = time.monotonic() + seconds
        while not true():
            self.assertLess(time.monotonic(), end, (self.folder / "serve.log").read_text())
            time.sleep(0.05)

    def runs(self):
        return json.loads(self.lakesmith("runs", "list", "-o", "json", "--limit", "1000").stdout)

    def ended(self):
        return all("result_state" in run["state"] for run in self.runs())

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=30), 0, (self.folder / "serve.log").read_text())

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

    def test_killed_at_random_every_scheduled_run_happens_once(self):
        self.deploy("schedule: {quartz_cron_expression: '0/10 * * * * ?', timezone_id: UTC}",
                    "echo {{job.trigger.time.iso_datetime}} >> ran.txt", "max_concurrent_runs: 5")
        draw = random.Random(11)
        process = self.serve()
        self.wait_until(lambda: "scheduling target" in (self.folder / "serve.log").read_text())
        started, end = time.time(), time.monotonic() + 24
        while time.monotonic() < end:
            time.sleep(draw.uniform(0.1, 2.5))
            process.kill()
            process.wait()
            process = self.serve()
        self.wait_until(lambda: self.runs() and self.ended())
        self.stop(process)
        times = (self.folder / "ran.txt").read_text().split()
        self.assertEqual(len(times), len(set(times)), times)
        first = int(started // 10 + 1) * 10
        wanted = [time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(first + 10 * n)) for n in range(2)]
        ran = " ".join(times)
        for moment in wanted:
            self.assertIn(moment, ran)

    def test_files_tables_and_manual_runs(self):
        self.write("databricks.yml", """
            bundle: {name: s}
            resources:
              jobs:
                files:
                  trigger: {file_arrival: {url: landing}}
                  tasks: [{task_key: t, shell_task: {command: "ls landing >> files.txt"}}]
                table:
                  trigger: {table_update: {table_names: [main.default.orders]}}
                  tasks: [{task_key: t, shell_task: {command: "echo updated >> table.txt"}}]
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
        self.assertEqual(sorted(run["trigger"] for run in self.runs()), ["file_arrival", "manual", "table"])
        other = subprocess.run([str(PROGRAM), "serve"], cwd=self.folder, capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(other.returncode, 1)
        self.assertIn("another process schedules", other.stderr)
        self.stop(process)

    def test_a_killed_worker_is_resumed_and_a_stop_waits_for_runs(self):
        self.deploy("continuous: {pause_status: PAUSED}", "echo begun >> ran.txt; sleep 2; echo ended >> ran.txt")
        process = self.serve()
        self.wait_until(lambda: "scheduling target" in (self.folder / "serve.log").read_text())
        self.lakesmith("jobs", "run-now", "job", "--no-wait")
        self.wait_until((self.folder / "ran.txt").exists)
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
