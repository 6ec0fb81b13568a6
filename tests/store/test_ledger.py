"""The ledger keeps its promises on SQLite and on PostgreSQL alike."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete

from include.core.clock import FixedClock
from include.core.errors import ConfigError
from include.store.ledger import Ledger
from include.store.ledger.tables import metadata
from tests.store.postgres import postgres_server

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


class SteppingClock:
    """A clock a test moves by hand."""

    def __init__(self) -> None:
        self.instant = NOON

    def now(self) -> datetime:
        return self.instant


@pytest.fixture(scope="module")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres_server(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger on each engine."""
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'ledger.db'}" if is_sqlite else request.getfixturevalue("postgres_url")
    opened = Ledger(url, SteppingClock())
    opened.migrate()
    with opened.engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(delete(table))
    yield opened
    opened.close()


def test_migrations_and_declared_tables_agree(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "ledger_version"})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(ledger: Ledger) -> None:
    ledger.migrate()
    assert ledger.runs.latest() == []


def test_identifiers_are_minted_once_and_never_reused(ledger: Ledger) -> None:
    assert ledger.identity.mint("customer", 2, "r1") == ["CU-00000001", "CU-00000002"]
    assert ledger.identity.mint("customer", 1, "r2") == ["CU-00000003"]
    assert ledger.identity.mint("person", 1, "r2") == ["PE-00000001"]
    assert ledger.identity.mint("person", 0, "r2") == []


