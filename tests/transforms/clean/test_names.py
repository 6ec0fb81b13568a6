"""Company names taken apart, and names of people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.labelled import read_cases, written
from transforms.clean.names import company_core, fold_name, person_tokens


@pytest.mark.parametrize("case", read_cases("company_names"), ids=lambda case: case["name"])
def test_company_core(case: dict[str, str]) -> None:
    name = company_core(case["name"])
    assert " ".join(name.tokens) == case["tokens"]
    assert name.legal_form == written(case["legal_form"])
    assert name.states == tuple(filter(None, [case["states"]]))
    assert name.is_ci == (case["is_ci"] == "true")
    assert name.is_branch == (case["is_branch"] == "true")


def test_what_stands_in_brackets_is_another_name() -> None:
    assert company_core("Alfa Foods (Betafoods) Inc.").aliases == ("betafoods",)
    assert company_core("(Betafoods)").tokens == ("betafoods",)


def test_a_split_name_and_a_joined_one_have_the_same_joined_core() -> None:
    assert company_core("AGRO INDUSTRIAL X").joined == company_core("Agroindustrial X").joined


def test_numerals_tell_siblings_apart() -> None:
    assert company_core("Inversiones Alfa III S.A.S.").numbers == {"3"}


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("Ana María Gómez Ruiz", ["ana", "maria", "gomez", "ruiz"]),
        ("Gómez Ruiz, Ana", ["ana", "gomez", "ruiz"]),
        ("Dra. Ana de la Peña", ["ana", "pena"]),
        ("ING. LUIS D'ANGELO", ["luis", "dangelo"]),
        ("De La", ["de", "la"]),
        ("", []),
    ],
)
def test_person_tokens(name: str, tokens: list[str]) -> None:
    assert person_tokens(name) == tokens


@given(st.text(max_size=60))
def test_taking_a_name_apart_never_raises_and_never_empties_it(text: str) -> None:
    name = company_core(text)
    assert bool(name.tokens) == bool(fold_name(text))
    assert name.joined == "".join(name.tokens)


@given(st.lists(st.sampled_from(["cafe", "alto", "munoz", "andina", "flores", "2000"]), min_size=1, max_size=4))
@pytest.mark.parametrize(
    "form", ["S.A.S.", "SAS", "S A S", "Sociedad por Acciones Simplificada", "SAS BIC", "S.A.S. EN LIQUIDACIÓN"]
)
def test_every_spelling_of_the_legal_form_leaves_the_same_core(form: str, core: list[str]) -> None:
    name = company_core(f"{' '.join(core)} {form}")
    assert name.core == company_core(" ".join(core)).core
    assert name.legal_form == "sas"
