"""The registration gate: who is let in, who is called first, who mends a form, and that nobody is decided on twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from include.core.clock import FixedClock
from include.stages.protocol import StageContext
from include.stages.registration import run
from include.stages.screening.tables import DOOR
from tests.stages.registration_lake import (
    BUYER,
    KNOWN,
    NEW,
    buyer_form,
    form,
    publish_registrations,
    quarantine,
)
from tests.stages.sarlaft_lake import INSTANT, TEXT, customer, publish, rows


def decision(ctx: StageContext, registration_id: str) -> dict[str, Any]:
    (row,) = rows(ctx, "fct_registration_decision", registration_id=registration_id)
    return row


def later(ctx: StageContext, run_id: str = "run-2") -> StageContext:
    return replace(ctx, clock=FixedClock(ctx.clock.now() + timedelta(hours=1)), run_id=run_id)


def test_waits_for_its_inputs(ctx: StageContext) -> None:
    assert run(ctx).skipped


def test_an_exporter_neo_knows_is_let_in(ctx: StageContext) -> None:
    publish_registrations(ctx, [form("R1")], links={"R1": "CU-00000001"})
    summary = run(ctx)
    row = decision(ctx, "R1")
    assert (row["decision"], row["reason_code"]) == ("accept", "known_exporter")
    assert (row["customer_id"], row["neo_account_id"]) == ("CU-00000001", "acc-1")
    assert row["advisor_id"] is None
    assert "quedó aceptado" in row["message_es"]
    assert "has been accepted" in row["message_en"]
    assert summary.notes[0] == "decided now: 1 accept"


def test_an_exporter_nobody_knows_is_refused_and_somebody_will_call(ctx: StageContext) -> None:
    publish_registrations(ctx, [form("R1")], links={"R1": "CU-00000002"})
    run(ctx)
    row = decision(ctx, "R1")
    assert (row["decision"], row["reason_code"]) == ("refuse", "not_in_neo")
    assert (row["sector"], row["department_code"], row["office_slug"]) == ("cafe", "66", "eje_cafetero")
    assert (row["advisor_id"], row["advisor_email"]) == ("ad-eje", "ana.toro@procolombia.example")
    assert "Ana Toro, asesor de ProColombia en Eje Cafetero, le llamará" in row["message_es"]
    assert "Ana Toro, ProColombia advisor in Eje Cafetero, will call you" in row["message_en"]
    assert row["contact_name"] == "Lucía Marín"
    assert row["contact_phone"] == "+573105551234"


def test_a_company_without_customer_or_place_is_called_by_the_central_office(ctx: StageContext) -> None:
    publish_registrations(ctx, [form("R1", city="Leticia", department="Amazonas", hs_codes=[], product_text="Açaí")])
    run(ctx)
    row = decision(ctx, "R1")
    assert (row["decision"], row["customer_id"], row["advisor_id"]) == ("refuse", None, "ad-central")


def test_a_buyer_is_welcome_and_gets_the_advisor_of_the_country(ctx: StageContext) -> None:
    publish_registrations(ctx, [buyer_form("R1")], links={"R1": "CU-00000003"})
    run(ctx)
    row = decision(ctx, "R1")
    assert (row["decision"], row["reason_code"], row["advisor_id"]) == ("accept", "new_buyer", "ad-usa")
    assert row["office_slug"] == "estados_unidos"
    assert row["language"] == "en"
    assert "Luis Prado" in row["message_en"]


def test_whoever_is_not_enabled_waits_and_reads_the_same_words(ctx: StageContext) -> None:
    states = ("sin_consultar", "en_verificacion", "restringido")
    known = {f"CU-1{number}": state for number, state in enumerate(states)}
    buyers = {f"CU-2{number}": state for number, state in enumerate(states)}
    publish_registrations(
        ctx,
        [form(f"R-{key}") for key in known] + [buyer_form(f"R-{key}") for key in buyers],
        links={f"R-{key}": key for key in known | buyers},
        customers=[customer(key, f"Empresa {key} S.A.S.") for key in known | buyers],
        states=known | buyers,
    )
    run(ctx)
    decisions = rows(ctx, "fct_registration_decision")
    assert len(decisions) == 6
    assert {(row["decision"], row["reason_code"]) for row in decisions} == {("review", "verification")}
    assert {row["message_es"] for row in decisions} == {
        "Su registro está en proceso de verificación documental. Le informaremos por este medio."
    }


def test_a_buyer_who_is_no_customer_yet_is_let_in_by_the_state_at_the_door(ctx: StageContext) -> None:
    publish_registrations(ctx, [buyer_form("R1"), buyer_form("R2"), buyer_form("R3")])
    at_the_door = [{"registration_id": "R1", "state": "habilitado"}, {"registration_id": "R2", "state": "restringido"}]
    publish(ctx, "dim_registration_state", at_the_door, DOOR, "registration_id")
    run(ctx)
    assert {row["registration_id"]: row["decision"] for row in rows(ctx, "fct_registration_decision")} == {
        "R1": "accept",
        "R2": "review",
        "R3": "review",  # nobody has looked at it yet
    }
    assert decision(ctx, "R1")["customer_id"] is None
    # Let in, it became a customer: the decision stands and now says whose it is.
    again = later(ctx)
    publish_registrations(again, [buyer_form("R1", status="accepted")], links={"R1": "CU-00000003"})
    run(again)
    assert decision(again, "R1")["customer_id"] == "CU-00000003"
    assert decision(again, "R1")["decided_at"] == ctx.clock.now()


def test_an_unknown_company_that_is_being_verified_is_not_refused(ctx: StageContext) -> None:
    publish_registrations(ctx, [form("R1")], links={"R1": "CU-00000002"}, states={"CU-00000002": "en_verificacion"})
    run(ctx)
    assert decision(ctx, "R1")["decision"] == "review"


def test_match_before_refuse_a_company_in_doubt_waits_for_a_person(ctx: StageContext) -> None:
    pair = {"pair_id": "1", "left_source": "neo", "left_key": "acc-1", "right_source": "portal_registration",
            "right_key": "R1"}  # fmt: skip
    publish_registrations(ctx, [form("R1"), form("R2")], pairs=[pair])
    run(ctx)
    assert decision(ctx, "R1")["decision"] == "review"
    assert decision(ctx, "R2")["decision"] == "refuse"


def test_a_form_nobody_can_work_with_comes_back(ctx: StageContext) -> None:
    forms = {
        "R1": ({"nit": "NO REPORTA"}, "nit_missing", "falta el NIT"),
        "R2": ({"nit": None}, "nit_missing", "falta el NIT"),
        "R3": ({"email": "notiene@", "phone": ""}, "contact_missing", "no tenemos cómo escribirle ni llamarle"),
    }
    publish_registrations(
        ctx, [form(key, **fields) for key, (fields, _, _) in forms.items()], links=dict.fromkeys(forms, "CU-00000001")
    )
    run(ctx)
    for key, (_, reason, told) in forms.items():
        row = decision(ctx, key)
        assert (row["decision"], row["reason_code"]) == ("correct", reason)
        assert told in row["message_es"]


def test_what_could_not_pass_the_door_is_told_what_to_mend(ctx: StageContext) -> None:
    refused = [
        ("nit", "nit_check_digit", "dígito de verificación. Revíselo en el RUT", "check it in the RUT"),
        ("company_name", "missing_field", "falta el nombre de la empresa", "the name of the company is missing"),
        ("country", "unknown_country", "no reconocemos el país", "we do not recognise the country"),
        ("submitted_at", "bad_date", "fecha que no existe en la fecha de envío", "impossible date"),
        ("email", "a_reason_of_tomorrow", "no pudimos leer en el correo electrónico", "could not read"),
    ]
    publish_registrations(ctx, [])
    for number, (field, reason, _, _) in enumerate(refused):
        quarantine(ctx, f"R{number}", field, reason)
    quarantine(ctx, "no-key-0123", "registration_id", "missing_field")  # nobody could be answered
    run(ctx)
    assert len(rows(ctx, "fct_registration_decision")) == len(refused)
    for number, (_, reason, told_es, told_en) in enumerate(refused):
        row = decision(ctx, f"R{number}")
        assert (row["decision"], row["reason_code"]) == ("correct", reason)
        assert told_es in row["message_es"]
        assert told_en in row["message_en"]


def test_a_corrected_form_is_decided_anew(ctx: StageContext) -> None:
    publish_registrations(ctx, [])
    quarantine(ctx, "R9", "nit", "nit_check_digit", nit="900111222-9")
    run(ctx)
    assert decision(ctx, "R9")["decision"] == "correct"
    again = later(ctx)
    again.ledger.quarantine.resolve([row["id"] for row in again.ledger.quarantine.open()], again.run_id)
    publish_registrations(again, [form("R9")], links={"R9": "CU-00000001"})
    run(again)
    assert decision(again, "R9")["decision"] == "accept"


def test_decisions_are_taken_once(ctx: StageContext) -> None:
    publish_registrations(ctx, [form("R1"), form("R2")], links={"R1": "CU-00000002", "R2": "CU-00000001"})
    run(ctx)
    before = rows(ctx, "fct_registration_decision")
    # The refused company was since brought into NEO; the answer it got stands, its next registration is another matter.
    again = later(ctx)
    publish_registrations(
        again,
        [form("R1", status="refused"), form("R2", status="accepted", phone="+57 310 0000000"), form("R3")],
        links={"R1": "CU-00000002", "R2": "CU-00000001", "R3": "CU-00000002"},
        customers=[KNOWN, NEW | {"is_in_neo": True}, BUYER],
    )
    run(again)
    after = rows(again, "fct_registration_decision")
    assert after[:2] == before
    assert after[2]["decision"] == "accept"


def test_a_second_run_publishes_nothing(ctx: StageContext) -> None:
    publish_registrations(ctx, [form("R1"), buyer_form("R2")], links={"R1": "CU-00000002", "R2": "CU-00000003"})
    run(ctx)
    before = {row["dataset"]: row["version"] for row in ctx.ledger.datasets.all_current()}
    summary = run(later(ctx))
    assert {row["dataset"]: row["version"] for row in ctx.ledger.datasets.all_current()} == before
    assert summary.notes == ["nothing new to decide"]


def test_a_review_ends_when_the_company_is_enabled(ctx: StageContext) -> None:
    links = {"R1": "CU-00000001"}
    publish_registrations(ctx, [form("R1")], links=links, states={"CU-00000001": "en_verificacion"})
    run(ctx)
    waiting = decision(ctx, "R1")
    still = later(ctx)
    run(still)
    assert decision(still, "R1") == waiting
    free = later(ctx, "run-3")
    publish_registrations(free, [form("R1", status="in_review")], links=links)
    run(free)
    assert decision(free, "R1")["decision"] == "accept"
    assert decision(free, "R1")["decided_at"] == free.clock.now()


def test_a_form_the_company_wrote_anew_is_decided_anew(ctx: StageContext) -> None:
    publish_registrations(ctx, [form("R1", nit=None)], links={"R1": "CU-00000001"})
    run(ctx)
    again = later(ctx)
    publish_registrations(again, [form("R1", status="needs_correction")], links={"R1": "CU-00000001"})
    run(again)
    assert decision(again, "R1")["decision"] == "accept"


def test_history_before_the_hub_is_left_alone(ctx: StageContext) -> None:
    publish_registrations(ctx, [form("R1", status="accepted"), form("R2", status="refused")])
    run(ctx)
    assert rows(ctx, "fct_registration_decision") == []


def test_the_work_is_shared_among_colleagues(ctx: StageContext) -> None:
    forms = [form(f"R{number}") for number in range(6)]
    publish_registrations(ctx, forms)
    second = dict(rows(ctx, "stg_directory__advisors", advisor_id="ad-eje")[0], advisor_id="ad-eje-2")
    table = ctx.lake.read("stg_directory__advisors")
    publish(ctx, "stg_directory__advisors", [*table.to_pylist(), second], table.schema, "advisor_id")
    run(ctx)
    chosen = [row["advisor_id"] for row in rows(ctx, "fct_registration_decision")]
    assert sorted(chosen) == ["ad-eje"] * 3 + ["ad-eje-2"] * 3


# --- the journey


def steps(ctx: StageContext, customer_id: str) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in rows(ctx, "fct_stage", customer_id=customer_id)}


def test_the_journey_tells_what_happened_in_neutral_words(ctx: StageContext) -> None:
    publish_registrations(
        ctx,
        [form("R1"), buyer_form("R2")],
        links={"R1": "CU-00000001", "R2": "CU-00000003"},
        states={"CU-00000001": "restringido", "CU-00000002": "en_verificacion", "CU-00000003": "habilitado"},
    )
    run(ctx)
    restricted = steps(ctx, "CU-00000001")
    assert restricted["registration_received"]["detail_es"] == "Llegó por una feria o rueda de negocios."
    assert restricted["registration_review"]["what_es"] == "Registro en verificación documental"
    words = {steps(ctx, one)["verification_running"]["what_es"] for one in ("CU-00000001", "CU-00000002")}
    assert words == {"Verificación documental en curso"}
    assert steps(ctx, "CU-00000003")["verification_done"]["what_es"] == "Verificación documental completada"
    assert steps(ctx, "CU-00000003")["registration_accept"]["occurred_at"] == ctx.clock.now()


def test_both_sides_of_a_contact_have_it_in_their_journey(ctx: StageContext) -> None:
    publish_registrations(ctx, [])
    xref = [
        {"source": "portal", "source_key": "C1", "hub_id": "CU-00000001"},
        {"source": "portal", "source_key": "C3", "hub_id": "CU-00000003"},
    ]
    table = ctx.lake.read("int_customer_xref")
    publish(ctx, "int_customer_xref", xref, table.schema, "source", "source_key")
    asked = datetime(2026, 11, 2, 9, tzinfo=UTC)
    from include.stages.registering.journey import ABSENT

    request = {"request_id": "Q1", "buyer_company_id": "C3", "exporter_company_id": "C1", "requested_at": asked,
               "answered_at": asked + timedelta(hours=3), "status": "answered", "updated_at": asked}  # fmt: skip
    publish(ctx, "stg_portal__contact_requests", [request], ABSENT["stg_portal__contact_requests"], "request_id")
    opportunity = {"opportunity_id": "O1", "exporter_company_id": "C1", "buyer_company_id": "C3", "stage": "muestras",
                   "created_at": asked, "updated_at": asked}  # fmt: skip
    publish(ctx, "stg_portal__opportunities", [opportunity], ABSENT["stg_portal__opportunities"], "opportunity_id")
    run(ctx)
    exporter, buyer = steps(ctx, "CU-00000001"), steps(ctx, "CU-00000003")
    assert exporter["contact_requested"]["what_es"] == "Un comprador pidió contactarle"
    assert buyer["contact_requested"]["what_es"] == "Pidió contactar a un exportador"
    assert exporter["contact_answered"]["occurred_at"] == asked + timedelta(hours=3)
    assert buyer["opportunity_muestras"]["what_es"] == "Oportunidad: muestras"


def test_a_step_that_is_over_stays_told_at_its_first_instant(ctx: StageContext) -> None:
    companies = [("company_id", TEXT), ("profile_status", TEXT), ("updated_at", INSTANT)]
    import pyarrow as pa

    def profile(where: StageContext, status: str, day: int) -> None:
        row = {"company_id": "C1", "profile_status": status, "updated_at": datetime(2026, 11, day, tzinfo=UTC)}
        publish(where, "stg_portal__companies", [row], pa.schema(companies), "company_id")

    publish_registrations(ctx, [])
    xref = [{"source": "portal", "source_key": "C1", "hub_id": "CU-00000001"}]
    publish(ctx, "int_customer_xref", xref, ctx.lake.read("int_customer_xref").schema, "source", "source_key")
    profile(ctx, "pending", 1)
    run(ctx)
    again = later(ctx)
    profile(again, "approved", 3)
    run(again)
    third = later(again, "run-3")
    profile(third, "approved", 9)  # the company edited its profile: it was approved on the third all the same
    run(third)
    found = steps(third, "CU-00000001")
    assert found["profile_pending"]["occurred_at"].day == 1
    assert found["profile_approved"]["occurred_at"].day == 3


def test_a_customer_that_is_gone_has_no_journey(ctx: StageContext) -> None:
    publish_registrations(ctx, [form("R1")], links={"R1": "CU-00000001"})
    run(ctx)
    again = later(ctx)
    publish_registrations(again, [form("R1")], customers=[customer("CU-00000009", "Otra Empresa S.A.S.")])
    run(again)
    assert steps(again, "CU-00000001") == {}


def test_free_words_lead_to_a_sector_in_both_languages(ctx: StageContext) -> None:
    """Read with the vocabulary of matching; what nobody can read leads to no sector, not to a guess."""
    told = {
        "R1": ("Café verde especial en grano", "cafe"),
        "R2": ("Cut roses", "flores"),
        "R3": ("Chocolate de mesa, cacao en polvo", "cacao"),
        "R4": ("Xyzzy", None),
    }
    publish_registrations(ctx, [form(key, hs_codes=[], product_text=text) for key, (text, _) in told.items()])
    run(ctx)
    assert {row["registration_id"]: row["sector"] for row in rows(ctx, "fct_registration_decision")} == {
        key: sector for key, (_, sector) in told.items()
    }
