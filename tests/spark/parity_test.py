#!/usr/bin/env python3
"""Random queries over a table of every type: lakesmith's answers against those of a real Spark.

    tests/spark/parity_test.py [--cases 600] [--seed 1] [--list FILE] [--query SQL]

A case is one query, written once and run by both; parity_cases.py makes them from the signatures of all functions, casts,
operators, aggregates, window functions, joins, set operations. Compared are names and types of the columns, the rows as
text, or that both refuse. A difference is shrunk; the same seed gives the same cases. Differences that
parity_known.txt names are listed, too, but do not fail the test. Exit code 1 when another differs.
"""
import argparse
import collections
import logging
import math
import pathlib
import re
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from lib.lakesmith import ROOT, SqlSession  # noqa: E402
from parity_cases import Cases, table  # noqa: E402

TIME_ZONE = "America/Los_Angeles"


class Spark:
    def __init__(self):
        from spark import session

        logging.disable(logging.CRITICAL)
        self.session = session(TIME_ZONE)
        self.session.sparkContext.setLogLevel("OFF")
        # Plans are interpreted: compiling each would take most of the time.
        for key, value in {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.adaptive.enabled": "false"}.items():
            self.session.conf.set(key, value)
        self.session.sql(table())

    def run(self, query):
        """(columns, rows as sorted texts, error)"""
        try:
            frame = self.session.sql(query)
            columns = [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]
            names = [f"c{index}" for index in range(len(columns))]
            texts = frame.toDF(*names).selectExpr(*(as_text(name, kind) for name, (_, kind) in zip(names, columns)))
            return columns, [tuple(row) for row in texts.collect()], ""
        except Exception as error:  # Any kind of failure is an answer.
            found = re.search(r"\[([A-Z_.0-9]+)\]", str(error))
            return None, None, found.group(1) if found else str(error)[:80]


class Ours:
    def __init__(self, folder):
        self.session = SqlSession(folder)
        self.session.rows(f"SET TIME ZONE '{TIME_ZONE}'")
        self.session.rows(table())

    def run(self, query):
        answer = self.session.execute(query)
        if not answer["ok"]:
            return None, None, answer["error"][:300]
        columns = [(column["name"], column["type"]) for column in answer["columns"]]
        names = [f"c{index}" for index in range(len(columns))]
        texts = ", ".join(as_text(name, kind) for name, (_, kind) in zip(names, columns))
        answer = self.session.execute(f"SELECT {texts} FROM ({query}) AS q({', '.join(names)})")
        if not answer["ok"]:
            return None, None, answer["error"][:300]
        return columns, [tuple(row) for row in answer["rows"]], ""


def as_text(name, kind):
    return f"to_json({name})" if kind == "variant" else f"hex({name})" if kind == "binary" else f"CAST({name} AS STRING)"


def same_text(a, b):
    if a == b:
        return True
    if a is None or b is None:
        return False
    pattern = r"-?(?:\d+\.\d+(?:[Ee][-+]?\d+)?|Infinity)|NaN"
    if re.sub(pattern, "#", a) != re.sub(pattern, "#", b):
        return False
    return all(math.isclose(float(x), float(y), rel_tol=1e-9, abs_tol=1e-15) or x == y for x, y in zip(re.findall(pattern, a), re.findall(pattern, b)))


def row_key(row):
    return [(cell is not None, cell or "") for cell in row]


class Comparison:
    def __init__(self, spark, ours):
        self.spark, self.ours = spark, ours
        self.failed_by_both = 0
        self.other_class = collections.Counter()

    def difference(self, query):
        """(kind of difference, text), or None."""
        columns, rows, error = self.spark.run(query)
        our_columns, our_rows, our_error = self.ours.run(query)
        if columns is None and our_columns is None:
            self.failed_by_both += 1
            ours_class = re.search(r"\[([A-Z_.0-9]+)\]", our_error)
            if not ours_class or ours_class.group(1).split(".")[0] != error.split(".")[0]:
                self.other_class[(error, ours_class.group(1) if ours_class else our_error[:60])] += 1
            return None
        if columns is None:
            return "accepted", f"Spark fails ({error}); ours gives {our_rows[:3]}"
        if our_columns is None:
            return "failed", f"ours fails ({our_error}); Spark gives {rows[:3]}"
        if [kind for _, kind in columns] != [kind for _, kind in our_columns]:
            return "type", f"types {[kind for _, kind in our_columns]}, Spark has {[kind for _, kind in columns]}"
        if [name for name, _ in columns] != [name for name, _ in our_columns]:
            return "name", f"names {[name for name, _ in our_columns]}, Spark has {[name for name, _ in columns]}"
        if len(rows) != len(our_rows):
            return "rows", f"{len(our_rows)} rows {our_rows[:4]}, Spark has {len(rows)} {rows[:4]}"
        for mine, theirs in zip(sorted(our_rows, key=row_key), sorted(rows, key=row_key)):
            if not all(same_text(a, b) for a, b in zip(mine, theirs)):
                return "rows", f"{mine}, Spark has {theirs}"
        return None


def shrunk(case, comparison, kind):
    for _ in range(8):
        for smaller in case.smaller():
            found = comparison.difference(smaller.query())
            if found and found[0] == kind:
                case = smaller
                break
        else:
            return case
    return case


def functions_of(ours):
    """(name, signature, kind) of every form of every function: from the tables, where a line is one form."""
    found = []
    aliases = {}
    for path in sorted((ROOT / "src/plan").glob("functions_*.cc")):
        text = re.sub(r'"\s*\n\s*"', "", path.read_text())
        for name, signature, rest in re.findall(r'\{"([^"]+)", "[^"]*",\s*"([^"]+)",([^{}]*)\}', text):
            if signature.startswith("="):
                aliases[name] = signature[1:]
                continue
            kind = next((kind for kind in ("Aggregate", "Window", "Generator") if f"k{kind}" in rest), "Scalar").lower()
            if "-> void" in signature and rest.strip() == '""':
                continue
            found.append((name, signature, kind))
    found += [(alias, signature, kind) for alias, of in aliases.items() for name, signature, kind in found if name == of]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", default="")
    parser.add_argument("--query", default="", help="run just this one over the table t, and show both answers")
    arguments = parser.parse_args()
    try:
        import pyspark  # noqa: F401
    except ImportError:
        print("skipped: PySpark is not here; scripts/test --slow installs it")
        return 77
    known = [line.strip() for line in (HERE / "parity_known.txt").read_text().splitlines() if line.strip() and line[0] != "#"]
    found = {}
    equal = 0
    with tempfile.TemporaryDirectory(prefix="lakesmith-parity-") as folder:
        comparison = Comparison(Spark(), Ours(folder))
        if arguments.query:
            print(comparison.spark.run(arguments.query), comparison.ours.run(arguments.query), sep="\n")
            return 0
        cases = Cases(functions_of(comparison.ours), arguments.seed)
        for _ in range(arguments.cases):
            case = cases.next()
            try:
                first = comparison.difference(case.query())
            except RuntimeError as error:
                print(f"CRASH {case.query()}\n    {error}", flush=True)
                found[("crash", case.query())] = str(error)
                comparison.ours = Ours(folder)
                continue
            if first is None:
                equal += 1
                continue
            key = (first[0], case.shape())
            if key in found:
                continue
            small = shrunk(case, comparison, first[0])
            last = comparison.difference(small.query()) or first
            found[key] = small.query()
            print(f"{'known ' if is_known(small.query(), known) else ''}{last[0]}: {small.query()}\n    {last[1]}"[:700], flush=True)
        comparison.ours.session.close()
    fresh = sum(1 for query in found.values() if not is_known(query, known))
    print(f"{equal} of {arguments.cases} queries equal (seed {arguments.seed}), {comparison.failed_by_both} of them refused by both; {len(found)} kinds of difference, {fresh} of them not known")
    if arguments.list:
        classes = [f"{count}\t{theirs}\t{mine}" for (theirs, mine), count in comparison.other_class.most_common()]
        pathlib.Path(arguments.list).write_text("\n".join([*(f"{kind}\t{query}" for (kind, _), query in found.items()), "", *classes]) + "\n")
    return 1 if fresh else 0


def is_known(query, known):
    return any(re.search(pattern, query) for pattern in known)


if __name__ == "__main__":
    sys.exit(main())
