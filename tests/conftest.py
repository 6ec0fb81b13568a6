"""Fixtures every test may ask for. Everything happens in temporary folders; nothing leaves the machine.

clock      a clock that stands still
ledger     an empty, migrated ledger (SQLite)
lake       an empty lake on that ledger
ctx        a stage context on both
shared_data  real reference files outside the project; fails where CI must have them
sandbox    (tests/fixtures/sandbox.py) every outside system, for real, on ports of its own
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from include.core.clock import FixedClock
from include.core.settings import Settings, load_settings
from include.stages.protocol import StageContext
from include.store.lake import Lake
from include.store.ledger import Ledger

PROJECT_ROOT = Path(__file__).resolve().parents[1]
pytest_plugins = ["tests.fixtures.sandbox"]


@pytest.fixture
def clock() -> FixedClock:
    """Noon of an ordinary day."""
    return FixedClock(datetime(2026, 11, 3, 12, 0, tzinfo=UTC))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a hub that lives in a temporary folder and knows no outside system."""
    return load_settings(home=tmp_path / "hub")


@pytest.fixture
def ledger(settings: Settings, clock: FixedClock) -> Iterator[Ledger]:
    """An empty ledger with the newest schema."""
    opened = Ledger(settings.ledger_url, clock)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def lake(settings: Settings, ledger: Ledger) -> Lake:
    """An empty lake."""
    return Lake(settings.lake_url, ledger)


@pytest.fixture
def ctx(settings: Settings, ledger: Ledger, lake: Lake, clock: FixedClock) -> StageContext:
    """A stage context on empty stores."""
    return StageContext(settings, lake, ledger, clock, run_id="run-1")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real reference data beside the project (HUB_SHARED_DATA overrides)."""
    folder = Path(os.environ.get("HUB_SHARED_DATA") or PROJECT_ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        message = f"no reference data at {folder}; set HUB_SHARED_DATA to the folder that holds sanctions/, hs/ …"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder
