"""How alike two company names are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.resolve.parties import SHEET
from transforms.clean.names import company_core
from transforms.resolve.compare_names import Rarity, compare_names, word_likeness

RARITY = Rarity.count([], SHEET.generic_words, SHEET.generic_weight)
WORDS = st.lists(
    st.sampled_from(["cafe", "alto", "turpial", "andina", "comercial", "flores", "2", "sur"]), min_size=1, max_size=5
)


def likeness(left: str, right: str) -> float:
    """Similarity of two names in an empty population."""
    return compare_names(company_core(left), company_core(right), RARITY).similarity


@pytest.mark.parametrize(
    ("left", "right", "least", "most"),
    [
        ("CAFE ALTO SAS", "Café Alto Ltda", 1.0, 1.0),
        ("AGRO INDUSTRIAL TURPIAL", "AGROINDUSTRIAL TURPIAL", 1.0, 1.0),
        ("MUÑOZ Y CIA", "MUNOZ Y COMPANIA", 1.0, 1.0),
        ("ALIMETOS TURPIAL", "ALIMENTOS TURPIAL", 0.9, 0.99),
        ("GRUPO TURPIAL DELTA", "DELTA GRUPO TURPIAL", 0.99, 1.0),
        ("PROYECTOS URBANOS", "PROYECTOS Y DISEÑOS URBANOS", 0.7, 0.85),
        ("PANADERIA LA ESPIGA", "TRANSPORTES VELOZ", 0.0, 0.0),
        ("CINE COLOMBIA", "CINEMARK COLOMBIA", 0.0, 0.4),
        ("GRUPO SA", "GRUPO SAS", 0.0, 0.4),
        ("ALFA FLORES", "ALTA FLORES", 0.0, 0.6),
        ("ABT COMERCIAL", "ALIMENTOS BALANCEADOS TURPIAL", 0.0, 0.9),
        ("", "CAFE ALTO", 0.0, 0.0),
    ],
)
def test_similarity(left: str, right: str, least: float, most: float) -> None:
    assert least <= likeness(left, right) <= most


def test_words_of_siblings_are_pointed_out() -> None:
    found = compare_names(company_core("TURPIAL UNO NORTE 1"), company_core("TURPIAL UNO SUR 2"), RARITY)
    assert found.numbers_differ()
    assert found.places_differ(SHEET.place_words)
    assert not found.number_added()


def test_a_common_word_weighs_less_than_a_rare_one() -> None:
    names = [company_core(f"ALIMENTOS {word}") for word in ("uno", "dos", "tres", "cuatro")] * 200
    rarity = Rarity.count(names, frozenset(), 0.3)
    assert rarity.weight("alimentos") < rarity.weight("turpial")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("flor", "flores", True),
        ("alfa", "alta", False),
        ("alimetos", "alimentos", True),
        ("2019", "2020", False),
        ("cafe", "cafes", True),
        ("frupalma", "grupalma", True),
        ("euro", "eurolift", False),
    ],
)
def test_words(one: str, other: str, *, same: bool) -> None:
    assert (word_likeness(one, other) > 0) == same
    assert word_likeness(one, other) == word_likeness(other, one)


@given(WORDS, WORDS)
def test_comparison_is_symmetric_and_bounded(left: list[str], right: list[str]) -> None:
    ours, theirs = company_core(" ".join(left)), company_core(" ".join(right))
    there, back = compare_names(ours, theirs, RARITY), compare_names(theirs, ours, RARITY)
    assert there.similarity == pytest.approx(back.similarity)
    assert 0 <= there.similarity <= 1
    assert there.is_reordered == back.is_reordered
