"""Which municipality a text means."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.core.reference import departments, municipalities
from tests.transforms.labelled import read_cases, written
from transforms.clean.place import Gazetteer, city_code, department_code

GAZETTEER = Gazetteer.build(municipalities(), departments())


@pytest.mark.parametrize("case", read_cases("cities"), ids=lambda case: f"{case['written']} {case['department']}")
def test_city(case: dict[str, str]) -> None:
    assert city_code(case["written"], written(case["department"]), gazetteer=GAZETTEER) == written(case["code"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Antioquia", "05"),
        ("VALLE", "76"),
        ("Valle del Cauca", "76"),
        ("5", "05"),
        ("Bogotá D.C.", "11"),
        ("Nada", None),
        (None, None),
    ],
)
def test_department(text: str | None, code: str | None) -> None:
    assert department_code(text, GAZETTEER) == code


def test_every_municipality_is_found_by_its_name_and_department() -> None:
    for place in municipalities().values():
        found = city_code(place.name, place.department_code, gazetteer=GAZETTEER)
        assert found == place.code, place


def test_the_cities_of_the_thousand_largest_companies_are_nearly_all_found(shared_data: Path) -> None:
    path = shared_data / "companies" / "supersociedades_1000_2018_raw.csv"
    with path.open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if row and row[0].isdigit()]
    assert len(rows) > 1000
    lost = [row[6] for row in rows if row[6] and city_code(row[6], row[5], gazetteer=GAZETTEER) is None]
    assert len(lost) <= 2, lost


@given(st.text(max_size=40), st.one_of(st.none(), st.text(max_size=20)))
def test_reading_a_place_never_raises(text: str, department: str | None) -> None:
    code = city_code(text, department, gazetteer=GAZETTEER)
    assert code is None or code in municipalities()
