#!/usr/bin/env python3
"""Random queries over random tables: lakesmith's answers against those of a real Spark.

    tests/spark/parity_test.py [--cases 600] [--seconds 0] [--seed 1] [--list FILE] [--query SQL [--table SEED/N]]

A case is one query, written once and run by both; parity_cases.py makes them. Compared are names and types of the columns,
the rows as text, or that both refuse. Differences are shrunk and printed as they are found; the same seed gives the same
cases. Those that parity_known.txt explains are counted, too, but do not fail the test. Exit code 1 when another differs.
"""
import argparse
import collections
import concurrent.futures
import math
import pathlib
import random
import re
import struct
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from lib.lakesmith import ROOT  # noqa: E402
from parity_cases import Cases  # noqa: E402
from parity_engines import Ours, Spark  # noqa: E402
from parity_values import table  # noqa: E402

TABLE_CASES = 120  # Cases over one table.
TOGETHER = 12  # Expressions in one query of Spark.
SHRINK_SECONDS = 4
NUMBER = r"-?(?:\d+\.\d+(?:[Ee][-+]?\d+)?|Infinity)|NaN"


def same_number(a, b):
    """Equal but for the last digits of a double, or texts of one and the same float: Java before 19 writes more digits.

    What is left of digits that cancel out (a slope of 1E-16 that should be 0) counts as nothing."""
    x, y = float(a), float(b)
    if x == y or math.isclose(x, y, rel_tol=1e-12) or 1e-18 < abs(x - y) < 1e-13:
        return True
    try:
        return "E" in a.upper() + b.upper() and struct.pack("f", x) == struct.pack("f", y)
    except OverflowError:
        return False


def same_text(a, b):
    if a == b:
        return True
    if a is None or b is None or re.sub(NUMBER, "#", a) != re.sub(NUMBER, "#", b):
        return False
    return all(x == y or same_number(x, y) for x, y in zip(re.findall(NUMBER, a), re.findall(NUMBER, b)))


def row_key(row):
    return [(cell is not None, cell or "") for cell in row]


def difference(ours, spark):
    """(kind of difference, text), or None."""
    if spark.failed() and ours.failed():
        return None
    if spark.failed():
        return "accepted", f"Spark fails ({spark.error}); ours gives {ours.rows[:3]}"
    if ours.failed():
        return "failed", f"ours fails ({ours.error}); Spark gives {spark.rows[:3]}"
    if [kind for _, kind in spark.columns] != [kind for _, kind in ours.columns]:
        return "type", f"types {[kind for _, kind in ours.columns]}, Spark has {[kind for _, kind in spark.columns]}"
    if len(spark.rows) != len(ours.rows):
        return "rows", f"{len(ours.rows)} rows {ours.rows[:4]}, Spark has {len(spark.rows)} {spark.rows[:4]}"
    for mine, theirs in zip(sorted(ours.rows, key=row_key), sorted(spark.rows, key=row_key)):
        if not all(same_text(a, b) for a, b in zip(mine, theirs)):
            return "rows", f"{mine}, Spark has {theirs}"
    if [name for name, _ in spark.columns] != [name for name, _ in ours.columns]:
        return "name", f"names {[name for name, _ in ours.columns]}, Spark has {[name for name, _ in spark.columns]}"
    return None


class Known:
    """Differences with their reasons: lines `KIND REGULAR-EXPRESSION`, found in the query and what was said of it."""

    def __init__(self, path):
        lines = [line.strip() for line in path.read_text().splitlines()]
        self.patterns = [tuple(line.split(None, 1)) for line in lines if line and not line.startswith("#")]

    def explains(self, kind, query, text):
        return any(of in (kind, "any") and re.search(pattern, f"{query}\n{text}") for of, pattern in self.patterns)


