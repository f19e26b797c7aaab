"""Runs the Python of one task: a notebook, a script or an entry point of a package.

    python -m lakesmith_runtime notebook FILE
    python -m lakesmith_runtime script FILE ARGUMENTS...
    python -m lakesmith_runtime wheel PACKAGE ENTRY_POINT ARGUMENTS...

Surroundings come in environment variables, see dbutils.py. With LAKESMITH_PACKAGES, a JSON list of packages, it goes on
in an environment that has them, see environment.py. Writes what the task set and how it ended as JSON
into the file that LAKESMITH_RESULT_FILE names.
"""
import importlib
import importlib.metadata
import importlib.util
import json
import os
import runpy
import sys
import traceback
import types

from lakesmith_runtime import notebook
from lakesmith_runtime.dbutils import NoSpark, NotebookExit, dbutils


def display(*values):
    for value in values:
        print(value)


def provide_modules():
    """Where projects look for `dbutils` outside of notebooks, unless the real packages are installed."""
    if importlib.util.find_spec("pyspark") is None:
        package, module = types.ModuleType("pyspark"), types.ModuleType("pyspark.dbutils")
        module.DBUtils = lambda spark=None: dbutils
        package.dbutils = module
        sys.modules["pyspark.dbutils"] = module
    if importlib.util.find_spec("databricks") is None:
        for name in ("databricks", "databricks.sdk", "databricks.sdk.runtime"):
            sys.modules[name] = types.ModuleType(name)
        runtime = sys.modules["databricks.sdk.runtime"]
        sys.modules["databricks"].sdk = sys.modules["databricks.sdk"]
        sys.modules["databricks.sdk"].runtime = runtime
        runtime.dbutils, runtime.spark, runtime.display = dbutils, NoSpark(), display


def scope():
    return {"__name__": "__main__", "dbutils": dbutils, "spark": NoSpark(), "display": display,
            "displayHTML": display, "getArgument": dbutils.widgets.get,
            "__lakesmith_pip__": notebook.run_pip, "__lakesmith_sh__": notebook.run_shell}


def run_wheel(package, entry_point, arguments):
    sys.argv = [entry_point, *arguments]
    names = []
    try:
        points = importlib.metadata.distribution(package).entry_points
    except importlib.metadata.PackageNotFoundError:
        points = []
    for point in points:
        names.append(point.name)
        if point.name == entry_point:
            return point.load()()
    try:
        module = importlib.import_module(package.replace("-", "_"))
    except ModuleNotFoundError:
        raise RuntimeError(f"package '{package}' is not installed in {sys.executable} "
                           "and not among the libraries of the task") from None
    if hasattr(module, entry_point):
        return getattr(module, entry_point)()
    raise RuntimeError(f"package '{package}' has no entry point '{entry_point}'; it has {names}")


def run_task(kind, target, arguments):
    if kind == "notebook":
        notebook.Notebook(scope(), dbutils).run(target)
    elif kind == "script":
        sys.argv = [target, *arguments]
        sys.path.insert(0, os.path.dirname(os.path.abspath(target)))
        runpy.run_path(target, {"dbutils": dbutils, "spark": NoSpark(), "display": display}, "__main__")
    else:
        run_wheel(target, arguments[0], arguments[1:])


def place_of(error):
    """File and line of the innermost frame that is the user's."""
    if isinstance(error, SyntaxError):
        return error.filename, error.lineno
    own = os.path.dirname(os.path.abspath(__file__))
    libraries = (own, "<", os.path.dirname(os.__file__))
    place = (None, 0)
    for frame in traceback.extract_tb(error.__traceback__):
        if not frame.filename.startswith(libraries):
            place = (frame.filename, frame.lineno)
    return place


def print_trace(error):
    """The trace without the frames of this package."""
    own = os.path.dirname(os.path.abspath(__file__))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith((own, "<frozen"))]
    sys.stdout.flush()
    sys.stderr.write("".join(traceback.format_list(frames)))
    sys.stderr.write("".join(traceback.format_exception_only(type(error), error)))


def end_of(kind, target, arguments):
    """Runs the task; returns its result and exit code."""
    try:
        run_task(kind, target, arguments)
    except NotebookExit as end:
        return {"exit": end.value}, 0
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
            return {}, 1
        return {}, end.code or 0
    except BaseException as error:  # pylint: disable=broad-except
        file, line = place_of(error)
        print_trace(error)
        if isinstance(error, notebook.NotebookError):
            return {"error": {"message": str(error), "file": "", "line": 0}}, 1
        return {"error": {"message": f"{type(error).__name__}: {error}", "file": file, "line": line}}, 1
    return {}, 0


def enter_environment(packages):
    """Goes on where the packages are; returns only when that fails."""
    from lakesmith_runtime import environment  # pylint: disable=import-outside-toplevel
    try:
        environment.start_within(packages, os.environ.get("LAKESMITH_BUNDLE_ROOT", "."), sys.argv[1:])
    except environment.PackageError as error:
        return {"error": {"message": str(error), "file": None, "line": 0}}, 1


def main():
    packages = json.loads(os.environ.pop("LAKESMITH_PACKAGES", "[]"))
    if packages:
        result, code = enter_environment(packages)
    else:
        provide_modules()
        result, code = end_of(sys.argv[1], sys.argv[2], sys.argv[3:])
    result["values"] = dbutils.jobs.taskValues.written
    if "LAKESMITH_RESULT_FILE" in os.environ:
        with open(os.environ["LAKESMITH_RESULT_FILE"], "w", encoding="utf-8") as file:
            json.dump(result, file)
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
