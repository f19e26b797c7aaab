#!/usr/bin/env python3
"""Random expressions over a random table: lakesmith's answers against those of a real Spark.

    tests/spark/parity_test.py [--cases 1000] [--seed 1] [--list FILE]

Each case is one expression of known type, written once and run by both: value (as text), type, or that it fails. A difference
is shrunk to the smallest expression that still differs. The same seed gives the same cases. Exit code 1 when one differs.
"""
import argparse
import math
import pathlib
import random
import re
import sys
import tempfile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parent.parent)]
from lib.lakesmith import SqlSession  # noqa: E402

# result type -> templates; {type} is a hole for an expression of that type.
TEMPLATES = {
    "int": ["({int} + {int})", "({int} - {int})", "({int} * {int})", "({int} % {int})", "pmod({int}, {int})", "abs({int})", "(- {int})",
            "length({string})", "instr({string}, {string})", "year({date})", "month({date})", "dayofmonth({date})", "dayofweek({date})",
            "weekofyear({date})", "datediff({date}, {date})", "size({array})", "ascii({string})", "coalesce({int}, {int})",
            "CASE WHEN {boolean} THEN {int} ELSE {int} END", "if({boolean}, {int}, {int})", "nullif({int}, {int})",
            "greatest({int}, {int})", "least({int}, {int})", "CAST({double} AS INT)", "CAST({decimal} AS INT)", "CAST({boolean} AS INT)",
            "hash({string})", "hash({int}, {double})", "levenshtein({string}, {string})", "bit_count({bigint})", "({int} & {int})",
            "({int} | {int})", "({int} ^ {int})", "shiftleft({int}, 3)", "shiftright({int}, 2)", "hour({timestamp})", "element_at({array}, 1)",
            "try_add({int}, {int})", "try_divide({int}, {int})::int", "get({array}, 1)", "locate({string}, {string})", "quarter({date})",
            "aggregate({array}, 0, (acc, x) -> acc + x)", "array_max({array})", "try_element_at({array}, {int})", "unix_date({date})"],
    "bigint": ["({bigint} + {int})", "({bigint} * {int})", "({bigint} div {int})", "CAST({int} AS BIGINT)", "xxhash64({string})", "crc32({binary})",
               "unix_timestamp({timestamp})", "abs({bigint})", "CAST({double} AS BIGINT)", "array_position({array}, {int})", "unix_micros({timestamp})",
               "floor({double})", "ceil({double})", "coalesce({bigint}, {int})", "factorial(abs({int}) % 21)", "unix_seconds({timestamp})"],
    "double": ["({double} + {double})", "({double} * {int})", "({int} / {int})", "({double} / {double})", "sqrt({double})", "exp({double} / 100)", "ln({double})",
               "log10({double})", "round({double}, 2)", "bround({double}, 1)", "CAST({int} AS DOUBLE)", "CAST({decimal} AS DOUBLE)", "power({double}, 2)",
               "abs({double})", "(- {double})", "months_between({timestamp}, {timestamp})", "atan2({double}, {double})", "rint({double})", "signum({double})",
               "nanvl({double}, {double})", "cbrt({double})", "try_divide({double}, {double})", "({double} % {double})", "hypot({double}, {double})"],
    "decimal": ["({decimal} + {decimal})", "({decimal} - {decimal})", "({decimal} * {decimal})", "({decimal} / {decimal})", "({decimal} % {decimal})", "({decimal} + {int})",
                "round({decimal}, 1)", "CAST({int} AS DECIMAL(12,3))", "abs({decimal})", "CAST({decimal} AS DECIMAL(8,1))", "ceil({decimal})", "floor({decimal})",
                "coalesce({decimal}, {decimal})", "CAST({double} AS DECIMAL(20,4))", "bround({decimal}, 1)", "({int} * {decimal})", "greatest({decimal}, {int})"],
    "string": ["concat({string}, {string})", "upper({string})", "lower({string})", "substring({string}, {int}, 3)", "substring({string}, 2)", "trim({string})",
               "lpad({string}, 6, 'xy')", "rpad({string}, 5)", "replace({string}, 'a', {string})", "reverse({string})", "repeat({string}, 2)", "initcap({string})",
               "CAST({int} AS STRING)", "CAST({double} AS STRING)", "CAST({decimal} AS STRING)", "CAST({date} AS STRING)", "CAST({timestamp} AS STRING)",
               "CAST({boolean} AS STRING)", "CAST({array} AS STRING)", "date_format({timestamp}, 'yyyy-MM-dd HH:mm')", "date_format({date}, 'EEE dd MMM yy')",
               "split({string}, 'a')[0]", "substring_index({string}, 'a', 1)", "translate({string}, 'abc', 'xy')", "hex({int})", "hex({string})", "md5({binary})",
               "regexp_replace({string}, '[a-c]+', '<$0>')", "regexp_extract({string}, '([a-z])([A-Z0-9]?)', 1)", "coalesce({string}, {string})",
               "CASE WHEN {boolean} THEN {string} END", "format_number({double}, 2)", "soundex({string})", "base64({binary})", "conv({int}, 10, 16)",
               "array_join({strings}, '-', '?')", "concat_ws('/', {string}, {string})", "left({string}, 2)", "right({string}, 2)", "overlay({string} PLACING 'Z' FROM 2)",
               "to_json(named_struct('a', {int}, 'b', {string}))", "sha2({string}, 256)", "bin({bigint})", "chr({int} % 128)", "format_string('%d-%s', {int}, {string})",
               "elt(2, {string}, {string})", "to_char({decimal}, '99999.99')", "typeof({decimal})", "dayname({date})", "mask({string})", "url_encode({string})",
               "get_json_object(to_json(named_struct('k', {int})), '$.k')", "string({map})"],
    "boolean": ["({int} > {int})", "({string} = {string})", "({double} <= {double})", "({boolean} AND {boolean})", "({boolean} OR {boolean})", "(NOT {boolean})",
                "({int} IS NULL)", "({string} LIKE '%a_')", "({string} RLIKE '^[a-m]')", "({int} IN ({int}, {int}, 3))", "({int} BETWEEN {int} AND {int})",
                "({int} <=> {int})", "startswith({string}, {string})", "contains({string}, {string})", "array_contains({array}, {int})", "isnan({double})",
                "({date} < {date})", "({decimal} > {double})", "({bigint} = {decimal})", "exists({array}, x -> x > {int})", "forall({array}, x -> x < 5)",
                "arrays_overlap({array}, {array})", "({timestamp} >= {date})", "({string} < {string})", "map_contains_key({map}, {string})", "(CAST({int} AS BOOLEAN))"],
    "date": ["date_add({date}, {int})", "date_sub({date}, 7)", "add_months({date}, {int} % 100)", "last_day({date})", "next_day({date}, 'TU')", "trunc({date}, 'MM')", "trunc({date}, 'week')",
             "CAST({timestamp} AS DATE)", "({date} + INTERVAL 1 MONTH)", "make_date(2000 + {int} % 50, 2, 28)", "coalesce({date}, {date})", "to_date(CAST({date} AS STRING))",
             "date_from_unix_date({int})", "greatest({date}, {date})"],
    "timestamp": ["CAST({date} AS TIMESTAMP)", "({timestamp} + INTERVAL 36 HOURS)", "({timestamp} - INTERVAL 1 DAY)", "date_trunc('HOUR', {timestamp})", "date_trunc('MONTH', {timestamp})",
                  "timestamp_seconds({int})", "to_timestamp(CAST({timestamp} AS STRING))", "from_utc_timestamp({timestamp}, 'Asia/Tokyo')", "to_utc_timestamp({timestamp}, 'America/New_York')",
                  "timestampadd(MONTH, {int} % 50, {timestamp})", "coalesce({timestamp}, {timestamp})"],
    "array": ["array({int}, {int})", "array_sort({array})", "array_distinct({array})", "array_union({array}, {array})", "array_except({array}, {array})", "slice({array}, 1, 2)",
              "transform({array}, x -> x + {int})", "filter({array}, x -> x > {int})", "reverse({array})", "array_repeat({int}, 2)", "concat({array}, {array})", "sort_array({array}, false)",
              "array_remove({array}, {int})", "array_append({array}, {int})", "array_intersect({array}, {array})", "array_compact({array})", "map_values({map})", "sequence(1, 3)",
              "array_insert({array}, 1, {int})", "zip_with({array}, {array}, (x, y) -> x * y)", "flatten(array({array}, {array}))"],
    "strings": ["split({string}, 'b')", "array({string}, {string})", "map_keys({map})"],
    "map": ["map('k', {int})", "map_filter({map}, (k, v) -> v > {int})", "transform_values({map}, (k, v) -> v * 2)", "map_from_arrays(array('p', 'q'), array({int}, {int}))", "map_concat({map}, map('zz', {int}))"],
    "binary": ["CAST({string} AS BINARY)", "unhex(hex({string}))", "encode({string}, 'UTF-8')"],
}
COLUMNS = {"int": ["i", "j"], "bigint": ["l"], "double": ["d", "e"], "decimal": ["m", "n"], "string": ["s", "u"], "boolean": ["b"], "date": ["dt"],
           "timestamp": ["ts"], "array": ["a"], "strings": ["split(s, 'a')"], "map": ["mp"], "binary": ["CAST(s AS BINARY)"]}
