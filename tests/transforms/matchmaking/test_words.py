"""Words: folding and the light stemmer the lexicon was learnt with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.matchmaking.words import fold, stem, terms, written

STEMS = {
    "bolsos": "bols", "cuero": "cuer", "leather": "leather", "berries": "berry", "flores": "flor", "rosas": "rosa",
    "rose": "rose", "te": "te", "glass": "glass", "aguacates": "aguacat", "avocado": "avocad", "cafe": "cafe",
}  # fmt: skip


@pytest.mark.parametrize(("word", "expected"), STEMS.items())
def test_stem(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_terms_drop_accents_stop_words_and_single_letters() -> None:
    assert terms("Café VERDE de Huila, y 5 más", {"de", "mas"}) == ("cafe", "verd", "huil")


def test_written_remembers_the_first_spelling() -> None:
    assert written("Aguacate Hass y aguacates") == {"aguacat": "aguacate", "hass": "hass", "y": "y"}


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="latin-1")))
def test_case_does_not_change_terms(text: str) -> None:
    assert terms(text.lower()) == terms(text.lower().title().lower())
