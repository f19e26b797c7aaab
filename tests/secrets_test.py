"""Secrets as people use them: scopes, values in SQL, notebooks, pipelines and shell tasks, and nowhere else."""

import base64
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from jobs_test import BundleCase  # noqa: E402

VALUE = "tr0ub4dor&3 'quoted' \"twice\""


class SecretsTest(BundleCase):
    def setUp(self):
        super().setUp()
        self.keep_environment("LAKESMITH_SECRETS_KEY", base64.b64encode(b"k" * 32).decode())

    def keep_environment(self, name, value):
        before = os.environ.get(name)
        self.addCleanup(lambda: os.environ.pop(name) if before is None else os.environ.update({name: before}))
        os.environ[name] = value

    def make_secret(self):
        self.lakesmith("secrets", "create-scope", "--scope", "prod-secrets")
        self.lakesmith("secrets", "put", "--scope", "prod-secrets", "--key", "api-key", stdin=VALUE + "\n")

    def assert_hidden(self, *texts):
        """The value is in none of the texts and in no file of the project."""
        for text in texts:
            self.assertNotIn("tr0ub4dor", text)
        for path in self.folder.rglob("*"):
            if path.is_file() and path.name != "databricks.yml":
                self.assertNotIn(b"tr0ub4dor", path.read_bytes(), path)

    def test_both_spellings_of_the_commands(self):
        self.make_secret()
        self.assertEqual(self.lakesmith("secrets", "get", "prod-secrets", "api-key").stdout, VALUE + "\n")
        answer = json.loads(self.lakesmith("secrets", "get-secret", "prod-secrets", "api-key", "-o", "json").stdout)
        self.assertEqual(base64.b64decode(answer["value"]).decode(), VALUE)
        listed = json.loads(self.lakesmith("secrets", "list-secrets", "prod-secrets", "-o", "json").stdout)
        self.assertEqual([one["key"] for one in listed], ["api-key"])
        self.assertIn("prod-secrets", self.lakesmith("secrets", "list-scopes").stdout)
        self.lakesmith("secrets", "put-acl", "prod-secrets", "ada@example.com", "READ")
        self.assertIn("ada@example.com", self.lakesmith("secrets", "acls", "prod-secrets").stdout)
        self.lakesmith("secrets", "delete", "--scope", "prod-secrets", "--key", "api-key")
        done = self.lakesmith("secrets", "get", "prod-secrets", "api-key", code=1)
        self.assertIn("no secret 'api-key' in scope 'prod-secrets'", done.stderr)
        done = self.lakesmith("secrets", "create-scope", "--scope", "kv", "--scope-backend-type", "AZURE_KEYVAULT",
                              "--resource-id", "/subscriptions/x", code=1)
        self.assertIn("--scope-backend-type FILE", done.stderr)
        self.assert_hidden()

    def test_sql_uses_values_and_shows_none(self):
        self.make_secret()
        query = "SELECT secret('prod-secrets', 'api-key') AS s, length(secret('prod-secrets', 'api-key')) AS n, array(secret('prod-secrets', 'api-key')) AS a"
        for form in ("csv", "json", "table", "vertical"):
            done = self.lakesmith("sql", "-o", form, "-e", query)
            self.assertIn("[REDACTED]", done.stdout)
            self.assertIn(str(len(VALUE)), done.stdout)
            self.assert_hidden(done.stdout)
        done = self.lakesmith("sql", "--json", stdin=query + "\n;\nSELECT int(secret('prod-secrets', 'api-key'))\n;\n")
        self.assertEqual(json.loads(done.stdout.splitlines()[0])["rows"], [["[REDACTED]", len(VALUE), ["[REDACTED]"]]])
        self.assertIn("CAST_INVALID_INPUT", done.stdout)
        self.assert_hidden(done.stdout)
        done = self.lakesmith("sql", "-e", "EXPLAIN " + query)
        self.assert_hidden(done.stdout)
        self.assertEqual(self.lakesmith("sql", "-o", "csv", "-e", "SELECT try_secret('prod-secrets', 'no') IS NULL AS x").stdout, "x\ntrue\n")
        self.assertIn("INVALID_SECRET_LOOKUP", self.lakesmith("sql", "-e", "SELECT secret('no', 'no')", code=1).stderr)

    def test_runs_use_values_and_show_none(self):
        self.make_secret()
        self.write("databricks.yml", """
            bundle: {name: secret}
            resources:
              pipelines:
                p:
                  schema: default
                  libraries: [{file: {path: p.sql}}]
                  configuration: {plain: "{{secrets/prod-secrets/plain}}"}
              jobs:
                job:
                  tasks:
                    - task_key: shell
                      shell_task:
                        command: echo "$PASSWORD" | cut -c 1-40; printf tr0ub4; sleep 0.1; printf dor-pl; sleep 0.1; printf ain; exit 3
                        env: {PASSWORD: "${secrets.prod-secrets.api-key}"}
                    - task_key: python
                      notebook_task: {notebook_path: n.py}
                    - task_key: sql
                      sql_task: {file: {path: q.sql}}
                    - task_key: pipeline
                      pipeline_task: {pipeline_id: "${resources.pipelines.p.id}"}
            """)
        self.write("q.sql", "SELECT secret('prod-secrets', 'api-key') AS s")
        self.lakesmith("secrets", "put", "prod-secrets", "plain", "--string-value", "tr0ub4dor-plain")
        self.write("p.sql", "CREATE MATERIALIZED VIEW lengths AS SELECT length(secret('prod-secrets', 'api-key')) AS n, length('${plain}') AS m")
        self.write("n.py", """
            # Databricks notebook source
            value = dbutils.secrets.get(scope="prod-secrets", key="api-key")
            print("read", value, len(value), [one.key for one in dbutils.secrets.list("prod-secrets")])
            dbutils.jobs.taskValues.set("leak", value)
            dbutils.notebook.exit(value)
            """)
        done = self.lakesmith("bundle", "run", "job", "-o", "json", code=1)
        tasks = {task["task_key"]: task for task in json.loads(done.stdout)["tasks"]}
        self.assertIn("[REDACTED]", done.stderr)
        self.assertIn("exit code 3", tasks["shell"]["state"]["state_message"])
        self.assertEqual(tasks["python"]["output"]["notebook_output"]["result"], "[REDACTED]")
        self.assertEqual(tasks["sql"]["output"]["rows"], [["[REDACTED]"]])
        self.assertEqual(tasks["pipeline"]["state"]["result_state"], "SUCCESS", tasks["pipeline"])
        self.assertEqual(self.lakesmith("sql", "-o", "csv", "-e", "SELECT n, m FROM lengths").stdout, f"n,m\n{len(VALUE)},15\n")
        self.assertNotIn("tr0ub4dor", self.lakesmith("bundle", "validate", "-o", "json").stdout)
        self.assert_hidden(done.stdout, done.stderr)

    def test_environment_and_file_scopes(self):
        self.keep_environment("LAKESMITH_SECRET_CI_API_KEY", "from-environment")
        self.lakesmith("secrets", "create-scope", "ci", "--scope-backend-type", "ENVIRONMENT")
        self.assertEqual(self.lakesmith("secrets", "get", "ci", "api-key").stdout, "from-environment\n")
        self.write("dot.env", "token=from-file\n")
        self.lakesmith("secrets", "create-scope", "f", "--scope-backend-type", "FILE", "--path", "dot.env")
        self.assertEqual(self.lakesmith("sql", "-o", "csv", "-e", "SELECT secret('f', 'token') = 'from-file' AS same").stdout, "same\ntrue\n")


if __name__ == "__main__":
    unittest.main()
