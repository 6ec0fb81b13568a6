"""One customer each: what the stage makes of small tables and of the whole invented world."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from include.core.clock import FixedClock
from include.core.reference import countries, departments
from include.core.settings import load_settings
from include.evaluation.resolution import score_resolution
from include.sandbox.world import World, build_world
from include.stages import customer_360
from include.stages.customer_360 import OUTPUTS
from include.stages.protocol import StageContext, open_context
from include.store.lake import Lake
from tests.stages.customer_world import KEYS, neo_row, publish_rows, rows_of, stage_world

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
CAFE = {
    "company_id": "E1",
    "audience": "exporter",
    "nit": "860003563-9",
    "name": "Café Alto SAS",
    "country": "CO",
    "city": "Manizales",
    "department": "Caldas",
    "email": "ventas@cafealto.co",
    "phone": "3001234567",
    "status": "active",
    "profile_status": "approved",
    "created_at": NOON,
    "updated_at": NOON,
}
ACCOUNT = {
    "accountid": "a1",
    "name": "CAFE ALTO S.A.S.",
    "accountnumber": "860.003.563-9",
    "telephone1": "(606) 555 1234",
    "statecode": 0,
    "createdon": NOON - timedelta(days=900),
    "modifiedon": NOON - timedelta(days=90),
}
REGISTER = {
    "chamber_code": "20",
    "registration_no": "11",
    "legal_name": "CAFE ALTO S.A.S.",
    "acronym": None,
    "nit": "860003563",
    "dv": "9",
    "id_class_code": "02",
    "id_number": "860003563",
    "ciiu_1": "1061",
    "registered_on": "20100101",
    "renewed_on": "20260301",
    "category_code": "01",
    "status_code": "01",
    "status_name": "ACTIVA",
    "chamber_name": "MANIZALES POR CALDAS",
    "rep_id_class": "01",
    "rep_id_number": "52123456",
    "rep_name": "RUIZ PAZ ANA",
    "source_updated_at": "2026/03/02 10:00:00.0",
}


def stage(
    ctx: StageContext,
    companies: list[dict[str, Any]],
    accounts: list[dict[str, Any]],
    *,
    register: list[dict[str, Any]] | None = None,
    registrations: list[dict[str, Any]] | None = None,
    contacts: list[dict[str, Any]] | None = None,
) -> None:
    """Publish small inputs; an empty table keeps one impossible column so that it has a schema."""
    publish_rows(ctx.lake, "stg_portal__companies", companies, ["company_id"])
    publish_rows(ctx.lake, "stg_neo__account", accounts, ["accountid"])
    if register is not None:
        publish_rows(ctx.lake, "stg_rues__companies", register, ["chamber_code", "registration_no"])
    if registrations is not None:
        publish_rows(ctx.lake, "stg_portal__registrations", registrations, ["registration_id"])
    if contacts is not None:
        publish_rows(ctx.lake, "stg_portal__contacts", contacts, ["contact_id"])


def customers(ctx: StageContext) -> list[dict[str, Any]]:
    """The customers, by id."""
    return sorted(ctx.lake.read("dim_customer").to_pylist(), key=lambda row: str(row["customer_id"]))


def links(ctx: StageContext) -> dict[str, str]:
    """`source:key` to customer id."""
    rows = ctx.lake.read("int_customer_xref").to_pylist()
    return {f"{row['source']}:{row['source_key']}": row["hub_id"] for row in rows}


def test_waits_until_both_required_inputs_are_there(ctx: StageContext) -> None:
    summary = customer_360.run(ctx)
    assert summary.skipped
    assert "stg_neo__account" in summary.notes[0]


def test_account_company_and_register_row_become_one_customer(ctx: StageContext) -> None:
    stage(ctx, [CAFE], [ACCOUNT], register=[REGISTER])
    customer_360.run(ctx)
    (customer,) = customers(ctx)
    assert customer["customer_id"] == "CU-00000001"
    assert (customer["nit"], customer["nit_dv"], customer["nit_status"]) == ("860003563", "9", "ok")
    assert (customer["neo_account_id"], customer["portal_company_id"], customer["is_in_neo"]) == ("a1", "E1", True)
    assert customer["legal_name"] == "CAFE ALTO S.A.S."  # the register knows the name best
    assert customer["phone"] == "+576065551234"  # NEO's people know best how to reach them
    assert customer["city_name"] == "Manizales"
    assert customer["rues_status"] == "ACTIVA"
    assert set(customer["sources"]) == {"neo", "portal", "rues"}
    assert links(ctx) == {"neo:a1": "CU-00000001", "portal:E1": "CU-00000001", "rues:20|11": "CU-00000001"}


def test_every_link_says_why_in_words(ctx: StageContext) -> None:
    stage(ctx, [CAFE], [ACCOUNT], register=[REGISTER])
    customer_360.run(ctx)
    for row in ctx.lake.read("int_customer_xref").to_pylist():
        assert row["rule"] == "same_nit"
        assert "Mismo NIT 860.003.563" in row["evidence_es"]
        assert row["confidence"] == pytest.approx(0.99)


def test_every_golden_value_says_where_it_comes_from(ctx: StageContext) -> None:
    stage(ctx, [CAFE], [ACCOUNT], register=[REGISTER])
    customer_360.run(ctx)
    facts = rows_of(ctx.lake, "fct_customer_field", lambda row: row["field"])
    assert (facts["phone"]["source"], facts["phone"]["source_key"]) == ("neo", "a1")
    assert facts["phone"]["observed_at"] == ACCOUNT["modifiedon"]
    assert (facts["email"]["source"], facts["email"]["rule"]) == ("portal", "trust_order")
    assert facts["legal_name"]["source"] == "rues"
    assert facts["country"]["value"] == "CO"


def test_two_accounts_of_one_company_are_one_customer_with_a_duplicate(ctx: StageContext) -> None:
    twin = ACCOUNT | {"accountid": "a2", "name": "Café Alto", "createdon": NOON - timedelta(days=100)}
    stage(ctx, [CAFE], [ACCOUNT, twin])
    customer_360.run(ctx)
    (customer,) = customers(ctx)
    assert customer["neo_account_id"] == "a1"  # the oldest one in use
    assert customer["neo_duplicate_ids"] == ["a2"]


def test_a_registration_alone_makes_no_customer(ctx: StageContext) -> None:
    known = {
        "registration_id": "R1",
        "audience": "exporter",
        "nit": "8600035639",
        "company_name": "Cafe Alto",
        "country": "CO",
    }
    unknown = known | {"registration_id": "R2", "nit": "901431536-3", "company_name": "Panelas del Río SAS"}
    stage(ctx, [CAFE], [ACCOUNT], registrations=[known, unknown])
    summary = customer_360.run(ctx)
    assert links(ctx) == {"neo:a1": "CU-00000001", "portal:E1": "CU-00000001", "portal_registration:R1": "CU-00000001"}
    assert summary.parts["companies_portal_registration"].read == 2


def test_a_register_row_of_nobody_makes_no_customer(ctx: StageContext) -> None:
    stranger = REGISTER | {
        "registration_no": "12",
        "legal_name": "PANELAS DEL RIO S.A.S.",
        "nit": "901431536",
        "dv": "3",
    }
    stage(ctx, [CAFE], [ACCOUNT], register=[REGISTER, stranger])
    summary = customer_360.run(ctx)
    assert len(customers(ctx)) == 1
    assert "rues:20|12" not in links(ctx)
    assert (summary.parts["companies_rues"].read, summary.parts["companies_rues"].created) == (2, 1)


def test_of_two_register_rows_of_a_company_that_moved_the_living_one_speaks(ctx: StageContext) -> None:
    left_behind = REGISTER | {
        "chamber_code": "04",
        "registration_no": "7",
        "status_code": "09",
        "renewed_on": "20260401",
        "status_name": "MATRÍCULA CANCELADA POR TRASLADO DE DOMICILIO",
    }
    stage(ctx, [CAFE], [ACCOUNT], register=[left_behind, REGISTER])
    customer_360.run(ctx)
    (customer,) = customers(ctx)
    assert customer["rues_status"] == "ACTIVA"
    assert links(ctx)["rues:04|7"] == customer["customer_id"]


def test_two_valid_nits_stay_two_customers_whatever_they_share(ctx: StageContext) -> None:
    sibling = CAFE | {"company_id": "E2", "nit": "901431536-3"}
    stage(ctx, [CAFE, sibling], [ACCOUNT])
    customer_360.run(ctx)
    assert len(customers(ctx)) == 2
    (pair,) = ctx.lake.read("int_review_pair").to_pylist()
    assert "dos NIT válidos" in pair["evidence_es"]


def test_a_doubt_is_held_and_not_joined(ctx: StageContext) -> None:
    stranger = {**ACCOUNT, "accountid": "a9", "name": "Transportes Veloz Nacional S.A.", "telephone1": None}
    stage(ctx, [CAFE], [ACCOUNT, stranger])
    summary = customer_360.run(ctx)
    (pair,) = ctx.lake.read("int_review_pair").to_pylist()
    assert {pair["left_key"], pair["right_key"]} == {"a1", "a9"}
    assert "Mismo NIT con nombre distinto" in pair["evidence_es"]
    assert summary.parts["companies_neo"].held == 2


@pytest.mark.parametrize(("verdict", "expected"), [("same", 1), ("different", 2), ("unsure", 2)])
def test_a_persons_verdict_beats_every_score(ctx: StageContext, verdict: str, expected: int) -> None:
    stranger = {**ACCOUNT, "accountid": "a9", "name": "Transportes Veloz Nacional S.A.", "telephone1": None}
    stage(ctx, [CAFE], [ACCOUNT, stranger])
    customer_360.run(ctx)
    for other in ("neo:a1", "portal:E1"):
        ctx.ledger.judgements.add("customer", "neo:a9", other, verdict, "ana")
    customer_360.run(ctx)
    assert len(customers(ctx)) == expected
    assert ctx.lake.read("int_review_pair").num_rows == (1 if verdict == "unsure" else 0)


def test_a_verdict_of_different_takes_records_apart_that_rules_would_join(ctx: StageContext) -> None:
    stage(ctx, [CAFE], [ACCOUNT])
    customer_360.run(ctx)
    ctx.ledger.judgements.add("customer", "neo:a1", "portal:E1", "different", "ana")
    customer_360.run(ctx)
    assert len(customers(ctx)) == 2
    assert links(ctx)["neo:a1"] == "CU-00000001"  # the part nearest to NEO keeps the id


def test_merged_customers_keep_the_oldest_id_and_mark_the_other_as_transferred(ctx: StageContext) -> None:
    panelas = CAFE | {"company_id": "E2", "nit": None, "name": "Panelas SAS", "email": None, "phone": None}
    stage(ctx, [CAFE, panelas], [ACCOUNT])
    customer_360.run(ctx)
    assert [row["customer_id"] for row in customers(ctx)] == ["CU-00000001", "CU-00000002"]
    stage(ctx, [CAFE, panelas | {"nit": "860003563-9", "name": "Cafe Alto S.A.S"}], [ACCOUNT])
    customer_360.run(ctx)
    assert [row["customer_id"] for row in customers(ctx)] == ["CU-00000001"]
    assert ctx.ledger.identity.transfers() == {"CU-00000002": "CU-00000001"}


def test_an_account_the_hub_created_is_known_by_the_id_it_carries(ctx: StageContext) -> None:
    nameless = CAFE | {"nit": None, "email": None, "phone": None, "name": "Grupo"}
    stage(ctx, [nameless], [ACCOUNT | {"name": "Otra", "accountnumber": None}])
    customer_360.run(ctx)
    ours = links(ctx)["portal:E1"]
    created = {
        "accountid": "a7",
        "name": "Grupo",
        "pc_hubid": ours,
        "statecode": 0,
        "createdon": NOON,
        "modifiedon": NOON,
    }
    stage(ctx, [nameless], [ACCOUNT | {"name": "Otra", "accountnumber": None}, created])
    customer_360.run(ctx)
    assert links(ctx)["neo:a7"] == ours


def test_an_advisors_edit_in_neo_survives_and_stays(ctx: StageContext) -> None:
    """The hub sent the portal's address; the advisor typed another; that one wins, also after the hub has sent it."""
    account = ACCOUNT | {"pc_hubid": "CU-00000001", "emailaddress1": "ventas@cafealto.co"}
    stage(ctx, [CAFE], [account])
    customer_360.run(ctx)
    ctx.ledger.sent.save("account", {"CU-00000001": {"emailaddress1": "ventas@cafealto.co"}}, "run-1")
    edited = account | {"emailaddress1": "gerencia@cafealto.co", "modifiedon": NOON}
    stage(ctx, [CAFE], [edited])
    customer_360.run(ctx)
    facts = rows_of(ctx.lake, "fct_customer_field", lambda row: row["field"])
    assert (facts["email"]["value"], facts["email"]["rule"]) == ("gerencia@cafealto.co", "advisor_edit")
    ctx.ledger.sent.save("account", {"CU-00000001": {"emailaddress1": "gerencia@cafealto.co"}}, "run-2")
    stage(ctx, [CAFE | {"email": "nuevo@cafealto.co", "updated_at": NOON + timedelta(days=9)}], [edited])
    customer_360.run(ctx)
    assert customers(ctx)[0]["email"] == "gerencia@cafealto.co"


