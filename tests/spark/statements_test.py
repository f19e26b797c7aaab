#!/usr/bin/env python3
"""Hand-written statements, by topic: lakesmith's answers against those of a real Spark.

    tests/spark/statements_test.py [FILE ...] [--all]

FILE is a text of statements that end with `;` at the end of a line; without one, all of tests/spark/statements/. Each file
runs in order in a fresh session of both. Compared are names and types of the columns, the rows (in order where the query
orders), or that both refuse, with the same error class up to its first point. A comment `-- differs: REASON` before a
statement says that its difference is known; it fails the test when it is none any more. --all shows what is known, too.
Exit code 1 when another differs.
"""
import argparse
import logging
import os
import pathlib
import re
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from lib.lakesmith import SqlSession  # noqa: E402
from parity_engines import TIME_ZONE, as_text  # noqa: E402
from parity_test import row_key, same_text  # noqa: E402

SETTINGS = {
    # Plans are interpreted: compiling each would take most of the time.
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.adaptive.enabled": "false",
    "spark.sql.timeType.enabled": "true", "spark.sql.session.timeZone": TIME_ZONE,
}
QUERY = re.compile(r"(?is)^\s*(select|with|values|from|table\s|\()")
ERROR_CLASS = re.compile(r"\[([A-Z][A-Z_0-9]+)[A-Z_.0-9]*\]")


def statements_of(path):
    """(line, text, why it is known to differ) of each statement."""
    found, lines, start, known = [], [], 0, ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not lines and (not line.strip() or line.startswith("--")):
            if line.startswith("-- differs:"):
                known = line[len("-- differs:"):].strip()
            continue
        start = start if lines else number
        lines.append(line)
        if line.rstrip().endswith(";"):
            found.append((start, "\n".join(lines).rstrip().rstrip(";"), known))
            lines, known = [], ""
    if lines:
        sys.exit(f"{path}:{start}: the last statement has no ;")
    return found


class Spark:
    """A session of the one Spark; every file has its own schema, temporary views and settings."""

    def __init__(self, name):
        from spark import session

        logging.disable(logging.CRITICAL)
        first = session(TIME_ZONE)
        first.sparkContext.setLogLevel("OFF")
        self.session = first.newSession()
        for key, value in SETTINGS.items():
            self.session.conf.set(key, value)
        self.session.sql(f"CREATE SCHEMA IF NOT EXISTS {name}")
        self.session.sql(f"USE {name}")

    def run(self, statement):
        """(columns, rows of texts, error)"""
        try:
            frame = self.session.sql(statement)
            columns = [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]
            if not columns:
                return columns, [], ""
            names = [f"c{index}" for index in range(len(columns))]
            texts = frame.toDF(*names).selectExpr(*(as_text(name, kind) for name, (_, kind) in zip(names, columns)))
            return columns, [tuple(row) for row in texts.collect()], ""
        except Exception as error:  # Any kind of failure is an answer.
            return None, None, str(error)[:300]


class Ours:
    def __init__(self, folder, name):
        self.session = SqlSession(folder)
        for statement in (f"SET TIME ZONE '{TIME_ZONE}'", f"CREATE SCHEMA {name}", f"USE {name}"):
            self.session.rows(statement)

    def run(self, statement):
        if not QUERY.match(statement):
            return self.command(statement)
        described = self.session.execute(statement)
        if not described["ok"]:
            return None, None, described["error"]
        columns = [(column["name"], column["type"]) for column in described["columns"]]
        names = [f"c{index}" for index in range(len(columns))]
        texts = ", ".join(as_text(name, kind) for name, (_, kind) in zip(names, columns))
        answer = self.session.execute(f"SELECT {texts} FROM ({statement}\n) AS q({', '.join(names)})")
        return (columns, [tuple(row) for row in answer["rows"]], "") if answer["ok"] else (None, None, answer["error"])

    def command(self, statement):
        answer = self.session.execute(statement)
        if not answer["ok"]:
            return None, None, answer["error"]
        columns = [(column["name"], column["type"]) for column in answer["columns"]]
        return columns, [tuple(None if cell is None else cell if isinstance(cell, str) else str(cell).lower() for cell in row) for row in answer["rows"]], ""


