"""examples/retail as its user runs it, held against totals that other programs compute from the raw files."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from decimal import Decimal

import deltalake
import duckdb

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from lakesmith import PROGRAM, run  # noqa: E402

GOLD = ["customer_analytics", "category_analytics", "payment_analytics", "device_analytics", "product_analytics"]
TABLES = [
    *(f"bronze.{name}" for name in ("customers", "products", "transactions")),
    *(f"silver.{name}" for name in ("customers_history", "products_history", "customers", "products", "transactions_clean", "customers_enriched", "products_active")),
    *(f"gold.{name}" for name in GOLD),
]
SMALL = ["--var", "customers=500", "--var", "transactions=3000", "--var", "products=60"]

# The gold tables from the raw files, in plain DuckDB: written from the rules of docs/generate.md, not from the example.
INDEPENDENT = """
CREATE VIEW customer AS SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY updated_at DESC) AS nth
  FROM read_parquet('{landing}/customers/*.parquet')
  WHERE customer_id IS NOT NULL AND registration_date < DATE '2090-01-01') WHERE nth = 1;
CREATE VIEW product AS SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY product_id ORDER BY updated_at DESC) AS nth
  FROM read_parquet('{landing}/products/*.parquet')
  WHERE product_id IS NOT NULL AND unit_price > 0 AND category IS NOT NULL) WHERE nth = 1;
CREATE VIEW sale AS SELECT DISTINCT t.* FROM read_parquet('{landing}/transactions/*.parquet') t
  WHERE transaction_id IS NOT NULL AND status = 'completed' AND total_amount > 0
    AND transaction_time < TIMESTAMPTZ '2090-01-01 00:00:00+00'
    AND customer_id IN (SELECT customer_id FROM customer) AND product_id IN (SELECT product_id FROM product);
CREATE VIEW spending AS SELECT c.customer_id, c.city, count(s.transaction_id) AS sales, coalesce(sum(s.total_amount), 0) AS revenue
  FROM customer c LEFT JOIN sale s USING (customer_id) GROUP BY ALL;
"""
QUERIES = {
    "customer_analytics": (
        "SELECT CASE WHEN revenue >= 2000 THEN 'Premium' WHEN revenue >= 1000 THEN 'Gold' WHEN revenue >= 300 THEN 'Silver' ELSE 'Bronze' END, city,"
        " count(*), sum(sales), sum(revenue) FROM spending GROUP BY 1, 2",
        ["segment", "city", "customers", "sales", "revenue"],
    ),
    "category_analytics": (
        "SELECT p.category, count(*), sum(quantity), sum(total_amount), count(DISTINCT customer_id) FROM sale JOIN product p USING (product_id) GROUP BY 1",
        ["category", "sales", "units", "revenue", "customers"],
    ),
    "payment_analytics": (
        "SELECT payment_method, count(*), sum(total_amount) FROM sale GROUP BY 1",
        ["payment_method", "sales", "revenue"],
    ),
    "device_analytics": (
        "SELECT device, browser, count(*), sum(total_amount), count(DISTINCT customer_id) FROM sale GROUP BY 1, 2",
        ["device", "browser", "sales", "revenue", "customers"],
    ),
    "product_analytics": (
        "SELECT category, supplier, count(*), sum(stock_quantity), sum(stock_quantity * unit_price), count(*) FILTER (stock_quantity < reorder_level)"
        " FROM product WHERE is_active GROUP BY 1, 2",
        ["category", "supplier", "products", "stock_units", "stock_value", "low_stock_products"],
    ),
}


def plain(value):
    """A value as text that does not depend on who read it."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(Decimal(str(value)).normalize() + 0)
    if hasattr(value, "isoformat"):
        text = value.isoformat(sep=" ") if hasattr(value, "hour") else value.isoformat()
        return text.removesuffix("+00:00")
    return str(value)


def row_set(rows):
    return sorted([plain(value) for value in row] for row in rows)