def test_what_the_hub_wrote_is_no_source_of_its_own(ctx: StageContext) -> None:
    """The portal's telephone was sent to NEO; when it changes on the portal, NEO's echo of the old one must not win."""
    account = {k: v for k, v in ACCOUNT.items() if k != "telephone1"} | {"pc_hubid": "CU-00000001"}
    stage(ctx, [CAFE], [account])
    customer_360.run(ctx)
    ctx.ledger.sent.save("account", {"CU-00000001": {"telephone1": "+573001234567"}}, "run-1")
    stage(ctx, [CAFE | {"phone": "3109998877"}], [account | {"telephone1": "+573001234567", "modifiedon": NOON}])
    customer_360.run(ctx)
    assert customers(ctx)[0]["phone"] == "+573109998877"


def test_a_link_keeps_the_evidence_it_was_made_with(ctx: StageContext) -> None:
    """The register was found by name; once the hub wrote that NIT to NEO, the NIT proves nothing that was not known."""
    account = ACCOUNT | {"accountnumber": None, "address1_city": "Manizales", "address1_country": "Colombia"}
    stage(ctx, [CAFE | {"name": "Otra Cosa", "nit": "901431536-3"}], [account], register=[REGISTER])
    customer_360.run(ctx)
    first = rows_of(ctx.lake, "int_customer_xref", lambda row: row["source"])["rues"]
    assert first["rule"] == "same_name_in_register"
    echo = account | {"accountnumber": "860003563-9", "pc_nit": "860003563", "pc_hubid": links(ctx)["neo:a1"]}
    ctx.ledger.sent.save(
        "account", {echo["pc_hubid"]: {"accountnumber": "860003563-9", "pc_nit": "860003563"}}, "run-1"
    )
    stage(ctx, [CAFE | {"name": "Otra Cosa", "nit": "901431536-3"}], [echo], register=[REGISTER])
    customer_360.run(ctx)
    assert rows_of(ctx.lake, "int_customer_xref", lambda row: row["source"])["rues"] == first


