"""Folding: one spelling for comparing, and encoding damage undone only when that is certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.clean.text import clean_text, fold, latinize, repair_mojibake, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  COMPAÑÍA   Café\u00a0S.A.S. ", "compania cafe s.a.s."),
        ("Straße", "strasse"),
        ("Łódź Ørsted", "lodz orsted"),
        ("DISE├ÆO", "diseno"),
        ("MUÃ‘OZ", "munoz"),
        ("PeÃ±a", "pena"),
        ("C├│rdoba", "cordoba"),
        ("Bogot├í", "bogota"),
        ("COSM├®TICA", "cosmetica"),
        ("cero\u200bancho", "ceroancho"),
        ("ﬁnca", "finca"),
        ("", ""),
        (None, ""),
    ],
)
def test_fold(text: str | None, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.parametrize("text", ["Société Générale", "São Paulo", "Güepsa", "Âncora", "ÁRBOL ├", "Ã", "niño"])
def test_text_that_is_not_damaged_stays(text: str) -> None:
    assert repair_mojibake(text) == text


@pytest.mark.parametrize("text", ["Compañía Áurea", "Peña & Muñoz", "Córdoba"])
@pytest.mark.parametrize("codec", ["latin-1", "sloppy-windows-1252", "cp437", "cp850"])
def test_utf8_read_with_a_wrong_code_page_is_undone(text: str, codec: str) -> None:
    assert fold(text.encode("utf-8").decode(codec)) == fold(text)


def test_other_scripts_stay_when_folded_and_become_latin_when_latinized() -> None:
    assert fold("ООО Ромашка") == "ооо ромашка"
    assert latinize("ООО Ромашка") == "ooo romashka"


def test_words_are_letters_and_digits() -> None:
    assert words("Café Alto S.A.S. (2)") == ["cafe", "alto", "s", "a", "s", "2"]


@pytest.mark.parametrize(
    ("text", "expected"), [("  Café   Alto ", "Café Alto"), ("", None), ("  ", None), (None, None)]
)
def test_clean_text_keeps_case_and_accents(text: str | None, expected: str | None) -> None:
    assert clean_text(text) == expected


@given(st.text(max_size=60))
def test_folding_is_idempotent_and_never_raises(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert latinize(latinize(text)) == latinize(text)
    assert latinize(text).isascii()
