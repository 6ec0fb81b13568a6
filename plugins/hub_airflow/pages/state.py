"""Reads what the page shows: the hub's state from the ledger, and the newest report files. Writes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from include.core.clock import Clock, SystemClock
from include.core.settings import Settings, load_settings

if TYPE_CHECKING:
    from include.stages.protocol import StageContext
    from include.store.ledger import Ledger

# Outcomes after which a row is not in NEO as the hub wants it.
NOT_WRITTEN = ("rejected", "failed", "conflict", "held")

EMPTY: dict[str, Any] = {
    "runs": [],
    "quarantine": [],
    "outcomes": [],
    "outbox": [],
    "lists": [],
    "datasets": [],
}


@dataclass(frozen=True)
class Report:
    """The newest report: its page and its workbook, as files on this machine."""

    page: Path
    workbook: Path


def read_state(settings: Settings | None = None, clock: Clock | None = None) -> dict[str, Any]:
    """Return the hub's state without personal data (see `include.stages.state`), or EMPTY before the first run."""
    from include.stages.state import hub_state

    settings, clock = settings or load_settings(), clock or SystemClock()
    if not _has_ledger(settings.ledger_url):
        return EMPTY
    with _context(settings, clock) as context:
        try:
            return hub_state(context) | {"outcomes": _not_written(context.ledger)}
        except (OperationalError, ProgrammingError):
            # A database server without our tables: the hub never ran there.
            return EMPTY


def _not_written(ledger: "Ledger") -> list[dict[str, Any]]:
    """Rows whose newest outcome is none of the good ones, by target, outcome and reason code.

    The totals over all time would go on naming refusals that were mended since.
    """
    from include.store.ledger.tables import outcome

    newest = select(func.max(outcome.c.id)).group_by(outcome.c.target, outcome.c.row_key)
    columns = (outcome.c.target, outcome.c.outcome, outcome.c.reason_code)
    statement = (
        select(*columns, func.count().label("rows"))
        .where(outcome.c.id.in_(newest), outcome.c.outcome.in_(NOT_WRITTEN))
        .group_by(*columns)
        .order_by(*columns)
    )
    with ledger.engine.connect() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]


def find_report(settings: Settings | None = None) -> Report | None:
    """The newest demand-gap report, or None while there is none."""
    from include.stages.report import latest_report, workbook_of

    settings = settings or load_settings()
    if not _has_ledger(settings.ledger_url):
        return None
    with _context(settings, SystemClock()) as context:
        page = latest_report(context)
    return Report(page, workbook_of(page)) if page else None


@contextmanager
def _context(settings: Settings, clock: Clock) -> Iterator["StageContext"]:
    """A context to read with. Unlike the stages' own it leaves the ledger's schema as it is."""
    from include.stages.protocol import StageContext
    from include.store.lake import Lake
    from include.store.ledger import Ledger

    ledger = Ledger(settings.ledger_url, clock)
    try:
        yield StageContext(settings, Lake(settings.lake_url, ledger), ledger, clock, run_id="")
    finally:
        ledger.close()


def _has_ledger(url: str) -> bool:
    """A SQLite file that is not there yet must not be created by looking at it."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or bool(parsed.database and Path(parsed.database).exists())
