"""The plan as a dataset: one row per row of NEO that is not simply unchanged, with its columns as JSON."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from include.core.fingerprint import fingerprint
from include.stages.protocol import StageContext
from transforms.writeback.row_plan import PlannedRow

DATASET = "plan_writeback"
KEY = ("table_name", "row_key")
SCHEMA = pa.schema(
    [
        ("table_name", pa.string()),
        ("row_key", pa.string()),
        ("action", pa.string()),
        ("neo_id", pa.string()),
        ("reason_code", pa.string()),
        ("reason_es", pa.string()),
        ("models", pa.list_(pa.string())),
        ("changes", pa.string()),
        ("row_hash", pa.string()),
    ]
)


def plan_table(rows: Iterable[PlannedRow]) -> pa.Table:
    """Arrow table of planned rows."""
    return pa.Table.from_pylist([_row(row) for row in rows], schema=SCHEMA)


def known_stops(ctx: StageContext) -> set[str]:
    """Hashes of the rows the plan before held back, refused or left to a person; they were told already."""
    before = ctx.lake.read_or_empty(DATASET, SCHEMA)
    stopped = {"held", "rejected", "conflict"}
    actions, hashes = before["action"].to_pylist(), before["row_hash"].to_pylist()
    return {row_hash for action, row_hash in zip(actions, hashes, strict=True) if action in stopped}


def row_hash(row: PlannedRow) -> str:
    """Short mark of everything a plan says about a row."""
    return fingerprint(row.table, row.row_key, row.action, row.reason_code, row.facts)


def _row(row: PlannedRow) -> Mapping[str, Any]:
    changes = [
        {
            "column": change.column,
            "from": change.present,
            "to": change.desired,
            "base": change.base,
            "verdict": change.verdict,
            "owner": change.owner,
        }
        for change in row.changes
    ]
    return {
        "table_name": row.table,
        "row_key": row.row_key,
        "action": row.action,
        "neo_id": row.neo_id,
        "reason_code": row.reason_code,
        "reason_es": row.reason_es,
        "models": list(row.models),
        "changes": json.dumps(changes, ensure_ascii=False, sort_keys=True),
        "row_hash": row_hash(row),
    }
