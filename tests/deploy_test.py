"""Deployments: what is built and made with them, what they refuse, what summary tells, what destroy removes."""

import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from jobs_test import BundleCase  # noqa: E402


class DeployTest(BundleCase):
    def deploy(self, *words, code=0):
        done = self.lakesmith("bundle", "deploy", *words, code=code)
        return done.stdout + done.stderr

    def test_artifacts_are_built_and_go_with_the_deployment(self):
        self.write("databricks.yml", """
            bundle: {name: a}
            artifacts:
              tool:
                path: tool
                build: mkdir -p dist && echo "built $(cat version)" > dist/tool.txt && echo a line of the build
                files: [{source: tool/dist/*.txt}]
            experimental:
              scripts: {prebuild: "echo pre >> phases", postbuild: "echo post >> phases", postdeploy: "echo done >> phases"}
            resources:
              jobs:
                job: {tasks: [{task_key: t, shell_task: {command: 'cat "$LAKESMITH_BUNDLE_ROOT/tool/dist/tool.txt"'}}]}
            """)
        self.write(".gitignore", "dist/\nphases\n")
        self.write("tool/version", "1\n")
        self.assertIn("a line of the build", self.deploy())
        self.lakesmith("jobs", "run-now", "job")
        self.write("tool/version", "2\n")
        self.lakesmith("jobs", "run-now", "job")  # Still the first one.
        self.assertIn("Deployment 2", self.deploy())
        self.lakesmith("jobs", "run-now", "job")
        self.assertEqual([self.lakesmith("runs", "logs", n).stdout for n in (1, 2, 3)], ["t: built 1\n", "t: built 1\n", "t: built 2\n"])
        self.assertEqual((self.folder / "phases").read_text().split(), ["pre", "post", "done"] * 2)
        self.write("tool/version", "3\n")
        (self.folder / "tool/dist/tool.txt").unlink()
        (self.folder / "tool/dist/tool.txt").mkdir()
        self.assertRegex(self.deploy(code=1), r"databricks\.yml:5:12: the build of artifact 'tool' ended with exit code \d+")
        self.assertEqual(json.loads(self.lakesmith("bundle", "summary", "-o", "json").stdout)["resources"]["jobs"]["job"]["id"], "job")

    def test_another_git_branch_and_active_runs_are_refused(self):
        self.write("databricks.yml", """
            bundle: {name: b, git: {branch: release}, deployment: {fail_on_active_runs: true}}
            resources:
              jobs:
                job: {tasks: [{task_key: t, shell_task: {command: "sleep 60"}}]}
            """)
        for words in (["init", "-q", "-b", "topic"], ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "x"]):
            subprocess.run(["git", *words], cwd=self.folder, check=True)
        self.assertIn("is deployed from branch 'release', but 'topic' is checked out; --force", self.deploy(code=1))
        self.deploy("--force")
        run_id = json.loads(self.lakesmith("jobs", "run-now", "job", "--no-wait", "-o", "json").stdout)["run_id"]
        self.assertIn(f"run {run_id} of job 'job' is active", self.deploy("--force", code=1))
        self.lakesmith("runs", "cancel", run_id)

    BUNDLE = """
        bundle: {name: c}
        resources:
          schemas:
            raw: {catalog_name: main, name: raw, comment: "it's raw"}
          volumes:
            files: {catalog_name: main, schema_name: raw, name: files}
          secret_scopes:
            keys: {name: team-keys}
          pipelines:
            p: {name: p, schema: raw, libraries: [{file: {path: p.sql}}]}
          jobs:
            job: {name: nightly, tasks: [{task_key: t, pipeline_task: {pipeline_id: "${resources.pipelines.p.id}"}}]}
        """

    def tables(self, schema):
        return json.loads(self.lakesmith("sql", "-o", "json", "-e", f"SHOW TABLES IN {schema}").stdout)

    def test_resources_are_made_and_destroy_removes_data_when_told(self):
        self.write("databricks.yml", self.BUNDLE)
        self.write("p.sql", "CREATE MATERIALIZED VIEW numbers AS SELECT id FROM range(3);\nCREATE TEMPORARY VIEW v AS SELECT 1 AS a;\n"
                            "CREATE MATERIALIZED VIEW main.gold.total AS SELECT sum(id) AS total FROM numbers;\n")
        self.assertIn("(not deployed)", self.lakesmith("bundle", "summary").stdout)
        self.deploy()
        summary = self.lakesmith("bundle", "summary").stdout
        self.assertIn("Name: nightly\n      URL:  (deployment 1, no page)", summary)
        self.assertNotIn("(not deployed)", summary)
        self.lakesmith("sql", "-e", "USE SCHEMA raw; CREATE TABLE other AS SELECT 1 AS a")
        self.assertIn("team-keys", self.lakesmith("secrets", "list-scopes").stdout)
        self.lakesmith("bundle", "run", "job")
        self.assertEqual(len(self.tables("raw")), 2)

        self.write("databricks.yml", self.BUNDLE.replace("nightly", "daily").replace("raw: {", "more: {catalog_name: main, name: more}\n            raw: {"))
        resources = json.loads(self.lakesmith("bundle", "summary", "-o", "json").stdout)["resources"]
        self.assertEqual(resources["jobs"]["job"]["modified_status"], "updated")
        self.assertEqual(resources["schemas"]["more"]["modified_status"], "created")
        self.assertNotIn("modified_status", resources["pipelines"]["p"])

        self.assertIn("needs --auto-approve", self.lakesmith("bundle", "destroy", "--delete-data", code=1).stderr)
        self.assertEqual(len(self.tables("raw")), 2)
        done = self.lakesmith("bundle", "destroy", "--delete-data", "--auto-approve").stdout
        self.assertIn("removed main.raw.numbers\nremoved main.gold.total\n", done)
        self.assertIn("left schema `main`.`raw`", done)  # Somebody else's table is in it.
        self.assertEqual([table["tableName"] for table in self.tables("raw")], ["other"])
        self.assertEqual(self.tables("gold"), [])
        self.assertNotIn("team-keys", self.lakesmith("secrets", "list-scopes").stdout)

    def test_destroy_leaves_data_unless_told(self):
        self.write("databricks.yml", self.BUNDLE)
        self.write("p.sql", "CREATE MATERIALIZED VIEW numbers AS SELECT id FROM range(3);\n")
        self.deploy()
        self.lakesmith("bundle", "run", "job")
        self.assertIn("tables stay", self.lakesmith("bundle", "destroy", "--auto-approve").stdout)
        self.assertEqual([table["tableName"] for table in self.tables("raw")], ["numbers"])
        self.assertIn("nothing of bundle 'c' is deployed", self.lakesmith("bundle", "destroy", "--auto-approve", code=1).stderr)


if __name__ == "__main__":
    unittest.main()
