"""What the hub wrote to NEO is no evidence; what people typed is read as they typed it."""

from typing import Any

import pytest

from include.core.reference import country_code, departments, municipalities
from include.stages.customer.sheets import load_customer_sheets
from transforms.clean.place import Gazetteer
from transforms.golden.reading import Places, read_rows
from transforms.golden.typed import TypedRecord, Written, read_as_typed

SHEET = load_customer_sheets().survivorship
NEO = SHEET.sources["neo"]
PLACES = Places(Gazetteer.build(municipalities(), departments()), country_code)


def read(row: dict[str, Any], sent: dict[str, Any], replaced: dict[str, Any]) -> list[TypedRecord]:
    records = read_rows("neo", NEO, [row], SHEET.fields, PLACES)
    return read_as_typed(records, NEO, SHEET.fields, PLACES, Written({"CU-1": sent}, {"CU-1": replaced}))


def test_a_nit_the_hub_filled_in_is_not_compared() -> None:
    row = {"accountid": "a", "pc_hubid": "CU-1", "name": "Café", "pc_nit": "980000018", "address1_country": "Colombia"}
    (one,) = read(row, {"pc_nit": "980000018"}, {"pc_nit": None})
    assert not one.compared.nit.is_usable
    assert one.golden.nit.is_usable, "the golden record still sees it, as an echo"


def test_what_people_had_is_compared_instead() -> None:
    row = {"accountid": "a", "pc_hubid": "CU-1", "name": "CAFE HUILA S.A.S."}
    (one,) = read(row, {"name": "CAFE HUILA S.A.S."}, {"name": "Café Huila"})
    assert one.compared.text("legal_name") == "Café Huila"
    assert one.golden.text("legal_name") == "CAFE HUILA S.A.S."


def test_a_word_people_changed_since_is_theirs() -> None:
    row = {"accountid": "a", "pc_hubid": "CU-1", "name": "Café del Huila"}
    assert read(row, {"name": "CAFE HUILA S.A.S."}, {"name": "Café Huila"}) == []


def test_a_country_we_filled_in_does_not_turn_their_number_into_a_nit() -> None:
    """Without a country this number was anybody's; our country beside it must not make it a Colombian's."""
    row = {"accountid": "a", "pc_hubid": "CU-1", "accountnumber": "1954744625", "address1_country": "Colombia"}
    (one,) = read(row, {"address1_country": "Colombia"}, {"address1_country": None})
    assert not one.golden.nits["accountnumber"].is_usable
    assert one.golden.text("country") == "CO"


@pytest.mark.parametrize("hub_id", [None, "CU-2"])
def test_an_account_the_hub_never_wrote_to_is_left_alone(hub_id: str | None) -> None:
    assert read({"accountid": "a", "pc_hubid": hub_id, "name": "Café"}, {"name": "Café"}, {"name": None}) == []
