"""Lakesmith, delta-rs and Spark take turns on one table, and always read the same rows.

As tests/interop/deltalake_roundtrip.py, with Spark as a third engine. One Spark session serves all
programs. LAKESMITH_ROUNDTRIP_SEED, _PROGRAMS and _STEPS choose other programs.
"""

import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from interop.table_engines import DeltaRs, Lakesmith  # noqa: E402
from interop.table_program import BASE, SqlSteps, run, run_seeds  # noqa: E402
from interop.deltalake_roundtrip import FEATURES, SMALL_LOG  # noqa: E402
from spark import session  # noqa: E402

MORE_FEATURES = [
    {**SMALL_LOG, "delta.enableInCommitTimestamps": "true", "delta.enableDeletionVectors": "true"},
    {**SMALL_LOG, "delta.enableChangeDataFeed": "true", "delta.enableDeletionVectors": "true"},
    {**SMALL_LOG, "delta.columnMapping.mode": "id", "delta.checkpointPolicy": "v2"},
]


class Spark(SqlSteps):
    name = "spark"
    travels = True

    def __init__(self, path):
        self.path = path
        self.table = f"delta.`{path}`"

    def sql(self, statement):
        return session().sql(statement)

    def create(self, features, partitioned):
        columns = ", ".join(f"{name} {kind}" for name, kind in BASE)
        by = " PARTITIONED BY (part)" if partitioned else ""
        properties = ", ".join(f"'{key}' = '{value}'" for key, value in features.items())
        given = f" TBLPROPERTIES ({properties})" if features else ""
        self.sql(f"CREATE TABLE {self.table} ({columns}) USING delta{by}{given}")

    def can(self, kind, _features):
        return kind != "checkpoint"

    def read(self, names, version=None):
        at = "" if version is None else f" VERSION AS OF {version}"
        return [tuple(row) for row in self.sql(f"SELECT {', '.join(names)} FROM {self.table}{at}").collect()]

    def close(self):
        session().catalog.clearCache()


def make_engines(folder):
    path = folder / "table"
    return {"lakesmith": Lakesmith(folder / "warehouse", path), "delta-rs": DeltaRs(path), "spark": Spark(path)}


def main():
    session().sparkContext.setLogLevel("ERROR")
    if len(sys.argv) > 1:
        print(run(json.loads(pathlib.Path(sys.argv[1]).read_text()), make_engines), "steps")
        return
    first = int(os.environ.get("LAKESMITH_ROUNDTRIP_SEED", "1"))
    programs = int(os.environ.get("LAKESMITH_ROUNDTRIP_PROGRAMS", "8"))
    steps = int(os.environ.get("LAKESMITH_ROUNDTRIP_STEPS", "30"))
    names = ["lakesmith", "lakesmith", "spark", "spark", "delta-rs"]
    total = run_seeds(range(first, first + programs), steps, make_engines, names, FEATURES + MORE_FEATURES)
    print(f"{programs} programs, {total} steps: lakesmith, delta-rs and Spark read the same rows after each")


if __name__ == "__main__":
    main()
