"""SQL cells: one session for all of a notebook, and results that Python can read."""
import atexit
import json
import subprocess

from lakesmith_runtime.dbutils import program


class SqlError(Exception):
    """A statement failed."""


class SqlResult:
    """Rows of a statement: `columns`, `rows` as dictionaries, iteration, `toPandas()`."""

    def __init__(self, columns, rows):
        self.columns = [column["name"] for column in columns]
        self.rows = [dict(zip(self.columns, row)) for row in rows]

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def collect(self):
        return self.rows

    def toPandas(self):
        import pandas  # pylint: disable=import-outside-toplevel
        return pandas.DataFrame(self.rows, columns=self.columns)

    def __str__(self):
        if not self.columns:
            return "OK"
        cells = [self.columns] + [["NULL" if row[name] is None else str(row[name]) for name in self.columns]
                                  for row in self.rows[:1000]]
        widths = [max(len(line[index]) for line in cells) for index in range(len(self.columns))]
        lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in cells]
        if len(self.rows) > 1000:
            lines.append(f"... {len(self.rows)} rows")
        return "\n".join(lines)

    __repr__ = __str__


def split_statements(text):
    """The statements of a text, divided by semicolons outside of quotes and comments, each with the
    number of lines before it."""
    statements, start, position, quote = [], 0, 0, None
    while position < len(text):
        two = text[position:position + 2]
        if quote:
            if text[position] == "\\" and quote != "`":
                position += 1
            elif text[position] == quote:
                quote = None
        elif text[position] in "'\"`":
            quote = text[position]
        elif two == "--":
            position = (text + "\n").index("\n", position) - 1
        elif two == "/*":
            end = text.find("*/", position + 2)
            position = len(text) if end < 0 else end + 1
        elif text[position] == ";":
            statements.append((text[start:position], text.count("\n", 0, start)))
            start = position + 1
        position += 1
    statements.append((text[start:], text.count("\n", 0, start)))
    return [(statement, lines) for statement, lines in statements if has_words(statement)]


def has_words(statement):
    """False for blanks and comments alone."""
    position = 0
    while position < len(statement):
        if statement.startswith("--", position):
            position = (statement + "\n").index("\n", position)
        elif statement.startswith("/*", position):
            end = statement.find("*/", position + 2)
            position = len(statement) if end < 0 else end + 2
        elif statement[position].isspace():
            position += 1
        else:
            return True
    return False


class SqlSession:
    """A `lakesmith sql` process that keeps temporary views and variables from cell to cell."""

    def __init__(self):
        self._process = None

    def execute(self, statement, parameters):
        if self._process is None:
            self._start()
        self._process.stdin.write(f"@parameters {json.dumps(parameters)}\n{statement}\n;\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SqlError("the SQL session has ended")
        answer = json.loads(line)
        if not answer["ok"]:
            raise SqlError(answer["error"])
        return SqlResult(answer["columns"], answer["rows"])

    def run_cell(self, text, parameters):
        """Runs the statements of a cell; returns the result of the last one."""
        result = SqlResult([], [])
        for statement, _ in split_statements(text):
            result = self.execute(statement.strip("\n"), parameters)
        return result

    def _start(self):
        self._process = subprocess.Popen([program(), "sql", "--json"], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True, encoding="utf-8")
        atexit.register(self.close)

    def close(self):
        if self._process is not None:
            self._process.stdin.close()
            self._process.wait()
            self._process = None