def orders_rows(statement):
    """Whether the statement itself has ORDER BY, not a subquery or a window of it."""
    inner = None
    while inner != statement:
        inner, statement = statement, re.sub(r"\([^()]*\)", "", statement)
    return re.search(r"(?i)\b(order|sort)\s+by\b", statement) is not None


def difference(statement, spark, ours):
    """What differs, as a text, or None."""
    columns, rows, error = spark
    our_columns, our_rows, our_error = ours
    if columns is None and our_columns is None:
        theirs, mine = ERROR_CLASS.search(error), ERROR_CLASS.search(our_error)
        same = not theirs or (mine and mine.group(1) == theirs.group(1))
        return None if same else f"error: {our_error[:300]}\n    Spark: {error[:200]}"
    if columns is None:
        return f"accepted: {our_rows[:3]}\n    Spark: {error[:200]}"
    if our_columns is None:
        return f"failed: {our_error[:300]}\n    Spark: {rows[:3]}"
    if not columns or not our_columns:  # Only one of them tells what a command did.
        return f"rows: {our_rows[:4]}\n    Spark: {rows[:4]}" if QUERY.match(statement) and our_columns != columns else None
    # The first catalog has another name.
    our_columns = [(name.replace("main.", "spark_catalog."), kind) for name, kind in our_columns]
    if columns != our_columns:
        return f"columns: {our_columns}\n    Spark: {columns}"
    if not orders_rows(statement):
        rows, our_rows = sorted(rows, key=row_key), sorted(our_rows, key=row_key)
    if len(rows) != len(our_rows):
        return f"{len(our_rows)} rows: {our_rows[:4]}\n    Spark: {len(rows)}: {rows[:4]}"
    for mine, theirs in zip(our_rows, rows):
        if not all(same_text(a, b) for a, b in zip(mine, theirs)):
            return f"row: {mine}\n    Spark: {theirs}"
    return None


def run_file(path, folder, show_known):
    """(statements, differences, those that are known)"""
    counts = [0, 0, 0]
    name = "s_" + re.sub(r"\W", "_", path.stem)
    spark, ours = Spark(name), Ours(f"{folder}/{path.stem}", name)
    for line, statement, known in statements_of(path):
        counts[0] += 1
        try:
            found = difference(statement, spark.run(statement), ours.run(statement))
        except RuntimeError as error:
            found = f"crash: {error}"
            ours = Ours(f"{folder}/{path.stem}_{line}", name)
        counts[1] += bool(found) != bool(known)
        counts[2] += bool(found) and bool(known)
        if bool(found) != bool(known) or (found and show_known):
            print(f"{path.name}:{line}: {statement}\n    {known and f'known ({known}) '}{found or 'differs no more'}", flush=True)
    ours.session.close()
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--all", action="store_true", help="show known differences, too")
    arguments = parser.parse_args()
    try:
        import pyspark  # noqa: F401
    except ImportError:
        print("skipped: PySpark is not here; scripts/test --slow installs it")
        return 77
    total = [0, 0, 0]
    files = [path.resolve() for path in arguments.files] or sorted((HERE / "statements").glob("*.sql"))
    with tempfile.TemporaryDirectory(prefix="lakesmith-statements-") as folder:
        os.chdir(folder)  # Spark makes its warehouse where it starts.
        for path in files:
            counts = run_file(path, folder, arguments.all)
            print(f"{path.name}: {counts[0]} statements, {counts[1]} differ, {counts[2]} known", flush=True)
            total = [a + b for a, b in zip(total, counts)]
    print(f"{total[0]} statements, {total[1]} differ, {total[2]} are known to differ")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
