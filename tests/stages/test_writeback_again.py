"""Runs after the first one: nothing to do, something changed, and people who work in NEO too.

The first run is made once for the module; every test starts from a copy of the state it left.
"""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from connectors.neo.client import open_neo
from include.core.summary import Counts
from include.sandbox.neo.users import ensure_application_users
from include.stages.ingest import run_source
from include.stages.provision import apply_provisioning
from include.stages.writing.explain import current_plan, explain_row
from include.stages.writing.plan_dataset import DATASET
from tests.fixtures.live_neo import LiveNeo, start_neo
from tests.stages.writeback_hub import ADVISOR, EXPECTED, created, open_hub, seed_advisor
from tests.stages.writeback_world import World, publish, small_world

TOTAL = sum(EXPECTED.values())


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory):
    """A NEO with the small world in it, and the folder of the hub that wrote it."""
    folder = tmp_path_factory.mktemp("settled")
    neo, server = start_neo(tmp_path_factory.mktemp("neo"))
    with open_neo(neo.settings(folder)) as client:
        apply_provisioning(client, neo.schema)
    seed_advisor(neo)
    with pytest.MonkeyPatch.context() as patch, open_hub(neo, folder) as hub:
        patch.setattr("include.stages.ingesting.publishing.judge_batches", lambda batches: [])
        small_world().publish(hub.context())
        assert created(hub.run()) == EXPECTED
    neo.store.mark_baseline()
    yield neo, folder
    server.stop()
    neo.store.close()


