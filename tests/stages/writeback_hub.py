"""A hub of its own on a live NEO, and what a person does there, for the tests of writing."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.neo.client import NeoClient, open_neo
from include.core.sheets import PROJECT_ROOT
from include.core.summary import RunSummary
from include.stages.protocol import StageContext
from include.stages.writeback import run
from include.store.lake import Lake
from include.store.ledger import Ledger
from tests.fixtures.live_neo import LiveNeo

ADVISOR = "22222222-2222-2222-2222-222222222222"
# What `small_world` makes in an empty NEO.
EXPECTED = {
    "account": 4, "contact": 4, "lead": 1, "task": 1, "pc_offer": 3, "pc_certificate": 3, "pc_need": 1, "pc_match": 3,
    "pc_stage": 3, "pc_sarlaftcase": 1,
}  # fmt: skip


class TickingClock:
    """A second passes at every look, so that versions made one after the other have names of their own."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


@dataclass
class Hub:
    """A hub with stores of its own; every `run` is a run of its own."""

    neo: LiveNeo
    home: Path
    ledger: Ledger
    lake: Lake
    clock: TickingClock
    config_dir: Path = PROJECT_ROOT / "include" / "config"
    runs: int = 0

    def context(self) -> StageContext:
        self.runs += 1
        settings = self.neo.settings(self.home, config_dir=self.config_dir)
        return StageContext(settings, self.lake, self.ledger, self.clock, run_id=f"{self.home.name}-{self.runs}")

    def run(self) -> RunSummary:
        return run(self.context())

    def client(self) -> NeoClient:
        return open_neo(self.neo.settings(self.home))

    def rows(self, table: str, **filters: str) -> list[dict[str, Any]]:
        condition = " and ".join(f"{name} eq '{value}'" for name, value in filters.items())
        with self.client() as client:
            answer = client.get_json(client.table(table).set_name, params={"$filter": condition} if condition else {})
        rows: list[dict[str, Any]] = answer["value"]
        return rows

    def row_counts(self) -> dict[str, int]:
        """Rows in NEO of every table the small world fills."""
        return {table: self.neo.store.count(table) for table in EXPECTED}

    def edit(self, table: str, key: str, **columns: Any) -> None:
        """What a person does in NEO."""
        with self.client() as client:
            path = f"{client.table(table).set_name}(pc_hubid='{key}')"
            client.request("PATCH", path, json=columns, headers={"If-Match": "*"})

    def writes(self) -> list[dict[str, Any]]:
        """Requests that changed rows of NEO."""
        return [entry for entry in self.neo.requests() if entry["rows_written"]]

    def outcomes(self) -> Counter[tuple[str, str]]:
        """Outcome rows of the ledger by table and outcome."""
        counted: Counter[tuple[str, str]] = Counter()
        for row in self.ledger.outcomes.counts():
            counted[row["target"], row["outcome"]] += row["rows"]
        return counted


@contextmanager
def open_hub(neo: LiveNeo, folder: Path) -> Iterator[Hub]:
    """A hub whose stores are in `folder`; what is there already is kept."""
    clock = TickingClock()
    ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}", clock)
    ledger.migrate()
    try:
        yield Hub(neo, folder, ledger, Lake(folder / "lake", ledger), clock)
    finally:
        ledger.close()


def seed_advisor(neo: LiveNeo) -> None:
    """The advisor of the small world's refused registration, as a user of NEO."""
    neo.store.seed(
        "systemuser",
        [
            {
                "systemuserid": ADVISOR,
                "domainname": "asesora@procolombia.example",
                "firstname": "Asesora",
                "lastname": "Ficticia",
                "internalemailaddress": "asesora@procolombia.example",
                "azureactivedirectoryobjectid": "11111111-1111-1111-1111-111111111111",
            }
        ],
    )


def created(summary: RunSummary) -> dict[str, int]:
    """Rows created per table."""
    return {table: counts.created for table, counts in summary.parts.items() if counts.created}
