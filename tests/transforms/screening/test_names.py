"""Names against names: labelled pairs, and the properties every comparison has."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.screening.labelled import Compare, case_rows
from transforms.screening.rules import LEVELS
from transforms.screening.tokens import Kind

NAMES = (
    "Evaristo", "Leonidas", "Vargas", "Zuleta", "Francisco", "Bastiardo", "Quemba", "Marta", "Lucía", "Cifuentes",
    "Núñez", "Ricomar", "Jhon", "Mohammed", "Hussein", "Karzai", "Tamimi", "Ñustes", "Gómez", "Rodríguez",
)  # fmt: skip
PEOPLE = st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)
ANYTHING = st.text(max_size=60)
KINDS = st.sampled_from(["person", "company"])
ROWS = list(case_rows("screening_names.csv"))


def fits(level: str | None, wanted: str) -> bool:
    """`high`, `none`, `>=medium`, `<medium` against the level found."""
    rank = {name: place for place, name in enumerate((*LEVELS, "none"))}
    found = rank[level or "none"]
    if wanted.startswith(">="):
        return found <= rank[wanted[2:]]
    if wanted.startswith("<"):
        return found > rank[wanted[1:]]
    return found == rank[wanted]


def test_the_cases_are_there() -> None:
    assert len(ROWS) > 35


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['client']}~{row['listed']}")
def test_labelled_pairs(row: dict[str, str], compare: Compare) -> None:
    hit = compare(row["client"], row["listed"], row["kind"])
    level = hit.level if hit else None
    assert fits(level, row["level"]), f"{row['why']}: {level} {hit and hit.score}, {hit and hit.why_es}"


@given(st.data(), PEOPLE)
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_words_says_nothing(compare: Compare, data: st.DataObject, words: list[str]) -> None:
    shuffled = data.draw(st.permutations(words))
    listed = "VARGAS ZULETA, Evaristo Francisco"
    one, other = compare(" ".join(words), listed), compare(" ".join(shuffled), listed)
    assert (one and one.score) == (other and other.score)


@given(PEOPLE, PEOPLE)
@settings(max_examples=60, deadline=None)
def test_accents_case_and_side_say_nothing(compare: Compare, left: list[str], right: list[str]) -> None:
    def plain(text: str) -> str:
        return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))

    one = compare(" ".join(left), " ".join(right))
    folded = compare(plain(" ".join(left)).upper(), " ".join(right).lower())
    turned = compare(" ".join(right), " ".join(left))
    assert (one and one.score) == (folded and folded.score) == (turned and turned.score)


@given(PEOPLE)
@settings(max_examples=30, deadline=None)
def test_a_name_is_itself(compare: Compare, words: list[str]) -> None:
    hit = compare(" ".join(words), " ".join(words))
    assert hit is not None
    assert hit.score >= 0.86
    assert hit.level != "exact", "a name alone proves nobody's identity"


@given(ANYTHING, ANYTHING, KINDS)
@settings(max_examples=150, deadline=None)
def test_any_text_is_compared_without_complaint(compare: Compare, left: str, right: str, kind: Kind) -> None:
    hit = compare(left, right, kind)
    assert hit is None or 0 < hit.score <= 1
