"""Spark opens every table of examples/retail and sees the rows that delta-rs sees."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests" / "examples"), str(ROOT / "tests" / "spark")]
from retail_test import SMALL, TABLES, Project, delta_rows, row_set  # noqa: E402
from spark import session  # noqa: E402


class SparkReadsRetailTest(unittest.TestCase):
    maxDiff = 2000

    def test_same_rows(self):
        with tempfile.TemporaryDirectory(prefix="lakesmith-spark-") as folder:
            project = Project(folder)
            done = project.run_job(*SMALL)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            for name in TABLES:
                with self.subTest(table=name):
                    root = project.table_folder(name)
                    frame = session().read.format("delta").load(str(root))
                    columns = sorted(frame.columns)
                    self.assertEqual(row_set(frame.select(*columns).collect()), delta_rows(root, columns))


if __name__ == "__main__":
    unittest.main()
