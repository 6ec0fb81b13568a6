"""Which contacts of a customer are the same person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.resolve.parties import SHEET
from transforms.resolve.people import PEOPLE_RULES, PersonGroups, PersonRecord, person_likeness, resolve_people

ANA = PersonRecord("portal", "P1", "CU-1", "Ana María Ruiz Paz", "ana@cafealto.co", ("+573001234567",), "52123456")


def groups(*records: PersonRecord, judgements: dict[tuple[str, str], str] | None = None) -> PersonGroups:
    """Resolve with the real sheet."""
    return resolve_people(records, SHEET, judgements or {}, {})


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        (PersonRecord("neo", "c1", "CU-1", "A. Ruiz", document="52123456"), "same_document"),
        (PersonRecord("neo", "c1", "CU-1", "Ana Ruiz", "ana@cafealto.co"), "same_email"),
        (PersonRecord("neo", "c1", "CU-1", "Ana Ruiz Paz", phones=("+573001234567",)), "same_phone"),
        (PersonRecord("neo", "c1", "CU-1", "RUIZ PAZ ANA MARÍA"), "same_name"),
    ],
)
def test_same_person(other: PersonRecord, rule: str) -> None:
    found = groups(ANA, other)
    assert len(found.groups) == 1
    assert found.evidence["neo:c1"].rule == rule


@pytest.mark.parametrize(
    "other",
    [
        PersonRecord("neo", "c1", "CU-2", "Ana María Ruiz Paz", "ana@cafealto.co", document="52123456"),
        PersonRecord("neo", "c1", None, "Ana María Ruiz Paz", "ana@cafealto.co"),
        PersonRecord("neo", "c1", "CU-1", "Luis Mora", "ana@cafealto.co"),
        PersonRecord("neo", "c1", "CU-1", "Ana María Ruiz Paz", "ana@cafealto.co", document="79123456"),
        PersonRecord("neo", "c1", "CU-1", "Ana Ruiz Gómez", phones=("+573001234567",)),
        PersonRecord("neo", "c1", "CU-1", "Ana"),
        PersonRecord("neo", "c1", "CU-1", ""),
    ],
    ids=[
        "other customer",
        "no customer",
        "other name",
        "other document",
        "other second surname",
        "given name only",
        "no name",
    ],
)
def test_not_the_same_person(other: PersonRecord) -> None:
    assert len(groups(ANA, other).groups) == 2


def test_a_mailbox_of_the_firm_joins_nobody() -> None:
    one = PersonRecord("portal", "P1", "CU-1", "Ana Ruiz Paz", "ventas@cafealto.co")
    other = PersonRecord("neo", "c1", "CU-1", "Ana Ruiz", "ventas@cafealto.co")
    assert len(groups(one, other).groups) == 2


@pytest.mark.parametrize(("verdict", "expected"), [("same", 1), ("different", 2)])
def test_a_persons_verdict_beats_the_rules(verdict: str, expected: int) -> None:
    other = PersonRecord("neo", "c1", "CU-1", "Ana Ruiz" if verdict == "different" else "Nati", "ana@cafealto.co")
    assert len(groups(ANA, other, judgements={("neo:c1", "portal:P1"): verdict}).groups) == expected


def test_every_rule_is_explained() -> None:
    assert set(PEOPLE_RULES) == set(type(SHEET.people).model_fields)
    assert all((rule.__doc__ or "").endswith(".") for rule in PEOPLE_RULES.values())


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Ana María Gómez Ruiz", "GÓMEZ RUIZ ANA MARÍA", 1.0, 1.0),
        ("Ana María Gómez Ruiz", "Ana Gómez", 0.9, 0.95),
        ("Ana M. Gómez", "Ana María Gómez", 0.9, 1.0),
        ("Jon Gomes", "John Gómez", 0.0, 0.95),
        ("Ana Gómez Ruiz", "Ana Gómez Paz", 0.0, 0.75),
        ("Gilberto Rodríguez Martínez", "Gilberto Rodríguez Orozco", 0.0, 0.75),
        ("Ana", "Luis", 0.0, 0.0),
        ("", "Ana", 0.0, 0.0),
    ],
)
def test_likeness(one: str, other: str, least: float, most: float) -> None:
    assert least <= person_likeness(one, other) <= most


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_symmetric_bounded_and_never_raises(one: str, other: str) -> None:
    assert person_likeness(one, other) == pytest.approx(person_likeness(other, one))
    assert 0 <= person_likeness(one, other) <= 1
