"""kill -9 between any two file operations of a statement leaves the table as it was before it, or after it.

LAKESMITH_CRASH_AT=n lets the program kill itself at the n-th place between two operations. Each kind of
statement runs with n = 1, 2, ... on a copy of one table until it comes to its end; after each crash the
table must be sound, every version must read, and the next writer must go on.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib.lakesmith import PROGRAM, SqlSession  # noqa: E402

NO_CHECK = "SET spark.databricks.delta.retentionDurationCheck.enabled = false; "
PLAIN = "'delta.checkpointInterval' = '100'"
STATEMENTS = {
    "append": "INSERT INTO {t} VALUES (100, 'a', 1), (101, 'b', 2)",
    "overwrite": "INSERT OVERWRITE {t} VALUES (100, 'a', 1)",
    "delete": "DELETE FROM {t} WHERE id % 2 = 0",
    "update": "UPDATE {t} SET v = v + 1 WHERE id < 3",
    "merge": "MERGE INTO {t} AS t USING (SELECT * FROM VALUES (1, 'a', 9), (200, 'b', 9) AS s(id, part, v)) AS s "
    "ON t.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *",
    "optimize": "OPTIMIZE {t}",
    "vacuum": NO_CHECK + "VACUUM {t} RETAIN 0 HOURS",
    "restore": "RESTORE TABLE {t} TO VERSION AS OF 1",
    "alter": "ALTER TABLE {t} ADD COLUMNS (more STRING)",
    "drop feature": "ALTER TABLE {t} DROP FEATURE deletionVectors",
}


class CrashTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="lakesmith-crash-")
        cls.root = pathlib.Path(cls.folder.name)
        cls.session = SqlSession(cls.root / "warehouse")
        cls.count = 0

    @classmethod
    def tearDownClass(cls):
        cls.session.close()
        cls.folder.cleanup()

    def make_table(self, name, properties):
        path = self.root / name
        for statement in (
            f"CREATE TABLE {name} (id INT, part STRING, v INT) PARTITIONED BY (part) LOCATION '{path}' "
            f"TBLPROPERTIES ({properties})",
            f"INSERT INTO {name} SELECT id, CASE id % 2 WHEN 0 THEN 'a' ELSE 'b' END, id FROM range(8)",
            f"INSERT INTO {name} VALUES (8, 'a', 8), (9, 'b', 9)",
            f"DELETE FROM {name} WHERE id = 9",
            f"DELETE FROM {name} WHERE id = 3",
        ):
            self.session.rows(statement)
        return path

    def rows(self, path, version=None):
        at = "" if version is None else f" VERSION AS OF {version}"
        return sorted(map(tuple, self.session.rows(f"SELECT id, part, v FROM delta.`{path}`{at}")))

    def run_until_crash(self, path, statement, crash_at):
        """True when the statement came to its end."""
        done = subprocess.run(
            [str(PROGRAM), "sql", "--warehouse", str(self.root / "other"), "-e", statement.format(t=f"delta.`{path}`")],
            env={**os.environ, "LAKESMITH_CRASH_AT": str(crash_at)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.assertIn(done.returncode, (0, -signal.SIGKILL), done.stdout + done.stderr)
        return done.returncode == 0

    def check_table(self, path, before, after, old_versions, vacuums):
        self.assertIn(self.rows(path), (before, after))
        table = f"delta.`{path}`"
        self.assertEqual(self.session.rows(f"FSCK REPAIR TABLE {table} DRY RUN"), [])
        newest = self.session.rows(f"DESCRIBE HISTORY {table} LIMIT 1")[0][0]
        for version in range(0 if not vacuums else newest, newest + 1):
            read = self.rows(path, version)
            if version < len(old_versions):
                self.assertEqual(read, old_versions[version], f"version {version}")
        self.session.rows(f"INSERT INTO {table} (id, part, v) VALUES (-1, 'a', 0)")
        self.assertEqual(len(self.rows(path)), len(self.rows(path, newest)) + 1)

    def crash_everywhere(self, kind, statement, properties):
        CrashTest.count += 1
        source = self.make_table(f"t{CrashTest.count}", properties)
        before = self.rows(source)
        old_versions = [self.rows(source, version) for version in range(5)]
        finished = self.root / "finished"
        shutil.copytree(source, finished)
        self.assertTrue(self.run_until_crash(finished, statement, 0))
        after = self.rows(finished)
        shutil.rmtree(finished)
        for crash_at in range(1, 200):
            copy = self.root / f"{source.name}-{crash_at}"
            shutil.copytree(source, copy)
            ended = self.run_until_crash(copy, statement, crash_at)
            with self.subTest(kind=kind, crash_at=crash_at):
                self.check_table(copy, before, after, old_versions, "VACUUM" in statement)
            shutil.rmtree(copy)
            if ended:
                self.assertGreater(crash_at, 1, "the statement has no place to crash at")
                return crash_at - 1
        self.fail(f"{kind}: more than 200 operations")

    def test_copy_on_write(self):
        for kind in ("append", "overwrite", "delete", "update", "merge", "optimize", "vacuum", "restore", "alter"):
            self.crash_everywhere(kind, STATEMENTS[kind], PLAIN)

    def test_deletion_vectors_and_change_feed(self):
        properties = PLAIN + ", 'delta.enableDeletionVectors' = 'true', 'delta.enableChangeDataFeed' = 'true'"
        for kind in ("delete", "update", "merge", "optimize", "vacuum", "restore", "drop feature"):
            self.crash_everywhere(kind, STATEMENTS[kind], properties)

    def test_checkpoints(self):
        # The commit after the set-up writes a checkpoint.
        self.crash_everywhere("checkpoint", STATEMENTS["append"], "'delta.checkpointInterval' = '5'")
        self.crash_everywhere(
            "checkpoint v2", STATEMENTS["append"], "'delta.checkpointInterval' = '5', 'delta.checkpointPolicy' = 'v2'"
        )


if __name__ == "__main__":
    unittest.main()
