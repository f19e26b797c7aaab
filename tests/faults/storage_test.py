"""A full disk, a read-only disk, and files that were cut or overwritten: a clear error, and no damage."""

import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib.lakesmith import PROGRAM, SqlSession  # noqa: E402


def mount(*arguments):
    """Whether a mount was done; only root can."""
    return os.geteuid() == 0 and subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False).returncode == 0


class StorageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lakesmith-storage-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.session = SqlSession(self.root / "warehouse")
        self.addCleanup(self.session.close)

    def make_table(self, path, properties="'delta.checkpointInterval' = '2'"):
        self.session.rows(f"CREATE TABLE t (id INT, v STRING) LOCATION '{path}' TBLPROPERTIES ({properties})")
        for start in range(3):
            self.session.rows(f"INSERT INTO t SELECT id + {start * 100}, repeat('x', 50) FROM range(100)")

    def count(self, path):
        return self.session.rows(f"SELECT count(*) FROM delta.`{path}`")[0][0]

    def check(self, path):
        return self.session.rows(f"FSCK REPAIR TABLE delta.`{path}` DRY RUN")

    def fails(self, statement, *texts):
        answer = self.session.execute(statement)
        self.assertFalse(answer["ok"], f"{statement} succeeded")
        for text in texts:
            self.assertIn(text.lower(), answer["error"].lower())
        return answer["error"]

    # Disks.

    def test_full_disk(self):
        disk = self.root / "disk"
        disk.mkdir()
        if not mount("-t", "tmpfs", "-o", "size=600k", "tmpfs", disk):
            self.skipTest("a small file system needs root")
        self.addCleanup(lambda: subprocess.run(["umount", str(disk)], check=True))
        self.make_table(disk / "t")
        error = self.fails(f"INSERT INTO delta.`{disk}/t` SELECT id, uuid() FROM range(100000)", "space")
        self.assertNotIn("internal", error.lower())
        self.assertEqual(self.count(disk / "t"), 300)
        self.assertEqual(self.check(disk / "t"), [])
        # The failed statement gave its space back.
        self.session.rows(f"INSERT INTO delta.`{disk}/t` VALUES (1, 'after')")
        self.assertEqual(self.count(disk / "t"), 301)
        # Not even a commit fits.
        (disk / "ballast").write_bytes(b"")
        with open(disk / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                pass
        self.fails(f"DELETE FROM delta.`{disk}/t`", "space")
        (disk / "ballast").unlink()
        self.assertEqual(self.count(disk / "t"), 301)
        self.assertEqual(self.check(disk / "t"), [])

    def test_files_that_may_not_grow(self):
        path = self.root / "t"
        self.make_table(path)

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))

        done = subprocess.run(
            [str(PROGRAM), "sql", "--warehouse", str(self.root / "other"), "-e",
             f"INSERT INTO delta.`{path}` SELECT id, uuid() FROM range(100000)"],
            preexec_fn=limit, restore_signals=False, capture_output=True, text=True, timeout=120, check=False,
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertGreater(done.returncode, 0, "ended by a signal")
        self.assertIn("too large", (done.stdout + done.stderr).lower())
        self.assertEqual(self.count(path), 300)
        self.assertEqual(self.check(path), [])

    def test_read_only_disk(self):
        path = self.root / "t"
        self.make_table(path)
        if os.geteuid() == 0:
            if not mount("--bind", path, path) or not mount("-o", "remount,ro,bind", path):
                self.skipTest("mounting is not allowed")
            self.addCleanup(lambda: subprocess.run(["umount", str(path)], check=True))
        else:
            path.chmod(0o555)
            self.addCleanup(lambda: path.chmod(0o755))
        self.assertEqual(self.count(path), 300)
        for statement in ("INSERT INTO {} VALUES (1, 'x')", "DELETE FROM {}", "OPTIMIZE {}", "ALTER TABLE {} ADD COLUMNS (n INT)"):
            error = self.fails(statement.format(f"delta.`{path}`"))
            self.assertRegex(error.lower(), "read-only|permission denied")
        self.assertEqual(self.count(path), 300)

    # Damaged files.

    def damaged(self, damage, properties="'delta.checkpointInterval' = '100'"):
        """A table on which `damage` was done, unknown to the session."""
        path = self.root / "t"
        self.make_table(path, properties)
        copy = self.root / "damaged"
        shutil.copytree(path, copy)
        damage(copy)
        return copy

    @staticmethod
    def commit(path, version):
        return path / "_delta_log" / f"{version:020}.json"

    @staticmethod
    def data_file(path):
        return sorted(path.glob("*.parquet"))[0]

    def test_truncated_commit(self):
        def damage(path):
            commit = self.commit(path, 2)
            commit.write_bytes(commit.read_bytes()[:-40])

        path = self.damaged(damage)
        error = self.fails(f"SELECT * FROM delta.`{path}`", "00000000000000000002.json")
        self.assertRegex(error, r":\d+")
        self.fails(f"INSERT INTO delta.`{path}` VALUES (1, 'x')", "00000000000000000002.json")
        findings = self.check(path)
        self.assertEqual(findings[0][1], "corrupt commit")

    def test_garbage_in_a_commit(self):
        path = self.damaged(lambda path: self.commit(path, 1).write_bytes(b"\x00\xff{]garbage\n" * 10))
        self.fails(f"SELECT * FROM delta.`{path}`", "00000000000000000001.json")

    def test_missing_commit(self):
        path = self.damaged(lambda path: self.commit(path, 1).unlink())
        self.fails(f"SELECT * FROM delta.`{path}`", "commit 1 is missing")
        self.assertIn("missing commits", [row[1] for row in self.check(path)])

    def test_corrupt_checkpoint_with_its_commits(self):
        def damage(path):
            checkpoint = next((path / "_delta_log").glob("*.checkpoint.parquet"))
            checkpoint.write_bytes(b"PAR1" + bytes(100) + b"PAR1")

        path = self.damaged(damage, "'delta.checkpointInterval' = '2'")
        # The commits are all there, so the table reads without the checkpoint.
        self.assertEqual(self.count(path), 300)
        self.assertIn("corrupt checkpoint", [row[1] for row in self.check(path)])

    def test_corrupt_last_checkpoint_pointer(self):
        path = self.damaged(
            lambda path: (path / "_delta_log/_last_checkpoint").write_text("{nonsense"), "'delta.checkpointInterval' = '2'"
        )
        self.assertEqual(self.count(path), 300)

    def test_missing_data_file(self):
        path = self.damaged(lambda path: self.data_file(path).unlink())
        name = self.data_file(self.root / "t").name
        answer = self.session.execute(f"SELECT count(v) FROM delta.`{path}`")
        self.assertIn(name, answer["error"])
        self.assertEqual(answer["errorClass"], "FAILED_READ_FILE.FILE_NOT_EXIST")
        findings = self.check(path)
        self.assertEqual([row[1] for row in findings], ["missing data file"])
        self.assertIn(name, findings[0][0])
        self.session.rows(f"FSCK REPAIR TABLE delta.`{path}`")
        self.assertEqual(self.count(path), 200)
        self.assertEqual(self.check(path), [])

    def test_truncated_data_file(self):
        def damage(path):
            file = self.data_file(path)
            file.write_bytes(file.read_bytes()[:-50])

        path = self.damaged(damage)
        name = self.data_file(path).name
        self.fails(f"SELECT sum(id) FROM delta.`{path}`", name)
        self.assertEqual([row[1] for row in self.check(path)], ["data file of wrong size"])
        # The session goes on.
        self.assertEqual(self.count(self.root / "t"), 300)

    def test_overwritten_data_file(self):
        def damage(path):
            file = self.data_file(path)
            file.write_bytes(os.urandom(file.stat().st_size))

        path = self.damaged(damage)
        name = self.data_file(path).name
        self.fails(f"SELECT sum(id) FROM delta.`{path}`", name)
        self.assertEqual([row[1] for row in self.check(path)], ["corrupt data file"])
        self.assertEqual(self.count(self.root / "t"), 300)

    def test_damaged_pages(self):
        """Bytes in the middle of the file: an error or, where the format has no checksum, at least no crash."""
        for offset in range(4, 400, 36):
            with self.subTest(offset=offset):
                path = self.root / f"d{offset}"
                if offset == 4:
                    self.make_table(self.root / "t", "'delta.checkpointInterval' = '100'")
                shutil.copytree(self.root / "t", path)
                file = self.data_file(path)
                content = bytearray(file.read_bytes())
                for index in range(offset, min(offset + 16, len(content) - 8)):
                    content[index] ^= 0x5A
                file.write_bytes(content)
                self.session.execute(f"SELECT sum(id), max(v) FROM delta.`{path}`")
                self.assertEqual(self.count(self.root / "t"), 300)

    def test_corrupt_deletion_vector(self):
        path = self.root / "t"
        self.make_table(path, "'delta.enableDeletionVectors' = 'true'")
        self.session.rows("DELETE FROM t WHERE id % 3 = 0")
        copy = self.root / "damaged"
        shutil.copytree(path, copy)
        vector = next(copy.rglob("deletion_vector_*.bin"))
        content = bytearray(vector.read_bytes())
        content[len(content) // 2] ^= 0xFF
        vector.write_bytes(content)
        self.fails(f"SELECT count(v) FROM delta.`{copy}`", vector.name)
        self.assertIn("corrupt deletion vector", [row[1] for row in self.check(copy)])
        vector.unlink()
        self.fails(f"SELECT count(v) FROM delta.`{copy}`", vector.name)
        self.assertIn("missing deletion vector", [row[1] for row in self.check(copy)])

    def test_clock_going_back(self):
        path = self.root / "t"
        self.make_table(path, "'delta.checkpointInterval' = '100'")
        # Later commits carry earlier times, as after a clock that was set back.
        for version, age in ((0, 1000), (1, 3000), (2, 5000), (3, 7000)):
            time = 1_700_000_000 - age
            os.utime(self.commit(path, version), (time, time))
        session = SqlSession(self.root / "warehouse")
        history = session.rows("DESCRIBE HISTORY t")
        times = [row[1] for row in reversed(history)]
        self.assertEqual(times, sorted(set(times)), "times grow with versions")
        for version in range(4):
            counted = session.rows(f"SELECT count(*) FROM t TIMESTAMP AS OF '{times[version]}'")[0][0]
            self.assertEqual(counted, 100 * version)
        session.close()


if __name__ == "__main__":
    unittest.main()