def test_people_of_a_customer_are_one_each(ctx: StageContext) -> None:
    contacts = [
        {
            "contact_id": "P1",
            "company_id": "E1",
            "first_name": "Ana",
            "last_name": "Ruiz Paz",
            "email": "ana@cafealto.co",
            "document_number": "52123456",
            "role": "legal_representative",
            "created_at": NOON,
            "updated_at": NOON,
        },
        {
            "contact_id": "P2",
            "company_id": "E1",
            "first_name": "Luis",
            "last_name": "Mora",
            "email": "ventas@cafealto.co",
            "document_number": None,
            "role": "commercial",
            "created_at": NOON,
            "updated_at": NOON,
        },
    ]
    stage(ctx, [CAFE], [ACCOUNT], register=[REGISTER], contacts=contacts)
    neo = {
        "contactid": "c1",
        "firstname": "ANA",
        "lastname": "RUIZ",
        "emailaddress1": "ANA@cafealto.co",
        "statecode": 0,
        "_parentcustomerid_value": "a1",
        "createdon": NOON,
        "modifiedon": NOON,
    }
    publish_rows(ctx.lake, "stg_neo__contact", [neo], ["contactid"])
    customer_360.run(ctx)
    people = rows_of(ctx.lake, "dim_person", lambda row: row["portal_contact_id"])
    assert set(people) == {"P1", "P2"}
    assert people["P1"]["neo_contact_id"] == "c1"  # same mailbox, and the register's representative by document
    assert people["P1"]["customer_id"] == "CU-00000001"
    assert people["P2"]["neo_contact_id"] is None  # ventas@ belongs to nobody in particular


