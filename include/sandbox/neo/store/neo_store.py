"""NeoStore: one organisation with its metadata and rows, in a SQLite file or in memory.

The API, the pages and the seeding all work on it. It knows no HTTP.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Table
from include.sandbox.neo.records.caller import Caller, Rights
from include.sandbox.neo.records.organisation import ROOT_BUSINESS_UNIT_ID, SYSTEM_USER_ID, OrganisationRows
from include.sandbox.neo.records.references import Reference
from include.sandbox.neo.records.writer import Writer
from include.sandbox.neo.sqlite.database import Database
from include.sandbox.neo.store import definitions
from include.sandbox.neo.store.customizer import Customizer
from include.sandbox.neo.store.founding import found_organisation

SYSTEM = Caller(SYSTEM_USER_ID, ROOT_BUSINESS_UNIT_ID, "SYSTEM", Rights(can_customize=True))


def _utc_now() -> datetime:
    return datetime.now(UTC)


class NeoStore:
    """Rows and metadata of one organisation.

    `now` gives the server's clock (aware UTC); `key_index_delay` is how many seconds the index of a new alternate key
    takes to become active.
    """

    def __init__(
        self,
        path: str | Path = ":memory:",
        *,
        now: Callable[[], datetime] = _utc_now,
        key_index_delay: float = 0.4,
    ) -> None:
        self.now = now
        self.key_index_delay = key_index_delay
        self.database = Database(path)
        self.catalog: Catalog
        self._baseline: sqlite3.Connection | None = None
        self._found()

    def _found(self) -> None:
        """Bring a new or an older file up to the standard tables and the founding rows."""
        self._reload()
        definitions.prepare_tables(self.database, self.catalog)
        found_organisation(self.writer(SYSTEM, is_trusting=True))

    def _reload(self) -> None:
        self.catalog = definitions.load_catalog(self.database)
        self.organisation = OrganisationRows(self.database, self.catalog)

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside or none, metadata included."""
        with self.database.lock:
            try:
                with self.database.transaction():
                    yield
            except BaseException:
                self.organisation.forget()
                raise

    @contextmanager
    def customization(self) -> Iterator[None]:
        """A transaction that changes metadata; when it fails the catalog is read again as it was."""
        with self.database.lock:
            try:
                with self.transaction():
                    yield
            except BaseException:
                self._reload()
                raise

    def writer(
        self,
        caller: Caller,
        *,
        content_ids: dict[str, Reference] | None = None,
        is_trusting: bool = False,
    ) -> Writer:
        """A writer for a caller. `is_trusting` is for seeding only."""
        return Writer(
            self.database,
            self.catalog,
            self.organisation,
            caller,
            self.now,
            content_ids if content_ids is not None else {},
            is_trusting,
        )

    def settle_keys(self) -> None:
        """Build the indexes of keys whose time has come. Called before each request; does nothing without any."""
        moment = self.now().timestamp()
        for table, key in [(t, k) for t in self.catalog.tables.values() for k in t.keys.values()]:
            elapsed = moment - key.created_at
            if key.status in ("Pending", "InProgress") and elapsed >= self.key_index_delay:
                with self.customization():
                    Customizer(self.database, self.catalog).build_key(table, key)
            elif key.status == "Pending" and elapsed >= self.key_index_delay / 2:
                with self.customization():
                    Customizer(self.database, self.catalog).save_key(table, replace(key, status="InProgress"))

    def table(self, logical: str) -> Table:
        """A table by logical name; KeyError when the organisation has none."""
        return self.catalog.tables[logical]

    def seed(self, table: str, payloads: Iterable[Mapping[str, Any]]) -> int:
        """Insert rows from Web API POST bodies, in one transaction; returns how many.

        The bodies may also carry the primary key, `createdon`, `modifiedon` and other columns that only the server
        sets, and `createdby@odata.bind`. Links by guid may point at rows that are seeded later. Raises ServiceError
        for anything the Web API would refuse in a value.
        """
        definition = self.table(table)
        writer = self.writer(SYSTEM, is_trusting=True)
        count = 0
        with self.transaction():
            for body in payloads:
                writer.create(definition, body)
                count += 1
        return count

    def count(self, table: str) -> int:
        """How many rows a table has."""
        found = self.database.row(f'select count(*) from "{self.table(table).logical}"')
        return int(found[0]) if found else 0

    def mark_baseline(self) -> None:
        """Remember the present content as the state that `reset` returns to; a file keeps it over restarts."""
        target = self._open_baseline()
        with self.database.lock:
            self.database.connection.backup(target)
        if target is not self._baseline:
            target.close()

    def reset(self) -> None:
        """Go back to the baseline, or to an empty organisation when none was marked."""
        with self.database.lock:
            if self._baseline is not None or self._baseline_file.exists():
                source = self._open_baseline()
                self.database.replace_content(source)
                if source is not self._baseline:
                    source.close()
                self._reload()
                return
            fresh = Database(":memory:")
            self.database.replace_content(fresh.connection)
            fresh.close()
            self._found()

    @property
    def _baseline_file(self) -> Path:
        return Path(f"{self.database.path}.baseline")

    def _open_baseline(self) -> sqlite3.Connection:
        if self.database.path != ":memory:":
            return sqlite3.connect(self._baseline_file)
        if self._baseline is None:
            self._baseline = sqlite3.connect(":memory:", check_same_thread=False)
        return self._baseline
