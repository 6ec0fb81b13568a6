"""Suggested codes: the wording of the codes and the codes of good offers both have a voice."""

import numpy as np

from tests.transforms.matchmaking.cases import rules
from transforms.matchmaking.suggest import CodeSuggester


def test_the_right_heading_is_among_the_first_five() -> None:
    loaded = rules()
    suggester = loaded.words.suggester
    assert suggester is not None
    asked = {"roasted coffee": "0901", "bolsos de cuero": "4202", "rosas cortadas": "0603", "footwear": "6403"}
    for text, heading in asked.items():
        query = loaded.words.vocabulary.expand(loaded.words.vocabulary.terms(text))
        found = suggester.suggest(query, np.zeros(0), [], 5)
        assert heading in [one.heading for one in found], text
        assert found[0].likelihood == 1.0


def test_good_offers_vote_for_their_codes() -> None:
    loaded = rules()
    suggester = CodeSuggester.build(
        loaded.words.vocabulary, {"4202": "trunks and cases", "0901": "coffee"}, k1=1.2, b=0.75
    )
    query = loaded.words.vocabulary.expand(loaded.words.vocabulary.terms("mochila wayuu"))
    found = suggester.suggest(query, np.array([1.0, 0.2]), [frozenset({"4202"}), frozenset({"0901"})], 2)
    assert [one.heading for one in found] == ["4202", "0901"]