def delta_rows(folder, columns=None):
    table = deltalake.DeltaTable(str(folder)).to_pyarrow_table(columns=columns)
    names = columns or sorted(table.column_names)
    return row_set(zip(*(table.column(name).to_pylist() for name in names)))


class Project:
    """A copy of the example in a folder of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / "retail"
        shutil.copytree(ROOT / "examples/retail", self.folder, ignore=shutil.ignore_patterns(".lakesmith", "data"))
        self.environment = {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}

    def lakesmith(self, *arguments):
        return run(*arguments, cwd=self.folder, env=self.environment)

    def run_job(self, *arguments):
        return self.lakesmith("bundle", "run", "retail_medallion", *arguments)

    def sql(self, text):
        done = self.lakesmith("sql", "-o", "jsonl", "-e", text)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def table_folder(self, name):
        schema, table = name.split(".")
        found = list((self.folder / ".lakesmith/warehouse").glob(f"**/{schema}/{table}/_delta_log"))
        assert len(found) == 1, f"{name}: {found}"
        return found[0].parent

    def snapshot(self):
        return {name: delta_rows(self.table_folder(name)) for name in TABLES}

    def independent_gold(self):
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(INDEPENDENT.format(landing=self.folder / "data/landing"))
        return {name: row_set(connection.execute(query).fetchall()) for name, (query, _) in QUERIES.items()}

    def gold(self):
        return {name: delta_rows(self.table_folder(f"gold.{name}"), columns) for name, (_, columns) in QUERIES.items()}


class RetailTest(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="lakesmith-retail-")
        self.addCleanup(temporary.cleanup)
        self.project = Project(temporary.name)

    def run_job(self, *arguments):
        done = self.project.run_job(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def test_gold_equals_independent_totals_and_a_second_run_changes_nothing(self):
        self.run_job()
        self.assertEqual(self.project.gold(), self.project.independent_gold())
        self.check_manifest()
        first = self.project.snapshot()
        self.assertEqual(len(first["bronze.transactions"]), self.raw_rows("transactions"))
        self.run_job()
        self.assertEqual(self.project.snapshot(), first)

    def raw_rows(self, name):
        return duckdb.sql(f"SELECT count(*) FROM read_parquet('{self.project.folder}/data/landing/{name}/*.parquet')").fetchone()[0]

    def check_manifest(self):
        truth = json.loads((self.project.folder / "data/landing/manifest.json").read_text())["truth"]
        found = {category: (int(sales), int(Decimal(revenue) * 100)) for category, sales, revenue in delta_rows(self.project.table_folder("gold.category_analytics"), ["category", "sales", "revenue"])}
        wanted = {row["category"]: (row["sales"], row["revenue_cents"]) for row in truth["by_category"]}
        self.assertEqual(found, wanted)
        self.assertEqual(len(delta_rows(self.project.table_folder("silver.transactions_clean"), ["transaction_id"])), truth["sales"])

    def test_delta_rs_reads_what_lakesmith_shows(self):
        self.run_job(*SMALL)
        for name in TABLES:
            with self.subTest(table=name):
                rows = self.project.sql(f"SELECT * FROM {name}")
                table = deltalake.DeltaTable(str(self.project.table_folder(name))).to_pyarrow_table()
                self.assertEqual(len(rows), table.num_rows)
                columns = sorted(table.column_names)
                self.assertEqual(sorted(rows[0]), columns)
                shown = sorted([plain_json(row[column]) for column in columns] for row in rows)
                read = sorted([plain_json(to_json(value)) for value in row] for row in zip(*(table.column(c).to_pylist() for c in columns)))
                self.assertEqual(shown, read)

    def test_a_further_batch_is_ingested_alone(self):
        self.run_job(*SMALL)
        before = delta_rows(self.project.table_folder("bronze.transactions"), ["transaction_id", "transaction_time", "total_amount"])
        self.run_job(*SMALL, "--var", "batch=2")
        after = delta_rows(self.project.table_folder("bronze.transactions"), ["transaction_id", "transaction_time", "total_amount"])
        self.assertEqual(len(after), self.raw_rows("transactions"))
        self.assertGreater(len(after), len(before))
        self.assertEqual(self.project.gold(), self.project.independent_gold())

    def test_killed_at_random_points_it_ends_as_undisturbed(self):
        self.run_job(*SMALL)
        undisturbed = self.project.snapshot()
        seed = int(os.environ.get("LAKESMITH_TEST_SEED", "20240115"))
        generator = random.Random(seed)
        shutil.rmtree(self.project.folder / ".lakesmith")
        shutil.rmtree(self.project.folder / "data")
        started = time.monotonic()
        self.run_job(*SMALL)
        whole = time.monotonic() - started
        shutil.rmtree(self.project.folder / ".lakesmith")
        shutil.rmtree(self.project.folder / "data")
        for _ in range(10):
            self.kill_after(generator.uniform(0.02, whole))
        self.run_job(*SMALL)
        self.assertEqual(self.project.snapshot(), undisturbed, f"seed {seed}")

    def kill_after(self, seconds):
        process = subprocess.Popen(
            [str(PROGRAM), "bundle", "run", "retail_medallion", *SMALL],
            cwd=self.project.folder,
            env={**os.environ, **self.project.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def to_json(value):
    if value is None or isinstance(value, (bool, int, str, float)):
        return value
    return plain(value)


def plain_json(value):
    """Numbers and numeric text alike: jsonl shows a decimal as text, other readers as a number."""
    if isinstance(value, bool) or value is None:
        return str(value)
    try:
        return plain(Decimal(str(value)))
    except ArithmeticError:
        return str(value)


class MistakeTest(unittest.TestCase):
    """A slip in the project gives one clear message with its place and the nearest name, and nothing is written."""

    CASES = [
        ("a column", "src/gold/analytics.sql", "sum(quantity) AS units", "sum(quantty) AS units", r"analytics\.sql:\d+:\d+: .*quantty.*", "quantity"),
        ("a table", "src/gold/analytics.sql", "FROM silver.products_active", "FROM silver.product_active", r"analytics\.sql:\d+:\d+: .*product_active.*", "products_active"),
        ("a function", "src/gold/analytics.sql", "round(avg(total_amount), 2)", "rond(avg(total_amount), 2)", r"analytics\.sql:\d+:\d+: .*rond.*", "round"),
        ("a keyword", "src/silver/products.sql", "WHERE is_active", "WERE is_active", r"products\.sql:\d+:\d+: .*", "WERE"),
        ("a YAML key", "resources/retail.job.yml", "depends_on:", "depend_on:", r"retail\.job\.yml:\d+:\d+: .*depend_on.*", "depends_on"),
        ("a task", "resources/retail.job.yml", "task_key: generate\n          description", "task_key: genarate\n          description", r"retail\.job\.yml:\d+:\d+: .*", "genarate"),
        ("a variable", "resources/retail.pipeline.yml", "${var.landing}", "${var.landin}", r"retail\.pipeline\.yml:\d+:\d+: .*landin.*", "landing"),
        ("a file", "resources/retail.job.yml", "../src/checks/totals.sql", "../src/checks/total.sql", r"retail\.job\.yml:\d+:\d+: .*total\.sql.*", "totals.sql"),
    ]

    def test_each_slip(self):
        for name, file, right, wrong, pattern, near in self.CASES:
            with self.subTest(slip=name), tempfile.TemporaryDirectory(prefix="lakesmith-slip-") as folder:
                project = Project(folder)
                path = project.folder / file
                text = path.read_text()
                self.assertIn(right, text)
                path.write_text(text.replace(right, wrong, 1))
                done = project.run_job(*SMALL)
                output = done.stdout + done.stderr
                self.assertNotEqual(done.returncode, 0, output)
                self.assertRegex(output, pattern)
                self.assertIn(near, output)
                self.assertFalse(list(project.folder.glob(".lakesmith/warehouse/**/*.parquet")), "something was written")


if __name__ == "__main__":
    unittest.main()