def test_nothing_changed_costs_nothing_and_publishes_nothing(ctx: StageContext) -> None:
    stage(ctx, [CAFE], [ACCOUNT], register=[REGISTER])
    first = customer_360.run(ctx)
    second = customer_360.run(ctx)
    assert second.total.unchanged == second.total.read == 3
    assert second.versions_out == first.versions_out


# --- the whole invented world


@pytest.fixture(scope="module")
def world() -> World:
    """A small world, always the same."""
    return build_world("quick", 20)


@pytest.fixture(scope="module")
def world_ctx(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StageContext]:
    """A context on stores that hold the world and one run of the stage."""
    home: Path = tmp_path_factory.mktemp("hub")
    with open_context(load_settings(home=home), clock=FixedClock(NOON), run_id="world") as ctx:
        stage_world(ctx.lake, world)
        customer_360.run(ctx)
        yield ctx


def test_the_world_is_put_together_as_it_truly_is(world: World, world_ctx: StageContext) -> None:
    found = {
        (row["source"], row["source_key"]): row["hub_id"]
        for row in world_ctx.lake.read("int_customer_xref").to_pylist()
    }
    score, mistakes = score_resolution({name: one["records"] for name, one in world.truth["entities"].items()}, found)
    assert score.pairs_true > 500
    assert mistakes.wrong == []
    assert score.recall >= 0.99
    assert score.strangers_linked == 0


