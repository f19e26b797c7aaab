"""Random programs of operations on one Delta table, each step by an engine drawn at random.

A model in plain Python says which rows the table must have after each step; every engine must read
just these. A program is data: steps that do not fit the state (a column that is not there, a version
that is not yet made) do something near, so that a failing program still runs with steps taken out,
and is shrunk to a few.
"""

import datetime
import decimal
import json
import pathlib
import random
import tempfile

BASE = [("id", "BIGINT"), ("part", "STRING"), ("v", "DOUBLE"), ("name", "STRING")]
EXTRA = [
    ("e0", "INT"),
    ("e1", "STRING"),
    ("e2", "DATE"),
    ("e3", "DECIMAL(10,2)"),
    ("e4", "TIMESTAMP"),
]
PARTS = ["a", "b c", "d/e=1", "ø%2", "q(x)+*!", None]
NAMES = [None, "x", "it's", "ø 雪", "", "back\\slash", 'quo"te']


def draw_row(rng, row_id):
    """One row with a value for every column that a table can have."""
    return {
        "id": row_id,
        "part": rng.choice(PARTS),
        "v": rng.randint(-50, 50) / 4,
        "name": rng.choice(NAMES),
        "e0": rng.choice([None, 0, -7, 2147483647]),
        "e1": rng.choice(NAMES),
        "e2": rng.choice([None, "1969-12-31", "2024-02-29"]),
        "e3": rng.choice([None, "0.00", "-12345678.91"]),
        "e4": rng.choice([None, "2024-02-29 12:34:56", "1969-12-31 23:59:59"]),
    }


def draw_program(seed, steps, engines, features):
    """A program of `steps` steps. `features`: sets of table properties to choose from."""
    rng = random.Random(seed)
    next_id = 0

    def rows(low, high):
        nonlocal next_id
        drawn = []
        for _ in range(rng.randint(low, high)):
            drawn.append(draw_row(rng, next_id))
            next_id += 1
        return drawn

    kinds = (
        ["append"] * 6
        + ["delete", "update", "merge"] * 3
        + ["optimize", "restore", "restore", "add_column", "rename_column", "drop_column", "overwrite", "checkpoint"]
    )
    program = {
        "seed": seed,
        "features": rng.choice(features),
        "partitioned": rng.random() < 0.5,
        "creator": rng.choice([name for name in engines if name != "delta-rs"]),
        "steps": [],
    }
    for _ in range(steps):
        kind = rng.choice(kinds)
        step = {"kind": kind, "engine": rng.choice(engines)}
        if kind == "append":
            step["rows"] = rows(1, 6)
        elif kind == "overwrite":
            step["rows"] = rows(4, 12)
        elif kind == "delete":
            step["below"] = rng.randint(-50, 50) / 4
            step["not_part"] = rng.choice(PARTS[:-1])
        elif kind == "update":
            step["part"] = rng.choice(PARTS[:-1])
        elif kind == "merge":
            step["rows"] = rows(1, 2)
            for row_id in rng.sample(range(next_id), min(3, next_id - len(step["rows"]))):
                if all(row["id"] != row_id for row in step["rows"]):
                    step["rows"].append({**draw_row(rng, row_id), "v": rng.choice([99.0, 7.5])})
        elif kind == "restore":
            step["back"] = rng.randint(1, 12)
        elif kind in ("add_column", "rename_column", "drop_column"):
            step["column"] = rng.randrange(len(EXTRA))
        program["steps"].append(step)
    return program


class Model:
    """What the table must hold: columns in order, rows by id, and the same for every version."""

    def __init__(self):
        self.columns = list(BASE)
        self.rows = {}
        self.versions = {0: self.state()}

    def state(self):
        return list(self.columns), {key: dict(row) for key, row in self.rows.items()}

    def commit(self, version):
        for made in range(max(self.versions) + 1, version + 1):
            self.versions[made] = self.state()

    def restore(self, version):
        columns, rows = self.versions[version]
        self.columns, self.rows = list(columns), {key: dict(row) for key, row in rows.items()}

    def project(self, row):
        """The row's values for the columns there are; a renamed column keeps its first two letters."""
        return {name: row[name] if name in row else row[name[:2]] for name, _ in self.columns}

    def insert(self, rows):
        for row in rows:
            self.rows[row["id"]] = self.project(row)

    def extra(self, index):
        """The extra column as it is named now; None when it is not there."""
        wanted = EXTRA[index][0]
        return next((name for name, _ in self.columns if name[:2] == wanted), None)

    @staticmethod
    def sorted_rows(state):
        columns, rows = state
        return [tuple(canonical(rows[key].get(name)) for name, _ in columns) for key in sorted(rows)]