class Comparison:
    def __init__(self, spark, ours, known, seed):
        self.spark, self.ours, self.known, self.seed = spark, ours, known, seed
        self.equal = self.done = self.refused = 0
        self.kinds = collections.Counter()
        self.found = {}  # (kind, shape) -> query
        self.fresh = self.unexplained = 0
        self.classes = collections.Counter()
        self.table_name = ""

    def use_table(self, name):
        self.table_name = name
        query = table(random.Random(name))
        self.spark.use_table(query)
        self.ours.use_table(query)

    def one(self, case):
        """The difference of a single case."""
        return difference(self.ours.run(case.query()), self.spark.run(case.query()))

    def of_spark(self, cases, answers):
        """Spark's answers of cases; those that ours could answer go together, since few of them fail."""
        groups = collections.defaultdict(list)
        for at, (case, answer) in enumerate(zip(cases, answers)):
            alone = answer is None or answer.failed() or not case.frame.startswith("SELECT") or re.search(r"explode|inline|stack|json_tuple", case.query())
            groups[(case.frame, at if alone else -1)].append(at)
        found = [None] * len(cases)
        for (frame, _), members in groups.items():
            for start in range(0, len(members), TOGETHER):
                part = members[start: start + TOGETHER]
                for at, answer in zip(part, self.spark.run_together(frame, [cases[index].node.text() for index in part])):
                    found[at] = answer
        return found

    def of_ours(self, case):
        try:
            return self.ours.run(case.query())
        except RuntimeError as error:
            self.report("crash", case, str(error))
            return None

    def report(self, kind, case, text):
        query = case.query()
        key = (kind, case.shape())
        self.kinds[kind] += 1
        known = self.known.explains(kind, query, text)
        self.unexplained += not known
        if key in self.found:
            return
        self.found[key] = query
        self.fresh += not known
        print(f"{'known ' if known else ''}{kind} [{self.table_name}]: {query}\n    {text}"[:900], flush=True)

    def judge(self, case, ours, spark):
        self.done += 1
        if ours is None:
            return
        found = difference(ours, spark)
        if found is None:
            self.equal += 1
            self.refused += ours.failed()
            if ours.failed() and ours.error_class() != spark.error_class():
                self.classes[(spark.error_class(), ours.error_class())] += 1
        elif (found[0], case.shape()) in self.found:
            self.kinds[found[0]] += 1
            self.unexplained += not self.known.explains(found[0], self.found[(found[0], case.shape())] or case.query(), found[1])
        else:
            small, text = self.shrunk(case, *found)
            self.report(found[0], small, text)
            self.found.setdefault((found[0], case.shape()), small.query())

    def shrunk(self, case, kind, text):
        end = time.monotonic() + SHRINK_SECONDS
        while True:
            for smaller in case.smaller():
                if time.monotonic() > end:
                    return case, text
                try:
                    found = self.one(smaller)
                except RuntimeError:
                    continue
                if found and found[0] == kind:
                    case, text = smaller, found[1]
                    break
            else:
                return case, text

    def summary(self, started):
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds.most_common()) or "none"
        return f"{self.equal} of {self.done} equal, {self.refused} of them refused by both; differ: {kinds}; {self.unexplained} unexplained ({self.fresh} kinds); {time.monotonic() - started:.0f} s"

    def run(self, cases, count, seconds):
        started = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(1) as background:
            for number in range(math.ceil(count / TABLE_CASES)):
                if seconds and time.monotonic() - started > seconds:
                    break
                self.use_table(f"{self.seed}/{number}")
                batch = [cases.next() for _ in range(min(TABLE_CASES, count - number * TABLE_CASES))]
                half = len(batch) // 2
                pending = []
                for part in (batch[:half], batch[half:]):
                    answers = [self.of_ours(case) for case in part]
                    pending.append((part, answers, background.submit(self.of_spark, part, answers)))
                for part, answers, future in pending:
                    for case, mine, theirs in zip(part, answers, future.result()):
                        self.judge(case, mine, theirs)
                print(f"... {self.summary(started)}", flush=True)
        return self.summary(started)


def functions_of():
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
            found.append((name, re.sub(r"[!#]", "", signature), kind))
    found += [(alias, signature, kind) for alias, of in aliases.items() for name, signature, kind in found if name == of]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--seconds", type=float, default=0, help="begin no further table after so long; 0: run all cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--allow", type=float, default=0, help="fail only when more than so many percent differ unexplained")
    parser.add_argument("--list", default="", help="write queries that differ, and errors of other classes, to this file")
    parser.add_argument("--query", default="", help="run just this one over the table t, and show both answers; - reads one a line")
    parser.add_argument("--table", default="1/0", help="which table, as a difference names it")
    arguments = parser.parse_args()
    try:
        import pyspark  # noqa: F401
    except ImportError:
        print("skipped: PySpark is not here; scripts/test --slow installs it")
        return 77
    with tempfile.TemporaryDirectory(prefix="lakesmith-parity-") as folder:
        comparison = Comparison(Spark(), Ours(folder), Known(HERE / "parity_known.txt"), arguments.seed)
        if arguments.query:
            comparison.use_table(arguments.table)
            for query in sys.stdin if arguments.query == "-" else [arguments.query]:
                print(query.strip(), f"  Spark: {comparison.spark.run(query)}", f"  ours:  {comparison.ours.run(query)}", sep="\n", flush=True)
            return 0
        started = time.monotonic()
        try:
            summary = comparison.run(Cases(functions_of(), arguments.seed), arguments.cases, arguments.seconds)
        except comparison.spark.ended as error:  # Some calls with lengths at the edges end the Java machine.
            summary = f"{comparison.summary(started)}; stopped when Spark's Java machine ended ({type(error).__name__})"
        comparison.ours.session.close()
    print(f"seed {arguments.seed}: {summary}")
    if arguments.list:
        classes = [f"{count}\t{theirs}\t{mine}" for (theirs, mine), count in comparison.classes.most_common()]
        pathlib.Path(arguments.list).write_text("\n".join([*(f"{kind}\t{query}" for (kind, _), query in comparison.found.items()), "", *classes]) + "\n")
    return 1 if comparison.unexplained * 100 > arguments.allow * max(1, comparison.done) else 0


if __name__ == "__main__":
    sys.exit(main())