def test_minting_from_many_threads_gives_no_number_twice(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", FixedClock(NOON))
    ledger.migrate()
    with ThreadPoolExecutor(8) as pool:
        minted = [
            hub_id for ids in pool.map(lambda _: ledger.identity.mint("customer", 5, "r"), range(20)) for hub_id in ids
        ]
    ledger.close()
    assert len(set(minted)) == 100


def test_the_newest_link_of_a_record_counts(ledger: Ledger) -> None:
    first = {"source": "neo", "source_key": "a", "hub_id": "CU-00000001", "rule": "nit", "confidence": 1.0}
    ledger.identity.save_links("customer", [first], "r1")
    ledger.identity.save_links("customer", [first | {"hub_id": "CU-00000002", "rule": "judgement"}], "r2")
    assert ledger.identity.links("customer").to_pylist() == [first | {"hub_id": "CU-00000002", "rule": "judgement"}]


def test_a_judgement_counts_in_either_order(ledger: Ledger) -> None:
    ledger.judgements.add("customer", "b", "a", "same", "ana")
    ledger.judgements.add("customer", "a", "b", "different", "luis")
    assert ledger.judgements.current("customer") == {("a", "b"): "different"}


def test_quarantine_keeps_a_bad_row_once(ledger: Ledger) -> None:
    entry = ("portal", "companies", "7", "r1", "nit", "the check digit is wrong", "Correct it on the portal")
    ledger.quarantine.add(*entry, raw={"nit": "1"})
    ledger.quarantine.add(*entry, raw={"nit": "1"})
    ledger.quarantine.add(*entry, raw={"nit": "2"})
    assert [row["raw"] for row in ledger.quarantine.open("portal", "companies")] == [{"nit": "1"}, {"nit": "2"}]
    assert [row["rows"] for row in ledger.quarantine.counts()] == [2]


def test_a_resolved_row_refused_again_is_open_again(ledger: Ledger) -> None:
    entry = ("portal", "companies", "7", "r1", "nit", "wrong", "Correct it")
    ledger.quarantine.add(*entry, raw={"nit": "1"})
    ledger.quarantine.resolve([row["id"] for row in ledger.quarantine.open()], "r2")
    assert ledger.quarantine.open() == []
    ledger.quarantine.add(*entry, raw={"nit": "1"})
    assert len(ledger.quarantine.open()) == 1


def test_a_watermark_moves_forward_and_keeps_its_history(ledger: Ledger) -> None:
    assert ledger.watermarks.get("portal", "companies") is None
    ledger.watermarks.set("portal", "companies", "2026-01-01", "r1")
    ledger.watermarks.set("portal", "companies", "2026-01-02", "r2")
    assert ledger.watermarks.get("portal", "companies") == "2026-01-02"


def test_an_outbox_message_is_queued_once(ledger: Ledger) -> None:
    assert ledger.outbox.add("mail:1", "mail", "refusal", {"to": "x"}, "r1")
    assert not ledger.outbox.add("mail:1", "mail", "refusal", {"to": "x"}, "r2")
    (message,) = ledger.outbox.pending("mail")
    ledger.outbox.mark(message["id"], "sent")
    assert ledger.outbox.pending() == []


def test_sent_values_are_merged_column_by_column(ledger: Ledger) -> None:
    ledger.sent.save("account", {"CU-1": {"name": "A", "phone": "1"}}, "r1")
    ledger.sent.save("account", {"CU-1": {"phone": "2"}, "CU-2": {"name": None}}, "r2")
    assert ledger.sent.get("account") == {"CU-1": {"name": "A", "phone": "2"}, "CU-2": {"name": None}}


def test_outcomes_and_sent_values_are_saved_together(ledger: Ledger) -> None:
    row = {"run_id": "r1", "plan_id": "p", "target": "account", "row_key": "CU-1", "outcome": "created"}
    ledger.outcomes.add_with_sent([row], {"account": {"CU-1": {"name": "A"}}}, "r1")
    ledger.outcomes.add_many([row | {"run_id": "r2", "outcome": "updated"}])
    assert ledger.outcomes.latest("account") == {"CU-1": "updated"}
    assert [r["outcome"] for r in ledger.outcomes.history(["CU-1"])] == ["updated", "created"]
    assert ledger.sent.get("account") == {"CU-1": {"name": "A"}}


def test_what_people_had_is_kept_when_we_write_over_it(ledger: Ledger) -> None:
    """Our own value replaced by a newer one of ours is not what people had; what they typed in between is."""

    def write(run_id: str, value: str, before: str | None) -> None:
        row = {"run_id": run_id, "plan_id": "p", "target": "account", "row_key": "CU-1", "outcome": "updated"}
        ledger.outcomes.add_with_sent(
            [row | {"before": {"name": before}}], {"account": {"CU-1": {"name": value}}}, run_id
        )

    write("r1", "HUB 1", before="typed by Ana")
    write("r2", "HUB 2", before="HUB 1")
    assert ledger.sent.replaced("account") == {"CU-1": {"name": "typed by Ana"}}
    write("r3", "HUB 3", before="typed by Luis")
    assert ledger.sent.replaced("account") == {"CU-1": {"name": "typed by Luis"}}
    ledger.sent.save("account", {"CU-1": {"phone": "1"}}, "r4")
    assert ledger.sent.replaced("account") == {"CU-1": {"name": "typed by Luis"}}, "found equal, nothing was replaced"


def test_a_lease_is_held_by_one_and_runs_out(ledger: Ledger) -> None:
    assert ledger.locks.acquire("neo", "a", 60)
    assert not ledger.locks.acquire("neo", "b", 60)
    assert ledger.locks.acquire("neo", "a", 60)
    ledger.clock.instant += timedelta(seconds=61)  # type: ignore[attr-defined]
    assert ledger.locks.acquire("neo", "b", 60)
    ledger.locks.release("neo", "a")
    assert [row["owner"] for row in ledger.locks.held()] == ["b"]


def test_the_lease_of_a_killed_process_is_free_at_once(ledger: Ledger) -> None:
    """A run killed half way must be able to run again, without waiting for its lease to end."""
    code = (
        "import sys; from include.store.ledger import Ledger; "
        "ledger = Ledger(sys.argv[1]); assert ledger.locks.acquire('neo', 'killed', 900); print('held', flush=True); "
        "import time; time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, ledger.url], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    ledger.clock.instant = datetime.now(UTC)  # type: ignore[attr-defined]
    assert not ledger.locks.acquire("neo", "next", 900)
    holder.kill()
    holder.wait()
    assert ledger.locks.acquire("neo", "next", 900)


def test_a_switch_is_on_until_somebody_turns_it_off(ledger: Ledger) -> None:
    assert ledger.switches.is_on("writeback")
    ledger.switches.turn("writeback", on=False, reason="audit", actor="ana")
    assert not ledger.switches.is_on("writeback")


def test_a_case_is_the_sum_of_its_events(ledger: Ledger) -> None:
    case = {"case_id": "c1", "facts": {"score": 0.9}}
    assert ledger.cases.open_cases([case], "r1") == 1
    assert ledger.cases.open_cases([case], "r2") == 0
    ledger.cases.append("c1", "state", "closed_false_positive", "ana", {}, "r3")
    (found,) = ledger.cases.all()
    assert (found["state"], found["opened_run_id"], len(ledger.cases.events("c1"))) == (
        "closed_false_positive",
        "r1",
        2,
    )


def test_a_postgresql_url_must_name_its_driver() -> None:
    with pytest.raises(ConfigError, match="psycopg"):
        Ledger("postgresql://localhost/hub")
