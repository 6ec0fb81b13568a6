"""The result tables of the screening and their schemas. Scores, lists and reasons are for compliance only;
`dim_sarlaft_state`, and for those at the door `dim_registration_state`, are what others may read.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from transforms.screening.records import Hit

INSTANT = pa.timestamp("us", tz="UTC")
LIST_USED = pa.struct(
    [
        ("list_code", pa.string()),
        ("version", pa.string()),
        ("dataset_version", pa.string()),
        ("published_at", pa.string()),
    ]
)
SCREENING = pa.schema(
    [
        ("subject_id", pa.string()),
        ("subject_kind", pa.string()),
        ("customer_id", pa.string()),
        ("state", pa.string()),
        ("best_score", pa.float64()),
        ("hits", pa.int64()),
        ("lists", pa.list_(LIST_USED)),
        ("input_hash", pa.string()),
        ("engine_version", pa.string()),
        ("screened_at", INSTANT),
    ]
)
HIT = pa.schema(
    [
        ("subject_id", pa.string()),
        ("list_code", pa.string()),
        ("list_entry_id", pa.string()),
        ("is_binding", pa.bool_()),
        ("match_level", pa.string()),
        ("score", pa.float64()),
        ("subject_name", pa.string()),
        ("matched_name", pa.string()),
        ("why_es", pa.string()),
        ("entry_fingerprint", pa.string()),
    ]
)
CASE = pa.schema(
    [
        ("case_id", pa.string()),
        ("subject_id", pa.string()),
        ("subject_kind", pa.string()),
        ("customer_id", pa.string()),
        ("list_code", pa.string()),
        ("list_entry_id", pa.string()),
        ("is_binding", pa.bool_()),
        ("match_level", pa.string()),
        ("score", pa.float64()),
        ("subject_name", pa.string()),
        ("matched_name", pa.string()),
        ("why_es", pa.string()),
        ("state", pa.string()),
        ("opened_at", INSTANT),
        ("due_at", INSTANT),
        ("list_version", pa.string()),
    ]
)
DOOR = pa.schema([("registration_id", pa.string()), ("state", pa.string()), ("since_at", INSTANT)])
STATE = pa.schema(
    [("customer_id", pa.string()), ("state", pa.string()), ("since_at", INSTANT), ("lists_as_of", pa.string())]
)


def hit_row(hit: Hit) -> dict[str, Any]:
    """The row of a hit."""
    return {
        "subject_id": hit.subject_id,
        "list_code": hit.list_code,
        "list_entry_id": hit.entry_id,
        "is_binding": hit.is_binding,
        "match_level": hit.level,
        "score": hit.score,
        "subject_name": hit.subject_name,
        "matched_name": hit.matched_name,
        "why_es": hit.why_es,
        "entry_fingerprint": hit.entry_fingerprint,
    }


def hit_of(row: Mapping[str, Any]) -> Hit:
    """The hit of a row."""
    return Hit(
        subject_id=row["subject_id"],
        list_code=row["list_code"],
        entry_id=row["list_entry_id"],
        is_binding=row["is_binding"],
        level=row["match_level"],
        score=row["score"],
        subject_name=row["subject_name"],
        matched_name=row["matched_name"],
        why_es=row["why_es"],
        entry_fingerprint=row["entry_fingerprint"],
    )


def to_table(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as a table of exactly `schema`."""
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)
