"""Records that may not pass yet, and how far each stream was read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import desc, func, select, update

from include.core.fingerprint import fingerprint
from include.store.ledger.repository import Repository, Row, upsert
from include.store.ledger.tables import quarantine, watermark


class QuarantineRepository(Repository):
    """One row per rejected record and content: the same bad row seen twice is one entry."""

    def add(
        self,
        source: str,
        stream: str,
        record_key: str,
        run_id: str,
        field: str,
        reason: str,
        remedy: str,
        raw: dict[str, Any],
        reason_code: str = "invalid",
    ) -> None:
        """Keep a record with the reason it was refused for; see `add_many`."""
        self.add_many(
            [
                {
                    "source": source,
                    "stream": stream,
                    "record_key": record_key,
                    "run_id": run_id,
                    "field": field,
                    "reason_code": reason_code,
                    "reason": reason,
                    "remedy": remedy,
                    "raw": raw,
                }
            ]
        )

    def add_many(self, entries: Sequence[Row]) -> int:
        """Keep records; an entry known already (same record, same content) is left as it is.

        An entry resolved earlier whose very same content is refused again is opened again.
        Returns how many entries are new or reopened.
        """
        now = self.clock.now()
        rows = [
            {**entry, "raw_hash": fingerprint(entry["raw"]), "state": "open", "at": now}
            for entry in {
                (e["source"], e["stream"], e["record_key"], fingerprint(e["raw"])): e for e in entries
            }.values()
        ]
        key = ["source", "stream", "record_key", "raw_hash"]
        if not rows:
            return 0
        with self._write() as connection:
            before = connection.scalar(select(func.count()).where(quarantine.c.state == "open")) or 0
            upsert(connection, quarantine, rows, key=key, update=["state", "field", "reason_code", "reason", "remedy"])
            after = connection.scalar(select(func.count()).where(quarantine.c.state == "open")) or 0
        return int(after - before)

    def open(self, source: str | None = None, stream: str | None = None) -> list[Row]:
        """Open entries, oldest first, raw record included."""
        statement = select(quarantine).where(quarantine.c.state == "open").order_by(quarantine.c.id)
        if source is not None:
            statement = statement.where(quarantine.c.source == source)
        if stream is not None:
            statement = statement.where(quarantine.c.stream == stream)
        return self._rows(statement)

    def counts(self) -> list[Row]:
        """Open entries by source, stream, field and reason code; no record is shown."""
        columns = (quarantine.c.source, quarantine.c.stream, quarantine.c.field, quarantine.c.reason_code)
        statement = (
            select(*columns, func.count().label("rows"), func.min(quarantine.c.at).label("oldest_at"))
            .where(quarantine.c.state == "open")
            .group_by(*columns)
            .order_by(*columns)
        )
        return self._rows(statement)

    def resolve(self, ids: Sequence[int], run_id: str) -> None:
        """Mark entries as resolved by `run_id`."""
        if not ids:
            return
        values = {"state": "resolved", "resolved_at": self.clock.now(), "resolved_run_id": run_id}
        with self._write() as connection:
            for start in range(0, len(ids), 500):
                chunk = list(ids[start : start + 500])
                connection.execute(update(quarantine).where(quarantine.c.id.in_(chunk)).values(values))


class WatermarkRepository(Repository):
    """Append-only: the newest value of a stream counts."""

    def get(self, source: str, stream: str) -> str | None:
        """How far `stream` was read, or None when it never was."""
        statement = (
            select(watermark.c.value)
            .where(watermark.c.source == source, watermark.c.stream == stream)
            .order_by(desc(watermark.c.id))
            .limit(1)
        )
        row = self._first(statement)
        return None if row is None else str(row["value"])

    def set(self, source: str, stream: str, value: str, run_id: str) -> None:
        """Advance a watermark; writing the same value again adds nothing."""
        if self.get(source, stream) == value:
            return
        row = {"source": source, "stream": stream, "value": value, "run_id": run_id, "at": self.clock.now()}
        self._insert_many(watermark, [row])
