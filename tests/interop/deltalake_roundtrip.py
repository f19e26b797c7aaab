"""Lakesmith and delta-rs take turns on one table, and always read the same rows.

Seeded random programs (table_program.py) over tables with different features. LAKESMITH_ROUNDTRIP_SEED,
_PROGRAMS and _STEPS choose other programs; a failure is printed as a shrunk program, which
`deltalake_roundtrip.py PROGRAM.json` runs again.
"""

import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from interop.table_engines import DeltaRs, Lakesmith  # noqa: E402
from interop.table_program import run, run_seeds  # noqa: E402

SMALL_LOG = {"delta.checkpointInterval": "4"}
FEATURES = [
    SMALL_LOG,
    {**SMALL_LOG, "delta.enableDeletionVectors": "true"},
    {**SMALL_LOG, "delta.enableChangeDataFeed": "true"},
    {**SMALL_LOG, "delta.columnMapping.mode": "name", "delta.enableDeletionVectors": "true"},
    {**SMALL_LOG, "delta.columnMapping.mode": "id"},
    {**SMALL_LOG, "delta.checkpointPolicy": "v2", "delta.enableDeletionVectors": "true"},
    {**SMALL_LOG, "delta.enableInCommitTimestamps": "true"},
]


def make_engines(folder):
    path = folder / "table"
    return {"lakesmith": Lakesmith(folder / "warehouse", path), "delta-rs": DeltaRs(path)}


def main():
    if len(sys.argv) > 1:
        print(run(json.loads(pathlib.Path(sys.argv[1]).read_text()), make_engines), "steps")
        return
    first = int(os.environ.get("LAKESMITH_ROUNDTRIP_SEED", "1"))
    programs = int(os.environ.get("LAKESMITH_ROUNDTRIP_PROGRAMS", "10"))
    steps = int(os.environ.get("LAKESMITH_ROUNDTRIP_STEPS", "50"))
    total = run_seeds(range(first, first + programs), steps, make_engines, ["lakesmith", "delta-rs"], FEATURES)
    print(f"{programs} programs, {total} steps: lakesmith and delta-rs read the same rows after each")


if __name__ == "__main__":
    main()