LITERALS = {"int": ["0", "1", "-7", "3", "NULL", "2147483647"], "bigint": ["0L", "9L", "-5000000000L"], "double": ["0D", "1.5D", "-2.25D", "1e10D", "double('NaN')"],
            "decimal": ["1.5", "0.00", "-12.34", "99999.999"], "string": ["''", "'abc'", "'Zaß'", "'12'", "NULL"], "boolean": ["true", "false", "NULL"],
            "date": ["DATE'2024-02-29'", "DATE'1969-12-31'"], "timestamp": ["TIMESTAMP'2024-03-10 01:30:00'", "TIMESTAMP'1999-12-31 23:59:59.5'"],
            "array": ["array(1, 2, 2)", "array(3, NULL, 1)"], "strings": ["array('x', NULL, 'y')"], "map": ["map('a', 1, 'b', 2)"], "binary": ["X'616263'"]}
NAMES = {"int": "INT", "bigint": "BIGINT", "double": "DOUBLE", "decimal": "DECIMAL(10,2)", "string": "STRING", "boolean": "BOOLEAN", "date": "DATE",
         "timestamp": "TIMESTAMP", "array": "ARRAY<INT>", "map": "MAP<STRING,INT>"}


class Tree:
    """An expression: a template and the trees in its holes."""

    def __init__(self, kind, template, parts=()):
        self.kind, self.template, self.parts = kind, template, list(parts)

    def text(self):
        parts = iter(self.parts)
        return re.sub(r"\{\w+\}", lambda _: next(parts).text(), self.template)

    def all(self):
        return [self, *(tree for part in self.parts for tree in part.all())]

    def size(self):
        return len(self.all())

    def replaced(self, old, new):
        if self is old:
            return new
        return Tree(self.kind, self.template, [part.replaced(old, new) for part in self.parts])


