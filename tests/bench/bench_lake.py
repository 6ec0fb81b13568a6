"""Publishing a version with keys and fingerprints, against only writing the same rows as Parquet."""

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from include.store.lake import Lake
from include.store.ledger import Ledger
from tests.bench.measure import against, measure

ROWS = 500_000


def run() -> dict[str, Any]:
    """Publish half a million rows twice: everything new, then one row changed."""
    ids = pa.array([f"{i:08d}" for i in range(ROWS)])
    table = pa.table(
        {"id": ids, "value": pa.array(range(ROWS)), "name": pa.array([f"company {i % 977}" for i in range(ROWS)])}
    )
    values = table["value"].to_pylist()
    values[7] = -1
    changed = table.set_column(1, "value", pa.array(values))
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(f"sqlite:///{folder}/ledger.db")
        ledger.migrate()
        lake = Lake(Path(folder) / "lake", ledger)
        plain = measure(ROWS, lambda: pq.write_table(table, Path(folder) / "plain.parquet", compression="zstd"))
        first = measure(ROWS, lambda: lake.publish("things", table, key=["id"], run_id="r1"))
        second = measure(ROWS, lambda: lake.publish("things", changed, key=["id"], run_id="r2"))
        ledger.close()
    return against("plain Parquet write", plain, first) | {
        "second_publish": against("plain Parquet write", plain, second)
    }