def test_every_golden_column_of_the_world_keeps_its_contract(world_ctx: StageContext) -> None:
    for row in customers(world_ctx):
        assert row["audience"] in {"exporter", "buyer"}
        assert row["nit_status"] in {"ok", "dv_incorrecto", "sin_dv", "missing", "not_co"}
        assert row["quality_class"] in "ABCD"
        assert 0 <= row["completeness"] <= 1
        assert (row["nit"] is None) == (row["nit_status"] in {"missing", "not_co"})
        assert row["is_in_neo"] == (row["neo_account_id"] is not None)
        assert bool(row["quality_missing"]) == (row["quality_class"] != "A")


def test_written_to_neo_and_read_back_nothing_changes(world: World, tmp_path: Path) -> None:
    """The golden record is a fixpoint: its echo in NEO teaches the hub nothing and changes nothing."""
    with open_context(load_settings(home=tmp_path), clock=FixedClock(NOON), run_id="run-1") as ctx:
        stage_world(ctx.lake, world)
        customer_360.run(ctx)
        accounts = {row["accountid"]: neo_row(row) for row in world.neo["account"]}
        contacts = {row["contactid"]: neo_row(row) for row in world.neo["contact"]}
        before = {row["customer_id"]: row for row in customers(ctx)}
        facts = {name: version(ctx.lake, name) for name in ("fct_customer_field", "fct_person_field")}
        write_back(ctx, accounts, contacts)
        summary = customer_360.run(ctx)
        after = {row["customer_id"]: row for row in customers(ctx)}
        new_in_neo = {"neo_account_id", "is_in_neo"}
        for customer_id, row in before.items():
            changed = {name for name, value in row.items() if after[customer_id][name] != value}
            assert changed <= (set() if row["is_in_neo"] else new_in_neo), (row, after[customer_id])
        assert set(after) == set(before)
        assert summary.total.changed == 0
        assert {name: version(ctx.lake, name) for name in facts} == facts
        settled = {name: version(ctx.lake, name) for name in OUTPUTS}
        write_back(ctx, accounts, contacts)
        customer_360.run(ctx)
        assert {name: version(ctx.lake, name) for name in OUTPUTS} == settled


