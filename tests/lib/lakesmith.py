"""Runs the built program for tests: where it is, one-off commands, and a batch-mode session."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(os.environ.get("LAKESMITH_PROGRAM", ROOT / "build/release/bin/lakesmith"))
TESTDATA = pathlib.Path(os.environ.get("LAKESMITH_TESTDATA", ROOT.parent / "shared/testdata"))


def run(*arguments, cwd=None, env=None, stdin=None, timeout=300):
    """Runs `lakesmith ARGUMENT...` and returns the finished process, output as text."""
    return subprocess.run(
        [str(PROGRAM), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", **(env or {})},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class SqlSession:
    """`lakesmith sql --json` as a subprocess: one answer for each statement."""

    def __init__(self, warehouse, cwd=None, env=None, arguments=()):
        self.process = subprocess.Popen(
            [str(PROGRAM), "sql", "--json", "--warehouse", str(warehouse), *arguments],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def execute(self, statement):
        """Returns the answer as a dictionary. Raises when the program has ended."""
        self.process.stdin.write(statement.rstrip() + "\n;\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"lakesmith ended with {self.process.wait()} on: {statement}")
        return json.loads(line)

    def rows(self, statement):
        """Rows of a statement that must succeed."""
        answer = self.execute(statement)
        if not answer["ok"]:
            raise AssertionError(f"{statement}\n{answer['error']}")
        return answer["rows"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()
