#!/usr/bin/env python3
"""Every operator and function with an argument of each type: lakesmith's answers against those of a real Spark.

    tests/spark/types_test.py [--only PATTERN] [--pairs] [--all]

Without --pairs, operators and casts see all pairs of types and functions one argument; --pairs gives functions two, which
takes ten minutes more. Compared are names and types of the columns, the rows, and that both refuse. What is known to differ
stands in types_known.txt, a regular expression a line with its reason before it. --only takes cases whose expression matches,
--all shows what is known, too. Exit code 1 when another differs.
"""
import argparse
import os
import pathlib
import re
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from parity_engines import Ours, Spark  # noqa: E402
from parity_test import row_key, same_text  # noqa: E402

VALUES = {
    "tinyint": "CAST(1 AS TINYINT)", "smallint": "CAST(2 AS SMALLINT)", "int": "CAST(3 AS INT)", "bigint": "CAST(4 AS BIGINT)",
    "float": "CAST(1.5 AS FLOAT)", "double": "CAST(2.5 AS DOUBLE)", "decimal(10)": "CAST(7 AS DECIMAL(10,0))",
    "decimal(5,2)": "CAST(1.25 AS DECIMAL(5,2))", "decimal(38,18)": "CAST(9.5 AS DECIMAL(38,18))", "string": "CAST('1' AS STRING)",
    "date text": "CAST('2017-12-11' AS STRING)", "binary": "CAST('1' AS BINARY)", "boolean": "true", "date": "DATE'2017-12-11'",
    "timestamp": "TIMESTAMP'2017-12-11 09:30:00'", "timestamp_ntz": "TIMESTAMP_NTZ'2017-12-11 09:30:00'", "null": "NULL",
    "months": "INTERVAL '1' MONTH", "days": "INTERVAL '2' DAY", "time": "TIME'09:30:00'", "array": "array(1)",
    "struct": "struct(1 AS a)", "map": "map('a', 1)",
}
FEWER = ["int", "decimal(5,2)", "double", "date text", "date", "timestamp", "null", "array", "binary", "boolean"]
OPERATORS = [
    "{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / {b}", "{a} % {b}", "{a} div {b}", "{a} & {b}", "{a} << {b}", "{a} || {b}", "{a} = {b}",
    "{a} <=> {b}", "{a} < {b}", "{a} IN ({b})", "{a} BETWEEN {b} AND {b}", "{a} LIKE {b}", "{a} AND {b}", "coalesce({a}, {b})",
    "if(true, {a}, {b})", "CASE WHEN false THEN {a} ELSE {b} END", "nullif({a}, {b})", "nvl2(NULL, {a}, {b})", "greatest({a}, {b})",
    "array({a}, {b})", "SELECT {a} AS x UNION ALL SELECT {b}", "SELECT x FROM VALUES ({a}), ({b}) AS t(x)",
]
TARGETS = [
    "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(5,1)", "STRING", "BINARY", "BOOLEAN", "DATE", "TIMESTAMP",
    "TIMESTAMP_NTZ", "INTERVAL YEAR TO MONTH", "INTERVAL MONTH", "INTERVAL DAY TO SECOND", "INTERVAL HOUR", "TIME", "VOID",
    "ARRAY<STRING>", "MAP<STRING, BIGINT>", "STRUCT<x: BIGINT>", "VARIANT", "CHAR(3)", "VARCHAR(3)",
]
# Other answers each time, other things than values, or out of scope.
SKIPPED = re.compile(
    r"sketch|^st_|xml|xpath|theta|hll|kll|tuple|bitmap|^rand|uuid|shuffle|random|current_|now$|input_file|monotonic|spark_partition|"
    r"reflect|java_method|version|^user|session_user|raise_error|sleep|local|curdate|read_|avro|protobuf|uniform|secret|event_log|"
    r"from_files|list_files|^range$|explode|inline|stack|json_tuple|collat|aes|approx_top_k_|^window$|^session_window$")


def functions(ours):
    names = {row[0].split(".")[-1] for row in ours.session.rows("SHOW FUNCTIONS")}
    return sorted(name for name in names if re.fullmatch(r"[a-z_0-9]+", name) and not SKIPPED.search(name))


def cases(ours, pairs):
    """(a name, the query)"""
    for operator in OPERATORS:
        for a, left in VALUES.items():
            for b, right in VALUES.items():
                yield f"{operator} of {a}, {b}", operator.replace("{a}", left).replace("{b}", right)
    for target in TARGETS:
        for a, value in VALUES.items():
            for cast in ("CAST", "TRY_CAST"):
                yield f"{cast} AS {target} of {a}", f"{cast}({value} AS {target})"
    for name in functions(ours):
        for a, value in VALUES.items():
            yield f"{name} of {a}", f"{name}({value})"
        for a in FEWER if pairs else []:
            for b in FEWER:
                yield f"{name} of {a}, {b}", f"{name}({VALUES[a]}, {VALUES[b]})"


def difference(spark, ours):
    """What differs, as a text, or None."""
    if spark.failed() and ours.failed():
        return None if spark.error_class() == ours.error_class() else f"error: {ours.error[:120]} | Spark: {spark.error[:80]}"
    if spark.failed():
        return f"accepted: {ours.columns} {ours.rows[:2]} | Spark: {spark.error[:80]}"
    if ours.failed():
        return f"failed: {ours.error[:120]} | Spark: {spark.columns} {spark.rows[:2]}"
    if spark.columns != ours.columns:
        return f"columns: {ours.columns} | Spark: {spark.columns}"
    if len(ours.rows) != len(spark.rows):
        return f"{len(ours.rows)} rows | Spark: {len(spark.rows)}"
    for mine, theirs in zip(sorted(ours.rows, key=row_key), sorted(spark.rows, key=row_key)):
        if not all(same_text(x, y) for x, y in zip(mine, theirs)):
            return f"row: {mine} | Spark: {theirs}"
    return None


def known_patterns():
    lines = (HERE / "types_known.txt").read_text().splitlines()
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=re.compile, default=re.compile(""))
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--all", action="store_true", help="show known differences, too")
    arguments = parser.parse_args()
    try:
        import pyspark  # noqa: F401
    except ImportError:
        print("skipped: PySpark is not here; scripts/test --slow installs it")
        return 77
    known, counts = known_patterns(), [0, 0, 0]
    with tempfile.TemporaryDirectory(prefix="lakesmith-types-") as folder:
        os.chdir(folder)  # Spark makes its warehouse where it starts.
        spark, ours = Spark(), Ours(f"{folder}/ours")
        for name, query in cases(ours, arguments.pairs):
            if not arguments.only.search(name):
                continue
            query = query if query.startswith("SELECT") else f"SELECT {query}"
            try:
                found = difference(spark.run(query), ours.run(query))
            except RuntimeError as error:
                found = f"crash: {error}"
            expected = any(pattern.search(f"{name}: {found}") for pattern in known)
            counts[0] += 1
            counts[1] += bool(found) and not expected
            counts[2] += bool(found) and expected
            if found and (arguments.all or not expected):
                print(f"{name}: {found}", flush=True)
    print(f"{counts[0]} cases, {counts[1]} differ, {counts[2]} are known to differ")
    return 1 if counts[1] else 0


if __name__ == "__main__":
    sys.exit(main())
