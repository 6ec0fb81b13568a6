"""Search: words in both languages, names of codes, spelling, and what explains a score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.matchmaking.cases import rules
from transforms.matchmaking.search import OfferSearch

OFFERS = {
    "coffee": ("Café verde especial del Huila, variedad Castillo", "0901"),
    "bags": ("Bolsos de cuero hechos a mano", "4202"),
    "roses": ("Rosas frescas de corte", "0603"),
    "fruit": ("Uchuva fresca con capacho", "0810"),
    "software": ("Desarrollo de software a la medida", "S6201"),
}
NAMES = list(OFFERS)


@pytest.fixture(scope="module")
def search() -> OfferSearch:
    loaded = rules()
    return OfferSearch.build(
        loaded.words.vocabulary,
        [text for text, _ in OFFERS.values()],
        [loaded.words.heading_names[heading] for _, heading in OFFERS.values()],
        k1=1.2,
        b=0.75,
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("café especial", "coffee"),
        ("specialty green coffee", "coffee"),
        ("handmade leather handbags", "bags"),
        ("cut roses", "roses"),
        ("goldenberry", "fruit"),
        ("aguaymanto", "fruit"),
        ("custom software development", "software"),
        ("CAFE ESPECIAL", "coffee"),
    ],
)
def test_the_right_offer_comes_first(search: OfferSearch, asked: str, expected: str) -> None:
    found = search.ask(asked)
    assert NAMES[int(np.argmax(found.text))] == expected


def test_a_spelling_mistake_still_finds(search: OfferSearch) -> None:
    found = search.ask("uchuba")
    assert NAMES[int(np.argmax(found.text))] == "fruit"
    assert search.explain(found, NAMES.index("fruit"))[0].via == "spelling"


def test_cover_is_low_when_only_a_side_word_fits(search: OfferSearch) -> None:
    assert search.ask("maquinaria agrícola especial").cover.max() < 0.5
    assert search.ask("café verde").cover.max() == 1.0


def test_a_need_in_words_nobody_uses_finds_nothing(search: OfferSearch) -> None:
    found = search.ask("xylqzk")
    assert found.text.max() == 0
    assert found.cover.max() == 0


def test_the_explanation_quotes_the_need_and_says_how(search: OfferSearch) -> None:
    found = search.ask("Leather handbags")
    hits = {hit.asked: hit.via for hit in search.explain(found, NAMES.index("bags"))}
    assert hits["leather"] in ("synonym", "translation")
    assert set(hits) <= {"leather", "handbags"}


def test_an_explanation_holds_at_most_five_words(search: OfferSearch) -> None:
    found = search.ask("café verde especial Huila variedad Castillo tostado descafeinado")
    assert len(search.explain(found, NAMES.index("coffee"))) == 5


@given(st.permutations(["cafe", "verde", "especial", "huila", "castillo"]))
def test_word_order_does_not_change_scores(words: list[str]) -> None:
    loaded = rules()
    search = OfferSearch.build(loaded.words.vocabulary, ["café verde del Huila", "rosas"], ["", ""], k1=1.2, b=0.75)
    expected = search.ask("cafe verde especial huila castillo")
    found = search.ask(" ".join(words))
    assert np.allclose(found.text, expected.text)
    assert np.allclose(found.cover, expected.cover)


def test_an_empty_market_scores_nothing() -> None:
    search = OfferSearch.build(rules().words.vocabulary, [], [], k1=1.2, b=0.75)
    assert len(search.ask("café").text) == 0
