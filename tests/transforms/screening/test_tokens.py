"""A name as words: what is kept, what weighs nothing."""

import pytest

from transforms.screening.rules import ScreeningRules
from transforms.screening.tokens import Kind, alternatives, fold_name, parse_name


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("company", "Flores del Caribe S.A.S.", "flores caribe"),
        ("company", "FLORES DEL CARIBE S A S", "flores caribe"),
        ("company", "A.B.C. Importaciones S. en C.", "abc importaciones"),
        ("company", "Sociedad Limitada Sin Nombre", "sin nombre"),
        ("company", "Empresa Ejemplo S.A. E.S.P.", "empresa ejemplo"),
        ("company", "OOO «Ромашка»", "romashka"),
        ("company", "Sociedad Anónima", "sociedad anonima"),
        ("company", "Pérez & Hijos Ltda", "perez hijos"),
        ("person", "DE LA CRUZ RICOMAR, Ana", "cruz ricomar ana"),
        ("person", "Ing. Ana María Cruz", "ana maria cruz"),
        ("person", "D'Angelo  Ñustes", "dangelo nustes"),
        ("person", "De La", "de la"),
        ("person", "", ""),
        ("person", "¿?", ""),
    ],
)
def test_words_that_carry_the_comparison(rules: ScreeningRules, kind: Kind, text: str, words: str) -> None:
    assert " ".join(parse_name(text, kind, rules.word_sets).words) == words


def test_single_letters_are_initials_of_people_and_acronyms_of_companies(rules: ScreeningRules) -> None:
    person = parse_name("Juan C. Pérez", "person", rules.word_sets)
    assert (person.words, person.initials) == (("juan", "perez"), ("c",))
    assert parse_name("J. C. P. Importaciones", "company", rules.word_sets).words == ("jcp", "importaciones")


def test_the_written_form_is_kept_for_display(rules: ScreeningRules) -> None:
    assert parse_name("Ñandú S.A.S.", "company", rules.word_sets).text == "Ñandú S.A.S."


def test_one_cell_with_two_names_is_read_whole_and_in_parts() -> None:
    assert alternatives("Al-Qa'ida/Islamic Army") == ["Al-Qa'ida/Islamic Army", "Al-Qa'ida", "Islamic Army"]
    assert alternatives("A/S Norden") == ["A/S Norden"]


def test_folding_is_settled_after_one_pass() -> None:
    for text in ("ÁÉÍ Ñandú", "Владимир", "محمد", "ﬁnca", "Ｆｕｌｌ"):
        assert fold_name(fold_name(text)) == fold_name(text)
