"""Runs every example of the documentation.

In README.md and docs/**/*.md, a block marked ```sql runs in one warehouse a page and must succeed; in a block marked
```console each line that starts with `$ ` is run by bash in a folder of its own, with `lakesmith` on the PATH, and
the lines below it must be what it prints, where a line `...` stands for any lines. Blocks of other kinds are not run.
A block whose opening line has `no-run` after its language is left out, for commands that need a network or root.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from lakesmith import PROGRAM, SqlSession  # noqa: E402

FENCE = re.compile(r"^```(\w*)(.*)$")


def code_blocks(path):
    """Yields (line number, language, lines) of the blocks that are to be run."""
    language, start, lines = None, 0, []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fence = FENCE.match(line)
        if fence and language is None:
            language, start, lines = fence.group(1), number, []
            if "no-run" in fence.group(2):
                language = ""
        elif fence:
            if language in ("sql", "console"):
                yield start, language, lines
            language = None
        elif language is not None:
            lines.append(line)


def output_matches(wanted, found):
    """True when `found` equals `wanted`, where a line ... matches any number of lines."""
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line.rstrip()) + r"[ \t]*\n" for line in wanted)
    return re.fullmatch(pattern, "".join(line + "\n" for line in found)) is not None


def commands(lines):
    """Yields (command, expected lines) of a console block."""
    command, wanted = None, []
    for line in lines:
        if line.startswith("$ "):
            if command is not None:
                yield command, wanted
            command, wanted = line[2:], []
        elif command is not None and command.endswith("\\"):
            command = command + "\n" + line
        else:
            wanted.append(line)
    if command is not None:
        yield command, wanted


def pages():
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


class DocumentationTest(unittest.TestCase):
    def run_page(self, path):
        with tempfile.TemporaryDirectory(prefix="lakesmith-docs-") as folder:
            environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "NO_COLOR": "1", "PROJECT": str(ROOT)}
            session = None
            for number, language, lines in code_blocks(path):
                where = f"{path.relative_to(ROOT)}:{number}"
                if language == "sql":
                    session = session or SqlSession(pathlib.Path(folder) / "warehouse-of-sql", cwd=folder)
                    self.run_sql(session, where, lines)
                    continue
                for command, wanted in commands(lines):
                    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False)
                    found = (done.stdout + done.stderr).splitlines()
                    self.assertTrue(output_matches(wanted, found), f"{where}: $ {command}\nprinted:\n" + "\n".join(found))
            if session:
                session.close()

    def run_sql(self, session, where, lines):
        for statement in re.split(r";[ \t]*(?:--.*)?(?:\n|$)", "\n".join(lines)):
            if re.sub(r"--.*", "", statement).strip():
                answer = session.execute(statement)
                self.assertTrue(answer["ok"], f"{where}: {statement}\n{answer.get('error')}")

    def test_every_page(self):
        for path in pages():
            with self.subTest(page=str(path.relative_to(ROOT))):
                self.run_page(path)


if __name__ == "__main__":
    unittest.main()
