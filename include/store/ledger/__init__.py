"""The ledger: one database of decisions, outcomes, pointers and identifiers.

`Ledger` opens it and hands out one repository per concern. SQLite (WAL) when embedded, PostgreSQL by URL.
"""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from include.core.clock import Clock, SystemClock
from include.core.errors import ConfigError
from include.core.sheets import PROJECT_ROOT
from include.store.ledger.cases import CaseRepository
from include.store.ledger.control import LockRepository, SwitchRepository
from include.store.ledger.datasets import DatasetRepository
from include.store.ledger.identity import IdentityRepository, JudgementRepository
from include.store.ledger.lists import ListRepository
from include.store.ledger.outbox import OutboxRepository
from include.store.ledger.outcomes import OutcomeRepository, SentRepository
from include.store.ledger.quarantine import QuarantineRepository, WatermarkRepository
from include.store.ledger.repository import WRITE_OPTION
from include.store.ledger.runs import RunRepository

MIGRATIONS = PROJECT_ROOT / "sql" / "ledger"


class Ledger:
    """One open ledger. `url` is a SQLAlchemy URL; `clock` stamps the rows."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.url = url
        self.clock: Clock = clock or SystemClock()
        self.engine = _engine(url)

    def migrate(self) -> None:
        """Bring the schema to the newest version; does nothing when it is there already."""
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.engine.execution_options(**{WRITE_OPTION: True}).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @cached_property
    def runs(self) -> RunRepository:
        """Runs of stages and what each consumed."""
        return RunRepository(self.engine, self.clock)

    @cached_property
    def datasets(self) -> DatasetRepository:
        """Versions of lake datasets and the pointer to the current one."""
        return DatasetRepository(self.engine, self.clock)

    @cached_property
    def quarantine(self) -> QuarantineRepository:
        """Records that may not pass yet."""
        return QuarantineRepository(self.engine, self.clock)

    @cached_property
    def watermarks(self) -> WatermarkRepository:
        """How far each stream was read."""
        return WatermarkRepository(self.engine, self.clock)

    @cached_property
    def lists(self) -> ListRepository:
        """Versions of screening lists, accepted and rejected."""
        return ListRepository(self.engine, self.clock)

    @cached_property
    def identity(self) -> IdentityRepository:
        """Minted identifiers and which source record belongs to which."""
        return IdentityRepository(self.engine, self.clock)

    @cached_property
    def judgements(self) -> JudgementRepository:
        """What people said about pairs of records."""
        return JudgementRepository(self.engine, self.clock)

    @cached_property
    def cases(self) -> CaseRepository:
        """Compliance cases as append-only events."""
        return CaseRepository(self.engine, self.clock)

    @cached_property
    def outcomes(self) -> OutcomeRepository:
        """What a target answered, row by row."""
        return OutcomeRepository(self.engine, self.clock)

    @cached_property
    def sent(self) -> SentRepository:
        """The values last sent, per row: the base of the three-way comparison."""
        return SentRepository(self.engine, self.clock)

    @cached_property
    def outbox(self) -> OutboxRepository:
        """Messages to be delivered once."""
        return OutboxRepository(self.engine, self.clock)

    @cached_property
    def locks(self) -> LockRepository:
        """Leases: one run per target."""
        return LockRepository(self.engine, self.clock)

    @cached_property
    def switches(self) -> SwitchRepository:
        """Kill switches."""
        return SwitchRepository(self.engine, self.clock)


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql" and parsed.drivername == "postgresql":
        raise ConfigError("HUB_LEDGER_URL", "no driver is named", "Write postgresql+psycopg://…")
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, json_serializer=_dumps, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, json_serializer=_dumps, connect_args={"timeout": 60})
    event.listen(engine, "connect", _tune_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """WAL lets readers and one writer meet; several Airflow tasks write the ledger at once."""
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=60000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its place in the queue at once: a read lock cannot be upgraded under WAL without failing."""
    is_write = connection.get_execution_options().get(WRITE_OPTION, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
