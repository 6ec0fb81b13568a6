"""What a word is worth: rare words tell, common ones do not, and a small base is no judge."""

import pytest

from transforms.screening.rarity import Rarity, estimate_shares
from transforms.screening.rules import ScreeningRules
from transforms.screening.tokens import ParsedName, parse_name


def people(rules: ScreeningRules, *names: str) -> list[ParsedName]:
    return [parse_name(name, "person", rules.word_sets) for name in names]


def test_common_words_tell_less(rarity: Rarity) -> None:
    nats = [rarity.nats(word, "person") for word in ("maria", "rodriguez", "cifuentes", "zaldumbar")]
    assert nats == sorted(nats)
    assert nats[-1] == pytest.approx(rarity.most)
    assert rarity.nats("colombia", "company") < rarity.nats("esmeralda", "company")


def test_two_letters_are_not_rare_for_being_uncounted(rarity: Rarity) -> None:
    assert rarity.nats("fc", "company") < rarity.nats("zaldumbar", "company") / 2


def test_a_young_base_does_not_outvote_the_packaged_shares(rules: ScreeningRules) -> None:
    base = people(rules, *["Zaldumbar Quemba"] * 3)
    shares = estimate_shares(base, [], {"maria": 0.07}, rules.rarity)
    assert shares["maria"] == pytest.approx(0.07, rel=0.01)
    assert shares["zaldumbar"] < 0.001


def test_a_large_base_does(rules: ScreeningRules) -> None:
    base = people(rules, "Zaldumbar Quemba") * 60_000
    shares = estimate_shares(base, [], {"maria": 0.07}, rules.rarity)
    assert shares["zaldumbar"] == pytest.approx(0.75, rel=0.01)
    assert shares["maria"] < 0.02


def test_what_is_common_on_the_lists_is_common(rules: ScreeningRules) -> None:
    listed = people(rules, "Mohammed Karzai") * 300
    assert estimate_shares([], listed, {}, rules.rarity)["mohammed"] == pytest.approx(0.15)


def test_a_word_of_a_short_list_is_not(rules: ScreeningRules) -> None:
    assert estimate_shares([], people(rules, "Mohammed Karzai"), {}, rules.rarity)["mohammed"] < 0.001
