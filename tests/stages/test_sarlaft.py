"""The screening stage: cases opened once, states that tell nothing, lists that are not there clear nobody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from include.core.clock import FixedClock
from include.stages.protocol import StageContext
from include.stages.sarlaft import run
from include.store.lake import Lake
from include.store.ledger import Ledger
from tests.stages.registration_lake import buyer_form, form, publish_registrations
from tests.stages.sarlaft_lake import (
    PERSON,
    customer,
    entry,
    person,
    publish,
    publish_base,
    publish_list,
    publish_lists,
    rows,
)

LISTED = entry("17", ["VARGAS ZULETA, Evaristo Leonidas", "EL TUNO"], countries=["CO"])
LISTED_COMPANY = entry(
    "18",
    "COMERCIALIZADORA QUIMBAYA DORADA LTDA",
    "company",
    identifiers=[{"kind": "nit", "number": "830999123-1", "country": "CO"}],
    countries=["CO"],
)
CLEAN = customer("CU-00000001", "Flores La Esmeralda S.A.S.", nit="900111222")
HIT = customer("CU-00000002", "Inversiones Páramo Azul S.A.S.", nit="830999123")
BUYER = customer("CU-00000003", "Northwind Foods Inc", audience="buyer", country="US", tax_id="12-3456789")


def state_of(ctx: StageContext, customer_id: str) -> str:
    (row,) = rows(ctx, "dim_sarlaft_state", customer_id=customer_id)
    return str(row["state"])


def later(ctx: StageContext, run_id: str = "run-2", **delta: float) -> StageContext:
    """The same hub in another run, later."""
    clock = FixedClock(ctx.clock.now() + timedelta(**(delta or {"hours": 1})))
    ledger = Ledger(ctx.ledger.url, clock)
    return replace(ctx, clock=clock, ledger=ledger, lake=Lake(ctx.lake.root, ledger), run_id=run_id)


@pytest.fixture
def screened(ctx: StageContext) -> StageContext:
    publish_base(
        ctx,
        [CLEAN, HIT, BUYER],
        [
            person("PE-00000001", "CU-00000001", "Marta Lucía Cifuentes Roa", document_number="52111222"),
            person("PE-00000002", "CU-00000003", "John Archibald Smithers", country="US", document_type=None),
        ],
    )
    publish_lists(ctx, demo=[LISTED, LISTED_COMPANY])
    run(ctx)
    return ctx


def test_waits_for_its_inputs(ctx: StageContext) -> None:
    summary = run(ctx)
    assert summary.skipped
    assert "dim_customer" in summary.notes[0]


def test_everybody_is_compared_and_counted(screened: StageContext) -> None:
    assert {row["subject_id"]: row["state"] for row in rows(screened, "fct_screening")} == {
        "CU-00000001": "clear",
        "CU-00000002": "hits",
        "CU-00000003": "clear",
        "PE-00000001": "clear",
        "PE-00000002": "clear",
    }
    for row in rows(screened, "fct_screening"):
        assert {used["list_code"]: used["published_at"] for used in row["lists"]} == {
            "OFAC-SDN": "2026-11-01",
            "UN-SC": "2026-11-01",
            "LISTA-DEMO": "2026-11-01",
        }


def test_a_number_opens_an_exact_case_whatever_the_name(screened: StageContext) -> None:
    (case,) = rows(screened, "fct_sarlaft_case")
    assert case["customer_id"] == "CU-00000002"
    assert case["match_level"] == "exact"
    assert case["matched_name"] == "COMERCIALIZADORA QUIMBAYA DORADA LTDA"
    assert "830999123" in case["why_es"]
    assert case["state"] == "open"
    assert case["opened_at"] == screened.clock.now()
    # A Tuesday at noon UTC; two working days later at five in the afternoon, Bogotá.
    assert case["due_at"] == datetime(2026, 11, 5, 22, 0, tzinfo=UTC)


def test_states_are_neutral(screened: StageContext) -> None:
    assert state_of(screened, "CU-00000001") == "habilitado"
    assert state_of(screened, "CU-00000002") == "en_verificacion"
    assert state_of(screened, "CU-00000003") == "habilitado"
    assert screened.lake.read("dim_sarlaft_state").column_names == ["customer_id", "state", "since_at", "lists_as_of"]


def test_a_second_run_publishes_and_opens_nothing(screened: StageContext) -> None:
    before = {row["dataset"]: row["version"] for row in screened.ledger.datasets.all_current()}
    again = later(screened)
    summary = run(again)
    assert {row["dataset"]: row["version"] for row in screened.ledger.datasets.all_current()} == before
    assert summary.total.unchanged == summary.total.read
    assert "0 of them compared anew" in summary.notes[0]
    assert len(again.ledger.cases.all()) == 1


def test_a_missing_list_leaves_everything_incomplete(ctx: StageContext) -> None:
    publish_base(ctx, [CLEAN, HIT])
    publish_list(ctx, "LISTA-DEMO", [LISTED_COMPANY])
    summary = run(ctx)
    assert {row["subject_id"]: row["state"] for row in rows(ctx, "fct_screening")} == {
        "CU-00000001": "incomplete",
        "CU-00000002": "hits",
    }
    assert state_of(ctx, "CU-00000001") == "sin_consultar"
    assert state_of(ctx, "CU-00000002") == "en_verificacion"
    assert summary.notes[0].startswith("2 of 3 required sources")


def test_a_list_nobody_could_refresh_clears_nobody(screened: StageContext) -> None:
    stale = later(screened, days=4)
    run(stale)
    assert state_of(stale, "CU-00000001") == "sin_consultar"
    assert state_of(stale, "CU-00000002") == "en_verificacion"
    for code in ("OFAC-SDN", "UN-SC", "LISTA-DEMO"):
        active = stale.ledger.lists.active(code)
        assert active is not None
        kept = ("list_code", "version_id", "entries", "aliases", "state", "published_at", "dataset_version")
        stale.ledger.lists.add(**{name: active[name] for name in kept}, run_id="run-3")
    run(stale)
    assert state_of(stale, "CU-00000001") == "habilitado"


def test_a_person_stops_the_company_whatever_the_role(ctx: StageContext) -> None:
    # An exact name is a high finding, and a high one stops the company from any role.
    roles = ("legal_representative", "owner", "commercial", None)
    publish_base(
        ctx,
        [customer(f"CU-{number}", f"Empresa Cliente {number} S.A.S.") for number, _ in enumerate(roles)],
        [
            person(f"PE-{number}", f"CU-{number}", "Evaristo Leonidas Vargas Zuleta", role=role)
            for number, role in enumerate(roles)
        ],
    )
    publish_lists(ctx, demo=[LISTED])
    run(ctx)
    cases = rows(ctx, "fct_sarlaft_case")
    assert [(case["subject_kind"], case["match_level"]) for case in cases] == [("person", "high")] * 4
    assert {row["state"] for row in rows(ctx, "dim_sarlaft_state")} == {"en_verificacion"}


def test_a_weak_finding_on_a_salesperson_opens_a_case_and_stops_nobody(ctx: StageContext) -> None:
    found = person("PE-00000001", "CU-00000001", "Evaristo Vargas", role="commercial")
    publish_base(ctx, [CLEAN], [found])
    publish_lists(ctx, un=[entry("QDi.1", "VARGAS ZULETA, Evaristo Leonidas", is_binding=True)])
    run(ctx)
    (case,) = rows(ctx, "fct_sarlaft_case")
    assert case["is_binding"]
    assert case["match_level"] in ("low", "medium")
    assert state_of(ctx, "CU-00000001") == "habilitado"


def test_a_low_finding_opens_a_case_on_binding_lists_only(ctx: StageContext) -> None:
    # Same given names, same first surname, another second surname: a finding of the lowest level.
    publish_base(ctx, [CLEAN], [person("PE-00000001", "CU-00000001", "Evaristo Leonidas Baldomero Zuleta Pardo")])
    close = "ZULETA VARGAS, Evaristo Leonidas Baldomero"
    publish_lists(ctx, un=[entry("QDi.1", close, is_binding=True)], demo=[entry("18", close)])
    run(ctx)
    assert [row["match_level"] for row in rows(ctx, "int_screening_hit")] == ["low", "low"]
    assert [row["list_code"] for row in rows(ctx, "fct_sarlaft_case")] == ["UN-SC"]
    assert state_of(ctx, "CU-00000001") == "en_verificacion"


def decide(ctx: StageContext, state: str, case_id: str | None = None) -> None:
    """What will come back from NEO: a person closes the case."""
    found = case_id or ctx.ledger.cases.all()[0]["case_id"]
    ctx.ledger.cases.append(found, "state", state, "oficial", {"reason_code": "HOM-NOMBRE"}, ctx.run_id)


def test_decisions_in_the_ledger_are_honoured(ctx: StageContext) -> None:
    decisions = {
        "CU-1": ("closed_false_positive", "habilitado"),
        "CU-2": ("closed_pep_approved", "habilitado"),
        "CU-3": ("closed_risk_accepted", "habilitado"),
        "CU-4": ("closed_true_match", "restringido"),
        "CU-5": ("in_analysis", "en_verificacion"),
        "CU-6": ("a_state_of_tomorrow", "en_verificacion"),
    }
    publish_base(ctx, [HIT | {"customer_id": customer_id} for customer_id in decisions])
    publish_lists(ctx, demo=[LISTED_COMPANY])
    run(ctx)
    for case in ctx.ledger.cases.all():
        decide(ctx, decisions[case["facts"]["customer_id"]][0], case["case_id"])
    after = later(ctx)
    run(after)
    assert {case["customer_id"]: case["state"] for case in rows(after, "fct_sarlaft_case")} == {
        customer_id: closed_as for customer_id, (closed_as, _) in decisions.items()
    }
    assert {row["customer_id"]: row["state"] for row in rows(after, "dim_sarlaft_state")} == {
        customer_id: expected for customer_id, (_, expected) in decisions.items()
    }


def test_a_cleared_namesake_stays_cleared_until_something_that_counts_changes(screened: StageContext) -> None:
    decide(screened, "closed_false_positive")
    moved = later(screened, "run-2")
    publish_base(moved, [CLEAN, HIT | {"email": "otro@paramo.example"}, BUYER])
    run(moved)
    assert state_of(moved, "CU-00000002") == "habilitado"

    renamed = later(screened, "run-3", hours=2)
    publish_base(renamed, [CLEAN, HIT | {"trade_name": "Quimbaya Dorada"}, BUYER])
    run(renamed)
    assert state_of(renamed, "CU-00000002") == "en_verificacion"
    (case,) = rows(renamed, "fct_sarlaft_case")
    assert case["state"] == "reopened"
    assert case["subject_name"] == "Quimbaya Dorada"

    decide(renamed, "closed_false_positive")
    settled = later(screened, "run-4", hours=3)
    run(settled)
    assert state_of(settled, "CU-00000002") == "habilitado"


def test_a_new_alias_of_the_entry_reopens(screened: StageContext) -> None:
    decide(screened, "closed_false_positive")
    after = later(screened)
    names = ["COMERCIALIZADORA QUIMBAYA DORADA LTDA", "PARAMO AZUL"]
    alias = entry("18", names, "company", identifiers=LISTED_COMPANY["identifiers"], countries=["CO"])
    publish_list(after, "LISTA-DEMO", [LISTED, alias], "sha-2")
    run(after)
    assert state_of(after, "CU-00000002") == "en_verificacion"


def test_a_clearance_runs_out(screened: StageContext) -> None:
    decide(screened, "closed_false_positive")
    much_later = later(screened, days=366)
    run(much_later)
    assert rows(much_later, "fct_sarlaft_case")[0]["state"] == "reopened"


def test_an_entry_that_leaves_its_list_is_noted_and_closed_by_nobody(screened: StageContext) -> None:
    after = later(screened)
    publish_list(after, "LISTA-DEMO", [LISTED], "sha-2")
    run(after)
    assert rows(after, "int_screening_hit") == []
    (case,) = rows(after, "fct_sarlaft_case")
    assert case["state"] == "open"
    assert state_of(after, "CU-00000002") == "en_verificacion"
    run(later(screened, "run-3", hours=2))
    events = [event["event"] for event in after.ledger.cases.events(case["case_id"])]
    assert events == ["opened", "departed"]


def test_a_merged_company_takes_its_case_along(screened: StageContext) -> None:
    after = later(screened)
    after.ledger.identity.mint("customer", 3, "run-1")
    after.ledger.identity.transfer("CU-00000002", "CU-00000001", after.run_id)
    publish_base(after, [CLEAN, BUYER])
    run(after)
    (case,) = rows(after, "fct_sarlaft_case")
    assert case["customer_id"] == "CU-00000001"
    assert state_of(after, "CU-00000001") == "en_verificacion"


def test_changed_entries_meet_everybody_and_changed_people_meet_every_entry(screened: StageContext) -> None:
    after = later(screened)
    new_entry = entry("19", "FLORES LA ESMERALDA", "company", countries=["CO"])
    publish_list(after, "LISTA-DEMO", [LISTED, LISTED_COMPANY, new_entry], "sha-2")
    publish_base(after, [CLEAN, HIT, BUYER], [person("PE-00000009", "CU-00000003", "Evaristo Leonidas Vargas Zuleta")])
    summary = run(after)
    assert "4 records up to date, 1 of them compared anew" in summary.notes[0]
    found = {(row["subject_id"], row["list_entry_id"]) for row in rows(after, "int_screening_hit")}
    assert found == {("CU-00000001", "19"), ("CU-00000002", "18"), ("PE-00000009", "17")}


def test_the_small_step_gives_what_everything_at_once_gives(ctx: StageContext, screened: StageContext) -> None:
    after = later(screened)
    lists = [
        LISTED,
        entry("18", "COMERCIALIZADORA QUIMBAYA PLATEADA", "company"),
        entry("20", "NORTHWIND FOODS", "company"),
    ]
    publish_list(after, "LISTA-DEMO", lists, "sha-2")
    run(after)
    step = [row for row in rows(after, "int_screening_hit")]
    for dataset in ("int_screening_hit", "fct_screening"):
        table = after.lake.read(dataset)
        after.lake.publish(dataset, table.slice(0, 0), key=after.lake.pin([dataset])[dataset].key, run_id="run-x")
    run(later(screened, "run-3", hours=2))
    assert rows(after, "int_screening_hit") == step
    assert {row["subject_id"] for row in step} == {"CU-00000003"}


def test_screened_at_is_the_first_time_it_was_true(screened: StageContext) -> None:
    first = {row["subject_id"]: row["screened_at"] for row in rows(screened, "fct_screening")}
    after = later(screened)
    publish_base(after, [CLEAN | {"legal_name": "Flores La Esmeralda de la Sabana S.A.S."}, HIT, BUYER])
    run(after)
    now = {row["subject_id"]: row["screened_at"] for row in rows(after, "fct_screening")}
    assert now["CU-00000001"] == after.clock.now()
    assert now["CU-00000002"] == first["CU-00000002"]


# --- at the door


def test_whoever_asks_to_come_in_is_compared_before_being_a_customer(ctx: StageContext) -> None:
    publish_registrations(
        ctx,
        [
            form("R1", company_name="Inversiones Páramo Azul", nit="830999123"),
            buyer_form("R2", contact_first_name="Evaristo Leonidas", contact_last_name="Vargas Zuleta"),
            form("R3"),
            form("R4", contact_first_name="Evaristo Leonidas", contact_last_name="Vargas Zuleta"),
            form("R5", status="accepted", nit="830999123"),
        ],
        links={"R3": "CU-00000001", "R4": "CU-00000003"},
        customers=[CLEAN, BUYER],
    )
    publish(ctx, "dim_person", [], PERSON, "person_id")
    publish_lists(ctx, demo=[LISTED, LISTED_COMPANY])
    run(ctx)
    assert {row["registration_id"]: row["state"] for row in rows(ctx, "dim_registration_state")} == {
        "R1": "en_verificacion",  # the number of the company
        "R2": "en_verificacion",  # the name of the person
        "R3": "habilitado",
        "R4": "en_verificacion",
    }
    assert state_of(ctx, "CU-00000001") == "habilitado"
    assert state_of(ctx, "CU-00000003") == "en_verificacion", "who acts for a customer speaks for it"
    cases = {case["subject_id"]: case["customer_id"] for case in rows(ctx, "fct_sarlaft_case")}
    assert cases == {"RG-R1": None, "RG-R2-C": None, "RG-R4-C": "CU-00000003"}


def test_a_contact_who_left_the_door_keeps_the_weight_of_a_contact(ctx: StageContext) -> None:
    def arrive(where: StageContext, status: str) -> None:
        contact = form("R1", contact_first_name="Evaristo", contact_last_name="Vargas", status=status)
        publish_registrations(where, [contact], links={"R1": "CU-00000001"}, customers=[CLEAN])
        publish(where, "dim_person", [], PERSON, "person_id")
        run(where)

    publish_lists(ctx, un=[entry("QDi.1", "VARGAS ZULETA, Evaristo Leonidas", is_binding=True)])
    arrive(ctx, "pending")
    assert len(rows(ctx, "fct_sarlaft_case")) == 1
    assert state_of(ctx, "CU-00000001") == "habilitado"
    after = later(ctx)
    arrive(after, "accepted")
    assert state_of(after, "CU-00000001") == "habilitado"
    assert rows(after, "dim_registration_state") == []
