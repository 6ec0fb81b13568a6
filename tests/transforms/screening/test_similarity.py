"""Word against word: which are the same one, for which reason, and that the fast search finds all of them."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.screening.phonetics import consonant_skeleton, spanish_key
from transforms.screening.rules import ScreeningRules
from transforms.screening.similarity import Variants, Vocabulary, compare_words

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)


def variants(rules: ScreeningRules) -> Variants:
    return Variants(rules.words.person_variants)


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        ("zuleta", "zuleta", "same"),
        ("vargas", "bargas", "phonetic"),
        ("jimenez", "gimenez", "phonetic"),
        ("hurtado", "urtado", "phonetic"),
        ("yerena", "llerena", "phonetic"),
        ("quiroga", "kiroga", "phonetic"),
        ("francisco", "pacho", "variant"),
        ("mohammed", "muhamad", "variant"),
        ("khartum", "kartoum", "skeleton"),
        ("cifuenta", "cifuent", "skeleton"),
        ("daniel", "daniela", None),
        ("cifuentes", "cifuemtes", "spelling"),
        ("restrepo", "retsrepo", "spelling"),
        ("mario", "maria", None),
        ("luis", "luisa", None),
        ("marin", "moreno", None),
        ("cvc", "kkbc", None),
        ("2022", "2023", None),
        ("gil", "gal", None),
    ],
)
def test_reasons(rules: ScreeningRules, left: str, right: str, reason: str | None) -> None:
    likeness = compare_words(left, right, rules.person.word_similarity, variants(rules))
    assert (likeness and likeness.reason) == reason


@given(WORDS, WORDS)
@settings(max_examples=300, deadline=None)
def test_sides_say_nothing(rules: ScreeningRules, left: str, right: str) -> None:
    table = variants(rules)
    assert compare_words(left, right, rules.person.word_similarity, table) == compare_words(
        right, left, rules.person.word_similarity, table
    )


@given(WORDS)
def test_keys_never_complain_and_digits_have_no_sound(word: str) -> None:
    if not word.isalpha():
        assert spanish_key(word) == consonant_skeleton(word) == ""
    assert isinstance(spanish_key(word), str)


def test_the_fast_search_finds_what_the_definition_accepts(rules: ScreeningRules) -> None:
    chance = random.Random(3)
    letters = "aeioubcdlmnrstvz"
    listed = ["".join(chance.choices(letters, k=chance.randint(3, 9))) for _ in range(700)]
    listed += ["francisco", "pacho", "vargas", "bargas", "mohammed", "muhamad", "2022", "jose"]
    asked = [*chance.sample(listed, 60), "pepe", "barga", "mohamed"]
    table = variants(rules)
    found = Vocabulary(listed, rules.person.word_similarity, table).neighbours(asked)
    for word in asked:
        expected = {
            other: likeness
            for other in set(listed)
            if (likeness := compare_words(word, other, rules.person.word_similarity, table)) is not None
        }
        assert found[word] == expected
    assert sum(len(near) for near in found.values()) > len(asked), "the sample holds look-alikes"
