"""Whose value survives, and the echo rule."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.core.errors import ConfigError
from include.core.sheets import load_sheet
from tests.transforms.golden.records import (
    DAY,
    RULES,
    SHEET,
    SHEET_PATH,
    SURVIVAL,
    account,
    company,
    member,
    registered,
)
from transforms.golden.reading import value_text
from transforms.golden.sheet import SurvivorshipSheet
from transforms.golden.survive import ADVISOR_EDIT, TRUST_ORDER, Provenance


def golden(*members: Any, previous: dict[str, Provenance] | None = None) -> dict[str, str]:
    """Golden values as text."""
    fields = SURVIVAL.golden(members, previous or {})
    return {name: value_text(survivor.value) for name, survivor in fields.items()}


def test_the_register_knows_the_name_and_neo_knows_the_telephone() -> None:
    found = golden(
        member("portal", company(name="Café Alto", phone="3001234567")),
        member("neo", account(name="CAFE ALTO", telephone1="3109998877", address1_country="Colombia")),
        member("rues", registered(legal_name="CAFE ALTO S.A.S.")),
    )
    assert (found["legal_name"], found["phone"]) == ("CAFE ALTO S.A.S.", "+573109998877")


def test_an_invalid_value_never_survives_and_leaves_the_field_to_the_next() -> None:
    found = golden(
        member("portal", company(phone="3001234567", email="ventas@cafealto.co")),
        member("neo", account(telephone1="llamar a Juan", emailaddress1="notiene@notiene.com")),
    )
    assert (found["phone"], found["email"]) == ("+573001234567", "ventas@cafealto.co")


def test_of_two_of_the_same_trust_the_fresher_one_wins() -> None:
    found = golden(
        member("portal", company(email="vieja@cafealto.co")),
        member("portal", company(company_id="E2", email="nueva@cafealto.co", updated_at=DAY + timedelta(days=3))),
    )
    assert found["email"] == "nueva@cafealto.co"


def test_a_nit_with_a_wrong_digit_yields_to_a_right_one_of_a_weaker_source() -> None:
    found = golden(
        member("portal", company(nit="860003563-1")),
        member("neo", account(accountnumber="901431536-3")),
    )
    assert found["nit"] == "901431536"


def test_the_echo_of_our_own_writing_is_no_source() -> None:
    """The hub sent the portal's name; the portal changed it since; NEO still shows the old one."""
    echo = member("neo", account(pc_tradename="Alto"), sent={"pc_tradename": "Alto"})
    before = {"trade_name": Provenance("Alto", "portal", "E1", DAY, TRUST_ORDER, 0.9)}
    assert golden(echo, member("portal", company(trade_name="Alto Café")), previous=before)["trade_name"] == "Alto Café"


def test_what_neo_itself_said_first_stays_neos_after_the_hub_sent_it_back() -> None:
    echo = member("neo", account(telephone1="+576065551234"), sent={"telephone1": "+576065551234"})
    before = {"phone": Provenance("+576065551234", "neo", "a1", DAY, TRUST_ORDER, 0.85)}
    survivors = SURVIVAL.golden([echo, member("portal", company(phone="3001234567"))], before)
    assert survivors["phone"].provenance == before["phone"]


def test_an_edit_in_neo_is_an_advisors_word_and_stays_one() -> None:
    portal = member("portal", company(legal_name="x", name="Café Alto"))
    register = member("rues", registered(legal_name="CAFE ALTO S.A.S."))
    edited = member("neo", account(name="Café Alto Premium"), sent={"name": "CAFE ALTO S.A.S."})
    before = {"legal_name": Provenance("CAFE ALTO S.A.S.", "rues", "20|1", DAY, TRUST_ORDER, 0.97)}
    first = SURVIVAL.golden([portal, register, edited], before)["legal_name"]
    assert (first.value, first.provenance.rule) == ("Café Alto Premium", ADVISOR_EDIT)
    settled = member("neo", account(name="Café Alto Premium"), sent={"name": "Café Alto Premium"})
    again = SURVIVAL.golden([portal, register, settled], {"legal_name": first.provenance})["legal_name"]
    assert again == first


