"""Runs of stages: when, how they ended, their summary, and which dataset versions they consumed."""

from datetime import datetime
from typing import Any

from sqlalchemy import desc, func, select, update

from include.store.ledger.repository import Repository, Row, upsert
from include.store.ledger.tables import consumption, run


class RunRepository(Repository):
    """One row per (run, stage)."""

    def start(self, run_id: str, stage: str) -> None:
        """Note that `stage` began in `run_id`; a retry of the same run starts its row afresh."""
        row = {
            "run_id": run_id,
            "stage": stage,
            "started_at": self.clock.now(),
            "finished_at": None,
            "state": "running",
            "summary": None,
            "error": None,
            "error_type": None,
        }
        with self._write() as connection:
            upsert(connection, run, [row], key=["run_id", "stage"], update=list(row))

    def finish(
        self,
        run_id: str,
        stage: str,
        state: str,
        *,
        summary: dict[str, Any] | None = None,
        error: str | None = None,
        error_type: str | None = None,
    ) -> None:
        """Close a run as success, failed or skipped."""
        values = {
            "finished_at": self.clock.now(),
            "state": state,
            "summary": summary,
            "error": error,
            "error_type": error_type,
        }
        with self._write() as connection:
            connection.execute(update(run).where(run.c.run_id == run_id, run.c.stage == stage).values(values))

    def latest(self) -> list[Row]:
        """The newest run of each stage."""
        newest = select(run.c.stage, func.max(run.c.started_at).label("at")).group_by(run.c.stage).subquery()
        statement = (
            select(run)
            .join(newest, (run.c.stage == newest.c.stage) & (run.c.started_at == newest.c.at))
            .order_by(run.c.stage)
        )
        return self._rows(statement)

    def recent(self, *, run_id: str | None = None, since: datetime | None = None, limit: int = 100) -> list[Row]:
        """Runs, newest first."""
        statement = select(run).order_by(desc(run.c.started_at)).limit(limit)
        if run_id is not None:
            statement = statement.where(run.c.run_id == run_id)
        if since is not None:
            statement = statement.where(run.c.started_at >= since)
        return self._rows(statement)

    def consumed(self, stage: str) -> Row | None:
        """What `stage` consumed when it last succeeded: {versions, sheets, run_id, at}, or None."""
        statement = select(consumption).where(consumption.c.stage == stage).order_by(desc(consumption.c.id)).limit(1)
        return self._first(statement)

    def consumed_versions(self) -> list[dict[str, str]]:
        """The dataset versions each stage consumed when it last succeeded."""
        newest = select(func.max(consumption.c.id)).group_by(consumption.c.stage)
        return [row["versions"] for row in self._rows(select(consumption).where(consumption.c.id.in_(newest)))]

    def consume(self, stage: str, run_id: str, versions: dict[str, str], sheets: dict[str, str]) -> None:
        """Record that `stage` has done its work for these versions and sheets."""
        row = {"stage": stage, "run_id": run_id, "versions": versions, "sheets": sheets, "at": self.clock.now()}
        self._insert_many(consumption, [row])
