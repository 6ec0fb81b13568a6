"""What every repository of the ledger shares: one engine, one clock, read and write transactions."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Table, insert
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from include.core.clock import Clock

WRITE_OPTION = "ledger_write"
Row = dict[str, Any]


class Repository:
    """Parent of the repositories."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine, self.clock = engine, clock

    def _write(self) -> AbstractContextManager[Connection]:
        return self.engine.execution_options(**{WRITE_OPTION: True}).begin()

    def _rows(self, statement: Executable) -> list[Row]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    def _first(self, statement: Executable) -> Row | None:
        rows = self._rows(statement)
        return rows[0] if rows else None

    def _insert_many(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        batch = [dict(row) for row in rows]
        if batch:
            with self._write() as connection:
                connection.execute(insert(table), batch)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    update: Sequence[str],
) -> None:
    """Insert `rows`, or update the columns `update` where `key` exists.

    An empty `update` leaves existing rows alone.
    """
    dialect = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    for start in range(0, len(rows), 500):  # SQLite bounds the number of parameters
        statement = dialect(table).values([dict(row) for row in rows[start : start + 500]])
        if update:
            changes = {column: statement.excluded[column] for column in update}
            statement = statement.on_conflict_do_update(index_elements=list(key), set_=changes)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=list(key))
        connection.execute(statement)
