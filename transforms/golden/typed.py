"""NEO's accounts as their own people left them, seen through what the hub wrote over it.

Our golden values, read back from NEO, must not become evidence for whatever made them golden: records are compared
by what people typed, and what people typed is read in the surroundings they typed it in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from transforms.golden.reading import Places, SourceRecord, read_rows
from transforms.golden.sheet import FieldRule, SourceColumns


@dataclass(frozen=True)
class Written:
    """What the hub last sent to a table, and what stood there before: {hub id: {column: value}}."""

    sent: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    replaced: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def echoes(self, row: Mapping[str, Any], hub_id: str | None) -> dict[str, Any]:
        """Columns that still say what the hub wrote over something, with what it wrote over."""
        sent, replaced = self.sent.get(hub_id or "", {}), self.replaced.get(hub_id or "", {})
        return {column: value for column, value in replaced.items() if row.get(column) == sent.get(column)}


@dataclass(frozen=True)
class TypedRecord:
    """An account in two views: `compared` as people left it; `golden` as it is, its own columns read as typed."""

    compared: SourceRecord
    golden: SourceRecord


def read_as_typed(
    accounts: Sequence[SourceRecord],
    where: SourceColumns,
    fields: Mapping[str, FieldRule],
    places: Places,
    written: Written,
) -> list[TypedRecord]:
    """The accounts the hub wrote to; those it never wrote to are left out. Keys and identifiers stay as they are."""
    found = [(record, echoes) for record in accounts if (echoes := written.echoes(record.raw, record.hub_id))]
    kept = {name for name in (*where.key, where.hub_id) if name}
    rows = [{**record.raw, **{c: v for c, v in echoes.items() if c not in kept}} for record, echoes in found]
    typed = read_rows(found[0][0].source, where, rows, fields, places) if found else []
    return [
        TypedRecord(compared, _merge(record, compared, where, echoes))
        for (record, echoes), compared in zip(found, typed, strict=True)
    ]


def _merge(present: SourceRecord, typed: SourceRecord, where: SourceColumns, echoes: Mapping[str, Any]) -> SourceRecord:
    """Columns the hub wrote as they are now, all others as they read before: a number typed without a country does
    not turn into a NIT because the hub filled the country in.
    """
    readings = {}
    for name, columns in where.columns.items():
        of_column = {
            one.column: one
            for record, is_echo in ((present, True), (typed, False))
            for one in record.readings.get(name, ())
            if (one.column in echoes) is is_echo
        }
        if of_column:
            readings[name] = tuple(of_column[column] for column in columns if column in of_column)
    nits = {column: (present if column in echoes else typed).nits[column] for column in present.nits}
    return replace(present, readings=readings, nits=nits)
