"""The command line as people and scripts meet it: exit codes, messages, formats, the shell, completion."""

import json
import os
import pathlib
import pty
import select
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from lakesmith import PROGRAM, ROOT, SqlSession, run  # noqa: E402


class UsageTest(unittest.TestCase):
    def check(self, arguments, code, *texts):
        done = run(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for text in texts:
            self.assertIn(text, done.stdout + done.stderr)

    def test_wrong_words_get_the_nearest_name_and_exit_code_2(self):
        self.check(["bundel"], 2, "unknown command 'bundel'; closest: 'bundle'", "lakesmith --help")
        self.check(["bundle", "rn"], 2, "closest: 'run'")
        self.check(["generate", "retail", "--outt", "x"], 2, "unknown option '--outt'; closest: '--out'")
        self.check(["sql", "-o", "tabel"], 2, "unknown format 'tabel'; closest: 'table'")
        self.check(["generate", "retail"], 2, "--out is required")

    def test_every_command_has_help_with_examples(self):
        def commands(words):
            done = run(*words, "--help")
            self.assertEqual(done.returncode, 0, words)
            self.assertIn("Examples", done.stdout, words)
            self.assertNotIn("\x1b", done.stdout)
            if "\nCommands\n" in done.stdout:
                block = done.stdout.split("\nCommands\n")[1].split("\n\n")[0]
                for line in block.splitlines():
                    if line.startswith("  ") and not line.startswith("   "):
                        commands([*words, line.split()[0]])

        commands([])

    def test_version_names_the_program(self):
        version = (ROOT / "VERSION").read_text().strip()
        self.assertEqual(run("--version").stdout, f"lakesmith {version}\n")

    def test_completion_scripts_are_well_formed(self):
        script = run("completion", "bash").stdout
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        typed = 'COMP_WORDS=(lakesmith bundle va); COMP_CWORD=2; _lakesmith; echo "${COMPREPLY[*]}"'
        done = subprocess.run(["bash", "-c", script + typed], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.split(), ["validate"])
        self.assertIn("#compdef lakesmith", run("completion", "zsh").stdout)
        self.assertIn("complete -c lakesmith", run("completion", "fish").stdout)
        self.check(["completion", "tcsh"], 2, "bash, zsh, fish")


class SqlTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="lakesmith-cli-")
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def sql(self, *arguments, stdin=None):
        return run("sql", "--warehouse", f"{self.folder}/warehouse", *arguments, cwd=self.folder, stdin=stdin)

    def test_formats(self):
        query = "SELECT * FROM VALUES (1, 'a|b', 1.50), (2, NULL, NULL) AS t(id, name, price) ORDER BY id"
        wanted = {
            "csv": "id,name,price\n1,a|b,1.50\n2,,\n",
            "jsonl": '{"id":1,"name":"a|b","price":"1.50"}\n{"id":2,"name":null,"price":null}\n',
            "markdown": "| id | name | price |\n| ---: | --- | ---: |\n| 1 | a\\|b | 1.50 |\n| 2 | NULL | NULL |\n",
            "vertical": "   id: 1\n name: a|b\nprice: 1.50\n",
            "table": "│ id │ name │ price │\n",
        }
        for name, text in wanted.items():
            with self.subTest(format=name):
                self.assertIn(text, self.sql("-o", name, "-e", query).stdout)
        self.assertEqual([row["id"] for row in json.loads(self.sql("-o", "json", "-e", query).stdout)], [1, 2])

    def test_statements_come_from_options_files_and_standard_input(self):
        self.assertEqual(self.sql("-o", "csv", "-e", "SELECT 1 AS a; SELECT ';' AS b").stdout, "a\n1\nb\n;\n")
        path = pathlib.Path(self.folder) / "two.sql"
        path.write_text("-- a comment; with a semicolon\nSELECT 1 AS a;\n\nSELECT nope;\n")
        done = self.sql("-o", "csv", "-f", str(path))
        self.assertEqual((done.returncode, done.stdout), (1, "a\n1\n"))
        self.assertIn("two.sql:4:8: ", done.stderr)
        self.assertIn("  SELECT nope;\n         ^", done.stderr)
        self.assertEqual(self.sql("-o", "csv", "-", stdin="SELECT 2 AS a").stdout, "a\n2\n")
        self.assertEqual(self.sql("-o", "csv", stdin="SELECT 3 AS a;").stdout, "a\n3\n")

    def test_batch_mode_answers_each_statement_at_once(self):
        with SqlSession(f"{self.folder}/warehouse", cwd=self.folder) as session:
            self.assertEqual(
                session.execute("SELECT 1 AS a UNION ALL\nSELECT NULL"),
                {"ok": True, "columns": [{"name": "a", "type": "int"}], "rows": [[1], [None]]},
            )
            answer = session.execute("SELECT nope")
            self.assertEqual((answer["ok"], answer["sqlState"]), (False, "42703"))
            self.assertTrue(answer["errorClass"].startswith("UNRESOLVED_COLUMN"))
            self.assertEqual(session.execute("SELECT double('NaN') AS x, X'00ff' AS y")["rows"], [["NaN", {"$binary": "00FF"}]])
            self.assertEqual(session.execute("CREATE TABLE t AS SELECT 1 AS a")["columns"], [])
            self.assertEqual(session.rows("SELECT a FROM t"), [[1]])

    def test_a_large_result_needs_little_memory(self):
        command = f"ulimit -v 4000000; exec {PROGRAM} sql -o csv -e 'SELECT id, repeat(\"x\", 100) FROM range(3000000)' | tail -n 1"
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=self.folder, check=True)
        self.assertEqual(done.stdout, "2999999," + "x" * 100 + "\n", done.stderr)


class ShellTest(unittest.TestCase):
    """The interactive shell, on a terminal of its own."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="lakesmith-shell-")
        self.addCleanup(temporary.cleanup)
        try:
            self.process, self.terminal = pty.fork()
        except OSError as reason:  # A container without /dev/pts.
            self.skipTest(f"skipped: no terminal can be had here: {reason}")
        if self.process == 0:
            os.chdir(temporary.name)
            os.environ.update(TERM="xterm", NO_COLOR="1", XDG_STATE_HOME=temporary.name)
            os.execv(PROGRAM, [str(PROGRAM), "sql"])
        self.expect("lakesmith> ")

    def tearDown(self):
        os.close(self.terminal)
        os.waitpid(self.process, 0)

    def expect(self, text, seconds=120):
        seen, end = "", time.monotonic() + seconds
        while text not in seen:
            ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            self.assertTrue(ready, f"waited for {text!r}, saw {seen!r}")
            seen += os.read(self.terminal, 65536).decode(errors="replace")
        return seen

    def type(self, text):
        os.write(self.terminal, text.encode())

    def test_a_session(self):
        self.type("SELECT 40 +\n")
        self.expect("... ")
        self.type("2 AS answer;\n")
        self.expect("│     42 │")
        self.type("CREATE TABLE points AS SELECT 1 AS latitude;\n")
        self.expect("version 0")
        self.type("SELECT lat\x01")  # The table is not known yet: nothing to complete.
        self.type("\x0bSELECT * FROM poi\t;\n")
        self.expect("latitude")
        self.type("SELECT sum(a.id * b.id) FROM range(10000000000) a, range(10000000) b;\n")
        time.sleep(1)
        self.type("\x03")
        self.expect("cancelled")
        self.type("SELECT nope;\n")
        self.expect("^")
        self.type("\\q\n")


if __name__ == "__main__":
    unittest.main()
