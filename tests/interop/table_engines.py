"""Engines that run the steps of table_program.py: lakesmith and delta-rs."""

import decimal
import datetime
import pathlib
import sys

import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder, write_deltalake

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from interop.table_program import BASE, EXTRA, SqlSteps  # noqa: E402
from lib.lakesmith import SqlSession  # noqa: E402

ARROW = {
    "BIGINT": pa.int64(),
    "INT": pa.int32(),
    "STRING": pa.string(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "DECIMAL(10,2)": pa.decimal128(10, 2),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
}


def python_value(value, type_name):
    if value is None:
        return None
    if type_name == "DATE":
        return datetime.date.fromisoformat(value)
    if type_name == "TIMESTAMP":
        return datetime.datetime.fromisoformat(value + "+00:00")
    return decimal.Decimal(value) if type_name.startswith("DECIMAL") else value


class Lakesmith(SqlSteps):
    name = "lakesmith"
    travels = True

    def __init__(self, warehouse, path):
        self.session = SqlSession(warehouse)
        self.path = path
        self.table = f"delta.`{path}`"

    def sql(self, statement):
        return self.session.rows(statement)

    def create(self, features, partitioned):
        columns = ", ".join(f"{name} {kind}" for name, kind in BASE)
        by = " PARTITIONED BY (part)" if partitioned else ""
        properties = ", ".join(f"'{key}' = '{value}'" for key, value in features.items())
        given = f" TBLPROPERTIES ({properties})" if features else ""
        self.sql(f"CREATE TABLE t ({columns}){by} LOCATION '{self.path}'{given}")

    def can(self, kind, _features):
        return kind != "checkpoint"

    def read(self, names, version=None):
        at = "" if version is None else f" VERSION AS OF {version}"
        return self.sql(f"SELECT {', '.join(names)} FROM {self.table}{at}")

    def close(self):
        self.session.close()


class DeltaRs:
    """delta-rs. What it refuses to write is left out: mapped columns, in-commit timestamps, wider types."""

    name = "delta-rs"
    travels = False  # It cannot read old versions with deletion vectors.

    def __init__(self, path):
        self.path = str(path)

    def version(self):
        return DeltaTable(self.path).version()

    def can(self, kind, features):
        if kind in ("rename_column", "drop_column"):
            return False
        if any(key in features for key in ("delta.enableInCommitTimestamps", "delta.enableTypeWidening")):
            return kind == "checkpoint"
        if "delta.columnMapping.mode" in features:
            return kind == "checkpoint"
        return kind != "restore" or "delta.enableDeletionVectors" not in features

    def arrow(self, model, rows):
        projected = [model.project(row) for row in rows]
        columns = [
            pa.array([python_value(row[name], kind) for row in projected], ARROW[kind]) for name, kind in model.columns
        ]
        return pa.table(columns, names=[name for name, _ in model.columns])

    def append(self, model, step):
        write_deltalake(self.path, self.arrow(model, step["rows"]), mode="append")

    def overwrite(self, model, step):
        write_deltalake(self.path, self.arrow(model, step["rows"]), mode="overwrite")

    def delete(self, _, step):
        DeltaTable(self.path).delete(f"v < {step['below']} AND part <> '{step['not_part']}'")

    def update(self, _, step):
        DeltaTable(self.path).update(predicate=f"part = '{step['part']}'", updates={"v": "v + 1", "name": "'u'"})

    def merge(self, model, step):
        source = self.arrow(model, step["rows"])
        (
            DeltaTable(self.path)
            .merge(source, "t.id = s.id", source_alias="s", target_alias="t")
            .when_matched_delete("s.v > 50")
            .when_matched_update({"v": "s.v", "name": "s.name"})
            .when_not_matched_insert({name: f"s.{name}" for name, _ in model.columns})
            .execute()
        )

    def optimize(self, _model, _step):
        DeltaTable(self.path).optimize.compact()

    def restore(self, _, step):
        DeltaTable(self.path).restore(step["version"], protocol_downgrade_allowed=False)

    def add_column(self, _, step):
        name, kind = EXTRA[step["column"]]
        schema = pa.schema([pa.field(column, ARROW[type_]) for column, type_ in BASE] + [pa.field(name, ARROW[kind])])
        write_deltalake(self.path, schema.empty_table(), mode="append", schema_mode="merge")

    def checkpoint(self, _model, _step):
        DeltaTable(self.path).create_checkpoint()

    def read(self, names, version=None):
        table = DeltaTable(self.path, version=version)
        quoted = ", ".join(f'"{name}"' for name in names)
        rows = pa.table(QueryBuilder().register("t", table).execute(f"SELECT {quoted} FROM t"))
        return [tuple(row.values()) for row in rows.to_pylist()]

    def close(self):
        pass
