"""A dataset of texts in SQLite, asked in SoQL. Blank cells are nulls, as Socrata stores them."""

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from include.sandbox.soda.soql import Selected, SoqlError, parse_order, parse_select, parse_where

ROW_ID, UPDATED_AT = ":id", ":updated_at"
SYSTEM_COLUMNS = (ROW_ID, ":created_at", UPDATED_AT, ":version")
DEFAULT_LIMIT = 1_000
_MAX_OFFSET_AND_LIMIT = 2**31 - 1


@dataclass(frozen=True)
class Answer:
    """Column names and rows, in order; a cell is None where the dataset is blank."""

    columns: list[str]
    rows: list[tuple[str | None, ...]]


class Dataset:
    """One dataset. `path` may be `:memory:`; one instance serves all threads."""

    def __init__(self, path: Path | str, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self._all = (*self.columns, *SYSTEM_COLUMNS)
        self._connection = sqlite3.connect(str(path), check_same_thread=False)
        self._lock = threading.RLock()
        self._asked = 0
        cells = ", ".join(f'"{name}" text' for name in self._all)
        self._connection.execute(f'create table if not exists cells ({cells}, primary key (":id"))')
        self._connection.execute('create index if not exists cells_nit on cells ("nit")')

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()

    def load(self, rows: Iterable[Mapping[str, str]]) -> int:
        """Insert rows, or replace those with the same `:id`; returns how many."""
        ready = [self._cells(row) for row in rows]
        marks = ", ".join("?" * len(self._all))
        with self._lock, self._connection:
            self._connection.executemany(f"insert or replace into cells values ({marks})", ready)
        return len(ready)

    def remove(self, row_id: str) -> bool:
        """Take a row out; False when there is none."""
        with self._lock, self._connection:
            return self._connection.execute('delete from cells where ":id" = ?', (row_id,)).rowcount > 0

    def count(self) -> int:
        """Number of rows."""
        with self._lock:
            return int(self._connection.execute("select count(*) from cells").fetchone()[0])

    def last_update(self) -> str:
        """The newest `:updated_at`."""
        with self._lock:
            return str(self._connection.execute('select max(":updated_at") from cells').fetchone()[0] or "")

    def ask(
        self,
        *,
        select: str | None = None,
        where: str | None = None,
        order: str | None = None,
        search: str | None = None,
        limit: int = DEFAULT_LIMIT,
        offset: int = 0,
    ) -> Answer:
        """Answer a query. Raises SoqlError.

        Without `order` the rows of a page come in an order that differs from request to request: whoever pages by
        offset then sees some rows twice and others never, as with the real service.
        """
        if limit < 0 or offset < 0 or limit + offset > _MAX_OFFSET_AND_LIMIT:
            raise SoqlError("query.soql.invalid-limit", "$limit and $offset must be non-negative integers")
        chosen = parse_select(select, self.columns, SYSTEM_COLUMNS) if select else self._everything()
        conditions: list[str] = []
        values: list[object] = []
        everything = " || ".join(f"coalesce({column.sql}, '')" for column in self._everything())
        if where:
            condition = parse_where(where, self._all)
            conditions.append(f"({condition.sql})")
            values += condition.values
        for word in (search or "").split():
            conditions.append(f"{everything} like ?")
            values.append(f"%{word}%")
        filtered = f" where {' and '.join(conditions)}" if conditions else ""
        listed = ", ".join(column.sql for column in chosen)
        with self._lock:
            self._asked += 1
            arranged = parse_order(order, self._all) if order else f"(rowid * 7919 + {self._asked * 104_729}) % 10007"
            rows = self._connection.execute(
                f"select {listed} from cells{filtered} order by {arranged} limit ? offset ?", (*values, limit, offset)
            ).fetchall()
        return Answer([column.name for column in chosen], rows)

    def _cells(self, row: Mapping[str, str]) -> tuple[str | None, ...]:
        created = row.get(":created_at") or row[UPDATED_AT]
        version = row.get(":version") or f"rv-{row[ROW_ID].removeprefix('row-')}"
        return (*(row.get(name) or None for name in self.columns), row[ROW_ID], created, row[UPDATED_AT], version)

    def _everything(self) -> list[Selected]:
        return [Selected(name, f'"{name}"') for name in self.columns]