@pytest.fixture
def hub(first_run: tuple[LiveNeo, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("include.stages.ingesting.publishing.judge_batches", lambda batches: [])
    neo, folder = first_run
    neo.store.reset()
    ensure_application_users(neo.store, neo.app.state.web_api.identity)
    neo.forget_requests()
    mine = tmp_path / "hub"
    shutil.copytree(folder, mine)
    with open_hub(neo, mine) as opened:
        yield opened


@pytest.fixture
def world() -> World:
    return small_world()


# --- what the first run left


def test_rows_are_linked_and_say_where_they_come_from(hub):
    [match] = hub.rows("pc_match", pc_hubid="N-1|O-2")
    [supplier] = hub.rows("account", pc_hubid="CU-00000002")
    [contact] = hub.rows("contact", pc_hubid="PE-00000002")
    assert match["_pc_supplierid_value"] == contact["_parentcustomerid_value"] == supplier["accountid"]
    assert supplier["pc_sarlaftstate"] == 727000001
    assert supplier["pc_provenance"] == "Teléfono: Portal, 2026-11-01"
    assert (supplier["address1_country"], supplier["pc_completeness"]) == ("Colombia", 75.5)


def test_the_advisor_finds_a_lead_and_a_task_with_its_date(hub):
    [lead] = hub.rows("lead")
    [task] = hub.rows("task")
    assert (lead["companyname"], lead["pc_nit"], lead["leadsourcecode"]) == ("Panela Nueva", "901555444", 8)
    assert task["_regardingobjectid_value"] == lead["leadid"]
    assert task["_ownerid_value"] == lead["_ownerid_value"] == ADVISOR
    assert task["scheduledend"] == "2026-11-03T22:00:00Z"  # Tuesday at five in the afternoon in Bogotá


def test_nothing_of_a_case_is_written_outside_its_table(hub):
    [case] = hub.rows("pc_sarlaftcase")
    assert (case["pc_matchedname"], case["pc_listcode"]) == ("CAFES DEL SUR", "LISTA-DEMO")
    for table in ("account", "contact", "pc_stage", "task", "lead", "pc_match"):
        text = str(hub.rows(table))
        assert "LISTA-DEMO" not in text, table
        assert "'CAFES DEL SUR'" not in text, table


def test_every_written_row_has_its_receipt(hub):
    assert hub.outcomes() == Counter({(table, "created"): rows for table, rows in EXPECTED.items()})
    assert all(row["request_id"] for row in hub.ledger.outcomes.history(["CU-00000001", "N-1|O-1"]))
    plan = hub.lake.read(DATASET).to_pylist()
    assert Counter(row["table_name"] for row in plan) == Counter(EXPECTED)


# --- nothing, or something, to do


def test_the_second_run_writes_nothing_and_the_third_does_not_even_look(hub):
    second = hub.run()
    assert second.total == Counts(read=TOTAL, unchanged=TOTAL)
    assert hub.writes() == []
    assert hub.lake.read(DATASET).num_rows == 0
    assert hub.outcomes().total() == TOTAL  # unchanged rows are counted, not told one by one
    assert hub.run().notes == ["nothing changed since the last run"]


def test_a_change_sends_only_that_column_of_that_row(hub, world):
    world.rows["dim_customer"][0]["website"] = "https://cafes.example"
    publish(hub.context(), "dim_customer", world.rows["dim_customer"])
    assert hub.run().parts["account"] == Counts(read=4, changed=1, unchanged=3)
    assert [entry["rows_written"] for entry in hub.writes()] == [1]
    [last] = hub.ledger.outcomes.history(["CU-00000001"], limit=1)
    assert (last["outcome"], last["columns"], last["before"]) == ("updated", ["websiteurl"], {"websiteurl": None})


def test_an_offer_that_left_the_portal_is_closed_with_its_matches_and_opened_when_it_returns(hub, world):
    for dataset in ("stg_portal__offers", "fct_match"):
        publish(hub.context(), dataset, world.rows[dataset][:-1])
    hub.run()
    assert {row["pc_hubid"]: row["statecode"] for row in hub.rows("pc_offer")} == {"O-1": 0, "O-2": 0, "O-3": 1}
    assert {row["pc_hubid"]: row["statecode"] for row in hub.rows("pc_match")}["N-1|O-3"] == 1
    publish(hub.context(), "stg_portal__offers", world.rows["stg_portal__offers"])
    hub.run()
    assert {row["statecode"] for row in hub.rows("pc_offer")} == {0}


# --- people work in NEO too


def test_a_persons_change_stands_and_is_told_once(hub, world):
    hub.edit("account", "CU-00000001", telephone1="+57 1 999", pc_completeness=1)
    hub.edit("task", "REG-R-1", subject="Ya hablé con ellos", scheduledend="2026-12-01T15:00:00Z")
    # The phone belongs to whoever changed it last, the completeness to the hub, the task to the advisor.
    assert hub.run().parts["account"] == Counts(read=4, changed=1, unchanged=3)
    [row] = hub.rows("account", pc_hubid="CU-00000001")
    assert (row["telephone1"], row["pc_completeness"]) == ("+57 1 999", 75.5)
    [task] = hub.rows("task")
    assert (task["subject"], task["scheduledend"]) == ("Ya hablé con ellos", "2026-12-01T15:00:00Z")

    for website in ("https://uno.example", "https://dos.example"):
        world.rows["dim_customer"][1]["website"] = website
        publish(hub.context(), "dim_customer", world.rows["dim_customer"])
        assert hub.run().parts["account"] == Counts(read=4, held=1, changed=1, unchanged=2)
    assert hub.outcomes()["account", "conflict"] == 1


def test_an_account_that_somebody_deleted_is_not_created_again(hub):
    with hub.client() as client:
        client.request("DELETE", "accounts(pc_hubid='CU-00000003')")
    summary = hub.run()
    assert summary.parts["account"] == Counts(read=4, held=1, unchanged=3)
    assert hub.neo.store.count("account") == 3


# --- the plan, shown


def test_one_record_is_shown_field_by_field_with_its_three_values(hub, world):
    hub.edit("account", "CU-00000001", telephone1="+57 1 999")
    world.rows["dim_customer"][0]["website"] = "https://cafes.example"
    publish(hub.context(), "dim_customer", world.rows["dim_customer"])
    run_source(hub.context(), "neo")
    planned = current_plan(hub.context())
    assert {(row.table, row.action) for row in planned.plan.rows} == {("account", "update")}
    [view] = explain_row(planned, "CU-00000001")
    shown = {change.column: change for change in view.changes}
    phone = shown["telephone1"]
    assert (phone.desired, phone.present, phone.base) == ("+57 300 000 0001", "+57 1 999", "+57 300 000 0001")
    assert (phone.verdict, shown["websiteurl"].verdict, shown["name"].verdict) == ("keep", "write", "same")
    assert len(hub.writes()) == 1  # the person's edit, and nothing of ours


def test_a_record_is_found_by_its_neo_id_too(hub):
    [account] = hub.rows("account", pc_hubid="CU-00000001")
    [view] = explain_row(current_plan(hub.context()), account["accountid"])
    assert (view.row_key, view.action) == ("CU-00000001", "unchanged")
