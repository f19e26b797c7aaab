"""Eight processes write to one table at once: no row is lost, none is there twice, every version reads.

LAKESMITH_WRITERS_SECONDS says for how long (8).
"""

import multiprocessing
import os
import pathlib
import random
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib.lakesmith import SqlSession  # noqa: E402

WRITERS = 8
FEWEST = 3  # Statements of each writer.
SECONDS = float(os.environ.get("LAKESMITH_WRITERS_SECONDS", "8"))
# What a writer may be told when others were faster; it then knows that nothing of its statement is in.
CONFLICTS = ("DELTA_CONCURRENT", "DELTA_METADATA_CHANGED", "DELTA_PROTOCOL_CHANGED", "DELTA_MAX_COMMIT_RETRIES")


class Writer:
    """One process. It alone changes the rows whose `owner` it is, so it knows what they must be."""

    def __init__(self, number, warehouse, path):
        self.number = number
        self.random = random.Random(number)
        self.session = SqlSession(warehouse)
        self.table = f"delta.`{path}`"
        self.rows = {}
        self.next_key = 0
        self.conflicts = 0
        self.done = 0

    def run(self, statement):
        answer = self.session.execute(statement)
        if answer["ok"]:
            self.done += 1
            return True
        if not str(answer.get("errorClass", "")).startswith(CONFLICTS):
            raise AssertionError(f"writer {self.number}: {statement}\n{answer['error']}")
        self.conflicts += 1
        return False

    def append(self):
        keys = range(self.next_key, self.next_key + self.random.randint(1, 5))
        self.next_key = keys.stop
        values = ", ".join(f"({self.number}, {key}, 0)" for key in keys)
        if self.run(f"INSERT INTO {self.table} VALUES {values}"):
            self.rows.update({key: 0 for key in keys})

    def delete(self):
        key = self.random.randrange(self.next_key + 1)
        if self.run(f"DELETE FROM {self.table} WHERE owner = {self.number} AND key = {key}"):
            self.rows.pop(key, None)

    def update(self):
        limit = self.random.randrange(self.next_key + 1)
        if self.run(f"UPDATE {self.table} SET n = n + 1 WHERE owner = {self.number} AND key < {limit}"):
            self.rows = {key: n + (key < limit) for key, n in self.rows.items()}

    def merge(self):
        old, new = self.random.randrange(self.next_key + 1), self.next_key + 1
        self.next_key = new + 1
        if self.run(
            f"MERGE INTO {self.table} AS t USING (SELECT * FROM VALUES ({self.number}, {old}), ({self.number}, {new}) AS s(owner, key)) AS s "
            f"ON t.owner = s.owner AND t.key = s.key AND t.owner = {self.number} "
            "WHEN MATCHED THEN UPDATE SET n = 1000 WHEN NOT MATCHED THEN INSERT (owner, key, n) VALUES (s.owner, s.key, 500)"
        ):
            for key in (old, new):
                self.rows[key] = 1000 if key in self.rows else 500

    def optimize(self):
        self.run(f"OPTIMIZE {self.table}")

    def work(self, seconds):
        end = time.monotonic() + seconds
        choices = [self.append] * 5 + [self.delete, self.update, self.merge] * 2 + ([self.optimize] if self.number == 0 else [])
        # On a machine that is busy with other things, the time may be over before anything is done.
        while time.monotonic() < end or self.done < FEWEST:
            self.random.choice(choices)()
        self.session.close()


def write(number, warehouse, path, seconds, queue):
    try:
        writer = Writer(number, warehouse, path)
        writer.work(seconds)
        queue.put((number, writer.rows, writer.done, writer.conflicts, None))
    except BaseException as error:  # noqa: BLE001 - the parent reports it
        queue.put((number, {}, 0, 0, repr(error)))


class WritersTest(unittest.TestCase):
    def race(self, properties, partitioned, seconds):
        with tempfile.TemporaryDirectory(prefix="lakesmith-writers-") as folder:
            root = pathlib.Path(folder)
            session = SqlSession(root / "warehouse")
            path = root / "t"
            by = "PARTITIONED BY (owner)" if partitioned else ""
            session.rows(f"CREATE TABLE t (owner INT, key INT, n INT) {by} LOCATION '{path}' TBLPROPERTIES ({properties})")
            queue = multiprocessing.Queue()
            processes = [
                multiprocessing.Process(target=write, args=(number, root / f"w{number}", path, seconds, queue))
                for number in range(WRITERS)
            ]
            for process in processes:
                process.start()
            results = [queue.get(timeout=seconds + 500) for _ in processes]
            for process in processes:
                process.join()
            self.assertEqual([error for *_, error in results if error], [])
            wanted = sorted((number, key, n) for number, rows, *_ in results for key, n in rows.items())
            found = sorted(map(tuple, session.rows("SELECT owner, key, n FROM t")))
            self.assertEqual(len(found), len(set(row[:2] for row in found)), "a row is there twice")
            self.assertEqual(found, wanted)
            self.assertEqual(session.rows("FSCK REPAIR TABLE t DRY RUN"), [])
            newest = session.rows("DESCRIBE HISTORY t LIMIT 1")[0][0]
            for version in range(newest + 1):
                session.rows(f"SELECT count(n) FROM t VERSION AS OF {version}")
            session.close()
            done, conflicts = sum(r[2] for r in results), sum(r[3] for r in results)
            self.assertGreaterEqual(done, WRITERS * FEWEST)
            print(f"{properties or 'plain'}: {done} statements, {conflicts} lost their race, {newest} versions, {len(found)} rows")

    def test_deletion_vectors(self):
        self.race("'delta.enableDeletionVectors' = 'true'", partitioned=False, seconds=SECONDS / 2)

    def test_copy_on_write_in_partitions(self):
        self.race("'delta.checkpointInterval' = '7'", partitioned=True, seconds=SECONDS / 2)


if __name__ == "__main__":
    unittest.main()
