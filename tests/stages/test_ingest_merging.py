"""Merging against a plain reference: the newest word on each key counts, and every row read is accounted for."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.stages.ingesting.merging import Arrived, conform, merge_stream
from include.store.lake import Lake

SCHEMA = pa.schema([("a", pa.string()), ("b", pa.int64()), ("v", pa.string()), ("tags", pa.list_(pa.string()))])
KEY = ("a", "b")
Event = tuple[str, tuple[str, int], str | None]


def row(key: tuple[str, int], value: str | None) -> dict[str, Any]:
    return {"a": key[0], "b": key[1], "v": value, "tags": [value] if value else None}


KEYS = st.tuples(st.sampled_from(["x", "y"]), st.integers(0, 3))
VALUES = st.sampled_from(["1", "2", None])
PAGES = st.lists(st.lists(st.tuples(st.sampled_from(["row", "gone", "held"]), KEYS, VALUES), max_size=5), max_size=3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(present=st.dictionaries(KEYS, VALUES, max_size=6), pages=PAGES, is_full=st.booleans())
def test_merging_equals_a_plain_reference(
    lake: Lake, present: dict[tuple[str, int], str | None], pages: list[list[Event]], is_full: bool
) -> None:
    before = pa.Table.from_pylist([row(key, value) for key, value in present.items()], schema=SCHEMA)
    arrived = Arrived(SCHEMA, is_full=is_full)
    newest: dict[tuple[str, int], str | None] = {}
    removed: set[tuple[str, int]] = set()
    for page in pages:
        arrived.read += len(page)
        rows = [(key, value) for kind, key, value in page if kind == "row"]
        marked = [key for kind, key, _ in page if kind == "gone"]
        arrived.add_rows([row(key, value) for key, value in rows])
        arrived.add_gone([f"{a}|{b}" for a, b in marked])
        arrived.held += [f"{key[0]}|{key[1]}" for kind, key, _ in page if kind == "held"]
        for key, value in rows:
            newest[key] = value
            removed.discard(key)
        for key in marked:
            newest.pop(key, None)
            removed.add(key)
    merged = merge_stream(lake, before, arrived, KEY)
    held = set(arrived.held)
    kept = {k: v for k, v in present.items() if not is_full or f"{k[0]}|{k[1]}" in held}
    expected = {k: v for k, v in kept.items() if k not in removed} | newest
    assert {(r["a"], r["b"]): r["v"] for r in merged.table.to_pylist()} == expected
    counts = merged.counts
    assert counts.read == counts.accounted
    assert counts.created == len([k for k in newest if k not in present])
    changed = [k for k, v in newest.items() if k in present and present[k] != v]
    assert counts.changed == len(changed) + len([k for k in removed if k in present])
    assert counts.quarantined == len(arrived.held)
    assert merged.vanished == len(present) - len([k for k in present if k in expected or k in removed])


def test_a_table_of_an_older_sheet_gains_columns_and_loses_readings() -> None:
    old = pa.table({"a": ["x"], "b": ["not a number"], "gone": [1]})
    assert conform(old, SCHEMA).to_pylist() == [{"a": "x", "b": None, "v": None, "tags": None}]


@pytest.mark.parametrize(
    ("arrived", "rows_before", "answer"),
    [
        (Arrived(SCHEMA), 5, True),
        (Arrived(SCHEMA, is_full=True), 0, True),
        (Arrived(SCHEMA, is_full=True), 5, False),
        (Arrived(SCHEMA, gone=[("x|1", 0)]), 5, False),
    ],
)
def test_a_fetch_without_rows_changes_nothing_unless_it_says_all_are_gone(
    arrived: Arrived, rows_before: int, answer: bool
) -> None:
    assert arrived.changes_nothing(rows_before) is answer