def canonical(value):
    """A value as text that is the same for all engines."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc)
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    return value if value is None else str(value)


def literal(value, type_name):
    if value is None:
        return f"CAST(NULL AS {type_name})"
    if type_name == "STRING":
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if type_name in ("DATE", "TIMESTAMP"):
        return f"{type_name}'{value}'"
    return f"CAST({value} AS {type_name})"


def values(model, rows):
    """VALUES of the rows, in the order of the table's columns."""
    lines = []
    for row in rows:
        projected = model.project(row)
        lines.append("(" + ", ".join(literal(projected[name], kind) for name, kind in model.columns) + ")")
    return ", ".join(lines)


class SqlSteps:
    """Steps as Spark SQL on delta.`path`; `self.sql` runs one statement."""

    def append(self, model, step):
        names = ", ".join(name for name, _ in model.columns)
        self.sql(f"INSERT INTO {self.table} ({names}) VALUES {values(model, step['rows'])}")

    def overwrite(self, model, step):
        names = ", ".join(name for name, _ in model.columns)
        self.sql(f"INSERT OVERWRITE {self.table} ({names}) VALUES {values(model, step['rows'])}")

    def delete(self, _, step):
        part = literal(step["not_part"], "STRING")
        self.sql(f"DELETE FROM {self.table} WHERE v < {step['below']}D AND part <> {part}")

    def update(self, _, step):
        self.sql(f"UPDATE {self.table} SET v = v + 1, name = 'u' WHERE part = {literal(step['part'], 'STRING')}")

    def merge(self, model, step):
        names = ", ".join(name for name, _ in model.columns)
        source = ", ".join(f"s.{name}" for name, _ in model.columns)
        self.sql(
            f"MERGE INTO {self.table} AS t USING (SELECT * FROM VALUES {values(model, step['rows'])} AS s({names})) AS s "
            "ON t.id = s.id WHEN MATCHED AND s.v > 50 THEN DELETE "
            "WHEN MATCHED THEN UPDATE SET v = s.v, name = s.name "
            f"WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({source})"
        )

    def optimize(self, _model, _step):
        self.sql(f"OPTIMIZE {self.table}")

    def restore(self, _, step):
        self.sql(f"RESTORE TABLE {self.table} TO VERSION AS OF {step['version']}")

    def add_column(self, _, step):
        name, kind = EXTRA[step["column"]]
        self.sql(f"ALTER TABLE {self.table} ADD COLUMNS ({name} {kind})")

    def rename_column(self, _, step):
        self.sql(f"ALTER TABLE {self.table} RENAME COLUMN {step['old']} TO {step['new']}")

    def drop_column(self, _, step):
        self.sql(f"ALTER TABLE {self.table} DROP COLUMN {step['old']}")


def fit(model, step, features):
    """The step as it can be done in this state; None when it cannot."""
    step = dict(step)
    newest = max(model.versions)
    if step["kind"] == "restore":
        step["version"] = newest - step["back"]
        return step if step["version"] >= 0 else None
    if step["kind"] == "add_column":
        return step if model.extra(step["column"]) is None else None
    if step["kind"] in ("rename_column", "drop_column"):
        step["old"] = model.extra(step["column"])
        if step["old"] is None or not any("columnMapping" in key for key in features):
            return None
        step["new"] = step["old"] + "r" if len(step["old"]) < 6 else step["old"][:2]
    return step