def version(lake: Lake, dataset: str) -> str:
    """The name of the current version."""
    found = lake.current(dataset)
    assert found is not None
    return found.version


def write_back(ctx: StageContext, accounts: dict[str, dict[str, Any]], contacts: dict[str, dict[str, Any]]) -> None:
    """Write every golden value into NEO's rows as the hub would, and remember what was sent."""
    later = NOON + timedelta(days=1)
    sent: dict[str, Mapping[str, Any]] = {}
    for row in customers(ctx):
        values = account_values(row)
        key = row["neo_account_id"] or f"new-{row['customer_id']}"
        account = accounts.setdefault(key, {"accountid": key, "statecode": 0, "createdon": later})
        account |= values | {"pc_hubid": row["customer_id"], "modifiedon": later}
        sent[row["customer_id"]] = values
    ctx.ledger.sent.save("account", sent, "writeback")
    sent = {}
    account_of = {row["customer_id"]: row["neo_account_id"] for row in customers(ctx)}
    for row in ctx.lake.read("dim_person").to_pylist():
        values = contact_values(row)
        key = row["neo_contact_id"] or f"new-{row['person_id']}"
        parent = account_of.get(row["customer_id"]) or f"new-{row['customer_id']}"
        contact = contacts.setdefault(key, {"contactid": key, "statecode": 0, "createdon": later})
        contact |= values | {"pc_hubid": row["person_id"], "modifiedon": later}
        contact.setdefault("_parentcustomerid_value", parent if row["customer_id"] else None)
        sent[row["person_id"]] = values
    ctx.ledger.sent.save("contact", sent, "writeback")
    publish_rows(ctx.lake, "stg_neo__account", list(accounts.values()), ["accountid"])
    publish_rows(ctx.lake, "stg_neo__contact", list(contacts.values()), ["contactid"])


def account_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the hub writes to an account, null where it knows nothing."""
    country = countries().get(row["country"] or "")
    return {
        "name": row["legal_name"],
        "pc_tradename": row["trade_name"],
        "pc_nit": row["nit"],
        "accountnumber": f"{row['nit']}-{row['nit_dv']}" if row["nit"] else None,
        "pc_taxid": row["tax_id"],
        "telephone1": row["phone"],
        "emailaddress1": row["email"],
        "websiteurl": row["website"],
        "address1_line1": row["address"],
        "address1_city": row["city_name"],
        "address1_stateorprovince": departments().get(row["department_code"] or ""),
        "address1_country": country.name_es if country else None,
        "pc_citycode": row["city_code"],
        "pc_departmentcode": row["department_code"],
        "pc_sector": row["sector"],
        "pc_ciiu": row["ciiu"],
        "pc_yearsexporting": row["years_exporting"],
        "pc_languages": ", ".join(row["languages"]) or None,
        "pc_targetmarkets": ", ".join(row["target_markets"]) or None,
        "pc_exportmarkets": ", ".join(row["export_markets"]) or None,
        "pc_portalid": row["portal_company_id"],
    }


def contact_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the hub writes to a contact; a person known by full name only has it as surname."""
    return {
        "firstname": row["first_name"] if row["last_name"] else None,
        "lastname": row["last_name"] or row["full_name"],
        "jobtitle": row["position"],
        "emailaddress1": row["email"],
        "telephone1": row["phone"],
        "governmentid": row["document_number"],
    }


def test_the_staged_streams_are_those_the_stage_reads() -> None:
    assert {f"stg_portal__{stream}" for stream in KEYS} <= {*customer_360.REQUIRED, *customer_360.OPTIONAL}
