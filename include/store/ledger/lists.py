"""Versions of screening lists: which file was active when, and which were refused and why."""

from datetime import datetime

from sqlalchemy import desc, select

from include.store.ledger.repository import Repository, Row
from include.store.ledger.tables import list_version


class ListRepository(Repository):
    """Append-only: the newest active row of a list is the one in use."""

    def add(
        self,
        list_code: str,
        version_id: str,
        *,
        run_id: str,
        entries: int,
        aliases: int,
        state: str,
        published_at: datetime | None = None,
        reason: str | None = None,
        dataset_version: str | None = None,
    ) -> None:
        """Record a fetched version as `active` or `rejected` (then `reason` says why)."""
        row = {
            "list_code": list_code,
            "version_id": version_id,
            "published_at": published_at,
            "fetched_at": self.clock.now(),
            "entries": entries,
            "aliases": aliases,
            "state": state,
            "reason": reason,
            "dataset_version": dataset_version,
            "run_id": run_id,
        }
        self._insert_many(list_version, [row])

    def active(self, list_code: str) -> Row | None:
        """The version in use, or None when none was ever accepted."""
        statement = (
            select(list_version)
            .where(list_version.c.list_code == list_code, list_version.c.state == "active")
            .order_by(desc(list_version.c.id))
            .limit(1)
        )
        return self._first(statement)

    def all(self) -> list[Row]:
        """Every version of every list, newest first."""
        return self._rows(select(list_version).order_by(desc(list_version.c.id)))
