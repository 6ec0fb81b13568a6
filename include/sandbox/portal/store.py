"""The portal's records in SQLite: one row per record, read in the stable order of (updated_at, id).

It knows streams, cursors and answers, and nothing of HTTP.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]
ID_LETTERS = {
    "registrations": "R",
    "companies": "C",
    "contacts": "P",
    "offers": "O",
    "needs": "N",
    "opportunities": "D",
    "contact-requests": "Q",
}
STREAMS = tuple(ID_LETTERS)
_SCHEMA = """
create table if not exists record (
    stream text not null,
    id text not null,
    updated_at text not null,
    body text not null,
    primary key (stream, id)
);
create index if not exists record_order on record (stream, updated_at, id);
create table if not exists answer (
    idempotency_key text primary key,
    registration_id text not null,
    fingerprint text not null,
    body text not null
);
"""


class UnknownRecordError(KeyError):
    """There is no such record."""


class KeyUsedForAnotherBodyError(ValueError):
    """The idempotency key was used before, with another content."""


@dataclass(frozen=True)
class Position:
    """Where a page ended: the next one begins after this record."""

    updated_at: str
    record_id: str


class PortalStore:
    """The state of the portal. `path` may be `:memory:`; one instance serves all threads."""

    def __init__(self, path: Path | str) -> None:
        self._connection = sqlite3.connect(str(path), check_same_thread=False)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.executescript(_SCHEMA)
        self._lock = threading.RLock()

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()

    def seed(self, stream: str, records: Iterable[Record]) -> int:
        """Insert records as they are; returns how many."""
        rows = [(stream, r["id"], r.get("updated_at") or r["created_at"], _text(r)) for r in records]
        with self._transaction():
            self._connection.executemany("insert into record values (?, ?, ?, ?)", rows)
        return len(rows)

    def page(self, stream: str, *, since: str | None, after: Position | None, limit: int) -> list[Record]:
        """Up to `limit` records changed at `since` or later, in the order of (updated_at, id), after a position."""
        low = since or ""
        at, record_id = (after.updated_at, after.record_id) if after else ("", "")
        with self._lock:
            rows = self._connection.execute(
                "select body from record where stream = ? and updated_at >= ? and (updated_at, id) > (?, ?) "
                "order by updated_at, id limit ?",
                (stream, low, at, record_id, limit),
            ).fetchall()
        return [json.loads(body) for (body,) in rows]

    def get(self, stream: str, record_id: str) -> Record:
        """One record. Raises UnknownRecordError."""
        with self._lock:
            row = self._connection.execute(
                "select body from record where stream = ? and id = ?", (stream, record_id)
            ).fetchone()
        if row is None:
            raise UnknownRecordError(record_id)
        record: Record = json.loads(row[0])
        return record

    def put(self, stream: str, record: Record) -> Record:
        """Insert a record or replace it whole."""
        with self._transaction():
            self._connection.execute(
                "insert or replace into record values (?, ?, ?, ?)",
                (stream, record["id"], record["updated_at"], _text(record)),
            )
        return record

    def change(self, stream: str, record_id: str, changes: Record, updated_at: str) -> Record:
        """Change fields of a record and stamp it. Raises UnknownRecordError."""
        with self._lock:
            return self.put(stream, self.get(stream, record_id) | {"updated_at": updated_at} | changes)

    def delete(self, stream: str, record_id: str, updated_at: str) -> Record:
        """Leave a tombstone in place of a record, so that readers learn of the deletion."""
        with self._lock:
            self.get(stream, record_id)
            return self.put(stream, {"id": record_id, "deleted": True, "updated_at": updated_at})

    def next_id(self, stream: str, letter: str | None = None) -> str:
        """The first free id of a stream, as the portal numbers them."""
        letter = letter or ID_LETTERS[stream]
        with self._lock:
            (highest,) = self._connection.execute(
                "select max(id) from record where stream = ? and id like ?", (stream, f"{letter}______")
            ).fetchone()
        return f"{letter}{int(highest[1:] if highest else 0) + 1:06d}"

    def answer(self, key: str, registration_id: str, answer: Record, updated_at: str) -> tuple[Record, bool]:
        """Record an answer to a registration and set its status; returns (stored answer, is it new).

        The same key with the same content changes nothing. Raises UnknownRecordError and
        KeyUsedForAnotherBodyError.
        """
        fingerprint = hashlib.sha256(f"{registration_id}\n{_text(answer)}".encode()).hexdigest()
        with self._transaction():
            known = self._connection.execute(
                "select fingerprint, body from answer where idempotency_key = ?", (key,)
            ).fetchone()
            if known is not None and known[0] != fingerprint:
                raise KeyUsedForAnotherBodyError(key)
            if known is not None:
                return json.loads(known[1]), False
            self.change("registrations", registration_id, {"status": answer["status"]}, updated_at)
            stored = {"registration_id": registration_id, **answer, "answered_at": updated_at}
            self._connection.execute(
                "insert into answer values (?, ?, ?, ?)", (key, registration_id, fingerprint, _text(stored))
            )
        return stored, True

    def latest_answer(self, registration_id: str) -> Record | None:
        """The answer that stands for a registration, or None."""
        with self._lock:
            row = self._connection.execute(
                "select body from answer where registration_id = ? order by rowid desc limit 1", (registration_id,)
            ).fetchone()
        return None if row is None else json.loads(row[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            if self._connection.in_transaction:  # an inner step of a larger change
                yield
                return
            with self._connection:
                self._connection.execute("begin immediate")
                yield


def _text(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True)