def test_an_edit_is_seen_in_any_of_the_columns_of_a_field() -> None:
    sent = {"pc_citycode": "17001", "address1_city": "Manizales"}
    edited = member("neo", account(pc_citycode="17001", address1_city="Cali", address1_country="Colombia"), sent=sent)
    before = {"city_code": Provenance("17001", "portal", "E1", DAY, TRUST_ORDER, 0.9)}
    found = golden(edited, member("portal", company(city="Manizales")), previous=before)
    assert found["city_code"] == "76001"


def test_our_own_spelling_of_a_value_is_an_echo_too() -> None:
    """Sent with the digit, read back as a bare number by another column type: still ours."""
    echo = member("neo", account(accountnumber="860003563-9"), sent={"accountnumber": "860.003.563-9"})
    before = {"nit": Provenance("860003563", "portal", "E1", DAY, TRUST_ORDER, 0.9)}
    portal = member("portal", company(nit="901431536-3"))
    assert golden(echo, portal, previous=before)["nit"] == "901431536"


def test_a_value_whose_source_is_gone_stays_until_somebody_says_otherwise() -> None:
    echo = member("neo", account(websiteurl="https://cafealto.co"), sent={"websiteurl": "https://cafealto.co"})
    before = {"website": Provenance("https://cafealto.co", "portal", "E1", DAY, TRUST_ORDER, 0.9)}
    assert SURVIVAL.golden([echo], before)["website"].provenance == before["website"]


def test_after_the_lake_was_lost_neo_counts_as_on_the_first_day() -> None:
    echo = member("neo", account(telephone1="+576065551234"), sent={"telephone1": "+576065551234"})
    found = SURVIVAL.golden([echo, member("portal", company(phone="3001234567"))], {})
    assert (found["phone"].value, found["phone"].provenance.source) == ("+576065551234", "neo")


def test_a_column_the_hub_filled_from_other_fields_says_nothing() -> None:
    echo = member("neo", account(pc_tradename="CAFE ALTO"), sent={"pc_tradename": "CAFE ALTO"})
    before = {"legal_name": Provenance("CAFE ALTO", "rues", "20|1", DAY, TRUST_ORDER, 0.97)}
    assert "trade_name" not in golden(echo, previous=before)


def test_what_followed_from_another_field_follows_again_and_is_not_neos_word() -> None:
    row = account(name="X", accountnumber="860003563-9")
    before = {name: one.provenance for name, one in RULES.build("CU-1", [member("neo", row)], {}).fields.items()}
    echo = member("neo", row | {"address1_country": "Colombia"}, sent={"address1_country": "Colombia"})
    assert RULES.build("CU-1", [echo], before).fields["country"].provenance == before["country"]


def test_a_value_is_dated_from_when_it_was_first_seen() -> None:
    before = {"email": Provenance("a@cafealto.co", "portal", "E1", DAY, TRUST_ORDER, 0.9)}
    later = company(email="a@cafealto.co", updated_at=DAY + timedelta(days=30))
    assert SURVIVAL.golden([member("portal", later)], before)["email"].provenance.observed_at == DAY


def test_what_an_attached_record_says_is_only_as_sure_as_its_link() -> None:
    sure = SURVIVAL.golden([member("rues", registered(legal_name="CAFE ALTO"))], {})["legal_name"]
    unsure = SURVIVAL.golden([member("rues", registered(legal_name="CAFE ALTO"), link=0.91)], {})["legal_name"]
    assert sure.provenance.confidence == SHEET.confidence["rues"]
    assert unsure.provenance.confidence == 0.91


@given(st.permutations([0, 1, 2, 3]))
def test_the_order_of_records_is_of_no_matter(order: list[int]) -> None:
    records = [
        member("portal", company(name="Café Alto", phone="3001234567", nit="860003563")),
        member("portal", company(company_id="E2", name="Cafe Alto SAS", phone="3109998877")),
        member("neo", account(name="CAFE ALTO", telephone1="6044441234", accountnumber="860003563-1")),
        member("rues", registered(legal_name="CAFE ALTO S.A.S.", full_nit="860003563-9")),
    ]
    assert golden(*[records[place] for place in order]) == golden(*records)


