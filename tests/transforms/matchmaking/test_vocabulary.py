"""What else a word may be called: synonyms, translations, false friends."""

import pytest

from tests.transforms.matchmaking.cases import rules
from transforms.matchmaking.vocabulary import Lexicon, StopWords, Synonym, SynonymSheet, Vocabulary

SHEET = SynonymSheet(
    version=1,
    stop_words=StopWords(es="de", en="the", trade="busco"),
    synonyms=(
        Synonym(term="palta", expands_to=("aguacate",), kind="same", region=("CL",)),
        Synonym(term="dragon fruit", expands_to=("pitahaya",), kind="same"),
        Synonym(term="hass", expands_to=("aguacate",), kind="near"),
        Synonym(term="mango", expands_to=("handle",), kind="never"),
    ),
)
LEXICON = Lexicon.from_rows(
    [("aguacat", "avocad", 0.9), ("aguacat", "pear", 0.3), ("aguacat", "oil", 0.2), ("mang", "handl", 0.7)]
)
VOCABULARY = Vocabulary.from_sheet(SHEET, LEXICON)


def partners(text: str) -> dict[str, tuple[str, float, str]]:
    query = VOCABULARY.expand(VOCABULARY.terms(text))
    return {partner.word: (partner.stands_for, partner.weight, partner.kind) for partner in query.partners}


def test_a_synonym_counts_in_full_and_brings_its_translations() -> None:
    found = partners("Busco palta")
    assert found["aguacat"] == ("palt", 1.0, "same")
    assert found["avocad"] == ("palt", 0.5, "translation")


def test_only_the_best_translations_are_taken() -> None:
    translated = {word for word, (_, _, kind) in partners("aguacate").items() if kind == "translation"}
    assert translated == {"avocad", "pear"}


def test_the_lexicon_works_from_both_sides() -> None:
    assert "aguacat" in partners("avocado")


def test_the_same_thing_is_the_same_from_either_side_and_in_the_plural() -> None:
    assert partners("aguacate")["palt"][2] == "same"
    assert "hass" not in partners("aguacate")
    rose = Vocabulary.from_sheet(
        SHEET.model_copy(update={"synonyms": (Synonym(term="rosa", expands_to=("rose",), kind="same"),)}), LEXICON
    )
    assert {partner.word for partner in rose.expand(rose.terms("roses")).partners} >= {"rosa"}


def test_a_phrase_is_recognised_among_other_words() -> None:
    assert "pitahay" in partners("fresh dragon fruit from the tropics")
    assert "pitahay" not in partners("dragon")


def test_near_words_count_half() -> None:
    assert partners("hass")["aguacat"][1] == 0.5


def test_a_false_friend_is_never_linked() -> None:
    assert partners("mango") == {}
    assert partners("handle") == {}


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("palta hass", "avocad"),
        ("physalis", "uchuv"),
        ("shapewear", "faja"),
        ("jaggery", "panel"),
        ("tree tomato", "tomat"),
        ("vestidos de baño", "swimwear"),
        ("call center", "bpo"),
    ],
)
def test_regional_trade_words_of_the_real_sheet(asked: str, meant: str) -> None:
    vocabulary = rules().words.vocabulary
    words = vocabulary.expand(vocabulary.terms(asked)).weights()
    assert meant in words


def test_the_real_sheet_kills_the_false_friends_of_the_lexicon() -> None:
    vocabulary = rules().words.vocabulary
    assert "handl" in dict(vocabulary.lexicon.partners["mang"])
    assert "handl" not in vocabulary.expand(("mang",)).weights()
