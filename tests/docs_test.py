"""Runs every example of the documentation.

In README.md, docs/**/*.md and examples/*/README.md, in the order of the page and in a folder of its own:
- a block ```LANGUAGE file=PATH is written to that file: parts of a project;
- a block ```sql runs in one warehouse a page and must succeed;
- in a block ```console each line that starts with `$ ` is run by bash, with `lakesmith` on the PATH, and the lines
  below it must be what it prints, where a line `...` stands for any lines;
- a block ```bash is run as a script that must succeed; the folder has a copy of examples/.
A block whose opening line has `no-run` after its language is left out: for commands that need a network or root. Blocks
of other kinds are not run, so no command may stand in them.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from lakesmith import PROGRAM, SqlSession  # noqa: E402

FENCE = re.compile(r"^```(\w*)(.*)$")
RUN = ("sql", "console", "bash")


class Block:
    def __init__(self, number, language, rest):
        self.number, self.language, self.lines = number, language, []
        file = re.search(r"file=(\S+)", rest)
        self.file = file.group(1) if file else None
        self.is_run = language in RUN and not self.file and "no-run" not in rest
        self.is_left_out = "no-run" in rest


def code_blocks(path):
    blocks, block = [], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fence = FENCE.match(line)
        if fence and block is None:
            block = Block(number, fence.group(1), fence.group(2))
        elif fence:
            blocks.append(block)
            block = None
        elif block is not None:
            block.lines.append(line)
    return blocks


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
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").glob("*/README.md"))]


class DocumentationTest(unittest.TestCase):
    def run_page(self, path):
        with tempfile.TemporaryDirectory(prefix="lakesmith-docs-") as name:
            folder = pathlib.Path(name)
            session = None
            for block in code_blocks(path):
                where = f"{path.relative_to(ROOT)}:{block.number}"
                if block.file:
                    (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
                    (folder / block.file).write_text("\n".join(block.lines) + "\n")
                elif block.is_run and block.language == "sql":
                    session = session or SqlSession(folder / "warehouse-of-sql", cwd=folder)
                    self.run_sql(session, where, block.lines)
                elif block.is_run and block.language == "bash":
                    self.run_script(folder, where, block.lines)
                elif block.is_run:
                    self.run_commands(folder, where, block.lines)
            if session:
                session.close()

    def bash(self, folder, text):
        environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "NO_COLOR": "1", "PROJECT": str(ROOT)}
        return subprocess.run(["bash", "-c", text], cwd=folder, env=environment, capture_output=True, text=True, check=False)

    def run_commands(self, folder, where, lines):
        for command, wanted in commands(lines):
            done = self.bash(folder, command)
            found = (done.stdout + done.stderr).splitlines()
            self.assertTrue(output_matches(wanted, found), f"{where}: $ {command}\nprinted:\n" + "\n".join(found))

    def run_script(self, folder, where, lines):
        if not (folder / "examples").exists():
            shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns(".lakesmith", "data"))
        done = self.bash(folder, "\n".join(["set -e", *lines]))
        self.assertEqual(done.returncode, 0, f"{where}:\n{done.stdout}{done.stderr}")

    def run_sql(self, session, where, lines):
        for statement in re.split(r";[ \t]*(?:--.*)?(?:\n|$)", "\n".join(lines)):
            if re.sub(r"--.*", "", statement).strip():
                answer = session.execute(statement)
                self.assertTrue(answer["ok"], f"{where}: {statement}\n{answer.get('error')}")

    def test_no_command_stands_in_a_block_that_is_not_run(self):
        for path in pages():
            for block in code_blocks(path):
                if block.is_run or block.is_left_out or block.file:
                    continue
                found = [line for line in block.lines if re.match(r"(\$ )?lakesmith ", line)]
                self.assertEqual(found, [], f"{path.relative_to(ROOT)}:{block.number}")

    def test_every_page(self):
        for path in pages():
            with self.subTest(page=str(path.relative_to(ROOT))):
                self.run_page(path)


if __name__ == "__main__":
    unittest.main()
