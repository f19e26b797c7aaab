"""The `dbutils` of Python tasks: widgets, notebook, jobs.taskValues, secrets, fs.

A task is given its surroundings in environment variables:
    LAKESMITH_PARAMETERS   JSON object: values of widgets
    LAKESMITH_TASK_VALUES  JSON object: task values of tasks before this one, by task key
    LAKESMITH_RESULT_FILE  where notebooks write how they ended
"""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple

FileInfo = namedtuple("FileInfo", "path name size modificationTime")
SecretMetadata = namedtuple("SecretMetadata", "key")
SecretScope = namedtuple("SecretScope", "name")

MAX_TASK_VALUE_BYTES = 48 * 1024


class NotebookExit(BaseException):
    """Ends the notebook with success."""

    def __init__(self, value):
        super().__init__(value)
        self.value = value


class NoSpark:
    """Stands where `spark` will be: any use of it tells what is missing."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise RuntimeError(f"spark.{name}: Python tasks have no Spark session here yet; "
                           "use a %sql cell, a sql_task or a pipeline")


def program():
    """Path of the lakesmith program: the one that started this task, else the one on PATH."""
    return os.environ.get("LAKESMITH_PROGRAM") or "lakesmith"


class Widgets:
    """Parameters of the task over the defaults that the notebook declares."""

    def __init__(self, given):
        self._given = {name: str(value) for name, value in given.items()}
        self._defaults = {}

    @contextlib.contextmanager
    def overridden(self, values):
        """For as long as another notebook runs that was given values."""
        before = self._given
        self._given = {**before, **values}
        try:
            yield
        finally:
            self._given = before

    def text(self, name, defaultValue="", label=None):
        self._defaults[name] = str(defaultValue)

    def dropdown(self, name, defaultValue, choices, label=None):
        if defaultValue not in list(choices):
            raise ValueError(f"widget '{name}': default '{defaultValue}' is none of {list(choices)}")
        self._defaults[name] = str(defaultValue)

    combobox = multiselect = dropdown

    def get(self, name):
        values = self.getAll()
        if name not in values:
            raise ValueError(f"no widget or parameter '{name}'; there are {sorted(values)}")
        return values[name]

    getArgument = get

    def getAll(self):
        return {**self._defaults, **self._given}

    def remove(self, name):
        self._defaults.pop(name, None)

    def removeAll(self):
        self._defaults.clear()


class NotebookTools:
    def exit(self, value):
        raise NotebookExit(str(value))

    def run(self, path, timeout_seconds=0, arguments=None):
        """Runs another notebook in a process of its own; returns what it ended with."""
        with tempfile.TemporaryDirectory(prefix="lakesmith-notebook-") as folder:
            result_file = os.path.join(folder, "result.json")
            environment = {**os.environ, "LAKESMITH_PARAMETERS": json.dumps(arguments or {}),
                           "LAKESMITH_RESULT_FILE": result_file}
            caller = os.environ.get("LAKESMITH_NOTEBOOK_FOLDER", "")
            command = [sys.executable, "-u", "-m", "lakesmith_runtime", "notebook",
                       os.path.join(caller, path)]
            sys.stdout.flush()
            done = subprocess.run(command, env=environment, timeout=timeout_seconds or None, check=False)
            if not os.path.exists(result_file):
                raise RuntimeError(f"notebook '{path}' ended with exit code {done.returncode}")
            with open(result_file, encoding="utf-8") as file:
                result = json.load(file)
        if "error" in result:
            raise RuntimeError(f"notebook '{path}': {result['error']['message']}")
        return result.get("exit", "")


class TaskValues:
    def __init__(self, upstream):
        self._upstream = upstream
        self.written = {}

    def set(self, key, value):
        if len(json.dumps(value).encode()) > MAX_TASK_VALUE_BYTES:
            raise ValueError(f"task value '{key}' is larger than 48 KiB")
        self.written[key] = value

    def get(self, taskKey, key, default=None, debugValue=None):
        if "LAKESMITH_TASK_VALUES" not in os.environ and debugValue is not None:
            return debugValue  # Not in a job.
        values = self._upstream.get(taskKey, {})
        if key in values:
            return values[key]
        if default is not None:
            return default
        raise ValueError(f"task '{taskKey}' set no value '{key}'; it set {sorted(values)}")


class Jobs:
    def __init__(self, upstream):
        self.taskValues = TaskValues(upstream)


class Secrets:
    """Secrets of the project. What is read here is struck out of everything that the task prints."""

    def get(self, scope, key):
        return self._ask("get", "--scope", scope, "--key", key)

    def getBytes(self, scope, key):
        return self.get(scope, key).encode()

    def list(self, scope):
        return [SecretMetadata(one["key"]) for one in json.loads(self._ask("list", "--scope", scope, "-o", "json"))]

    def listScopes(self):
        return [SecretScope(one["name"]) for one in json.loads(self._ask("list-scopes", "-o", "json"))]

    @staticmethod
    def _ask(*words):
        done = subprocess.run([program(), "secrets", *words], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ValueError(done.stderr.strip().removeprefix("error: "))
        return done.stdout.removesuffix("\n")


def local_path(path):
    """The path of a file on this machine that a path or URL of `dbutils.fs` names."""
    for scheme in ("file:", "dbfs:"):
        if path.startswith(scheme):
            return "/" + path.removeprefix(scheme).lstrip("/")
    if ":/" in path:
        raise ValueError(f"'{path}': dbutils.fs knows paths of this machine only")
    return path


class FileSystem:
    """Files of this machine; relative paths are those of the project."""

    def ls(self, path):
        folder = local_path(path)
        infos = []
        for name in sorted(os.listdir(folder)):
            full = os.path.join(folder, name)
            state = os.stat(full)
            is_folder = os.path.isdir(full)
            infos.append(FileInfo(full, name + ("/" if is_folder else ""),
                                  0 if is_folder else state.st_size, int(state.st_mtime * 1000)))
        return infos

    def head(self, path, maxBytes=65536):
        with open(local_path(path), "rb") as file:
            return file.read(maxBytes).decode("utf-8", "replace")

    def put(self, path, contents, overwrite=False):
        target = local_path(path)
        os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
        with open(target, "w" if overwrite else "x", encoding="utf-8") as file:
            file.write(contents)
        return True

    def mkdirs(self, path):
        os.makedirs(local_path(path), exist_ok=True)
        return True

    def cp(self, source, target, recurse=False):
        if recurse and os.path.isdir(local_path(source)):
            shutil.copytree(local_path(source), local_path(target), dirs_exist_ok=True)
        else:
            shutil.copy(local_path(source), local_path(target))
        return True

    def mv(self, source, target, recurse=False):
        shutil.move(local_path(source), local_path(target))
        return True

    def rm(self, path, recurse=False):
        path = local_path(path)
        if not os.path.lexists(path):
            return False
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path) if recurse else os.rmdir(path)
        else:
            os.remove(path)
        return True


class Library:
    """Packages of a notebook come by `%pip install`."""

    def restartPython(self):
        """Nothing to do: what %pip has installed can be imported at once, and variables stay."""

    def installPyPI(self, *unused, **also_unused):
        raise ValueError("dbutils.library.installPyPI is gone; use a cell with %pip install")

    install = installPyPI


class DbUtils:
    def __init__(self):
        self.library = Library()
        self.widgets = Widgets(json.loads(os.environ.get("LAKESMITH_PARAMETERS", "{}")))
        self.notebook = NotebookTools()
        self.jobs = Jobs(json.loads(os.environ.get("LAKESMITH_TASK_VALUES", "{}")))
        self.secrets = Secrets()
        self.fs = FileSystem()


dbutils = DbUtils()
