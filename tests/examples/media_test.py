"""examples/media_analytics as its user runs it, held against the manifest of the raw data and plain DuckDB over the raw files."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from decimal import Decimal

import deltalake
import duckdb

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from lakesmith import PROGRAM, run  # noqa: E402
from mail_server import Mailbox, start_mail_server  # noqa: E402

JOB = "media_analytics_pipeline"
FIRST, SECOND, THIRD = "2024-01-15", "2024-01-16", "2024-01-17"
SMALL = ["--assets", "60", "--devices", "150", "--deliveries", "1500", "--metrics", "1500", "--dirty-share", "0.05"]
TASKS = [
    "bronze_ingestion",
    *("silver_assest_transformation", "silver_delivery_transformation", "silver_device_task", "silver_geo_task", "silver_metrics_task"),
    *("gold_executive_summary", "gold_metrics_assets", "gold_metrics_delivery", "gold_device_metrics", "gold_geo_metrics"),
]
TABLES = [
    *(f"bronze.raw_{name}" for name in ("assets", "delivery", "devices", "geo", "metrics")),
    *(f"silver.{name}" for name in ("assets", "delivery", "devices", "geo", "metrics")),
    *(f"gold.{name}" for name in ("executive_summary", "content_performance", "delivery_quality", "device_analytics", "geographic_analytics")),
]

# What is valid, and the latest state of things up to a day, from the rules of docs/generate.md, not from the example.
INDEPENDENT = """
CREATE VIEW raw_assets AS SELECT * FROM read_parquet('{data}/parquet_data_source/assets/*.parquet', union_by_name => true);
CREATE VIEW asset AS SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY updated_at DESC) AS nth FROM raw_assets
  WHERE id IS NOT NULL AND duration_seconds > 0 AND date <= DATE '{day}') WHERE nth = 1;
CREATE VIEW device AS SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY updated_at DESC) AS nth
  FROM read_parquet('{data}/parquet_data_source/devices/*.parquet') WHERE id IS NOT NULL AND date <= DATE '{day}') WHERE nth = 1;
CREATE VIEW place AS SELECT DISTINCT id, country, continent FROM read_parquet('{data}/parquet_data_source/geo/*.parquet') WHERE id IS NOT NULL;
CREATE VIEW delivery AS SELECT DISTINCT * FROM read_parquet('{data}/parquet_data_source/delivery/{day}.parquet')
  WHERE id IS NOT NULL AND date = DATE '{day}' AND bytes_sent >= 0 AND asset_id < 900000000000;
CREATE VIEW metric AS SELECT DISTINCT * FROM read_parquet('{data}/parquet_data_source/metrics/{day}.parquet')
  WHERE id IS NOT NULL AND date = DATE '{day}' AND watch_seconds >= 0 AND asset_id < 900000000000;
"""
QUERIES = {
    "executive_summary": (
        "SELECT date, count(*), count(DISTINCT device_id), sum(revenue), sum(revenue) FILTER (is_premium),"
        " (SELECT count(*) FROM delivery) FROM metric JOIN (SELECT id, is_premium FROM asset) a ON a.id = asset_id GROUP BY date",
        ["date", "views", "active_devices", "revenue", "premium_revenue", "deliveries"],
    ),
    "content_performance": (
        "SELECT metric.date, asset_id, title, asset_type, is_premium, count(*), sum(watch_seconds), sum(likes), sum(shares), sum(revenue)"
        " FROM metric JOIN asset ON asset.id = asset_id GROUP BY ALL",
        ["date", "asset_id", "title", "asset_type", "is_premium", "views", "watch_seconds", "likes", "shares", "revenue"],
    ),
    "delivery_quality": (
        "SELECT date, cdn, protocol, count(*), count(*) FILTER (status = 'failed'), count(*) FILTER (status = 'degraded'), sum(bytes_sent),"
        " sum(rebuffer_ms), quantile_disc(startup_ms, 0.95) FROM delivery GROUP BY ALL",
        ["date", "cdn", "protocol", "deliveries", "failed", "degraded", "bytes_sent", "rebuffer_ms", "startup_ms_95"],
    ),
    "device_analytics": (
        "SELECT metric.date, device_type, platform, count(*), count(DISTINCT device_id), sum(watch_seconds), sum(revenue), count(*) FILTER (supports_hdr)"
        " FROM metric JOIN device ON device.id = device_id GROUP BY ALL",
        ["date", "device_type", "platform", "views", "active_devices", "watch_seconds", "revenue", "hdr_views"],
    ),
    "geographic_analytics": (
        "SELECT date, continent, country, count(*), count(DISTINCT device_id), sum(watch_seconds), sum(revenue),"
        " (SELECT count(*) FROM delivery d JOIN place q ON q.id = d.place_id WHERE q.country = p.country)"
        " FROM metric JOIN place p ON p.id = place_id GROUP BY ALL",
        ["date", "continent", "country", "views", "active_devices", "watch_seconds", "revenue", "deliveries"],
    ),
}


def plain(value):
    """A value as text that does not depend on who read it."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(Decimal(str(value)).normalize() + 0)
    return str(value)


