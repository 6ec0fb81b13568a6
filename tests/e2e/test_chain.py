"""The whole journey, from the portal into NEO: once, again, after one change, and after being killed.

Told in order on one sandbox: each test goes on where the one before it stopped.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pyarrow.compute as pc
import pytest

from include.core.errors import DriftDetected, HubError
from include.core.summary import RunSummary
from include.sandbox.up import start_sandbox
from include.sandbox.world import ANCHOR
from include.stages.protocol import open_context
from include.stages.registry import CHAIN
from tests.e2e.hub_journey import Journey, NeoState

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """A provisioned NEO, a hub that never ran."""
    with start_sandbox(tmp_path_factory.mktemp("chain"), world="quick", seed=7, today=ANCHOR) as sandbox:
        journey = Journey(sandbox)
        journey.provision()
        yield journey


def errors_of(results: dict[str, RunSummary | HubError]) -> dict[str, str]:
    return {stage: str(result) for stage, result in results.items() if isinstance(result, HubError)}


def summaries_of(results: dict[str, RunSummary | HubError]) -> dict[str, RunSummary]:
    return {stage: result for stage, result in results.items() if isinstance(result, RunSummary)}


def test_the_first_run_takes_everything_into_neo(journey: Journey) -> None:
    results = journey.run()
    assert errors_of(results) == {}
    assert {stage: summary.notes for stage, summary in summaries_of(results).items() if summary.skipped} == {}
    state = journey.neo_state()
    for table in ("account", "contact", "lead", "task", "opportunity", "pc_need", "pc_offer", "pc_match", "pc_stage"):
        assert state[table], f"nothing was written to {table}"
    assert all(row["pc_sarlaftstate"] is not None for row in state["account"].values())


def test_bad_registrations_wait_in_quarantine_and_the_run_says_so(journey: Journey) -> None:
    with open_context(journey.settings) as ctx:
        reasons = {row["reason_code"] for row in ctx.ledger.quarantine.open("portal", "registrations")}
        (run,) = [row for row in ctx.ledger.runs.latest() if row["stage"] == "ingest__portal"]
    assert "nit_check_digit" in reasons
    assert run["summary"]["total"]["quarantined"] > 0
    assert any("quarantine" in note for note in run["summary"]["notes"])


def test_an_unknown_company_is_refused_and_its_advisor_has_a_task(journey: Journey) -> None:
    with open_context(journey.settings) as ctx:
        decisions = ctx.lake.read("fct_registration_decision").to_pylist()
    refused = [row for row in decisions if row["decision"] == "refuse"]
    assert refused
    tasks = journey.neo_state()["task"]
    for row in refused:
        answer = journey.sandbox.portal.get("registrations", row["registration_id"])
        assert answer["status"] == "refused"
        assert any(row["registration_id"] in key for key in tasks), f"no task for {row['registration_id']}"
    assert journey.sandbox.mailbox.all()


def test_the_second_run_writes_nothing(journey: Journey) -> None:
    journey.run()  # takes in what the portal and NEO now say of our own answers
    since, mails = journey.last_request(), len(journey.sandbox.mailbox.all())
    results = journey.run()
    assert errors_of(results) == {}
    assert journey.rows_written(since) == 0
    assert len(journey.sandbox.mailbox.all()) == mails


def test_the_run_right_after_the_first_one_writes_nothing_either(journey: Journey) -> None:
    """What the hub wrote comes back to it from NEO and from the portal; none of that may be written again."""
    with open_context(journey.settings) as ctx:
        runs = [row for row in ctx.ledger.runs.recent(limit=500) if row["stage"] == "writeback"]
    second = sorted(runs, key=lambda row: row["started_at"])[1]
    total = second["summary"]["total"]
    assert (total["created"], total["changed"]) == (0, 0)


def test_one_phone_changes_one_column_of_one_row(journey: Journey) -> None:
    before = journey.neo_state()
    contact_id = phone_owner(journey)
    since = journey.last_request()
    journey.control("portal", "PATCH", f"contacts/{contact_id}", json={"phone": "+57 310 555 0199"})
    assert errors_of(journey.run()) == {}
    assert journey.rows_written(since) == 1
    after = journey.neo_state()
    changed = [
        (table, key, column)
        for table, rows in after.items()
        for key, row in rows.items()
        for column, value in row.items()
        if before[table].get(key, {}).get(column) != value
    ]
    assert len(changed) == 1
    assert "phone" in changed[0][2]


def phone_owner(journey: Journey) -> str:
    """A contact whose phone in NEO comes from the portal and that no other record tells otherwise."""
    with open_context(journey.settings) as ctx:
        people = ctx.lake.read("dim_person")
        known = ctx.lake.read("stg_portal__contacts", columns=["contact_id"])["contact_id"]
    mine = people.filter(pc.and_(pc.equal(people["source"], "portal"), pc.is_in(people["portal_contact_id"], known)))
    in_neo = mine.filter(pc.is_valid(mine["phone"])).sort_by("person_id")
    return str(in_neo["portal_contact_id"][0].as_py())


def test_a_new_field_of_the_portal_is_reported_and_breaks_nothing(journey: Journey) -> None:
    company = journey.sandbox.portal.page("companies", since=None, after=None, limit=1)[0]
    journey.control("portal", "PATCH", f"companies/{company['id']}", json={"tiktok": "@empresa"})
    results = journey.run(["ingest__portal"])
    assert errors_of(results) == {}
    summary = summaries_of(results)["ingest__portal"]
    assert any("tiktok" in note for note in summary.notes)


@pytest.mark.parametrize("list_code", ["ofac", "un"])
def test_a_list_cut_in_half_is_refused_and_the_last_good_one_stays(journey: Journey, list_code: str) -> None:
    with open_context(journey.settings) as ctx:
        before = ctx.lake.current(f"stg_{list_code}__entries")
    journey.control("lists", "POST", f"cut/{list_code}")
    results = journey.run([f"ingest__{list_code}", "sarlaft"])
    journey.control("lists", "POST", "restore")
    refusal = results[f"ingest__{list_code}"]
    assert isinstance(refusal, DriftDetected)
    assert refusal.remedy
    assert not isinstance(results["sarlaft"], HubError), "the rest goes on with the last good version"
    with open_context(journey.settings) as ctx:
        assert ctx.lake.current(f"stg_{list_code}__entries") == before


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> NeoState:
    """NEO after a chain nobody disturbed."""
    with start_sandbox(tmp_path_factory.mktemp("unbroken"), world="quick", seed=7, today=ANCHOR) as sandbox:
        journey = Journey(sandbox)
        journey.provision()
        assert journey.start("run", "all").wait(timeout=240) == 0
        return without_present_instants(journey.neo_state())


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_any_moment_and_run_again_ends_in_the_same_state(
    tmp_path_factory: pytest.TempPathFactory, unbroken: NeoState, seed: int
) -> None:
    """SIGKILL in the midst of stages drawn by chance, again and again; then one run that may reach its end."""
    chance = random.Random(seed)
    with start_sandbox(tmp_path_factory.mktemp("killed"), world="quick", seed=7, today=ANCHOR) as sandbox:
        journey = Journey(sandbox)
        journey.provision()
        for stage in sorted([*chance.choices(CHAIN, k=2), "customer_360", "writeback", "writeback"], key=CHAIN.index):
            kill_during(journey, stage, chance.uniform(0.0, 2.0))
        assert journey.start("run", "all").wait(timeout=240) == 0
        assert without_present_instants(journey.neo_state()) == unbroken


def kill_during(journey: Journey, stage: str, delay: float) -> None:
    """Start the chain and kill it `delay` seconds after it entered `stage`, or when it ended before that."""
    started = datetime.now(UTC)
    process = journey.start("run", "all")
    while process.poll() is None and not journey.has_entered(stage, since=started):
        time.sleep(0.05)
    time.sleep(delay)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def without_present_instants(state: NeoState) -> NeoState:
    """The state with every instant of this very test blanked: two runs never screen at the same second."""
    recent = tuple(f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%d}T" for days in (0, 1))

    def blank(value: object) -> object:
        return "now" if isinstance(value, str) and value.startswith(recent) else value

    return {
        table: {key: {column: blank(value) for column, value in row.items()} for key, row in rows.items()}
        for table, rows in state.items()
    }
