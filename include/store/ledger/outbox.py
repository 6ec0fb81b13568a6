"""Messages to be delivered exactly once in effect: written first, delivered after, marked at the end."""

from typing import Any

from sqlalchemy import func, select, update

from include.store.ledger.repository import Repository, Row, upsert
from include.store.ledger.tables import outbox


class OutboxRepository(Repository):
    """One row per message; `dedupe_key` makes adding it twice harmless."""

    def add(self, dedupe_key: str, channel: str, kind: str, payload: dict[str, Any], run_id: str) -> bool:
        """Queue a message; return False when it was queued before."""
        now = self.clock.now()
        row = {
            "dedupe_key": dedupe_key,
            "channel": channel,
            "kind": kind,
            "payload": payload,
            "state": "pending",
            "attempts": 0,
            "run_id": run_id,
            "created_at": now,
            "updated_at": now,
        }
        with self._write() as connection:
            is_known = connection.scalar(select(outbox.c.id).where(outbox.c.dedupe_key == dedupe_key)) is not None
            upsert(connection, outbox, [row], key=["dedupe_key"], update=[])
        return not is_known

    def pending(self, channel: str | None = None) -> list[Row]:
        """Messages that wait (pending or held), oldest first."""
        statement = select(outbox).where(outbox.c.state.in_(("pending", "held"))).order_by(outbox.c.id)
        if channel is not None:
            statement = statement.where(outbox.c.channel == channel)
        return self._rows(statement)

    def mark(self, message_id: int, state: str, note: str | None = None) -> None:
        """Set the state (pending, sent, held, cancelled) after an attempt; the attempt is counted."""
        values = {"state": state, "note": note, "attempts": outbox.c.attempts + 1, "updated_at": self.clock.now()}
        with self._write() as connection:
            connection.execute(update(outbox).where(outbox.c.id == message_id).values(values))

    def counts(self) -> list[Row]:
        """Messages by channel, kind and state."""
        columns = (outbox.c.channel, outbox.c.kind, outbox.c.state)
        return self._rows(select(*columns, func.count().label("rows")).group_by(*columns).order_by(*columns))

    def with_key_like(self, text: str) -> list[Row]:
        """Messages whose dedupe key holds `text`; used to trace one record."""
        return self._rows(
            select(outbox).where(outbox.c.dedupe_key.contains(text, autoescape=True)).order_by(outbox.c.id)
        )
