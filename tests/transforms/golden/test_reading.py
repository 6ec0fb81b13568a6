"""Reading source rows into clean fields."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.golden.records import PLACES, SHEET, read
from transforms.golden.reading import FieldReader, value_text


def test_a_row_becomes_clean_fields() -> None:
    record = read(
        "portal",
        {
            "company_id": "E1",
            "name": " Café  Alto SAS ",
            "nit": "860.003.563-9",
            "country": "Colombia",
            "department": "VALLE",
            "city": "CALI-VALLE",
            "phone": "(2) 4441234",
            "email": "VENTAS@CafeAlto.co / b@x.co",
            "website": "WWW.CafeAlto.co/",
            "languages": ["es:C2", "en:B1"],
            "target_markets": ["US", "Alemania"],
            "years_exporting": 4,
            "consent_marketing": False,
        },
    )
    assert record.ref == "portal:E1"
    assert {name: record.first(name) for name in record.readings} == {
        "legal_name": "Café Alto SAS",
        "nit": "860003563",
        "country": "CO",
        "department_code": "76",
        "city_code": "76001",
        "phone": "+576024441234",
        "email": "ventas@cafealto.co",
        "website": "https://cafealto.co",
        "languages": ("en:B1", "es:C2"),
        "target_markets": ("DE", "US"),
        "years_exporting": 4,
        "consent_marketing": False,
    }


def test_a_dataset_without_our_columns_reads_as_empty() -> None:
    record = read("neo", {"accountid": "a1", "name": "Café Alto"})
    assert set(record.readings) == {"legal_name"}
    assert record.is_active
    assert record.hub_id is None


def test_an_account_number_is_a_nit_at_home_and_a_tax_number_abroad() -> None:
    home = read("neo", {"accountid": "a", "accountnumber": "860003563-9", "address1_country": "Colombia"})
    abroad = read("neo", {"accountid": "a", "accountnumber": "DE136695976", "address1_country": "Alemania"})
    nowhere = read("neo", {"accountid": "a", "accountnumber": "860003563-9"})
    assert (home.first("nit"), home.first("tax_id")) == ("860003563", None)
    assert (abroad.first("nit"), abroad.first("tax_id")) == (None, "136695976")
    assert abroad.nit.status == "not_co"
    assert nowhere.first("nit") == "860003563"


def test_of_two_nit_columns_the_one_that_shows_its_digit_speaks() -> None:
    record = read("neo", {"accountid": "a", "pc_nit": "860003563", "accountnumber": "860.003.563-9"})
    assert record.nit.status == "ok"


@pytest.mark.parametrize(("state", "is_active"), [(0, True), (1, False), (None, True)])
def test_only_accounts_in_use_are_active(state: int | None, *, is_active: bool) -> None:
    assert read("neo", {"accountid": "a", "statecode": state}).is_active == is_active


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("name", "N/A", None),
        ("name", "123", None),
        ("name", " Café ", "Café"),
        ("ciiu", "0121.0", "0121"),
        ("ciiu", 121, "0121"),
        ("count", "12", 12),
        ("count", "doce", None),
        ("count", 5.0, 5),
        ("list", "en:B2; es:C2", ("en:B2", "es:C2")),
        ("list", "", None),
        ("countries", "US, Alemania, Atlantis", ("DE", "US")),
        ("date", "20260301", date(2026, 3, 1)),
        ("date", "2026-03-01", date(2026, 3, 1)),
        ("date", "20261399", None),
        ("date", date(2026, 3, 1), date(2026, 3, 1)),
        ("flag", True, True),
        ("flag", "sí", None),
        ("document", "C.C. 52.123.456", "CC52123456"),
        ("document", "52.123.456", "52123456"),
        ("document_type", "C.C.", "CC"),
        ("document_type", "CÉDULA DE CIUDADANÍA", "CC"),
        ("document_type", "05", "PA"),
        ("document_type", "carné", None),
        ("slug", "Aprobado ", "aprobado"),
        ("text", "  ", None),
        ("phone", "no tiene", None),
        ("website", "no tiene", None),
        ("email", "notiene@", None),
    ],
)
def test_cleaning(kind: Any, value: Any, expected: Any) -> None:
    assert FieldReader(PLACES).clean(kind, value) == expected


KINDS = sorted({rule.kind for rule in (*SHEET.fields.values(), *SHEET.people.fields.values())})


@pytest.mark.parametrize("kind", KINDS)
@given(
    value=st.one_of(
        st.none(),
        st.text(max_size=25),
        st.integers(-5, 10**6),
        st.booleans(),
        st.lists(st.text(max_size=6), max_size=3),
    )
)
def test_cleaning_never_raises_and_gives_a_value_with_a_text(kind: Any, value: Any) -> None:
    if isinstance(value, list) and kind not in ("list", "countries"):
        return
    if not isinstance(value, str | list) and kind in ("list", "countries") and value is not None:
        return
    clean = FieldReader(PLACES, "CO").clean(kind, value)
    assert clean is None or isinstance(value_text(clean), str)


def test_instants_are_aware_whatever_the_source_gives() -> None:
    aware = datetime(2026, 3, 1, tzinfo=UTC)
    for value in (aware, aware.replace(tzinfo=None), date(2026, 3, 1), "2026-03-01", "2026-03-01T00:00:00Z"):
        assert read("portal", {"company_id": "E1", "updated_at": value}).observed_at == aware
    assert read("portal", {"company_id": "E1", "updated_at": "ayer", "created_at": aware}).observed_at == aware
