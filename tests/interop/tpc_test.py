#!/usr/bin/env python3
"""TPC-H's 22 and TPC-DS's 99 queries: lakesmith's answers against those of DuckDB, an engine of its own.

    tests/interop/tpc_test.py [--scale 0.1] [--suite tpch] [--only q3] [--queries DIR]

Data and query texts come from DuckDB's extensions tpch and tpcds (Python packages duckdb-extension-tpch and
duckdb-extension-tpcds, or an installed extension); nothing of TPC's is kept here. --queries runs other texts, such as Spark's:
DIR/tpch/*.sql and DIR/tpcds/*.sql; DuckDB then runs the same text with backticks turned into quotes.

Says skipped (77) where duckdb or its extensions are not there.
"""
import argparse
import decimal
import importlib
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ.get("LAKESMITH_PROGRAM", "build/release/bin/lakesmith")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def load(connection, name):
    try:
        module = importlib.import_module(f"duckdb_extension_{name}")
        path = next(pathlib.Path(module.__file__).parent.rglob("*.duckdb_extension"))
        connection.execute(f"LOAD '{path}'")
    except (ImportError, StopIteration):
        connection.execute(f"LOAD {name}")


def generated(name, scale, folder):
    """A connection with the data, which are Parquet files in the folder too."""
    import duckdb

    connection = duckdb.connect()
    load(connection, name)
    connection.execute(f"CALL {'dbgen' if name == 'tpch' else 'dsdgen'}(sf={scale})")
    connection.execute("SET default_null_order = 'nulls_first_on_asc_last_on_desc'")
    tables = [row[0] for row in connection.execute("SHOW TABLES").fetchall()]
    if "customer" in tables and name == "tpcds":  # Texts of older revisions of TPC-DS call it so.
        connection.execute("CREATE OR REPLACE TABLE customer AS SELECT *, c_last_review_date_sk AS c_last_review_date FROM customer")
    for table in tables:
        connection.execute(f"COPY {table} TO '{folder}/{table}.parquet'")
    return connection, tables


class Lakesmith:
    def __init__(self, folder):
        self.process = subprocess.Popen(
            [PROGRAM, "sql", "--json", "--warehouse", f"{folder}/warehouse"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def execute(self, statement):
        self.process.stdin.write(statement.encode() + b"\n;\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            return {"ok": False, "error": f"the program ended with {self.process.wait()}"}
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def cell(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, decimal.Decimal)):
        return float(value)
    text = str(value).rstrip()
    try:
        return float(text) if re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text) else text
    except ValueError:
        return text


def key(row):
    return [(0, "") if value is None else (1, f"{value:.4g}") if isinstance(value, float) else (2, value) for value in row]


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6) or (math.isnan(a) and math.isnan(b))
    return a == b


def difference(ours, theirs):
    """None when they are the same rows, in whatever order."""
    if len(ours) != len(theirs):
        return f"{len(ours)} rows, {len(theirs)} expected"
    ours = sorted(([cell(value) for value in row] for row in ours), key=key)
    theirs = sorted(([cell(value) for value in row] for row in theirs), key=key)
    for mine, other in zip(ours, theirs):
        if len(mine) != len(other) or not all(same(a, b) for a, b in zip(mine, other)):
            return f"{mine} where {other} is expected"
    return None


def texts(connection, name, folder):
    if folder:
        files = sorted(pathlib.Path(folder, name).glob("*.sql"), key=lambda path: [int(n) for n in re.findall(r"\d+", path.stem)])
        return [(file.stem, file.read_text().strip().rstrip(";")) for file in files]
    rows = connection.execute(f"SELECT query_nr, query FROM {name}_queries()").fetchall()
    # Spark writes names between backticks, where DuckDB's texts have quotes; the rest of them is Spark SQL as well.
    return [(f"q{number}", query.strip().rstrip(";").replace('"', "`")) for number, query in rows]


def expected(connection, name, query, text):
    """DuckDB's rows for the same text; where it does not take that, for its own text of the query."""
    try:
        return connection.execute(text.replace("`", '"')).fetchall()
    except Exception:
        number = int(re.sub(r"\D", "", query))
        own = connection.execute(f"SELECT query FROM {name}_queries() WHERE query_nr = {number}").fetchone()[0]
        return connection.execute(own).fetchall()


def run(name, arguments):
    failed = total = 0
    with tempfile.TemporaryDirectory(prefix="lakesmith-tpc-") as folder:
        connection, tables = generated(name, arguments.scale, folder)
        lake = Lakesmith(folder)
        for table in tables:
            answer = lake.execute(f"CREATE TABLE {table} AS SELECT * FROM parquet.`{folder}/{table}.parquet`")
            if not answer["ok"]:
                sys.exit(f"{table}: {answer['error']}")
        for query, text in texts(connection, name, arguments.queries):
            if arguments.only and query != arguments.only:
                continue
            total += 1
            started = time.monotonic()
            answer = lake.execute(text)
            seconds = time.monotonic() - started
            if not answer["ok"]:
                problem = answer["error"]
            else:
                problem = difference(answer["rows"], expected(connection, name, query, text))
            if problem:
                failed += 1
                print(f"{name} {query}: {problem}"[:600])
            elif arguments.verbose:
                print(f"{name} {query}: equal, {len(answer['rows'])} rows, {seconds:.2f} s")
        lake.close()
    print(f"{name}: {total - failed} of {total} queries equal")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--only", default="")
    parser.add_argument("--suite", choices=["tpch", "tpcds"], action="append")
    parser.add_argument("--queries", default="")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    try:
        import duckdb

        for name in ("tpch", "tpcds"):
            load(duckdb.connect(), name)
    except Exception as error:  # duckdb's own error types are not there without it.
        skip(f"DuckDB's extensions tpch and tpcds are needed: {error}")
    return 1 if sum(run(name, arguments) for name in arguments.suite or ("tpch", "tpcds")) else 0


if __name__ == "__main__":
    sys.exit(main())