# --- the whole customer


def test_the_city_settles_the_department() -> None:
    customer = RULES.build(
        "CU-1",
        [
            member("portal", company(city="Medellín", department="Antioquia")),
            member("neo", account(address1_stateorprovince="Valle", address1_country="Colombia")),
        ],
        {},
    )
    assert (customer.text("city_code"), customer.text("department_code")) == ("05001", "05")


def test_country_and_sector_follow_from_nit_and_activity() -> None:
    customer = RULES.build(
        "CU-1",
        [member("neo", account(name="X", accountnumber="860003563-9")), member("rues", registered(ciiu_1="0121"))],
        {},
    )
    assert customer.text("country") == "CO"
    assert customer.text("sector") is not None
    assert customer.fields["country"].provenance.rule == "derived"


@pytest.mark.parametrize(
    ("rows", "status", "digit"),
    [
        ([company(nit="860003563")], "sin_dv", "9"),
        ([company(nit="860003563-9")], "ok", "9"),
        ([company(nit="860003563-1")], "dv_incorrecto", "1"),
        ([company(nit="860003563"), company(company_id="E2", nit="8600035639")], "ok", "9"),
        ([company(nit=None)], "missing", None),
        ([company(nit=None, country="US", audience="buyer")], "not_co", None),
    ],
)
def test_nit_status_is_that_of_the_best_witness(rows: list[dict[str, Any]], status: str, digit: str | None) -> None:
    customer = RULES.build("CU-1", [member("portal", row) for row in rows], {})
    assert (customer.nit_status, customer.text("nit_dv")) == (status, digit)


def test_a_digit_once_seen_right_stays_known_when_the_hub_overwrote_its_witness() -> None:
    before = RULES.build("CU-1", [member("neo", account(name="X", accountnumber="860.003.563-9"))], {})
    previous = {name: survivor.provenance for name, survivor in before.fields.items()}
    rewritten = member("neo", account(name="X", accountnumber="860003563"), sent={"accountnumber": "860003563"})
    assert RULES.build("CU-1", [rewritten], previous).nit_status == "ok"


def test_a_person_in_trade_keeps_the_name_of_the_business() -> None:
    customer = RULES.build(
        "CU-1",
        [
            member("neo", account(name="Café La Ceiba", accountnumber="52123456-2")),
            member("rues", registered(legal_name="RUIZ PAZ ANA", full_nit="52123456")),
        ],
        {},
    )
    assert customer.kind == "person"
    assert (customer.text("legal_name"), customer.text("trade_name")) == ("RUIZ PAZ ANA", "Café La Ceiba")


def test_the_account_that_carries_the_id_stands_for_the_customer() -> None:
    accounts = [
        member("neo", account(accountid=key, statecode=state, pc_hubid=hub, createdon=DAY + timedelta(days=age)))
        for key, state, hub, age in (("old", 0, None, 0), ("mine", 0, "CU-1", 9), ("closed", 1, None, -9))
    ]
    customer = RULES.build("CU-1", accounts, {})
    assert (customer.neo_account_id, customer.neo_duplicate_ids) == ("mine", ("old",))


@pytest.mark.parametrize(
    ("find", "put", "says"),
    [
        ("legal_name: [name]", "legal_nom: [name]", "legal_nom"),
        ("derived: 0.80", "derivado: 0.80", "derived"),
        ("{kind: nit,", "{kind: nitt,", "kind"),
        ("trust: [advisor, rues, portal, neo, portal_registration]}", "trust: [boss]}", "trust"),
    ],
)
def test_a_sheet_that_makes_no_sense_is_refused(tmp_path: Path, find: str, put: str, says: str) -> None:
    text = SHEET_PATH.read_text(encoding="utf-8")
    assert find in text
    path = tmp_path / "survivorship.yml"
    path.write_text(text.replace(find, put, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        load_sheet(path, SurvivorshipSheet)
