"""Merging what arrived of a stream with its current version, and counting what became of every row.

Pure bookkeeping on Arrow tables inside DuckDB; nothing is published here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from include.core.summary import Counts
from include.store.lake import Lake
from include.store.sql import run_sql

SEQUENCE = "seq"
_GONE = pa.schema([("record_key", pa.string()), (SEQUENCE, pa.int64())])
_HELD = pa.schema([("record_key", pa.string())])


@dataclass
class Arrived:
    """Everything a fetch brought of one stream, in the order it came.

    `tables` are accepted rows with their `seq`; `gone` the keys of removed records; `held` those of refused
    ones. `is_full` means that a record which did not come is no longer in the source.
    """

    schema: pa.Schema
    tables: list[pa.Table] = field(default_factory=list)
    gone: list[tuple[str, int]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    is_full: bool = False
    read: int = 0

    def add_rows(self, rows: Sequence[dict[str, Any]]) -> None:
        """Take a page of accepted rows."""
        if rows:
            table = pa.Table.from_pylist(list(rows), schema=self.schema)
            first = self._next()
            numbers = pa.array(range(first, first + len(rows)), pa.int64())
            self.tables.append(table.append_column(SEQUENCE, numbers))

    def add_gone(self, keys: Sequence[str]) -> None:
        """Take the keys of records the source says are deleted."""
        first = self._next()
        self.gone += [(key, first + n) for n, key in enumerate(keys)]

    @property
    def accepted(self) -> pa.Table:
        """All accepted rows."""
        empty = self.schema.append(pa.field(SEQUENCE, pa.int64())).empty_table()
        return pa.concat_tables([empty, *self.tables])

    def changes_nothing(self, rows_before: int) -> bool:
        """Nothing came that could change a dataset of so many rows; a full read without rows says all are gone."""
        return not self.gone and not self.tables and (not self.is_full or rows_before == 0)

    def _next(self) -> int:
        return len(self.gone) + sum(int(table.num_rows) for table in self.tables)


@dataclass(frozen=True)
class Merged:
    """The next version and what became of the rows that came. `vanished`: rows a full read no longer had."""

    table: pa.Table
    counts: Counts
    vanished: int


def merge_stream(lake: Lake, present: pa.Table, arrived: Arrived, key: Sequence[str]) -> Merged:
    """Merge; the counts cover every row read, refused ones as quarantined, repeated ones as unchanged."""
    columns = arrived.schema.names
    before = conform(present, arrived.schema)
    with lake.query({}) as con:
        con.register("present", before)
        con.register("arrived", arrived.accepted)
        con.register("gone", _table([{"record_key": k, SEQUENCE: n} for k, n in arrived.gone], _GONE))
        con.register("held", _table([{"record_key": k} for k in arrived.held], _HELD))
        merged = run_sql(con, "staging/merge_stream", columns=columns, key=key, is_full=arrived.is_full)
        con.register("merged", merged)
        found = run_sql(con, "staging/count_arrived", columns=columns, key=key).to_pylist()[0]
    created, changed = found["created"], found["changed"] + found["removed"]
    held = len(arrived.held)
    counts = Counts(
        read=arrived.read,
        created=created,
        changed=changed,
        unchanged=arrived.read - held - created - changed,
        quarantined=held,
    )
    vanished = before.num_rows + created - found["removed"] - merged.num_rows
    return Merged(merged.cast(arrived.schema), counts, vanished)


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with the columns of `schema`; what an older sheet did not have, or read otherwise, is null.

    A changed sheet makes the next fetch a full one, so that these nulls live no longer than that fetch.
    """
    return pa.table([_column(table, column) for column in schema], schema=schema)


def _column(table: pa.Table, column: pa.Field) -> Any:
    if column.name in table.column_names:
        try:
            return table[column.name].cast(column.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            pass
    return pa.nulls(table.num_rows, column.type)


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema)
