"""The SQLite connection of one organisation: transactions, version numbers, deletions, audit.

One connection and one lock: requests are answered one after another, which is what keeps a change set atomic for
every reader. The file (WAL) survives a restart; `:memory:` does not.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from include.sandbox.neo.sqlite import schema
from include.sandbox.neo.sqlite.text import fold, matches_like

Row = tuple[Any, ...]


class Database:
    """SQL with the organisation's bookkeeping. Not a query builder: callers bring parameterised SQL."""

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self.lock = threading.RLock()
        self.rows_written = 0
        self._depth = 0
        self._connection = _connect(self.path)
        for statement in schema.HOUSEKEEPING:
            self._connection.execute(statement)
        self._version = int(self.setting("version", "1000000"))
        self._saved_version = self._version

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection itself, for statements that need its cursor."""
        return self._connection

    def close(self) -> None:
        """Close the file; the database cannot be used afterwards."""
        with self.lock:
            self._connection.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        with self.lock:
            return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        with self.lock:
            found: Row | None = self._connection.execute(sql, parameters).fetchone()
            return found

    def write(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement that changes something; returns how many rows it touched."""
        with self.lock:
            return self._connection.execute(sql, parameters).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Nested use makes savepoints, so a change set may fail alone inside a batch."""
        with self.lock:
            depth = self._depth
            self._connection.execute("begin immediate" if depth == 0 else f"savepoint level_{depth}")
            self._depth += 1
            written = self.rows_written
            try:
                yield
                if depth == 0:
                    self._save_version()
                self._connection.execute("commit" if depth == 0 else f"release level_{depth}")
            except BaseException:
                self.rows_written = written
                self._roll_back(depth)
                raise
            finally:
                self._depth -= 1

    def _roll_back(self, depth: int) -> None:
        if depth == 0:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
        else:
            self._connection.execute(f"rollback to level_{depth}")
            self._connection.execute(f"release level_{depth}")

    def next_version(self) -> int:
        """A number greater than any given before, over the whole organisation."""
        self._version += 1
        return self._version

    @property
    def version(self) -> int:
        """The greatest version number given so far."""
        return self._version

    def _save_version(self) -> None:
        if self._version != self._saved_version:
            self.set_setting("version", str(self._version))
            self._saved_version = self._version

    def setting(self, name: str, default: str = "") -> str:
        """A value the organisation remembers."""
        found = self.row("select value from _organization where name = ?", (name,))
        return str(found[0]) if found else default

    def set_setting(self, name: str, value: str) -> None:
        """Remember a value."""
        self.write(
            "insert into _organization (name, value) values (?, ?) "
            "on conflict (name) do update set value = excluded.value",
            (name, value),
        )

    def record_deletion(self, table: str, row_id: str, at: str) -> None:
        """Remember a deleted row for those who follow changes."""
        self.write(
            "insert into _deleted (tablename, id, versionnumber, at) values (?, ?, ?, ?)",
            (table, row_id, self.next_version(), at),
        )

    def record_change(
        self, table: str, row_id: str, action: str, actor: str, at: str, changes: Mapping[str, Any]
    ) -> None:
        """Remember who changed what."""
        self.write(
            "insert into _audit (at, actor, tablename, row, action, changes) values (?, ?, ?, ?, ?, ?)",
            (at, actor, table, row_id, action, json.dumps(changes, ensure_ascii=False)),
        )

    def replace_content(self, source: sqlite3.Connection) -> None:
        """Make this database an exact copy of another one; version numbers go on, they never go back."""
        with self.lock:
            source.backup(self._connection)
            self._version = max(self._version, int(self.setting("version", "0")))
            self.set_setting("version", str(self._version))
            self._saved_version = self._version


def _connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.create_function("neo_fold", 1, fold, deterministic=True)
    connection.create_function("neo_like", 2, matches_like, deterministic=True)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    connection.execute("pragma temp_store = memory")
    return connection


def utc_text(moment: datetime) -> str:
    """An instant as NEO stores and shows it: whole seconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"