def leaf(kind, rng):
    return Tree(kind, rng.choice(COLUMNS[kind]) if rng.random() < 0.7 else rng.choice(LITERALS[kind]))


def grow(kind, depth, rng):
    if depth == 0 or rng.random() < 0.15:
        return leaf(kind, rng)
    template = rng.choice(TEMPLATES[kind])
    return Tree(kind, template, [grow(hole, depth - 1, rng) for hole in re.findall(r"\{(\w+)\}", template)])


def random_row(rng):
    def maybe(make):
        return "NULL" if rng.random() < 0.15 else make()

    word = lambda: "'" + "".join(rng.choice("aAbBcz19 -é") for _ in range(rng.randrange(7))) + "'"
    day = lambda: f"{rng.randint(1960, 2040):04}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    values = {
        "i": lambda: str(rng.randint(-100, 100)), "j": lambda: str(rng.choice([0, 1, 2, 5, 7, -3])), "l": lambda: f"{rng.randint(-10**12, 10**12)}L",
        "d": lambda: f"{rng.randint(-10**6, 10**6) / 1000}D", "e": lambda: rng.choice(["0D", "0.5D", "2.5D", "-1.5D", "1e-3D", "1.0E7D"]),
        "m": lambda: f"{rng.randint(-10**6, 10**6) / 100:.2f}", "n": lambda: f"{rng.randint(-500, 500) / 100:.2f}", "s": word, "u": word,
        "b": lambda: rng.choice(["true", "false"]), "dt": lambda: f"DATE'{day()}'",
        "ts": lambda: f"TIMESTAMP'{day()} {rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}'",
        "a": lambda: "array(" + ", ".join(maybe(lambda: str(rng.randint(-5, 9))) for _ in range(rng.randint(1, 4))) + ")",
        "mp": lambda: f"map('a', {rng.randint(0, 9)}, 'b', {rng.randint(0, 9)})",
    }
    kinds = {column: kind for kind, columns in COLUMNS.items() for column in columns}
    return ", ".join(f"CAST({maybe(make)} AS {NAMES[kinds[name]]}) AS {name}" for name, make in values.items())


