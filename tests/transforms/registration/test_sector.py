"""A sector from codes, activity or words: the strongest evidence first, and none rather than a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.core import reference
from transforms.registration.sector import derive_sector, phrases

WORDS = {"rosas": "flores", "claveles": "flores", "café": "cafe", "cacao": "cacao"}


def derive(hs_codes: list[str], ciiu: str | None, text: str | None) -> tuple[str, str] | None:
    found = derive_sector(
        hs_codes,
        ciiu,
        text,
        of_hs=reference.sector_of_hs,
        of_ciiu=reference.sector_of_ciiu,
        of_phrase=lambda phrase: WORDS.get(phrase.lower()),
    )
    return (found.slug, found.source) if found else None


@pytest.mark.parametrize(
    ("hs_codes", "ciiu", "text", "expected"),
    [
        (["0901.11"], "0125", "rosas", ("cafe", "hs")),
        (["090111", "060311", "0603.12"], None, None, ("flores", "hs")),  # two codes against one
        (["090111", "060311"], None, None, ("cafe", "hs")),  # the one written first
        (["999999"], "C1061", None, ("cafe", "ciiu")),
        ([], "0125", "café", ("flores", "ciiu")),
        ([], None, "Rosas, claveles; café", ("flores", "text")),  # two products against one
        ([], None, "café / cacao", ("cafe", "text")),
        ([], "9999", "CAFÉ", ("cafe", "text")),
        ([], None, "lo que el cliente pida", None),
        ([], None, None, None),
    ],
)
def test_the_strongest_evidence_decides(
    hs_codes: list[str], ciiu: str | None, text: str | None, expected: tuple[str, str] | None
) -> None:
    assert derive(hs_codes, ciiu, text) == expected


def test_products_are_read_one_by_one() -> None:
    written = "Café verde, panela; ; cacao/chocolate\nrosas"
    assert phrases(written) == ["Café verde", "panela", "cacao", "chocolate", "rosas"]
    assert phrases(None) == []


@given(st.lists(st.text(max_size=10), max_size=4), st.none() | st.text(max_size=10), st.none() | st.text(max_size=60))
def test_anything_may_stand_in_a_form(hs_codes: list[str], ciiu: str | None, text: str | None) -> None:
    found = derive(hs_codes, ciiu, text)
    assert found is None or found[0] in reference.sectors()