def row_set(rows):
    return sorted([plain(value) for value in row] for row in rows)


class Project:
    """A copy of the example in a folder of its own, with days of data for an environment."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / "media_analytics"
        shutil.copytree(ROOT / "examples/media_analytics", self.folder, ignore=shutil.ignore_patterns(".lakesmith", "data", "backups"))
        self.environment = {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}

    def data(self, target="dev"):
        return self.folder / "data" / target / "media_analytics"

    def lakesmith(self, *arguments):
        return run(*arguments, cwd=self.folder, env=self.environment)

    def bash(self, command):
        environment = {**os.environ, **self.environment, "NO_COLOR": "1"}
        return subprocess.run(["bash", "-c", command], cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def generate(self, day, target="dev"):
        done = self.lakesmith("generate", "media", "--out", self.data(target), "--date", day, *SMALL)
        assert done.returncode == 0, done.stdout + done.stderr

    def run_job(self, day, target="dev"):
        return self.lakesmith("bundle", "run", JOB, "-t", target, "--params", f"date={day}")

    def manifest_day(self, day, target="dev"):
        days = json.loads((self.data(target) / "manifest.json").read_text())["days"]
        return next(entry for entry in days if entry["date"] == day)

    def table_folder(self, name, target="dev"):
        schema, table = name.split(".")
        return self.folder / f".lakesmith/warehouse/media_{target}" / schema / table

    def delta(self, name, target="dev"):
        return deltalake.DeltaTable(str(self.table_folder(name, target)))

    def rows(self, name, columns=None, target="dev"):
        table = self.delta(name, target).to_pyarrow_table(columns=columns)
        names = columns or sorted(table.column_names)
        return row_set(zip(*(table.column(column).to_pylist() for column in names)))

    def sql(self, text):
        done = self.lakesmith("sql", "-o", "jsonl", "-e", text)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def independent_gold(self, day):
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(INDEPENDENT.format(data=self.data(), day=day))
        return {name: row_set(connection.execute(query).fetchall()) for name, (query, _) in QUERIES.items()}

    def gold(self, day):
        found = {}
        for name, (_, columns) in QUERIES.items():
            found[name] = [row for row in self.rows(f"gold.{name}", columns) if row[0] == day]
        return found


class MediaTest(unittest.TestCase):
    maxDiff = 3000

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="lakesmith-media-")
        self.addCleanup(temporary.cleanup)
        self.project = Project(temporary.name)

    def run_day(self, day, target="dev"):
        self.project.generate(day, target)
        self.rerun_day(day, target)

    def rerun_day(self, day, target="dev"):
        done = self.project.run_job(day, target)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for task in TASKS:
            self.assertRegex(done.stdout + done.stderr, rf"{task}\W.*SUCCESS")

    def test_gold_equals_an_independent_computation_and_the_manifest_day_by_day(self):
        self.run_day(FIRST)
        self.assertEqual(self.project.gold(FIRST), self.project.independent_gold(FIRST))
        first = self.project.gold(FIRST)
        self.run_day(SECOND)
        self.assertEqual(self.project.gold(SECOND), self.project.independent_gold(SECOND))
        self.assertEqual(self.project.gold(FIRST), first, "the first day is as it was")
        for day in (FIRST, SECOND):
            self.check_manifest(day)
            self.check_quality_counts(day)
        self.check_second_day_was_incremental()

    def check_manifest(self, day):
        truth = self.project.manifest_day(day)["truth"]
        [summary] = [row for row in self.project.rows("gold.executive_summary", ["date", "views", "revenue", "deliveries"]) if row[0] == day]
        self.assertEqual(summary[1:], [plain(truth["metrics"]["views"]), plain(Decimal(truth["metrics"]["revenue_cents"]) / 100), plain(truth["delivery"]["deliveries"])])
        sums = {
            "metrics_by_asset_type": ("content_performance", "asset_type", "watch_seconds"),
            "metrics_by_device_type": ("device_analytics", "device_type", "watch_seconds"),
            "metrics_by_country": ("geographic_analytics", "country", "watch_seconds"),
        }
        for key, (table, group, column) in sums.items():
            found = {}
            for row_day, name, value in self.project.rows(f"gold.{table}", ["date", group, column]):
                if row_day == day:
                    found[name] = found.get(name, 0) + int(value)
            wanted = {name: totals["watch_seconds"] for name, totals in truth[key].items()}
            self.assertEqual({name: value for name, value in found.items() if value}, {name: value for name, value in wanted.items() if value}, key)
        found = {}
        for row_day, cdn, value in self.project.rows("gold.delivery_quality", ["date", "cdn", "bytes_sent"]):
            if row_day == day:
                found[cdn] = found.get(cdn, 0) + int(value)
        self.assertEqual(found, {cdn: totals["bytes"] for cdn, totals in truth["delivery_by_cdn"].items()})

    def check_quality_counts(self, day):
        columns = ["batch_date", "table_name", "rows_read", "null_ids", "wrong_dates", "negative_values", "unknown_assets", "duplicates", "rows_kept"]
        found = {row[1]: [int(value) for value in row[2:]] for row in self.project.rows("silver.data_quality", columns) if row[0] == day}
        wanted = {}
        for table, facts in self.project.manifest_day(day)["tables"].items():
            faults = facts["faults"]
            counts = [faults[name] for name in ("null_id", "wrong_date", "negative", "orphan_asset", "duplicate")]
            wanted[table] = [facts["rows"], *counts, facts["clean_rows"]]
        self.assertEqual(found, wanted)

    def check_second_day_was_incremental(self):
        # A fifth of the assets changed, so a fifth was updated and none inserted; files of the first day stayed as they were.
        merges = [commit for commit in self.project.delta("silver.assets").history() if commit["operation"] == "MERGE"]
        metrics = merges[0]["operationMetrics"]
        metrics = json.loads(metrics) if isinstance(metrics, str) else metrics
        self.assertEqual((int(metrics["numTargetRowsUpdated"]), int(metrics["numTargetRowsInserted"])), (12, 0))
        for table in ("silver.delivery", "silver.metrics", "bronze.raw_metrics"):
            removed = []
            for log in sorted(self.project.table_folder(table).glob("_delta_log/*.json")):
                actions = [json.loads(line) for line in log.read_text().splitlines()]
                infos = [action["commitInfo"] for action in actions if "commitInfo" in action]
                if infos[0]["operation"] != "OPTIMIZE":
                    removed += [action["remove"]["path"] for action in actions if "remove" in action]
            self.assertEqual([path for path in removed if FIRST in path], [], table)

    def test_a_day_that_runs_again_changes_nothing(self):
        self.run_day(FIRST)
        self.run_day(SECOND)
        tables = [name for name in TABLES if not name.startswith("bronze.")]
        before = {name: self.project.rows(name) for name in tables}
        self.rerun_day(SECOND)
        self.rerun_day(FIRST)
        self.assertEqual({name: self.project.rows(name) for name in ("silver.assets", "silver.devices", "silver.geo")}, {name: before[name] for name in ("silver.assets", "silver.devices", "silver.geo")})
        for name in ("silver.delivery", "silver.metrics", "gold.delivery_quality"):
            self.assertEqual(self.project.rows(name), before[name], name)

    def test_columns_that_appear_later_are_added_and_old_versions_stay_readable(self):
        self.run_day(FIRST)
        self.run_day(SECOND)
        self.assertNotIn("content_rating", self.project.delta("silver.assets").to_pyarrow_table().column_names)
        self.run_day(THIRD)
        rows = self.project.delta("silver.assets").to_pyarrow_table(columns=["date", "content_rating"]).to_pylist()
        changed = [row for row in rows if str(row["date"]) == THIRD]
        self.assertEqual(len(changed), 12)
        self.assertTrue(all((row["content_rating"] is not None) == (str(row["date"]) == THIRD) for row in rows))
        # The summary had one row after its first day.
        first = next(commit["version"] for commit in reversed(self.project.delta("gold.executive_summary").history()) if commit["operation"] == "WRITE")
        old = self.project.sql(f"SELECT date FROM media_dev.gold.executive_summary VERSION AS OF {first}")
        self.assertEqual(old, [{"date": FIRST}])
        self.assertEqual(len(self.project.sql("SELECT date FROM media_dev.gold.executive_summary")), 3)

    def test_a_bad_batch_stops_before_anything_of_it_is_silver(self):
        self.run_day(FIRST)
        self.project.generate(SECOND)
        before = self.project.rows("silver.assets")
        path = self.project.data() / "parquet_data_source/assets" / f"{SECOND}.parquet"
        duckdb.sql(f"COPY (SELECT * REPLACE (NULL::BIGINT AS id) FROM read_parquet('{path}')) TO '{path}.new' (FORMAT parquet)")
        os.replace(f"{path}.new", path)
        done = self.project.run_job(SECOND)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"Empty dataset: bronze.raw_assets has no valid row of {SECOND}", done.stdout + done.stderr)
        self.assertEqual(self.project.rows("silver.assets"), before)
        self.assertNotIn(SECOND, [row[0] for row in self.project.rows("gold.executive_summary", ["date"])])

    def test_a_day_without_files_is_told(self):
        self.project.generate(FIRST)
        done = self.project.run_job("2024-02-30")
        self.assertNotEqual(done.returncode, 0)
        done = self.project.run_job(SECOND)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout + done.stderr, rf"bronze_loader\.sql:\d+:\d+.*|{SECOND}\.parquet")
        self.assertFalse(list(self.project.folder.glob(".lakesmith/warehouse/media_dev/gold/**/*.parquet")))

    # The command lines that a workspace's documentation gives, as written; <...> is filled in. Each with its exit code and
    # what it must print.
    VAULT = "--scope-backend-type AZURE_KEYVAULT --resource-id /subscriptions/<sub-id>/resourceGroups/<rg>/providers/Microsoft.KeyVault/vaults/<vault>"
    COMMANDS = [
        ("databricks configure --token", 0, "othing to configure"),
        ("databricks bundle validate -t <env>", 0, "Validation OK!"),
        ("databricks bundle deploy -t <env>", 0, "Deployment 1 of 'media_analytics' to 'dev' complete!"),
        ("databricks bundle deploy -t <env>", 0, "Nothing to deploy."),
        ("./scripts/deploy.sh dev", 0, "Nothing to deploy."),
        ("databricks bundle run media_analytics_pipeline -t dev", 0, "gold_geo_metrics"),
        ("databricks bundle run media_analytics_pipeline -t prod", 0, "gold_geo_metrics"),
        ("databricks bundle run media_analytics_pipeline -t prod --params date=2024-01-15", 0, "gold_geo_metrics"),
        ("databricks jobs list | grep media_analytics_pipeline", 0, "media_analytics_pipeline-dev"),
        ("databricks jobs runs list --job-id <job-id> --limit 1", 0, "SUCCEEDED"),
        ("databricks jobs runs get --run-id <run-id>", 0, "bronze_ingestion"),
        ("databricks jobs runs get-output --run-id <run-id>", 0, '"metadata"'),
        ("databricks jobs runs get --run-id <run-id> | jq '.tasks[] | select(.task_key==\"bronze_ingestion\")'", 0, '"task_key": "bronze_ingestion"'),
        ("databricks secrets create-scope --scope prod-secrets", 0, ""),
        ("databricks secrets put --scope prod-secrets --key storage-account-key", 0, ""),
        (f"databricks secrets create-scope --scope prod-secrets {VAULT}", 1, "Azure Key Vault is not reached from here"),
        ("databricks bundle destroy -t <env>", 1, "needs --auto-approve"),
    ]

    def test_each_command_line_of_the_readme_works_as_it_says(self):
        self.project.generate(FIRST)
        self.project.generate(FIRST, "prod")
        names = self.project.folder / "names"
        names.mkdir()
        self.project.environment["HOME"] = str(self.project.folder / "home")
        (names / "databricks").symlink_to(PROGRAM)
        self.project.environment["PATH"] = f"{names}:{self.project.environment['PATH']}"
        readme = (self.project.folder / "README.md").read_text().replace("\\|", "|")
        listed = re.findall(r"^\| `((?:databricks|\./scripts).*?)` \|", readme, re.MULTILINE)
        self.assertEqual(sorted(set(listed)), sorted({command for command, _, _ in self.COMMANDS}))
        for command, code, text in self.COMMANDS:
            with self.subTest(command=command):
                if "jq" in command and not shutil.which("jq"):
                    self.skipTest("jq is not installed")
                filled = command.replace("<env>", "dev").replace("<job-id>", JOB).replace("<run-id>", "1")
                filled = re.sub(r"<(sub-id|rg|vault)>", r"\1", filled)
                done = self.project.bash(("echo hush-hush | " if "secrets put" in filled else "") + filled)
                self.assertNotIn("hush-hush", done.stdout + done.stderr)
                self.assertEqual(done.returncode, code, done.stdout + done.stderr)
                self.assertIn(text, done.stdout + done.stderr)

    def test_production_tells_of_starts_successes_and_failures_by_mail(self):
        mailbox = Mailbox()
        controller = start_mail_server(mailbox)
        self.addCleanup(controller.stop)
        self.project.environment |= {"LAKESMITH_SMTP_URL": f"smtp://127.0.0.1:{controller.port}", "LAKESMITH_SMTP_TLS": "optional"}
        self.project.generate(FIRST, "prod")
        run_bronze = f"lakesmith bundle run {JOB} -t prod --var-file config/prod.json --working-copy --only bronze_ingestion"
        self.assertEqual(self.project.bash(run_bronze).returncode, 0)
        self.assertEqual(self.project.bash(f"{run_bronze} --params date={SECOND}").returncode, 1)
        name = f"[prod] job '{JOB}-prod'"
        self.assertEqual(mailbox.subjects(), [f"{name} has started (run 1)", f"{name} has succeeded (run 1)",
                                              f"{name} has started (run 2)", f"{name} has failed (run 2)"])
        self.assertEqual({mail[1][0] for mail in mailbox.mails}, {"on-call@example.com"})
        self.assertIn(f"{SECOND}.parquet", mailbox.mails[-1][2])

    def test_deployment_scripts_and_workflows(self):
        done = self.project.bash("scripts/deploy.sh nowhere")
        self.assertEqual(done.returncode, 2)
        self.assertIn("one of dev, qa, uat, prod", done.stderr)
        self.run_day(FIRST, "prod")
        before = {name: self.project.rows(name, target="prod") for name in TABLES}
        done = self.project.bash("scripts/deploy.sh prod")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        restore = re.search(r"to bring them back: (.*)", done.stdout).group(1)
        self.rerun_day(FIRST, "prod")
        done = self.project.bash(f"lakesmith sql -e 'DELETE FROM media_prod.silver.assets' && {restore}")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual({name: self.project.rows(name, target="prod") for name in TABLES}, before)
        done = self.project.bash("scripts/integration-test.sh qa")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("equals the manifest on 2 days", done.stdout)

    def test_workflows_run_what_is_there(self):
        for path in sorted((self.project.folder / ".github/workflows").glob("*.yml")):
            for script in re.findall(r"\./(scripts/[\w.-]+)", path.read_text()):
                self.assertTrue(os.access(self.project.folder / script, os.X_OK), f"{path.name}: {script}")
            self.assertRegex(path.read_text(), r"lakesmith bundle validate|scripts/deploy\.sh")


if __name__ == "__main__":
    unittest.main()
