"""The first run against an empty, real sandbox NEO: what arrives, what waits, and what survives trouble."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from include.core.errors import OutcomeError, RetriableError
from include.core.sheets import PROJECT_ROOT
from include.core.summary import Counts, RunSummary
from include.stages.protocol import run_stage
from include.stages.writeback import SWITCH
from tests.fixtures.live_neo import LiveNeo, live_neo, provisioned_neo
from tests.stages.writeback_hub import EXPECTED, created, open_hub, seed_advisor
from tests.stages.writeback_world import SEEN_AT, World, customer, publish, small_world

__all__ = ["live_neo", "provisioned_neo"]
TOTAL = sum(EXPECTED.values())


@pytest.fixture(autouse=True)
def _small_chunks_and_no_gates(monkeypatch):
    """Several chunks per table; and the gates of a batch have tests of their own and take their time."""
    monkeypatch.setattr("include.stages.writing.apply.CHUNK_ROWS", 2)
    monkeypatch.setattr("include.stages.ingesting.publishing.judge_batches", lambda batches: [])


@pytest.fixture
def hub(live_neo: LiveNeo, tmp_path: Path):
    seed_advisor(live_neo)
    with open_hub(live_neo, tmp_path) as opened:
        yield opened


@pytest.fixture
def world() -> World:
    return small_world()


# --- what arrives and what waits


def test_an_account_of_neos_own_is_adopted_and_keeps_the_spelling_the_golden_record_took_from_it(hub, world):
    account_id = "33333333-3333-3333-3333-333333333333"
    hub.neo.store.seed("account", [{"accountid": account_id, "name": "CAFES DEL SUR 1", "telephone1": "300-0001"}])
    world.rows["dim_customer"][0] |= {"neo_account_id": account_id, "is_in_neo": True, "phone": "+573000001"}
    world.rows["fct_customer_field"][0] |= {"source": "neo", "source_key": account_id}
    world.publish(hub.context())
    summary = hub.run()
    assert summary.parts["account"] == Counts(read=4, created=3, changed=1)
    [row] = hub.rows("account", pc_hubid="CU-00000001")
    assert (row["accountid"], row["telephone1"]) == (account_id, "300-0001")
    assert row["accountnumber"] == "900000001"


def test_a_model_whose_dataset_was_never_made_takes_nothing_away(hub, world):
    del world.rows["fct_match"], world.rows["dim_sarlaft_state"]
    world.publish(hub.context())
    summary = hub.run()
    assert "pc_match" not in summary.parts
    assert created(summary)["account"] == 4
    assert any("fct_match was never published" in note for note in summary.notes)


def test_without_the_golden_record_the_stage_waits(hub):
    summary = hub.run()
    assert summary.skipped
    assert "dim_customer" in summary.notes[0]


def test_nothing_is_created_while_a_candidate_waits_and_no_row_goes_uncounted(hub, world):
    world.rows["int_review_pair"] = [
        {"pair_id": "P-1", "left_source": "portal", "left_key": "C-2", "right_source": "neo", "right_key": "x"}
    ]
    world.rows["dim_customer"][2]["size"] = "gigante"  # no option of the list: refused before it leaves
    world.publish(hub.context())
    with pytest.raises(OutcomeError):
        run_stage("writeback", hub.context())
    [stored] = hub.ledger.runs.recent(limit=1)
    parts = RunSummary.from_dict(stored["summary"]).parts
    assert parts["account"] == Counts(read=4, created=2, held=1, failed=1)
    # What points to them waits with them.
    assert parts["pc_offer"] == parts["pc_match"] == Counts(read=3, created=1, held=2)
    told = Counter({outcome: rows for (table, outcome), rows in hub.outcomes().items() if table == "account"})
    assert told == {"created": 2, "held": 1, "rejected": 1}
    assert [row["pc_hubid"] for row in hub.rows("pc_offer")] == ["O-1"]


def test_a_customer_without_an_account_still_has_its_case_in_neo(hub, world):
    world.rows["dim_customer"].append(customer(7, portal_company_id=None))
    world.rows["fct_sarlaft_case"][0]["customer_id"] = "CU-00000007"
    world.publish(hub.context())
    hub.run()
    [case] = hub.rows("pc_sarlaftcase")
    assert case["_pc_accountid_value"] is None
    assert SEEN_AT.strftime("%Y-%m-%dT%H:%M:%SZ") == case["pc_openedat"]


# --- trouble


def test_a_refused_row_costs_no_other_and_the_run_ends_red(hub, world, tmp_path):
    """The sheet promises more room for a name than NEO has, so only NEO can notice."""
    hub.config_dir = tmp_path / "config"
    shutil.copytree(PROJECT_ROOT / "include" / "config", hub.config_dir)
    sheet = hub.config_dir / "neo" / "tables" / "account.yml"
    text = sheet.read_text("utf-8").replace("max_length: 160, es: Nombre", "max_length: 400, es: Nombre")
    sheet.write_text(text, "utf-8")
    world.rows["dim_customer"][1]["legal_name"] = "X" * 200
    world.publish(hub.context())
    summary = hub.run()
    assert summary.parts["account"] == Counts(read=4, created=3, failed=1)
    assert summary.notes[0] == "1 × el texto es más largo de lo que admite la columna (name) [too_long]"
    # Its contact, offer and match cannot point to it: they wait, and nothing else does.
    assert summary.parts["contact"] == Counts(read=4, created=3, held=1)
    assert summary.parts["pc_offer"] == Counts(read=3, created=2, held=1)
    assert hub.neo.store.count("account") == 3
    [rejected] = [row for row in hub.ledger.outcomes.history(["CU-00000002"]) if row["target"] == "account"]
    assert (rejected["outcome"], rejected["reason_code"]) == ("rejected", "too_long")
    assert rejected["request_id"]
    assert "XXX" not in str(rejected)

    # Refused rows are tried again by the next run; mended, they and what waited for them arrive.
    world.rows["dim_customer"][1]["legal_name"] = "Corto S.A.S."
    publish(hub.context(), "dim_customer", world.rows["dim_customer"])
    mended = {"account": 1, "contact": 1, "pc_offer": 1, "pc_certificate": 1, "pc_match": 1, "pc_stage": 1}
    assert created(hub.run()) == mended


def test_a_crash_half_way_leaves_nothing_lost_and_nothing_doubled(hub, world):
    world.publish(hub.context())
    hub.neo.fail(status=503, retry_after=3600, path="pc_offers/Microsoft.Dynamics.CRM.UpsertMultiple")
    with pytest.raises(RetriableError):
        hub.run()
    assert hub.outcomes()["account", "created"] == hub.neo.store.count("account") == 4
    summary = hub.run()
    assert summary.parts["account"] == Counts(read=4, unchanged=4)
    assert hub.row_counts() == EXPECTED


def test_a_lost_answer_a_throttling_and_an_expired_token_only_cost_time(hub, world):
    """After the 504 nobody knows whether NEO did the work (it did): the chunk is sent again, by its key."""
    world.publish(hub.context())
    hub.neo.fail(status=504, stage="after", path="accounts/Microsoft.Dynamics.CRM.UpsertMultiple")
    hub.neo.fail(status=429, times=2, retry_after=1, path="contacts/Microsoft.Dynamics.CRM.UpsertMultiple")
    hub.neo.expire_tokens()
    assert created(hub.run()) == EXPECTED
    assert hub.row_counts() == EXPECTED


def test_a_run_killed_before_its_receipt_is_recognised(hub, world, monkeypatch):
    """The chunk is in NEO, the ledger never heard of it: the next run finds the rows equal and goes on."""

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    world.publish(hub.context())
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(type(hub.ledger.outcomes), "add_with_sent", die)
        hub.run()
    arrived = hub.neo.store.count("account")
    assert arrived > 0
    assert hub.run().parts["account"] == Counts(read=4, unchanged=arrived, created=4 - arrived)
    assert hub.row_counts() == EXPECTED


def test_the_kill_switch_stops_it_before_it_begins(hub):
    hub.ledger.switches.turn(SWITCH, on=False, reason="auditoría", actor="prueba")
    assert hub.run().skipped
    assert hub.neo.requests() == []


def test_the_kill_switch_stops_it_half_way_and_the_rest_is_held(hub, world, monkeypatch):
    world.publish(hub.context())
    answers = iter([True] * 3 + [False] * 100)
    with monkeypatch.context() as patch:
        patch.setattr(type(hub.ledger.switches), "is_on", lambda *_: next(answers))
        summary = hub.run()
    assert 0 < summary.total.created < TOTAL
    assert summary.total.held == TOTAL - summary.total.created
    assert sum(hub.row_counts().values()) == summary.total.created
    # What was held is not forgotten: the inputs do not count as consumed.
    assert hub.ledger.runs.consumed("writeback") is None


def test_two_runs_never_write_at_once(hub):
    assert hub.ledger.locks.acquire("writeback:neo", "another run", 600)
    with pytest.raises(RetriableError, match="another run"):
        hub.run()
    assert hub.neo.requests() == []