def apply(model, step):
    """What the step makes of the model."""
    kind = step["kind"]
    if kind == "append":
        model.insert(step["rows"])
    elif kind == "overwrite":
        model.rows = {}
        model.insert(step["rows"])
    elif kind == "delete":
        for key, row in list(model.rows.items()):
            if row["v"] < step["below"] and row["part"] is not None and row["part"] != step["not_part"]:
                del model.rows[key]
    elif kind == "update":
        for row in model.rows.values():
            if row["part"] == step["part"]:
                row["v"], row["name"] = row["v"] + 1, "u"
    elif kind == "merge":
        for row in step["rows"]:
            if row["id"] not in model.rows:
                model.insert([row])
            elif row["v"] > 50:
                del model.rows[row["id"]]
            else:
                model.rows[row["id"]].update(v=row["v"], name=row["name"])
    elif kind == "restore":
        model.restore(step["version"])
    elif kind == "add_column":
        model.columns.append(EXTRA[step["column"]])
        for row in model.rows.values():
            row[EXTRA[step["column"]][0]] = None
    elif kind == "rename_column":
        model.columns = [(step["new"] if name == step["old"] else name, type_) for name, type_ in model.columns]
        for row in model.rows.values():
            row[step["new"]] = row.pop(step["old"])
    elif kind == "drop_column":
        model.columns = [column for column in model.columns if column[0] != step["old"]]
        for row in model.rows.values():
            del row[step["old"]]


class Differs(AssertionError):
    """An engine read other rows than the model has, or failed."""


def compare(engine, model, version=None):
    state = model.state() if version is None else model.versions[version]
    wanted = Model.sorted_rows(state)
    try:
        found = engine.read([name for name, _ in state[0]], version)
    except Exception as error:
        raise Differs(f"{engine.name} cannot read {'the table' if version is None else f'version {version}'}: {error}") from error
    found = sorted((tuple(map(canonical, row)) for row in found), key=lambda row: int(row[0]))
    if found != wanted:
        lost = [row for row in wanted if row not in found][:3]
        extra = [row for row in found if row not in wanted][:3]
        where = "" if version is None else f" at version {version}"
        raise Differs(f"{engine.name} reads {len(found)} rows{where}, not {len(wanted)}; lost {lost}, not expected {extra}")


def run(program, make_engines, verify_versions=True):
    """Runs a program in a folder of its own. Returns how many steps were done. Raises Differs."""
    done = 0
    with tempfile.TemporaryDirectory(prefix="lakesmith-program-") as folder:
        engines = make_engines(pathlib.Path(folder))
        try:
            model = Model()
            engines[program["creator"]].create(program["features"], program["partitioned"])
            for number, wished in enumerate(program["steps"]):
                engine = engines[wished["engine"]]
                step = fit(model, wished, program["features"])
                if step is None or not engine.can(step["kind"], program["features"]):
                    continue
                try:
                    getattr(engine, step["kind"], lambda *_: None)(model, step)
                except Exception as error:
                    raise Differs(f"step {number} ({engine.name}: {step['kind']}) failed: {error}") from error
                apply(model, step)
                model.commit(engines["delta-rs"].version())
                done += 1
                for reader in engines.values():
                    try:
                        compare(reader, model)
                    except Differs as error:
                        raise Differs(f"after step {number} ({engine.name}: {step['kind']}): {error}") from error
            for version in sorted(model.versions) if verify_versions else []:
                for reader in engines.values():
                    if reader.travels:
                        compare(reader, model, version)
        finally:
            for engine in engines.values():
                engine.close()
    return done


def shrink(program, make_engines, budget=80):
    """A program that still fails, with as few steps as `budget` runs find."""

    def fails(steps):
        try:
            run({**program, "steps": steps}, make_engines)
        except Differs:
            return True
        return False

    steps = program["steps"]
    size = max(1, len(steps) // 2)
    while size >= 1 and budget > 0:
        start, shrunk = 0, False
        while start < len(steps) and budget > 0:
            fewer = steps[:start] + steps[start + size :]
            budget -= 1
            if fewer and fails(fewer):
                steps, shrunk = fewer, True
            else:
                start += size
        if not shrunk:
            size //= 2
    return {**program, "steps": steps}


def run_seeds(seeds, steps, make_engines, names, features):
    """Runs one program for each seed; says how many steps were done, or prints the shrunk program."""
    total = 0
    for seed in seeds:
        program = draw_program(seed, steps, names, features)
        try:
            total += run(program, make_engines)
        except Differs as error:
            print(f"seed {seed}, {program['features']}: {error}")
            small = shrink(program, make_engines)
            try:
                run(small, make_engines)
            except Differs as last:
                print(f"shrunk to {len(small['steps'])} steps: {last}")
            print(json.dumps(small, ensure_ascii=False))
            raise SystemExit(1) from error
    return total
