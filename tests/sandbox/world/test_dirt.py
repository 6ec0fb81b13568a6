"""What typists do to clean values: every documented kind occurs, at the documented rates."""

import random
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.co import nit as stdnum_nit

from include.sandbox.world import World
from include.sandbox.world.dirt import (
    NIT_NULLS,
    spell_city,
    spell_company,
    spell_mail,
    spell_nit,
    spell_person,
    spell_phone,
)
from include.sandbox.world.minting import NIT_FIRST, NIT_LAST, check_digit

BASES = st.integers(min_value=NIT_FIRST, max_value=NIT_LAST).map(str)


@given(BASES, st.randoms(use_true_random=False), st.sampled_from(["portal", "neo"]))
def test_an_exact_spelling_keeps_the_number_and_its_digit(base: str, rng: random.Random, where: str) -> None:
    spelled = re.sub(r"\D", "", spell_nit(rng, base, where, is_exact=True))
    assert spelled in (base, base + check_digit(base))


def test_wrong_check_digits_are_one_or_two_in_a_hundred() -> None:
    rng = random.Random(5)
    spelled = [spell_nit(rng, "986123450", "neo") for _ in range(20_000)]
    with_digit = [re.sub(r"\D", "", text) for text in spelled if len(re.sub(r"\D", "", text)) == 10]
    wrong = sum(number.startswith("986123450") and not stdnum_nit.is_valid(number) for number in with_digit)
    assert 0.010 < wrong / len(spelled) < 0.022
    assert sum(text in NIT_NULLS for text in spelled) / len(spelled) == pytest.approx(0.05, abs=0.01)


@given(st.randoms(use_true_random=False))
def test_names_stay_recognisable(rng: random.Random) -> None:
    text = spell_company(rng, "Frutícola Peñalisa Internacional", "SAS")
    assert len(text) >= 15
    assert text == " ".join(text.split())


@given(st.randoms(use_true_random=False), st.sampled_from(["+573105551234", "+576015551234", "+13055550123"]))
def test_phones_keep_their_last_digits(rng: random.Random, phone: str) -> None:
    digits = re.sub(r"\D", "", spell_phone(rng, phone))
    assert phone[-7:] in digits


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("mojibake", r"Ã|Â"),
        ("box letters", r"[├╝ÆÇ]{2}"),
        ("question marks", r"\?"),
        ("company as CIA", r"& CIA"),
        ("loose legal form", r"S A S$"),
        ("no accents", r"PENALISA"),
    ],
)
def test_every_kind_of_name_dirt_occurs(kind: str, pattern: str) -> None:
    rng = random.Random(11)
    spelled = [spell_company(rng, "Frutícola Peñalisa y Compañía", "SAS") for _ in range(3_000)]
    assert any(re.search(pattern, text) for text in spelled), kind


def test_cities_and_mails_and_people_have_their_usual_spellings() -> None:
    rng = random.Random(1)
    assert {spell_city(rng, "11001", "Bogotá, D.C.") for _ in range(200)} >= {"SANTAFE DE BOGOTA", "BOGOTA D.C."}
    mails = {spell_mail(rng, "a@x.example", "b@x.example") for _ in range(2_000)}
    assert {"A@X.EXAMPLE", "na@na.com", "a@x.example; b@x.example"} <= mails
    people = {spell_person(rng, "María Luz", "Peña Gómez") for _ in range(500)}
    assert {("María Luz", "Peña"), ("Maria Luz", "Pena Gomez")} <= people


def test_the_traps_of_record_linkage_are_there(worlds: list[World]) -> None:
    """Twins in NEO, siblings, natural persons, moved and reborn firms, shared phones."""
    seen: Counter[str] = Counter()
    for world in worlds:
        for entity in world.truth["entities"].values():
            sources = Counter(source for source, _ in entity["records"])
            seen["twice in NEO"] += sources["neo"] == 2
            seen["several registry rows"] += sources["rues"] == 2
            seen["sibling"] += entity["sibling_of"] is not None
            seen["natural person"] += entity["kind"] == "person"
        phones = Counter(row["telephone1"] for row in world.neo["account"] if row.get("telephone1"))
        seen["shared phone"] += sum(count > 1 for count in phones.values())
        states = {row["codigo_estado_matricula"] for row in world.rues}
        seen["moved chamber"] += {"07", "09"} <= states
        seen["no NIT in NEO"] += sum(not row.get("accountnumber") for row in world.neo["account"])
    missing = {kind for kind in seen if not seen[kind]}
    assert not missing
    assert len(seen) == 7
