"""The two sides of parity_test.py: a real Spark without jobs where it can do without, and a session of lakesmith.

Both answer a query with `Answer`: names and types of the columns and the rows as text, or an error.
"""
import dataclasses
import json
import logging
import re
import tempfile
import threading

from lib.lakesmith import SqlSession

TIME_ZONE = "America/Los_Angeles"
PATIENCE = 20  # Seconds for one query.


@dataclasses.dataclass
class Answer:
    columns: list | None = None  # (name, type)
    rows: list | None = None  # Tuples of texts.
    error: str = ""

    def failed(self):
        return self.columns is None

    def error_class(self):
        found = re.search(r"\[([A-Z_0-9]+)", self.error)
        return found.group(1) if found else self.error[:60]


def as_text(name, kind):
    return f"to_json({name})" if kind == "variant" else f"hex({name})" if kind == "binary" else f"CAST({name} AS STRING)"


class Spark:
    """Queries go straight to the session in the Java machine: the Python classes around it take most of the time when a query
    fails. Plans are interpreted, since compiling each would take longer than running it."""

    SETTINGS = {
        "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.adaptive.enabled": "false", "spark.sql.session.timeZone": TIME_ZONE, "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1", "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.driver.memory": "1g", "spark.driver.extraJavaOptions": f"-XX:ErrorFile={tempfile.gettempdir()}/lakesmith-parity-%p.log", "spark.sql.timeType.enabled": "true", "spark.sql.crossJoin.enabled": "true",
    }

    def __init__(self):
        import py4j.java_gateway
        import py4j.protocol
        from pyspark.sql import SparkSession

        logging.disable(logging.CRITICAL)
        builder = SparkSession.builder.master("local[1]").appName("lakesmith-parity")
        for key, value in self.SETTINGS.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        py4j.java_gateway.get_return_value = py4j.protocol.get_return_value  # PySpark's own fetches whole stack traces.
        self.failure = py4j.protocol.Py4JJavaError
        self.ended = (py4j.protocol.Py4JNetworkError, ConnectionError, EOFError)
        self.java = session._jsparkSession
        self.machine = session._jvm
        self.to_text = self.machine.org.apache.spark.sql.execution.HiveResult

    def use_table(self, query):
        """Makes the view `t` of the rows of a query; Spark keeps them in its plan, so that reading them needs no job."""
        frame = self.java.sql(query)
        self.java.createDataFrame(frame.collectAsList(), frame.schema()).createOrReplaceTempView("t")

    def run(self, query):
        try:
            frame = self.java.sql(query)
            columns = [(field["name"], type_name(field)) for field in json.loads(frame.schema().json())["fields"]]
            names = [f"c{index}" for index in range(len(columns))]
            texts = ", ".join(as_text(name, kind) for name, (_, kind) in zip(names, columns))
            sequence = self.machine.PythonUtils.toSeq
            text = frame.toDF(sequence(names)).selectExpr(sequence([f"to_json(array({texts}))"]))
            rows = self.to_text.hiveResultString(text.queryExecution().executedPlan()).mkString("\n")
            return Answer(columns, [tuple(json.loads(row)) for row in rows.split("\n")] if rows else [])
        except self.failure as failure:
            return Answer(error=self.condition(failure.java_exception))

    def condition(self, exception):
        while exception is not None:
            try:
                found = exception.getCondition()
            except Exception:  # Not an error of Spark's own.
                found = None
            if found:
                return f"[{found}]"
            last, exception = exception, exception.getCause()
        return str(last.toString())[:120]

    def run_together(self, frame, expressions):
        """Answers of many queries that differ in one expression, by few queries: halved where one fails."""
        if len(expressions) > 1:
            whole = self.run(frame.replace("{}", ", ".join(expressions)))
            before = frame.split("{}")[0].count(",")
            after = frame.split("{}")[1].split(" FROM")[0].count(",")
            if not whole.failed() and len(whole.columns) == before + len(expressions) + after:
                return [self.part(whole, before, after, at) for at in range(len(expressions))]
            half = len(expressions) // 2
            return self.run_together(frame, expressions[:half]) + self.run_together(frame, expressions[half:])
        return [self.run(frame.replace("{}", expressions[0]))]

    @staticmethod
    def part(whole, before, after, at):
        def cut(cells):
            return [*cells[:before], cells[before + at], *cells[len(cells) - after:]] if after else [*cells[:before], cells[before + at]]

        return Answer(cut(whole.columns), [tuple(cut(row)) for row in whole.rows])


def type_name(field):
    """Spark's simple name of a type in the JSON of a schema."""
    kind = field["type"] if isinstance(field, dict) and "name" in field else field
    if isinstance(kind, str):
        return {"integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint"}.get(kind, kind)
    if kind["type"] == "array":
        return f"array<{type_name(kind['elementType'])}>"
    if kind["type"] == "map":
        return f"map<{type_name(kind['keyType'])},{type_name(kind['valueType'])}>"
    if kind["type"] == "struct":
        return f"struct<{','.join(one['name'] + ':' + type_name(one) for one in kind['fields'])}>"
    return str(kind["type"])


class Ours:
    def __init__(self, folder):
        self.folder = folder
        self.table = None
        self.start()

    def start(self):
        self.session = SqlSession(self.folder)
        self.session.rows(f"SET TIME ZONE '{TIME_ZONE}'")
        if self.table:
            self.use_table(self.table)

    def use_table(self, query):
        self.table = query
        self.session.rows(f"CREATE OR REPLACE TEMP VIEW t AS {query}")

    def run(self, query):
        """Raises RuntimeError when the program has ended, or did not answer within PATIENCE; it is there again afterwards."""
        watchdog = threading.Timer(PATIENCE, self.session.process.kill)
        watchdog.start()
        try:
            answer = self.session.execute(query)
            if not answer["ok"]:
                return Answer(error=answer["error"][:300])
            columns = [(column["name"], column["type"]) for column in answer["columns"]]
            names = [f"c{index}" for index in range(len(columns))]
            texts = ", ".join(as_text(name, kind) for name, (_, kind) in zip(names, columns))
            answer = self.session.execute(f"SELECT {texts} FROM ({query}) AS q({', '.join(names)})")
        except (RuntimeError, BrokenPipeError) as error:
            self.start()
            raise RuntimeError(str(error)) from error
        finally:
            watchdog.cancel()
        if not answer["ok"]:
            return Answer(error=answer["error"][:300])
        return Answer(columns, [tuple(row) for row in answer["rows"]])
