"""The matchmaking stage on a small lake: what it publishes, when it does nothing, and what it never shows."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from include.core.clock import FixedClock
from include.sandbox.world import build_world
from include.stages.matchmaking import OUTPUTS, run
from include.stages.protocol import StageContext, run_stage
from include.store.ledger import Ledger
from tests.stages.matchmaking_lake import (
    BASIC_PAPERS,
    buyer,
    certificate,
    exporter,
    need,
    offer,
    publish,
    publish_inputs,
    publish_world,
    table,
)


@pytest.fixture
def small(ctx: StageContext) -> StageContext:
    """Three exporters and three buyers; E3 lacks CITES, N3 wants what nobody sells."""
    lacking = [certificate(code) for code in BASIC_PAPERS if code != "CITES"]
    publish_inputs(
        ctx,
        [exporter("1"), exporter("2"), exporter("3"), buyer("1"), buyer("2"), buyer("3")],
        [offer("1", "E1"), offer("2", "E2", status="paused"), offer("3", "E3", certificates=lacking)],
        [
            need("1", "B1"),
            need("2", "B2", certificates_required=["SMETA"]),
            need("3", "B3", title="Turbinas", description="", hs_codes=["8406"]),
            need("4", "B3", status="closed"),
        ],
    )
    return ctx


def at(ctx: StageContext, day: str, run_id: str = "later") -> StageContext:
    moment = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    return replace(ctx, clock=FixedClock(moment), run_id=run_id)


def test_states_of_the_pairs(small: StageContext) -> None:
    summary = run(small)
    matches = table(small, "fct_match", "match_id")
    assert {key: row["state"] for key, row in matches.items()} == {
        "N1|O1": "eligible",
        "N1|O2": "discarded",
        "N1|O3": "discarded",
        "N2|O1": "discarded",
        "N2|O2": "discarded",
        "N2|O3": "discarded",
    }
    assert matches["N1|O1"]["rank"] == 1
    assert matches["N1|O3"]["missing"] == ["Permiso CITES o NO CITES"]
    assert json.loads(matches["N1|O3"]["gates"])["requirements"]["answer"] == "no"
    assert summary.parts["fct_match"].created == 6
    assert set(summary.versions_out) == set(OUTPUTS)


def test_coverage_gaps_unlocks_and_guides(small: StageContext) -> None:
    run(small)
    coverage = table(small, "fct_need_coverage", "need_id")
    assert {key: (row["state"], row["unmet_kind"]) for key, row in coverage.items()} == {
        "N1": ("thin", None),
        "N2": ("unmet", "one_away"),
        "N3": ("unmet", "no_supply"),
    }
    assert json.loads(coverage["N2"]["missing_sets"]) == [["SMETA"]]
    unlock = table(small, "fct_requirement_unlock", "requirement_code")["SMETA"]
    assert (unlock["needs"], unlock["sole_needs"], unlock["exporters"], unlock["plan_order"]) == (1, 1, 1, 1)
    assert unlock["sole_usd"] is None
    gaps = table(small, "fct_demand_gap", "gap_id")
    assert gaps["4202|CR|2026"]["top_requirement"] == "SMETA"
    assert gaps["4202|CR|2026"]["exporters_one_away"] == 1
    guide = table(small, "fct_exporter_guide", "customer_id", "market", "requirement_code")
    assert guide["CU-E3", "CR", "CITES"]["level"] == "mandatory"
    assert ("CU-E1", "CR", "CITES") not in guide


def test_requirements_are_published_with_their_dates(small: StageContext) -> None:
    run(small)
    rows = [
        row for row in table(small, "ref_requirement", "requirement_key").values() if row["requirement_code"] == "EUDR"
    ]
    assert {row["valid_from"] for row in rows} == {date(2026, 12, 30), date(2027, 6, 30)}


def test_a_second_run_of_the_day_does_nothing(small: StageContext, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(small)
    monkeypatch.setattr("include.stages.matchmaking.read_facts", lambda con: pytest.fail("read the facts again"))
    again = run(replace(small, run_id="run-2"))
    assert again.versions_out == first.versions_out
    assert again.total.created == again.total.changed == 0
    assert again.parts["fct_match"].unchanged == 6


def test_the_next_day_publishes_nothing_unless_something_flipped(small: StageContext) -> None:
    first = run(small)
    assert run(at(small, "2026-11-04")).versions_out == first.versions_out
    late = run(at(small, "2027-02-20"))
    assert late.versions_out["fct_match"] != first.versions_out["fct_match"]
    flipped = table(small, "fct_match", "match_id")["N1|O1"]
    assert json.loads(flipped["gates"])["dates"]["answer"] == "no"


def test_a_certificate_expires_at_midnight(small: StageContext) -> None:
    papers = [certificate(code, "2026-11-03" if code == "CITES" else None) for code in BASIC_PAPERS]
    publish(small, "stg_portal__offers", [offer("1", "E1", certificates=papers), offer("2", "E2")])
    publish(small, "stg_portal__needs", [need("1", "B1", latest_on=None)])
    run(small)
    assert {key: row["state"] for key, row in table(small, "fct_match", "match_id").items()} == {
        "N1|O1": "eligible",
        "N1|O2": "eligible",
    }
    summary = run(at(small, "2026-11-04"))
    assert (summary.parts["fct_match"].changed, summary.parts["fct_match"].unchanged) == (2, 0)
    after = table(small, "fct_match", "match_id")
    assert {key: row["state"] for key, row in after.items()} == {"N1|O1": "discarded", "N1|O2": "eligible"}
    assert after["N1|O2"]["rank"] == 1  # it moved up


def test_only_what_changed_is_judged_again(small: StageContext) -> None:
    run(small)
    lacking = [certificate(code) for code in BASIC_PAPERS if code != "CITES"]
    offers = [
        offer("1", "E1", price_usd=50.0),
        offer("2", "E2", status="paused"),
        offer("3", "E3", certificates=lacking),
    ]
    publish(small, "stg_portal__offers", offers)
    summary = run(replace(small, run_id="run-2"))
    assert "4 of 6 pairs taken over unchanged" in summary.notes
    assert (summary.parts["fct_match"].changed, summary.parts["fct_match"].unchanged) == (2, 4)


def test_incremental_equals_full(small: StageContext, tmp_path: Any) -> None:
    run(small)
    changed = [offer("1", "E1", lead_time_days=None), offer("2", "E2"), offer("4", "E3", codes_confirmed=False)]
    publish(small, "stg_portal__offers", changed)
    summary = run(replace(small, run_id="run-2"))
    incremental = small.lake.read("fct_match")
    assert not summary.notes[-1].startswith(f"{incremental.num_rows} of")

    ledger = Ledger(f"sqlite:///{tmp_path / 'fresh.db'}", small.clock)
    ledger.migrate()
    fresh = replace(small, ledger=ledger, lake=type(small.lake)(str(tmp_path / "fresh"), ledger))
    for dataset in (
        "dim_customer",
        "int_customer_xref",
        "dim_sarlaft_state",
        "stg_portal__offers",
        "stg_portal__needs",
    ):
        version = small.lake.current(dataset)
        assert version is not None
        fresh.lake.publish(dataset, small.lake.read(version), key=version.key, run_id="copy")
    run(fresh)
    assert fresh.lake.read("fct_match").equals(incremental)
    ledger.close()


@pytest.mark.parametrize("state", ["en_verificacion", "restringido", "sin_consultar"])
def test_a_party_that_is_not_clear_is_in_no_output(small: StageContext, state: str) -> None:
    """Every dataset, every column, the summary: nothing names it and nothing counts it."""
    run(small)
    before = {dataset: small.lake.read(dataset) for dataset in OUTPUTS}
    people = [exporter("1"), exporter("2"), exporter("3"), buyer("1"), buyer("2"), buyer("3")]
    hidden = [exporter("9", trade_name="Secreta"), buyer("9")]
    lacking = [certificate(code) for code in BASIC_PAPERS if code != "CITES"]
    publish_inputs(
        small,
        [*people, *hidden],
        [
            offer("1", "E1"), offer("2", "E2", status="paused"), offer("3", "E3", certificates=lacking),
            offer("9", "E9", certificates=lacking),
        ],
        [
            need("1", "B1"), need("2", "B2", certificates_required=["SMETA"]),
            need("3", "B3", title="Turbinas", description="", hs_codes=["8406"]), need("9", "B9"),
        ],
        states={"CU-E9": state, "CU-B9": state},
    )  # fmt: skip
    summary = run(replace(small, run_id="run-2"))
    for dataset, table_before in before.items():
        assert small.lake.read(dataset).equals(table_before), dataset
    assert summary.total.created == summary.total.changed == summary.total.held == 0


def test_without_sarlaft_states_nobody_is_matched(ctx: StageContext) -> None:
    customers = [exporter("1"), buyer("1")]
    publish(ctx, "dim_customer", customers)
    links = [
        {"source": "portal", "source_key": row["portal_company_id"], "hub_id": row["customer_id"]} for row in customers
    ]
    publish(ctx, "int_customer_xref", links)
    publish(ctx, "stg_portal__offers", [offer("1", "E1")])
    publish(ctx, "stg_portal__needs", [need("1", "B1")])
    run(ctx)
    for dataset in ("fct_match", "fct_need_coverage", "fct_demand_gap", "fct_exporter_guide"):
        assert ctx.lake.read(dataset).num_rows == 0


def test_a_company_that_is_not_resolved_yet_is_held_and_told(small: StageContext) -> None:
    publish(small, "stg_portal__needs", [need("1", "B1"), need("2", "B77")])
    summary = run(small)
    assert summary.parts["unresolved_needs"].held == 1
    assert "1 needs wait for their company to be resolved" in summary.notes


def test_past_contacts_make_the_track_record(small: StageContext) -> None:
    row = {"need_id": "N1", "offer_id": "O1", "exporter_company_id": "E1", "buyer_company_id": "B1"}
    moment = datetime(2026, 10, 1, tzinfo=UTC)
    publish(
        small,
        "stg_portal__opportunities",
        [
            {**row, "opportunity_id": f"P{n}", "stage": "cierre", "is_effective": True, "updated_at": moment}
            for n in range(9)
        ],
    )
    silent = {**row, "request_id": "R1", "exporter_company_id": "E3", "status": "expired", "updated_at": moment}
    publish(small, "stg_portal__contact_requests", [silent])
    run(small)
    factors = {key: json.loads(row["factors"]) for key, row in table(small, "fct_match", "match_id").items()}
    assert factors["N1|O1"]["record"]["x"] > factors["N1|O3"]["record"]["x"]
    assert factors["N1|O1"]["experience"]["low"] > factors["N1|O3"]["experience"]["low"]


def test_a_missing_input_is_said_and_nothing_happens(ctx: StageContext) -> None:
    summary = run(ctx)
    assert summary.skipped
    assert "stg_portal__offers" in summary.notes[0]
    assert ctx.lake.current("fct_match") is None


def test_values_of_few_buyers_are_not_published(ctx: StageContext) -> None:
    """A cell, its unmet part and its best requirement each need three buyers of their own."""
    buyers = [buyer(str(n)) for n in range(6)]
    asked = [need(str(n), f"B{n}", certificates_required=["SMETA"] if n < 3 else []) for n in range(6)]
    asked += [need("7", "B0", market="PA"), need("8", "B1", market="PA", certificates_required=["SMETA"])]
    publish_inputs(ctx, [exporter("1"), *buyers], [offer("1", "E1")], asked)
    run(ctx)
    gaps = table(ctx, "fct_demand_gap", "gap_id")
    many, few = gaps["4202|CR|2026"], gaps["4202|PA|2026"]
    assert (many["value_usd"], many["unmet_value_usd"], many["unlock_usd"]) == (600_000, 300_000, 300_000)
    assert many["priority"] == 300_000 * (0.5 + 0.5 / 3)
    assert [few[name] for name in ("value_usd", "unmet_value_usd", "unlock_usd", "priority", "coverage")] == [None] * 5
    assert (few["needs"], few["buyers"]) == (2, 2)


def test_the_quick_world_is_matched_in_seconds(ctx: StageContext) -> None:
    publish_world(ctx, build_world("quick", seed=11))
    summary = run_stage("matchmaking", at(ctx, "2026-11-21"))
    states = [row["state"] for row in table(ctx, "fct_match", "match_id").values()]
    assert {"eligible", "waiting", "discarded"} <= set(states)
    assert summary.seconds < 20