def table(rng):
    return "CREATE OR REPLACE TEMP VIEW t AS " + " UNION ALL ".join(f"SELECT {n} AS id, {random_row(rng)}" for n in range(8))


def query(expression):
    return f"SELECT id, CAST(({expression}) AS STRING) AS v, typeof({expression}) AS k FROM t ORDER BY id"


class Spark:
    def __init__(self, view):
        from spark import session

        self.session = session("America/Los_Angeles")
        self.session.sparkContext.setLogLevel("OFF")
        self.session.sql(view)
        self.session.table("t").coalesce(1).cache().createOrReplaceTempView("t")

    def run(self, expression):
        try:
            return [(row[1], row[2]) for row in self.session.sql(query(expression)).collect()], ""
        except Exception as error:  # Any kind of failure is an answer.
            found = re.search(r"\[([A-Z_.0-9]+)\]", str(error))
            return None, found.group(1) if found else str(error)[:80]


class Ours:
    def __init__(self, view, folder):
        self.session = SqlSession(folder)
        self.session.rows("SET TIME ZONE 'America/Los_Angeles'")
        self.session.rows(view)

    def run(self, expression):
        answer = self.session.execute(query(expression))
        if not answer["ok"]:
            return None, answer["error"][:160]
        return [(row[1], row[2]) for row in answer["rows"]], ""


def same_text(a, b):
    if a == b:
        return True
    try:
        return math.isclose(float(a), float(b), rel_tol=1e-12) or (math.isnan(float(a)) and math.isnan(float(b)))
    except (TypeError, ValueError):
        return False


def differs(spark, ours, expression):
    """What differs, or None."""
    theirs, their_error = spark.run(expression)
    mine, my_error = ours.run(expression)
    if theirs is None and mine is None:
        return None
    if theirs is None:
        return f"Spark fails ({their_error}); ours gives {mine[:3]}"
    if mine is None:
        return f"ours fails ({my_error}); Spark gives {theirs[:3]}"
    if theirs and mine and theirs[0][1] != mine[0][1]:
        return f"type {mine[0][1]}, Spark has {theirs[0][1]}"
    for row, (a, b) in enumerate(zip(mine, theirs)):
        if not same_text(a[0], b[0]):
            return f"row {row}: {a[0]!r}, Spark has {b[0]!r}"
    return None


def shrunk(tree, spark, ours):
    """The smallest tree found that still differs."""
    for _ in range(40):
        for node in sorted(tree.all(), key=Tree.size):
            smaller = [part for part in node.all()[1:] if part.kind == node.kind]
            if node.parts:
                smaller += [Tree(node.kind, text) for text in COLUMNS[node.kind] + LITERALS[node.kind]]
            found = next((new for new in (tree.replaced(node, part) for part in smaller)
                          if new.size() < tree.size() and differs(spark, ours, new.text())), None)
            if found:
                tree = found
                break
        else:
            return tree
    return tree


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--list", default="")
    arguments = parser.parse_args()
    try:
        import pyspark  # noqa: F401
    except ImportError:
        print("skipped: PySpark is not here; scripts/test --slow installs it")
        return 77
    rng = random.Random(arguments.seed)
    view = table(rng)
    found = {}
    equal = failed = 0
    with tempfile.TemporaryDirectory(prefix="lakesmith-parity-") as folder:
        spark, ours = Spark(view), Ours(view, folder)
        kinds = [kind for kind in TEMPLATES if kind not in ("binary", "strings")]
        for _ in range(arguments.cases):
            tree = grow(rng.choice(kinds), rng.randint(1, arguments.depth), rng)
            if differs(spark, ours, tree.text()) is None:
                equal += 1
                continue
            failed += 1
            small = shrunk(tree, spark, ours)
            shape = small.template
            if shape not in found:
                found[shape] = (small.text(), differs(spark, ours, small.text()))
                print(f"{small.text()}\n    {found[shape][1]}", flush=True)
        ours.session.close()
    print(f"{equal} of {arguments.cases} expressions equal (seed {arguments.seed}); {len(found)} kinds of difference")
    if arguments.list:
        pathlib.Path(arguments.list).write_text("\n".join(f"{text}\t{why}" for text, why in found.values()) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
