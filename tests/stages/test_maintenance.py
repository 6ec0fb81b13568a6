"""The nightly upkeep: what is copied, what is let go, what never is."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from include.core.clock import FixedClock
from include.core.errors import ConfigError
from include.core.settings import Settings
from include.core.summary import RunSummary
from include.stages import maintenance
from include.stages.protocol import StageContext
from include.store.lake import Lake
from include.store.ledger import Ledger


@pytest.fixture
def sheet(tmp_path: Path, settings: Settings) -> Path:
    """A sheet of the test's own: two versions and two copies are kept, nothing is too young."""
    folder = tmp_path / "config" / "rules"
    folder.mkdir(parents=True)
    settings.config_dir = folder.parent
    path = folder / "maintenance.yml"
    rules = {
        "version": 1,
        "lake": {"keep_versions": 2, "older_than_days": 1, "raw_days": 30},
        "ledger": {"copies": 2},
        "quarantine": {"overdue_days": 7},
    }
    path.write_text(yaml.safe_dump(rules), encoding="utf-8")
    return path


def days_later(ctx: StageContext, days: float) -> StageContext:
    """The same hub, some days later."""
    clock = FixedClock(ctx.clock.now() + timedelta(days=days))
    ledger = Ledger(ctx.settings.ledger_url, clock)
    return replace(ctx, clock=clock, ledger=ledger, lake=Lake(ctx.settings.lake_url, ledger))


def publish(ctx: StageContext, value: int) -> Path:
    table = pa.table({"id": ["a"], "value": [value]})
    return Path(ctx.lake.root) / ctx.lake.publish("dim_thing", table, key=["id"], run_id="run-1").version.path


def run(ctx: StageContext) -> RunSummary:
    return maintenance.run(ctx).seal()


def test_the_sheet_that_ships_is_accepted(ctx: StageContext) -> None:
    assert run(ctx).parts["ledger copy"].created == 1


@pytest.mark.usefixtures("sheet")
def test_old_versions_go_the_newest_stay_and_one_still_needed_stays(ctx: StageContext) -> None:
    contexts = [days_later(ctx, day) for day in range(5)]
    paths = [publish(context, day) for day, context in enumerate(contexts)]
    needed = ctx.ledger.datasets.old_versions("dim_thing", 0, contexts[4].clock.now() + timedelta(days=1))[-1]
    ctx.ledger.runs.consume("customer_360", "run-1", {"dim_thing": needed["version"]}, {})

    counts = run(days_later(ctx, 10)).parts["lake versions"]

    assert [path.exists() for path in paths] == [True, False, False, True, True]
    assert (counts.changed, counts.unchanged) == (2, 1)
    assert ctx.lake.read("dim_thing").column("value").to_pylist() == [4]


@pytest.mark.usefixtures("sheet")
def test_a_young_version_stays_however_many_there_are(ctx: StageContext) -> None:
    paths = [publish(days_later(ctx, hour / 24), hour) for hour in range(4)]
    run(days_later(ctx, 0.5))
    assert all(path.exists() for path in paths)


@pytest.mark.usefixtures("sheet")
def test_the_copy_of_the_ledger_is_whole_private_and_made_once_a_day(ctx: StageContext) -> None:
    ctx.ledger.runs.start("run-7", "sarlaft")
    assert run(ctx).parts["ledger copy"].created == 1
    assert run(ctx).parts["ledger copy"].created == 0
    (copy,) = (ctx.settings.home / "backups").iterdir()
    assert copy.stat().st_mode & 0o077 == 0
    with sqlite3.connect(copy) as connection:
        assert connection.execute("select run_id from run").fetchall() == [("run-7",)]


@pytest.mark.usefixtures("sheet")
def test_only_the_newest_copies_are_kept(ctx: StageContext) -> None:
    for day in range(4):
        run(days_later(ctx, day))
    names = sorted(path.name for path in (ctx.settings.home / "backups").iterdir())
    assert names == ["ledger-20261105.db", "ledger-20261106.db"]


@pytest.mark.usefixtures("sheet")
def test_nothing_is_removed_while_the_ledger_cannot_be_copied(ctx: StageContext) -> None:
    paths = [publish(days_later(ctx, day), day) for day in range(4)]
    (ctx.settings.home / "backups").write_text("a file stands where the folder should be", encoding="utf-8")
    with pytest.raises(ConfigError, match="could not be copied"):
        run(days_later(ctx, 10))
    assert all(path.exists() for path in paths)


@pytest.mark.usefixtures("sheet")
def test_raw_pages_of_old_runs_go(ctx: StageContext) -> None:
    old = ctx.lake.land_raw("portal", "companies", "20260901T120000-aaaaaaaa", "1", b"{}")
    new = ctx.lake.land_raw("portal", "companies", "20261101T120000-bbbbbbbb", "1", b"{}")
    counts = run(ctx).parts["raw pages"]
    assert [(Path(ctx.lake.root) / page.path).exists() for page in (old, new)] == [False, True]
    assert (counts.read, counts.changed) == (2, 1)


@pytest.mark.usefixtures("sheet")
def test_leases_that_ran_out_are_dropped_and_living_ones_stay(ctx: StageContext) -> None:
    ctx.ledger.locks.acquire("neo", "a dead run", ttl_seconds=60)
    ctx.ledger.locks.acquire("portal", "a living run", ttl_seconds=200_000)
    counts = run(days_later(ctx, 1)).parts["leases"]
    assert (counts.changed, counts.unchanged) == (1, 1)


@pytest.mark.usefixtures("sheet")
def test_what_waits_too_long_is_named_without_the_record(ctx: StageContext) -> None:
    raw = {"email": "persona@correo.test"}
    ctx.ledger.quarantine.add("portal", "contacts", "K-1", "run-1", "email", "bad", "mend it", raw, "bad_email")
    assert run(days_later(ctx, 6)).notes == []
    (note,) = run(days_later(ctx, 8)).notes
    assert note == "1 rows of portal/contacts wait since 2026-11-03 (email: bad_email)"
