"""Tables written by lakesmith open in delta-rs with the same rows, and the other way round.

A seeded random program of operations runs on one table, each step by an engine drawn at random; after each
step both engines read the same rows. LAKESMITH_ROUNDTRIP_SEED and _STEPS choose another program.
"""

import os
import pathlib
import random
import sys
import tempfile

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib.lakesmith import SqlSession  # noqa: E402

SCHEMA = pa.schema([("id", pa.int64()), ("part", pa.string()), ("v", pa.float64()), ("name", pa.string())])


class Lake:
    """One table that both engines write and read."""

    def __init__(self, folder):
        self.session = SqlSession(folder)
        self.session.rows("CREATE TABLE t (id BIGINT, part STRING, v DOUBLE, name STRING) PARTITIONED BY (part)")
        self.location = str(pathlib.Path(folder) / "main/default/t")
        self.next_id = 0

    def new_rows(self, count, rng):
        rows = []
        for _ in range(count):
            name = rng.choice([None, "x", "it's", "ø 雪", ""])
            rows.append((self.next_id, rng.choice(["a", "b c", "d/e=1"]), rng.randint(-50, 50) / 4, name))
            self.next_id += 1
        return rows

    def ours(self):
        return sorted(
            (tuple(row) for row in self.session.rows("SELECT id, part, v, name FROM t")), key=lambda row: row[0]
        )

    def theirs(self):
        table = DeltaTable(self.location).to_pyarrow_table(columns=["id", "part", "v", "name"])
        return sorted((tuple(row.values()) for row in table.to_pylist()), key=lambda row: row[0])


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return repr(value) + ("D" if isinstance(value, float) else "")


def values(rows):
    return ", ".join("(" + ", ".join(literal(value) for value in row) + ")" for row in rows)


def table_of(rows):
    return pa.table([pa.array(column, field.type) for column, field in zip(zip(*rows), SCHEMA)], schema=SCHEMA)


def append(lake, rng, engine):
    rows = lake.new_rows(rng.randint(1, 6), rng)
    if engine == "lakesmith":
        lake.session.rows(f"INSERT INTO t VALUES {values(rows)}")
    else:
        write_deltalake(lake.location, table_of(rows), mode="append")
    return f"append {len(rows)}"


def delete(lake, rng, engine):
    limit = rng.randint(-50, 50) / 4
    if engine == "lakesmith":
        lake.session.rows(f"DELETE FROM t WHERE v < {limit}D AND part <> 'a'")
    else:
        DeltaTable(lake.location).delete(f"v < {limit} AND part <> 'a'")
    return f"delete below {limit}"


def update(lake, rng, engine):
    part = rng.choice(["a", "b c"])
    if engine == "lakesmith":
        lake.session.rows(f"UPDATE t SET v = v + 1, name = 'u' WHERE part = '{part}'")
    else:
        DeltaTable(lake.location).update(predicate=f"part = '{part}'", updates={"v": "v + 1", "name": "'u'"})
    return f"update {part}"


def merge(lake, rng, engine):
    old = [row[0] for row in lake.ours()]
    rows = lake.new_rows(2, rng)
    for key in rng.sample(old, min(2, len(old))):
        rows.append((key, "a", 99.0, "m"))
    if engine == "lakesmith":
        columns = "s(id, part, v, name)"
        lake.session.rows(
            f"MERGE INTO t USING (VALUES {values(rows)}) AS {columns} ON t.id = s.id "
            "WHEN MATCHED THEN UPDATE SET v = s.v, name = s.name WHEN NOT MATCHED THEN INSERT *"
        )
    else:
        (
            DeltaTable(lake.location)
            .merge(table_of(rows), "t.id = s.id", source_alias="s", target_alias="t")
            .when_matched_update({"v": "s.v", "name": "s.name"})
            .when_not_matched_insert_all()
            .execute()
        )
    return f"merge {len(rows)}"


def optimize(lake, rng, engine):
    if engine == "lakesmith":
        lake.session.rows("OPTIMIZE t")
    else:
        DeltaTable(lake.location).optimize.compact()
    return "optimize"


def restore(lake, rng, engine):
    version = rng.randint(0, DeltaTable(lake.location).version() - 1)
    if engine == "lakesmith":
        lake.session.rows(f"RESTORE TABLE t TO VERSION AS OF {version}")
    else:
        DeltaTable(lake.location).restore(version)
    return f"restore {version}"


def main():
    seed = int(os.environ.get("LAKESMITH_ROUNDTRIP_SEED", "7"))
    steps = int(os.environ.get("LAKESMITH_ROUNDTRIP_STEPS", "120"))
    rng = random.Random(seed)
    operations = [append, append, append, delete, update, merge, optimize, restore]
    log = []
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        for step in range(steps):
            engine = rng.choice(["lakesmith", "delta-rs"])
            operation = rng.choice(operations)
            if operation is restore and step < 4:
                operation = append
            log.append(f"{step} {engine}: {operation(lake, rng, engine)}")
            ours, theirs = lake.ours(), lake.theirs()
            if ours != theirs:
                print("\n".join(log[-10:]))
                print("only in lakesmith:", [row for row in ours if row not in theirs][:5])
                print("only in delta-rs:", [row for row in theirs if row not in ours][:5])
                sys.exit(f"seed {seed}: rows differ after step {step}")
        lake.session.close()
    print(f"{steps} steps, seed {seed}: lakesmith and delta-rs read the same rows after each")


if __name__ == "__main__":
    main()
