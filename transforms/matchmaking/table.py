"""Judged pairs as an Arrow table and back: the shape of fct_match."""

from collections.abc import Iterable
from dataclasses import fields

import pyarrow as pa

from transforms.matchmaking.pairs import Match

MATCH_SCHEMA = pa.schema(
    [
        ("match_id", pa.string()),
        ("need_id", pa.string()),
        ("offer_id", pa.string()),
        ("need_customer_id", pa.string()),
        ("offer_customer_id", pa.string()),
        ("heading", pa.string()),
        ("market", pa.string()),
        ("state", pa.string()),
        ("band", pa.string()),
        ("score", pa.float64()),
        ("score_low", pa.float64()),
        ("score_high", pa.float64()),
        ("confidence", pa.float64()),
        ("rank", pa.int32()),
        ("reasons_es", pa.string()),
        ("gates", pa.string()),
        ("missing", pa.list_(pa.string())),
        ("missing_items", pa.list_(pa.string())),
        ("factors", pa.string()),
        ("input_hash", pa.string()),
        ("weights_version", pa.string()),
    ]
)
_LISTS = ("missing", "missing_items")
_NAMES = [field.name for field in fields(Match)]


def match_table(matches: Iterable[Match]) -> pa.Table:
    """Return the rows of fct_match; the key is need id and offer id joined by a bar."""
    rows = list(matches)
    columns: dict[str, list[object]] = {name: [getattr(row, name) for row in rows] for name in _NAMES}
    columns["match_id"] = [f"{row.need_id}|{row.offer_id}" for row in rows]
    return pa.table(columns, schema=MATCH_SCHEMA)


def read_matches(table: pa.Table) -> dict[tuple[str, str], Match]:
    """Return the rows of a fct_match table by (need id, offer id)."""
    columns = {name: table[name].to_pylist() for name in _NAMES}
    for name in _LISTS:
        columns[name] = [tuple(items or ()) for items in columns[name]]
    rows = (Match(*values) for values in zip(*(columns[name] for name in _NAMES), strict=True))
    return {(row.need_id, row.offer_id): row for row in rows}
