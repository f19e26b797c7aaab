"""Notebooks in source form (.py, .sql) and Jupyter form (.ipynb): their cells, and running them."""
import json
import os
import re
import shlex
import subprocess
import sys

from lakesmith_runtime.sql import SqlSession

# By extension: the comment that separators and magic lines begin with, and the language of plain cells.
LEADERS = {".py": ("#", "python"), ".sql": ("--", "sql")}
REMARKS = ("md", "html", "md-sandbox", "markdown")
JUPYTER_LANGUAGES = {"sql": "sql"}


class NotebookError(Exception):
    """A cell that cannot run, with its place."""


class Cell:
    """A piece of a notebook. `line` is that of its first line in the file `name`, from 1."""

    def __init__(self, language, source, line, name):
        self.language, self.source, self.line, self.name = language, source, line, name


def read_cells(path, text):
    if path.endswith(".ipynb"):
        return list(jupyter_cells(path, json.loads(text)))
    return list(source_cells(path, text))


def jupyter_cells(path, notebook):
    metadata = notebook.get("metadata", {})
    language = metadata.get("language_info", {}).get("name", "python")
    for number, cell in enumerate(notebook.get("cells", []), 1):
        if cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        text = source if isinstance(source, str) else "".join(source)
        yield make_cell(text, JUPYTER_LANGUAGES.get(language, "python"), 1, f"{path}[cell {number}]")


def source_cells(path, text):
    leader, language = LEADERS[os.path.splitext(path)[1]]
    separator, magic = f"{leader} COMMAND ----------", f"{leader} MAGIC"
    lines, first = [], 1
    for number, line in enumerate(text.splitlines() + [separator], 1):
        if line.strip() == separator:
            yield make_cell("\n".join(lines), language, first, path)
            lines, first = [], number + 1
        elif line.startswith(magic):
            lines.append(line[len(magic):].removeprefix(" "))
        else:
            lines.append(line)


def make_cell(source, language, line, name):
    """A cell with its magic word, such as %sql, taken off; its lines keep their numbers."""
    lines = source.split("\n")
    for number, text in enumerate(lines):
        stripped = text.strip()
        is_remark = stripped.startswith(("#", "--")) and not stripped.startswith("%")
        if not stripped or is_remark:
            continue
        if re.match(r"%%?[A-Za-z]", stripped):
            word, _, rest = stripped.lstrip("%").partition(" ")
            return Cell(word, "\n".join([rest] + lines[number + 1:]), line + number, name)
        break
    return Cell(language, source, line, name)


class Notebook:
    """Runs the cells of notebooks in one scope."""

    def __init__(self, scope, dbutils):
        self.scope, self.dbutils = scope, dbutils
        self.sql = SqlSession()
        self.folders = []

    def run(self, path):
        path = self.find(path)
        folder = os.path.dirname(os.path.abspath(path))
        self.folders.append(folder)
        os.environ["LAKESMITH_NOTEBOOK_FOLDER"] = folder
        if folder not in sys.path:
            sys.path.insert(0, folder)
        self.scope["__file__"] = os.path.abspath(path)
        with open(path, encoding="utf-8") as file:
            cells = read_cells(path, file.read())
        for cell in cells:
            self.run_cell(cell)
        self.folders.pop()
        if self.folders:
            os.environ["LAKESMITH_NOTEBOOK_FOLDER"] = self.folders[-1]

    @staticmethod
    def find(path):
        found = [path + end for end in ("", ".py", ".ipynb", ".sql") if os.path.isfile(path + end)]
        if not found:
            raise NotebookError(f"notebook '{path}' does not exist, nor with .py, .ipynb or .sql behind it")
        return found[0]

    def run_cell(self, cell):
        if cell.language == "python":
            code = compile("\n" * (cell.line - 1) + python_source(cell.source), cell.name, "exec")
            exec(code, self.scope)  # pylint: disable=exec-used
        elif cell.language == "sql":
            self.run_sql(cell)
        elif cell.language == "run":
            self.run_other(cell)
        elif cell.language == "pip":
            run_pip(cell.source)
        elif cell.language == "fs":
            self.run_fs(cell)
        elif cell.language == "sh":
            subprocess.run(["/bin/sh", "-c", cell.source], check=True)
        elif cell.language not in REMARKS:
            raise NotebookError(f"{cell.name}:{cell.line}: %{cell.language} cells do not run here")

    def run_other(self, cell):
        """`%run ./path $name="value"`: another notebook in the same scope; the values are its widgets'."""
        words = shlex.split(cell.source)
        if not words:
            raise NotebookError(f"{cell.name}:{cell.line}: %run needs the path of a notebook")
        values = dict(word[1:].split("=", 1) for word in words[1:] if word.startswith("$") and "=" in word)
        with self.dbutils.widgets.overridden(values):
            self.run(os.path.join(self.folders[-1], words[0]))

    def run_fs(self, cell):
        """`%fs ls /path`: a function of dbutils.fs."""
        words = shlex.split(cell.source)
        function = getattr(self.dbutils.fs, words[0], None) if words and not words[0].startswith("_") else None
        if function is None:
            raise NotebookError(f"{cell.name}:{cell.line}: %fs takes ls, head, put, mkdirs, cp, mv or rm and its arguments")
        result = function(*words[1:])
        print("\n".join(map(str, result)) if isinstance(result, list) else result)

    def run_sql(self, cell):
        try:
            result = self.sql.run_cell(cell.source, self.dbutils.widgets.getAll())
        except Exception as error:
            raise NotebookError(f"{cell.name}:{cell.line}: {error}") from None
        self.scope["_sqldf"] = result
        if result.columns:
            print(result)


def python_source(source):
    """The lines of a cell with `%pip ...` and `!command` lines among them made into calls."""
    lines = []
    for line in source.split("\n"):
        magic = re.match(r"(\s*)(%pip|!)\s*(.*)$", line)
        if magic:
            name = "pip" if magic.group(2) == "%pip" else "sh"
            line = f"{magic.group(1)}__lakesmith_{name}__({magic.group(3)!r})"
        lines.append(line)
    return "\n".join(lines)


def run_pip(arguments):
    """`%pip install` adds to what this notebook can import; other commands of pip show what there is."""
    sys.stdout.flush()
    words = shlex.split(arguments)
    if words[:1] == ["install"]:
        from lakesmith_runtime import environment  # pylint: disable=import-outside-toplevel
        environment.install_here(words[1:], os.environ.get("LAKESMITH_NOTEBOOK_FOLDER", "."))
    elif words[:1] == ["uninstall"]:
        raise NotebookError("%pip uninstall does not run here: other tasks use the same packages")
    else:
        subprocess.run([sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", *words], check=True)


def run_shell(command):
    sys.stdout.flush()
    subprocess.run(["/bin/sh", "-c", command], check=True)
