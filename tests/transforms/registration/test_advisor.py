"""The right advisor: place, language, sector, then an even load; never by chance."""

from collections import Counter
from dataclasses import replace

import pytest

from transforms.registration.advisor import Advisor, Wanted, choose_advisor


def advisor(advisor_id: str, **fields: object) -> Advisor:
    plain = Advisor(
        advisor_id=advisor_id,
        full_name=advisor_id.title(),
        email=f"{advisor_id}@procolombia.example",
        office_slug="eje_cafetero",
        office_kind="ofireg",
        countries=frozenset(),
        departments=frozenset({"66"}),
        sectors=frozenset(),
        languages=frozenset({"es"}),
        is_active=True,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


PEREIRA = Wanted(office_slug="eje_cafetero", country="CO", department_code="66", sector="cafe", language="es")
MIAMI = Wanted(office_slug="estados_unidos", country="US", department_code=None, sector=None, language="en")
EVERYTHING = advisor("all")
COFFEE = advisor("coffee", sectors=frozenset({"cafe"}))
FLOWERS = advisor("flowers", sectors=frozenset({"flores"}))
CENTRAL = advisor("central", office_slug="bogota_central", office_kind="central", departments=frozenset())
ABROAD = advisor("abroad", office_slug="estados_unidos", office_kind="oficom", countries=frozenset({"US"}),
                 departments=frozenset(), languages=frozenset({"es", "en"}))  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "staff", "expected"),
    [
        (PEREIRA, [EVERYTHING, COFFEE, FLOWERS], "coffee"),  # named for the sector
        (PEREIRA, [EVERYTHING, FLOWERS], "all"),  # covers every sector
        (PEREIRA, [FLOWERS, CENTRAL], "flowers"),  # another sector, but the right place
        (PEREIRA, [CENTRAL, ABROAD], "central"),  # nobody there
        (PEREIRA, [replace(COFFEE, is_active=False), EVERYTHING], "all"),  # has left
        (PEREIRA, [replace(COFFEE, email=""), EVERYTHING], "all"),  # cannot be told
        (replace(PEREIRA, office_slug=None), [COFFEE, CENTRAL], "coffee"),  # by department
        (MIAMI, [ABROAD, CENTRAL], "abroad"),
        (MIAMI, [replace(ABROAD, languages=frozenset({"es"})), replace(ABROAD, advisor_id="two")], "two"),  # language
        (replace(MIAMI, office_slug=None), [ABROAD, CENTRAL], "abroad"),  # by country
        (replace(PEREIRA, sector=None), [FLOWERS, EVERYTHING], "all"),
    ],
)
def test_who_fits_best(wanted: Wanted, staff: list[Advisor], expected: str) -> None:
    for order in (staff, staff[::-1]):
        chosen = choose_advisor(order, wanted, {}, "R1")
        assert chosen is not None
        assert chosen.advisor_id == expected


def test_nobody_at_all() -> None:
    assert choose_advisor([], PEREIRA, {}, "R1") is None
    assert choose_advisor([replace(CENTRAL, is_active=False)], PEREIRA, {}, "R1") is None


def test_the_load_is_spread_and_the_same_every_time() -> None:
    staff = [replace(COFFEE, advisor_id=f"coffee-{number}") for number in range(3)]

    def share_out() -> list[str]:
        load: Counter[str] = Counter()
        for number in range(30):
            chosen = choose_advisor(staff, PEREIRA, load, f"R{number}")
            assert chosen is not None
            load[chosen.advisor_id] += 1
        return sorted(load.elements())

    assert share_out() == share_out()
    assert set(Counter(share_out()).values()) == {10}


def test_equals_are_told_apart_by_the_registration_not_by_their_place_in_the_directory() -> None:
    staff = [replace(COFFEE, advisor_id=f"coffee-{number}") for number in range(4)]
    chosen = {choose_advisor(staff, PEREIRA, {}, f"R{number}").advisor_id for number in range(40)}  # type: ignore[union-attr]
    assert len(chosen) == 4
