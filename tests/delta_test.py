"""Statements on Delta tables that read files from outside, or whose history tells what they did."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from lib.lakesmith import SqlSession  # noqa: E402


class StatementTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lakesmith-delta-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.session = SqlSession(self.root / "warehouse")
        self.addCleanup(self.session.close)

    def rows(self, statement):
        return [list(row) for row in self.session.rows(statement)]


class HistoryTest(StatementTest):
    """DESCRIBE HISTORY, newest first: version, ..., operationMetrics, userMetadata, engineInfo."""

    def newest(self, table):
        return self.rows(f"DESCRIBE HISTORY {table} LIMIT 1")[0]

    def metrics(self, table, *names):
        found = dict(self.newest(table)[-3]["$map"])
        return [int(found[name]) for name in names]

    def test_metrics_of_changes_in_place(self):
        self.session.rows("CREATE TABLE t AS SELECT id, 0 AS v FROM range(10000)")
        # A condition that may answer otherwise when it is asked again is asked once.
        changed = self.rows("UPDATE t SET v = 1 WHERE rand() < 0.5")[0][0]
        self.assertEqual(self.rows("SELECT count(*) FROM t WHERE v = 1"), [[changed]])
        self.assertEqual(self.metrics("t", "numUpdatedRows", "numCopiedRows"), [changed, 10000 - changed])
        self.assertEqual(self.rows("UPDATE t SET v = 2"), [[10000]])
        self.assertEqual(self.metrics("t", "numUpdatedRows", "numCopiedRows", "numRemovedFiles", "numAddedFiles"), [10000, 0, 1, 1])
        self.assertEqual(self.rows("DELETE FROM t WHERE id < 4000"), [[4000]])
        self.assertEqual(self.metrics("t", "numDeletedRows", "numCopiedRows", "numAddedFiles"), [4000, 6000, 1])
        self.assertEqual(self.rows("DELETE FROM t WHERE id >= 0"), [[6000]])
        self.assertEqual(self.metrics("t", "numDeletedRows", "numCopiedRows", "numRemovedFiles", "numAddedFiles"), [6000, 0, 1, 0])

    def test_refused_features_write_nothing(self):
        self.session.rows("CREATE TABLE t (id INT)")
        for statement in (
            "ALTER TABLE t CLUSTER BY (id)",
            "CREATE OR REPLACE TABLE t (id INT) CLUSTER BY AUTO",
            "ALTER TABLE t SET TBLPROPERTIES ('delta.enableRowTracking' = 'true')",
            "CREATE OR REPLACE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY)",
        ):
            self.assertFalse(self.session.execute(statement)["ok"], statement)
        self.assertEqual(self.newest("t")[0], 0)

    def test_user_metadata(self):
        self.session.rows("CREATE TABLE t (id INT)")
        self.session.rows("INSERT INTO t WITH ('userMetadata' = 'by hand') VALUES (1)")
        self.assertEqual(self.newest("t")[-2], "by hand")
        self.session.rows("SET spark.databricks.delta.commitInfo.userMetadata = nightly")
        self.session.rows("DELETE FROM t")
        self.assertEqual(self.newest("t")[-2], "nightly")

    def test_dropped_feature(self):
        self.session.rows("CREATE TABLE t (id INT) TBLPROPERTIES ('delta.enableDeletionVectors' = 'true', 'delta.dropFeatureTruncateHistory.retentionDuration' = '0 hours')")
        features = lambda: self.rows("DESCRIBE DETAIL t")[0][-1]  # noqa: E731
        self.assertIn("deletionVectors", json.dumps(features()))
        self.session.execute("ALTER TABLE t DROP FEATURE deletionVectors TRUNCATE HISTORY")
        self.session.rows("ALTER TABLE t DROP FEATURE deletionVectors TRUNCATE HISTORY")
        self.assertNotIn("deletionVectors", json.dumps(features()))
        self.assertNotIn("checkpointProtection", json.dumps(features()))


class CopyIntoTest(StatementTest):
    def setUp(self):
        super().setUp()
        self.files = self.root / "in"
        self.files.mkdir()

    def put(self, **files):
        for name, text in files.items():
            (self.files / name.replace("_", ".")).write_text(text)

    def copy(self, table, options="", copy_options=""):
        more = f" COPY_OPTIONS ({copy_options})" if copy_options else ""
        return self.rows(f"COPY INTO {table} FROM '{self.files}' FILEFORMAT = CSV FORMAT_OPTIONS ({options}){more}")

    def test_columns_by_name(self):
        self.put(
            a_csv="id,city\n1,Oslo\n2,\n",
            b_csv="CITY,id,zip\nBern,3,3000\n",
            c_csv='city\n"Pa\nris"\n',
            d_csv="id,city\n",
        )
        self.session.rows("CREATE TABLE t (id INT, city STRING)")
        answer = self.session.execute(f"COPY INTO t FROM '{self.files}' FILEFORMAT = CSV FORMAT_OPTIONS ('header' = 'true')")
        self.assertIn("zip", answer["error"])
        self.assertEqual(self.copy("t", "'header' = 'true', 'mergeSchema' = 'true'", "'mergeSchema' = 'true'"), [[4, 4]])
        self.assertEqual(
            self.rows("SELECT * FROM t ORDER BY id NULLS LAST"),
            [[1, "Oslo", None], [2, None, None], [3, "Bern", 3000], [None, "Pa\nris", None]],
        )
        self.put(e_csv="zip,id\n9,9\n")
        self.assertEqual(self.copy("t", "'header' = 'true'"), [[1, 1]])
        self.assertEqual(self.copy("t", "'header' = 'true'"), [[0, 0]])
        self.assertEqual(self.rows("SELECT * FROM t WHERE id = 9"), [[9, None, 9]])

    def test_columns_by_position(self):
        self.put(a_csv="1,Oslo\n2,Rome\n", b_csv="3,Bern,3000\n", c_csv="4\n")
        self.session.rows("CREATE TABLE t (id INT, city STRING)")
        select = f"(SELECT _c0::INT AS id, _c1 AS city FROM '{self.files}')"
        self.assertEqual(self.rows(f"COPY INTO t FROM {select} FILEFORMAT = CSV"), [[4, 4]])
        self.assertEqual(self.rows("SELECT * FROM t ORDER BY id"), [[1, "Oslo"], [2, "Rome"], [3, "Bern"], [4, None]])
        read = f"read_files('{self.files}', format => 'csv', header => false"
        self.assertEqual(self.rows(f"SELECT _c0, _c2 FROM {read}) WHERE _c0 > 2 ORDER BY _c0"), [[3, 3000], [4, None]])
        self.assertEqual(
            self.rows(f"SELECT * FROM {read}, schema => 'n INT, name STRING, code INT, more INT') ORDER BY n DESC LIMIT 2"),
            [[4, None, None, None], [3, "Bern", 3000, None]],
        )

    def test_declared_columns(self):
        self.put(a_csv="id,city\n1,Oslo\n", b_csv="city,id\nBern,2\n")
        read = f"read_files('{self.files}', format => 'csv', header => true"
        # By name where the headers have one of the names, else in place of the headers' own names.
        self.assertEqual(self.rows(f"SELECT * FROM {read}, schema => 'city STRING, id BIGINT, x DATE') ORDER BY id"),
                         [["Oslo", 1, None], ["Bern", 2, None]])
        (self.files / "b.csv").unlink()
        self.assertEqual(self.rows(f"SELECT * FROM {read}, schema => 'n INT, name STRING')"), [[1, "Oslo"]])

    def test_more_columns_than_ten(self):
        self.put(a_csv=",".join(map(str, range(12))) + "\n", b_csv="7,8\n")
        rows = self.rows(f"SELECT * FROM read_files('{self.files}', format => 'csv', header => false) ORDER BY _c0")
        self.assertEqual(rows, [list(range(12)), [7, 8] + [None] * 10])

    def test_rows_with_metadata_keep_their_order(self):
        lines = 300_000
        self.put(a_csv="id\n" + "".join(f"{i}\n" for i in range(lines)), b_csv="x,id\n" + "".join(f"0,{lines + i}\n" for i in range(3000)))
        self.session.rows(
            f"CREATE TABLE t AS SELECT id, _metadata.file_name AS file FROM read_files('{self.files}', format => 'csv', header => true)"
        )
        read = f"SELECT id, _metadata.file_name AS file FROM read_files('{self.files}', format => 'csv', header => true)"
        rows = self.rows(read)
        self.assertEqual([row[0] for row in rows], list(range(lines + 3000)))
        self.assertEqual({row[1] for row in rows[:lines]}, {"a.csv"})
        self.assertEqual(self.rows("SELECT count(*), count(DISTINCT file) FROM t"), [[lines + 3000, 2]])

    def test_what_is_no_csv_is_named(self):
        self.put(a_csv='id,city\n1,Oslo\n2,"Rome\n')
        answer = self.session.execute(f"SELECT * FROM read_files('{self.files}', format => 'csv', header => true)")
        self.assertFalse(answer["ok"])
        self.assertIn("a.csv", answer["error"])

    def test_json(self):
        self.put(a_json='{"id": 1, "tags": ["x"]}\n', b_json='{"id": 2, "city": "Bern"}\n')
        rows = self.rows(f"SELECT id, tags, city, _metadata.file_name FROM read_files('{self.files}', format => 'json')")
        self.assertEqual(rows, [[1, ["x"], None, "a.json"], [2, None, "Bern", "b.json"]])


if __name__ == "__main__":
    unittest.main()
